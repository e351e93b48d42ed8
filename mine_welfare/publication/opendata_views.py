"""/opendata/: the catalogue and the files."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import condition, require_safe

from measures.public import plan_or_404
from mine_welfare.toolkit.flat import to_csv, to_json
from plans.context import current_plan

from .opendata import RESOURCES

WRITERS = {"csv": (to_csv, "text/csv; charset=utf-8"), "json": (to_json, "application/json; charset=utf-8")}


def _etag(request, name: str = "", format: str = "") -> str | None:
    plan = current_plan(request)
    return f'"{plan.slug}-{plan.version}-{name}.{format}"' if plan else None


@require_safe
@login_not_required
def catalogue(request):
    plan = plan_or_404(request)
    resources = [(resource, sum(1 for _ in resource.rows(plan))) for resource in RESOURCES.values()]
    context = {"resources": resources, "licence": settings.OPEN_DATA_LICENCE}
    return render(request, "public/opendata.html", context)


@require_safe
@login_not_required
@condition(etag_func=_etag)
def download(request, name: str, format: str):
    """One resource as a file; unchanged since the reader's copy, it is not made again."""
    plan = plan_or_404(request)
    if name not in RESOURCES or format not in WRITERS:
        raise Http404("このデータはありません。")
    resource = RESOURCES[name]
    write, content_type = WRITERS[format]
    response = HttpResponse(write(list(resource.columns), resource.rows(plan)), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}.{format}"'
    response["Cache-Control"] = "public, no-cache"
    return response
