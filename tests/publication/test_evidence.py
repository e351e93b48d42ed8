"""What citizens said, beside the measures it speaks to."""

import pytest

from mine_welfare.publication.evidence import evidence, voice
from surveys.models import MeetingTopic, Point, ResidentMeeting, Series
from tests.factories import MeasureFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def measure(plan):
    return MeasureFactory(policy__goal__plan=plan)


@pytest.fixture
def other(measure):
    return MeasureFactory(policy=measure.policy)


def test_the_question_about_this_measure_alone_is_drawn(plan, measure, other, ask):
    wide = ask("wide", {"はい": "60.0"}, [measure, other])
    own = ask("own", {"はい": "40.0", "いいえ": "50.5"}, [measure], statements=["「いいえ」が多い。"])
    beside = evidence(plan.edition, measure.pk)
    assert (beside.answers.question, beside.answers.reading, beside.answers.url) == (
        own,
        "「いいえ」が多い。",
        f"/surveys/{own.survey.slug}/#question-own",
    )
    assert [(label, str(value)) for _, label, value, _ in beside.answers.rows] == [("はい", "40.0"), ("いいえ", "50.5")]
    assert beside.links == [(wide.text, f"/surveys/{wide.survey.slug}/#question-wide")]


def test_without_numbers_there_is_no_chart_but_a_link(plan, measure, ask):
    question = ask("words", {"はい": None}, [measure])
    beside = evidence(plan.edition, measure.pk)
    assert (beside.answers, beside.links) == (
        None,
        [(question.text, f"/surveys/{question.survey.slug}/#question-words")],
    )


def test_a_question_whose_base_is_unknown_is_not_drawn(plan, measure, ask):
    question = ask("own", {"はい": "40.0"}, [measure], base=None)
    beside = evidence(plan.edition, measure.pk)
    assert (beside.answers, [words for words, _ in beside.links]) == (None, [question.text])


def test_statistics_with_values_and_what_residents_said_are_linked(plan, measure):
    for position, code in enumerate(("births", "gap"), start=1):
        series = Series.objects.create(
            plan=plan, code=code, position=position, theme="児童", title=code, unit="人", source="国"
        )
        series.measures.add(measure)
    for year in (2020, 2024):
        Point.objects.create(series=plan.series.get(code="births"), year=year, value=5, origin="published")
    meeting = ResidentMeeting.objects.create(plan=plan, slug="talks", title="座談会", districts=9, participants=163)
    MeetingTopic.objects.create(meeting=meeting, position=3, field="防災").measures.add(measure)

    assert evidence(plan.edition, measure.pk).links == [
        ("統計：births", "/statistics/#series-births"),
        ("座談会：防災", "/meetings/#topic-talks-3"),
    ]


def test_beside_most_measures_there_is_nothing(plan, measure, other, ask):
    ask("own", {"はい": "40.0"}, [other])
    assert evidence(plan.edition, measure.pk) is None


def test_a_survey_that_is_not_public_is_nowhere(plan, measure, survey, ask):
    ask("own", {"はい": "40.0"}, [measure])
    survey.is_public = False
    survey.save()
    assert (evidence(plan.edition, measure.pk), voice(plan.edition)) == (None, None)


def test_it_is_put_together_once_for_each_state_of_the_plan(plan, measure, ask, django_assert_num_queries):
    ask("own", {"はい": "40.0"}, [measure])
    first = evidence(plan.edition, measure.pk)
    with django_assert_num_queries(0):
        assert evidence(plan.edition, measure.pk) is first


def test_the_voice_of_the_home_page_speaks_to_most_measures(plan, measure, other, ask):
    ask("words", {"はい": None}, [measure, other, MeasureFactory(policy=measure.policy)])
    ask("own", {"はい": "40.0"}, [measure])
    wide = ask("wide", {"はい": "60.0"}, [measure, other])
    ask("equal", {"はい": "70.0"}, [measure, other])
    assert voice(plan.edition).question == wide


def test_without_a_survey_there_is_no_voice(plan):
    assert voice(plan.edition) is None
