"""Values of statistics, one by one."""

from decimal import Decimal

import pytest

from mine_welfare.toolkit.refusal import Refused
from surveys import actions
from surveys.models import Origin, Point, Series


def test_a_new_year_is_saved_and_the_public_text_changes(plan, series, secretariat):
    version = plan.version

    point = actions.save_point(series=series, year=2024, value=Decimal(58), by=secretariat)

    plan.refresh_from_db()
    assert (point.value, point.origin, point.derivation, plan.version) == (58, Origin.IMPORTED, "", version + 1)


def test_a_year_saved_again_keeps_its_place(series, secretariat):
    actions.save_point(series=series, year=2024, value=Decimal(58), by=secretariat)
    actions.save_point(series=series, year=2024, value=None, wording="約60", derivation="推計", by=secretariat)

    point = Point.objects.get(year=2024)
    assert (point.value, point.wording, point.origin) == (None, "約60", Origin.IMPORTED)


def test_one_of_number_and_words_is_needed(series, secretariat):
    with pytest.raises(Refused, match="値か表記の、どちらかを書いてください。"):
        actions.save_point(series=series, year=2024, value=None, by=secretariat)


@pytest.mark.parametrize("value", [Decimal("-0.1"), Decimal("100.1")])
def test_shares_are_from_0_to_100(plan, secretariat, value):
    rate = Series.objects.create(plan=plan, code="r", position=2, theme="児童", title="率", unit="%", source="国")

    with pytest.raises(Refused, match="割合は0から100までです。"):
        actions.save_point(series=rate, year=2024, value=value, by=secretariat)
    assert actions.save_point(series=rate, year=2024, value=Decimal(100), by=secretariat).value == 100


def test_only_the_secretariat_writes(series, writer):
    with pytest.raises(Refused, match="事務局の人だけです。"):
        actions.save_point(series=series, year=2024, value=Decimal(1), by=writer)
    with pytest.raises(Refused, match="事務局の人だけです。"):
        actions.delete_point(point=series.points.get(), by=writer)
    assert Point.objects.count() == 1


def test_a_value_that_was_brought_in_can_be_taken_back(plan, series, secretariat):
    point = actions.save_point(series=series, year=2024, value=Decimal(58), by=secretariat)
    plan.refresh_from_db()
    version = plan.version

    actions.delete_point(point=point, by=secretariat)

    plan.refresh_from_db()
    assert (list(Point.objects.values_list("year", flat=True)), plan.version) == ([2020], version + 1)


@pytest.mark.parametrize("origin", [Origin.PUBLISHED, Origin.DERIVED])
def test_what_the_plan_says_stays(series, secretariat, origin):
    series.points.update(origin=origin, derivation="差")
    with pytest.raises(Refused, match="計画書の値は、消せません。"):
        actions.delete_point(point=series.points.get(), by=secretariat)
    with pytest.raises(Refused, match="この年の値は、計画書の値です。計画書の値は、変えられません。"):
        actions.save_point(series=series, year=2020, value=Decimal(1), by=secretariat)
    assert series.points.get().value == 82
