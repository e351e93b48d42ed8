"""The dashboard as the committee, the city hall and citizens open it."""

import re

import pytest
from django.utils import timezone

from measures.models import Cycle, Indicator
from measures.workflow import CycleState, EntryState
from tests.factories import (
    ActionFactory,
    CycleFactory,
    EntryFactory,
    MeasureFactory,
    OpinionFactory,
    OrganizationFactory,
    PolicyFactory,
    ReviewFactory,
    fill,
)

pytestmark = pytest.mark.django_db
HOME = "/staff/dashboard/"


@pytest.fixture
def measure(plan):
    return MeasureFactory(policy=PolicyFactory(goal__plan=plan), number=1, title="相談窓口")


@pytest.fixture
def committee_year(cycle, measure):
    Cycle.objects.filter(pk=cycle.pk).update(state=CycleState.COMMITTEE)
    cycle.refresh_from_db()
    ReviewFactory(cycle=cycle, measure=measure, first_rating=cycle.scale.grades.get(code="B"))
    add_sheet(cycle, measure)
    return cycle


def add_sheet(cycle, measure, letter="A"):
    entry = EntryFactory(cycle=cycle, action=ActionFactory(measure=measure), organization=OrganizationFactory())
    return fill(entry, letter, state=EntryState.ACCEPTED, issues="人手")


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def headings(html: str) -> list[str]:
    return [words(heading).strip() for heading in re.findall(r"<h2[^>]*>(.*?)</h2>", html, re.DOTALL)]


def get(client_of, user, url, status=200):
    response = client_of(user).get(url)
    assert response.status_code == status
    return response.content.decode()


# Who sees the counts of a year in which stage; the others are told from when.
SEES = {
    CycleState.OPEN: {"secretariat", "auditor"},
    CycleState.LIAISON: {"secretariat", "auditor", "writer", "approver"},
    CycleState.COMMITTEE: {"secretariat", "auditor", "writer", "approver", "committee"},
}


@pytest.mark.parametrize("stage", SEES)
@pytest.mark.parametrize("name", ["secretariat", "auditor", "writer", "approver", "committee"])
def test_who_sees_the_counts_when(request, committee_year, client_of, stage, name):
    Cycle.objects.filter(pk=committee_year.pk).update(state=stage)
    html = get(client_of, request.getfixturevalue(name), HOME)
    assert ("施策と年度の評価" in headings(html), "見られる集計は、まだありません" in html) == (
        name in SEES[stage], name not in SEES[stage],
    )  # fmt: skip
    for url in (f"{HOME}measures/1-1-1/", f"{HOME}charts/goals.csv"):
        get(client_of, request.getfixturevalue(name), url, 200 if name in SEES[stage] else 404)


@pytest.mark.parametrize("name", ["sysadmin", "nobody"])
@pytest.mark.parametrize("path", ["", "measures/1-1-1/", "charts/goals.csv"])
def test_others_have_no_dashboard(request, committee_year, client_of, name, path):
    get(client_of, request.getfixturevalue(name), HOME + path, 403)


def test_without_a_year_there_is_nothing_to_see(plan, secretariat, client_of):
    assert "年度" in get(client_of, secretariat, HOME)
    get(client_of, secretariat, f"{HOME}measures/1-1-1/", 404)


def test_the_page_has_all_its_parts(committee_year, committee, client_of):
    html = get(client_of, committee, HOME)
    assert headings(html) == [
        "施策と年度の評価", "基本目標ごとの達成度", "動いたところ", "回答のそろい方", "今後の方向性",
        "気をつけて見るところ", "目標指標", "基本施策ごとの達成度", "課・団体ごとの達成度", "市と社会福祉協議会",
        "構成計画ごとの達成度", "基本目標に関係する調査と統計",
    ]  # fmt: skip
    assert html.count("決まり：") == 5


@pytest.mark.parametrize(("name", "offered"), [("committee", True), ("auditor", False)])
def test_an_opinion_is_written_from_here_by_those_who_may(request, committee_year, client_of, name, offered):
    person = request.getfixturevalue(name)
    assert ("/staff/opinions/new/?year=2025" in get(client_of, person, HOME)) is offered
    sheet = get(client_of, person, f"{HOME}measures/1-1-1/")
    assert ("/staff/opinions/new/?year=2025&amp;measure=1-1-1" in sheet) is offered


