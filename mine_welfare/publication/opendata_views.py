"""/opendata/: the catalogue, the files and what their columns are."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from measures.public import plan_or_404
from mine_welfare.toolkit.flat import to_csv, to_json

from .opendata import RESOURCES
from .opendata import schema as schema_of

WRITERS = {"csv": (to_csv, "text/csv; charset=utf-8"), "json": (to_json, "application/json; charset=utf-8")}


@require_safe
@login_not_required
def catalogue(request):
    plan = plan_or_404(request)
    resources = [(resource, resource.objects(plan).count()) for resource in RESOURCES.values()]
    context = {"resources": resources, "licence": settings.OPEN_DATA_LICENCE}
    return render(request, "public/opendata.html", context)


@require_safe
@login_not_required
def download(request, name: str, format: str):
    """One resource as a file."""
    plan = plan_or_404(request)
    if name not in RESOURCES or format not in WRITERS:
        raise Http404("このデータはありません。")
    resource = RESOURCES[name]
    write, content_type = WRITERS[format]
    response = HttpResponse(write(list(resource.columns), resource.rows(plan)), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}.{format}"'
    return response


@require_safe
@login_not_required
def schema(request):
    """The columns of every JSON file, for programs."""
    return JsonResponse(schema_of(RESOURCES.values()), json_dumps_params={"ensure_ascii": False, "indent": 1})
