"""設問の定義: what the columns and codes of a file of answers mean.

One row for each choice and for each item; what is said of the question itself
stands in its first row and need not be repeated.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mine_welfare.toolkit.csvfile import Table

from ..counting import MOST_CHOICES
from ..models import Question, Survey
from .cells import Cells, Change, Reading, check_columns, rows

COLUMNS = ("設問番号", "設問文", "種類", "テーマ", "属性", "項目番号", "項目", "選択肢番号", "選択肢")
REQUIRED = ("設問番号", "設問文", "種類", "選択肢番号", "選択肢")
KINDS = {
    "SA": Question.Kind.SINGLE,
    "MA": Question.Kind.MULTIPLE,
    "マトリクス": Question.Kind.MATRIX,
    "数値": Question.Kind.NUMBER,
    "自由記述": Question.Kind.TEXT,
}
WORDS = {kind: word for word, kind in KINDS.items()}
NO_ANSWER = "無回答"
# The code is part of addresses and of the names of columns: q3_2 is item 2 of q3.
CODE = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,49}")


@dataclass
class Definition:
    """One question as the file defines it: items by number, choices by the code that stands for them."""

    code: str
    text: str
    kind: Question.Kind
    theme: str
    is_attribute: bool
    items: dict[int, str] = field(default_factory=dict)
    choices: dict[str, str] = field(default_factory=dict)

    @property
    def has_choices(self) -> bool:
        return self.kind not in (Question.Kind.NUMBER, Question.Kind.TEXT)

    @property
    def has_items(self) -> bool:
        return self.kind == Question.Kind.MATRIX


def exported(survey: Survey) -> Iterator[dict]:
    """The rows of the file for the questions the survey has."""
    for question in survey.questions.prefetch_related("items", "choices"):
        about = {"設問文": question.text, "種類": WORDS[question.kind], "テーマ": question.theme}
        about["属性"] = "○" if question.is_attribute else ""
        lines = [{"項目番号": item.number, "項目": item.label} for item in question.items.all()]
        lines += [
            {"選択肢番号": choice.code or choice.position, "選択肢": choice.label}
            for choice in question.choices.all()
            if not choice.is_no_answer
        ]
        for place, line in enumerate(lines or [{}]):
            yield {"設問番号": question.code, **(about if place == 0 else {}), **line}


def read(survey: Survey, table: Table) -> Reading:
    """What the file defines: `records` are `Definition`s in the order of the file."""
    reading = Reading(table.encoding, len(table.rows))
    optional = tuple(name for name in COLUMNS if name not in REQUIRED)
    reading.problems = check_columns(table, REQUIRED, optional)
    if reading.problems:
        return reading
    found: dict[str, Definition | None] = {}
    last: dict[str, Cells] = {}
    for cells in rows(table, reading.problems):
        code = cells["設問番号"]
        if code not in found:
            found[code] = _begun(cells)
        if definition := found[code]:
            last[code] = cells
            _add_line(definition, cells)
    present = {question.code: question for question in survey.questions.prefetch_related("items", "choices")}
    for definition in filter(None, found.values()):
        question = present.get(definition.code)
        if question and _is_same(definition, question):
            reading.unchanged += 1
            continue
        _check(definition, last[definition.code])
        reading.records.append(definition)
        _compare(question, definition, reading)
    return reading


def _is_same(definition: Definition, question: Question) -> bool:
    """Whether the question stands as it is defined; a choice the draft does not know may be missing in both."""
    items = {item.number: item.label for item in question.items.all()}
    choices = {choice.code: choice.label for choice in question.choices.all() if not choice.is_no_answer}
    return (
        (definition.text, definition.kind, definition.is_attribute)
        == (question.text, question.kind, question.is_attribute)
        and definition.theme in ("", question.theme)
        and (definition.items, definition.choices) == (items, choices)
    )


def _begun(cells: Cells) -> Definition | None:
    """The question of a first row; None (with a problem) where it is not understood."""
    code, kind = cells["設問番号"], KINDS.get(cells["種類"])
    if not CODE.fullmatch(code):
        cells.problem("設問番号", f"設問番号は、英字で始まる半角の英数字で書いてください（「{code}」）。例：q1")
    if kind is None:
        given = f"「{cells['種類']}」は使えません" if cells["種類"] else "空です"
        cells.problem("種類", f"種類は、{'、'.join(KINDS)}のどれかです（{given}）。")
    if not 0 < len(cells["設問文"]) <= 200:
        cells.problem("設問文", "設問の最初の行に、設問文を200字までで書いてください。")
    is_attribute = bool(cells["属性"])
    if is_attribute and kind not in (None, Question.Kind.SINGLE):
        cells.problem("属性", "属性にできるのは、種類が「SA」の設問だけです。")
    if kind is None or not CODE.fullmatch(code):
        return None
    return Definition(code, cells["設問文"], kind, cells["テーマ"], is_attribute)


def _add_line(definition: Definition, cells: Cells) -> None:
    _add_item(definition, cells)
    code, label = cells["選択肢番号"], cells["選択肢"]
    if not code and not label:
        return
    if not definition.has_choices:
        cells.problem("選択肢", f"種類が「{WORDS[definition.kind]}」の設問に、選択肢は書けません。")
    elif not code or not label:
        cells.problem("選択肢番号" if label else "選択肢", "選択肢番号と選択肢は、両方を書いてください。")
    elif code in definition.choices:
        cells.problem("選択肢番号", f"選択肢番号「{code}」が、この設問に2つあります。")
    elif label in definition.choices.values():
        cells.problem("選択肢", f"選択肢「{label}」が、この設問に2つあります。")
    elif len(code) > 10 or len(label) > 120:
        cells.problem("選択肢", "選択肢番号は10字まで、選択肢は120字までで書いてください。")
    else:
        definition.choices[code] = label


def _add_item(definition: Definition, cells: Cells) -> None:
    number, label = cells.whole("項目番号"), cells["項目"]
    if number is None and not label:
        return
    if not definition.has_items:
        cells.problem("項目", "項目を書けるのは、種類が「マトリクス」の設問だけです。")
    elif number is None or not label:
        cells.problem("項目" if number is not None else "項目番号", "項目番号と項目は、両方を書いてください。")
    elif definition.items.setdefault(number, label) != label:
        cells.problem("項目番号", f"項目番号「{number}」が、この設問に2つあります。")


def _check(definition: Definition, cells: Cells) -> None:
    """What can only be said once the whole question is read; told at its last row."""
    choices = [label for label in definition.choices.values() if label != NO_ANSWER]
    if definition.has_choices and len(choices) < 1:
        cells.problem("選択肢", f"設問「{definition.code}」に選択肢がありません。")
    if len(choices) > MOST_CHOICES:
        cells.problem("選択肢", f"選択肢は{MOST_CHOICES}個までです（{len(choices)}個あります）。")
    if definition.has_items and not definition.items:
        cells.problem("項目", f"設問「{definition.code}」に項目がありません。")


def _compare(question: Question | None, definition: Definition, reading: Reading) -> None:
    """What the definition changes, and what the survey has that it does not name."""
    words = f"{definition.code}　{definition.text}"
    new = f"{WORDS[definition.kind]}、選択肢{len(definition.choices)}"
    if question is None:
        reading.changes.append(Change(words, "", new))
        return
    choices = [choice for choice in question.choices.all() if not choice.is_no_answer]
    without = "" if all(choice.code for choice in choices) else "（選択肢番号なし）"
    reading.changes.append(Change(words, f"{WORDS[question.kind]}、選択肢{len(choices)}{without}", new))
    if question.text != definition.text:
        reading.warnings.append(f"「{definition.code}」の設問文が変わります（いまは「{question.text}」）。")
    if lost := [choice.label for choice in choices if choice.label not in definition.choices.values()]:
        names = "」「".join(lost)
        reading.warnings.append(f"「{definition.code}」の選択肢「{names}」が定義にありません。いまの値は残ります。")
