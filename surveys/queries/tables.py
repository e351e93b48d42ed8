"""Tables of raw answers as they may be shown: counted, rounded, small numbers hidden, notes below."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from .. import counting, significance
from ..counting import Column
from ..hiding import Limits, hidden
from ..models import AnswerColumn, AnswerSet, Question, Survey

NO_ANSWER = "無回答"
EVERYONE = "全体"
HIDDEN = "x"
FORMS = {Question.Kind.MULTIPLE: counting.MULTIPLE, Question.Kind.NUMBER: counting.NUMBER}
ROUNDED = "割合は小数第2位を四捨五入しています。このため、合計が100％にならないことがあります。"
SEVERAL = "複数回答のため、割合の合計は100％を超えることがあります。"


@dataclass(frozen=True)
class Cell:
    """One count and its share; both None where they are hidden."""

    count: int | None
    percent: Decimal | None

    def __str__(self) -> str:
        return HIDDEN if self.count is None else f"{self.percent:.1f}％"


@dataclass(frozen=True)
class Row:
    """One group: how many were asked, and its cells; `mark` says 参考 or 非表示."""

    label: str
    base: int
    cells: list[Cell]
    mark: str = ""


@dataclass(frozen=True)
class AnswerTable:
    """One question (of a matrix: one item), for everyone and by the groups of `by`."""

    key: str
    question: Question
    item: str
    by: Question | None
    heads: list[str]
    rows: list[Row]
    notes: list[str] = field(default_factory=list)
    test: significance.Result | None = None
    summary: counting.Summary | None = None

    @property
    def title(self) -> str:
        return f"{self.question.text}　{self.item}" if self.item else self.question.text

    @property
    def everyone(self) -> Row:
        return self.rows[0]


class Answers:
    """The answers of one survey, each column read once; `filters` are (question code, place of the choice from 1)."""

    def __init__(self, survey: Survey, filters: list[tuple[str, int]] | None = None):
        self.survey = survey
        self.set = AnswerSet.objects.get(survey=survey)
        self.limits = Limits(survey.hide_below, survey.base_hidden_below, survey.base_reference_below)
        rows = self.set.columns.exclude(question__kind=Question.Kind.TEXT).defer("codes", "texts")
        # Each question once, not once for each of its columns.
        self.questions = {question.pk: question for question in survey.questions.all()}
        self.index = {key_of(row, self.questions): row for row in rows.select_related("item")}
        self.index = dict(sorted(self.index.items(), key=self._place))
        attributes = {one.code for one in self.attributes}
        self.filters = [(code, place) for code, place in filters or [] if code in attributes]
        self._read: dict[str, Column] = {}
        self.kept = counting.everyone(self.set.number, [(self.column(code), place) for code, place in self.filters])

    def _place(self, entry: tuple[str, AnswerColumn]) -> tuple[int, int]:
        row = entry[1]
        return self.questions[row.question_id].position, row.item.number if row.item else 0

    def column(self, key: str) -> Column:
        if key not in self._read:
            self._load([key])
        return self._read[key]

    def _load(self, keys: Iterable[str]) -> None:
        wanted = {self.index[key].pk: key for key in keys if key not in self._read}
        for pk, codes in AnswerColumn.objects.filter(pk__in=wanted).values_list("pk", "codes"):
            row = self.index[wanted[pk]]
            form = FORMS.get(self.questions[row.question_id].kind, counting.SINGLE)
            self._read[wanted[pk]] = Column.of(form, bytes(codes), row.labels)

    @property
    def attributes(self) -> list[Question]:
        """What a table can be broken down by."""
        return [one for one in self.questions.values() if one.is_attribute and one.code in self.index]

    def title(self, key: str) -> str:
        """The words of one column: its question, and of a matrix its item."""
        row = self.index[key]
        text = self.questions[row.question_id].text
        return f"{text}　{row.item}" if row.item else text

    def filter_choices(self) -> list[tuple[Question, list[tuple[str, str, bool]]]]:
        """For each attribute its choices: (`age:3`, words, whether it is chosen)."""
        return [
            (question, [
                (f"{question.code}:{place}", label, (question.code, place) in self.filters)
                for place, label in enumerate(self.index[question.code].labels, start=1)
            ])
            for question in self.attributes
        ]  # fmt: skip

    def table(self, key: str, by: str = "") -> AnswerTable:
        """The table of one column; KeyError for a key no column has."""
        row = self.index[key]
        question = self.questions[row.question_id]
        column = self.column(key)
        item = str(row.item) if row.item else ""
        if question.kind == Question.Kind.NUMBER:
            summary = counting.summarize(column, self.kept)
            if summary and summary.answered < self.limits.base:
                summary = None
            return AnswerTable(key, question, item, None, [], [], summary=summary)
        axis = self.column(by) if by and by != key else None
        rows, test = self._rows(column, axis)
        asked_by = self.questions[self.index[by].question_id] if axis else None
        heads = [*column.labels, NO_ANSWER]
        return AnswerTable(key, question, item, asked_by, heads, rows, self._notes(column, rows), test)

    def tables(self, by: str = "") -> Iterator[AnswerTable]:
        """The tables of all columns, in the order of the questions."""
        self._load(self.index)
        return (self.table(key, by) for key in self.index)

    def _rows(self, column: Column, axis: Column | None) -> tuple[list[Row], significance.Result | None]:
        whole = counting.count(column, self.kept)
        rows = self._shown([EVERYONE], whole, column)
        if axis is None:
            return rows, None
        groups = counting.cross(column, axis, self.kept)
        # Who answered neither question tells nothing about the difference.
        test = significance.chi_square(groups.cells[:-1, :-1]) if column.form == counting.SINGLE else None
        shown = self._shown([*axis.labels, NO_ANSWER], groups, column)
        # Where everyone told the attribute, no row says that nobody did not.
        return rows + (shown if shown[-1].base else shown[:-1]), test

    def _shown(self, labels: list[str], counts: counting.Counts, column: Column) -> list[Row]:
        mask = hidden(counts.cells, counts.bases, self.limits, adds_up=column.form == counting.SINGLE)
        return [self._row(label, counts, mask, place) for place, label in enumerate(labels)]

    def _row(self, label: str, counts: counting.Counts, mask: np.ndarray, place: int) -> Row:
        base = int(counts.bases[place])
        if not base:
            return Row(label, 0, [Cell(0, Decimal(0)) for _ in counts.cells[place]], "該当なし")
        cells = [
            Cell(None, None) if hide else Cell(int(number), counting.percent(number, base))
            for number, hide in zip(counts.cells[place], mask[place], strict=True)
        ]
        mark = "非表示" if base < self.limits.base else "参考" if base < self.limits.reference else ""
        return Row(label, base, cells, mark)

    def _notes(self, column: Column, rows: list[Row]) -> list[str]:
        limits, marks = self.limits, {row.mark for row in rows}
        notes = [SEVERAL] if column.form == counting.MULTIPLE else []
        notes.append(ROUNDED)
        if any(cell.count is None for row in rows for cell in row.cells):
            notes.append(
                f"「{HIDDEN}」は、{limits.count}人に満たない回答と、差し引きでそれが分かる回答を隠したものです。"
            )
        if "非表示" in marks:
            notes.append(f"回答者が{limits.base}人に満たない区分は、表示していません。")
        if "参考" in marks:
            notes.append(f"回答者が{limits.reference}人に満たない区分は、参考です。")
        return notes


def key_of(row: AnswerColumn, questions: dict[int, Question]) -> str:
    """How a column is named in addresses and files: `q5`, or `q3_2` for an item of a matrix."""
    code = questions[row.question_id].code
    return f"{code}_{row.item.number}" if row.item else code
