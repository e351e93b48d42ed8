"""The counts of a year, what moved, what to look at first, and indicators on their way."""

from decimal import Decimal

import pytest
from django.utils import timezone

from measures.models import Entry, Indicator, IndicatorValue
from measures.queries import dashboard
from measures.queries.alerts import alerts
from measures.queries.dashboard import Filters, board
from measures.queries.indicators import indicators_of, progress
from measures.queries.slices import address_of, sliced, words
from measures.workflow import EntryState
from plans.models import Component
from tests.factories import (
    ActionFactory,
    ActorFactory,
    CycleFactory,
    EntryFactory,
    MeasureFactory,
    OrganizationFactory,
    PlanFactory,
    PolicyFactory,
    ReviewFactory,
    ScaleFactory,
    fill,
)

pytestmark = pytest.mark.django_db


class City:
    """Two goals, two measures, two organizations, two years on one scale."""

    def __init__(self):
        self.plan = PlanFactory()
        self.scale = ScaleFactory(plan=self.plan)
        self.then = CycleFactory(plan=self.plan, scale=self.scale, year=2025, state="closed")
        self.now = CycleFactory(plan=self.plan, scale=self.scale, year=2026, state="committee")
        self.talk = MeasureFactory(policy=PolicyFactory(goal__plan=self.plan), number=1, title="相談")
        self.meet = MeasureFactory(
            policy=PolicyFactory(goal__plan=self.plan, goal__number=2, goal__title="つながり", title="交流"),
            number=1,
            title="集い",
        )
        self.city = ActorFactory(plan=self.plan)
        self.council = ActorFactory(plan=self.plan, code="shakyo", letter="S", label="社協", position=3)
        self.welfare = OrganizationFactory(slug="welfare", name="福祉課", position=1)
        self.shakyo = OrganizationFactory(slug="shakyo", name="社会福祉協議会", position=2)

    def sheet(
        self,
        measure,
        grade="",
        *,
        cycle=None,
        side="",
        organization=None,
        state=EntryState.ACCEPTED,
        action=None,
        **more,
    ):
        action = action or ActionFactory(measure=measure, actor=self.council if side == "shakyo" else self.city)
        entry = EntryFactory(
            cycle=cycle or self.now, action=action, organization=organization or self.welfare, state=state
        )
        if grade:
            fill(entry, grade)
        Entry.objects.filter(pk=entry.pk).update(**more) if more else None
        return entry

    def board(self, filters=None, **more):
        cycles = [self.now, self.then]
        return board(self.now, self.then, cycles, **more).narrowed(filters or Filters())

    def review(self, measure, grade, cycle=None, second=""):
        return ReviewFactory(
            cycle=cycle or self.now,
            measure=measure,
            first_rating=self.scale.grades.get(code=grade),
            second_rating=self.scale.grades.filter(code=second).first(),
        )


@pytest.fixture
def city(db):
    return City()


def table(rows):
    return [(row.label, [count for _, count, _ in row.cells], row.unrated[0], row.all[0]) for row in rows]


# ---- counts -------------------------------------------------------------------


def test_sheets_are_counted_every_way_with_their_n(city):
    city.sheet(city.talk, "A")
    city.sheet(city.talk, "C", side="shakyo", organization=city.shakyo)
    city.sheet(city.meet, "B", state=EntryState.SUBMITTED)  # not confirmed: counted as unanswered
    found = city.board()
    assert table(found.by_goal) == [
        ("基本目標1 安心して暮らせるまち", [1, 0, 1, 0, 0], 0, 2),
        ("基本目標2 つながり", [0, 0, 0, 0, 0], 1, 1),
    ]
    assert table(found.by_policy) == [
        ("1-1 相談しやすい体制", [1, 0, 1, 0, 0], 0, 2),
        ("2-1 交流", [0, 0, 0, 0, 0], 1, 1),
    ]
    assert table(found.by_organization) == [
        ("福祉課", [1, 0, 0, 0, 0], 1, 2),
        ("社会福祉協議会", [0, 0, 1, 0, 0], 0, 1),
    ]
    assert table(found.by_side) == [("行政", [1, 0, 0, 0, 0], 1, 2), ("社協", [0, 0, 1, 0, 0], 0, 1)]
    assert (found.whole.n, found.whole.good, found.whole.low, found.whole.unanswered) == (3, 1, 1, 1)


