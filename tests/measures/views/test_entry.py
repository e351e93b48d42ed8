"""One sheet: written, saved in passing, met by a colleague, refused."""

import datetime
import json
import logging
import re

import pytest
from django.conf import settings
from django.utils import timezone

from measures import actions
from measures.forms import STALE
from measures.models import Entry
from measures.workflow import CycleState, EntryState
from tests.factories import ActionFactory, CycleFactory, EntryFactory, ScaleFactory, fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def last_year(entry):
    """Last year's answer of the same office, confirmed."""
    cycle = CycleFactory(plan=entry.cycle.plan, year=2024, scale=entry.cycle.scale, state=CycleState.CLOSED)
    before = EntryFactory(cycle=cycle, action=entry.action, organization=entry.organization)
    return fill(before, result="会議を3回開いた。", state=EntryState.FIXED, submitted_at="2025-06-01T10:00+09:00")


def typed(entry: Entry, **changes) -> dict:
    """What the browser sends: every text field, the choices made, the version that was read."""
    values = {
        name: getattr(entry, name)
        for name in ("planned", "result", "reason", "issues", "improvement", "next_plan", "memo")
    }
    values |= {name: getattr(entry, f"{name}_id") or "" for name in ("rating", "direction")}
    return {**values, "budget": "", "settlement": "", "version": entry.version, **changes}


def another(entry: Entry) -> Entry:
    """One more sheet of the same office."""
    return EntryFactory(
        cycle=entry.cycle, organization=entry.organization, action=ActionFactory(measure=entry.action.measure)
    )


def standing(entry: Entry) -> tuple:
    entry.refresh_from_db()
    return entry.state, entry.version, entry.result


# ---- saved in passing -------------------------------------------------------------


def autosave(client, entry, **changes):
    return client.post(f"/staff/entries/{entry.pk}/autosave/", typed(entry, **changes))


def test_autosave_says_what_stands_now(client_of, writer, entry, monkeypatch):
    browser = client_of(writer)
    monkeypatch.setattr(timezone, "now", lambda: datetime.datetime.fromisoformat("2026-05-20T14:05+09:00"))
    answer = autosave(browser, entry, result="会議を\x00開いた。")
    assert answer.json() == {
        "version": 1,
        "at": "14:05",
        "state": '<span class="state state--draft"><svg class="i" aria-hidden="true">'
        f'<use href="/{settings.STATIC_URL.strip("/")}/icons.svg#i-pen"/></svg>入力中</span>',
        "errors": {},
    }
    assert standing(entry) == ("draft", 1, "会議を開いた。")


def test_autosave_of_an_untouched_form_writes_nothing(client_of, writer, entry):
    answer = autosave(client_of(writer), entry)
    assert (answer.status_code, answer.json()["version"], answer.json()["at"]) == (200, 0, "")
    assert (standing(entry), entry.history.count()) == (("empty", 0, ""), 1)


def test_one_unreadable_amount_does_not_hold_up_the_rest(client_of, writer, entry):
    answer = autosave(client_of(writer), entry, result="書いた。", budget="たくさん")
    assert answer.json()["errors"] == {"budget": "数字だけを入力してください（小数や「約」などの文字は使えません）。"}
    assert standing(entry) == ("draft", 1, "書いた。")


def test_autosave_after_a_colleague_writes_nothing(client_of, writer, approver, entry):
    actions.save_entry(entry=entry, by=approver, version=0, values={"result": "相手の文"})
    answer = client_of(writer).post(f"/staff/entries/{entry.pk}/autosave/", typed(entry, result="自分の文"))
    assert (answer.status_code, answer.json()) == (
        409,
        {"conflict": "別の画面か、ほかの人が、先にこの個票を保存しました。"},
    )
    assert standing(entry) == ("draft", 1, "相手の文")


def test_autosave_leaves_a_submitted_sheet_alone(client_of, writer, entry):
    fill(entry, state=EntryState.APPROVED)
    answer = autosave(client_of(writer), entry, result="直した。")
    assert (answer.status_code, answer.json()) == (
        409,
        {"refused": "提出した個票は、自動では保存しません。「保存する」を押して保存してください。"},
    )
    assert standing(entry) == ("approved", 0, "会議を2回開いた。")


@pytest.mark.parametrize("version", ["", "まえの版"])
def test_autosave_needs_the_version_that_was_read(client_of, writer, entry, version):
    answer = autosave(client_of(writer), entry, result="一", version=version)
    assert (answer.status_code, answer.json()) == (
        422,
        {"refused": STALE},
    )


