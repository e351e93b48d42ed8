"""The 参考 of a measure: read off the counts by printed rules, never an average."""

from dataclasses import dataclass

import pytest

from measures.reviewing import REVIEW_FIELDS, RULES, suggest


@dataclass(frozen=True)
class Grade:
    code: str
    tone: str
    is_rated: bool
    position: int


SCALE = [
    Grade("A", "a", True, 1),
    Grade("B", "b", True, 2),
    Grade("C", "c", True, 3),
    Grade("D", "d", True, 4),
    Grade("F", "n", False, 5),
]


def suggestion(numbers: str, unanswered: int = 0):
    """`numbers`: sheets with A B C D F."""
    counts = [(grade, int(number)) for grade, number in zip(SCALE, numbers.split(), strict=True)]
    return suggest(counts, sum(number for _, number in counts) + unanswered)


@pytest.mark.parametrize(
    ("numbers", "unanswered", "letter", "why"),
    [
        ("0 0 0 0 0", 0, None, "この施策の個票がありません。"),
        # The letter most sheets have; of equals the lower one.
        ("1 5 1 0 0", 0, "B", "7件のうち B が5件です。"),
        ("3 3 0 0 0", 0, "B", "6件のうち B が3件です。"),
        ("4 3 2 0 0", 0, "A", "9件のうち A が4件です。"),
        # A third below plan is not hidden behind the larger number of B.
        ("0 4 2 0 0", 0, "C", "6件のうち C が2件、C・D が合わせて2件（3分の1以上）です。"),
        ("0 5 2 0 0", 0, "B", "7件のうち B が5件です。"),
        ("0 4 1 1 0", 0, "D", "6件のうち D が1件、C・D が合わせて2件（3分の1以上）です。"),
        ("0 0 3 1 0", 0, "C", "4件のうち C が3件、C・D が合わせて4件（3分の1以上）です。"),
        # An A and a D do not make a B or a C.
        ("1 0 0 1 0", 0, "D", "2件のうち D が1件、C・D が合わせて1件（3分の1以上）です。"),
        # Not enough is known: F and 未回答 are no ratings.
        ("0 2 0 0 3", 0, None, "評価のある個票は5件のうち2件で、半数に満たないため、参考を示しません。"),
        ("0 2 0 0 0", 3, None, "評価のある個票は5件のうち2件で、半数に満たないため、参考を示しません。"),
        ("0 2 0 0 1", 1, "B", "2件のうち B が2件です。"),
        ("0 0 0 0 4", 0, None, "評価のある個票は4件のうち0件で、半数に満たないため、参考を示しません。"),
    ],
)
def test_the_letter_and_the_counts_that_led_to_it(numbers, unanswered, letter, why):
    found = suggestion(numbers, unanswered)
    assert (found.grade and found.grade.code, found.why) == (letter, why)


def test_the_order_of_the_counts_does_not_matter():
    counts = [(SCALE[2], 1), (SCALE[1], 3), (SCALE[0], 1)]
    assert suggest(counts, 5).grade is suggest(counts[::-1], 5).grade is SCALE[1]


def test_every_rule_is_said_in_words():
    assert [rule.partition("。")[0] for rule in RULES] == [
        "事務局が確認した個票のうち、評価の対象（A〜D など）の件数だけを数えます",
        "評価のある個票が、個票全体の半数に満たないときは、参考を示しません",
        "件数が最も多い文字を参考とします",
        "C・D が評価のある個票の3分の1以上あるときは、C・D のうち件数の多い方（同じときは低い方）を参考とします",
        "文字を点数に置き換えたり、平均したりはしません",
    ]


def test_the_fields_are_those_of_the_next_plans_table():
    assert [(field.name, field.part) for field in REVIEW_FIELDS] == [
        ("first_rating", "first"),
        ("first_comment", "first"),
        ("second_rating", "second"),
        ("second_comment", "second"),
        ("summary", "closing"),
        ("policy", "closing"),
    ]
