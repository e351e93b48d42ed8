"""A department at work in real Chromium: how few clicks it takes, and that nothing typed is ever lost."""

import re
import time

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from measures import actions
from measures.models import Entry
from measures.workflow import CycleState, EntryState
from tests.factories import PASSWORD, ActionFactory, CycleFactory, EntryFactory, fill

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = (1366, 768, 360)
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Presses of the mouse and of keys, counted where they arrive.
COUNTER = """addEventListener("pointerdown", () => counted("clicks"), true);
addEventListener("keydown", () => counted("keys"), true);"""


@pytest.fixture
def sheets(entry) -> list[Entry]:
    """Twelve sheets of one department, each answered last year."""
    before = CycleFactory(plan=entry.cycle.plan, year=2024, scale=entry.cycle.scale, state=CycleState.CLOSED)
    actions_ = [entry.action, *ActionFactory.create_batch(11, measure=entry.action.measure)]
    for action in actions_:
        old = EntryFactory(cycle=before, action=action, organization=entry.organization)
        fill(old, result="会議を3回開いた。", state=EntryState.FIXED, submitted_at=timezone.now())
        if action != entry.action:
            EntryFactory(cycle=entry.cycle, action=action, organization=entry.organization)
    return list(entry.cycle.entries.in_order())


@pytest.fixture
def enter(live_server, client_of):
    """`enter(context, writer)`: that person's browser, already signed in."""

    def sign_in(context, user) -> None:
        cookie = client_of(user).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])

    return sign_in


@pytest.fixture
def desk(page, enter, writer, entry):
    """The writer's browser on the sheet."""
    enter(page.context, writer)
    page.goto(f"/staff/entries/{entry.pk}/")
    return page


@pytest.fixture
def counted(context) -> dict[str, int]:
    """{"clicks": …, "keys": …} of everything done in this browser."""
    counts = {"clicks": 0, "keys": 0}

    def count(source, what):
        counts[what] += 1

    context.expose_binding("counted", count)
    context.add_init_script(COUNTER)
    return counts


def sign_in(page, user) -> None:
    """As a browser that remembers ID and password does: one click."""
    page.goto("/accounts/login/")
    page.fill("#id_username", user.login_id)
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="サインイン", exact=True).click()


def result_of(entry: Entry) -> tuple[str, int, str]:
    entry.refresh_from_db()
    return entry.state, entry.version, entry.result


def saved(page):
    return expect(page.locator("[data-saved]"))


def until(entry: Entry, expected: tuple[str, int, str]) -> None:
    """Wait for a save whose answer no page is there to show."""
    limit = time.monotonic() + 10
    while result_of(entry) != expected and time.monotonic() < limit:
        time.sleep(0.05)
    assert result_of(entry) == expected


# ---- how few clicks ------------------------------------------------------------------


def test_an_unchanged_row_takes_three_clicks_and_no_typing(page, counted, writer, sheets):
    sign_in(page, writer)
    page.get_by_role("link", name="変更なし").first.click()
    page.get_by_role("button", name="変更なしとして提出する").click()
    page.get_by_text("前年度から変更なしとして提出しました").wait_for()
    assert result_of(sheets[0])[::2] == ("submitted", "会議を3回開いた。")
    assert counted == {"clicks": 3, "keys": 0}


def test_a_department_of_twelve_rows_with_three_changed_takes_twenty_clicks(page, counted, writer, sheets):
    changed = (2, 5, 11)
    new = "新しい会場でも1回開いた。"
    sign_in(page, writer)
    page.get_by_role("link", name="1件目を書き始める").click()
    for place, sheet in enumerate(sheets):
        page.wait_for_url(f"**/staff/entries/{sheet.pk}/")
        if place in changed:
            page.get_by_role("button", name="空いている項目に、前年度の内容をすべてコピー").click()
            page.locator("#id_result").click()
            page.keyboard.press("Control+End")
            page.keyboard.insert_text(new)
            page.locator(".rail").get_by_role("button", name="提出する", exact=True).click()
        else:
            page.get_by_role("button", name="変更なしとして提出する").click()
    page.get_by_role("heading", name="あなたの課の個票は、すべて提出済みです").wait_for()
    rows = list(sheets[0].cycle.entries.in_order())
    assert [row.state for row in rows] == ["submitted"] * 12
    assert [row.result for row in rows] == [
        f"会議を3回開いた。{new if place in changed else ''}" for place in range(12)
    ]
    assert [row.unchanged_on is None for row in rows] == [place in changed for place in range(12)]
    assert counted["clicks"] == 20