def test_an_action_of_two_component_plans_counts_in_both(city):
    city_plan = Component.objects.create(plan=city.plan, code="city", title="地域福祉計画", position=1)
    prison = Component.objects.create(plan=city.plan, code="reoffense", title="再犯防止推進計画", position=2)
    both, one = city.sheet(city.talk, "A"), city.sheet(city.talk, "B")
    both.action.components.set([city_plan, prison])
    one.action.components.set([city_plan])
    found = city.board()
    assert table(found.by_component) == [
        ("地域福祉計画", [1, 1, 0, 0, 0], 0, 2),
        ("再犯防止推進計画", [1, 0, 0, 0, 0], 0, 1),
    ]
    assert found.choices["component"] == [("city", "地域福祉計画"), ("reoffense", "再犯防止推進計画")]


@pytest.mark.parametrize(
    ("then", "now", "change"), [("AB", "A", "−1"), ("C", "AB", "+2"), ("A", "B", "±0"), ("", "A", "—")]
)
def test_a_row_says_how_many_more_stand_at_plan(city, then, now, change):
    for letter in then:
        city.sheet(city.talk, letter, cycle=city.then)
    for letter in now:
        city.sheet(city.talk, letter)
    assert [row.change for row in city.board().by_goal] == [change]


@pytest.mark.parametrize(
    ("filters", "labels", "n"),
    [
        (Filters(), ["1-1", "2-1"], 3),
        (Filters(goal=2), ["2-1"], 1),
        (Filters(organization="shakyo"), ["1-1"], 1),
        (Filters(side="government"), ["1-1", "2-1"], 2),
        (Filters(component="none"), [], 0),
    ],
)
def test_a_board_is_narrowed(city, filters, labels, n):
    city.sheet(city.talk, "A")
    city.sheet(city.talk, "C", side="shakyo", organization=city.shakyo)
    city.sheet(city.meet, "B")
    found = city.board(filters)
    assert ([row.label[:3] for row in found.by_policy], found.whole.n) == (labels, n)


def test_the_links_of_a_narrowed_board_stay_narrowed(city):
    city.sheet(city.talk, "A")
    row = city.board(Filters(organization="welfare")).by_goal[0]
    assert row.cells[0][2] == "/staff/entries/?year=2026&goal=1&organization=welfare&rating=A"
    assert (row.unrated[1], row.all[1]) == (
        "/staff/entries/?year=2026&goal=1&organization=welfare&rating=none",
        "/staff/entries/?year=2026&goal=1&organization=welfare",
    )


def test_citizens_have_no_way_to_the_rows(city):
    city.sheet(city.talk, "A")
    found = city.board(public=True)
    row = found.by_goal[0]
    assert {href for *_, href in [*row.cells, row.unrated, row.all, *found.directions, *found.freshness]} == {""}


def test_directions_are_counted_of_confirmed_sheets_only(city):
    city.sheet(city.talk, "A")
    city.sheet(city.talk, "A", state=EntryState.SUBMITTED)
    assert [(str(direction), count) for direction, count, _ in city.board().directions] == [
        ("継続", 1), ("見直し", 0), ("完了", 0),
    ]  # fmt: skip


