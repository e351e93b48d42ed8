"""What stands beside the plan as open data: survey tallies with small counts hidden, statistics, meetings."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from django.db.models import QuerySet

from mine_welfare.toolkit.fiscal import wareki_year
from plans.models import Plan
from surveys.hiding import Limits, hidden
from surveys.models import MeetingTopic, Origin, Point, Question, Ranking, Series, Survey, Tally
from surveys.models.statistics import calendar_year
from surveys.sheets.cells import numeric
from surveys.small import HIDDEN, hide_small

from .table import Column, Resource

# What the plan book prints is public already; the rules are for what the portal itself counted or was sent.
PRINTED = (Origin.PUBLISHED, Origin.DERIVED)


# ---- 調査の集計値 ---------------------------------------------------------------
@dataclass(frozen=True)
class Line:
    """One share (or one place of a ranking), and in `mark` what keeps it from being shown, or 参考."""

    tally: Tally | None
    ranking: Ranking | None = None
    mark: str = ""


def _tallies(plan: Plan) -> Iterator[Line]:
    """The shares of the public surveys in the order of their questions, then the rankings."""
    kept = Tally.objects.filter(question__survey__in=_surveys(plan)).select_related(
        "question__survey", "item", "choice"
    )
    order = ("-question__survey__year", "question__survey__slug", "question__position", "item__number")
    groups: dict[tuple[int, int | None], list[Tally]] = defaultdict(list)
    for tally in kept.order_by(*order, "choice__position", "label"):
        groups[tally.question_id, tally.item_id].append(tally)
    for group in groups.values():
        marks = _marks(group)
        yield from (Line(tally, mark=marks.get(tally.pk, "")) for tally in group)
    rankings = Ranking.objects.filter(question__survey__in=_surveys(plan)).select_related("question__survey", "item")
    yield from (Line(None, ranking) for ranking in rankings.order_by(*order[:3], "line", "criterion", "rank"))


def _surveys(plan: Plan) -> QuerySet:
    return Survey.objects.public().filter(plan=plan)


def _marks(group: list[Tally]) -> dict[int, str]:
    """{id of a share: mark} of one question's (of a matrix: one item's) shares."""
    question = group[0].question
    survey, base = question.survey, question.base
    own = [tally for tally in group if tally.origin not in PRINTED]
    if base is None or not own:
        return {}
    if base < survey.base_hidden_below:
        return {tally.pk: "hidden_base" for tally in own}
    mark = "reference" if base < survey.base_reference_below else ""
    small = _hidden([one for one in own if one.choice_id and not one.label], base, survey, question.kind)
    if small and (len(own) < len(group) or any(_people(one, base) is None for one in own)):
        small = {one.pk for one in own}  # what is printed, or told in words, cannot be hidden to protect the rest
    # A sum of choices would give away the one of them that is hidden.
    return {one.pk: "hidden" if one.pk in small or (small and one.label) else mark for one in own}


def _hidden(shares: list[Tally], base: int, survey: Survey, kind: str) -> set[int]:
    """Ids of the shares of single choices that stand for too few people, or would give those away."""
    known = [(tally.pk, _people(tally, base)) for tally in shares if _people(tally, base) is not None]
    if not known:
        return set()
    cells = np.array([[people for _, people in known]])
    limits = Limits(survey.hide_below, survey.base_hidden_below, survey.base_reference_below)
    hides = hidden(cells, np.array([base]), limits, adds_up=kind != Question.Kind.MULTIPLE)
    return {pk for (pk, _), hide in zip(known, hides[0], strict=True) if hide}


def _people(tally: Tally, base: int) -> int | None:
    """How many people a share stands for, told by the share where the count is not kept."""
    if tally.count is not None or tally.percent is None:
        return tally.count
    return int((tally.percent * base / 100).quantize(Decimal(1), ROUND_HALF_UP))


def _tally(line: Line) -> dict:
    row = line.tally or line.ranking
    question, item = row.question, row.item
    survey = question.survey
    return {
        "survey": survey.slug,
        "survey_title": survey.title,
        "year": survey.year,
        "year_wareki": wareki_year(survey.year),
        "returned": survey.returned,
        "response_rate": numeric(survey.response_rate),
        "question": question.code,
        "question_text": question.text,
        "kind": question.kind,
        "item_number": item.number if item else None,
        "item": item.label if item else None,
        "base": question.base,
        **(_share(line.tally, line.mark) if line.tally else _rank(line.ranking)),
    }


def _share(tally: Tally, mark: str) -> dict:
    shown = not mark.startswith("hidden")
    count, percent = (tally.count, numeric(tally.percent)) if shown else (None, None)
    return dict.fromkeys(SHARE) | {
        "choice": tally.choice.label if tally.choice else None,
        "choices": tally.label or None,
        "count": count,
        "count_unit": "件" if count is not None else None,
        "percent": percent,
        "percent_unit": "%" if percent is not None else None,
        "value_text": (tally.wording or None) if shown else None,
        "mark": mark or None,
        "origin": tally.origin,
        "derivation": (tally.derivation or None) if shown else None,
    }


def _rank(ranking: Ranking) -> dict:
    return dict.fromkeys(SHARE) | {
        "rank_by": ranking.criterion,
        "rank": ranking.rank,
        "origin": Origin.PUBLISHED.value,
    }


SHARE = {
    "choice": Column("選択肢", blank=True),
    "choices": Column("まとめた選択肢", "いくつかの選択肢を合わせた値の、その言い方です。", blank=True),
    "count": Column("件数", "分からないもの、秘匿したものは空です。", "integer", "件", blank=True),
    "count_unit": Column("件数の単位", blank=True),
    "percent": Column("割合", "分からないもの、秘匿したものは空です。", "number", "%", blank=True),
    "percent_unit": Column("割合の単位", blank=True),
    "value_text": Column("文章での値", "計画書が「約3割」のように文章だけで示す値です。", blank=True),
    "rank_by": Column("順位の基準", "計画書が順位だけを示すものです。", blank=True),
    "rank": Column("順位", kind="integer", unit="位", blank=True),
    "mark": Column("値の印", "秘匿・非表示・参考の別です。", blank=True, codes="mark"),
    "origin": Column("値の出どころ", codes="origin"),
    "derivation": Column("計算の方法", "ほかの値から計算した値の、計算の方法です。", blank=True),
}
TALLIES = Resource(
    "survey_tallies",
    "調査の集計値",
    "公開した調査の、設問・選択肢ごとの集計値です。人数の少ない値は隠し、その印を付けています。",
    {
        "survey": Column("調査の識別名", is_key=True),
        "survey_title": Column("調査名"),
        "year": Column("調査の年度（西暦）", kind="integer", is_key=True),
        "year_wareki": Column("調査の年度（和暦）"),
        "returned": Column("有効回収数", kind="integer", unit="件"),
        "response_rate": Column("有効回収率", kind="number", unit="%"),
        "question": Column("設問番号", is_key=True),
        "question_text": Column("設問文"),
        "kind": Column("設問の種類", codes="question_kind"),
        "item_number": Column("項目番号", "項目ごとに答える設問だけにあります。", "integer", blank=True),
        "item": Column("項目", blank=True),
        "base": Column("回答者数", "分からないものは空です。", "integer", "人", blank=True),
        **SHARE,
    },
    _tallies,
    _tally,
)


# ---- 統計 -----------------------------------------------------------------------
def _statistics(plan: Plan) -> Iterator[tuple[Series, Point]]:
    """The values by series and year, small ones as the public pages show them."""
    for series in hide_small(plan.series.order_by("position").prefetch_related("points__series")):
        yield from ((series, point) for point in sorted(series.points.all(), key=lambda point: point.year))


def _point(line: tuple[Series, Point]) -> dict:
    series, point = line
    is_hidden = point.value is None and point.wording == HIDDEN
    return {
        "series": series.code,
        "theme": series.theme,
        "title": series.title,
        "year": point.year,
        "year_wareki": calendar_year(point.year),
        "value": numeric(point.value),
        "unit": series.shown_unit or None,
        "value_text": None if is_hidden else point.wording or None,
        "as_of": series.as_of or None,
        "source": series.source,
        "note": series.note or None,
        "mark": "hidden" if is_hidden else None,
        "origin": point.origin,
        "derivation": point.derivation or None,
    }


STATISTICS = Resource(
    "statistics",
    "統計",
    "計画が示す統計の、年ごとの値です。素案の本文に値のない統計は載せず、人数の少ない値は隠しています。",
    {
        "series": Column("統計の識別名", is_key=True),
        "theme": Column("分野", is_key=True),
        "title": Column("統計の名称"),
        "year": Column("年（西暦）", kind="integer", is_key=True),
        "year_wareki": Column("年（和暦）"),
        "value": Column("値", "文章だけで示されたもの、秘匿したものは空です。", "number", blank=True),
        "unit": Column("単位", "記載のないものは空です。", blank=True),
        "value_text": Column("表記", "計画書での値の書き方です。", blank=True),
        "as_of": Column("時点", blank=True),
        "source": Column("出所"),
        "note": Column("注記", blank=True),
        "mark": Column("値の印", "秘匿した値の印です。", blank=True, codes="mark"),
        "origin": Column("値の出どころ", codes="origin"),
        "derivation": Column("計算の方法", blank=True),
    },
    _statistics,
    _point,
)


# ---- 座談会 ---------------------------------------------------------------------
def _statements(plan: Plan) -> Iterator[tuple[MeetingTopic, str, int, str]]:
    """(field, kind, place, words) of what residents said."""
    topics = MeetingTopic.objects.filter(meeting__plan=plan).select_related("meeting")
    for topic in topics.order_by("meeting__slug", "position"):
        for kind, texts in (("opinion", topic.opinions), ("issue", topic.issues)):
            yield from ((topic, kind, place, text) for place, text in enumerate(texts, start=1))


def _statement(line: tuple[MeetingTopic, str, int, str]) -> dict:
    topic, kind, place, text = line
    meeting = topic.meeting
    return {
        "meeting": meeting.slug,
        "title": meeting.title,
        "districts": meeting.districts,
        "participants": meeting.participants,
        "field_number": topic.position,
        "field": topic.field,
        "kind": kind,
        "order": place,
        "text": text,
    }


MEETINGS = Resource(
    "meetings",
    "地域ふくし座談会",
    "座談会での主な意見と、その要因や取組課題です。1行が1つの文です。",
    {
        "meeting": Column("座談会の識別名", is_key=True),
        "title": Column("座談会の名称"),
        "districts": Column("地区数", kind="integer", unit="地区"),
        "participants": Column("延べ参加者数", kind="integer", unit="人"),
        "field_number": Column("分野の番号", kind="integer", is_key=True),
        "field": Column("分野"),
        "kind": Column("文章の種類", codes="statement"),
        "order": Column("順番", "その分野・種類の中での順番です。", "integer"),
        "text": Column("文章"),
    },
    _statements,
    _statement,
)
RESOURCES = (TALLIES, STATISTICS, MEETINGS)