# ---- saved in passing ------------------------------------------------------------------


def test_what_is_typed_is_saved_by_itself_and_the_time_is_told(desk, entry):
    desk.locator("#id_result").press_sequentially("会議を2回")
    saved(desk).to_have_text(re.compile(r"^\d\d:\d\d に自動保存しました$"))
    assert result_of(entry) == ("draft", 1, "会議を2回")
    expect(desk.locator("[data-state]")).to_have_text("入力中")
    desk.locator("#id_result").press_sequentially("開いた。")
    desk.keyboard.press("Control+s")
    saved(desk).to_contain_text("自動保存しました")
    until(entry, ("draft", 2, "会議を2回開いた。"))
    assert desk.evaluate("() => Object.keys(localStorage)") == []


def test_an_untouched_form_sends_and_writes_nothing(sheets, desk, entry):
    asked = []
    desk.on("request", lambda request: asked.append(request.method))
    desk.locator("#id_result").click()
    desk.keyboard.press("Tab")
    desk.get_by_role("link", name="次の個票").click()
    desk.wait_for_url(f"**/staff/entries/{sheets[1].pk}/")
    assert set(asked) == {"GET"}
    assert (result_of(entry), entry.history.count()) == (("empty", 0, ""), 1)


@pytest.mark.parametrize("leave", ["a link", "the address", "closing"])
def test_leaving_saves_first(sheets, desk, entry, leave):
    desk.locator("#id_result").press_sequentially("書きかけ")
    if leave == "a link":
        desk.get_by_role("link", name="次の個票").click()
        desk.wait_for_url(f"**/staff/entries/{sheets[1].pk}/")
    elif leave == "the address":
        desk.goto("/staff/")
    else:
        desk.close(run_before_unload=True)
    until(entry, ("draft", 1, "書きかけ"))


def test_an_unreadable_amount_is_told_and_the_rest_is_saved(desk, entry):
    desk.fill("#id_budget", "約100")
    desk.locator("#id_result").press_sequentially("書いた。")
    saved(desk).to_contain_text("入力を確かめる項目を除く")
    expect(desk.locator("[data-live-error=budget]")).to_have_text(
        "数字だけを入力してください（小数や「約」などの文字は使えません）。"
    )
    assert result_of(entry) == ("draft", 1, "書いた。")
    desk.fill("#id_budget", "100")
    saved(desk).to_have_text(re.compile(r"^\d\d:\d\d に自動保存しました$"))
    entry.refresh_from_db()
    assert (entry.budget, entry.version) == (100, 2)


def test_submitting_while_a_save_is_under_way_is_no_conflict_with_oneself(desk, entry):
    fill(entry, state=EntryState.DRAFT)
    desk.reload()
    desk.route("**/autosave/", lambda route: (time.sleep(0.6), route.continue_()))
    desk.locator("#id_issues").press_sequentially("場所が足りない。")
    desk.wait_for_timeout(1200)
    desk.locator(".entry-foot").get_by_role("button", name="提出する").click()
    desk.get_by_text("を提出しました").wait_for()
    entry.refresh_from_db()
    assert (entry.state, entry.issues) == ("submitted", "場所が足りない。")


def test_without_a_script_the_button_saves(browser, live_server, enter, writer, entry):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    enter(context, writer)
    page = context.new_page()
    page.goto(f"/staff/entries/{entry.pk}/")
    helpers = page.locator("[data-fill], [data-fill-all], [data-keys], [data-trouble], [data-draft]")
    assert [helper.is_visible() for helper in helpers.all()] == [False] * helpers.count()
    page.fill("#id_result", "書いた。")
    page.get_by_role("button", name="保存する", exact=True).click()
    page.get_by_text("」を保存しました。").wait_for()
    context.close()
    assert result_of(entry) == ("draft", 1, "書いた。")


