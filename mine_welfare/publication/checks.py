"""What must be in order before the portal starts; each finding says how to put it right.

Run by every management command. Cheap: nothing is imported and nothing started
unless a font is missing.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from .machine import PDF_FONTS, PDF_LIBRARIES, Need, missing

TAG = "portal"
SHORTEST_KEY = 50


@register(TAG)
def pdf_libraries(app_configs, **kwargs) -> list[CheckMessage]:
    return _to_install(PDF_LIBRARIES, "PDFを作るためのシステムの部品がありません", "portal.E001")


@register(TAG)
def pdf_fonts(app_configs, **kwargs) -> list[CheckMessage]:
    return _to_install(PDF_FONTS, "PDFの書体がありません", "portal.E002")


def _to_install(needs: Iterable[Need], problem: str, code: str) -> list[CheckMessage]:
    lacking = missing(needs)
    if not lacking:
        return []
    purposes = "、".join(dict.fromkeys(need.purpose for need in lacking))
    packages = " ".join(need.package for need in lacking)
    hint = f"次の1行で入ります: sudo apt-get install -y --no-install-recommends {packages}"
    return [Error(f"{problem}（{purposes}）。", hint=hint, id=code)]


@register(TAG)
def folder_for_data(app_configs, **kwargs) -> list[CheckMessage]:
    """The data folder, or the folder it will be made in, and the SQLite file must be writable."""
    folder = settings.VAR_DIR
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    places = [folder]
    database = settings.DATABASES["default"]
    if "sqlite3" in database["ENGINE"] and (file := Path(database["NAME"])).exists():
        places.append(file)
    return [
        Error(
            f"{place} に書き込めません。",
            hint=f"持ち主を確かめてください: sudo chown -R $(id -un) {settings.VAR_DIR}",
            id="portal.E003",
        )
        for place in places
        if not os.access(place, os.W_OK)
    ]


@register(TAG)
def no_debug_in_public(app_configs, **kwargs) -> list[CheckMessage]:
    if not (settings.DEBUG and settings.HTTPS):
        return []
    return [
        Error(
            "公開する設定（PORTAL_HTTPS=1）なのに、開発用の表示（PORTAL_DEBUG=1）が有効です。"
            "エラー画面から内部の情報が漏れます。",
            hint="PORTAL_DEBUG を消すか、PORTAL_DEBUG=0 にしてください。",
            id="portal.E004",
        )
    ]


@register(TAG)
def signing_key_is_long(app_configs, **kwargs) -> list[CheckMessage]:
    if len(settings.SECRET_KEY) >= SHORTEST_KEY:
        return []
    return [
        Warning(
            f"署名用の鍵が短すぎます（{len(settings.SECRET_KEY)}文字。{SHORTEST_KEY}文字以上が必要です）。",
            hint=f"{settings.VAR_DIR / 'secret_key'} を消して make run で作り直すか、PORTAL_SECRET_KEY を"
            "長くしてください。全員がもう一度サインインすることになります。",
            id="portal.W001",
        )
    ]
