from django.urls import path

from staff.approval_doors import approval_paths
from staff.connecting import approve_access
from staff.models import SystemAccess
from staff.views import exports, news, people, signing_in, start, system_state, systems, trail

app_name = "staff"

urlpatterns = [
    path("", start.home, name="home"),
    path("sign-in/", signing_in.sign_in_page, name="sign_in"),
    path("sign-out/", signing_in.sign_out_page, name="sign_out"),
    path("staff/", people.staff_list, name="staff_list"),
    path("staff/new/", people.open_account_page, name="open_account"),
    path("staff/me/", signing_in.me, name="me"),
    path("staff/me/password/", signing_in.change_password_page, name="change_password"),
    path("staff/me/news/", news.news, name="news"),
    path("staff/me/news/seen/", news.see_news, name="see_news"),
    path("staff/me/columns/", news.hide_columns, name="hide_columns"),
    path("staff/trail/", trail.trail, name="trail"),
    path("staff/trail/looks/", trail.looks, name="looks"),
    path("exports/", exports.exports, name="exports"),
    path("exports/new/", exports.new_export, name="new_export"),
    path("exports/<int:export_id>/", exports.export, name="export"),
    path("exports/<int:export_id>/state/", exports.export_state, name="export_state"),
    path("exports/<int:export_id>/download/", exports.download, name="download_export"),
    path("exports/<int:export_id>/approve/", exports.approve, name="approve_export"),
    path("exports/<int:export_id>/return/", exports.send_back, name="return_export"),
    path("exports/<int:export_id>/withdraw/", exports.withdraw, name="withdraw_export"),
    path("exports/<int:export_id>/hand-over/", exports.note_hand_over, name="hand_over_export"),
    path("system-state/", system_state.system_state, name="system_state"),
    path("systems/", systems.systems, name="systems"),
    path("systems/new/", systems.new_system, name="new_system"),
    path("systems/<int:access_id>/", systems.system, name="system"),
    path("systems/<int:access_id>/token/", systems.new_token, name="new_token"),
    path("systems/<int:access_id>/stop/", systems.stop, name="stop_system"),
    *approval_paths(
        SystemAccess,
        "systems",
        page="staff:system",
        return_action="approve_system",
        approve=approve_access,
    ),
    path("staff/<int:staff_id>/", people.person, name="person"),
    path("staff/<int:staff_id>/grant/", people.grant, name="grant"),
    path("staff/<int:staff_id>/password/", people.reset, name="reset_password"),
    path("staff/<int:staff_id>/close/", people.close, name="close_account"),
    path("staff/<int:staff_id>/reopen/", people.reopen, name="reopen_account"),
    path("staff/duties/<int:duty_id>/end/", people.end, name="end_duty"),
]