# ---- the form follows --------------------------------------------------------------------


def test_what_must_be_written_follows_the_choice(desk, entry):
    missing = desk.locator(".missing li:visible")
    assert missing.all_inner_texts() == ["取組実績", "達成度", "今後の方向性", "次年度の取組予定"]
    desk.get_by_role("radio", name=re.compile("^C 一部実施")).check()
    expect(desk.locator("label[for=id_reason] .must")).to_have_text("C を選んだため必須")
    assert missing.all_inner_texts() == ["取組実績", "評価の理由・成果", "今後の方向性", "次年度の取組予定"]
    desk.get_by_role("radio", name="完了", exact=True).check()
    assert missing.all_inner_texts() == ["取組実績", "評価の理由・成果"]
    desk.fill("#id_result", "開いた。")
    desk.fill("#id_reason", "続けられた。")
    expect(desk.get_by_role("heading", name="提出できます")).to_be_visible()
    desk.get_by_role("radio", name=re.compile("^B 計画どおり")).check()
    expect(desk.locator("label[for=id_reason] .must")).to_have_count(0)
    desk.locator(".rail").get_by_role("button", name="提出する", exact=True).click()
    desk.get_by_text("を提出しました").wait_for()
    assert result_of(entry)[0] == "submitted"


def test_last_years_words_come_and_go_with_a_press(sheets, desk):
    row = desk.locator("[data-field=result]")
    desk.fill("#id_result", "今年の文")
    row.get_by_role("button", name="前年度の内容をコピー").click()
    expect(desk.locator("#id_result")).to_have_value("会議を3回開いた。")
    row.get_by_role("button", name="元に戻す").click()
    expect(desk.locator("#id_result")).to_have_value("今年の文")
    desk.get_by_role("button", name="空いている項目に、前年度の内容をすべてコピー").click()
    expect(desk.locator("[data-fill-all] [role=status]")).to_have_text("3項目に入れました。")
    expect(desk.locator("#id_result")).to_have_value("今年の文")
    expect(desk.get_by_role("radio", name=re.compile("^B 計画どおり"))).to_be_checked()


def test_the_keys_that_are_shown_work(sheets, desk, entry):
    assert desk.locator(".keys kbd").all_inner_texts() == ["Ctrl", "S", "Ctrl", "Enter", "Alt", "N", "Alt", "↓"]
    desk.keyboard.press("Alt+n")
    expect(desk.locator("#id_result")).to_be_focused()
    desk.keyboard.insert_text("書いた。")
    desk.keyboard.press("Alt+n")
    expect(desk.get_by_role("radio", name=re.compile("^A 計画以上"))).to_be_focused()
    desk.keyboard.press("Control+Enter")
    desk.wait_for_url(f"**/staff/entries/{sheets[1].pk}/")
    assert result_of(entry) == ("draft", 1, "書いた。")
    desk.keyboard.press("Alt+ArrowDown")
    desk.wait_for_url(f"**/staff/entries/{sheets[2].pk}/")
    desk.keyboard.press("Alt+ArrowUp")
    desk.wait_for_url(f"**/staff/entries/{sheets[1].pk}/")


# ---- lost on the way -----------------------------------------------------------------------


@pytest.fixture
def saves_nothing(monkeypatch):
    """The portal answers, but its database does not; until the function given is called."""
    saves = actions.autosave_entry

    def fail(**ignored):
        raise RuntimeError("on purpose")

    monkeypatch.setattr(actions, "autosave_entry", fail)
    return lambda: monkeypatch.setattr(actions, "autosave_entry", saves)


