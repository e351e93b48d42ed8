"""Two people carry out the same 組織改編, or number a new action, in the same moment."""

import pytest
from django.db import connection

from measures.actions import april, plantext
from measures.models import Action, Reorganization
from mine_welfare.accounts.models import Organization
from tests.personas import person

from .test_races import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no row locks: one writer at a time"),
]


@pytest.fixture
def colleague(db):
    return person("secretariat", login_id="colleague")


def test_it_is_carried_out_once(entry, office, secretariat, colleague):
    row = april.draft_reorganization(
        kind="rename", year=2026, sources=[office], targets=[april.Target(name="地域福祉課")], by=secretariat
    )  # fmt: skip
    outcomes = at_once(
        lambda: april.reorganize(reorganization=row, by=secretariat),
        lambda: april.reorganize(reorganization=row, by=colleague),
    )
    assert sorted(outcomes) == ["done", "この組織改編は、もう反映してあります。"]
    assert (Organization.objects.count(), Reorganization.objects.get().moves.count()) == (2, 2)


def test_two_new_actions_get_two_codes(action, office, secretariat, colleague):
    words = {"title": "新しい取組", "content": "始めます。", "commission": "", "form": "standard"}

    def add(by):
        return lambda: plantext.add_action(
            measure=action.measure, actor=action.actor, values=words, components=[], organizations=[office], since=None,
            by=by,
        )  # fmt: skip

    assert at_once(add(secretariat), add(colleague)) == ["done", "done"]
    assert len(set(Action.objects.values_list("code", flat=True))) == 3
