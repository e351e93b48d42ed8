"""回答データ: one row for each person, one column for each question.

Several answers (MA) stand in one column with their codes separated
(`1,3,5`), or in one column for each choice (`q5_1` `q5_3`) with 1 where it was
chosen. A matrix has one column for each item (`q3_1` `q3_2`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from mine_welfare.toolkit.csvfile import Table
from mine_welfare.toolkit.text import narrow

from .. import counting
from ..models import Item, Question, Survey
from .cells import Problem, Reading

NUMBER_COLUMN = "回答番号"
NOT_ASKED = "非該当"
SYNTHETIC = "合成"
# Names of columns that would say who answered.
PERSONAL = ("氏名", "名前", "住所", "電話", "メール", "生年月日", "マイナンバー", "個人番号")
SEPARATORS = str.maketrans(dict.fromkeys("、，;；/・ \u3000|", ","))
CHOSEN, NOT_CHOSEN = ("1", "○", "◯"), ("", "0")
# A file in which a whole column is wrong is told with its first rows.
MOST_PROBLEMS = 200


@dataclass
class Parsed:
    """One column of numbers, ready to be kept."""

    question: Question
    item: Item | None
    labels: list[str]
    codes: bytes = b""
    texts: list[str] = field(default_factory=list)

    @property
    def answered(self) -> int:
        """How many gave an answer."""
        if self.question.kind == Question.Kind.TEXT:
            return len(self.texts)
        if self.question.kind == Question.Kind.NUMBER:
            return int(np.isfinite(np.frombuffer(self.codes, counting.NUMBER)).sum())
        if self.question.kind == Question.Kind.MULTIPLE:
            masks = np.frombuffer(self.codes, counting.MULTIPLE)
            return int(((masks > 0) & (masks < counting.NOT_ASKED_BITS)).sum())
        return int((np.frombuffer(self.codes, counting.SINGLE) > 0).sum())


class Wrong(Exception):
    """A value that is none of what its column may hold; the message is the sentence."""


def head(survey: Survey) -> list[str]:
    """The columns of the file for the questions that are defined."""
    return [NUMBER_COLUMN, *(name for question in defined(survey) for name in _names(question))]


def defined(survey: Survey) -> list[Question]:
    """The questions a file of answers can hold: numbers, texts, and those whose choices all have a code."""
    questions = survey.questions.prefetch_related("items", "choices")
    return [question for question in questions if _is_defined(question)]


def _is_defined(question: Question) -> bool:
    if question.kind in (Question.Kind.NUMBER, Question.Kind.TEXT):
        return True
    has_items = question.kind != Question.Kind.MATRIX or question.items.all()
    return bool(has_items and _by_code(question))


def _by_code(question: Question) -> dict[str, str]:
    return {choice.code: choice.label for choice in question.choices.all() if choice.code}


def _names(question: Question) -> list[str]:
    if question.kind == Question.Kind.MATRIX:
        return [f"{question.code}_{item.number}" for item in question.items.all()]
    return [question.code]


def read(survey: Survey, table: Table) -> Reading:
    """The answers by column: `records` are `Parsed`; `number` is how many people answered."""
    reading = Reading(table.encoding, len(table.rows))
    questions = defined(survey)
    known = {NUMBER_COLUMN: None}
    if not questions:
        reading.problems = [Problem(1, "", "", "設問の定義がまだありません。先に、設問の定義を取り込んでください。")]
        return reading
    if not table.rows:
        reading.problems = [Problem(2, "", "", "回答が1件もありません。")]
        return reading
    for question in questions:
        known |= _sources(question, table, reading.problems)
    reading.problems += _strange(table, known)
    if reading.problems:
        return reading
    places = {name: place for place, name in enumerate(table.columns)}
    _check_numbers(table, places, reading)
    for question in questions:
        parsed = list(_parsed(question, table, places, reading.problems))
        reading.records += parsed
        names = [f"{one.question.text}　{one.item}" if one.item else one.question.text for one in parsed]
        keys = [f"{question.code}_{one.item.number}" if one.item else question.code for one in parsed]
        reading.columns += zip(keys, names, (one.answered for one in parsed), strict=True)
    return reading


def _sources(question: Question, table: Table, problems: list[Problem]) -> dict[str, None]:
    """The columns of the file that hold the question; a missing one is a problem."""
    found = dict.fromkeys(_names(question))
    if question.kind == Question.Kind.MULTIPLE and question.code not in table.columns:
        found = dict.fromkeys(_split(question))
    problems += [
        Problem(1, name, "", f"「{question.text}」の列がありません。") for name in found if name not in table.columns
    ]
    return found


def _split(question: Question) -> list[str]:
    return [f"{question.code}_{code}" for code in _by_code(question)]


def _strange(table: Table, known: dict[str, None]) -> Iterator[Problem]:
    for name in table.columns:
        if any(word in name for word in PERSONAL):
            yield Problem(1, name, name, "個人が分かる列は取り込みません。この列を消したファイルを使ってください。")
        elif name not in known:
            yield Problem(1, name, name, "設問の定義にない列です。")


def is_synthetic(table: Table) -> bool:
    """A file made for trying things out says so in every number: 合成-00001."""
    if NUMBER_COLUMN not in table.columns:
        return False
    place = table.columns.index(NUMBER_COLUMN)
    return all(row[place].startswith(SYNTHETIC) for _, row in table.rows)


def _check_numbers(table: Table, places: dict[str, int], reading: Reading) -> None:
    """The same number twice is the same sheet typed in twice."""
    if NUMBER_COLUMN not in places:
        return
    first: dict[str, int] = {}
    for number, row in table.rows:
        name = row[places[NUMBER_COLUMN]]
        if name and first.setdefault(name, number) != number:
            sentence = f"回答番号「{name}」が{first[name]}行目にもあります。"
            _note(reading.problems, Problem(number, NUMBER_COLUMN, name, sentence))


def _parsed(question: Question, table: Table, places: dict[str, int], problems: list[Problem]) -> Iterator[Parsed]:
    if question.kind == Question.Kind.TEXT:
        texts = [row[places[question.code]] for _, row in table.rows]
        yield Parsed(question, None, [], texts=[text for text in texts if text])
    elif question.kind == Question.Kind.NUMBER:
        codes = _column(table, question.code, places, _number, problems)
        yield Parsed(question, None, [], np.array(codes, counting.NUMBER).tobytes())
    elif question.kind == Question.Kind.MULTIPLE:
        yield _several(question, table, places, problems)
    else:
        read_code = _one_of(question)
        for name, item in zip(_names(question), question.items.all() or [None], strict=False):
            codes = _column(table, name, places, read_code, problems)
            yield Parsed(question, item, _labels(question), np.array(codes, counting.SINGLE).tobytes())


def _several(question: Question, table: Table, places: dict[str, int], problems: list[Problem]) -> Parsed:
    if question.code in places:
        masks = np.array(_column(table, question.code, places, _mask(question), problems), counting.MULTIPLE)
    else:
        bits = _bits(question)
        masks = np.zeros(len(table.rows), counting.MULTIPLE)
        for name, code in zip(_split(question), _by_code(question), strict=True):
            masks |= np.array(_column(table, name, places, _chosen(bits.get(code, 0)), problems), counting.MULTIPLE)
    masks[masks >= counting.NOT_ASKED_BITS] = counting.NOT_ASKED_BITS
    return Parsed(question, None, _labels(question), masks.tobytes())


def _column(
    table: Table, name: str, places: dict[str, int], convert: Callable[[str], float], problems: list[Problem]
) -> list[float]:
    """Every cell of one column as a number. The same text is converted once, however often it stands there."""
    place, known, values = places[name], {}, []
    for number, row in table.rows:
        text = row[place]
        if text not in known:
            try:
                known[text] = convert(narrow(text))
            except Wrong as wrong:
                known[text] = str(wrong)
        value = known[text]
        if isinstance(value, str):
            _note(problems, Problem(number, name, text, value))
            value = 0
        values.append(value)
    return values


def _note(problems: list[Problem], problem: Problem) -> None:
    if len(problems) < MOST_PROBLEMS:
        problems.append(problem)


def _labels(question: Question) -> list[str]:
    """What may be answered; the question's own 無回答 is counted apart."""
    return [choice.label for choice in question.choices.all() if choice.code and not choice.is_no_answer]


