"""計画の編集: the pages of measures, roles and actions."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from measures.models import Action, ActionGroup, Measure, RoleItem
from plans.models import Component, Plan
from tests.factories import (
    ActionFactory,
    CycleFactory,
    MeasureFactory,
    OrganizationFactory,
    PlanFactory,
    ResponsibilityFactory,
    RoleItemFactory,
)
from tests.personas import PERSONAS
from tests.portal import portal_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(secretariat, client_of):
    return client_of(secretariat)


@pytest.fixture
def measure(action):
    return action.measure


def form_of(response) -> dict[str, str | list[str]]:
    """What a browser would send back of the page's first form."""
    form = re.search(r'<form class="form form--wide.*?</form>', response.text, re.DOTALL)[0]
    data: dict = dict(re.findall(r'<input type="(?:text|hidden|number)" name="([^"]+)" value="([^"]*)"', form))
    data |= dict(re.findall(r'<textarea name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL))
    for name, inside in re.findall(r'<select name="([^"]+)"(.*?)</select>', form, re.DOTALL):
        data[name] = next(iter(re.findall(r'value="([^"]*)" selected', inside)), "")
    for name, value in re.findall(r'<input type="checkbox" name="([^"]+)" value="(\d+)"[^>]* checked', form):
        data.setdefault(name, []).append(value)
    return data


def banners(response) -> list[str]:
    return re.findall(r'class="banner-title">([^<]*)<', response.text)


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


# ---- who may --------------------------------------------------------------------
@pytest.mark.parametrize("persona", [name for name in PERSONAS if name != "secretariat"])
def test_others_do_not_open_these_pages(request, persona, client_of, action, measure):
    client = client_of(request.getfixturevalue(persona))
    read = ["", f"{measure.plan.slug}/"]
    both = [
        f"measures/{measure.pk}/", f"measures/{measure.pk}/roles/government/",
        f"measures/{measure.pk}/actions/new/government/", f"actions/{action.pk}/",
        f"policies/{measure.policy_id}/measures/new/",
    ]  # fmt: skip
    write = [f"actions/{action.pk}/end/", f"actions/{action.pk}/remove/", f"measures/{measure.pk}/remove/"]
    answers = [client.get(f"/staff/plan/{path}") for path in read + both]
    answers += [client.post(f"/staff/plan/{path}") for path in both + write]
    assert {answer.status_code for answer in answers} == {403}


# ---- the whole plan -------------------------------------------------------------------
def test_the_contents_lead_to_everything(desk, action, measure):
    draft = PlanFactory(slug="next", is_current=False)
    page = desk.get("/staff/plan/")
    assert f"/staff/plan/measures/{measure.pk}/" in page.text
    assert ("施策を加える" in page.text, "次期計画の素案をつくる" in page.text) == (False, True)
    assert f'href="/staff/plan/{draft.slug}/"' in page.text
    hidden = desk.get(f"/staff/plan/{draft.slug}/")
    assert banners(hidden) == ["この計画は、市民には見えません"]


def test_before_a_plan_is_loaded_there_is_nothing(desk):
    assert desk.get("/staff/plan/").status_code == 404


def asked(client, path: str) -> int:
    """How many questions a page asks the database."""
    with CaptureQueriesContext(connection) as questions:
        assert client.get(path).status_code == 200
    return len(questions)


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_the_pages(desk, rows):
    plan = portal_of(rows)
    measure = plan.measures.first()
    action = measure.actions.first()
    paths = (
        "", f"measures/{measure.pk}/", f"measures/{measure.pk}/roles/government/", f"actions/{action.pk}/",
        f"measures/{measure.pk}/actions/new/government/",
    )  # fmt: skip
    assert [asked(desk, f"/staff/plan/{path}") for path in paths] == [10, 10, 7, 14, 13]


# ---- one measure ---------------------------------------------------------------------------
def test_changing_a_measure(desk, client, measure):
    path = f"/staff/plan/measures/{measure.pk}/"
    data = form_of(desk.get(path)) | {"title": "改めた施策", "introduction": "新しい説明です。"}
    shown = desk.post(path, data | {"preview": "1"})
    assert ("新しい説明です。" in shown.text, Measure.objects.get().title) == (True, measure.title)
    done = desk.post(path, data, follow=True)
    assert banners(done) == [f"施策「{measure}」を保存しました。"]
    assert "新しい説明です。" in client.get(f"/measures/{measure.code}/").text
    clash = desk.post(path, data)
    assert (clash.status_code, "ほかの人が保存しました" in clash.text) == (422, True)


# ---- roles -----------------------------------------------------------------------------------
def lines(page, *changes: dict) -> dict:
    data = form_of(page)
    for n, change in enumerate(changes):
        data |= {f"lines-{n}-{name}": value for name, value in change.items()}
    return data


def test_roles_are_changed_put_in_order_and_added(desk, client, action, measure):
    for n, text in enumerate(("いちばん", "にばん"), start=1):
        RoleItemFactory(measure=measure, actor=action.actor, position=n, text=text)
    path = f"/staff/plan/measures/{measure.pk}/roles/government/"
    page = desk.get(path)
    data = lines(page, {"order": "30"}, {"text": "にばん改"}, {"text": "さんばん", "order": ""})
    preview = desk.post(path, data | {"preview": "1"})
    assert ("さんばん" in preview.text, RoleItem.objects.count()) == (True, 2)
    assert desk.post(path, data)["Location"] == f"/staff/plan/measures/{measure.pk}/"
    assert [item.text for item in measure.role_items.all()] == ["にばん改", "いちばん", "さんばん"]
    public = client.get(f"/measures/{measure.code}/").text
    assert public.index("にばん改") < public.index("いちばん") < public.index("さんばん")
    clash = desk.post(path, data)
    assert (clash.status_code, "ほかの人がこの役割を変えました" in clash.text) == (422, True)
    assert "いま保存されている役割" in clash.text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"lines-TOTAL_FORMS": ""}, "送られた内容を読み取れませんでした。"),
        ({"lines-0-order": "x"}, "1行目の順："),
        ({"lines-0-text": "x" * 50_001}, "1行目の文章："),
        ({"seen": ""}, "入力してください。"),
        ({"reason": "x" * 101}, "変更の理由："),
    ],
)
def test_roles_that_cannot_be(desk, action, measure, data, sentence):
    path = f"/staff/plan/measures/{measure.pk}/roles/government/"
    answer = desk.post(path, lines(desk.get(path), {"text": "新しい"}) | data)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert RoleItem.objects.count() == 0


