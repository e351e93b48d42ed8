"""Partners and events: the secretariat writes, everyone else is told why not, citizens' pages become newer."""

import datetime

import pytest

from mine_welfare.toolkit.refusal import Refused
from reoffense import actions
from reoffense.models import Event, Partner
from reoffense.permissions import keep_refusal

SENTENCE = "協力者の名簿と行事のお知らせを変えられるのは、事務局だけです。"
DAY = datetime.date(2026, 7, 1)


@pytest.mark.parametrize(
    ("persona", "refusal"),
    [("secretariat", None)]
    + [(name, SENTENCE) for name in ("writer", "approver", "committee", "auditor", "sysadmin", "nobody")],
)
def test_who_keeps_the_lists(request, persona, refusal):
    assert keep_refusal(request.getfixturevalue(persona)) == refusal


def test_a_new_partner_stands_last_and_the_public_text_is_newer(plan, secretariat):
    version = plan.version
    first = actions.keep_partner(partner=Partner(name="保護司"), plan=plan, by=secretariat)
    second = actions.keep_partner(partner=Partner(name="協力雇用主"), plan=plan, by=secretariat)
    second.role = "雇用"
    actions.keep_partner(partner=second, plan=plan, by=secretariat)

    assert [(row.name, row.role, row.position) for row in plan.partners.all()] == [
        ("保護司", "", 1),
        ("協力雇用主", "雇用", 2),
    ]
    plan.refresh_from_db()
    assert plan.version == version + 3
    assert first.history.count() == 1


def test_what_is_removed_leaves_its_history(plan, secretariat):
    partner = actions.keep_partner(partner=Partner(name="保護司"), plan=plan, by=secretariat)
    event = actions.keep_event(event=Event(title="推進大会", starts_on=DAY), plan=plan, by=secretariat)

    actions.remove_partner(partner=partner, by=secretariat)
    actions.remove_event(event=event, by=secretariat)

    assert (Partner.objects.count(), Event.objects.count()) == (0, 0)
    assert list(Partner.history.values_list("history_type", flat=True)) == ["-", "+"]
    assert list(Event.history.values_list("history_type", flat=True)) == ["-", "+"]


@pytest.mark.parametrize("write", ["keep_partner", "keep_event", "remove_partner", "remove_event"])
def test_others_change_nothing(plan, secretariat, writer, write):
    partner = actions.keep_partner(partner=Partner(name="保護司"), plan=plan, by=secretariat)
    event = actions.keep_event(event=Event(title="推進大会", starts_on=DAY), plan=plan, by=secretariat)
    partner.name, event.title = "別の名", "別の行事"
    row = {"partner": partner} if write.endswith("partner") else {"event": event}
    if write.startswith("keep"):
        row["plan"] = plan

    with pytest.raises(Refused, match=SENTENCE):
        getattr(actions, write)(**row, by=writer)

    assert list(Partner.objects.values_list("name", flat=True)) == ["保護司"]
    assert list(Event.objects.values_list("title", flat=True)) == ["推進大会"]
