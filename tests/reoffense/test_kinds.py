"""変更の記録 of partners and events: read, and brought back."""

import datetime

import pytest

from measures.actions.history import restore
from measures.queries.history import changes_of, recent, row_history
from measures.queries.kinds import KINDS
from reoffense import actions
from reoffense.models import Event, Partner


@pytest.fixture
def desk(client_of, secretariat):
    return client_of(secretariat)


def test_a_partner_is_named_and_brought_back(plan, secretariat, desk):
    desk.post("/staff/reoffense/partners/new/", {"name": "保護司", "role": "見守り"})
    partner = Partner.objects.get()
    desk.post(f"/staff/reoffense/partners/{partner.pk}/", {"name": "保護司会", "role": "見守り"})
    (now,) = recent(changes_of([KINDS["partner"]]))[:1]
    assert (now.words, now.what, now.who) == ("保護司会", "変更", "事務 局")

    found = row_history(KINDS["partner"], partner.pk)
    assert found.url == f"/staff/reoffense/partners/{partner.pk}/"
    first = found.versions[0].history_id
    plan.refresh_from_db()
    restore(kind=KINDS["partner"], pk=partner.pk, version=first, seen=found.latest_id, by=secretariat, reason="誤り")
    version = plan.version
    partner.refresh_from_db()
    plan.refresh_from_db()
    assert (partner.name, plan.version) == ("保護司", version + 1)


def test_an_event_taken_back_keeps_its_history(plan, secretariat, writer, client_of):
    event = Event(title="推進大会", starts_on=datetime.date(2026, 7, 1))
    actions.keep_event(event=event, plan=plan, by=secretariat)
    pk = event.pk
    actions.remove_event(event=event, by=secretariat)
    page = client_of(writer).get(f"/staff/history/event/{pk}/")
    assert ("推進大会" in page.text, "もう一度作られます" in page.text) == (True, False)
