"""Permanent addresses of the pages that take from several apps."""

from django.urls import path

from . import component, opendata_views, public, public_papers
from .health import healthz

urlpatterns = [
    path("", public.home, name="home"),
    path("plan/", public.plan, name="plan"),
    path("plan/chapters/<int:number>/", public.chapter, name="chapter"),
    path("reoffense/", component.reoffense, name="reoffense"),
    path("search/", public.search, name="search"),
    path("accessibility/", public.accessibility, name="accessibility"),
    path("opendata/", opendata_views.catalogue, name="opendata"),
    path("opendata/schema.json", opendata_views.schema, name="opendata-schema"),
    path("opendata/<slug:name>.<slug:format>", opendata_views.download, name="opendata-file"),
    path("downloads/reoffense.pdf", public_papers.component_pdf, name="reoffense-pdf"),
    path("downloads/evaluations/<int:year>/<slug:name>.pdf", public_papers.yearly_pdf, name="yearly-pdf"),
    path("downloads/plan.pdf", public_papers.plan_pdf, name="plan-pdf"),
    path("healthz", healthz, name="healthz"),
]
