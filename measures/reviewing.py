"""How a measure is reviewed: the fields of its review, and the 参考 read off its sheets. Pure.

Letters are never averaged: the 参考 is the letter most sheets have, and every
rule of it stands in `RULES` for the page to show.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

LOW_TONES = ("c", "d")  # below plan, as the counts of the dashboard draw the line


@dataclass(frozen=True)
class ReviewField:
    """One field of a review: `part` says who writes it when. Citizens will read every one."""

    name: str
    label: str
    part: str
    kind: str = "text"
    guide: int = 0
    help: str = ""


REVIEW_FIELDS: tuple[ReviewField, ...] = (
    ReviewField("first_rating", "1次評価", "first", kind="choice"),
    ReviewField("first_comment", "1次評価の所見", "first", guide=300, help="庁内でそう評価した理由を書きます"),
    ReviewField("second_rating", "2次評価", "second", kind="choice"),
    ReviewField(
        "second_comment",
        "2次評価の所見",
        "second",
        guide=300,
        help="委員会がそう評価した理由を、会議の記録から書きます",
    ),
    ReviewField(
        "summary",
        "主な評価と課題",
        "closing",
        guide=300,
        help="1つの事項を1行に書きます。次の計画の表に、そのまま載ります",
    ),
    ReviewField("policy", "見直し方針", "closing", guide=300, help="1つの方針を1行に書きます"),
)
REVIEW_BY_NAME = {field.name: field for field in REVIEW_FIELDS}

RULES = (
    "事務局が確認した個票のうち、評価の対象（A〜D など）の件数だけを数えます。対象外（F など）と未回答は数えません。",
    "評価のある個票が、個票全体の半数に満たないときは、参考を示しません。",
    "件数が最も多い文字を参考とします。同じ件数のときは、低い方の文字とします。",
    "C・D が評価のある個票の3分の1以上あるときは、C・D のうち件数の多い方（同じときは低い方）を参考とします。",
    "文字を点数に置き換えたり、平均したりはしません。",
)


@dataclass(frozen=True)
class Suggestion:
    """参考: the letter the rules lead to, or None, and in `why` the counts that led there."""

    grade: Any | None
    why: str


def suggest(counts: Sequence[tuple[Any, int]], n: int) -> Suggestion:
    """The 参考 of a measure: `counts` are (grade, sheets) of the whole scale, `n` all its sheets."""
    rated = [(grade, number) for grade, number in counts if grade.is_rated and number]
    total = sum(number for _, number in rated)
    if not n:
        return Suggestion(None, "この施策の個票がありません。")
    if total * 2 < n:
        return Suggestion(None, f"評価のある個票は{n}件のうち{total}件で、半数に満たないため、参考を示しません。")
    low = [(grade, number) for grade, number in rated if grade.tone in LOW_TONES]
    n_low = sum(number for _, number in low)
    is_low = n_low * 3 >= total
    # Of equals the lower one: it stands later on the scale.
    grade, number = max(low if is_low else rated, key=lambda row: (row[1], row[0].position))
    words = f"{total}件のうち {grade.code} が{number}件"
    if is_low:
        words += f"、C・D が合わせて{n_low}件（3分の1以上）"
    return Suggestion(grade, f"{words}です。")
