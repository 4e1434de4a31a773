from django.urls import path

from contributions import tying_out
from contributions.models import DayClose
from contributions.views import bank, determinations, exceptions, feeds, ledger, settings, unpaid
from staff.approval_doors import approval_paths

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
    path("exceptions/<int:exception_id>/", exceptions.exception, name="exception"),
    path("exceptions/<int:exception_id>/accept/", exceptions.accept, name="accept"),
    path("exceptions/<int:exception_id>/set-aside/", exceptions.set_aside, name="set_aside"),
    path("exceptions/<int:exception_id>/put-back/", exceptions.put_back, name="put_back"),
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
    path("tie-out/", bank.tie_out, name="tie_out"),
    path("tie-out/in-transit/", bank.in_transit, name="in_transit"),
    path("tie-out/holidays/", bank.holidays, name="holidays"),
    path("tie-out/holidays/fill/", bank.fill_holidays, name="fill_holidays"),
    path("tie-out/holidays/set/", bank.set_holiday, name="set_holiday"),
    path("tie-out/holidays/<int:holiday_id>/forget/", bank.forget_holiday, name="forget_holiday"),
    path("tie-out/statements/", bank.statements, name="statements"),
    path("tie-out/statements/upload/", bank.upload_statement, name="upload_statement"),
    path("tie-out/statements/<int:statement_id>/", bank.statement, name="statement"),
    path(
        "tie-out/statements/<int:statement_id>/withdraw/",
        bank.withdraw_statement,
        name="withdraw_statement",
    ),
    path("tie-out/closes/<int:dayclose_id>/", bank.day_close, name="day_close"),
    *approval_paths(
        DayClose,
        "tie-out/closes",
        page="contributions:day_close",
        return_action="return_day_close",
        approve=tying_out.approve_close,
    ),
    path("tie-out/<str:day>/", bank.tie_out_day, name="tie_out_day"),
    path("tie-out/<str:day>/close/", bank.close_day, name="close_day"),
    path("tie-out/<str:day>/reopen/", bank.reopen_day, name="reopen_day"),
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