def test_autosave_of_a_signed_out_browser_goes_to_the_sign_in(client, entry):
    answer = client.post(f"/staff/entries/{entry.pk}/autosave/", typed(entry, result="一"))
    assert (answer.status_code, answer["Location"]) == (
        302,
        f"/accounts/login/?next=/staff/entries/{entry.pk}/autosave/",
    )
    assert standing(entry) == ("empty", 0, "")


# ---- last year ---------------------------------------------------------------------


def test_each_answer_of_last_year_can_be_taken_over(client_of, writer, entry, last_year):
    page = client_of(writer).get(f"/staff/entries/{entry.pk}/")
    offered = {name: row.same for name, row in page.context["rows"].items() if row.same}
    assert offered == {
        "result": "会議を3回開いた。",
        "rating": str(last_year.rating_id),
        "direction": str(last_year.direction_id),
        "next_plan": "続ける。",
    }


def test_a_letter_is_taken_over_by_its_code_where_the_scale_is_new(client_of, writer, entry, last_year):
    last_year.cycle.scale = ScaleFactory(plan=entry.cycle.plan, name="前の基準")
    last_year.cycle.save()
    fill(last_year, grade="C")
    page = client_of(writer).get(f"/staff/entries/{entry.pk}/")
    assert page.context["rows"]["rating"].same == str(entry.cycle.scale.grades.get(code="C").pk)


def test_what_must_be_written_is_told_for_every_choice(client_of, writer, entry, last_year):
    page = client_of(writer).get(f"/staff/entries/{entry.pk}/")
    grades = {grade.code: str(grade.pk) for grade in entry.cycle.scale.grades.all()}
    directions = {one.code: str(one.pk) for one in entry.cycle.scale.directions.all()}
    words = {name: json.loads(row.words) for name, row in page.context["rows"].items() if row.words}
    assert words == {
        "reason": {
            "rating": {
                "": "",
                grades["A"]: "",
                grades["B"]: "",
                grades["C"]: "C を選んだため必須",
                grades["D"]: "D を選んだため必須",
                grades["F"]: "",
            }
        },
        "improvement": {
            "direction": {
                "": "",
                directions["continue"]: "",
                directions["review"]: "「見直し」を選んだため必須",
                directions["complete"]: "",
            }
        },
        "next_plan": {
            "direction": {
                "": "必須",
                directions["continue"]: "必須",
                directions["review"]: "必須",
                directions["complete"]: "",
            }
        },
    }


def test_unchanged_is_read_first_and_submitted_in_one_step(client_of, writer, entry, last_year):
    browser = client_of(writer)
    page = browser.get(f"/staff/entries/{entry.pk}/unchanged/?back=home")
    assert "会議を3回開いた。" in page.text
    sent = browser.post(f"/staff/entries/{entry.pk}/unchanged/", {"version": 0, "back": "home"}, follow=True)
    assert sent.redirect_chain == [("/staff/", 302)]
    entry.refresh_from_db()
    assert (entry.state, entry.result, entry.unchanged_by) == ("submitted", "会議を3回開いた。", writer)


@pytest.mark.parametrize(("back", "address"), [("list", "/staff/entries/"), ("https://example.jp/", "/staff/")])
def test_unchanged_goes_back_to_where_it_was_opened(client_of, writer, entry, last_year, back, address):
    sent = client_of(writer).post(f"/staff/entries/{entry.pk}/unchanged/", {"version": 0, "back": back})
    assert sent["Location"] == address


def test_the_list_offers_it_for_ones_own_untouched_sheets(client_of, writer, secretariat, entry, last_year):
    new, begun = another(entry), another(entry)
    actions.save_entry(entry=begun, by=writer, version=0, values={"result": "書きかけ"})
    offered = {
        user.login_id: re.findall(r"/staff/entries/(\d+)/unchanged/", client_of(user).get("/staff/entries/").text)
        for user in (writer, secretariat)
    }
    assert offered == {"writer": [str(entry.pk)], "secretariat": []}
    assert new.previous is None


def test_unchanged_is_refused_without_a_last_year(client_of, writer, entry):
    page = client_of(writer).get(f"/staff/entries/{entry.pk}/unchanged/")
    assert page.context["refusal"] == "前年度の回答がないため、「前年度から変更なし」は使えません。"
    assert "変更なしとして提出する" not in page.text


