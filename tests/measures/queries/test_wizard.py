"""What the wizard's last page promises is what is made."""

import datetime

import pytest

from measures import actions
from measures.queries import wizard
from tests.factories import (
    ActionFactory,
    EntryFactory,
    OrganizationFactory,
    ResponsibilityFactory,
    ScaleFactory,
    fill,
)

pytestmark = pytest.mark.django_db
OPENS = datetime.date(2027, 5, 15)


@pytest.fixture
def many(plan, action, office):
    """An action of one office, one of nobody, one of an office that ended, one repeated, one that is over."""
    open_row = ResponsibilityFactory(action=ActionFactory(measure=action.measure), organization=None)
    ended = OrganizationFactory(name="旧福祉課", valid_to=2020)
    ResponsibilityFactory(action=ActionFactory(measure=action.measure), organization=ended)
    for more in ({"repeats": action}, {"valid_to": 2024}):
        ResponsibilityFactory(action=ActionFactory(measure=action.measure, **more), organization=office)
    return open_row


def test_the_forecast_counts_before_anything_is_made(plan, many, action, office, cycle, writer):
    fill(EntryFactory(cycle=cycle, action=action, organization=office), next_plan="会議を3回開く。")
    found = wizard.forecast(plan, 2026, OPENS, open_rows=[many])
    assert (found.rows, found.total, found.carried) == ([(office, 1)], 1, 1)
    assert (found.unassigned, found.orphaned) == (1, 1)
    assert (found.gaps.without_writer, found.gaps.without_approver) == ([], [office])
    assert plan.cycles.count() == 1


def test_the_forecast_knows_owners_and_omissions(plan, many, action, office):
    general = OrganizationFactory(name="総務課")
    given = {"open_rows": [many], "owners": {many: [general, office]}}
    found = wizard.forecast(plan, 2026, OPENS, omitted={action.pk}, **given)
    assert (found.rows, found.unassigned) == ([(office, 1), (general, 1)], 0)
    # What is left out needs no owner.
    found = wizard.forecast(plan, 2026, OPENS, omitted={many.action_id}, **given)
    assert (found.rows, found.unassigned) == ([(office, 1)], 0)


@pytest.mark.parametrize("with_owner", [True, False])
def test_the_forecast_comes_true(plan, many, action, office, secretariat, with_owner):
    general = OrganizationFactory(name="総務課")
    owners = {many: [general]} if with_owner else {}
    found = wizard.forecast(plan, 2026, OPENS, open_rows=[many], owners=owners)
    made = actions.prepare_from_draft(
        plan=plan, owners=owners, by=secretariat, year=2026, scale=ScaleFactory(plan=plan), opens_on=OPENS, due_on=OPENS
    )
    assert made.entries.count() == found.total
    for organization, number in found.rows:
        assert made.entries.filter(organization=organization).count() == number


@pytest.mark.parametrize("rows", [1, 3])
def test_the_forecast_asks_the_same_few_questions(plan, action, office, rows, django_assert_num_queries):
    for _ in range(rows - 1):
        ResponsibilityFactory(action=ActionFactory(measure=action.measure))
    with django_assert_num_queries(5):
        assert wizard.forecast(plan, 2026, OPENS).total == rows