def _bits(question: Question) -> dict[str, int]:
    """Code → place from 1; 無回答 is 0."""
    labels = _labels(question)
    return {
        code: labels.index(label) + 1 if label in labels else counting.NO_ANSWER
        for code, label in _by_code(question).items()
    }


def _one_of(question: Question) -> Callable[[str], int]:
    places = _bits(question)

    def convert(text: str) -> int:
        if text == NOT_ASKED:
            return counting.NOT_ASKED
        if not text:
            return counting.NO_ANSWER
        if text in places:
            return places[text]
        codes = "、".join(places)
        raise Wrong(f"「{text}」という選択肢番号はありません（使えるのは、{codes}、空、{NOT_ASKED}）。")

    return convert


def _mask(question: Question) -> Callable[[str], int]:
    one = _one_of(question)

    def convert(text: str) -> int:
        if text == NOT_ASKED:
            return counting.NOT_ASKED_BITS
        places = {one(code) for code in text.translate(SEPARATORS).split(",") if code}
        return sum(1 << (place - 1) for place in places if place > 0)

    return convert


def _chosen(place: int) -> Callable[[str], int]:
    """A column for one choice: 1 where it was chosen."""

    def convert(text: str) -> int:
        if text == NOT_ASKED:
            return counting.NOT_ASKED_BITS
        if text in NOT_CHOSEN:
            return 0
        if text in CHOSEN:
            return 1 << (place - 1) if place else 0
        raise Wrong(f"「{text}」は使えません（選んだ人は1、選んでいない人は0か空）。")

    return convert


def _number(text: str) -> float:
    if text == NOT_ASKED:
        return float("inf")
    if not text:
        return float("nan")
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        raise Wrong(f"「{text}」は数ではありません。")
    return value
