"""Invariants of partners and events."""

import datetime

import pytest
from django.db import IntegrityError

from reoffense.models import Event, Partner

DAY = datetime.date(2026, 7, 1)


def event(plan, starts: int, ends: int | None = None) -> Event:
    last = datetime.date(2026, 7, ends) if ends else None
    return Event.objects.create(plan=plan, title="行事", starts_on=datetime.date(2026, 7, starts), ends_on=last)


def test_an_event_ends_after_it_begins(plan):
    with pytest.raises(IntegrityError, match="event_ends_after_it_begins|CHECK"):
        event(plan, 5, 4)


def test_a_name_stands_once_in_a_plan(plan):
    Partner.objects.create(plan=plan, name="保護司", position=1)
    with pytest.raises(IntegrityError, match="partner_name_unique_in_plan|UNIQUE"):
        Partner.objects.create(plan=plan, name="保護司", position=2)


def test_coming_and_past_share_the_events_of_a_day(plan):
    over, long, single, today = event(plan, 1), event(plan, 2, 20), event(plan, 12), event(plan, 10)
    day = datetime.date(2026, 7, 10)
    assert list(Event.objects.coming(day)) == [long, today, single]
    assert list(Event.objects.past(day)) == [over]