def test_freshness_stands_apart_from_ratings(city):
    sent = timezone.now()
    city.sheet(city.talk, "D", submitted_at=sent)
    city.sheet(city.talk, "A", submitted_at=sent, is_late=True)
    city.sheet(city.talk, closed_unanswered=True)
    city.sheet(city.talk, state=EntryState.DRAFT)
    # Sent after the closing: it was answered after all.
    city.sheet(city.talk, "B", submitted_at=sent, is_late=True, closed_unanswered=True)
    assert [(kind, count) for kind, count, _ in city.board().freshness] == [
        ("intime", 1), ("late", 2), ("unanswered", 1), ("open", 1),
    ]  # fmt: skip


# ---- the links lead to the rows they count ----------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        {"rating": "A"}, {"rating": "none"}, {"policy": "1-1"}, {"measure": "1-1-1"}, {"side": "shakyo"},
        {"component": "city"}, {"direction": "continue"}, {"answer": "late"}, {"answer": "intime"},
        {"answer": "unanswered"}, {"answer": "open"},
    ],
    ids=str,
)  # fmt: skip
def test_a_cell_and_its_list_count_the_same(city, given):
    sent = timezone.now()
    part = Component.objects.create(plan=city.plan, code="city", title="地域福祉計画", position=1)
    city.sheet(city.talk, "A", submitted_at=sent).action.components.add(part)
    city.sheet(city.talk, "A", submitted_at=sent, is_late=True, side="shakyo", organization=city.shakyo)
    city.sheet(city.meet, "A", state=EntryState.SUBMITTED, submitted_at=sent)
    city.sheet(city.meet, closed_unanswered=True, state=EntryState.EMPTY)
    city.sheet(city.meet, state=EntryState.DRAFT)
    found = city.board()
    ((name, value),) = given.items()
    counted = {
        "rating": lambda: found.whole.unanswered if value == "none" else found.whole.table[0][1],
        "policy": lambda: found.by_policy[0].all[0],
        "measure": lambda: found.by_measure[city.talk.pk].all[0],
        "side": lambda: found.by_side[1].all[0],
        "component": lambda: found.by_component[0].all[0],
        "direction": lambda: found.directions[0][1],
        "answer": lambda: {kind: count for kind, count, _ in found.freshness}[value],
    }
    assert counted[name]() == sliced(city.now.entries.all(), given).count() != 0


@pytest.mark.parametrize(
    "given", [{"policy": "1"}, {"policy": "x-1"}, {"measure": "9"}, {"answer": "x"}, {"side": "x"}]
)
def test_what_nobody_counts_finds_nothing(city, given):
    city.sheet(city.talk, "A")
    assert sliced(city.now.entries.all(), given).count() == 0


def test_other_parameters_are_left_alone(city):
    city.sheet(city.talk, "A")
    assert sliced(city.now.entries.all(), {"year": "1999", "rating": ""}).count() == 1


def test_the_list_says_which_rows_it_shows(city):
    part = Component.objects.create(plan=city.plan, code="city", title="地域福祉計画", position=1)
    given = {
        "policy": "1-1",
        "side": "government",
        "component": part.code,
        "rating": "A",
        "direction": "review",
        "answer": "late",
    }
    assert words(given, city.now) == [
        "基本施策 1-1", "担い手 行政", "構成計画 地域福祉計画", "達成度 A", "今後の方向性 見直し", "締切後に提出",
    ]  # fmt: skip
    assert words({"rating": "none", "answer": "x", "side": "y"}, city.now) == [
        "担い手 y", "未回答（事務局の確認前を含む）", "x",
    ]  # fmt: skip


def test_an_address_leaves_out_what_is_not_asked(city):
    assert address_of(city.now, goal=None, side="", rating="A") == "/staff/entries/?year=2026&rating=A"


# ---- ratings of measures ----------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "now", "kind"),
    [("B", "B", "same"), ("C", "B", "rise"), ("B", "D", "fall"), ("F", "A", ""), ("A", "F", "")],
)
def test_a_rating_moves_only_between_rated_letters(city, then, now, kind):
    grade = {one.code: one for one in city.scale.grades.all()}
    assert dashboard.move(grade[then], grade[now]) == kind


