"""What citizens read: each survey by 分野, the statistics, the residents' meetings."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from measures.models import Measure
from mine_welfare.toolkit.chart import Chart
from plans.models import Plan

from .. import charts
from ..models import GAP, Point, Question, Ranking, ResidentMeeting, Series, Survey, Tally
from ..small import hide_small
from .tables import SEVERAL

MEASURES = Prefetch("measures", Measure.objects.order_by("code"))


def facts(survey: Survey) -> list[tuple[str, str]]:
    """What a page says of the survey itself."""
    found = [
        ("調査対象", survey.target),
        ("調査期間", survey.period),
        ("配布", survey.distribution),
        ("回収", survey.collection),
        ("配布数", f"{survey.sent:,}件"),
        ("有効回収数", f"{survey.returned:,}件（有効回収率 {survey.response_rate}％）"),
    ]
    return found + ([("前回の調査", survey.previous.title)] if survey.previous else [])


@dataclass
class Comparison:
    """The same question in the survey before: (choice, now, then, difference in points), and what differs."""

    survey: Survey
    rows: list[tuple[str, Decimal, Decimal, Decimal]]
    warnings: list[str]


@dataclass
class QuestionPart:
    """One question as its page shows it."""

    survey: Survey
    question: Question
    chart: Chart | None
    sums: list[Tally]
    words: list[Tally]
    rankings: list[tuple[str, list[Ranking]]]
    gaps: list[str]
    notes: list[str]
    comparison: Comparison | None = None

    @property
    def reading(self) -> str:
        return "".join(self.question.statements)

    @property
    def files(self) -> str:
        """The address of the chart's files without their ending."""
        return reverse("survey", args=(self.survey.slug,)) + self.question.code


@dataclass
class FieldPart:
    """The questions of one 分野."""

    title: str
    anchor: str
    questions: list[QuestionPart] = field(default_factory=list)


def survey_page(survey: Survey) -> list[FieldPart]:
    """The survey's questions by 分野, in their order; attributes and free texts are left out."""
    before = _before(survey)
    parts: dict[str, FieldPart] = {}
    for question in questions_of(survey).exclude(kind=Question.Kind.TEXT):
        if question.is_attribute and not question.tallies.all():
            continue
        title = question.field or question.theme
        part = parts.setdefault(title, FieldPart(title, f"field-{len(parts) + 1}"))
        part.questions.append(question_part(survey, question, before.get(question.code)))
    return list(parts.values())


def questions_of(survey: Survey) -> QuerySet:
    """The questions with all their page needs, in a fixed number of queries."""
    return survey.questions.order_by("position").prefetch_related(
        MEASURES,
        "choices",
        "items",
        Prefetch("tallies", Tally.objects.select_related("choice", "item")),
        Prefetch("rankings", Ranking.objects.select_related("item")),
    )


def _before(survey: Survey) -> dict[str, Question]:
    """The questions of the survey before by code; nothing where it is not public."""
    if survey.previous is None or not survey.previous.is_public:
        return {}
    tallies = Prefetch("tallies", Tally.objects.select_related("choice", "item"))
    questions = survey.previous.questions.select_related("survey").prefetch_related("choices", tallies)
    return {question.code: question for question in questions}


def question_part(survey: Survey, question: Question, before: Question | None = None) -> QuestionPart:
    tallies = list(question.tallies.all())
    chart = charts.question_chart(survey, question)
    return QuestionPart(
        survey,
        question,
        chart,
        [tally for tally in tallies if tally.percent is not None and tally.choice is None],
        [tally for tally in tallies if tally.percent is None and not (chart and _is_drawn(tally))],
        rankings(question),
        gaps(question),
        notes(question),
        compare(question, before) if before else None,
    )


def _is_drawn(tally: Tally) -> bool:
    """The words of a choice stand in the place of its bar."""
    return bool(tally.choice_id and not tally.label)


def rankings(question: Question) -> list[tuple[str, list[Ranking]]]:
    """(criterion, its items from the first) in the order of the plan's sentences."""
    found: dict[str, list[Ranking]] = defaultdict(list)
    for row in question.rankings.all():
        found[row.criterion].append(row)
    return list(found.items())


def gaps(question: Question) -> list[str]:
    """What nobody knows of this question's answers, in sentences."""
    if question.base is None and not question.choices.all():
        return [f"選択肢ごとの割合は、{GAP}。"]
    if question.kind == Question.Kind.MATRIX:
        known = {(tally.item_id, tally.choice_id) for tally in question.tallies.all() if tally.percent is not None}
        wanted = len(question.items.all()) * len(question.choices.all())
        return [f"項目ごとの割合は、{GAP}。"] if len(known) < wanted else []
    shares = {tally.choice_id: tally.percent for tally in question.tallies.all() if _is_drawn(tally)}
    if not any(shares.values()):
        return [f"選択肢ごとの割合は、{GAP}。"]
    if any(shares.get(choice.pk) is None for choice in question.choices.all()):
        return []  # the chart says so in the place of each bar
    total = sum(filter(None, shares.values()))
    if question.kind == Question.Kind.SINGLE and total < Decimal("99.5"):
        return [f"ほかの選択肢と無回答の割合は、{GAP}。"]
    has_all = any(choice.is_no_answer for choice in question.choices.all())
    return [] if has_all or question.kind == Question.Kind.SINGLE else [f"ほかの選択肢の割合は、{GAP}。"]


