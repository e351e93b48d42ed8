"""合成: a file of answers made up so that its counts are the shares a survey publishes. Nobody answered it.

For tests, demonstration and measurements. Every row says 合成 in its number,
and the portal refuses to keep its counts as results.

`python -m bench.answerfile` writes the two files for trying them out by hand.
"""

import csv
import io
import random
from collections.abc import Iterable
from decimal import Decimal

from surveys.counting import percent
from surveys.models import Question, Survey
from surveys.sheets.answers import NOT_ASKED, NUMBER_COLUMN, SYNTHETIC

ATTRIBUTES = {
    "sex": ("性別", {"1": "男性", "2": "女性", "3": "その他・答えたくない"}, (45, 52, 3)),
    "age": (
        "年齢",
        {"1": "18～29歳", "2": "30歳台", "3": "40歳台", "4": "50歳台", "5": "60歳台", "6": "70歳台", "7": "80歳以上"},
        (6, 7, 11, 14, 21, 26, 15),
    ),
    "area": ("お住まいの地域", {"1": "第1地域", "2": "第2地域", "3": "第3地域", "4": "第4地域"}, (45, 30, 20, 5)),
}
HEAD = ("設問番号", "設問文", "種類", "テーマ", "属性", "項目番号", "項目", "選択肢番号", "選択肢")


def definition(survey: Survey) -> str:
    """The definition of the survey's questions as CSV, and attributes beside them."""
    lines = [HEAD]
    for code, (text, choices, _) in ATTRIBUTES.items():
        lines += [(code, text, "SA", text, "○", "", "", key, label) for key, label in choices.items()]
    for question in questions(survey):
        kind = {"single": "SA", "multiple": "MA", "matrix": "マトリクス"}[question.kind]
        about = (question.code, question.text, kind, question.theme, "")
        lines += [(*about, item.number, item.label, "", "") for item in question.items.all()]
        labels = [choice.label for choice in question.choices.all() if not choice.is_no_answer]
        lines += [(*about, "", "", place, label) for place, label in enumerate(labels, start=1)]
    return written(lines)


def questions(survey: Survey) -> list[Question]:
    """Those a person could have answered: with choices, and in a matrix with items."""
    found = survey.questions.filter(kind__in=("single", "multiple", "matrix"), is_attribute=False)
    found = found.prefetch_related("items", "choices", "tallies")
    return [one for one in found if one.choices.all() and (one.kind != "matrix" or one.items.all())]


def answers(survey: Survey, number: int = 0, seed: int = 1) -> str:
    """`number` made-up people (else as many as answered) as CSV; published shares come out to the printed decimal."""
    number = number or survey.returned
    chance = random.Random(seed)
    columns = {NUMBER_COLUMN: [f"{SYNTHETIC}-{place:06d}" for place in range(1, number + 1)]}
    for code, (_, choices, weights) in ATTRIBUTES.items():
        columns[code] = chance.choices(list(choices), weights, k=number)
    for question in questions(survey):
        columns |= _columns(question, number, chance)
    return written([tuple(columns), *zip(*columns.values(), strict=True)])


def _columns(question: Question, number: int, chance: random.Random) -> dict[str, list[str]]:
    choices = [choice for choice in question.choices.all() if not choice.is_no_answer]
    shares = {tally.choice_id: tally.percent for tally in question.tallies.all() if not tally.label}
    wanted = [shares.get(choice.pk) for choice in choices]
    asked = base(wanted, number)
    counts = [quota(share, asked) for share in wanted]
    make = several if question.kind == "multiple" else single
    names = [f"{question.code}_{item.number}" for item in question.items.all()] or [question.code]
    return {name: make(counts, asked, chance) + [NOT_ASKED] * (number - asked) for name in names}


def base(shares: list[Decimal | None], number: int) -> int:
    """The most people of whom all the printed shares can be had: no number of 663 makes 80.3 %."""
    for asked in range(number, 0, -1):
        if all(share is None or percent(quota(share, asked), asked) == share for share in shares):
            return asked
    raise ValueError(f"no number of people up to {number} makes {shares}")


def quota(share: Decimal | None, number: int) -> int | None:
    """How many people make the printed share; None where the plan prints none."""
    return None if share is None else int(share * number / 100 + Decimal("0.5"))


def single(counts: list[int | None], number: int, chance: random.Random) -> list[str]:
    """One code each: the quotas, then the choices without a share and those who did not answer."""
    codes = [str(place) for place, count in enumerate(counts, start=1) for _ in range(count or 0)]
    left = max(number - len(codes), 0)
    open_codes = [str(place) for place, count in enumerate(counts, start=1) if count is None]
    open_codes += [""]
    codes += [chance.choice(open_codes) for _ in range(left)]
    chance.shuffle(codes)
    return codes[:number]


def several(counts: list[int | None], number: int, chance: random.Random) -> list[str]:
    """Codes joined by a comma: each choice by exactly as many people as its share says."""
    chosen: list[list[str]] = [[] for _ in range(number)]
    for place, count in enumerate(counts, start=1):
        size = chance.randrange(number // 10, number // 4) if count is None else min(count, number)
        for person in chance.sample(range(number), size):
            chosen[person].append(str(place))
    return [",".join(codes) for codes in chosen]


def written(lines: Iterable[tuple]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    return out.getvalue()
