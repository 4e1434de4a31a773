from django.urls import path

from subsidies import api, views

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
        "policies/<int:policy_id>/affected/totals/",
        views.affected.affected_totals,
        name="affected_totals",
    ),
    path(
        "policies/<int:policy_id>/affected/people/",
        views.affected.affected_people,
        name="affected_people",
    ),
    path(
        "policies/<int:policy_id>/affected/excel/",
        views.affected.affected_excel,
        name="affected_excel",
    ),
]
