"""What the plan's own text draws, whatever was added since."""

from decimal import Decimal

import pytest

from mine_welfare.publication.figures import Figures
from mine_welfare.publication.plaintext import plan_text
from mine_welfare.toolkit.richtext import figures
from surveys import actions
from surveys.models import Origin, Point
from surveys.queries.plan import questions_of_the_plan, series_of_the_plan
from tests.factories import SectionFactory
from tests.surveys.conftest import make_question, make_survey, share

BODY = "![出生数](series:births)\n\n![暮らしやすさ](question:q1)"


@pytest.fixture
def since(plan, series, question, secretariat):
    """The plan says 82 of 2020 and 30.2 %; the city has added a year, a share, and a later survey."""
    series.points.create(year=2021, value=80, origin=Origin.DERIVED, derivation="82人から2人を引いた値")
    share(question, "暮らしにくい", Decimal("30.2"))
    share(question, "暮らしやすい", Decimal("65.4"), origin=Origin.COUNTED)
    actions.save_point(series=series, year=2026, value=Decimal(58), by=secretariat)
    later = make_question(make_survey(plan, "r11", year=2029))
    share(later, "暮らしにくい", Decimal("11.1"), origin=Origin.IMPORTED)


def test_the_series_of_the_plan_end_with_the_plan(plan, since, django_assert_num_queries):
    with django_assert_num_queries(2):
        found = series_of_the_plan(plan, ["births", "none"])
        points = [(one.year, one.value) for one in found["births"].points.all()]
    assert (list(found), points) == (["births"], [(2020, 82), (2021, 80)])


def test_small_values_are_hidden_here_as_everywhere(plan, series):
    series.hide_below = 100
    series.save()
    assert [(one.value, one.wording) for one in series_of_the_plan(plan, ["births"])["births"].points.all()] == [
        (None, "x")
    ]


def test_the_questions_of_the_plan_have_its_own_shares(plan, since, question):
    found = questions_of_the_plan(plan, ["q1"])
    assert found == {"q1": question}
    assert [(str(one.choice), one.percent) for one in found["q1"].tallies.all()] == [("暮らしにくい", Decimal("30.2"))]


def test_of_several_surveys_the_last_before_the_plan_counts(plan, question):
    make_question(make_survey(plan, "r1", year=2019))
    assert questions_of_the_plan(plan, ["q1"])["q1"] == question


def test_neither_the_chapter_nor_its_text_twin_takes_in_what_was_added(plan, since):
    section = SectionFactory(plan=plan, anchor="2-1", body=BODY)
    draw = Figures(plan, [section])
    for text in ("".join(draw(figure) for figure in figures(BODY)), plan_text(plan)):
        said = [number in text for number in ("82", "80", "30.2", "58", "65.4", "11.1")]
        assert said == [True, True, True, False, False, False]


def test_the_page_of_the_statistics_shows_it_and_says_so(client, since):
    assert Point.objects.count() == 3
    page = client.get("/statistics/").content.decode()
    assert (">58＊</td>" in page, "＊ 計画の策定後に加えた値です。" in page) == (True, True)
    page = client.get("/surveys/r6/").content.decode()
    assert ("65.4<small>%＊</small>" in page, "＊ 計画の策定後に加えた値です。" in page) == (True, True)


def test_nothing_of_a_later_survey_is_marked(client, since):
    assert "＊" not in client.get("/surveys/r11/").content.decode()
