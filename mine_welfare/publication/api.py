"""/api/v1/: the tables of the open data row by row, for programs, and the page that explains it."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from plans.context import current_plan, plan_or_404
from plans.models import Plan

from .opendata import RESOURCES, Resource
from .opendata.catalogue import terms_of
from .opendata.openapi import ENVELOPE, document
from .opendata.selection import MOST, PER_PAGE, BadRequest, PageOf, choose, read

JSON_FORM = {"ensure_ascii": False}


def for_every_site(view: Callable) -> Callable:
    """Programs on other sites may read the answer: it is public, and nobody's cookies are looked at."""

    @wraps(view)
    def answer(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag, Link"
        return response

    return answer


def problem(status: int, message: str, parameter: str | None = None) -> JsonResponse:
    body = {"error": {"status": status, "parameter": parameter, "message": message}}
    return JsonResponse(body, status=status, json_dumps_params=JSON_FORM)


@require_safe
@login_not_required
@for_every_site
def rows(request, name: str):
    """One page of the rows that were asked for."""
    plan = current_plan(request)
    if plan is None:
        return problem(404, "計画がまだ公開されていません。")
    if name not in RESOURCES:
        return problem(404, f"このデータはありません。あるのは、{'、'.join(RESOURCES)}です。")
    resource = RESOURCES[name]
    try:
        selection = read(resource, dict(request.GET.lists()))
    except BadRequest as bad:
        return problem(400, bad.sentence, bad.parameter)
    page = choose(resource.rows(plan), selection)
    if selection.page > page.last:
        return problem(404, f"このページはありません。ページは1から{page.last}までです。", "page")
    return _answer(request, plan, resource, page)


def _answer(request: HttpRequest, plan: Plan, resource: Resource, page: PageOf) -> JsonResponse:
    selection = page.selection
    links = {
        rel: request.build_absolute_uri(f"{request.path}?{selection.query(number)}")
        for rel, number in page.links.items()
    }
    body = {
        "resource": resource.name,
        "title": resource.title,
        "updated": plan.changed_at.isoformat(timespec="seconds"),
        "licence": terms_of(settings.OPEN_DATA_LICENCE)[1],
        "attribution": f"{plan.municipality}『{plan.short_title}』",
        "total": page.total,
        "page": selection.page,
        "per_page": selection.per_page,
        "pages": page.last,
        "previous": links.get("prev"),
        "next": links.get("next"),
        "items": page.items,
    }
    response = JsonResponse(body, json_dumps_params=JSON_FORM)
    response["Link"] = ", ".join(f'<{url}>; rel="{rel}"' for rel, url in links.items())
    return response


@require_safe
@login_not_required
@for_every_site
def openapi(request):
    server = request.build_absolute_uri("/").rstrip("/")
    found = document(plan_or_404(request), RESOURCES.values(), settings.OPEN_DATA_LICENCE, server)
    return JsonResponse(found, json_dumps_params=JSON_FORM | {"indent": 1})


@require_safe
@login_not_required
def guide(request):
    """The API in words, for people."""
    plan_or_404(request)
    context = {
        "resources": RESOURCES.values(),
        "fields": [(name, part["description"]) for name, part in ENVELOPE.items()] + [("items", "行")],
        "per_page": PER_PAGE,
        "most": MOST,
        "licence": terms_of(settings.OPEN_DATA_LICENCE),
        "example": request.build_absolute_uri("/api/v1/actions?goal=1&side=shakyo&per_page=20"),
    }
    return render(request, "public/api.html", context)
