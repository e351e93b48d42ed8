"""Permanent addresses of the structure and the published evaluations."""

from django.urls import path

from . import public

urlpatterns = [
    path("goals/", public.goals, name="goals"),
    path("goals/<int:number>/", public.goal, name="goal"),
    path("policies/<int:goal>-<int:number>/", public.policy, name="policy"),
    path("measures/<slug:code>/", public.measure, name="measure"),
    path("actions/<slug:code>/", public.action, name="action"),
    path("organizations/", public.organizations, name="organizations"),
    path("organizations/<slug:slug>/", public.organization, name="organization"),
    path("evaluations/", public.evaluations, name="evaluations"),
    path("evaluations/<int:year>/", public.evaluation, name="evaluation"),
    path("evaluations/<int:year>/charts/<slug:name>.<slug:form>", public.evaluation_chart, name="evaluation-chart"),
    path("corrections/", public.corrections_page, name="corrections"),
]