def test_a_decided_plan_asks_why_the_roles_change(desk, action, measure):
    path = f"/staff/plan/measures/{measure.pk}/roles/government/"
    page = desk.get(path)
    Plan.objects.update(status="final")
    data = lines(page, {"text": "新しい"})
    assert desk.post(path, data).status_code == 422
    desk.post(path, data | {"reason": "追加"})
    assert RoleItem.objects.get().history.first().history_change_reason == "追加"


def test_a_line_of_another_measure_is_not_taken(desk, action, measure):
    other = RoleItemFactory(measure=MeasureFactory(policy=measure.policy), actor=action.actor, text="よその")
    path = f"/staff/plan/measures/{measure.pk}/roles/government/"
    desk.post(path, lines(desk.get(path), {"item": str(other.pk), "text": "横取り"}))
    other.refresh_from_db()
    assert (other.text, [item.text for item in measure.role_items.all()]) == ("よその", ["横取り"])


# ---- actions -----------------------------------------------------------------------------------
def test_adding_an_action(desk, client, action, measure, office):
    path = f"/staff/plan/measures/{measure.pk}/actions/new/government/"
    page = desk.get(path)
    code = re.search(r"番号は (\S+) になります", page.text)[1]
    data = form_of(page) | {"title": "新しい取組", "content": "始めます。", "organizations": [str(office.pk)]}
    preview = desk.post(path, data | {"preview": "1"})
    assert ("新しい取組" in preview.text, Action.objects.count()) == (True, 1)
    assert desk.post(path, data)["Location"] == f"/staff/plan/measures/{measure.pk}/"
    made = Action.objects.get(code=code)
    assert (made.title, made.responsibilities.get().organization) == ("新しい取組", office)
    assert "新しい取組" in client.get(f"/actions/{code}/").text


def test_changing_an_action(desk, client, action, measure, office):
    more = Component.objects.create(plan=measure.plan, code="more", title="再犯防止", owner="市", position=1)
    group = ActionGroup.objects.create(measure=measure, label="ア", title="就労", position=1)
    general = OrganizationFactory(name="総務課")
    path = f"/staff/plan/actions/{action.pk}/"
    page = desk.get(path)
    data = form_of(page)
    assert data["organizations"] == [str(office.pk)]
    data |= {
        "title": "改めた取組", "group": str(group.pk), "components": [str(more.pk)],
        "organizations": [str(general.pk)],
    }  # fmt: skip
    desk.post(path, data)
    row = Action.objects.get()
    assert (row.title, row.group, list(row.components.all())) == ("改めた取組", group, [more])
    assert [one.organization for one in row.responsibilities.all()] == [general]
    public = client.get(f"/actions/{action.code}/").text
    assert ("改めた取組" in public, "総務課" in public, "福祉課" in public) == (True, True, False)
    clash = desk.post(path, data | {"title": "後から"})
    assert (clash.status_code, "<del>改</del>" in clash.text or "改めた取組" in clash.text) == (422, True)
    assert desk.post(path, form_of(clash) | {"organizations": [str(general.pk)]}).status_code == 302
    assert Action.objects.get().title == "後から"