def test_letters_of_two_scales_are_not_compared(city):
    other = ScaleFactory(plan=city.plan, name="新しい基準").grades.get(code="A")
    assert (dashboard.move(other, city.scale.grades.get(code="B")), dashboard.move(None, other)) == ("", "")


def test_what_fell_stands_before_what_rose(city):
    city.review(city.talk, "C", city.then, second="B")
    city.review(city.talk, "B", second="A")
    city.review(city.meet, "B", city.then)
    city.review(city.meet, "C")
    found = city.board()
    assert [(measure.title, then.code, now.code, kind) for measure, then, now, kind in found.moves] == [
        ("集い", "B", "C", "fall"), ("相談", "B", "A", "rise"),
    ]  # fmt: skip
    assert [
        (
            goal,
            [
                (row.measure.title, [(grade and grade.code, begun) for grade, begun in row.ratings], row.move)
                for row in rows
            ],
        )
        for goal, rows in dashboard.heat_rows(found)
    ] == [
        ("基本目標1 安心して暮らせるまち", [("相談", [("B", True), ("A", True), *[(None, False)] * 3], "rise")]),
        ("基本目標2 つながり", [("集い", [("B", True), ("C", True), *[(None, False)] * 3], "fall")]),
    ]


def test_the_first_year_has_nothing_beside_it(city):
    city.sheet(city.talk, "A", cycle=city.then)
    found = board(city.then, None, [city.then])
    assert (found.whole_before, found.then, found.moves, found.by_goal[0].change) == (None, [], [], "—")


@pytest.mark.parametrize("times", [1, 3])
def test_a_board_is_read_in_seven_queries(city, django_assert_num_queries, times):
    for _ in range(times):
        city.review(MeasureFactory(policy=city.talk.policy), "B")
        city.sheet(city.talk, "A", organization=OrganizationFactory())
    cycle = type(city.now).objects.select_related("plan", "scale").get(pk=city.now.pk)
    with django_assert_num_queries(7):
        found = board(cycle, None, [cycle])
        assert found.by_goal
        assert (found.by_policy, found.by_organization, found.by_side, found.moves, found.directions) is not None


# ---- what to look at first --------------------------------------------------------


def said(groups):
    return {group.title: [(one.measure.title, one.words, one.href) for one in group.alerts] for group in groups}


def test_every_rule_is_shown_also_where_it_found_nothing(city):
    groups = alerts(city.board(), [])
    assert [(group.title, bool(group.rule), group.alerts) for group in groups] == [
        ("2年続けてC以下", True, []),
        ("評価が下がった", True, []),
        ("C・Dの個票が2年続いている", True, []),
        ("実績値がない", True, []),
        ("回答がない", True, []),
    ]


def test_the_alerts_in_plain_words(city):
    city.review(city.talk, "C", city.then)
    city.review(city.talk, "D")
    low = city.sheet(city.talk, "C", cycle=city.then)
    city.sheet(city.talk, "D", action=low.action)
    city.sheet(city.talk, "C")
    city.sheet(city.meet, closed_unanswered=True, state=EntryState.EMPTY)
    indicator(city.talk, name="相談の件数")
    silent = indicator(city.meet, name="集いの数", code="2")
    IndicatorValue.objects.create(indicator=silent, year=2026, reason="調査の年でない")
    told = indicator(city.meet, name="参加者", code="3")
    IndicatorValue.objects.create(indicator=told, year=2026, actual=5)
    assert said(alerts(city.board(), indicators_of(city.plan.pk))) == {
        "2年続けてC以下": [("相談", "前の年度はC、今年度はDです。", "")],
        "評価が下がった": [("相談", "CからDに下がりました。", "")],
        "C・Dの個票が2年続いている": [("相談", "1件の個票が、2年続けてC・Dです。", "")],
        "実績値がない": [
            ("相談", "「相談の件数」の実績値がありません。", ""),
            ("集い", "「集いの数」の実績値がありません（理由：調査の年でない）。", ""),
        ],
        "回答がない": [
            (
                "集い",
                "1件の個票が、未回答のまま締め切られました。",
                "/staff/entries/?year=2026&measure=2-1-1&answer=unanswered",
            )
        ],
    }


