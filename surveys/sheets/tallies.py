"""集計値: one row for each share of one survey, in the long form."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from mine_welfare.toolkit.csvfile import Table

from ..models import Origin, Question, Survey, Tally
from .cells import Cells, Change, Reading, check_columns, numeric, printed, rows, unknown

REQUIRED = ("設問番号", "選択肢", "割合")
COLUMNS = (
    "設問番号",
    "設問文",
    "項目番号",
    "項目",
    "選択肢",
    "まとめた選択肢",
    "割合",
    "件数",
    "文章での値",
    "計算の方法",
)
VALUES = ("percent", "count", "wording", "derivation")


def exported(survey: Survey) -> Iterator[dict]:
    """The rows of the file: every share, and an empty row for each choice that has none."""
    for question in questions_of(survey).values():
        tallies = list(question.tallies.all())
        have = {(tally.item_id, tally.choice_id) for tally in tallies}
        missing = [
            Tally(question=question, item=item, choice=choice)
            for item in question.items.all() or [None]
            for choice in question.choices.all()
            if (item and item.pk, choice.pk) not in have
        ]
        for tally in tallies + missing:
            yield {
                "設問番号": question.code,
                "設問文": question.text,
                "項目番号": tally.item.number if tally.item else None,
                "項目": tally.item.label if tally.item else None,
                "選択肢": tally.choice.label if tally.choice else None,
                "まとめた選択肢": tally.label,
                "割合": numeric(tally.percent),
                "件数": tally.count,
                "文章での値": tally.wording,
                "計算の方法": tally.derivation,
            }


def questions_of(survey: Survey) -> dict[str, Question]:
    """The questions by their code, with all that belongs to them."""
    questions = survey.questions.prefetch_related("items", "choices", "tallies__item", "tallies__choice")
    return {question.code: question for question in questions}


def read(survey: Survey, table: Table) -> Reading:
    """What the file would write: `records` are (question, {item, choice, label, percent, …, origin})."""
    reading = Reading(table.encoding, len(table.rows))
    optional = tuple(name for name in COLUMNS if name not in REQUIRED)
    reading.problems = check_columns(table, REQUIRED, optional)
    if reading.problems:
        return reading
    questions, seen = questions_of(survey), {}
    sums: dict[tuple, list[Decimal]] = defaultdict(list)
    for cells in rows(table, reading.problems):
        record = _record(cells, questions, seen)
        if record is None:
            continue
        question, given = record
        if question.kind != Question.Kind.MULTIPLE and given["choice"] and not given["label"] and given["percent"]:
            sums[(question, given["item"])].append(given["percent"])
        _note(cells, question, given, reading)
    reading.warnings += _warned(sums)
    return reading


def _record(cells: Cells, questions: dict[str, Question], seen: dict) -> tuple[Question, dict] | None:
    question = questions.get(cells["設問番号"])
    if question is None:
        cells.problem("設問番号", unknown("設問", cells["設問番号"]))
        return None
    if not any(cells[name] for name in ("割合", "件数", "文章での値")):
        return None  # a choice that still waits for its share
    before = len(cells.problems)
    given = _place(cells, question) | {
        "percent": _percent(cells),
        "count": cells.whole("件数"),
        "wording": cells["文章での値"],
        "derivation": cells["計算の方法"],
    }
    first = seen.setdefault((question.code, given["item"], given["choice"], given["label"]), cells.row)
    if first != cells.row:
        cells.problem("選択肢", f"{first}行目と同じ選択肢です。1つの選択肢に書ける値は1つです。")
    return (question, given) if len(cells.problems) == before else None


def _place(cells: Cells, question: Question) -> dict:
    """The item and the choice the row names."""
    number, label = cells.whole("項目番号"), cells["選択肢"]
    items = {item.number: item for item in question.items.all()}
    choices = {choice.label: choice for choice in question.choices.all()}
    if number is not None and number not in items:
        cells.problem("項目番号", f"「{question.text}」に、項目「{number}」はありません。")
    if label and label not in choices:
        cells.problem("選択肢", f"「{question.text}」に、選択肢「{label}」はありません。")
    if not label and not cells["まとめた選択肢"]:
        cells.problem(
            "選択肢", "選択肢が空です。いくつかをまとめた値は「まとめた選択肢」に、その言い方を書いてください。"
        )
    return {"item": items.get(number), "choice": choices.get(label), "label": cells["まとめた選択肢"]}


def _percent(cells: Cells) -> Decimal | None:
    percent = cells.decimal("割合")
    if percent is not None and not 0 <= percent <= 100:
        cells.problem("割合", f"割合は0から100までです（{printed(percent)}）。")
        return None
    if percent is not None and percent != round(percent, 1):
        cells.problem("割合", f"割合は小数第1位までで書いてください（{printed(percent)}）。")
        return None
    return percent


def _note(cells: Cells, question: Question, given: dict, reading: Reading) -> None:
    place = (given["item"], given["choice"], given["label"])
    present = next((row for row in question.tallies.all() if (row.item, row.choice, row.label) == place), None)
    if present and all(getattr(present, name) == given[name] for name in VALUES):
        reading.unchanged += 1
        return
    words = "　".join(str(part) for part in (question.text, *place) if part)
    old = said(present) if present else ""
    if present and present.is_of_the_plan:
        cells.problem("選択肢", f"「{words}」は、計画書の値（{old}）です。計画書の値は、変えられません。")
        return
    reading.changes.append(Change(words, old, said(Tally(**{name: given[name] for name in VALUES}))))
    reading.records.append((question, {**given, "origin": Origin.IMPORTED}))


def said(tally: Tally) -> str:
    """A share as a page says it: 31.7％, 663件, 約3割."""
    parts = [f"{tally.percent:.1f}％"] if tally.percent is not None else []
    parts += [f"{tally.count:,}件"] if tally.count is not None else []
    return "・".join(parts) or tally.wording


def _warned(sums: dict[tuple, list[Decimal]]) -> list[str]:
    """Of one answer each, the shares should make 100; each of them may be rounded by 0.05."""
    return [
        f"「{question.text}{f'　{item}' if item else ''}」の割合の合計は{sum(shares):.1f}％です。"
        "1つだけ選ぶ設問では100％になるはずです。一部の選択肢だけを取り込むときは、このままで構いません。"
        for (question, item), shares in sums.items()
        if abs(sum(shares) - 100) > Decimal("0.05") * len(shares)
    ]
