"""The surveys and statistics beside the counts of a year."""

import datetime
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from measures.models import Cycle
from measures.workflow import CycleState, EntryState
from mine_welfare.publication.models import Meeting
from surveys.models import Choice, Origin, Point, Question, Series, Survey, Tally
from tests.factories import (
    ActionFactory,
    EntryFactory,
    MeasureFactory,
    OrganizationFactory,
    PolicyFactory,
    ReviewFactory,
    fill,
)

pytestmark = pytest.mark.django_db
PAGE = "/staff/dashboard/goals/1/"


@pytest.fixture
def measure(plan, cycle):
    Cycle.objects.update(state=CycleState.COMMITTEE)
    return MeasureFactory(policy=PolicyFactory(goal__plan=plan), number=1, title="相談窓口")


def ask(plan, measure, code: str, percent=Decimal("31.7")) -> Question:
    day = datetime.date(2024, 12, 1)
    survey, _ = Survey.objects.get_or_create(
        plan=plan, slug="r6",
        defaults={"title": "市民の調査", "year": 2024, "target": "市民", "starts_on": day, "ends_on": day,
                  "period": "12月", "distribution": "郵送", "collection": "郵送",
                  "sent": 10, "returned": 5, "response_rate": 50},
    )  # fmt: skip
    question = Question.objects.create(
        survey=survey, code=code, position=1, theme="相談", text=f"{code}を誰に相談しますか", kind="single", base=663
    )
    choice = Choice.objects.create(question=question, position=1, label="誰にも相談していない")
    Tally.objects.create(question=question, choice=choice, percent=percent, wording="約3割", origin=Origin.PUBLISHED)
    question.measures.add(measure)
    return question


def count(plan, measure, code: str, value=76) -> None:
    series = Series.objects.create(
        plan=plan, code=code, position=1, theme="交流", title=f"{code}の数", unit="団体", source="社協"
    )
    Point.objects.create(series=series, year=2024, value=value, origin=Origin.PUBLISHED)
    series.measures.add(measure)


def titles(html: str) -> list[tuple[str, str]]:
    return re.findall(r'<h3><a href="([^"]*)">([^<]*)</a></h3>', html)


def test_each_chart_leads_to_where_it_stands_for_good_and_to_its_measures(plan, measure, committee, client_of):
    ask(plan, measure, "q1")
    count(plan, measure, "salon")
    html = client_of(committee).get(PAGE).content.decode()
    assert titles(html) == [
        ("/surveys/r6/#question-q1", "q1を誰に相談しますか"),
        ("/statistics/#series-salon", "salonの数"),
    ]
    assert html.count('href="/staff/dashboard/measures/1-1-1/?year=2025"') == 2


def test_what_has_no_number_or_belongs_to_another_goal_is_not_drawn(plan, measure, committee, client_of):
    other = MeasureFactory(policy=PolicyFactory(goal__plan=plan, goal__number=2))
    ask(plan, measure, "q1", percent=None)
    count(plan, measure, "lost", value=None)
    ask(plan, other, "q2")
    html = client_of(committee).get(PAGE).content.decode()
    assert (titles(html), "関係する設問はありません" in html, "関係する統計はありません" in html) == ([], True, True)


@pytest.mark.parametrize(("stage", "status"), [(CycleState.LIAISON, 404), (CycleState.COMMITTEE, 200)])
def test_the_committee_reads_it_with_the_counts(measure, committee, client_of, stage, status):
    Cycle.objects.update(state=stage)
    assert client_of(committee).get(PAGE).status_code == status


def test_a_goal_the_plan_does_not_have_is_not_found(measure, committee, client_of):
    assert client_of(committee).get("/staff/dashboard/goals/9/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_three_charts_ask_as_much_as_one(plan, measure, committee, client_of, django_assert_num_queries, rows):
    for place in range(rows):
        ask(plan, measure, f"q{place}")
        count(plan, measure, f"s{place}")
    client = client_of(committee)
    client.get(PAGE)
    with django_assert_num_queries(14):
        client.get(PAGE)


# ---- meetings ---------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_the_dashboard_lists_what_moved_since_the_last_meeting(
    cycle, measure, committee, client_of, rows, django_assert_num_queries
):
    Meeting.objects.create(cycle=cycle, name="第2回策定推進委員会", held_on=timezone.localdate() - timedelta(days=2))
    entries = []
    for _ in range(rows):
        entry = EntryFactory(cycle=cycle, action=ActionFactory(measure=measure), organization=OrganizationFactory())
        fill(entry, "A", state=EntryState.ACCEPTED)
        entry.history.update(history_date=timezone.now() - timedelta(days=9))
        entry.rating = cycle.scale.grades.get(code="C")
        entry.save()
        entries.append(entry)
    ReviewFactory(cycle=cycle, measure=measure, first_rating=cycle.scale.grades.get(code="B"))
    client = client_of(committee)
    client.get("/staff/dashboard/")
    with django_assert_num_queries(14):
        html = client.get("/staff/dashboard/").content.decode()
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    assert "の第2回策定推進委員会のあと" in said
    assert f"評価が変わった施策（1） —未評価 B計画どおり {measure}" in re.sub(r" (?=[未計])", "", said)
    assert f"達成度が変わった個票（{rows}）" in said
    assert [entry.get_absolute_url() in html for entry in entries] == [True] * rows