def test_unchanged_does_not_offer_to_lose_what_was_written(client_of, writer, entry, last_year):
    actions.save_entry(entry=entry, by=writer, version=0, values={"result": "今年の文"})
    page = client_of(writer).get(f"/staff/entries/{entry.pk}/unchanged/")
    assert "入力した内容があります" in page.text
    assert "変更なしとして提出する" not in page.text


# ---- a colleague in between ----------------------------------------------------------


def test_both_versions_stand_side_by_side_and_nothing_is_lost(client_of, writer, approver, entry):
    browser = client_of(writer)
    fill(entry, state=EntryState.DRAFT, issues="はじめの課題")
    actions.save_entry(entry=entry, by=approver, version=0, values={"result": "相手の実績", "issues": "相手の課題"})
    mine = typed(entry, result="自分の実績", reason="自分の理由", save="")
    page = browser.post(f"/staff/entries/{entry.pk}/", mine)
    assert page.status_code == 409
    rows = page.context["rows"]
    clashing = {name: (row.theirs, row.mine, row.offered) for name, row in rows.items() if row.theirs is not None}
    assert clashing == {"result": ("相手の実績", "自分の実績", "相手の実績")}
    form = page.context["form"]
    assert [form[name].value() for name in ("version", "result", "reason", "issues")] == [
        "1", "自分の実績", "自分の理由", "相手の課題",
    ]  # fmt: skip
    # Nothing is saved in passing before somebody has chosen.
    assert "data-autosave" not in page.text
    kept = typed(entry, version=1, result="自分の実績", reason="自分の理由", issues="相手の課題", save="")
    browser.post(f"/staff/entries/{entry.pk}/", kept)
    entry.refresh_from_db()
    assert (entry.version, entry.result, entry.reason, entry.issues) == (2, "自分の実績", "自分の理由", "相手の課題")


def test_what_was_typed_stays_on_the_page_when_the_year_closed_meanwhile(client_of, writer, entry):
    entry.cycle.state = CycleState.LIAISON
    entry.cycle.save()
    page = client_of(writer).post(f"/staff/entries/{entry.pk}/", typed(entry, result="遅れた実績", save=""))
    assert page.status_code == 409
    assert page.context["unsaved"] == [("取組実績", "遅れた実績")]
    assert standing(entry) == ("empty", 0, "")


def test_submitting_goes_on_to_the_next_sheet(client_of, writer, entry):
    following = another(entry)
    fill(entry, state=EntryState.DRAFT)
    sent = client_of(writer).post(f"/staff/entries/{entry.pk}/", typed(entry, submit=""))
    assert (sent.status_code, sent["Location"]) == (302, f"/staff/entries/{following.pk}/")
    assert standing(entry)[0] == "submitted"


# ---- bad input -----------------------------------------------------------------------


@pytest.fixture
def log(caplog):
    caplog.set_level(logging.WARNING, logger="mine_welfare.refusals")
    return lambda: [record.getMessage() for record in caplog.records if record.name == "mine_welfare.refusals"]


def line(user, verb, address, status, sentence) -> list[str]:
    return [f"refused user={user} verb={verb} address={address} status={status} {sentence}"]


def test_another_departments_sheet_is_not_known(client_of, other_writer, entry, log):
    for action, verb in (
        ("", "entry"),
        ("autosave/", "entry-autosave"),
        ("unchanged/", "entry-unchanged"),
        ("submit/", "submit"),
    ):
        address = f"/staff/entries/{entry.pk}/{action}"
        log_before = log()
        answer = client_of(other_writer).post(address, typed(entry, result="よその文"))
        assert answer.status_code == 404
        assert log()[len(log_before) :] == line("other_writer", verb, address, 404, "No Entry matches the given query.")
    assert standing(entry) == ("empty", 0, "")


def test_a_forged_number_is_not_known(client_of, writer, entry, log):
    address = f"/staff/entries/{entry.pk + 999}/"
    assert client_of(writer).post(address, typed(entry)).status_code == 404
    assert log() == line("writer", "entry", address, 404, "No Entry matches the given query.")


def test_a_closed_year_takes_nothing(client_of, secretariat, entry, log):
    entry.cycle.state = CycleState.CLOSED
    entry.cycle.save()
    address = f"/staff/entries/{entry.pk}/"
    answer = client_of(secretariat).post(address, typed(entry, result="あとから"))
    sentence = "令和7年度の評価は「締め」の段階です。いまは、保存はできません。"
    assert (answer.status_code, answer.context["not_saved"]) == (409, sentence)
    assert log() == line("secretariat", "entry", address, 409, sentence)
    assert standing(entry) == ("empty", 0, "")