def notes(question: Question) -> list[str]:
    """How its shares are to be read."""
    return [SEVERAL] if question.kind == Question.Kind.MULTIPLE and question.tallies.all() else []


def compare(question: Question, before: Question) -> Comparison | None:
    """The shares both surveys give, by the words of the choice; None where there is none."""
    now, then = _shares(question), _shares(before)
    rows = [(label, now[label], then[label], now[label] - then[label]) for label in now if label in then]
    if not rows:
        return None
    warnings = []
    if question.text != before.text:
        warnings.append(f"設問文が前回と違います（前回は「{before.text}」）。")
    if question.kind != before.kind:
        warnings.append("答え方が前回と違います。")
    if {str(choice) for choice in question.choices.all()} != {str(choice) for choice in before.choices.all()}:
        warnings.append("選択肢が前回と違います。")
    return Comparison(before.survey, rows, warnings)


def _shares(question: Question) -> dict[str, Decimal]:
    """Choice (of a matrix with its item) → share, without sums."""
    return {
        f"{tally.item}：{tally.choice}" if tally.item else str(tally.choice): tally.percent
        for tally in question.tallies.all()
        if tally.choice and tally.percent is not None and not tally.label
    }


# ---- statistics -----------------------------------------------------------------
@dataclass
class SeriesPart:
    """Series of one 分野 in one unit and from one source, drawn together."""

    chart: Chart
    series: list[Series]

    @property
    def code(self) -> str:
        """What names its files."""
        return self.series[0].code

    @property
    def files(self) -> str:
        """The address of the chart's files without their ending."""
        return reverse("statistics") + self.code


@dataclass
class ThemePart:
    """One 分野 of the statistics: the plan's sentences, charts, and what has no value."""

    title: str
    anchor: str
    statements: list[str] = field(default_factory=list)
    singles: list[Point] = field(default_factory=list)
    parts: list[SeriesPart] = field(default_factory=list)
    gaps: list[Series] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)


def statistics_page(plan: Plan) -> list[ThemePart]:
    """The statistics by 分野, in their order."""
    found: dict[str, list[Series]] = {}
    for series in hide_small(plan.series.prefetch_related("points__series", MEASURES)):
        found.setdefault(series.theme, []).append(series)
    return [_theme(f"theme-{place}", title, series) for place, (title, series) in enumerate(found.items(), start=1)]


def _theme(anchor: str, title: str, series: list[Series]) -> ThemePart:
    measures = {measure.code: measure for one in series for measure in one.measures.all()}
    groups = drawn_together(title, series)
    return ThemePart(
        title,
        anchor,
        [sentence for one in series for sentence in one.statements],
        [group[0].points.all()[0] for _, group in groups if _is_single(group)],
        [SeriesPart(charts.series_chart(*part), part[1]) for part in groups if not _is_single(part[1])],
        [one for one in series if not one.points.all()],
        series_notes(series),
        [measures[code] for code in sorted(measures)],
    )


def series_notes(series: list[Series]) -> list[tuple[str, str]]:
    """(names of the series, note); the same note of several is said once."""
    found: dict[str, list[str]] = defaultdict(list)
    for one in series:
        if one.note and one.note != GAP:
            found[one.note].append(one.title)
    return [("・".join(names), note) for note, names in found.items()]


def drawn_together(theme: str, series: list[Series]) -> list[tuple[str, list[Series]]]:
    """(title, series of one chart): of one unit, source and day; parts of another series stand apart from it.

    A part continues the code of its whole (`mental-disability`, `mental-disability-1`).
    """
    groups: dict[tuple, list[Series]] = defaultdict(list)
    by_code = {one.code: one for one in series}
    for one in series:
        if one.points.all():
            whole = next((by_code[code] for code in by_code if one.code.startswith(f"{code}-")), None)
            groups[whole, one.unit, one.as_of, one.source].append(one)
    return [(_title(theme, whole, group), group) for (whole, *_), group in groups.items()]


def _is_single(group: list[Series]) -> bool:
    """One number alone is said, not drawn: a bar without another says nothing by its length."""
    return sum(len(one.points.all()) for one in group) == 1


def _title(theme: str, whole: Series | None, group: list[Series]) -> str:
    if whole:
        return f"{whole.title}の内訳"
    return "・".join(one.title for one in group) if len(group) < 3 else theme


# ---- meetings -------------------------------------------------------------------
def meetings_page(plan: Plan) -> QuerySet:
    return ResidentMeeting.objects.filter(plan=plan).prefetch_related("topics__measures")
