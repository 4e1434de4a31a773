"""The addresses of the registry; the people stand under residents/, their rosters beside them."""

from django.urls import path

from enrollment.views import (
    departments,
    finding,
    households,
    lists,
    registering,
    residents,
    rosters,
)

app_name = "enrollment"

urlpatterns = [
    path("residents/", residents.residents, name="residents"),
    path("residents/new/", registering.new_person, name="new_person"),
    path("residents/new/check/", registering.check, name="check_newcomer"),
    path("residents/new/draft/", registering.keep_draft, name="keep_draft"),
    path("residents/new/clear/", registering.clear_draft, name="clear_draft"),
    path("residents/new/papers/", registering.new_paper, name="new_paper"),
    path("residents/lost-tiers/", residents.lost_tiers, name="lost_tiers"),
    path("residents/hits/", finding.hits, name="hits"),
    path("residents/pasted/", finding.pasted, name="pasted"),
    path("residents/<int:resident_id>/", residents.resident, name="resident"),
    path("residents/<int:resident_id>/reveal/", residents.reveal_secret, name="reveal_secret"),
    path(
        "residents/<int:resident_id>/hidden/<slug:what>/",
        residents.hidden_secret,
        name="hidden_secret",
    ),
    path("residents/shared-accounts/", rosters.shared_accounts, name="shared_accounts"),
    path("residents/imports/", rosters.roster_imports, name="roster_imports"),
    path("residents/imports/upload/", rosters.upload_roster, name="upload_roster"),
    path("residents/imports/template/", rosters.empty_roster, name="empty_roster"),
    path("residents/imports/<int:roster_id>/", rosters.roster_import, name="roster_import"),
    path("residents/imports/<int:roster_id>/state/", rosters.roster_state, name="roster_state"),
    path(
        "residents/imports/<int:roster_id>/columns/",
        rosters.confirm_columns,
        name="confirm_columns",
    ),
    path("residents/imports/<int:roster_id>/ends/", rosters.decide_ends, name="decide_ends"),
    path(
        "residents/imports/<int:roster_id>/load/",
        rosters.load_all_the_same,
        name="load_all_the_same",
    ),
    path("residents/imports/<int:roster_id>/again/", rosters.read_again, name="read_again"),
    path("residents/imports/<int:roster_id>/cancel/", rosters.cancel_import, name="cancel_import"),
    path("residents/imports/<int:roster_id>/copy/", rosters.roster_copy, name="roster_copy"),
    path("department-lists/", lists.department_lists_page, name="department_lists"),
    path("department-lists/upload/", lists.upload_list, name="upload_list"),
    path("department-lists/<int:list_id>/", lists.department_list, name="department_list"),
    path("department-lists/<int:list_id>/state/", lists.list_state, name="list_state"),
    path(
        "department-lists/<int:list_id>/columns/",
        lists.confirm_list_columns,
        name="confirm_list_columns",
    ),
    path("department-lists/<int:list_id>/apply/", lists.apply_identities, name="apply_identities"),
    path("department-lists/<int:list_id>/open/", lists.open_conflicts, name="open_conflicts"),
    path("department-lists/<int:list_id>/again/", lists.compare_again, name="compare_list_again"),
    path("department-lists/<int:list_id>/cancel/", lists.cancel_list, name="cancel_list"),
    path("department-lists/<int:list_id>/copy/", lists.list_copy, name="list_copy"),
    path("department-lists/<int:list_id>/print/", lists.list_print, name="list_print"),
    path(
        "department-lists/<int:list_id>/difference/",
        lists.list_difference,
        name="list_difference",
    ),
    path(
        "department-lists/<int:list_id>/difference/excel/",
        lists.list_difference_excel,
        name="list_difference_excel",
    ),
    path("departments/", departments.departments_page, name="departments"),
    path("departments/usual/", departments.set_up, name="set_up_departments"),
    path("departments/certifiers/", departments.name_certifiers, name="name_certifiers"),
    path("departments/add/", departments.add_department, name="add_department"),
    path(
        "departments/<int:department_id>/remove/",
        departments.remove_department,
        name="remove_department",
    ),
    path("departments/expected/", departments.expect_list, name="expect_list"),
    path(
        "departments/expected/<int:expected_id>/remove/",
        departments.stop_expecting,
        name="stop_expecting",
    ),
    path("departments/words/", departments.add_word, name="add_word"),
    path("departments/words/<int:word_id>/remove/", departments.remove_word, name="remove_word"),
    path("households/areas/<str:area_code>/", households.area_households, name="area_households"),
    path(
        "households/unplaced/<str:area_code>/", households.unplaced_people, name="unplaced_people"
    ),
    path(
        "households/unplaced/<str:area_code>/place/", households.place_people, name="place_people"
    ),
    path("households/<int:household_id>/", households.household, name="household"),
    path(
        "households/<int:household_id>/merge/", households.merge_household, name="merge_household"
    ),
    path(
        "households/<int:household_id>/split/", households.split_household, name="split_household"
    ),
    path("households/<int:household_id>/join/", households.join_household, name="join_household"),
    path("households/leave/<int:resident_id>/", households.leave_household, name="leave_household"),
    path("households/<int:household_id>/exempt/", households.exempt_member, name="exempt_member"),
    path(
        "households/exemptions/<int:exemption_id>/end/",
        households.end_exemption,
        name="end_exemption",
    ),
]
