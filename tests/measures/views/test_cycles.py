"""提出状況 and 記入の不足: every number opens exactly its sheets. Dates, omissions, the file."""

import datetime
import re
from html import unescape

import pytest
from django.utils import timezone

from measures.models import Indicator, Omission
from measures.workflow import CycleState, EntryState
from tests.factories import ActionFactory, CycleFactory, EntryFactory, OrganizationFactory, ResponsibilityFactory, fill

pytestmark = pytest.mark.django_db
YEAR = "/staff/cycles/2025/"
NUMBER = re.compile(r'<a (?:class="[^"]*" )?href="(/staff/entries/\?[^"]*)" aria-label="[^"]* (\d+)件">')


@pytest.fixture
def desk(client_of, secretariat):
    return client_of(secretariat)


@pytest.fixture
def sheets(cycle, action, office):
    """Every state in two organizations, with every gap somewhere."""
    general = OrganizationFactory(name="総務課", slug="general")
    made = []
    for place, state in enumerate(EntryState):
        for organization in (office, general)[: 1 + place % 2]:
            row = EntryFactory(
                cycle=cycle, organization=organization, state=state, action=ActionFactory(measure=action.measure)
            )
            made.append(fill(row, "C") if place % 3 else row)
    Indicator.objects.create(
        measure=action.measure, organization=office, code="1", name="参加者", unit="人", kind="output", trend="up"
    )
    return made


def numbers(page) -> list[tuple[str, int]]:
    return [(unescape(address), int(number)) for address, number in NUMBER.findall(page.text)]


@pytest.mark.parametrize("days", [-1, 1])
def test_every_number_of_the_matrix_opens_exactly_those_sheets(desk, sheets, cycle, days):
    cycle.due_on = max(timezone.localdate() + datetime.timedelta(days=days), cycle.opens_on)
    cycle.save()
    links = numbers(desk.get(YEAR))
    assert len(links) >= 20
    assert {address: len(desk.get(address).context["rows"]) for address, _ in links} == dict(links)
    overdue = [address for address, _ in links if "overdue" in address]
    assert len(overdue) == (3 if days < 0 else 0)


def test_nothing_is_overdue_before_departments_may_write(desk, sheets, cycle):
    cycle.state, cycle.due_on = CycleState.PREPARING, cycle.opens_on
    cycle.save()
    page = desk.get(YEAR)
    assert (page.context["overdue"], "このまま進めても、担当課は入力できません。" in page.text) == (0, True)


def test_every_number_of_the_gaps_opens_exactly_those_sheets(desk, sheets, cycle):
    page = desk.get(f"{YEAR}gaps/")
    links = numbers(page)
    assert {address: len(desk.get(address).context["rows"]) for address, _ in links} == dict(links)
    assert {gap for address, _ in links for gap in re.findall(r"gap=(\w+)", address)} == {
        "rating", "direction", "reason", "owner", "indicator",
    }  # fmt: skip


def test_what_has_no_owner_is_counted_apart(desk, entry, action):
    assert "担当課の決まっていない取組はありません。" in desk.get(f"{YEAR}gaps/").text
    ResponsibilityFactory(action=action, organization=None)
    assert '<a href="/staff/responsibilities/">1件</a>' in desk.get(f"{YEAR}gaps/").text


def test_an_empty_year_has_no_gaps(desk, cycle):
    assert "個票は、まだありません" in desk.get(f"{YEAR}gaps/").text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("state=unsent", ["empty", "draft", "returned", "draft"]),
        ("state=unanswered", ["empty"]),
        ("gap=direction", None),
    ],
)
def test_the_list_finds_what_is_asked_for(desk, cycle, sheets, asked, found):
    silent = next(sheet for sheet in sheets if sheet.state == "empty")
    silent.closed_unanswered = True
    silent.save()
    rows = desk.get(f"/staff/entries/?{asked}").context["rows"]
    expected = found or [sheet.state for sheet in sheets if sheet.direction is None]
    assert sorted(row.state for row in rows) == sorted(expected)


# ---- whom to remind -----------------------------------------------------------
def test_the_page_shows_the_letter_to_the_one_asked_for(desk, sheets, writer):
    page = desk.get(YEAR)
    assert [(chase.organization.name, len(chase.entries)) for chase in page.context["chases"]] == [
        ("福祉課", 3),
        ("総務課", 1),
    ]
    assert page.context["letter"].startswith("福祉課　ご担当者 様")
    assert desk.get(f"{YEAR}?letter=general").context["letter"].startswith("事務局　各位\n\n総務課の")


def test_when_nothing_is_out_nobody_is_shown(desk, cycle):
    assert desk.get(YEAR).context["chases"] == []


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("address", "queries"), [("", 15), ("gaps/", 9), ("?format=csv", 7)])
def test_the_pages_ask_the_same_few_questions(
    desk, cycle, action, office, address, queries, rows, django_assert_num_queries
):
    for organization in [office, *(OrganizationFactory() for _ in range(rows - 1))]:
        EntryFactory(cycle=cycle, organization=organization, action=ActionFactory(measure=action.measure))
    with django_assert_num_queries(queries):
        assert desk.get(f"{YEAR}{address}").status_code == 200


