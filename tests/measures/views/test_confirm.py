"""課長確認: many sheets read on one page, confirmed together or one by one, returned with a reason."""

import pytest

from measures import actions
from measures.workflow import CycleState, EntryState, Verb
from mine_welfare.accounts.roles import Role
from tests.factories import ActionFactory, CycleFactory, EntryFactory, MembershipFactory, OrganizationFactory, fill

pytestmark = pytest.mark.django_db
PAGE = "/staff/confirm/"


@pytest.fixture
def sheets(cycle, action, office):
    """Three that wait; the last was declared unchanged."""
    past = CycleFactory(plan=cycle.plan, scale=cycle.scale, year=2024, state=CycleState.CLOSED)
    made = []
    for words in ("会議を3回開いた。", "会議を4回開いた。", "会議を2回開いた。"):
        row = ActionFactory(measure=action.measure)
        fill(EntryFactory(cycle=past, action=row, organization=office))
        made.append(fill(EntryFactory(cycle=cycle, action=row, organization=office), result=words, state="submitted"))
    return made


@pytest.fixture
def unchanged(sheets, writer):
    last = sheets[-1]
    last.unchanged_on, last.unchanged_by = "2026-06-10", writer
    last.save()
    return last


@pytest.fixture
def desk(client_of, approver):
    return client_of(approver)


def shown(page) -> dict:
    """What the page would send: who was on it, at which version."""
    readings = [*page.context["changed"], *page.context["unchanged"]]
    entries = [reading.entry for reading in readings]
    return {
        "shown": [entry.pk for entry in entries],
        "unchanged": [reading.entry.pk for reading in readings if reading.is_unchanged],
        **{f"version-{entry.pk}": entry.version for entry in entries},
    }


def states(sheets) -> list[str]:
    for sheet in sheets:
        sheet.refresh_from_db()
    return [sheet.state for sheet in sheets]


def test_the_texts_are_readable_and_changes_are_marked(desk, sheets, unchanged):
    page = desk.get(PAGE)
    assert [reading.entry for reading in page.context["changed"]] == sheets[:2]
    assert [reading.entry for reading in page.context["unchanged"]] == [unchanged]
    assert "会議を<ins>3</ins>回開いた。" in page.text
    assert "会議を<del>2</del>回開いた。" in page.text
    assert page.text.count("前年度から変更なし（担当 者）") == 1


def test_all_at_once(desk, sheets):
    sent = desk.post(PAGE, {"do": "all", **shown(desk.get(PAGE))}, follow=True)
    assert sent.redirect_chain == [(PAGE, 302)]
    assert "3件を課長として確認しました。" in sent.text
    assert "課の個票は、すべて確認が済んでいます。" in sent.text
    assert states(sheets) == ["approved"] * 3


def test_some(desk, sheets):
    desk.post(PAGE, {"do": "picked", "row": [sheets[0].pk, sheets[2].pk], **shown(desk.get(PAGE))})
    assert states(sheets) == ["approved", "submitted", "approved"]


def test_those_declared_unchanged(desk, sheets, unchanged):
    desk.post(PAGE, {"do": "unchanged", **shown(desk.get(PAGE))})
    assert states(sheets) == ["submitted", "submitted", "approved"]


def test_one_with_a_comment_and_one_back_with_a_reason(desk, sheets):
    first, second, _ = sheets
    desk.post(PAGE, {"do": f"approve-{first.pk}", f"comment-{first.pk}": "よくできました。", **shown(desk.get(PAGE))})
    desk.post(PAGE, {"do": f"return-{second.pk}", f"comment-{second.pk}": "数を直す。", **shown(desk.get(PAGE))})
    assert states(sheets) == ["approved", "returned", "submitted"]
    assert [sheet.transitions.get().comment for sheet in (first, second)] == ["よくできました。", "数を直す。"]


def test_a_return_without_reason_says_so_at_the_sheet(desk, sheets):
    first, second, _ = sheets
    typed = {f"comment-{second.pk}": "ここまで書いた。", **shown(desk.get(PAGE))}
    page = desk.post(PAGE, {"do": f"return-{first.pk}", **typed})
    assert page.status_code == 409
    said = {reading.entry.pk: (reading.refusal, reading.comment) for reading in page.context["changed"]}
    assert said[first.pk] == ("差戻しには理由が必要です。", "")
    assert said[second.pk] == ("", "ここまで書いた。")
    assert states(sheets) == ["submitted"] * 3


