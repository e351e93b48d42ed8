"""Citizens' pages of surveys, statistics and meetings."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from surveys import actions
from surveys.models import MeetingTopic, Origin, Point, ResidentMeeting, Series
from tests.factories import MeasureFactory
from tests.surveys.conftest import make_question, make_survey, share


@pytest.fixture
def measure(plan):
    return MeasureFactory(policy__goal__plan=plan, title="相談窓口の周知")


def text(response) -> str:
    return response.content.decode()


# ---- what stands where ----------------------------------------------------------
def test_the_first_page_leads_to_all_three(client, survey, series):
    body = text(client.get("/surveys/"))

    assert [f'href="{url}"' in body for url in ("/surveys/r6/", "/statistics/", "/meetings/")] == [True] * 3
    assert "100件を配り、40件（40.0％）の回答がありました。" in body


def test_a_survey_shows_each_question_with_its_measures(client, survey, question, measure):
    question.measures.add(measure)
    question.statements, question.remarks = ["やすいが65.5%です。"], ["周知が課題です。"]
    question.base = 40
    question.save()
    share(question, "暮らしやすい", "65.5")

    body = text(client.get("/surveys/r6/"))

    assert "65.5" in body
    assert "n=40" in body
    assert "やすいが65.5%です。" in body
    assert "周知が課題です。" in body
    assert f'<a href="/measures/{measure.code}/">{measure.code} 相談窓口の周知</a>' in body
    assert "出所 地域福祉の調査（令和6年度）" in body


def test_a_survey_that_is_not_public_is_nowhere(client, survey, question):
    share(question, "暮らしやすい", 60)
    survey.is_public = False
    survey.save()

    urls = ("/surveys/r6/", "/surveys/r6/tallies.csv", "/surveys/r6/q1.csv")
    assert [client.get(url).status_code for url in urls] == [404] * 3
    assert "/surveys/r6/" not in text(client.get("/surveys/"))


@pytest.mark.parametrize("url", ["/surveys/", "/statistics/", "/meetings/"])
def test_before_a_plan_is_loaded_there_is_nothing(client, db, url):
    assert client.get(url).status_code == 404


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("/surveys/", "公開している調査は、まだありません"),
        ("/statistics/", "統計は、まだありません"),
        ("/meetings/", "座談会の記録は、まだありません"),
    ],
)
def test_an_empty_page_says_so(client, plan, url, words):
    assert words in text(client.get(url))


def test_a_survey_without_questions_says_so(client, survey):
    assert "結果は、まだありません" in text(client.get("/surveys/r6/"))


def test_statistics_say_what_is_drawn_single_and_missing(client, plan, series, measure):
    Point.objects.create(series=series, year=2023, value=62, origin=Origin.PUBLISHED)
    series.measures.add(measure)
    single = Series.objects.create(
        plan=plan, code="rate", position=2, theme="生活保護", title="保護率", unit="%", source="例", as_of="10月1日"
    )
    Point.objects.create(series=single, year=2024, value="6.81", origin=Origin.PUBLISHED)
    Series.objects.create(plan=plan, code="gap", position=3, theme="児童", title="学童", unit="人", source="国")

    body = text(client.get("/statistics/"))

    assert "令和2年の82人から令和5年の62人へ、20人（24.4%）減りました。" in body
    assert "<b>6.81<small>%</small></b>保護率（令和6年）" in body
    assert "出所 例（10月1日）" in body
    assert "学童：素案の本文に値の記載なし" in body
    assert f'href="/measures/{measure.code}/"' in body


def test_meetings_show_every_opinion_with_its_measures(client, plan, measure):
    meeting = ResidentMeeting.objects.create(plan=plan, slug="z", title="座談会", districts=9, participants=163)
    topic = MeetingTopic.objects.create(meeting=meeting, position=1, field="交通", opinions=["車"], issues=["運転"])
    topic.measures.add(measure)

    body = text(client.get("/meetings/"))

    assert "9地区で話し合い、延べ163人が参加しました。" in body
    assert [f"<li>{line}</li>" in body for line in ("車", "運転")] == [True, True]
    assert 'id="topic-z-1"' in body
    assert f'href="/measures/{measure.code}/"' in body


# ---- files ----------------------------------------------------------------------
def test_shares_are_saved_as_csv(client, survey, question):
    share(question, "暮らしやすい", "65.5")

    response = client.get("/surveys/r6/tallies.csv")

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[:2] == [
        "設問番号,設問文,項目番号,項目,選択肢,まとめた選択肢,割合,件数,文章での値,計算の方法",
        "q1,q1の設問文,,,暮らしやすい,,65.5,,,",
    ]


def test_statistics_are_saved_as_csv(client, series):
    lines = client.get("/statistics.csv").content.decode("utf-8-sig").splitlines()

    assert lines == [
        "識別名,名称,年,和暦,値,単位,表記,計算の方法,時点,出所",
        "births,出生数,2020,令和2年,82,人,,,,保健統計",
    ]


@pytest.mark.parametrize("form", ["csv", "svg"])
def test_the_chart_of_a_question_is_a_file(client, survey, question, form):
    share(question, "暮らしやすい", "65.5")

    response = client.get(f"/surveys/r6/q1.{form}")

    assert response.status_code == 200
    assert "65.5" in text(response)


def test_the_chart_of_a_series_is_a_file(client, series):
    Point.objects.create(series=series, year=2023, value=62, origin=Origin.PUBLISHED)

    assert "62" in text(client.get("/statistics/births.csv"))


@pytest.mark.parametrize(
    "url", ["/surveys/r6/q1.csv", "/surveys/r6/q9.csv", "/surveys/r9/", "/statistics/births.csv", "/statistics/x.csv"]
)
def test_what_has_no_chart_has_no_file(client, survey, question, series, url):
    assert client.get(url).status_code == 404


# ---- raw answers stay inside ------------------------------------------------------
def test_free_texts_are_on_no_public_page(client, survey, question, send, secretariat):
    make_question(survey, "q7", "text", labels=())
    actions.confirm(upload=send("answers", "q1,q7\n1,隣の人に困る\n", survey), by=secretariat)

    urls = ("/surveys/", "/surveys/r6/", "/surveys/r6/tallies.csv")
    assert ["隣の人" in text(client.get(url)) for url in urls] == [False] * 3


# ---- queries --------------------------------------------------------------------
@pytest.mark.parametrize("number", [1, 3])
def test_pages_take_the_same_queries_at_any_number_of_rows(client, plan, measure, number):
    earlier = make_survey(plan, "r1", year=2019)
    survey = make_survey(plan, previous=earlier)
    meeting = ResidentMeeting.objects.create(plan=plan, slug="z", title="座談会", districts=9, participants=163)
    for place in range(number):
        for one in (survey, earlier):
            question = make_question(one, f"q{place}")
            share(question, "暮らしやすい", 50)
            question.measures.add(measure)
        series = Series.objects.create(
            plan=plan, code=f"s{place}", position=place, theme=f"分野{place}", title="数", unit="人", source="国"
        )
        for year in (2020, 2021, 2024):
            Point.objects.create(series=series, year=year, value=5, origin=Origin.PUBLISHED)
        series.measures.add(measure)
        topic = MeetingTopic.objects.create(meeting=meeting, position=place + 1, field="交通")
        topic.measures.add(measure)
    counts = {}
    for url in ("/surveys/", "/surveys/r6/", "/statistics/", "/meetings/", "/statistics/s0.csv", "/surveys/r6/q0.csv"):
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counts[url] = len(queries)

    assert counts == {
        "/surveys/": 6, "/surveys/r6/": 12, "/statistics/": 5, "/meetings/": 5, "/statistics/s0.csv": 4,
        "/surveys/r6/q0.csv": 8,
    }  # fmt: skip


# ---- the survey before ------------------------------------------------------------
def test_the_survey_before_is_compared_with_in_points_and_other_wordings_are_told(client, plan):
    earlier = make_survey(plan, "r1", year=2019)
    survey = make_survey(plan, previous=earlier)
    for label, now, then in (("暮らしやすい", "65.5", "70.0"), ("暮らしにくい", "30.2", "25.2")):
        for one, percent in ((survey, now), (earlier, then)):
            question = one.questions.filter(code="q1").first() or make_question(one, text=f"{one.slug}の文")
            share(question, label, percent)

    body = text(client.get("/surveys/r6/"))

    assert re.findall(r'<td class="num">([^<]+)</td>', body[body.index("前回の調査（令和元年度）") :])[:6] == [
        "65.5％", "70.0％", "－4.5", "30.2％", "25.2％", "＋5.0",
    ]  # fmt: skip
    assert "設問文が前回と違います（前回は「r1の文」）。比べるときは注意してください。" in body
