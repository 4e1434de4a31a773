from django.urls import path

from oversight import views

app_name = "oversight"

urlpatterns = [
    path("progress/", views.own_progress, name="own_progress"),
    path("progress/headline/", views.headline, name="headline"),
    path("progress/<str:area_code>/", views.progress, name="progress"),
    path("progress/<str:area_code>/charts/", views.charts, name="charts"),
    path("progress/<str:area_code>/excel/", views.progress_excel, name="progress_excel"),
]
