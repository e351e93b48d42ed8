"""Code tables: what the short values of the open data stand for.

Those of the program are the same in every installation; the others are the
plan's own words, which the secretariat may change.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import F, Value

from measures.models import Actor, Direction, Grade, Indicator, Response, Scale
from mine_welfare.accounts.models import Organization
from plans.models import Plan
from surveys.models import Origin, Question


@dataclass(frozen=True)
class Code:
    code: str
    label: str
    definition: str = ""


@dataclass(frozen=True)
class CodeTable:
    title: str
    codes: tuple[Code, ...] = ()


def _of(choices: Iterable[tuple[str, str]]) -> tuple[Code, ...]:
    return tuple(Code(code, label) for code, label in choices)


# The code tables of the program.
FIXED = {
    "organization_kind": CodeTable(
        "組織の区分", _of(one for one in Organization.Kind.choices if one[0] != Organization.Kind.OUTSIDE)
    ),
    "indicator_kind": CodeTable("指標の種類", _of(Indicator.Kind.choices)),
    "indicator_trend": CodeTable("指標の望ましい向き", _of(Indicator.Trend.choices)),
    "freshness": CodeTable(
        "回答の時期",
        (
            Code("on_time", "期限内", "締切日までに答えた個票です。"),
            Code("late", "締切後", "締切日の後に答えた個票です。"),
            Code("unanswered", "未回答", "締切までに答えがなかった個票です。評価とは分けて数えます。"),
        ),
    ),
    "reflection": CodeTable(
        "意見の反映状況", tuple(Code(one.value, one.label, f"{one.definition}。") for one in Response.Reflection)
    ),
    "question_kind": CodeTable("設問の種類", _of(Question.Kind.choices)),
    "origin": CodeTable("値の出どころ", _of(Origin.choices)),
    "mark": CodeTable(
        "値の印",
        (
            Code("hidden", "秘匿", "人数が少ないため、又は差し引きでその人数が分かるため、値を示していません。"),
            Code("hidden_base", "非表示", "回答者が少ないため、値を示していません。"),
            Code("reference", "参考", "回答者が少ないため、参考の値です。"),
        ),
    ),
    "statement": CodeTable("座談会の文章の種類", _of((("opinion", "主な意見"), ("issue", "要因や取組課題")))),
}
# The plan's own: the titles of their tables.
OWN = {"actor": "担い手", "rating": "達成度", "direction": "今後の方向性"}
TITLES = {name: table.title for name, table in FIXED.items()} | OWN


def lines(plan: Plan) -> Iterator[dict]:
    """One line for each code of each table; `scale` tells apart what a year's scale says of the same letter."""
    for name, table in FIXED.items():
        for code in table.codes:
            yield _line(name, None, code.code, code.label, code.definition)
    for name, scale, code, label, definition in _own(plan):
        yield _line(name, scale or None, code, label, definition)


def _line(name: str, scale: str | None, code: str, label: str, definition: str) -> dict:
    found = {"table": name, "table_title": TITLES[name], "scale": scale, "code": code, "label": label}
    return found | {"definition": definition or None}


def _own(plan: Plan) -> Iterator[tuple]:
    """(table, scale, code, label, definition) of the plan's own codes, in three queries.

    Of a scale only once a year goes by it: one that is still being written is the city hall's own.
    """
    fields = ("table", "of_scale", "code", "label")
    used = Scale.objects.filter(plan=plan, cycles__isnull=False)
    for actor in Actor.objects.filter(plan=plan).order_by("position"):
        yield "actor", "", actor.code, actor.label, actor.principle
    grades = Grade.objects.filter(scale__in=used).annotate(table=Value("rating"), of_scale=F("scale__name"))
    yield from grades.order_by("scale", "position").values_list(*fields, "definition")
    directions = Direction.objects.filter(scale__in=used)
    directions = directions.annotate(table=Value("direction"), of_scale=F("scale__name"), said=Value(""))
    yield from directions.order_by("scale", "position").values_list(*fields, "said")
