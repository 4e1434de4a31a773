from django.urls import path

from oversight import api
from oversight.views import bulletins, notices, people
from oversight.views import progress as views

app_name = "oversight"

urlpatterns = [
    path("api/v1/progress/<str:area_code>/", api.progress, name="api_progress"),
    path("api/v1/progress/<str:area_code>/evenings/", api.evenings, name="api_evenings"),
    path("progress/", views.own_progress, name="own_progress"),
    path("progress/headline/", views.headline, name="headline"),
    path("progress/<str:area_code>/", views.progress, name="progress"),
    path("progress/<str:area_code>/charts/", views.charts, name="charts"),
    path("progress/<str:area_code>/excel/", views.progress_excel, name="progress_excel"),
    path("progress/<str:area_code>/renewal/", people.renewal, name="renewal"),
    path("progress/<str:area_code>/coverage/", people.coverage, name="coverage"),
    path(
        "progress/<str:area_code>/coverage/population/",
        people.save_population,
        name="save_population",
    ),
    path("progress/<str:area_code>/not-joined/", people.not_joined, name="not_joined"),
    path("progress/<str:area_code>/identities/", people.identities, name="identities"),
    path(
        "progress/<str:area_code>/identities/people/",
        people.identity_people,
        name="identity_people",
    ),
    path("progress/<str:area_code>/groups/", people.groups, name="groups"),
    path("bulletins/", bulletins.bulletins, name="bulletins"),
    path("bulletins/draft/", bulletins.draft_bulletin, name="draft_bulletin"),
    path("bulletins/template/", bulletins.bulletin_template, name="bulletin_template"),
    path("bulletins/template/file/", bulletins.download_template, name="download_template"),
    path("bulletins/<int:bulletin_id>/", bulletins.bulletin, name="bulletin"),
    path("bulletins/<int:bulletin_id>/edit/", bulletins.edit_bulletin, name="edit_bulletin"),
    path("bulletins/<int:bulletin_id>/submit/", bulletins.submit_bulletin, name="submit_bulletin"),
    path(
        "bulletins/<int:bulletin_id>/withdraw/",
        bulletins.withdraw_bulletin,
        name="withdraw_bulletin",
    ),
    path("bulletins/<int:bulletin_id>/issue/", bulletins.approve_bulletin, name="approve_bulletin"),
    path("bulletins/<int:bulletin_id>/return/", bulletins.return_bulletin, name="return_bulletin"),
    path("bulletins/<int:bulletin_id>/pdf/", bulletins.bulletin_pdf, name="bulletin_pdf"),
    path("bulletins/<int:bulletin_id>/word/", bulletins.bulletin_word, name="bulletin_word"),
    path("bulletins/<int:bulletin_id>/excel/", bulletins.bulletin_excel, name="bulletin_excel"),
    path("notices/", notices.notice_list, name="notices"),
    path("notices/new/", notices.new_notice, name="new_notice"),
    path("notices/settings/", notices.notice_settings, name="notice_settings"),
    path("notices/objections/", notices.objections, name="objections"),
    path(
        "notices/objections/<int:objection_id>/answer/",
        notices.answer_objection,
        name="answer_objection",
    ),
    path("notices/bundles/<int:bundle_id>/", notices.bundle, name="notice_bundle"),
    path("notices/<int:notice_id>/", notices.notice, name="notice"),
    path("notices/<int:notice_id>/state/", notices.notice_state, name="notice_state"),
    path("notices/sheets/<int:sheet_id>/", notices.sheet, name="notice_sheet"),
    path("notices/sheets/<int:sheet_id>/pdf/", notices.sheet_pdf, name="sheet_pdf"),
    path("notices/sheets/<int:sheet_id>/excel/", notices.sheet_excel, name="sheet_excel"),
    path("notices/sheets/<int:sheet_id>/post/", notices.post, name="post_sheet"),
    path("notices/sheets/<int:sheet_id>/take-down/", notices.take_down, name="take_down_sheet"),
    path("notices/sheets/<int:sheet_id>/photo/<slug:which>/", notices.photo, name="sheet_photo"),
    path("notices/sheets/<int:sheet_id>/object/", notices.raise_objection, name="raise_objection"),
]
