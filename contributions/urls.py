from django.urls import path

from contributions.views import (
    determinations,
    exceptions,
    feeds,
    ledger,
    proposals,
    repairs,
    settings,
    unpaid,
    workbench,
)

app_name = "contributions"

urlpatterns = [
    path("feeds/", feeds.feed_list, name="feeds"),
    path("feeds/upload/", feeds.upload_feed, name="upload_feed"),
    path("feeds/waiting/", feeds.waiting, name="waiting"),
    path("feeds/<int:feed_id>/", feeds.feed, name="feed"),
    path("feeds/<int:feed_id>/progress/", feeds.feed_progress, name="feed_progress"),
    path("feeds/<int:feed_id>/columns/", feeds.confirm_columns, name="confirm_columns"),
    path("feeds/<int:feed_id>/cancel/", feeds.cancel_feed, name="cancel_feed"),
    path("feeds/<int:feed_id>/post/", feeds.approve_feed, name="approve_feed"),
    path("feeds/<int:feed_id>/reverse/", feeds.reverse_feed, name="reverse_feed"),
    path("feeds/<int:feed_id>/rows/", feeds.feed_rows, name="feed_rows"),
    path("feeds/<int:feed_id>/rows/<int:row_no>/", feeds.feed_row, name="feed_row"),
    path("feeds/<int:feed_id>/faults/", feeds.feed_faults, name="feed_faults"),
    path("exceptions/", exceptions.exception_list, name="exceptions"),
    path("exceptions/waiting/", exceptions.waiting_exceptions, name="waiting_exceptions"),
    path("exceptions/towns/", exceptions.unmatched_towns, name="unmatched_towns"),
    path("exceptions/several/", exceptions.settle_several, name="settle_several"),
    path("exceptions/claim/", exceptions.claim_several, name="claim_several"),
    path("exceptions/repairs/", repairs.repairs, name="repairs"),
    path("exceptions/repairs/<int:repair_id>/", repairs.repair, name="repair"),
    path("exceptions/faults/<int:feed_id>/", repairs.faults, name="exception_faults"),
    path("exceptions/faults/<int:feed_id>/back/", repairs.give_back, name="give_back_repair"),
    path("exceptions/proposals/", proposals.proposals, name="settlement_proposals"),
    path("exceptions/proposals/<int:proposal_id>/", proposals.proposal, name="settlement_proposal"),
    path(
        "exceptions/proposals/<int:proposal_id>/review/",
        proposals.review,
        name="review_settlementproposal",
    ),
    path(
        "exceptions/proposals/<int:proposal_id>/approve/",
        proposals.approve,
        name="approve_settlementproposal",
    ),
    path(
        "exceptions/proposals/<int:proposal_id>/return/",
        proposals.return_to_maker,
        name="return_settlementproposal",
    ),
    path(
        "exceptions/proposals/<int:proposal_id>/withdraw/",
        proposals.withdraw,
        name="withdraw_settlementproposal",
    ),
    path("exceptions/<int:exception_id>/", workbench.exception, name="exception"),
    path("exceptions/<int:exception_id>/accept/", workbench.accept, name="accept"),
    path("exceptions/<int:exception_id>/set-aside/", workbench.set_aside, name="set_aside"),
    path("exceptions/<int:exception_id>/put-back/", workbench.put_back, name="put_back"),
    path(
        "exceptions/<int:exception_id>/other-county/", workbench.other_county, name="other_county"
    ),
    path("exceptions/<int:exception_id>/refund/", workbench.refund, name="refund_exception"),
    path("exceptions/<int:exception_id>/undo/", workbench.undo, name="undo_settlement"),
    path("exceptions/<int:exception_id>/skip/", workbench.skip, name="skip_exception"),
    path("exceptions/<int:exception_id>/claim/", workbench.claim, name="claim_exception"),
    path("determinations/", determinations.determinations, name="determinations"),
    path("determinations/new/", determinations.new_determination, name="new_determination"),
    path(
        "determinations/<int:determination_id>/", determinations.determination, name="determination"
    ),
    path(
        "determinations/<int:determination_id>/approve/",
        determinations.approve,
        name="approve_determination",
    ),
    path(
        "determinations/<int:determination_id>/reject/",
        determinations.reject,
        name="reject_determination",
    ),
    path("feeds/settings/", settings.settings, name="settings"),
    path("feeds/settings/propose/", settings.propose, name="propose_settings"),
    path("feeds/settings/<int:proposal_id>/approve/", settings.approve, name="approve_settings"),
    path("feeds/settings/<int:proposal_id>/reject/", settings.reject, name="reject_settings"),
    path("transfers/<str:county_code>/<int:year>/<int:number>/", ledger.transfer, name="transfer"),
    path(
        "residents/<int:resident_id>/payments/", ledger.resident_payments, name="resident_payments"
    ),
    path("residents/<int:resident_id>/year/", ledger.resident_year, name="resident_year"),
    path("unpaid/<str:area_code>/", unpaid.unpaid_list, name="unpaid"),
    path("unpaid/<str:area_code>/excel/", unpaid.unpaid_excel, name="unpaid_excel"),
    path("unpaid/<str:area_code>/phones/", unpaid.unpaid_phones, name="unpaid_phones"),
    path("paid/<str:area_code>/", unpaid.paid_list, name="paid"),
]
