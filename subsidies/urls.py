from django.urls import path

from subsidies import views

app_name = "subsidies"

urlpatterns = [
    path(
        "residents/<int:resident_id>/entitlements/",
        views.resident_entitlements,
        name="resident_entitlements",
    ),
]
