"""Search: whatever people type finds what they mean, and nothing that is not public."""

import pytest
from django.utils import timezone

from measures.workflow import CycleState, EntryState
from mine_welfare.accounts.models import Organization
from mine_welfare.publication.search import LONGEST, Kind, counts_by_kind, excerpt, search
from mine_welfare.publication.spellings import SPELLINGS, pattern
from plans.models import GlossaryTerm
from surveys.models import MeetingTopic, ResidentMeeting
from tests.factories import (
    ActionFactory,
    CycleFactory,
    EntryFactory,
    MeasureFactory,
    OpinionFactory,
    OrganizationFactory,
    PlanFactory,
    ResponseFactory,
    ResponsibilityFactory,
    ReviewFactory,
    RoleItemFactory,
    ScaleFactory,
    SectionFactory,
    fill,
)

pytestmark = pytest.mark.django_db


def found(plan, query: str) -> list[tuple[Kind, str]]:
    plan.refresh_from_db()
    return [(result.document.kind, result.document.url) for result in search(plan, query)]


@pytest.fixture
def everything(plan, office):
    """One thing of every kind, each with the word 見守り somewhere."""
    measure = MeasureFactory(
        policy__goal__plan=plan, policy__goal__title="見守りのまち", policy__issues="見守りが足りない。", number=1
    )
    RoleItemFactory(measure=measure, text="見守りましょう。")
    action = ActionFactory(measure=measure, number=1, content="見守りをします。")
    ResponsibilityFactory(action=action, organization=office)
    office.section = "見守り班"
    office.save()
    SectionFactory(plan=plan, chapter=2, anchor="2-1", title="統計", body="見守りの数。\n\n![](meetings:)")
    GlossaryTerm.objects.create(plan=plan, term="見守り", reading="みまもり", definition="声をかけること。")
    meeting = ResidentMeeting.objects.create(plan=plan, slug="talks", title="座談会", districts=9, participants=163)
    MeetingTopic.objects.create(meeting=meeting, position=1, field="防犯", opinions=["見守りがほしい。"])
    scale = ScaleFactory(plan=plan)
    cycle = CycleFactory(
        plan=plan, scale=scale, year=2025, state=CycleState.CLOSED, published_at=timezone.now(), is_sample=True
    )
    entry = EntryFactory(cycle=cycle, action=action, organization=office, state=EntryState.FIXED)
    fill(entry, result="見守りを20回した。")
    ReviewFactory(cycle=cycle, measure=measure, summary="見守りが進んだ。")
    ResponseFactory(
        opinion=OpinionFactory(cycle=cycle, measure=measure, text="見守りを増やして。"), organization=office
    )
    return measure


def test_every_kind_of_thing_is_found_at_its_place(plan, everything, ask):
    ask("talk", statements=["見守りの数。"], text="見守りをしますか")
    assert sorted(found(plan, "見守り")) == sorted(
        [
            (Kind.POLICY, "/goals/1/"),
            (Kind.POLICY, "/policies/1-1/"),
            (Kind.MEASURE, "/measures/1-1-1/"),
            (Kind.ACTION, "/actions/1-1-1-G01/"),
            (Kind.SECTION, "/plan/chapters/2/#s2-1"),
            (Kind.QUESTION, "/surveys/residents/#question-talk"),
            (Kind.MEETING, "/meetings/#topic-talks-1"),
            (Kind.TERM, "/glossary/#term-見守り"),
            (Kind.ORGANIZATION, "/organizations/welfare/"),
            (Kind.RESULT, "/actions/1-1-1-G01/#h-years"),
            (Kind.RESULT, "/measures/1-1-1/#h-years"),
        ]
    )


def test_counts_stand_in_the_order_of_the_filters(plan, everything):
    counts = counts_by_kind(search(plan, "見守り"))
    assert list(counts.items()) == [
        (Kind.MEASURE, 1),
        (Kind.ACTION, 1),
        (Kind.POLICY, 2),
        (Kind.SECTION, 1),
        (Kind.RESULT, 2),
        (Kind.MEETING, 1),
        (Kind.TERM, 1),
        (Kind.ORGANIZATION, 1),
    ]


def test_a_result_of_a_sample_year_says_so(plan, everything):
    results = {result.document.kind: result.document.is_sample for result in search(plan, "見守り")}
    assert {kind for kind, is_sample in results.items() if is_sample} == {Kind.RESULT}


