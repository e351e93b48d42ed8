"""One year of a department, as its pages tell it: written, returned, mended, confirmed, published, carried on."""

import datetime

import pytest
from django.core import mail
from django.utils import timezone

from measures import actions
from measures.models import Cycle, Entry
from tests.factories import ScaleFactory

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


@pytest.fixture
def year(plan, action, secretariat) -> Cycle:
    """令和7年度 in 準備, with one sheet for the one action of the office."""
    return actions.prepare_cycle(
        plan=plan,
        year=2025,
        scale=ScaleFactory(plan=plan),
        opens_on=TODAY,
        due_on=TODAY + datetime.timedelta(days=30),
        by=secretariat,
    )


@pytest.fixture
def hands(client_of, writer, approver, secretariat, committee) -> dict:
    """A signed-in browser for each persona."""
    people = {"writer": writer, "approver": approver, "secretariat": secretariat, "committee": committee}
    return {name: client_of(user) for name, user in people.items()}


def move_on(hands, year: int = 2025) -> str:
    cycle = Cycle.objects.get(year=year)
    hands["secretariat"].post(f"/staff/cycles/{year}/move/", {"forward": "", "seen": cycle.state})
    cycle.refresh_from_db()
    return cycle.state


def do(hands, persona: str, entry: Entry, verb: str, comment: str = "") -> str:
    entry.refresh_from_db()
    hands[persona].post(f"/staff/entries/{entry.pk}/{verb}/", {"version": entry.version, "comment": comment})
    entry.refresh_from_db()
    return entry.state


def write(hands, entry: Entry, **values) -> Entry:
    """The form as the browser sends it: once in passing, once with 「提出する」."""
    entry.refresh_from_db()
    scale = entry.cycle.scale
    sent = {
        "result": entry.result,
        "rating": scale.grades.get(code="B").pk,
        "direction": scale.directions.get(code="continue").pk,
        "next_plan": "次は3回開く。",
        **values,
    }
    address = f"/staff/entries/{entry.pk}/"
    saved = hands["writer"].post(f"{address}autosave/", {**sent, "version": entry.version}).json()
    hands["writer"].post(address, {**sent, "version": saved["version"], "submit": ""})
    entry.refresh_from_db()
    return entry


def test_a_year(year, hands, client, plan, django_capture_on_commit_callbacks):
    (entry,) = year.entries.all()
    measure = f"/measures/{entry.action.measure.code}/"
    assert move_on(hands) == "open"

    with django_capture_on_commit_callbacks(execute=True):
        assert write(hands, entry, result="会議を2回開いた。").state == "submitted"
        assert do(hands, "approver", entry, "return", "参加した人数を書いてください。") == "returned"
    home = hands["writer"].get("/staff/").text
    assert "参加した人数を書いてください。" in home
    with django_capture_on_commit_callbacks(execute=True):
        assert write(hands, entry, result="会議を2回開き、20人が参加した。").state == "submitted"
    assert [(letter.to, letter.subject[:4]) for letter in mail.outbox] == [
        (["approver@example.jp"], "【提出】"),
        (["writer@example.jp"], "【差戻し"),
        (["approver@example.jp"], "【提出】"),
    ]

    assert do(hands, "approver", entry, "approve") == "approved"
    assert do(hands, "secretariat", entry, "accept") == "accepted"
    assert [move_on(hands) for _ in range(2)] == ["collecting", "liaison"]
    assert hands["committee"].get(f"/staff/entries/{entry.pk}/").status_code == 404
    assert move_on(hands) == "committee"
    sheet = hands["committee"].get(f"/staff/entries/{entry.pk}/").text
    assert "20人が参加した" in sheet
    # How it went round inside is not for the committee.
    assert "参加した人数を書いてください。" not in sheet

    assert [move_on(hands) for _ in range(2)] == ["responding", "fixed"]
    assert "20人が参加した" not in client.get(measure).text
    assert move_on(hands) == "published"
    assert "20人が参加した" in client.get(f"/actions/{entry.action.code}/").text
    assert [row.verb for row in entry.transitions.all()] == [
        "submit", "return", "submit", "approve", "accept", "fix",
    ]  # fmt: skip


def test_the_next_year_carries_it_on(year, hands, plan, secretariat):
    (entry,) = year.entries.all()
    move_on(hands)
    write(hands, entry, result="会議を2回開いた。")
    do(hands, "approver", entry, "approve")
    do(hands, "secretariat", entry, "accept")
    assert [move_on(hands) for _ in range(7)] == [
        "collecting", "liaison", "committee", "responding", "fixed", "published", "closed",
    ]  # fmt: skip
    actions.prepare_cycle(
        plan=plan,
        year=2026,
        scale=year.scale,
        opens_on=datetime.date(2027, 5, 15),
        due_on=datetime.date(2036, 6, 20),
        by=secretariat,
    )
    assert move_on(hands, 2026) == "open"
    following = Entry.objects.get(cycle__year=2026)
    assert (following.planned, following.state) == ("次は3回開く。", "empty")
    sent = hands["writer"].post(
        f"/staff/entries/{following.pk}/unchanged/", {"version": following.version, "back": "home"}, follow=True
    )
    assert "前年度から変更なしとして提出しました" in sent.text
    following.refresh_from_db()
    assert (following.state, following.result) == ("submitted", "会議を2回開いた。")
    assert following.transitions.get().comment == "前年度から変更なし"


def test_who_says_nothing_is_unanswered_and_the_secretariat_may_still_write_for_them(year, hands):
    (entry,) = year.entries.all()
    assert [move_on(hands) for _ in range(2)] == ["open", "collecting"]
    entry.refresh_from_db()
    assert (entry.closed_unanswered, entry.rating) == (True, None)
    refused = hands["writer"].post(f"/staff/entries/{entry.pk}/autosave/", {"version": 0, "result": "遅れた。"})
    assert (refused.status_code, refused.json()["refused"][:3]) == (409, "締切（")
    hands["writer"] = hands["secretariat"]
    assert write(hands, entry, result="電話で聞いた。").state == "submitted"
    assert (entry.is_proxy, entry.is_late, entry.closed_unanswered) == (True, True, False)