@pytest.mark.parametrize(
    ("verb", "sent", "sentence"),
    [
        ("return", {"version": 0, "comment": " \x00 "}, "差戻しには理由が必要です。"),
        ("return", {"comment": "直してください。"}, STALE),
        ("return", {"version": 0, "comment": "あ" * 10_001}, "10000字までにしてください（いま10001字です）。"),
        ("accept", {"version": 0}, "事務局確認ができるのは事務局です。"),
        ("fix", {"version": 0}, "「提出済」の個票には、確定はできません。"),
        ("withdraw", {"version": 0}, "取下げができるのは担当者です。"),
    ],
)  # fmt: skip
def test_a_move_that_may_not_be_is_told_and_logged(client_of, approver, entry, log, verb, sent, sentence):
    fill(entry, state=EntryState.SUBMITTED)
    address = f"/staff/entries/{entry.pk}/{verb}/"
    page = client_of(approver).post(address, sent, follow=True)
    (told,) = page.context["messages"]
    assert sentence in told.message
    assert log() == line("approver", verb, address, 302, told.message)
    assert standing(entry)[:2] == ("submitted", 0)


def test_an_unknown_verb_is_not_known(client_of, writer, entry):
    assert [
        client_of(writer).post(f"/staff/entries/{entry.pk}/{verb}/", {"version": 0}).status_code
        for verb in ("destroy", "save")
    ] == [404, 404]


@pytest.mark.parametrize("name", ["rating", "direction"])
@pytest.mark.parametrize("value", ["99999", "Ａ", "1; DROP TABLE"])
def test_an_unknown_code_is_refused(client_of, writer, entry, log, name, value):
    address = f"/staff/entries/{entry.pk}/"
    answer = client_of(writer).post(address, typed(entry, **{name: value}))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [name])
    assert log() == line("writer", "entry", address, 422, "Unprocessable Entity")
    assert standing(entry) == ("empty", 0, "")


def test_ten_megabytes_are_refused(client_of, writer, entry, log):
    address = f"/staff/entries/{entry.pk}/"
    answer = client_of(writer).post(address, typed(entry, result="あ" * 3_500_000))
    assert answer.status_code == 400
    assert "受け取れない内容でした" in answer.text
    assert log() == line("writer", "entry", address, 400, "Request body exceeded settings.DATA_UPLOAD_MAX_MEMORY_SIZE.")
    assert standing(entry) == ("empty", 0, "")


def test_a_long_text_is_refused_with_a_sentence(client_of, writer, entry):
    answer = client_of(writer).post(f"/staff/entries/{entry.pk}/", typed(entry, result="あ" * 10_001))
    (sentence,) = answer.context["form"].errors["result"]
    assert (answer.status_code, "10000" in sentence.replace(",", "")) == (422, True)
    assert standing(entry) == ("empty", 0, "")


def test_a_form_of_another_site_is_refused_and_logged(client_of, writer, entry, log):
    browser = client_of(writer)
    browser.handler.enforce_csrf_checks = True
    address = f"/staff/entries/{entry.pk}/"
    assert browser.post(address, typed(entry, result="よそから")).status_code == 403
    assert log() == line("writer", "entry", address, 403, "Forbidden")
    assert standing(entry) == ("empty", 0, "")


def test_what_is_granted_is_not_in_the_log(client_of, writer, entry, log):
    client_of(writer).post(f"/staff/entries/{entry.pk}/", typed(entry, result="書いた。", save=""))
    assert (standing(entry)[0], log()) == ("draft", [])


# ---- as many queries for three as for one --------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_the_form(client_of, writer, entry, last_year, django_assert_num_queries, rows):
    for _ in range(rows - 1):
        another(entry)
    browser = client_of(writer)
    browser.get(f"/staff/entries/{entry.pk}/")
    with django_assert_num_queries(12):
        browser.get(f"/staff/entries/{entry.pk}/")


def test_an_autosave_takes_few_queries(client_of, writer, entry, django_assert_max_num_queries):
    browser = client_of(writer)
    with django_assert_max_num_queries(15):
        autosave(browser, entry, result="会議を開いた。")
    with django_assert_max_num_queries(15):
        browser.post(f"/staff/entries/{entry.pk}/autosave/", typed(entry, result="会議を2回開いた。", version=1))
    assert standing(entry) == ("draft", 2, "会議を2回開いた。")