# ---- the file -----------------------------------------------------------------
def test_the_matrix_as_a_file(desk, entry):
    answer = desk.get(f"{YEAR}?format=csv")
    assert answer.content.decode("utf-8-sig").split("\r\n") == [
        "年度,課・団体,未入力,入力中,差戻し,提出済,課長確認済,事務局確認済,確定,締切超過,計",
        "2025,福祉課,1,0,0,0,0,0,0,0,1",
        "",
    ]


# ---- dates --------------------------------------------------------------------
def dates(**changes) -> dict:
    return {
        "opens_on": "2026-05-15",
        "due_on": "2026-07-31",
        "grace_days": "5",
        "instructions": "急ぎません。",
        **changes,
    }


def test_the_deadline_is_put_off(desk, cycle):
    page = desk.get(f"{YEAR}edit/")
    assert 'value="2026-05-15"' in page.text
    sent = desk.post(f"{YEAR}edit/", dates(), follow=True)
    assert sent.redirect_chain == [(YEAR, 302)]
    cycle.refresh_from_db()
    assert (cycle.due_on, cycle.grace_days, cycle.instructions) == (datetime.date(2026, 7, 31), 5, "急ぎません。")


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"due_on": "2026-05-01"}, "due_on", "締切日は、入力の開始日より後の日にしてください。"),
        ({"due_on": ""}, "due_on", "入力してください。"),
        ({"opens_on": "1999-05-01"}, "opens_on", "年を確かめてください（2025年度の評価です）。"),
    ],
)
def test_dates_that_cannot_be(desk, cycle, changes, field, sentence):
    page = desk.post(f"{YEAR}edit/", dates(**changes))
    assert (page.status_code, page.context["form"].errors) == (422, {field: [sentence]})
    cycle.refresh_from_db()
    assert cycle.grace_days == 0


def test_a_year_that_is_over_keeps_its_dates(desk, cycle):
    cycle.state = CycleState.CLOSED
    cycle.save()
    assert "締切を延ばす" not in desk.get(YEAR).text
    page = desk.post(f"{YEAR}edit/", dates())
    assert (page.status_code, page.context["form"].non_field_errors()) == (
        422,
        ["令和7年度の評価は「締め」の段階です。日程は変えられません。"],
    )


# ---- rows left out ------------------------------------------------------------
def test_a_row_left_out_is_taken_in_again(desk, cycle, action, secretariat):
    omission = Omission.objects.create(cycle=cycle, action=action, reason="隔年", by=secretariat)
    assert "今年度は評価しない取組が1件" in desk.get(YEAR).text
    page = desk.get(f"{YEAR}omissions/")
    assert list(page.context["rows"]) == [omission]
    sent = desk.post(f"{YEAR}omissions/{omission.pk}/end/", follow=True)
    assert f"「{action.title}」を評価に加え、個票を1件作りました。" in sent.text
    assert ("評価しない取組はありません" in sent.text, cycle.entries.count()) == (True, 1)


def test_while_the_year_is_prepared_more_can_be_left_out(desk, cycle, entry, action, client_of, auditor):
    page = f"{YEAR}omissions/"
    assert desk.post(page, {"omitted": [action.pk], "reason": "隔年"}).context["form"].non_field_errors() == [
        "令和7年度の評価は「入力受付」の段階です。評価しない取組は、「準備」の段階で決めてください。"
    ]
    cycle.state = CycleState.PREPARING
    cycle.save()
    assert "今年度は評価しない取組を選ぶ" in desk.get(YEAR).text
    refused = desk.post(page, {"omitted": [action.pk], "reason": ""})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["reason"])
    assert client_of(auditor).post(page, {"omitted": [action.pk], "reason": "隔年"}).status_code == 422
    sent = desk.post(page, {"omitted": [action.pk], "reason": "隔年"}, follow=True)
    assert [row.reason for row in sent.context["rows"]] == ["隔年"]
    assert (cycle.entries.count(), f'value="{action.pk}"' in sent.text) == (0, False)


def test_out_of_season_no_row_is_taken_in(desk, cycle, action, secretariat, client_of, auditor):
    omission = Omission.objects.create(cycle=cycle, action=action, reason="隔年", by=secretariat)
    assert client_of(auditor).get(f"{YEAR}omissions/").context["may_take_in"] is False
    cycle.state = CycleState.FIXED
    cycle.save()
    assert desk.get(f"{YEAR}omissions/").context["may_take_in"] is False
    sent = desk.post(f"{YEAR}omissions/{omission.pk}/end/", follow=True)
    assert "いまは、取組を加えられません。" in sent.text
    other = CycleFactory(plan=cycle.plan, scale=cycle.scale, year=2024, state=CycleState.CLOSED)
    assert desk.post(f"/staff/cycles/{other.year}/omissions/{omission.pk}/end/").status_code == 404


@pytest.mark.parametrize("address", ["edit/", "omissions/1/end/"])
def test_only_the_secretariat_changes_a_year(client_of, writer, auditor, cycle, address):
    for person in (writer, auditor):
        assert client_of(person).post(f"{YEAR}{address}").status_code == 403


@pytest.mark.parametrize("address", ["", "gaps/", "reminders/", "inquiries/", "omissions/", "?format=csv"])
def test_departments_do_not_see_the_whole_year(client_of, writer, approver, committee, auditor, cycle, address):
    for person in (writer, approver, committee):
        assert client_of(person).get(f"{YEAR}{address}").status_code == 403
    assert client_of(auditor).get(f"{YEAR}{address}").status_code == 200
