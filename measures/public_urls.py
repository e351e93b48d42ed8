"""Permanent addresses of the structure and the published evaluations."""

from django.urls import path, re_path

from . import public

urlpatterns = [
    path("goals/", public.goals, name="goals"),
    path("goals/<int:number>/", public.goal, name="goal"),
    re_path(r"^policies/(?P<goal>[0-9]+)-(?P<number>[0-9]+)/$", public.policy, name="policy"),
    path("measures/<slug:code>/", public.measure, name="measure"),
    path("actions/<slug:code>/", public.action, name="action"),
    path("organizations/", public.organizations, name="organizations"),
    path("organizations/<slug:slug>/", public.organization, name="organization"),
    path("evaluations/", public.evaluations, name="evaluations"),
    path("evaluations/<int:year>/", public.evaluation, name="evaluation"),
]