def test_an_action_is_ended_and_goes_on(desk, action):
    path = f"/staff/plan/actions/{action.pk}/"
    done = desk.post(f"{path}end/", {"last_year": "2026"}, follow=True)
    assert banners(done)[0] == f"取組「{action}」を終える年度を決めました。"
    action.refresh_from_db()
    assert action.valid_to == 2026
    again = desk.post(f"{path}end/", {"last_year": ""}, follow=True)
    assert banners(again)[0] == f"取組「{action}」は、終えないことにしました。"
    wrong = desk.post(f"{path}end/", {"last_year": "1999"}, follow=True)
    assert "正しく選択" in banners(wrong)[0] or "選" in banners(wrong)[0]
    action.refresh_from_db()
    assert action.valid_to is None


def test_a_repeated_action_says_so(desk, action, measure):
    repeat = ActionFactory(measure=measure, actor=action.actor, repeats=action)
    assert "再掲の取組です" in banners(desk.get(f"/staff/plan/actions/{repeat.pk}/"))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"title": ""}, "取組：入力してください。"),
        ({"organizations": []}, "担当する組織を1つ以上選んでください。"),
        ({"organizations": ["999999"]}, "担当："),
        ({"components": ["999999"]}, "構成計画："),
        ({"since": "1999"}, "担当を変える時期："),
        ({"commission": "x"}, "受託："),
        ({"content": "x" * 50_001}, "内容："),
    ],
)
def test_an_action_that_cannot_be(desk, action, data, sentence):
    path = f"/staff/plan/actions/{action.pk}/"
    answer = desk.post(path, form_of(desk.get(path)) | {"title": "改めた取組"} | data)
    assert (answer.status_code, sentence in words(answer)) == (422, True)
    assert Action.objects.get().title == action.title


@pytest.mark.parametrize(
    "path",
    ["measures/999/", "actions/999/", "measures/{}/roles/nobody/", "measures/{}/actions/new/nobody/", "nothing/"],
)
def test_what_there_is_not(desk, measure, path):
    assert desk.get(f"/staff/plan/{path.format(measure.pk)}").status_code == 404


# ---- a plan still being drafted -----------------------------------------------------------------------
def test_a_draft_grows_and_shrinks(desk, office):
    measure = MeasureFactory(policy__goal__plan=PlanFactory(slug="next", is_current=False), number=1, code="1-1-1")
    action = ActionFactory(measure=measure)
    ResponsibilityFactory(action=action, organization=office)
    new = f"/staff/plan/policies/{measure.policy_id}/measures/new/"
    assert "施策を加える" in desk.get(new).text
    assert desk.post(new, {"title": ""}).status_code == 422
    made = desk.post(new, {"title": "新しい施策", "introduction": "説明"}, follow=True)
    assert banners(made) == ["施策「1-1-2 新しい施策」を加えました。"]
    gone = desk.post(f"/staff/plan/actions/{action.pk}/remove/", follow=True)
    assert banners(gone)[-1] == f"取組「{action}」を素案から消しました。"
    gone = desk.post(f"/staff/plan/measures/{measure.pk}/remove/", follow=True)
    assert banners(gone)[0] == f"施策「{measure}」を素案から消しました。"
    assert [row.code for row in Measure.objects.all()] == ["1-1-2"]


@pytest.mark.parametrize(("years", "offered"), [(0, True), (1, False)])
def test_a_draft_that_had_a_year_offers_only_what_it_would_do(desk, years, offered):
    plan = PlanFactory(slug="former", is_current=False)
    measure = MeasureFactory(policy__goal__plan=plan)
    CycleFactory.create_batch(years, plan=plan)
    words = (
        ("施策を加える", desk.get(f"/staff/plan/{plan.slug}/")),
        ("素案から消す", desk.get(f"/staff/plan/measures/{measure.pk}/")),
    )
    assert [word in page.text for word, page in words] == [offered, offered]


def test_the_plan_citizens_see_does_neither(desk, action, measure):
    refused = "施策や取組の数を変えられるのは、公開する前の素案だけです。取組は、終える年度を決めてください。"
    for path in (f"measures/{measure.pk}/remove/", f"actions/{action.pk}/remove/"):
        assert banners(desk.post(f"/staff/plan/{path}", follow=True))[-1] == refused
    page = desk.post(f"/staff/plan/policies/{measure.policy_id}/measures/new/", {"title": "新しい施策"})
    assert (page.status_code, refused in page.text) == (422, True)
    assert (Measure.objects.count(), Action.objects.count()) == (1, 1)
