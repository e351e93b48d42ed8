"""/opendata/: the catalogue, the files and what their columns are."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from mine_welfare.toolkit.flat import to_csv, to_json
from plans.context import plan_or_404

from .opendata import RESOURCES, counts
from .opendata import schema as schema_of
from .opendata.catalogue import catalogue as catalogue_of
from .opendata.catalogue import terms_of
from .opendata.codes import TITLES, lines

WRITERS = {"csv": (to_csv, "text/csv; charset=utf-8"), "json": (to_json, "application/json; charset=utf-8")}
JSON_FORM = {"ensure_ascii": False, "indent": 1}
LINKED_DATA = "application/ld+json"


@require_safe
@login_not_required
def catalogue(request):
    plan = plan_or_404(request)
    codes = list(lines(plan))
    rows = counts((one for name, one in RESOURCES.items() if name != "codes"), plan) | {"codes": len(codes)}
    tables: dict[str, list[dict]] = {name: [] for name in TITLES}
    for line in codes:
        tables[line["table"]].append(line)
    context = {
        "resources": [(resource, rows[name]) for name, resource in RESOURCES.items()],
        "tables": [(name, TITLES[name], own) for name, own in tables.items()],
        "licence": terms_of(settings.OPEN_DATA_LICENCE),
    }
    response = render(request, "public/opendata.html", context)
    # Beside the page and not in it: the security policy keeps every page free of inline scripts.
    response["Link"] = f'<{reverse("opendata-catalogue")}>; rel="alternate"; type="{LINKED_DATA}"'
    return response


@require_safe
@login_not_required
def linked_catalogue(request):
    """The catalogue for portals that harvest (DCAT)."""
    document = catalogue_of(
        plan_or_404(request), RESOURCES.values(), settings.OPEN_DATA_LICENCE, request.build_absolute_uri
    )
    return JsonResponse(document, json_dumps_params=JSON_FORM, content_type=LINKED_DATA)


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
    return JsonResponse(schema_of(RESOURCES.values()), json_dumps_params=JSON_FORM)
