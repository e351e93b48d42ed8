"""What one table of the open data is: its columns, its rows, and both of them in words for programs."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import IntegerField, QuerySet, Subquery

from plans.models import Plan

from .codes import FIXED

# How a column's type is called, by its name.
KINDS = {"string": "文字列", "integer": "整数", "number": "数値", "boolean": "真偽値", "date": "日付"}


@dataclass(frozen=True)
class Column:
    """One column of a table, as 項目定義書 lists it.

    `kind` is one of `KINDS`. `codes` names the code table its values stand in,
    `refers` the resource whose first column they are. The API filters by these
    two, and by `is_key`.
    """

    label: str
    meaning: str = ""
    kind: str = "string"
    unit: str = ""
    blank: bool = False
    codes: str = ""
    refers: str = ""
    is_key: bool = False

    @property
    def kind_label(self) -> str:
        return KINDS[self.kind]

    @property
    def is_filter(self) -> bool:
        """Whether the API offers to choose rows by it."""
        return bool(self.is_key or self.codes or self.refers)

    @property
    def is_text(self) -> bool:
        return self.kind in ("string", "date")

    @property
    def schema(self) -> dict:
        """The column as JSON Schema."""
        kind = "string" if self.is_text else self.kind
        words = f"{self.label}。{self.meaning}" if self.meaning else self.label
        found: dict = {"title": self.label, "description": words, "type": [kind, "null"] if self.blank else kind}
        if self.kind == "date":
            found["format"] = "date"
        if self.codes in FIXED:
            found["enum"] = [code.code for code in FIXED[self.codes].codes] + [None] * self.blank
        return found


@dataclass(frozen=True)
class Resource:
    """One table: `objects` is what its rows are made of, `row` makes one line of the file of each."""

    name: str
    title: str
    description: str
    columns: dict[str, Column]
    objects: Callable[[Plan], QuerySet | Iterable]
    row: Callable[..., dict]

    def rows(self, plan: Plan) -> Iterator[dict]:
        """Its lines, each with exactly the columns, in their order."""
        for one in self.objects(plan):
            said = self.row(one)
            yield {name: said[name] for name in self.columns}

    @property
    def filters(self) -> dict[str, Column]:
        return {name: column for name, column in self.columns.items() if column.is_filter}

    @property
    def item_schema(self) -> dict:
        """One row as JSON Schema."""
        return {
            "title": self.title,
            "type": "object",
            "properties": {name: column.schema for name, column in self.columns.items()},
            "required": list(self.columns),
            "additionalProperties": False,
        }

    @property
    def schema(self) -> dict:
        """The JSON form as a JSON Schema."""
        return {
            "title": self.title,
            "description": self.description,
            "type": "array",
            "items": self.item_schema,
        }


def schema(resources: Iterable[Resource]) -> dict:
    """What every resource looks like: one definition each, by its name."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": {resource.name: resource.schema for resource in resources},
    }


class RowCount(Subquery):
    """How many rows a query has, as a number within another query."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def counts(resources: Iterable[Resource], plan: Plan) -> dict[str, int]:
    """Rows of each resource by its name; those that are a query are counted in one."""
    found: dict[str, int] = {}
    asked: dict[str, RowCount] = {}
    for resource in resources:
        objects = resource.objects(plan)
        if isinstance(objects, QuerySet):
            # A query of chosen fields may have several rows for one object.
            rows = objects if objects.query.values_select else objects.values("pk")
            asked[resource.name] = RowCount(rows.order_by())
        else:
            found[resource.name] = sum(1 for _ in objects)
    if asked:
        numbers = Plan.objects.filter(pk=plan.pk).values_list(*asked.values()).get()
        found |= dict(zip(asked, numbers, strict=True))
    return found
