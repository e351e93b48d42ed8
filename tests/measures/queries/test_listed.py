"""The list of sheets: right values from two queries, each look drawn once, nothing old on the page."""

import re

import pytest

from measures.queries import listed
from measures.workflow import CycleState, EntryState
from tests.factories import ActionFactory, CycleFactory, EntryFactory, OrganizationFactory, fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def last_year(entry):
    cycle = CycleFactory(plan=entry.cycle.plan, scale=entry.cycle.scale, year=2024, state=CycleState.CLOSED)
    return fill(EntryFactory(cycle=cycle, action=entry.action, organization=entry.organization), "A")


def lines(cycle) -> list[listed.Line]:
    return listed.list_lines(cycle.entries.all(), cycle)


def words(line: listed.Line, *, with_box: bool = False) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", listed.drawn(line, with_box=with_box))).strip()


def test_a_line_has_this_years_values_and_last_years_letter(entry, last_year, django_assert_num_queries):
    fill(entry, "C", "review", state=EntryState.SUBMITTED, is_late=True)
    with django_assert_num_queries(2):
        (line,) = lines(entry.cycle)
    assert (line.pk, line.code, line.organization, line.stage) == (
        entry.pk,
        entry.action.code,
        "福祉課",
        EntryState.SUBMITTED,
    )
    assert (line.rating.code, line.before.code, line.direction) == ("C", "A", "見直し")
    assert (
        words(line) == f"{entry.action.code} {entry.action.title} 締切後 福祉課 提出済 A 計画以上 C 一部実施 見直し —"
    )


def test_a_line_without_answers(entry):
    (line,) = lines(entry.cycle)
    assert (line.rating, line.before, line.direction) == (None, None, None)
    assert words(line) == f"{entry.action.code} {entry.action.title} 福祉課 未入力 — — 未評価 — —"


@pytest.mark.parametrize(
    ("field", "word"),
    [("is_proxy", "代理入力"), ("is_late", "締切後"), ("closed_unanswered", "未回答のまま締切")],
)
def test_what_was_special_about_a_sheet_is_said(entry, field, word):
    (before,) = lines(entry.cycle)
    setattr(entry, field, True)
    entry.save()
    (after,) = lines(entry.cycle)
    assert (word in words(before), word in words(after)) == (False, True)


def test_a_box_belongs_to_its_form_and_says_what_it_ticks(entry):
    (line,) = lines(entry.cycle)
    html = listed.drawn(line, with_box=True)
    assert f'<input type="checkbox" name="row" value="{entry.pk}" form="picks"' in html
    assert f'aria-label="{entry.action.code} 福祉課を選ぶ"' in html
    assert "checkbox" not in listed.drawn(line, with_box=False)


def test_lines_stand_in_the_order_of_the_plan(cycle, action, office):
    later = ActionFactory(measure=action.measure, number=action.number + 1)
    other = OrganizationFactory(position=office.position + 1)
    last = EntryFactory(cycle=cycle, action=later, organization=office)
    second = EntryFactory(cycle=cycle, action=action, organization=other)
    first = EntryFactory(cycle=cycle, action=action, organization=office)
    assert [line.pk for line in lines(cycle)] == [first.pk, second.pk, last.pk]


def test_a_look_is_drawn_once_and_anew_when_anything_shown_changes(entry, last_year):
    (line,) = lines(entry.cycle)
    assert listed.drawn(line, with_box=False) is listed.drawn(lines(entry.cycle)[0], with_box=False)
    entry.action.title = "新しい名前"
    entry.action.save()
    entry.organization.name = "新しい課"
    entry.organization.save()
    entry.cycle.scale.grades.filter(code="A").update(short_label="新しい評価")
    (line,) = lines(entry.cycle)
    assert words(line) == f"{entry.action.code} 新しい名前 新しい課 未入力 A 新しい評価 — 未評価 — —"


def test_what_people_type_is_escaped(entry):
    entry.action.title = "<script>"
    entry.action.save()
    (line,) = lines(entry.cycle)
    assert "<script>" not in listed.drawn(line, with_box=True)
