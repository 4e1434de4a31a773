from django.urls import path

from policies import api, views

app_name = "policies"

urlpatterns = [
    path("api/v1/policies/", api.policies, name="api_policies"),
    path("api/v1/policies/<int:policy_id>/", api.policy, name="api_policy"),
    path("policies/", views.policies, name="list"),
    path("policies/load/", views.load, name="load"),
    path("policies/<int:policy_id>/", views.policy, name="version"),
    path("policies/<int:policy_id>/tiers/", views.tier_sheet, name="tiers"),
    path("policies/<int:policy_id>/difference/", views.difference, name="difference"),
    path("policies/<int:policy_id>/source/", views.source, name="source"),
    path("policies/<int:policy_id>/publish/", views.publish, name="publish"),
    path("policies/<int:policy_id>/withdraw/", views.withdraw, name="withdraw"),
]
