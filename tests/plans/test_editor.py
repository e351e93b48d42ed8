"""The pages on which the secretariat changes the plan's text."""

import re

import pytest

from plans.models import GlossaryTerm, Plan, Section
from tests.factories import GoalFactory, PlanFactory, PolicyFactory, SectionFactory
from tests.personas import PERSONAS

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(secretariat, client_of):
    return client_of(secretariat)


@pytest.fixture
def section(plan):
    return SectionFactory(plan=plan, level=1, anchor="chapter-1", title="趣旨", body="本市の計画です。")


@pytest.fixture
def policy(plan):
    return PolicyFactory(goal=GoalFactory(plan=plan))


@pytest.fixture
def term(plan):
    return GlossaryTerm.objects.create(plan=plan, term="自助", reading="じじょ", definition="自分でします。")


def form_of(response) -> dict[str, str]:
    """What a browser would send back of the page's first form."""
    form = re.search(r'<form class="form form--wide.*?</form>', response.text, re.DOTALL)[0]
    data = dict(re.findall(r'<input[^>]*?name="([^"]+)" value="([^"]*)"', form))
    data |= dict(re.findall(r'<textarea name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL))
    data |= dict(re.findall(r'<select name="([^"]+)".*?value="([^"]*)" selected', form, re.DOTALL))
    return data


def banners(response) -> list[str]:
    return re.findall(r'class="banner-title">([^<]*)<', response.text)


@pytest.mark.parametrize("persona", [name for name in PERSONAS if name != "secretariat"])
def test_others_do_not_open_these_pages(request, persona, client_of, section, policy, term):
    client = client_of(request.getfixturevalue(persona))
    slug = section.plan.slug
    paths = [
        f"sections/{section.pk}/", f"policies/{policy.pk}/", f"{slug}/glossary/", f"{slug}/glossary/new/",
        f"glossary/{term.pk}/", f"glossary/{term.pk}/remove/",
    ]  # fmt: skip
    answers = [client.post(f"/staff/plan/{path}") for path in paths]
    answers += [client.get(f"/staff/plan/{path}") for path in paths[:-1]]
    assert [answer.status_code for answer in answers] == [
        405 if path.endswith("/glossary/") else 403 for path in paths
    ] + [403] * 5


def test_changing_a_section(desk, section):
    path = f"/staff/plan/sections/{section.pk}/"
    page = desk.get(path)
    sent = desk.post(path, form_of(page) | {"body": "新しい文です。"})
    assert sent["Location"] == f"/staff/plan/{section.plan.slug}/#chapter-1"
    section.refresh_from_db()
    assert (section.body, section.title) == ("新しい文です。", "趣旨")
    assert "新しい文です。" in desk.get("/plan/chapters/1/").text


def test_a_preview_is_the_citizens_page_and_keeps_nothing(desk, client, section):
    path, version = f"/staff/plan/sections/{section.pk}/", section.plan.version
    sent = form_of(desk.get(path)) | {"body": "試しの文です。\n\n![図](lost:)", "preview": "1"}
    shown = desk.post(path, sent, headers={"if-none-match": "*"})
    assert (shown.status_code, shown["Cache-Control"]) == (200, "no-store")
    assert ("試しの文です。" in shown.text, "プレビュー：まだ保存していません。" in shown.text) == (True, True)
    assert "サインアウト" not in shown.text
    section.refresh_from_db()
    assert (section.body, Plan.objects.get().version) == ("本市の計画です。", version)
    public = client.get("/plan/chapters/1/").text
    assert ("試しの文です。" in public, "プレビュー" in public) == (False, False)
    # All but the band and the words is the page citizens get after saving.
    desk.post(path, {name: value for name, value in sent.items() if name != "preview"})
    band = re.compile(r"\s*<aside class=\"sample-band\" aria-label=\"プレビュー\">.*?</aside>")
    assert band.sub("", shown.text).split() == client.get("/plan/chapters/1/").text.split()


def test_a_plan_nobody_sees_can_be_looked_at(desk, client, plan):
    draft = PlanFactory(slug="next", is_current=False, short_title="次の計画", start_year=2030, end_year=2034)
    hidden = SectionFactory(plan=draft, chapter=9, level=1, anchor="chapter-9")
    path = f"/staff/plan/sections/{hidden.pk}/"
    page = desk.get(path)
    shown = desk.post(path, form_of(page) | {"body": "次の文です。", "preview": "1"})
    assert ("次の文です。" in shown.text, "次の計画" in shown.text, "市民の画面を見る" in page.text) == (
        True,
        True,
        False,
    )
    assert client.get("/plan/chapters/9/").status_code == 404


def test_two_who_change_the_same_see_both(desk, section):
    path = f"/staff/plan/sections/{section.pk}/"
    sent = form_of(desk.get(path))
    Section.objects.filter(pk=section.pk).update(body="先の文です。")
    clash = desk.post(path, sent | {"body": "後の文です。"})
    assert (clash.status_code, "<title>エラー：" in clash.text) == (422, True)
    assert "開いている間に、ほかの人が保存しました。" in clash.text
    assert ("<del>先</del>の文です。" in clash.text, "<ins>後</ins>の文です。" in clash.text) == (True, True)
    section.refresh_from_db()
    assert section.body == "先の文です。"
    assert desk.post(path, form_of(clash)).status_code == 302
    section.refresh_from_db()
    assert section.body == "後の文です。"


def test_changing_the_issues_of_a_policy(desk, policy):
    path = f"/staff/plan/policies/{policy.pk}/"
    sent = desk.post(path, form_of(desk.get(path)) | {"issues": "新しい課題です。"})
    assert sent["Location"].endswith(f"#policy-{policy.code}")
    policy.refresh_from_db()
    assert policy.issues == "新しい課題です。"


def test_the_glossary_grows_changes_and_shrinks(desk, client, term, plan):
    added = desk.post(
        f"/staff/plan/{plan.slug}/glossary/new/",
        {"term": "共助", "reading": "きょうじょ", "definition": "地域でします。", "origin": "plan", "seen": "x"},
        follow=True,
    )
    assert banners(added) == ["用語を加えました。"]
    path = f"/staff/plan/glossary/{term.pk}/"
    desk.post(path, form_of(desk.get(path)) | {"definition": "まず自分でします。", "origin": "portal"})
    assert "まず自分でします。" in client.get("/glossary/").text
    gone = desk.post(f"{path}remove/", follow=True)
    assert banners(gone)[-1] == "用語「自助」を消しました。"
    assert [one.term for one in plan.terms.all()] == ["共助"]


def test_an_empty_glossary_says_how_to_begin(desk, plan):
    assert "用語解説は、まだありません" in desk.get(f"/staff/plan/{plan.slug}/glossary/").text


def test_a_decided_plan_asks_why_on_the_page(desk, term, plan):
    Plan.objects.update(status="final")
    refused = desk.post(f"/staff/plan/glossary/{term.pk}/remove/", follow=True)
    assert banners(refused) == ["確定した計画の本文を直すには、理由が必要です。"]
    path = f"/staff/plan/glossary/{term.pk}/"
    answer = desk.post(path, form_of(desk.get(path)) | {"origin": "portal", "reason": ""})
    assert (answer.status_code, "変更の理由：入力してください。" in answer.text) == (422, True)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"term": ""}, "用語：入力してください。"),
        ({"term": "自助"}, "用語：この用語は、もうあります。"),
        ({"term": "x" * 61}, "用語："),
        ({"origin": "x"}, "説明の出どころ："),
        ({"definition": "x" * 50_001}, "説明："),
        ({"seen": ""}, "入力してください。"),
    ],
)
def test_a_term_that_cannot_be(desk, term, plan, data, sentence):
    given = {"term": "共助", "reading": "きょうじょ", "definition": "説明", "origin": "plan", "seen": "x"} | data
    answer = desk.post(f"/staff/plan/{plan.slug}/glossary/new/", given)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert plan.terms.count() == 1


def test_what_a_person_types_is_text_for_citizens(desk, client, section):
    path = f"/staff/plan/sections/{section.pk}/"
    desk.post(path, form_of(desk.get(path)) | {"body": "<script>alert(1)</script>\x00[x](javascript:alert(1))"})
    public = client.get("/plan/chapters/1/").text
    assert ("<script>alert(1)" in public, "&lt;script&gt;alert(1)" in public, 'href="javascript' in public) == (
        False, True, False,
    )  # fmt: skip


@pytest.mark.parametrize("path", ["sections/999/", "policies/999/", "glossary/999/", "nothing/glossary/"])
def test_what_there_is_not(desk, plan, path):
    assert desk.get(f"/staff/plan/{path}").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_queries_of_the_glossary(desk, plan, number, django_assert_num_queries):
    for n in range(number):
        GlossaryTerm.objects.create(plan=plan, term=f"用語{n}", reading="よ", definition="説明")
    with django_assert_num_queries(6):
        desk.get(f"/staff/plan/{plan.slug}/glossary/")
