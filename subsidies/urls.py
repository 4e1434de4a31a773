from django.urls import path

from staff.approval_doors import approval_paths
from subsidies import aid, api, claiming, rosters, views
from subsidies.models import AidList, ProxyRoster, SubsidyClaim

app_name = "subsidies"

urlpatterns = [
    path("api/v1/residents/", api.residents, name="api_residents"),
    path("api/v1/residents/<int:resident_id>/", api.resident, name="api_resident"),
    path(
        "residents/<int:resident_id>/entitlements/",
        views.people.resident_entitlements,
        name="resident_entitlements",
    ),
    path("residents/<int:resident_id>/why/", views.people.resident_why, name="resident_why"),
    path("api/residents/<int:resident_id>/why/", views.people.why_json, name="why_json"),
    path("policies/<int:policy_id>/affected/", views.affected.affected, name="affected"),
    path(
        "policies/<int:policy_id>/affected/begin/",
        views.affected.begin_affected,
        name="begin_affected",
    ),
    path(
        "policies/<int:policy_id>/affected/people/",
        views.affected.affected_people,
        name="affected_people",
    ),
    path("subsidies/matrix/", views.matrix.matrix, name="matrix"),
    path("subsidies/matrix/figures/", views.matrix.matrix_figures, name="matrix_figures"),
    path("subsidies/matrix/excel/", views.matrix.matrix_excel, name="matrix_excel"),
    path("subsidies/matrix/people/", views.matrix.matrix_people, name="matrix_people"),
    path("subsidies/claims/", views.claims.claims, name="claims"),
    path("subsidies/claims/excel/", views.claims.claims_excel, name="claims_excel"),
    path("subsidies/claims/new/", views.claims.new_claim, name="new_claim"),
    path("subsidies/claims/<int:subsidyclaim_id>/", views.claims.claim, name="claim"),
    path(
        "subsidies/claims/<int:subsidyclaim_id>/arrivals/",
        views.claims.note_arrival,
        name="note_arrival",
    ),
    path(
        "subsidies/claims/<int:subsidyclaim_id>/excel/",
        views.claims.claim_excel,
        name="claim_excel",
    ),
    path(
        "subsidies/claims/<int:subsidyclaim_id>/people/",
        views.claims.claim_people,
        name="claim_people",
    ),
    *approval_paths(
        SubsidyClaim,
        "subsidies/claims",
        page="subsidies:claim",
        return_action="return_claim",
        submit=claiming.submit_claim,
    ),
    path("subsidies/rosters/", views.rosters.rosters, name="rosters"),
    path("subsidies/rosters/new/", views.rosters.new_roster, name="new_roster"),
    path("subsidies/rosters/<int:proxyroster_id>/", views.rosters.roster, name="roster"),
    path(
        "subsidies/rosters/<int:proxyroster_id>/pay/", views.rosters.pay_roster, name="pay_roster"
    ),
    path(
        "subsidies/rosters/<int:proxyroster_id>/people/",
        views.rosters.roster_people,
        name="roster_people",
    ),
    path(
        "subsidies/rosters/<int:proxyroster_id>/people/answer/",
        views.rosters.answer_own_payments,
        name="answer_own_payments",
    ),
    path(
        "subsidies/rosters/<int:proxyroster_id>/people/<int:resident_id>/leave-out/",
        views.rosters.leave_out,
        name="leave_out",
    ),
    path(
        "subsidies/rosters/<int:proxyroster_id>/excel/",
        views.rosters.roster_excel,
        name="roster_excel",
    ),
    path(
        "subsidies/rosters/<int:proxyroster_id>/print/",
        views.rosters.roster_print,
        name="roster_print",
    ),
    *approval_paths(
        ProxyRoster,
        "subsidies/rosters",
        page="subsidies:roster",
        return_action="return_proxy",
        submit=rosters.submit_roster,
    ),
    path("subsidies/aid/", views.aid.aids, name="aids"),
    path("subsidies/aid/new/", views.aid.new_aid, name="new_aid"),
    path("subsidies/aid/<int:aidlist_id>/", views.aid.aid, name="aid"),
    path(
        "subsidies/aid/<int:aidlist_id>/columns/",
        views.aid.confirm_aid_columns,
        name="confirm_aid_columns",
    ),
    path("subsidies/aid/<int:aidlist_id>/lines/", views.aid.add_aid_line, name="add_aid_line"),
    path(
        "subsidies/aid/<int:aidlist_id>/lines/<int:line_id>/drop/",
        views.aid.drop_aid_line,
        name="drop_aid_line",
    ),
    path("subsidies/aid/<int:aidlist_id>/reverse/", views.aid.reverse_aid, name="reverse_aid"),
    *approval_paths(
        AidList,
        "subsidies/aid",
        page="subsidies:aid",
        return_action="return_aid",
        submit=aid.submit_aid,
        approve=aid.approve_aid,
        withdraw=aid.withdraw_aid,
    ),
]
