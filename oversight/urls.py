from django.urls import path

from oversight.views import notices
from oversight.views import progress as views

app_name = "oversight"

urlpatterns = [
    path("progress/", views.own_progress, name="own_progress"),
    path("progress/headline/", views.headline, name="headline"),
    path("progress/<str:area_code>/", views.progress, name="progress"),
    path("progress/<str:area_code>/charts/", views.charts, name="charts"),
    path("progress/<str:area_code>/excel/", views.progress_excel, name="progress_excel"),
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
