"""個票への質問 on the page of a sheet and in the list of a year."""

import pytest

from measures import actions
from measures.models import Inquiry
from measures.queries import staff
from measures.workflow import CycleState
from tests.factories import ActionFactory, EntryFactory, OrganizationFactory

pytestmark = pytest.mark.django_db
LIST = "/staff/cycles/2025/inquiries/"


@pytest.fixture
def inquiry(entry, secretariat):
    return actions.ask_inquiry(entry=entry, question="何人でしたか。", by=secretariat)


def test_asked_and_answered(client_of, secretariat, writer, entry):
    sheet = f"/staff/entries/{entry.pk}/"
    asked = client_of(secretariat).post(f"{sheet}inquiries/", {"question": "何人でしたか。", "due_on": "2100-06-30"})
    assert asked["Location"] == sheet
    (inquiry,) = staff.open_inquiries(writer, entry.cycle)
    page = client_of(writer).get(sheet)
    assert ("何人でしたか。" in page.text, page.context["inquiries"].answerable) == (True, {inquiry.pk})
    answered = client_of(writer).post(f"/staff/inquiries/{inquiry.pk}/answer/", {"text": "30人です。"}, follow=True)
    assert ("質問に回答しました。" in answered.text, "30人です。" in answered.text) == (True, True)
    assert staff.open_inquiries(writer, entry.cycle) == []
    assert "質問 1件のうち、<b>0件</b> が回答を待っています。" in client_of(secretariat).get(LIST).text


def test_taken_back(client_of, secretariat, inquiry):
    sent = client_of(secretariat).post(f"/staff/inquiries/{inquiry.pk}/withdraw/", follow=True)
    assert "質問を取り下げました。" in sent.text
    assert Inquiry.objects.get().state == "withdrawn"


def test_what_was_typed_stays_where_it_is_refused(client_of, secretariat, writer, entry, inquiry):
    page = client_of(secretariat).post(
        f"/staff/entries/{entry.pk}/inquiries/", {"question": "何人でしたか。", "due_on": ""}
    )
    assert (page.status_code, "同じ質問を、もう出しています。" in page.text) == (409, True)
    assert page.context["kept"]["asked"] == "何人でしたか。"
    actions.answer_inquiry(inquiry=inquiry, text="30人です。", by=writer)
    late = client_of(writer).post(f"/staff/inquiries/{inquiry.pk}/answer/", {"text": "いや、40人です。"})
    assert (late.status_code, late.context["kept"]["answered"]) == (409, "いや、40人です。")


@pytest.mark.parametrize("values", [{"question": ""}, {"question": "何人ですか。", "due_on": "あした"}])
def test_questions_that_cannot_be_read(client_of, secretariat, entry, values):
    page = client_of(secretariat).post(f"/staff/entries/{entry.pk}/inquiries/", values)
    assert (page.status_code, Inquiry.objects.count()) == (409, 0)


def test_the_committee_hears_nothing_of_it(client_of, committee, entry, inquiry, cycle):
    entry.state, cycle.state = "accepted", CycleState.COMMITTEE
    entry.save()
    cycle.save()
    page = client_of(committee).get(f"/staff/entries/{entry.pk}/")
    assert ("何人でしたか。" in page.text, page.context["inquiries"].is_shown) == (False, False)


def test_a_department_without_questions_sees_no_box(client_of, writer, entry):
    page = client_of(writer).get(f"/staff/entries/{entry.pk}/")
    assert (page.context["inquiries"].is_shown, 'id="inquiries"' in page.text) == (False, False)


def test_other_departments_do_not_know_of_it(client_of, other_writer, auditor, writer, entry, inquiry):
    answer = f"/staff/inquiries/{inquiry.pk}/answer/"
    assert client_of(other_writer).post(answer, {"text": "はい"}).status_code == 404
    assert client_of(auditor).post(answer, {"text": "はい"}).status_code == 409
    assert client_of(writer).post(f"/staff/inquiries/{inquiry.pk}/withdraw/").status_code == 403
    assert client_of(writer).post(f"/staff/entries/{entry.pk}/inquiries/", {"question": "？"}).status_code == 403
    assert Inquiry.objects.get().state == "open"


def test_the_oldest_open_question_stands_on_top(client_of, secretariat, writer, entry, inquiry, cycle, action, office):
    second = actions.ask_inquiry(entry=entry, question="いつですか。", by=secretariat)
    third = actions.ask_inquiry(entry=entry, question="どこですか。", by=secretariat)
    actions.answer_inquiry(inquiry=inquiry, text="30人です。", by=writer)
    page = client_of(secretariat).get(LIST)
    assert (page.context["rows"], page.context["open"]) == ([second, third, inquiry], 2)
    other = EntryFactory(cycle=cycle, organization=OrganizationFactory(), action=ActionFactory(measure=action.measure))
    actions.ask_inquiry(entry=other, question="ほかの課へ", by=secretariat)
    assert staff.open_inquiries(writer, cycle) == [second, third]


def test_an_empty_list_says_what_to_do(client_of, secretariat, cycle):
    assert "質問は、まだありません" in client_of(secretariat).get(LIST).text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_few_questions(client_of, secretariat, entry, rows, django_assert_num_queries):
    for place in range(rows):
        actions.ask_inquiry(entry=entry, question=f"質問{place}", by=secretariat)
    browser = client_of(secretariat)
    with django_assert_num_queries(6):
        assert len(browser.get(LIST).context["rows"]) == rows


def test_the_home_of_the_department_shows_what_waits_for_an_answer(client_of, writer, other_writer, inquiry):
    home = client_of(writer).get("/staff/").text
    assert ("事務局からの質問 1件" in home, f"/staff/entries/{inquiry.entry_id}/#inquiries" in home) == (True, True)
    assert "事務局からの質問" not in client_of(other_writer).get("/staff/").text
