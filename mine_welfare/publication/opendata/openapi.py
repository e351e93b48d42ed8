"""The OpenAPI 3.1 document of the API, made of the columns of the tables."""

from collections.abc import Iterable

from plans.models import Plan

from .catalogue import terms_of
from .selection import MOST, PAGE, PER_PAGE, SIZE
from .table import Column, Resource

PROBLEM = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "status": {"type": "integer", "description": "HTTPの状態コード"},
                "parameter": {"type": ["string", "null"], "description": "直していただきたい条件の名前"},
                "message": {"type": "string", "description": "どこが違うかを示す文"},
            },
            "required": ["status", "parameter", "message"],
            "additionalProperties": False,
        }
    },
    "required": ["error"],
    "additionalProperties": False,
}
ENVELOPE: dict[str, dict] = {
    "resource": {"type": "string", "description": "データの名前"},
    "title": {"type": "string", "description": "データの名称"},
    "updated": {"type": "string", "format": "date-time", "description": "計画の公開内容の最終更新"},
    "licence": {"type": "string", "description": "利用の条件のアドレス"},
    "attribution": {"type": "string", "description": "出典の書き方"},
    "total": {"type": "integer", "description": "条件に合う行の数"},
    "page": {"type": "integer", "description": "このページの番号"},
    "per_page": {"type": "integer", "description": "1ページの行数"},
    "pages": {"type": "integer", "description": "ページの数"},
    "previous": {"type": ["string", "null"], "description": "前のページのアドレス"},
    "next": {"type": ["string", "null"], "description": "次のページのアドレス"},
}


def document(plan: Plan, resources: Iterable[Resource], licence: str, server: str) -> dict:
    """Everything the API answers, for programs; `server` is the full address of this portal."""
    resources = list(resources)
    name, address = terms_of(licence)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{plan.portal_name} オープンデータAPI",
            "version": "1",
            "summary": f"『{plan.short_title}』の公開データを読むためのAPIです。",
            "description": "登録は要りません。読むだけのAPIで、公開しているデータだけを返します。",
            "license": {"name": name, "url": address},
        },
        "servers": [{"url": server}],
        "paths": {f"/api/v1/{one.name}": {"get": _operation(one)} for one in resources},
        "components": {
            "schemas": {"Problem": PROBLEM} | {one.name: one.item_schema for one in resources},
            "parameters": {PAGE: _paging(PAGE), SIZE: _paging(SIZE)},
        },
    }


def _paging(name: str) -> dict:
    words, schema = {
        PAGE: ("ページの番号", {"type": "integer", "minimum": 1, "default": 1}),
        SIZE: ("1ページの行数", {"type": "integer", "minimum": 1, "maximum": MOST, "default": PER_PAGE}),
    }[name]
    return {"name": name, "in": "query", "description": words, "required": False, "schema": schema}


def _operation(resource: Resource) -> dict:
    return {
        "operationId": resource.name,
        "summary": resource.title,
        "description": resource.description,
        "parameters": [_parameter(name, column) for name, column in resource.filters.items()]
        + [{"$ref": f"#/components/parameters/{name}"} for name in (PAGE, SIZE)],
        "responses": {
            "200": {
                "description": "条件に合う行",
                "headers": {
                    "ETag": {"description": "内容のしるし", "schema": {"type": "string"}},
                    "Link": {"description": "前後のページ（RFC 8288）", "schema": {"type": "string"}},
                },
                "content": {"application/json": {"schema": _answer(resource)}},
            },
            "304": {"description": "If-None-Matchで示された内容から変わっていません。"},
            "400": _problem("条件の書き方が違います。"),
            "404": _problem("そのページ又はデータはありません。"),
        },
    }


def _parameter(name: str, column: Column) -> dict:
    kind = {key: value for key, value in column.schema.items() if key in ("type", "enum")}
    if column.blank:
        kind["type"] = column.schema["type"][0]
    if "enum" in kind:
        kind["enum"] = [value for value in kind["enum"] if value is not None]
    empty = "空の行は、値のない指定（名前=）で選べます。" if column.blank else ""
    return {
        "name": name,
        "in": "query",
        "description": f"{column.label}。繰り返すと、いずれかに合う行を選びます。{empty}",
        "required": False,
        "allowEmptyValue": column.blank,
        "style": "form",
        "explode": True,
        "schema": {"type": "array", "items": kind},
    }


def _answer(resource: Resource) -> dict:
    items = {"type": "array", "items": {"$ref": f"#/components/schemas/{resource.name}"}}
    return {
        "type": "object",
        "properties": ENVELOPE | {"items": items},
        "required": [*ENVELOPE, "items"],
        "additionalProperties": False,
    }


def _problem(words: str) -> dict:
    return {
        "description": words,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