def test_without_a_connection_one_writes_on_and_it_is_saved_later(desk, entry):
    desk.context.set_offline(True)
    desk.locator("#id_result").press_sequentially("圏外で書いた。")
    expect(desk.get_by_text("サーバーにつながりません。まだ保存していません")).to_be_visible()
    desk.locator("#id_result").press_sequentially("続きも。")
    assert result_of(entry) == ("empty", 0, "")
    desk.context.set_offline(False)
    saved(desk).to_contain_text("自動保存しました")
    assert result_of(entry) == ("draft", 1, "圏外で書いた。続きも。")
    expect(desk.get_by_text("サーバーにつながりません")).to_be_hidden()


def test_what_a_closed_browser_held_is_offered_again(saves_nothing, desk, entry):
    context = desk.context
    desk.locator("#id_result").press_sequentially("保存前に閉じた。")
    expect(desk.get_by_text("サーバーにつながりません。まだ保存していません")).to_be_visible()
    desk.close()
    time.sleep(0.5)  # what a closing page still sends
    saves_nothing()
    page = context.new_page()
    page.goto(f"/staff/entries/{entry.pk}/")
    expect(page.get_by_label("残っている入力")).to_have_value("【取組実績】\n保存前に閉じた。")
    expect(page.locator("#id_result")).to_have_value("")
    page.get_by_role("button", name="入力欄に戻す").click()
    expect(page.locator("#id_result")).to_have_value("保存前に閉じた。")
    saved(page).to_contain_text("自動保存しました")
    assert result_of(entry) == ("draft", 1, "保存前に閉じた。")
    assert page.evaluate("() => Object.keys(localStorage)") == []


def test_a_lost_session_loses_no_text(desk, entry, writer):
    desk.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    desk.locator("#id_result").press_sequentially("期限が切れた。")
    expect(desk.get_by_text("サインインが切れました。まだ保存していません")).to_be_visible()
    desk.get_by_role("link", name="次にすること").click()
    expect(desk.get_by_role("link", name="サインインし直す")).to_be_in_viewport()
    desk.get_by_role("link", name="サインインし直す").click()
    desk.fill("#id_username", writer.login_id)
    desk.fill("#id_password", PASSWORD)
    desk.get_by_role("button", name="サインイン", exact=True).click()
    desk.wait_for_url(f"**/staff/entries/{entry.pk}/")
    desk.get_by_role("button", name="入力欄に戻す").click()
    saved(desk).to_contain_text("自動保存しました")
    assert result_of(entry) == ("draft", 1, "期限が切れた。")


def test_a_button_pressed_after_the_session_was_lost_stays_on_the_page(desk, entry):
    desk.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    desk.locator("#id_result").press_sequentially("期限が切れた。")
    desk.locator(".entry-foot").get_by_role("button", name="保存して次へ").click()
    expect(desk.get_by_text("サインインが切れました。まだ保存していません")).to_be_visible()
    expect(desk.locator("#id_result")).to_have_value("期限が切れた。")


def test_what_was_kept_can_be_thrown_away_and_goes_with_signing_out(saves_nothing, desk, entry):
    desk.locator("#id_result").press_sequentially("捨てる文。")
    assert len(desk.evaluate("() => Object.keys(localStorage)")) == 1
    desk.reload()
    desk.get_by_role("button", name="残っている入力を消す").click()
    assert desk.evaluate("() => Object.keys(localStorage)") == []
    desk.locator("#id_result").press_sequentially("出る前の文。")
    assert len(desk.evaluate("() => Object.keys(localStorage)")) == 1
    desk.get_by_role("button", name="サインアウト").click()
    desk.wait_for_url("**/")
    assert desk.evaluate("() => Object.keys(localStorage)") == []
    assert result_of(entry) == ("empty", 0, "")


def test_another_person_on_the_same_computer_sees_nothing_of_it(saves_nothing, desk, entry, approver, enter):
    desk.locator("#id_result").press_sequentially("わたしの文。")
    desk.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    enter(desk.context, approver)
    desk.goto(f"/staff/entries/{entry.pk}/")
    assert desk.locator("[data-draft]").is_hidden()


# ---- a colleague in between -------------------------------------------------------------------


