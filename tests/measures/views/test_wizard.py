"""年度を用意する, page by page: kept between the pages, made on the last, and only by the secretariat."""

import datetime

import pytest

from measures.forms import wizard as forms
from measures.models import Cycle, CycleDraft, Omission
from measures.workflow import CycleState
from tests.factories import ActionFactory, CycleFactory, EntryFactory, OrganizationFactory, ResponsibilityFactory, fill

pytestmark = pytest.mark.django_db
NEW = "/staff/cycles/new/"
DATES = {"opens_on": "2027-05-15", "due_on": "2027-06-20", "grace_days": "3"}


@pytest.fixture
def desk(client_of, secretariat, cycle):
    """The secretariat's browser, with last year on the shelf."""
    cycle.state, cycle.instructions = CycleState.CLOSED, "実績は年度末で。"
    cycle.save()
    return client_of(secretariat)


@pytest.fixture
def send(desk, cycle):
    """`send("dates", due_on="…")` sends one page; what is left out is as most people would answer."""

    def post(page, **changes):
        usual = {"year": {"year": "2026", "scale": str(cycle.scale_id)}, "dates": DATES, "words": {"instructions": ""}}
        return desk.post(f"{NEW}{page}/", usual.get(page, {}) | changes)

    return post


def through(send, **pages):
    return [send(page, **pages.get(page, {})) for page in ("year", "dates", "rows", "owners", "words")]


def test_a_year_is_made_in_six_pages(desk, send, action, office, cycle, plan):
    fill(EntryFactory(cycle=cycle, action=action, organization=office), next_plan="会議を3回開く。")
    second = ActionFactory(measure=action.measure)
    ResponsibilityFactory(action=second, organization=office)
    open_row = ResponsibilityFactory(action=action, organization=None)
    general = OrganizationFactory(name="総務課")
    answers = through(
        send,
        rows={"omitted": [second.pk], "reason": "隔年で評価するため"},
        owners={f"owner-{open_row.pk}": [general.pk]},
        words={"instructions": "数で書いてください。"},
    )
    assert [answer["Location"] for answer in answers] == [
        f"{NEW}{page}/" for page in ("dates", "rows", "owners", "words", "check")
    ]
    page = desk.get(f"{NEW}check/")
    forecast = page.context["forecast"]
    assert (forecast.rows, forecast.carried, page.context["omitted"]) == ([(office, 1), (general, 1)], 1, [second])
    assert plan.cycles.count() == 1
    made = desk.post(f"{NEW}check/", follow=True)
    assert made.redirect_chain == [("/staff/cycles/2026/", 302)]
    assert "令和8年度の評価を用意しました。個票は2件です。" in made.text
    new = Cycle.objects.get(year=2026)
    assert (new.state, new.grace_days, new.instructions) == ("preparing", 3, "数で書いてください。")
    assert {(entry.organization, entry.planned) for entry in new.entries.all()} == {
        (office, "会議を3回開く。"),
        (general, ""),
    }
    assert (Omission.objects.get().action, CycleDraft.objects.count()) == (second, 0)


def test_a_half_done_wizard_is_taken_up_where_it_was_left(desk, send, action):
    send("year")
    left = send("dates", leave="")
    assert left["Location"] == "/staff/cycles/"
    assert "用意の途中の年度があります" in desk.get("/staff/cycles/").text
    assert desk.get(NEW)["Location"] == f"{NEW}rows/"
    # Even for a colleague, in another browser.
    page = desk.get(f"{NEW}dates/")
    assert page.context["form"]["due_on"].value() == "2027-06-20"
    assert 'value="2027-06-20"' in page.text


def test_a_page_that_was_answered_goes_straight_back_to_the_last(desk, send, action):
    through(send)
    assert send("dates", due_on="2027-06-30")["Location"] == f"{NEW}check/"
    assert desk.get(f"{NEW}check/").context["dates"]["due_on"] == datetime.date(2027, 6, 30)


def test_the_first_page_is_needed_by_all_others(desk, send, action):
    for page in ("dates", "rows", "owners", "words"):
        assert desk.get(f"{NEW}{page}/")["Location"] == f"{NEW}year/"
    assert desk.get(f"{NEW}check/")["Location"] == NEW
    assert desk.get(f"{NEW}nowhere/").status_code == 404


@pytest.mark.parametrize(
    ("page", "values", "errors"),
    [
        ("year", {"year": "2025"}, {"year": ["一覧から選び直してください。"]}),
        ("year", {"year": "2031"}, {"year": ["一覧から選び直してください。"]}),
        ("year", {"scale": "999"}, {"scale": ["一覧から選び直してください。"]}),
        ("dates", {"due_on": "6月20日"}, {"due_on": ["日付を「2026-06-20」のように入力してください。"]}),
        ("dates", {"opens_on": ""}, {"opens_on": ["入力してください。"]}),
        ("dates", {"grace_days": "61"}, {"grace_days": ["60以下の数にしてください。"]}),
        ("dates", {"due_on": "2027-05-14"}, {"due_on": ["締切日は、入力の開始日より後の日にしてください。"]}),
        ("dates", {"opens_on": "2020-05-15"}, {"opens_on": ["年を確かめてください（2026年度の評価です）。"]}),
        ("rows", {"omitted": "999"}, {"omitted": ["一覧から選び直してください。"]}),
    ],
)
def test_what_a_page_refuses_is_not_kept(desk, send, action, page, values, errors):
    send("year")
    kept = CycleDraft.objects.get().answers
    answer = send(page, **values)
    assert answer.status_code == 422
    assert answer.context["form"].errors == errors
    assert CycleDraft.objects.get().answers == kept