def test_every_number_of_a_table_leads_to_its_rows(committee_year, secretariat, client_of):
    html = get(client_of, secretariat, HOME)
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="(/staff/entries/\?[^"]*)"', html)}
    client = client_of(secretariat)
    assert len(links) > 8
    for link in sorted(links):
        assert "1件" in words(client.get(link).content.decode()), link


def test_the_list_says_from_which_number_it_was_opened(committee_year, secretariat, client_of):
    html = get(client_of, secretariat, "/staff/entries/?year=2025&rating=A&measure=1-1-1")
    assert "集計の数から開いた個票： 施策 1-1-1、達成度 A" in words(html)
    assert "この条件の個票はありません" in get(client_of, secretariat, "/staff/entries/?year=2025&rating=D")


@pytest.fixture
def second_year(plan, measure):
    first = CycleFactory(plan=plan, year=2025, state=CycleState.CLOSED)
    year = CycleFactory(plan=plan, year=2026, scale=first.scale, state=CycleState.COMMITTEE)
    for cycle, letter in ((first, "B"), (year, "C")):
        ReviewFactory(cycle=cycle, measure=measure, first_rating=cycle.scale.grades.get(code=letter))
        add_sheet(cycle, measure, letter)
    return year


@pytest.mark.parametrize(
    ("query", "chosen"),
    [
        ("", {"year": "2026", "before": "2025"}),
        ("?year=2025", {"year": "2025"}),
        ("?year=2025&before=2026", {"year": "2025", "before": "2026"}),
        ("?year=2026&before=2026", {"year": "2026"}),
        ("?year=x&before=1999&goal=9&organization=nobody", {"year": "2026", "before": "2025"}),
        ("?goal=1&side=government", {"year": "2026", "before": "2025", "goal": "1", "side": "government"}),
    ],
)
def test_a_view_can_be_sent_as_an_address(second_year, secretariat, client_of, query, chosen):
    html = get(client_of, secretariat, HOME + query)
    form = re.search(r'<form class="filters.*?</form>', html, re.DOTALL)[0]
    selects = re.findall(r'<select name="(\w+)".*?</select>', form, re.DOTALL)
    found = {}
    for name, body in zip(selects, re.findall(r"<select.*?</select>", form, re.DOTALL), strict=True):
        if value := re.search(r'<option value="([^"]+)" selected', body):
            found[name] = value[1]
    assert found == chosen


def test_the_year_is_compared_with_the_one_before(second_year, committee, client_of):
    html = words(get(client_of, committee, HOME))
    assert "令和7年度から評価が上がったのは0施策、下がったのは1施策、同じは0施策です。" in html
    assert "BからCに下がりました。" in html


@pytest.mark.parametrize("form", ["csv", "svg", "png", "html"])
@pytest.mark.parametrize("name", ["measures", "goals", "directions", "freshness"])
def test_every_chart_can_be_saved_and_touched(second_year, committee, client_of, name, form):
    response = client_of(committee).get(f"{HOME}charts/{name}.{form}?year=2026")
    assert (response.status_code, len(response.content) > 100) == (200, True)


@pytest.mark.parametrize("path", ["charts/other.csv", "charts/goals.gif", "measures/9-9-9/"])
def test_what_does_not_exist_is_not_found(second_year, committee, client_of, path):
    get(client_of, committee, HOME + path, 404)


# ---- one 施策 on one sheet -----------------------------------------------------------


def test_the_sheet_of_a_measure_has_both_years_and_what_was_said(
    second_year, measure, committee, secretariat, client_of
):
    OpinionFactory(cycle=second_year, measure=measure, text="周知が要る。", by=committee)
    Indicator.objects.create(measure=measure, code="1", name="相談の件数", unit="件", kind="output", trend="up")
    html = words(get(client_of, secretariat, f"{HOME}measures/1-1-1/"))
    for part in ("相談窓口", "周知が要る。", "相談の件数", "令和7年度の評価", "令和8年度の評価", "人手"):
        assert part in html


def test_the_sheet_leads_to_the_measures_beside_it(second_year, measure, secretariat, client_of):
    MeasureFactory(policy=measure.policy, number=2)
    html = get(client_of, secretariat, f"{HOME}measures/1-1-2/?year=2026")
    assert re.findall(r'href="(/staff/dashboard/measures/[^"]*)"', html) == [
        "/staff/dashboard/measures/1-1-1/?year=2026"
    ]


