"""目標指標: what may be set, what changes only with a reason, and how one ends."""

from decimal import Decimal

import pytest

from measures.actions import indicators as actions
from measures.models import Cycle, Indicator, IndicatorValue
from measures.queries.indicators import indicators_of, progress
from mine_welfare.toolkit.refusal import Refused
from tests.factories import MeasureFactory, PlanFactory, PolicyFactory

pytestmark = pytest.mark.django_db

GIVEN = {
    "name": "相談件数", "unit": "件", "kind": "output", "trend": "up", "organization": None, "baseline": Decimal(120),
    "baseline_year": "令和6年度", "target": Decimal(200), "target_year": 2029, "source": "福祉課の業務記録",
}  # fmt: skip


@pytest.fixture
def measure(plan):
    return MeasureFactory(policy=PolicyFactory(goal__plan=plan), number=1)


@pytest.fixture
def indicator(plan, measure, secretariat):
    return actions.add_indicator(plan=plan, measure=measure, by=secretariat, **GIVEN)


def change(indicator, by, why="", **values):
    return actions.change_indicator(indicator=indicator, by=by, why=why, **GIVEN | values)


def value(indicator, by, **given):
    defaults = {"year": 2026, "actual": Decimal(130), "target": None, "reason": "", "why": ""}
    return actions.save_value(indicator=indicator, by=by, **defaults | given)


def test_a_new_one_stands_last_in_its_measure_with_a_code_of_its_own(plan, measure, indicator, secretariat):
    plan.refresh_from_db()
    version = plan.version
    other = actions.add_indicator(plan=plan, measure=measure, by=secretariat, **GIVEN)
    indicator.delete()
    again = actions.add_indicator(plan=plan, measure=measure, by=secretariat, **GIVEN)
    plan.refresh_from_db()
    assert [(one.code, one.position) for one in (indicator, other, again)] == [("K01", 1), ("K02", 2), ("K03", 3)]
    assert plan.version == version + 2


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": " "}, "指標と単位を書いてください。"),
        ({"unit": ""}, "指標と単位を書いてください。"),
        ({"target_year": None}, "目標値と目標の年度は、両方書くか、両方空欄にしてください。"),
        ({"target": None}, "目標値と目標の年度は、両方書くか、両方空欄にしてください。"),
        ({"target_year": 2035}, "目標の年度は、計画の期間（令和7年度から令和11年度まで）の年度にしてください。"),
        ({"baseline_year": ""}, "基準値がいつの値かを、「基準の時点」に書いてください。"),
        ({"unit": "%", "target": Decimal(101)}, "割合は0から100までです。"),
        ({"unit": "％", "baseline": Decimal(-1)}, "割合は0から100までです。"),
    ],
)
def test_what_cannot_be_read_later_is_refused(plan, measure, secretariat, given, sentence):
    with pytest.raises(Refused) as refused:
        actions.add_indicator(plan=plan, measure=measure, by=secretariat, **GIVEN | given)
    assert (str(refused.value), Indicator.objects.count()) == (sentence, 0)


def test_a_measure_of_another_plan_is_refused(plan, secretariat):
    other = MeasureFactory(policy=PolicyFactory(goal__plan=PlanFactory(is_current=False)), number=1)
    with pytest.raises(Refused, match="この計画の施策から選んでください。"):
        actions.add_indicator(plan=plan, measure=other, by=secretariat, **GIVEN)


def test_a_target_that_is_set_changes_with_a_reason_and_the_old_one_stays_visible(indicator, secretariat):
    with pytest.raises(Refused, match="目標値を変えるときは、変える理由を書いてください。"):
        change(indicator, secretariat, target=Decimal(250))
    change(indicator, secretariat, target=Decimal(250), why="相談窓口を増やしたため")
    versions = indicator.history.order_by("history_id").values_list("target", "history_change_reason")
    assert list(versions) == [(Decimal(200), None), (Decimal(250), "相談窓口を増やしたため")]


def test_what_is_no_target_changes_without_a_reason(indicator, secretariat):
    change(indicator, secretariat, name="相談の件数")
    first = change(indicator, secretariat, target=None, target_year=None, why="見直し")
    again = change(first, secretariat, target=Decimal(210))
    assert (again.name, again.target) == ("相談件数", 210)


def test_the_unit_of_values_does_not_change(indicator, secretariat):
    change(indicator, secretariat, unit="人")
    change(indicator, secretariat)
    value(indicator, secretariat)
    with pytest.raises(Refused, match="実績値か出どころのある指標の単位は、変えられません。"):
        change(indicator, secretariat, unit="人")


# ---- values by year ---------------------------------------------------------------


