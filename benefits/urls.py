from django.urls import path

from benefits import interest as interest_deeds
from benefits import moving, settling
from benefits.models import AccountMove, InterestRun, InterestTerms, Settlement
from benefits.views import accounts, interest, moves, settlements
from staff.approval_doors import approval_paths

app_name = "benefits"

urlpatterns = [
    path(
        "residents/<int:resident_id>/account/part/",
        accounts.resident_account,
        name="resident_account",
    ),
    path("residents/<int:resident_id>/account/", accounts.account, name="account"),
    path("residents/<int:resident_id>/settle/", settlements.new_settlement, name="new_settlement"),
    path("residents/<int:resident_id>/bring/", moves.new_move, name="new_move"),
    path("interest/", interest.interest, name="interest"),
    path("interest/excel/", interest.interest_excel, name="interest_excel"),
    path("interest/new/", interest.new_terms, name="new_terms"),
    path("interest/<int:interestterms_id>/", interest.terms, name="terms"),
    path("interest/<int:interestterms_id>/run/", interest.start_run, name="start_run"),
    path("interest/runs/<int:interestrun_id>/", interest.run, name="run"),
    path("cases/<int:case_id>/account/", settlements.case_account, name="case_account"),
    path("settlements/", settlements.settlements, name="settlements"),
    path("settlements/<int:settlement_id>/", settlements.settlement, name="settlement"),
    path("settlements/<int:settlement_id>/pay/", settlements.pay_settlement, name="pay_settlement"),
    path("moves/<int:accountmove_id>/", moves.move, name="move"),
    path("moves/<int:accountmove_id>/edit/", moves.edit_move, name="edit_accountmove"),
    *approval_paths(
        InterestTerms, "interest", page="benefits:terms", return_action="return_interest"
    ),
    *approval_paths(
        InterestRun,
        "interest/runs",
        page="benefits:run",
        return_action="return_interest",
        submit=interest_deeds.submit_run,
    ),
    *approval_paths(
        Settlement,
        "settlements",
        page="benefits:settlement",
        return_action="return_settlement",
        approve=settling.approve_settlement,
    ),
    *approval_paths(
        AccountMove,
        "moves",
        page="benefits:move",
        return_action="return_settlement",
        submit=moving.submit_move,
    ),
]