# ---- spelling -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "アンケート",
        "あんけーと",
        "ｱﾝｹｰﾄ",
        "アンケート調査",
        "アンケート　調査",
        "調査 あんけーと",
        "２０２４年 アンケート",
        "2024年のアンケート",
        "npo",
        "ＮＰＯ",
        "ガイド",
        "ｶﾞｲﾄﾞ",
        "か\u3099いと\u3099",
    ],
)
def test_the_spelling_does_not_matter(plan, query):
    SectionFactory(plan=plan, anchor="1-1", body="2024年のアンケート調査では、ＮＰＯのｶﾞｲﾄﾞを配りました。")
    assert found(plan, query) == [(Kind.SECTION, "/plan/chapters/1/#s1-1")]


@pytest.mark.parametrize("group", SPELLINGS, ids=lambda group: group[0])
def test_one_spelling_finds_all_of_a_word(plan, group):
    for number, written in enumerate(group, start=1):
        SectionFactory(plan=plan, anchor=f"1-{number}", position=number, title="題", body=f"市の{written}です。")
    places = {(Kind.SECTION, f"/plan/chapters/1/#s1-{number}") for number in range(1, len(group) + 1)}
    assert [set(found(plan, f"{typed}です")) for typed in group] == [places] * len(group)


@pytest.mark.parametrize("query", ["アンケート 調査 座談会", "はし", "２０２５"])
def test_every_word_must_be_there(plan, query):
    SectionFactory(plan=plan, body="2024年のアンケート調査をばしょごとに行いました。")
    assert found(plan, query) == []


@pytest.mark.parametrize("query", ["", "   ", "　", "\n"])
def test_without_a_word_nothing_is_found(plan, everything, query):
    assert found(plan, query) == []


def test_a_hit_in_the_title_comes_first(plan):
    first = SectionFactory(plan=plan, anchor="1-1", position=1, title="一", body="相談と窓口")
    second = SectionFactory(plan=plan, anchor="1-2", position=2, title="相談", body="窓口")
    third = SectionFactory(plan=plan, anchor="1-3", position=3, title="相談窓口", body="")
    urls = [url.partition("#s")[2] for _, url in found(plan, "相談 窓口")]
    assert urls == [third.anchor, second.anchor, first.anchor]


# ---- what is shown ------------------------------------------------------------------


def shown(plan, query: str) -> str:
    (result,) = search(plan, query)
    return result.excerpt


@pytest.mark.parametrize(
    ("body", "query", "excerpt"),
    [
        ("窓口を知る。", "窓口", "<mark>窓口</mark>を知る。"),
        ("ｶﾞｲﾄﾞを配る。", "がいど", "<mark>ｶﾞｲﾄﾞ</mark>を配る。"),
        ("前の文。窓口を知る。", "知る", "…窓口を<mark>知る</mark>。"),
        ("窓口と窓口", "窓口", "<mark>窓口</mark>と<mark>窓口</mark>"),
        ("相談窓口", "相談窓 談窓口", "<mark>相談窓</mark>口"),
        ("<b>窓口</b> & 相談", "窓口", "&lt;b&gt;<mark>窓口</mark>&lt;/b&gt; &amp; 相談"),
        ("㈱の窓口", "株", "<mark>㈱</mark>の窓口"),
        ("ひきこもりの窓口", "引きこもり", "<mark>ひきこもり</mark>の窓口"),
    ],
)
def test_the_hits_are_marked_in_what_people_wrote(plan, body, query, excerpt):
    SectionFactory(plan=plan, title="題", body=body)
    assert shown(plan, query) == excerpt


def test_an_excerpt_is_short_however_long_the_text(plan):
    SectionFactory(plan=plan, title="題", body=f"{'あ' * 500}窓口{'い' * 500}")
    assert shown(plan, "窓口") == f"…{'あ' * 60}<mark>窓口</mark>{'い' * 60}…"


def test_without_a_hit_in_the_text_its_beginning_is_shown(plan):
    SectionFactory(plan=plan, title="窓口", body="い" * 500)
    assert shown(plan, "窓口") == f"{'い' * 120}…"


def test_an_excerpt_of_nothing_is_nothing(plan):
    SectionFactory(plan=plan, title="窓口", body="")
    (result,) = search(plan, "窓口")
    assert excerpt(result.document, [pattern("窓口")]) == ""