def test_a_value_changes_only_with_a_reason(indicator, secretariat):
    value(indicator, secretariat)
    value(indicator, secretariat, target=Decimal(140))  # fills what was empty
    with pytest.raises(Refused, match="入っている値を変えるときは、変える理由を書いてください。"):
        value(indicator, secretariat, actual=Decimal(131), target=Decimal(140))
    with pytest.raises(Refused, match="入っている値を変えるときは、変える理由を書いてください。"):
        value(indicator, secretariat, actual=None, target=Decimal(140))
    value(indicator, secretariat, actual=Decimal(131), target=Decimal(140), why="集計し直したため")
    row = IndicatorValue.objects.get()
    assert (row.actual, row.target, row.history.first().history_change_reason) == (131, 140, "集計し直したため")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"year": 2024}, "この指標の年度（令和7年度から令和11年度まで）から選んでください。"),
        ({"actual": None}, "実績値、目標値、値がない理由のどれかを書いてください。"),
        ({"reason": "未集計"}, "実績値があるときは、「値がない理由」を空欄にしてください。"),
    ],
)
def test_a_value_that_says_nothing_or_two_things_is_refused(indicator, secretariat, given, sentence):
    with pytest.raises(Refused) as refused:
        value(indicator, secretariat, **given)
    assert (str(refused.value), IndicatorValue.objects.count()) == (sentence, 0)


def test_a_share_stays_a_share(plan, measure, secretariat):
    share = actions.add_indicator(
        plan=plan, measure=measure, by=secretariat, **GIVEN | {"unit": "%", "baseline": None, "target": Decimal(90)}
    )
    with pytest.raises(Refused, match="割合は0から100までです。"):
        value(share, secretariat, actual=Decimal(101))
    assert value(share, secretariat, actual=None, reason="調査の年ではないため").reason == "調査の年ではないため"


# ---- its end --------------------------------------------------------------------


def test_one_that_ended_is_measured_no_more_and_keeps_its_values(plan, indicator, secretariat):
    value(indicator, secretariat)
    actions.end_indicator(indicator=indicator, last_year=2026, why="別の指標に替えるため", by=secretariat)
    cycles = [Cycle(plan=plan, year=year) for year in (2026, 2027)]
    shown = [len(progress(indicators_of(plan.pk), cycle)) for cycle in cycles]
    assert (shown, indicator.values.count()) == ([1, 0], 1)
    assert [list(Indicator.objects.in_year(year)) for year in (2026, 2027)] == [[indicator], []]
    with pytest.raises(Refused, match="令和7年度から令和8年度まで"):
        value(indicator, secretariat, year=2027)
    assert actions.end_indicator(indicator=indicator, last_year=None, why="続ける", by=secretariat).last_year is None


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"last_year": 2027, "why": " "}, "理由を書いてください。"),
        (
            {"last_year": 2040, "why": "終了"},
            "最後の年度は、計画の期間（令和7年度から令和11年度まで）から選んでください。",
        ),
        ({"last_year": 2025, "why": "終了"}, "令和7年度より後の実績値があります。最後の年度を確かめてください。"),
    ],
)
def test_an_end_that_cannot_be_is_refused(indicator, secretariat, given, sentence):
    value(indicator, secretariat)
    with pytest.raises(Refused) as refused:
        actions.end_indicator(indicator=indicator, by=secretariat, **given)
    assert str(refused.value) == sentence


def test_a_mistake_is_taken_away_but_never_with_values(indicator, secretariat):
    value(indicator, secretariat)
    with pytest.raises(Refused, match="年度ごとの値がある指標は、消せません。"):
        actions.remove_indicator(indicator=indicator, by=secretariat)
    indicator.values.all().delete()
    actions.remove_indicator(indicator=indicator, by=secretariat)
    with pytest.raises(Refused, match="この指標は、もう消されています。"):
        actions.remove_indicator(indicator=indicator, by=secretariat)


@pytest.mark.parametrize("name", ["writer", "approver", "committee", "auditor", "sysadmin"])
def test_only_the_secretariat_writes(request, plan, measure, indicator, name):
    by = request.getfixturevalue(name)
    for write in (
        lambda: actions.add_indicator(plan=plan, measure=measure, by=by, **GIVEN),
        lambda: change(indicator, by),
        lambda: value(indicator, by),
        lambda: actions.end_indicator(indicator=indicator, last_year=2027, why="終了", by=by),
        lambda: actions.remove_indicator(indicator=indicator, by=by),
    ):
        with pytest.raises(Refused, match="目標指標を変えられるのは、事務局の人だけです。"):
            write()