def test_nothing_ticked_is_told(desk, sheets):
    page = desk.post(PAGE, {"do": "picked", **shown(desk.get(PAGE))})
    assert (page.status_code, "個票を1件以上選んでください。" in page.text) == (422, True)


def test_sent_twice_it_is_done_once(desk, sheets):
    what = {"do": "all", **shown(desk.get(PAGE))}
    desk.post(PAGE, what)
    page = desk.post(PAGE, what)
    assert page.status_code == 409
    assert [outcome.refusal for outcome in page.context["gone"]] == [
        "「課長確認済」の個票には、課長確認はできません。"
    ] * 3
    assert [sheet.transitions.count() for sheet in sheets] == [1, 1, 1]


def test_what_changed_since_it_was_read_is_not_confirmed(desk, sheets, writer):
    what = {"do": "all", **shown(desk.get(PAGE))}
    actions.save_entry(entry=sheets[0], by=writer, version=0, values={"issues": "人手"})
    page = desk.post(PAGE, what)
    assert (page.status_code, states(sheets)) == (409, ["submitted", "approved", "approved"])
    assert "2件を課長として確認しました。" in page.text
    (left,) = page.context["changed"]
    assert left.refusal == "開いている間に、ほかの人が内容を変えました。いまの内容を確かめてください。"


@pytest.mark.parametrize("forged", ["999999999", "x", "9" * 30, ""])
def test_forged_ids(desk, sheets, forged):
    page = desk.post(PAGE, {"do": f"approve-{forged}", f"version-{forged}": "0"})
    assert page.status_code in (409, 422)
    assert states(sheets) == ["submitted"] * 3


def test_another_departments_sheet_is_refused_and_nothing_is_said_of_it(desk, cycle, action, caplog):
    stranger = fill(
        EntryFactory(cycle=cycle, organization=OrganizationFactory(), action=ActionFactory(measure=action.measure)),
        state=EntryState.SUBMITTED,
    )
    page = desk.post(PAGE, {"do": "all", "shown": stranger.pk, f"version-{stranger.pk}": 0})
    assert (states([stranger]), stranger.action.title in page.text) == (["submitted"], False)
    assert "この個票は見つかりません。" in page.text
    assert f"sheet {stranger.pk} refused to approver" in caplog.text


def test_departments_without_approval_have_nothing_here(desk, sheets, office):
    office.skips_approval = True
    office.save()
    page = desk.get(PAGE)
    assert (page.context["total"], page.context["skipped"]) == (0, [office])
    assert "福祉課は「課長確認なし」の設定です。" in page.text


def test_out_of_season_it_can_be_read_only(desk, sheets, cycle):
    cycle.state = CycleState.LIAISON
    cycle.save()
    page = desk.get(PAGE)
    assert "いまは確認できません" in page.text
    assert "<button" not in page.text.split('<main id="main"')[1]


def test_what_is_not_submitted_is_counted(desk, entry):
    page = desk.get(PAGE)
    assert "提出されていない個票が 1件あります。" in page.text


def test_before_the_first_year(client_of, approver):
    page = client_of(approver).get(PAGE)
    assert (page.status_code, '<form method="post">' in page.text) == (200, False)


def test_it_is_the_課長s_page(client_of, writer, secretariat, committee):
    for person in (writer, secretariat, committee):
        assert client_of(person).get(PAGE).status_code == 403
        assert client_of(person).post(PAGE, {"do": "all"}).status_code == 403


def test_who_is_課長_of_two_departments_sees_both(desk, sheets, approver, cycle, action):
    second = OrganizationFactory(name="総務課")
    MembershipFactory(user=approver, role=Role.APPROVER, organization=second)
    fill(
        EntryFactory(cycle=cycle, organization=second, action=ActionFactory(measure=action.measure)), state="submitted"
    )
    page = desk.get(PAGE)
    assert (page.context["total"], "福祉課・総務課" in page.text) == (4, True)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_same_few_questions(desk, sheets, approver, rows, django_assert_num_queries):
    for sheet in sheets[rows:]:
        actions.transition(entry=sheet, verb=Verb.APPROVE, by=approver)
    with django_assert_num_queries(8):
        assert desk.get(PAGE).context["total"] == rows