def test_the_committee_does_not_read_what_is_not_confirmed(second_year, measure, committee, client_of):
    entry = EntryFactory(cycle=second_year, action=ActionFactory(measure=measure), state=EntryState.SUBMITTED)
    fill(entry, "D", issues="まだ確認していない課題")
    html = get(client_of, committee, f"{HOME}measures/1-1-1/")
    assert ("まだ確認していない課題" in html, f"/staff/entries/{entry.pk}/" in html) == (False, False)


# ---- citizens -------------------------------------------------------------------------


@pytest.fixture
def published(second_year):
    Cycle.objects.update(published_at=timezone.now())
    return second_year


def test_citizens_read_the_published_part_without_ways_inside(published, client):
    html = client.get("/evaluations/2026/").content.decode()
    assert headings(html)[:5] == [
        "令和8年度の評価",
        "施策と年度の評価",
        "基本目標ごとの達成度",
        "動いたところ",
        "回答のそろい方",
    ]
    # The head and foot lead to the sign-in; the counts lead nowhere inside.
    assert re.findall(r'href="/staff/(?:entries|dashboard)[^"]*"', html) == []


def test_an_earlier_year_shows_nothing_of_a_later_one(published, measure, client):
    html = client.get("/evaluations/2025/").content.decode()
    assert ('class="cell cell--b"' in html, 'class="cell cell--c"' in html) == (True, False)


@pytest.mark.parametrize("path", ["", "charts/goals.csv", "charts/goals.html"])
def test_an_unpublished_year_has_no_page(second_year, client, path):
    assert client.get(f"/evaluations/2026/{path}").status_code == 404


@pytest.mark.parametrize(("path", "status"), [("goals.svg", 200), ("measures.html", 200), ("other.svg", 404)])
def test_citizens_save_the_charts_of_a_published_year(published, client, path, status):
    assert client.get(f"/evaluations/2026/charts/{path}").status_code == status


@pytest.mark.parametrize(
    ("page", "asked", "labels"),
    [
        ("/goals/1/", "goal=1", ["1-1-1 相談窓口", "1-1-2 見守り"]),
        ("/policies/1-1/", "policy=1-1", ["1-1-1 相談窓口", "1-1-2 見守り"]),
        ("/measures/1-1-1/", "measure=1-1-1", ["1-1-1 相談窓口"]),
    ],
)
def test_the_bars_of_a_page_are_saved_with_what_it_shows(published, measure, client, page, asked, labels):
    for one in (
        MeasureFactory(policy=measure.policy, number=2, title="見守り"),
        MeasureFactory(policy=PolicyFactory(goal__plan=measure.plan, goal__number=2, goal__title="つながり"), number=1),
    ):
        add_sheet(published, one)
    html = client.get(page).content.decode()
    files = f"/evaluations/2026/charts/sheets.{{}}?{asked}"
    assert [f'href="{files.format(form)}"' in html for form in ("csv", "svg", "png", "html")] == [True] * 4
    rows = client.get(files.format("csv")).content.decode("utf-8-sig").splitlines()[1:]
    assert list(dict.fromkeys(row.split(",")[1] for row in rows)) == labels


@pytest.mark.parametrize("asked", ["goal=9", "goal=x", "goal=" + "9" * 5000, "policy=9-9", "measure=9-9-9"])
def test_what_the_plan_does_not_have_has_no_chart(published, client, asked):
    assert client.get(f"/evaluations/2026/charts/sheets.csv?{asked}").status_code == 404


# ---- queries --------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("url", "queries"), [(HOME, 15), (f"{HOME}measures/1-1-1/", 14), ("/staff/entries/?year=2026&rating=C", 10)]
)
def test_staff_pages_ask_as_much_for_three_rows_as_for_one(
    second_year, measure, secretariat, client_of, django_assert_num_queries, url, queries, rows
):
    for place in range(rows):
        add_sheet(second_year, measure, "C")
        ReviewFactory(cycle=second_year, measure=MeasureFactory(policy=measure.policy))
        Indicator.objects.create(measure=measure, code=str(place), name="件数", unit="件", kind="output", trend="up")
        OpinionFactory(cycle=second_year, measure=measure)
    client = client_of(secretariat)
    client.get(url)
    with django_assert_num_queries(queries):
        client.get(url)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_public_page_asks_as_much_for_three_rows_as_for_one(
    published, measure, client, django_assert_num_queries, rows
):
    for _ in range(rows):
        add_sheet(published, measure, "C")
    client.get("/evaluations/2026/")
    with django_assert_num_queries(12):
        client.get("/evaluations/2026/")
