"""The addresses of the registry; the people stand under residents/, their rosters beside them."""

from django.urls import path

from enrollment.views import finding, registering, residents, rosters

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
]