def test_a_low_rating_after_a_good_one_is_no_second_year(city):
    city.review(city.talk, "B", city.then)
    city.review(city.talk, "C")
    assert said(alerts(city.board(), []))["2年続けてC以下"] == []


def test_two_years_with_one_between_are_not_two_years_running(city):
    city.then.year = 2024
    city.review(city.talk, "C", city.then)
    city.review(city.talk, "C")
    low = city.sheet(city.talk, "C", cycle=city.then)
    city.sheet(city.talk, "C", action=low.action)
    found = said(alerts(city.board(), []))
    assert (found["2年続けてC以下"], found["C・Dの個票が2年続いている"]) == ([], [])


# ---- indicators -------------------------------------------------------------------


def indicator(measure, **more) -> Indicator:
    return Indicator.objects.create(
        **{"measure": measure, "code": "1", "name": "件数", "unit": "件", "kind": "output", "trend": "up", **more}
    )


@pytest.mark.parametrize(
    ("trend", "baseline", "target", "actual", "degree", "reached", "said_"),
    [
        ("up", 10, 20, 14, "40.0", False, "目標までの40.0%"),
        ("up", 10, 20, 25, "150.0", True, "目標に達した"),
        ("up", 10, 20, 5, "-50.0", False, "基準値より後退"),
        ("down", 30, 20, 24, "60.0", False, "目標までの60.0%"),
        ("down", 30, 20, 20, "100.0", True, "目標に達した"),
        ("down", 30, 20, 33, "-30.0", False, "基準値より後退"),
        ("keep", 10, 10, 10, None, True, "目標に達した"),
        ("keep", 10, 10, 9, None, False, "目標を下回る"),
        ("up", 10, 10, 9, None, False, "度合いを計算できない"),
        ("up", None, 10, 9, None, False, "度合いを計算できない"),
        ("up", 10, None, 9, None, None, "目標値は未設定"),
        ("up", 10, 20, None, None, None, "実績値なし"),
    ],
)
def test_the_degree_knows_its_direction(city, trend, baseline, target, actual, degree, reached, said_):
    one = indicator(city.talk, trend=trend, baseline=baseline, target=target, target_year=2029)
    IndicatorValue.objects.create(indicator=one, year=2026, actual=actual)
    (row,) = progress(indicators_of(city.plan.pk), city.now)
    assert (row.degree, row.is_reached, row.words) == (degree and Decimal(degree), reached, said_)


@pytest.mark.parametrize(
    ("trend", "then", "now", "words_"),
    [
        ("up", 1, 2, "よくなった"), ("up", 2, 1, "悪くなった"),
        ("down", 1, 2, "悪くなった"), ("down", 2, 1, "よくなった"),
        ("up", 2, 2, "同じ"), ("keep", 1, 2, ""), ("up", None, 2, ""), ("up", 2, None, ""),
    ],
)  # fmt: skip
def test_better_is_the_direction_the_city_wants(city, trend, then, now, words_):
    one = indicator(city.talk, trend=trend)
    IndicatorValue.objects.create(indicator=one, year=2025, actual=then)
    IndicatorValue.objects.create(indicator=one, year=2026, actual=now)
    (row,) = progress(indicators_of(city.plan.pk), city.now)
    assert row.change_words == words_


def test_an_indicator_without_a_row_of_this_year_has_no_value(city):
    indicator(city.talk)
    (row,) = progress(indicators_of(city.plan.pk), city.now)
    assert (row.actual, row.reason, row.change) == (None, "", "")