def test_leaving_out_asks_for_the_reason_and_keeps_the_ticks(desk, send, action):
    send("year")
    answer = send("rows", omitted=[action.pk], reason=" ")
    assert answer.context["form"].errors == {"reason": ["評価しない取組があるときは、理由を書いてください。"]}
    assert f'value="{action.pk}" checked' in answer.text
    assert [(measure, ticked) for measure, _, ticked in answer.context["form"].measures] == [(action.measure, 1)]


def test_the_form_proposes_last_year_and_its_words(desk, send, monkeypatch, plan):
    monkeypatch.setattr(forms.timezone, "localdate", lambda *given: datetime.date(2028, 5, 1))
    fields = desk.get(f"{NEW}year/").context["form"].fields
    assert [value for value, _ in fields["year"].choices] == [2026, 2027, 2028, 2029]
    assert fields["year"].initial == 2027
    send("year", year="2027")
    dates = desk.get(f"{NEW}dates/").context["form"].fields
    assert [dates[name].initial for name in ("opens_on", "due_on")] == [
        datetime.date(2028, 5, 15),
        datetime.date(2028, 6, 20),
    ]
    assert desk.get(f"{NEW}words/").context["form"]["instructions"].value() == "実績は年度末で。"


def test_a_portal_that_begins_after_june_gets_five_weeks_from_now(desk, send, monkeypatch):
    monkeypatch.setattr(forms.timezone, "localdate", lambda *given: datetime.date(2028, 11, 1))
    send("year", year="2027")
    dates = desk.get(f"{NEW}dates/").context["form"].fields
    assert [dates[name].initial for name in ("opens_on", "due_on")] == [
        datetime.date(2028, 11, 1),
        datetime.date(2028, 12, 7),
    ]


def test_when_every_year_stands_there_is_nothing_to_choose(desk, plan, cycle):
    for year in (2026, 2027, 2028, 2029):
        CycleFactory(plan=plan, scale=cycle.scale, year=year, state="closed")
    page = desk.get(NEW, follow=True)
    assert ("用意できる年度は、もうありません" in page.text, "<select" in page.text) == (True, False)


def test_the_last_page_sends_back_to_what_no_longer_fits(desk, send, action, cycle):
    through(send, rows={"omitted": [action.pk], "reason": "隔年"})
    action.valid_to = 2025
    action.save()
    back = desk.get(f"{NEW}check/", follow=True)
    assert back.redirect_chain == [(f"{NEW}rows/", 302)]
    assert "「評価する取組」の内容を確かめてください。" in back.text


def test_a_year_somebody_else_made_meanwhile_is_not_made_twice(desk, send, action, plan, cycle):
    through(send)
    CycleFactory(plan=plan, scale=cycle.scale, year=2026, state="preparing")
    assert desk.post(f"{NEW}check/")["Location"] == NEW
    assert plan.cycles.count() == 2


def test_a_refused_year_is_not_made(desk, send, action, monkeypatch):
    through(send)
    monkeypatch.setattr(
        forms.DatesPage, "clean", lambda form: form.cleaned_data | {"opens_on": datetime.date(2020, 1, 1)}
    )
    refused = desk.post(f"{NEW}check/", follow=True)
    assert refused.redirect_chain == [(f"{NEW}check/", 302)]
    assert "入力の開始日と締切日の年を確かめてください（2026年度の評価です）。" in refused.text
    assert Cycle.objects.filter(year=2026).count() == 0


def test_beginning_anew(desk, send):
    send("year")
    assert desk.post(f"{NEW}drop/")["Location"] == "/staff/cycles/"
    assert CycleDraft.objects.count() == 0


def test_without_a_plan_there_is_no_wizard(client_of, secretariat):
    assert client_of(secretariat).get(NEW).status_code == 404


@pytest.mark.parametrize("address", ["", "year/", "check/", "drop/"])
def test_nobody_else_prepares_a_year(client_of, writer, approver, auditor, plan, address):
    for person in (writer, approver, auditor):
        browser = client_of(person)
        ask = browser.post if address == "drop/" else browser.get
        assert ask(f"{NEW}{address}").status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("page", "queries"), [("year", 7), ("dates", 7), ("rows", 8), ("owners", 10), ("words", 7), ("check", 15)]
)
def test_the_pages_ask_the_same_few_questions(desk, send, action, page, queries, rows, django_assert_num_queries):
    for _ in range(rows):
        more = ActionFactory(measure=action.measure)
        ResponsibilityFactory(action=more, organization=None)
        ResponsibilityFactory(action=more)
    through(send)
    with django_assert_num_queries(queries):
        assert desk.get(f"{NEW}{page}/").status_code == 200
