"""The tables that explain all tables: 項目定義書 and コード表, as files like every other."""

from collections.abc import Iterator

from . import codes
from .table import KINDS, Column, Resource

LINE = {
    "table": Column("コード表", is_key=True),
    "table_title": Column("コード表の名称"),
    "scale": Column(
        "評価の基準", "達成度と今後の方向性で、どの基準の記号かを示します。ほかは空です。", blank=True, is_key=True
    ),
    "code": Column("コード", is_key=True),
    "label": Column("意味"),
    "definition": Column("定義", blank=True),
}
DEFINITION = {
    "resource": Column("データの名前", is_key=True),
    "resource_title": Column("データの名称"),
    "order": Column("順番", kind="integer"),
    "column": Column("項目の名前", "ファイルの1行目にある名前です。", is_key=True),
    "label": Column("項目名"),
    "kind": Column("型", f"{'・'.join(KINDS)}のいずれかです。"),
    "unit": Column("単位", blank=True),
    "is_blank": Column("空の有無", "空のことがあるとき true です。", "boolean"),
    "codes": Column("コード表", "コード表のデータでの名前です。", blank=True),
    "refers": Column("対応するデータ", "そのデータの最初の項目と同じ値です。", blank=True),
    "meaning": Column("説明", blank=True),
}


def _definitions(resources: dict[str, Resource]) -> Iterator[tuple[Resource, int, str, Column]]:
    for resource in resources.values():
        for place, (name, column) in enumerate(resource.columns.items(), start=1):
            yield resource, place, name, column


def _definition(line: tuple[Resource, int, str, Column]) -> dict:
    resource, place, name, column = line
    return {
        "resource": resource.name,
        "resource_title": resource.title,
        "order": place,
        "column": name,
        "label": column.label,
        "kind": column.kind,
        "unit": column.unit or None,
        "is_blank": column.blank,
        "codes": column.codes or None,
        "refers": column.refers or None,
        "meaning": column.meaning or None,
    }


def resources(explained: dict[str, Resource]) -> tuple[Resource, ...]:
    """項目定義書 of all tables in `explained` at the time it is read, and the codes they use."""
    return (
        Resource(
            "columns",
            "項目定義書",
            "すべてのデータの、項目ごとの名前・型・単位・コード表です。",
            DEFINITION,
            lambda plan: _definitions(explained),
            _definition,
        ),
        Resource(
            "codes",
            "コード表",
            "データの中の短い記号と、その意味です。",
            LINE,
            codes.lines,
            lambda line: line,
        ),
    )
