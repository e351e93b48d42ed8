"""Where a figure, a question, a series or a topic stands."""

import pytest

from mine_welfare.publication.places import of_question, of_section, of_series, of_topic, places
from tests.factories import SectionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def chapter(plan):
    return SectionFactory(plan=plan, chapter=2, level=1, anchor="chapter-2", title="現状", body="")


def test_a_chapter_is_its_page_and_a_section_a_place_on_it(plan, chapter):
    section = SectionFactory(plan=plan, chapter=2, level=3, anchor="2-1-1")
    assert (of_section(chapter), of_section(section)) == ("/plan/chapters/2/", "/plan/chapters/2/#s2-1-1")


def test_a_figure_stands_where_it_is_drawn_first(plan, chapter):
    SectionFactory(plan=plan, chapter=2, anchor="2-1", body="![人口](series:population,households)")
    SectionFactory(plan=plan, chapter=2, anchor="2-2", body="文。\n\n![人口](series:population)")
    assert places(plan.edition).figures == {
        "series:population": "/plan/chapters/2/#s2-1",
        "series:households": "/plan/chapters/2/#s2-1",
    }


def test_a_question_a_series_and_a_topic_have_their_pages(plan, ask):
    question = ask("own")
    assert (of_question(question), of_series("births"), of_topic("talks", 3)) == (
        f"/surveys/{question.survey.slug}/#question-own",
        "/statistics/#series-births",
        "/meetings/#topic-talks-3",
    )


def test_places_are_found_once_for_each_state_of_the_plan(plan, chapter, django_assert_num_queries):
    first = places(plan.edition)
    with django_assert_num_queries(0):
        assert places(plan.edition) is first
    plan.touch()
    plan.refresh_from_db()
    assert places(plan.edition) is not first
