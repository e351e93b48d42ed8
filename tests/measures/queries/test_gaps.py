"""記入の不足: the counts, the filter behind each count, and the rules they share with the form."""

import pytest

from measures.fields import BY_NAME
from measures.models import Entry, Indicator, IndicatorValue
from measures.queries.gaps import Gap, gap_rows, with_gap
from mine_welfare.accounts.roles import Role
from tests.factories import ActionFactory, CycleFactory, EntryFactory, OrganizationFactory, ScaleFactory, fill
from tests.personas import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def year_before(cycle):
    """`year_before(entry, 2, result="…")`: the sheet of the same action and office so many years earlier."""

    def make(entry: Entry, years: int = 1, grade: str = "B", **values) -> Entry:
        year = cycle.year - years
        past = cycle.plan.cycles.filter(year=year).first() or CycleFactory(
            plan=cycle.plan, scale=cycle.scale, year=year, state="closed"
        )
        return fill(EntryFactory(cycle=past, action=entry.action, organization=entry.organization), grade, **values)

    return make


def lacking(cycle, gap: Gap) -> list[Entry]:
    return list(with_gap(cycle.entries.all(), gap, cycle))


def test_an_empty_sheet_lacks_rating_and_direction(cycle, entry, writer):
    assert {gap for gap in Gap if lacking(cycle, gap)} == {Gap.RATING, Gap.DIRECTION}
    fill(entry)
    assert {gap for gap in Gap if lacking(cycle, gap)} == set()


@pytest.mark.parametrize("reason", ["", "人手が足りなかった。"])
@pytest.mark.parametrize("before", [None, "A", "B", "C", "F"])
@pytest.mark.parametrize("grade", ["A", "B", "C", "F"])
def test_a_reason_is_missing_exactly_where_the_form_asks_for_it(cycle, entry, year_before, grade, before, reason):
    fill(entry, grade, reason=reason)
    if before:
        year_before(entry, grade=before)
    entry = Entry.objects.get(pk=entry.pk)
    field = BY_NAME["reason"]
    expected = [entry] if field.required(entry) and not field.is_filled(entry) else []
    assert lacking(cycle, Gap.REASON) == expected


def test_a_rating_of_another_scale_is_no_fall(cycle, entry, year_before):
    fill(entry, "B")
    past = year_before(entry, grade="A")
    past.rating = ScaleFactory(plan=cycle.plan, name="前の基準").grades.get(code="A")
    past.save()
    assert lacking(cycle, Gap.REASON) == []


def test_a_sheet_has_an_owner_as_long_as_somebody_is_there(cycle, entry, office):
    assert lacking(cycle, Gap.OWNER) == [entry]
    gone = person(Role.WRITER, office, is_active=False)
    assert lacking(cycle, Gap.OWNER) == [entry]
    gone.is_active = True
    gone.save()
    assert lacking(cycle, Gap.OWNER) == []


def test_an_indicator_wants_a_value_or_a_reason(cycle, entry, office):
    measure = entry.action.measure
    given = {"measure": measure, "unit": "人", "kind": "output", "trend": "up"}
    Indicator.objects.create(code="1", name="ほかの課の指標", organization=OrganizationFactory(), **given)
    assert lacking(cycle, Gap.INDICATOR) == []
    indicator = Indicator.objects.create(code="2", name="参加者数", organization=office, **given)
    assert lacking(cycle, Gap.INDICATOR) == [entry]
    IndicatorValue.objects.create(indicator=indicator, year=2024, actual=3)
    value = IndicatorValue.objects.create(indicator=indicator, year=2025, target=10)
    assert lacking(cycle, Gap.INDICATOR) == [entry]
    value.reason = "調査の年ではない"
    value.save()
    assert lacking(cycle, Gap.INDICATOR) == []
    value.reason, value.actual = "", 0
    value.save()
    assert lacking(cycle, Gap.INDICATOR) == []


def test_the_same_words_for_two_years_running(cycle, entry, year_before):
    words = "会議を2回開いた。"
    assert lacking(cycle, Gap.SAME) == []
    fill(entry, result=words)
    past = year_before(entry, 1, result=words)
    assert lacking(cycle, Gap.SAME) == []
    older = year_before(entry, 2, result="会議を1回開いた。")
    assert lacking(cycle, Gap.SAME) == []
    older.result = words
    older.save()
    assert lacking(cycle, Gap.SAME) == [entry]
    for row in (entry, past, older):
        row.result = ""
        row.save()
    assert lacking(cycle, Gap.SAME) == []


@pytest.mark.parametrize("offices", [1, 3])
def test_the_table_counts_what_the_filters_find(cycle, entry, action, offices, django_assert_num_queries):
    fill(entry, "C")
    for _ in range(offices - 1):
        EntryFactory(cycle=cycle, organization=OrganizationFactory(), action=ActionFactory(measure=action.measure))
    with django_assert_num_queries(2):
        rows = gap_rows(cycle)
    found = {(row.organization.pk, gap): number for row in rows for gap, number in row.cells}
    for row in rows:
        for gap in Gap:
            entries = with_gap(cycle.entries.filter(organization=row.organization), gap, cycle)
            assert found[row.organization.pk, gap] == entries.count()
    assert sum(found.values()) == 2 + 3 * (offices - 1)
    assert [row.is_complete for row in rows] == [False] * offices


def test_those_that_lack_most_stand_first(cycle, entry, action, writer):
    fill(entry)
    lazy = OrganizationFactory(name="総務課")
    EntryFactory(cycle=cycle, organization=lazy, action=ActionFactory(measure=action.measure))
    assert [(row.organization.name, row.is_complete) for row in gap_rows(cycle)] == [
        ("総務課", False),
        ("福祉課", True),
    ]


def test_every_gap_says_how_it_is_counted():
    assert {gap.explanation[-1] for gap in Gap} == {"。"}
