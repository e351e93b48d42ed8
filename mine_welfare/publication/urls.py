"""Permanent addresses of the pages that take from several apps."""

from django.urls import path

from . import api, component, former, opendata_views, public, public_papers
from .health import healthz

urlpatterns = [
    path("", public.home, name="home"),
    path("plan/", public.plan, name="plan"),
    path("plan/former/", former.former_plans, name="former-plans"),
    path("plan/chapters/<int:number>/", public.chapter, name="chapter"),
    path("reoffense/", component.reoffense, name="reoffense"),
    path("search/", public.search, name="search"),
    path("easy/", public.easy, name="easy"),
    path("accessibility/", public.accessibility, name="accessibility"),
    path("opendata/", opendata_views.catalogue, name="opendata"),
    path("opendata/schema.json", opendata_views.schema, name="opendata-schema"),
    path("opendata/catalog.jsonld", opendata_views.linked_catalogue, name="opendata-catalogue"),
    path("opendata/<slug:name>.<slug:format>", opendata_views.download, name="opendata-file"),
    path("api/v1/", api.guide, name="api"),
    path("api/v1/openapi.json", api.openapi, name="api-openapi"),
    path("api/v1/<slug:name>", api.rows, name="api-rows"),
    path("downloads/reoffense.pdf", public_papers.component_pdf, name="reoffense-pdf"),
    path("downloads/evaluations/<int:year>/<slug:name>.pdf", public_papers.yearly_pdf, name="yearly-pdf"),
    path("downloads/plans/<slug:slug>/plan.pdf", former.former_book, name="former-book"),
    path(
        "downloads/plans/<slug:slug>/evaluations/<int:year>/<slug:name>.pdf",
        former.former_report,
        name="former-report",
    ),
    path("downloads/plan.txt", public_papers.plan_txt, name="plan-txt"),
    path("downloads/plan.pdf", public_papers.plan_pdf, name="plan-pdf"),
    path("healthz", healthz, name="healthz"),
]
