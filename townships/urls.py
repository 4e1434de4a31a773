from django.urls import path

from townships import api
from townships.views import areas, tasks

app_name = "townships"

urlpatterns = [
    path("api/v1/areas/", api.areas, name="api_areas"),
    path("areas/", areas.areas, name="areas"),
    path("areas/load/", areas.load, name="load_areas"),
    path("areas/aliases/<int:alias_id>/remove/", areas.drop_alias, name="remove_alias"),
    path("areas/contacts/<int:contact_id>/remove/", areas.drop_contact, name="remove_contact"),
    path("areas/<str:code>/", areas.area, name="area"),
    path("areas/<str:code>/excel/", areas.areas_excel, name="areas_excel"),
    path("areas/<str:code>/rename/", areas.rename, name="rename_area"),
    path("areas/<str:code>/merge/", areas.merge, name="merge_towns"),
    path("areas/<str:code>/aliases/", areas.new_alias, name="add_alias"),
    path("areas/<str:code>/contacts/", areas.new_contact, name="set_contact"),
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/new/", tasks.new_plan, name="new_plan"),
    path("tasks/<int:plan_id>/", tasks.task, name="task"),
    path("tasks/<int:plan_id>/edit/", tasks.edit_plan, name="edit_plan"),
    path("tasks/<int:plan_id>/annex/", tasks.upload_annex, name="upload_annex"),
    path("tasks/<int:plan_id>/excel/", tasks.task_excel, name="task_excel"),
    path("tasks/<int:plan_id>/<str:code>/", tasks.town_task, name="town_task"),
    path("tasks/<int:plan_id>/<str:code>/excel/", tasks.town_task_excel, name="town_task_excel"),
    path("tasks/<int:plan_id>/<str:code>/edit/", tasks.edit_quotas, name="edit_quotas"),
]
