"""/healthz: whether this portal can answer citizens now, for whoever watches the machine."""

import logging
from functools import cache

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 `{"status": "ok"}` when the database answers and stands at this code's migrations, else 503 with a reason."""
    reason = trouble()
    if reason is None:
        return JsonResponse({"status": "ok"})
    return JsonResponse(
        {"status": "unavailable", "reason": reason}, status=503, json_dumps_params={"ensure_ascii": False}
    )


def trouble() -> str | None:
    """What keeps the portal from working, as a Japanese sentence; None when nothing does."""
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except DatabaseError as error:
        logger.error("the database does not answer: %s", error)
        return "データベースが応答しません。"
    if _shipped_migrations() - applied.keys():
        return "データベースの更新（migrate）が終わっていません。"
    return None


@cache
def _shipped_migrations() -> frozenset[tuple[str, str]]:
    """(app, name) of every migration of this code; read once, as code does not change under a running process."""
    return frozenset(MigrationLoader(None).graph.nodes)