# ---- what is not public -------------------------------------------------------------


def test_only_what_is_public_is_found(plan, everything, office, committee):
    secret = "ひみつ"
    running = CycleFactory(plan=plan, scale=ScaleFactory(plan=plan, name="次"), year=2026)
    action = everything.actions.get()
    fill(EntryFactory(cycle=running, action=action, organization=office, state=EntryState.FIXED), result=secret)
    ReviewFactory(cycle=running, measure=everything, summary=secret)
    OpinionFactory(cycle=running, measure=everything, text=secret)
    past = plan.cycles.get(year=2025)
    fill(EntryFactory(cycle=past, action=action, state=EntryState.ACCEPTED), result=secret)
    past.entries.filter(state=EntryState.FIXED).update(memo=secret)
    committee.name = secret
    committee.save()
    OpinionFactory(cycle=past, measure=everything, by=committee, text="別の意見")
    OrganizationFactory(name=secret, kind=Organization.Kind.OUTSIDE)
    SectionFactory(plan=PlanFactory(is_current=False), body=secret)
    assert found(plan, secret) == []


def test_a_survey_that_is_not_public_is_not_found(plan, survey, ask):
    ask("talk", text="どこで遊びますか")
    assert found(plan, "遊び") == [(Kind.QUESTION, "/surveys/residents/#question-talk")]
    survey.is_public = False
    survey.save()
    plan.touch()
    assert found(plan, "遊び") == []


# ---- what is remembered -------------------------------------------------------------


def test_the_text_is_read_once_for_each_state_of_the_plan(plan, everything, django_assert_num_queries):
    assert len(found(plan, "見守り")) == 10
    with django_assert_num_queries(0):
        assert len(search(plan, "足りない")) == 1
    SectionFactory(plan=plan, body="見守り")
    plan.touch()
    assert len(found(plan, "見守り")) == 11


# ---- the page -----------------------------------------------------------------------


def test_a_page_of_results_narrowed_to_a_kind(client, plan, everything):
    page = client.get("/search/", {"q": "見守り", "kind": "action"})
    assert (page.context["number"], page.context["kind"]) == (10, Kind.ACTION)
    assert [result.document.url for result in page.context["page"]] == ["/actions/1-1-1-G01/"]
    assert "<title>「見守り」の検索結果（取組）｜" in page.content.decode()


@pytest.mark.parametrize("kind", ["nonsense", "", "施策", "term"])
def test_a_kind_without_results_narrows_nothing(client, plan, kind):
    SectionFactory(plan=plan, body="窓口")
    page = client.get("/search/", {"q": "窓口", "kind": kind})
    assert (page.context["kind"], len(page.context["page"])) == (None, 1)


@pytest.mark.parametrize(("number", "shown"), [("1", 20), ("2", 5), ("99", 5), ("x", 20), ("-1", 5)])
def test_twenty_to_a_page(client, plan, number, shown):
    for count in range(25):
        SectionFactory(plan=plan, position=count, body="窓口")
    page = client.get("/search/", {"q": "窓口", "page": number})
    assert (page.context["number"], len(page.context["page"])) == (25, shown)


def test_nothing_found_leads_on(client, plan):
    page = client.get("/search/", {"q": "ありません"}).content.decode()
    assert "「ありません」を含むものは見つかりませんでした" in page
    assert 'href="/goals/"' in page


@pytest.mark.parametrize(
    "query",
    [
        "あ" * 100_000,
        "窓口 " * 20_000,
        "<script>alert(1)</script>",
        "\x00\x1b窓口\ufffe",
        "%' OR 1=1 --",
        "(((((.*)+)+)+)+$",
        "\u3099\u309a",
        "😀" * 1000,
        "\ud800",
    ],
)
def test_a_hostile_query_is_only_words(client, plan, everything, query):
    page = client.get("/search/", {"q": query.encode("utf-8", "surrogatepass")})
    assert page.status_code == 200
    assert len(page.context["query"]) <= LONGEST
    assert "<script>alert" not in page.content.decode()


def test_control_characters_are_left_out_of_the_words(client, plan):
    assert client.get("/search/", {"q": "\x00 窓\x1b口 \ufffe"}).context["query"] == "窓口"