def test_two_people_in_one_sheet_lose_nothing(desk, axe, browser, live_server, enter, approver, entry):
    other = browser.new_context(base_url=live_server.url)
    enter(other, approver)
    theirs = other.new_page()
    theirs.goto(f"/staff/entries/{entry.pk}/")
    theirs.fill("#id_result", "課長の実績")
    theirs.fill("#id_issues", "課長の課題")
    saved(theirs).to_contain_text("自動保存しました")
    other.close()

    desk.fill("#id_result", "担当の実績")
    desk.fill("#id_memo", "担当のメモ")
    expect(desk.get_by_text("先に保存された内容があります。自動保存を止めました")).to_be_visible()
    assert result_of(entry) == ("draft", 1, "課長の実績")
    desk.get_by_role("button", name="2つの内容を並べて見る").click()
    clash = desk.locator(".clash")
    expect(clash).to_have_count(1)
    assert [part.inner_text() for part in clash.locator(".diff p").all()] == ["課長の実績", "担当の実績"]
    expect(desk.locator("#id_issues")).to_have_value("課長の課題")
    expect(desk.locator("#id_memo")).to_have_value("担当のメモ")
    assert axe(desk) == []
    clash.get_by_role("button", name="先に保存された内容にする").click()
    expect(desk.locator("#id_result")).to_have_value("課長の実績")
    clash.get_by_role("button", name="元に戻す").click()
    expect(desk.locator("#id_result")).to_have_value("担当の実績")
    desk.get_by_role("button", name="保存する", exact=True).click()
    desk.get_by_text("」を保存しました。").wait_for()
    entry.refresh_from_db()
    assert (entry.result, entry.issues, entry.memo, entry.version) == ("担当の実績", "課長の課題", "担当のメモ", 2)
    assert [row.result for row in entry.history.all()] == ["担当の実績", "課長の実績", ""]


def test_a_draft_of_an_older_version_is_compared_and_not_written_over(desk, approver, entry):
    desk.fill("#id_result", "わたしの文。")
    actions.save_entry(entry=entry, by=approver, version=0, values={"result": "課長の文。"})
    desk.goto(f"/staff/entries/{entry.pk}/")
    desk.get_by_role("button", name="入力欄に戻す").click()
    desk.get_by_text("先に保存された内容があります。まだ保存していません").wait_for()
    assert [part.inner_text() for part in desk.locator(".diff p").all()] == ["課長の文。", "わたしの文。"]
    assert result_of(entry) == ("draft", 1, "課長の文。")


# ---- every page of the work ---------------------------------------------------------------------

PAGES = {
    "home": ("writer", "/staff/"),
    "form": ("writer", "/staff/entries/{entry}/"),
    "unchanged": ("writer", "/staff/entries/{entry}/unchanged/?back=home"),
    "sheet as text": ("approver", "/staff/entries/{sent}/"),
    "list": ("writer", "/staff/entries/"),
    "notices": ("secretariat", "/staff/notices/"),
    "matrix": ("secretariat", "/staff/cycles/2025/"),
    "people": ("secretariat", "/staff/people/"),
    "a person": ("secretariat", "/staff/people/{writer}/"),
    "organizations": ("secretariat", "/staff/organizations/"),
    "password": ("writer", "/accounts/password/"),
}


@pytest.mark.parametrize(("persona", "address"), PAGES.values(), ids=PAGES)
def test_axe_finds_nothing_at_any_width(
    request, page, axe, enter, writer, approver, secretariat, sheets, persona, address
):
    actions.save_notice(title="書き方", text="一", from_on=timezone.localdate(), to_on=None, by=secretariat)
    fill(sheets[1], state=EntryState.SUBMITTED, submitted_at=timezone.now())
    enter(page.context, request.getfixturevalue(persona))
    assert page.goto(address.format(entry=sheets[0].pk, sent=sheets[1].pk, writer=writer.pk)).status == 200
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 768})
        if wrong := [*axe(page), *(["too wide"] if page.evaluate(OVERFLOW) else [])]:
            found[width] = wrong
    assert found == {}
