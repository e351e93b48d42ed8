"""The first page, the book on the screen and the words around them."""

import re

import pytest
from django.utils import timezone

from measures.workflow import CycleState, EntryState
from mine_welfare.accounts.models import Organization
from mine_welfare.publication.topics import TOPICS
from plans.models import Component, Section
from tests.factories import (
    ActionFactory,
    CycleFactory,
    EntryFactory,
    GoalFactory,
    MeasureFactory,
    OrganizationFactory,
    ResponsibilityFactory,
    RoleItemFactory,
    SectionFactory,
    fill,
)

pytestmark = pytest.mark.django_db


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def read(client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


# ---- the first page -----------------------------------------------------------------


def test_the_first_page_says_what_the_plan_is(client, plan):
    plan.lead, plan.status = "市民のみなさんと進める計画です。", "draft"
    plan.save()
    html = read(client, "/")
    assert "<title>架空の地域福祉｜架空市地域福祉計画</title>" in html
    assert '<meta name="description" content="市民のみなさんと進める計画です。">' in html
    assert "架空市地域福祉計画（素案） 令和7〜11年度（2025–2029）" in words(html)


@pytest.mark.parametrize(
    ("vision", "parts"),
    [
        ("共に支えあい、共に生きるまち", ["共に支えあい、", "共に生きるまち"]),
        ("共に生きるまち", ["共に生きるまち"]),
        ("共に、", ["共に、"]),
    ],
)
def test_the_ideal_is_broken_after_its_commas_only(client, plan, vision, parts):
    plan.vision = vision
    plan.save()
    assert client.get("/").context["vision"] == parts


def test_goals_stand_with_their_latest_published_counts(client, plan, action, office):
    GoalFactory(plan=plan, number=2, title="つながるまち")
    cycle = CycleFactory(plan=plan, state=CycleState.CLOSED, published_at=timezone.now())
    fill(EntryFactory(cycle=cycle, action=action, organization=office, state=EntryState.FIXED))
    text = words(read(client, "/"))
    assert "2つの基本目標と、 令和7年度の達成度" in text
    assert "基本施策 1 施策 1 取組 1" in text
    assert "計画どおり以上（A・B） 1件 ／ 個票 1件" in text


def test_everyday_words_lead_to_the_search(client, plan):
    html = read(client, "/")
    assert [label for _, label, _ in TOPICS if label not in html] == []
    assert 'href="/search/?q=%E9%98%B2%E7%81%BD"' in html


@pytest.mark.parametrize("path", ["/", "/goals/", "/search/", "/accessibility/"])
def test_the_foot_names_whom_to_ask(client, plan, path):
    assert "架空市の福祉担当にお問い合わせください。" in words(read(client, path))
    OrganizationFactory(name="福祉課", section="地域福祉班", is_secretariat=True, phone="0000-00-0000")
    OrganizationFactory(name="昔の課", is_secretariat=True, valid_to=2020)
    OrganizationFactory(name="社協", is_secretariat=True, kind=Organization.Kind.SHAKYO)
    text = words(read(client, path))
    assert "架空市 福祉課 地域福祉班 電話 0000-00-0000" in text
    assert ("昔の課" in text, "架空市 社協" in text, " 社協 " in text) == (False, False, True)


# ---- the book -----------------------------------------------------------------------


@pytest.fixture
def book(plan):
    """Three chapters; the second is put together from the structure."""
    for number, (title, kind) in enumerate((("はじめに", "text"), ("施策", "measures"), ("推進", "text")), start=1):
        marker, anchor = f"第{number}章", f"chapter-{number}"
        SectionFactory(
            plan=plan,
            chapter=number,
            level=1,
            anchor=anchor,
            marker=marker,
            title=title,
            kind=kind,
            position=0,
            body="",
        )
    SectionFactory(
        plan=plan, chapter=1, level=2, anchor="1-1", marker="1", title="趣旨", position=1, body="一。\n\n二。"
    )
    SectionFactory(plan=plan, chapter=1, level=3, anchor="1-1-1", marker="(1)", title="背景", position=2, body="三。")
    return plan


def test_the_contents_of_the_book(client, book, action):
    Component.objects.create(plan=book, code="welfare", edition="第3次", title="地域福祉計画", owner="市", position=1)
    page = client.get("/plan/")
    assert [(chapter.heading, parts) for chapter, parts in page.context["chapters"]] == [
        ("第1章　はじめに", [("/plan/chapters/1/#s1-1", "1　趣旨")]),
        ("第2章　施策", [("/plan/chapters/2/#goal-1", "基本目標1 安心して暮らせるまち")]),
        ("第3章　推進", []),
    ]
    assert "第3次地域福祉計画 市" in words(page.content.decode())


def test_a_chapter_with_its_headings_in_their_depths(client, book):
    html = read(client, "/plan/chapters/1/")
    assert re.findall(r"<(h[1-6])>([^<]*)</h", html)[:3] == [
        ("h1", "第1章　はじめに"),
        ("h2", "1　趣旨"),
        ("h3", "(1)　背景"),
    ]
    assert re.findall(r'<li class="toc-(\d)"><a href="#([^"]*)">([^<]*)', html) == [
        ("1", "s1-1", "1　趣旨"),
        ("3", "s1-1-1", "(1)　背景"),
    ]
    assert "<p>一。</p>\n<p>二。</p>" in html


@pytest.mark.parametrize(
    ("number", "previous", "following"),
    [(1, None, "第2章　施策"), (2, "第1章　はじめに", "第3章　推進"), (3, "第2章　施策", None)],
)
def test_chapters_lead_to_their_neighbours(client, book, number, previous, following):
    context = client.get(f"/plan/chapters/{number}/").context
    headings = [one.heading if one else None for one in (context["previous"], context["next"])]
    assert headings == [previous, following]


def test_the_chapter_of_measures_is_put_together_from_the_structure(client, book, action, office):
    measure = action.measure
    RoleItemFactory(measure=measure, text="窓口を知りましょう。\n使いましょう。")
    ResponsibilityFactory(action=action, organization=None, wording="関係各課", position=2)
    page = client.get("/plan/chapters/2/")
    html = page.content.decode()
    text = words(html)
    assert [(depth, anchor) for depth, anchor, _ in page.context["contents"]] == [
        (1, "goal-1"),
        (2, "policy-1-1"),
        (3, f"measure-{measure.code}"),
    ]
    for part in ("現状と課題 相談先が知られていません。", measure.introduction, "福祉課、関係各課"):
        assert part in text
    assert "<li>窓口を知りましょう。<br>使いましょう。</li>" in html
    assert f'href="/measures/{measure.code}/"' in html


def test_the_chapter_of_measures_has_the_plans_first_year(client, book, action):
    ActionFactory(measure=action.measure, title="後から始める取組", valid_from=2027)
    assert "後から始める取組" not in read(client, "/plan/chapters/2/")


def test_a_figure_that_was_lost_says_where_it_is(client, plan):
    SectionFactory(plan=plan, level=1, anchor="chapter-1", body="![人口の推移](lost:)")
    assert "図「人口の推移」は、計画書の原本に載っています。" in words(read(client, "/plan/chapters/1/"))


def test_a_chapter_is_drawn_once_for_each_state_of_the_plan(client, book, action, django_assert_num_queries):
    first = read(client, "/plan/chapters/2/")
    with django_assert_num_queries(2):  # the plan, and whom to ask
        assert read(client, "/plan/chapters/2/") == first
    action.title = "新しい名前の取組"
    action.save()
    book.touch()
    assert ("新しい名前の取組" in first, "新しい名前の取組" in read(client, "/plan/chapters/2/")) == (False, True)


def test_a_chapter_that_is_not_there(client, book):
    assert client.get("/plan/chapters/4/").status_code == 404
    assert Section.objects.filter(chapter=4).count() == 0


# ---- the rest -----------------------------------------------------------------------


def test_the_way_to_the_measure_is_told_on_its_page(client, plan):
    measure = MeasureFactory(policy__goal__plan=plan)
    html = read(client, f"/measures/{measure.code}/")
    crumb = re.search(r'<nav class="crumb.*?</nav>', html, re.DOTALL)[0]
    assert re.findall(r'href="([^"]*)"', crumb) == ["/", "/goals/", "/goals/1/", "/policies/1-1/"]


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/plan/", ("page", "計画を読む")),
        ("/glossary/", ("true", "計画を読む")),
        ("/goals/", ("page", "施策をさがす")),
        ("/organizations/", ("true", "施策をさがす")),
        ("/evaluations/", ("page", "評価")),
    ],
)
def test_the_menu_marks_where_the_page_lies(client, plan, path, current):
    nav = re.search(r'<nav class="site-nav.*?</nav>', read(client, path), re.DOTALL)[0]
    assert re.findall(r'aria-current="(\w+)">([^<]*)', nav) == [current]
