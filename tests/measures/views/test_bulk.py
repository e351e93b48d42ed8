"""Many sheets of the list at once: said before, done once, told afterwards."""

import pytest

from measures.workflow import CycleState, EntryState
from tests.factories import ActionFactory, CycleFactory, EntryFactory, OrganizationFactory, fill

pytestmark = pytest.mark.django_db
PAGE = "/staff/cycles/2025/bulk/"


@pytest.fixture
def sheets(cycle, action, office):
    """One the 課長 confirmed, one that waits for it, one empty."""
    made = []
    for state in (EntryState.APPROVED, EntryState.SUBMITTED, EntryState.EMPTY):
        row = EntryFactory(cycle=cycle, organization=office, action=ActionFactory(measure=action.measure))
        made.append(fill(row, state=state) if state != EntryState.EMPTY else row)
    return made


@pytest.fixture
def desk(client_of, secretariat):
    return client_of(secretariat)


def states(sheets) -> list[str]:
    for sheet in sheets:
        sheet.refresh_from_db()
    return [sheet.state for sheet in sheets]


def test_the_list_offers_it_while_it_can_be_done(desk, sheets, cycle):
    page = desk.get("/staff/entries/")
    assert [verb.value for verb in page.context["picks"]] == ["accept", "return"]
    assert page.text.count('form="picks"') == 3
    for stage in (CycleState.PREPARING, CycleState.FIXED, CycleState.CLOSED):
        cycle.state = stage
        cycle.save()
        page = desk.get("/staff/entries/")
        assert (page.context["picks"], 'form="picks"' in page.text) == ([], False)


def test_departments_tick_nothing(client_of, writer, sheets):
    page = client_of(writer).get("/staff/entries/")
    assert (page.context["picks"], 'form="picks"' in page.text) == ([], False)


def test_the_preview_says_what_would_happen_to_each(desk, sheets):
    page = desk.post(PAGE, {"verb": "accept", "row": [sheet.pk for sheet in sheets]})
    assert page.context["ready"] == sheets[:1]
    assert [(row, row.refusal) for row in page.context["refused"]] == [
        (sheets[1], "課長の確認を待っています。"),
        (sheets[2], "「未入力」の個票には、事務局確認はできません。"),
    ]
    assert states(sheets) == ["approved", "submitted", "empty"]


def test_everything_the_list_shows(desk, sheets, cycle, action):
    other = EntryFactory(cycle=cycle, organization=OrganizationFactory(), action=ActionFactory(measure=action.measure))
    fill(other, state=EntryState.APPROVED)
    page = desk.post(PAGE, {"verb": "accept", "shown": "on", "query": "organization=welfare&state=approved"})
    assert (page.context["ready"], page.context["refused"]) == (sheets[:1], [])


def test_confirmed_together(desk, sheets):
    first = sheets[0]
    page = desk.post(PAGE, {"verb": "accept", "do": "1", "row": first.pk, f"version-{first.pk}": 0, "comment": "可"})
    assert (page.context["done"], page.context["refused"]) == ([first], [])
    assert "1件を事務局として確認しました。" in page.text
    assert (states(sheets), first.transitions.get().comment) == (["accepted", "submitted", "empty"], "可")


def test_sent_twice_it_is_done_once(desk, sheets):
    what = {"verb": "accept", "do": "1", "row": sheets[0].pk, f"version-{sheets[0].pk}": 0}
    desk.post(PAGE, what)
    page = desk.post(PAGE, what)
    assert page.context["done"] == []
    assert [outcome.refusal for outcome in page.context["refused"]] == [
        "「事務局確認済」の個票には、事務局確認はできません。"
    ]
    assert sheets[0].transitions.count() == 1


def test_a_version_nobody_saw_is_refused(desk, sheets):
    page = desk.post(PAGE, {"verb": "accept", "do": "1", "row": sheets[0].pk})
    assert (page.context["done"], states(sheets)[0]) == ([], "approved")


def test_a_return_needs_its_reason_first(desk, sheets):
    what = {"verb": "return", "do": "1", "row": [sheet.pk for sheet in sheets[:2]]}
    what |= {f"version-{sheet.pk}": 0 for sheet in sheets}
    page = desk.post(PAGE, what)
    assert (page.status_code, page.context["error"]) == (422, "差戻しには理由が必要です。")
    assert states(sheets) == ["approved", "submitted", "empty"]
    page = desk.post(PAGE, what | {"comment": "件数を直してください。"})
    assert [row.pk for row in page.context["done"]] == [sheet.pk for sheet in sheets[:2]]
    assert states(sheets) == ["returned", "returned", "empty"]
    assert {sheet.transitions.get().comment for sheet in sheets[:2]} == {"件数を直してください。"}


def test_nothing_chosen(desk, sheets):
    assert "事務局確認ができる個票がありません。" in desk.post(PAGE, {"verb": "accept"}).text
    page = desk.post(PAGE, {"verb": "accept", "do": "1"})
    assert (page.status_code, page.context["error"]) == (422, "個票を1件以上選んでください。")


def test_forged_ids_are_dropped_and_logged(desk, sheets, plan, cycle, caplog):
    past = CycleFactory(plan=plan, scale=cycle.scale, year=2024, state=CycleState.CLOSED)
    old = EntryFactory(cycle=past, action=sheets[0].action, organization=sheets[0].organization)
    page = desk.post(PAGE, {"verb": "accept", "row": [sheets[0].pk, old.pk, "x", "9" * 30]})
    assert (page.context["ready"], page.context["strangers"]) == (sheets[:1], 1)
    assert f"sheets {{{old.pk}}} asked for by secretariat" in caplog.text


@pytest.mark.parametrize("verb", ["fix", "approve", "", "x"])
def test_other_verbs_are_not_done_here(desk, sheets, verb):
    assert desk.post(PAGE, {"verb": verb, "row": sheets[0].pk}).status_code == 404


def test_only_the_secretariat(client_of, writer, approver, auditor, sheets):
    for person in (writer, approver, auditor):
        assert client_of(person).post(PAGE, {"verb": "accept"}).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_preview_asks_the_same_few_questions(desk, sheets, rows, django_assert_num_queries):
    with django_assert_num_queries(7):
        desk.post(PAGE, {"verb": "accept", "row": [sheet.pk for sheet in sheets[:rows]]})
