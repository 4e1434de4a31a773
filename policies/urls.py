from django.urls import path

from policies import api, switch_doors, views

app_name = "policies"

urlpatterns = [
    path("api/v1/policies/", api.policies, name="api_policies"),
    path("api/v1/policies/<int:policy_id>/", api.policy, name="api_policy"),
    path("policies/", views.policies, name="list"),
    path("policies/load/", views.load, name="load"),
    path("policies/schemes/", switch_doors.schemes, name="schemes"),
    path("policies/schemes/propose/", switch_doors.propose, name="propose_switch"),
    path("policies/schemes/<int:switch_id>/approve/", switch_doors.approve, name="approve_switch"),
    path("policies/schemes/<int:switch_id>/reject/", switch_doors.reject, name="reject_switch"),
    path("policies/<int:policy_id>/", views.policy, name="version"),
    path("policies/<int:policy_id>/tiers/", views.tier_sheet, name="tiers"),
    path("policies/<int:policy_id>/difference/", views.difference, name="difference"),
    path("policies/<int:policy_id>/source/", views.source, name="source"),
    path("policies/<int:policy_id>/publish/", views.publish, name="publish"),
    path("policies/<int:policy_id>/withdraw/", views.withdraw, name="withdraw"),
]
