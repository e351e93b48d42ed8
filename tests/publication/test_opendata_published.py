"""What was not published, who said it, and whom a small number would point at: none of it is in the open data."""

from decimal import Decimal

import pytest
from django.utils import timezone

from measures.models import Indicator
from measures.workflow import CycleState, EntryState, ResponseState
from mine_welfare.publication.opendata import RESOURCES
from surveys.models import Origin, Point, Ranking, Series, Tally
from tests.factories import CycleFactory, OpinionFactory, ResponseFactory, ReviewFactory, fill
from tests.publication.test_opendata import as_csv, as_json
from tests.surveys.conftest import make_question, make_survey, share

pytestmark = pytest.mark.django_db
SECRET = "庁内だけの言葉"


@pytest.fixture
def public(cycle):
    cycle.state, cycle.published_at = CycleState.CLOSED, timezone.now()
    cycle.save()
    return cycle


# ---- evaluations --------------------------------------------------------------------


def test_a_fixed_sheet_is_told_in_full_but_for_the_inside_memo(client, public, entry):
    fill(entry, state=EntryState.FIXED, memo=SECRET, budget=120, reason="計画のとおり。")
    (row,) = as_json(client, "evaluations")
    assert SECRET not in row.values()
    assert {name: row[name] for name in ("rating", "direction", "result", "reason", "budget", "money_unit")} == {
        "rating": "B",
        "direction": "continue",
        "result": "会議を2回開いた。",
        "reason": "計画のとおり。",
        "budget": 120,
        "money_unit": "千円",
    }
    assert (row["year"], row["year_wareki"], row["freshness"], row["settlement"]) == (
        2025,
        "令和7年度",
        "on_time",
        None,
    )


@pytest.mark.parametrize("state", [state for state in EntryState if state != EntryState.FIXED])
def test_what_nobody_stood_by_is_unanswered_and_empty(client, public, entry, state):
    fill(entry, state=state, result=SECRET, budget=5)
    (row,) = as_json(client, "evaluations")
    assert (row["freshness"], row["action"], row["organization"]) == ("unanswered", entry.action.code, "welfare")
    answers = [
        "rating",
        "direction",
        "planned",
        "result",
        "reason",
        "issues",
        "improvement",
        "next_plan",
        "is_unchanged",
        "no_budget",
        "budget",
    ]
    assert {row[name] for name in answers} == {None}


def test_a_late_sheet_says_so(client, public, entry):
    fill(entry, state=EntryState.FIXED, is_late=True)
    assert [row["freshness"] for row in as_json(client, "evaluations")] == ["late"]


@pytest.mark.parametrize("change", [{"published_at": None}, {"unpublished_at": timezone.now()}])
@pytest.mark.parametrize("name", ["evaluations", "measure_reviews", "opinions"])
def test_a_year_that_is_not_public_is_not_there(client, public, entry, name, change):
    fill(entry, state=EntryState.FIXED)
    ReviewFactory(cycle=public, measure=entry.action.measure, first_comment="所見")
    ResponseFactory(opinion=OpinionFactory(cycle=public))
    assert len(as_json(client, name)) == 1
    type(public).objects.filter(pk=public.pk).update(**change)
    assert as_json(client, name) == []


def test_a_review_that_says_nothing_is_no_row(client, public, action):
    review = ReviewFactory(cycle=public, measure=action.measure)
    assert as_json(client, "measure_reviews") == []
    review.policy = "続ける。"
    review.save()
    assert [row["revision"] for row in as_json(client, "measure_reviews")] == ["続ける。"]


# ---- opinions -----------------------------------------------------------------------


def test_an_opinion_has_a_row_for_each_confirmed_answer_and_no_name(client, public, committee, office):
    committee.name = SECRET
    committee.save()
    opinion = OpinionFactory(cycle=public, by=committee)
    ResponseFactory(opinion=opinion, organization=office)
    ResponseFactory(opinion=opinion)
    ResponseFactory(opinion=opinion, state=ResponseState.ANSWERED, text=SECRET)
    OpinionFactory(cycle=public, by=committee, text="まだ受け付けていない。", received_at=None)
    alone = OpinionFactory(cycle=public, by=committee, text="回答を待っている。")
    ResponseFactory(opinion=alone, state=ResponseState.ASKED, text=SECRET)
    rows = as_json(client, "opinions")
    assert [(row["opinion"], row["response"]) for row in rows] == [
        (opinion.pk, "広報で知らせる。"),
        (opinion.pk, "広報で知らせる。"),
        (alone.pk, None),
    ]
    assert SECRET not in client.get("/opendata/opinions.csv").content.decode()


# ---- indicators ---------------------------------------------------------------------


def test_a_years_value_comes_with_the_publication_of_the_year(client, public, action):
    CycleFactory(plan=public.plan, scale=public.scale, year=2026)
    indicator = Indicator.objects.create(
        measure=action.measure, code="k1", name="相談の件数", unit="件", kind="output", trend="up"
    )
    for year in (2024, 2025, 2026):
        indicator.values.create(year=year, actual=Decimal("1.50"))
    rows = as_json(client, "indicators")
    assert [(row["year"], row["actual"], row["target"]) for row in rows] == [(2024, 1.5, None), (2025, 1.5, None)]


# ---- small counts -------------------------------------------------------------------


def tallies(client) -> dict[str, tuple]:
    rows = as_json(client, "survey_tallies")
    return {row["choice"] or row["choices"]: (row["count"], row["percent"], row["mark"]) for row in rows}


def counted(question, counts: dict[str, int], **fields) -> None:
    for label, count in counts.items():
        percent = Decimal(100 * count / question.base).quantize(Decimal("0.1"))
        share(question, label, percent, **{"count": count, "origin": Origin.COUNTED} | fields)


LABELS = ("ある", "ない", "少し")


def test_a_small_count_is_hidden_and_the_one_that_would_tell_it(client, plan):
    question = make_question(make_survey(plan), labels=LABELS, base=50)
    counted(question, {"ある": 2, "ない": 20, "少し": 28, "無回答": 0})
    assert tallies(client) == {
        "ある": (None, None, "hidden"),
        "ない": (None, None, "hidden"),
        "少し": (28, 56, None),
        "無回答": (0, 0, None),
    }
    header, row = as_csv(client, "survey_tallies")[:2]
    assert (row[header.index("count")], row[header.index("mark")]) == ("", "hidden")


def test_several_answers_do_not_add_up_so_only_the_small_one_is_hidden(client, plan):
    question = make_question(make_survey(plan), kind="multiple", labels=LABELS, base=50)
    counted(question, {"ある": 2, "ない": 20, "少し": 48})
    assert tallies(client) == {"ある": (None, None, "hidden"), "ない": (20, 40, None), "少し": (48, 96, None)}


def test_a_share_without_its_count_is_reckoned_back(client, plan):
    question = make_question(make_survey(plan), kind="multiple", labels=LABELS, base=100)
    share(question, "ある", Decimal("2.0"), Origin.IMPORTED)
    share(question, "ない", Decimal("3.0"), Origin.IMPORTED)
    assert tallies(client) == {"ある": (None, None, "hidden"), "ない": (None, 3, None)}


def test_a_sum_of_choices_does_not_give_the_hidden_one_away(client, plan):
    question = make_question(make_survey(plan), kind="multiple", labels=LABELS, base=50)
    counted(question, {"ある": 2, "ない": 20})
    fields = {"percent": Decimal(44), "count": 22, "origin": Origin.COUNTED}
    Tally.objects.create(question=question, label="ある・ない", **fields)
    assert tallies(client)["ある・ない"] == (None, None, "hidden")


def test_what_cannot_be_hidden_hides_the_rest(client, plan):
    question = make_question(make_survey(plan), labels=LABELS, base=50)
    counted(question, {"ある": 1, "ない": 20})
    share(question, "少し", Decimal("58.0"), count=29)
    assert tallies(client) == {
        "ある": (None, None, "hidden"),
        "ない": (None, None, "hidden"),
        "少し": (29, 58, None),
    }


@pytest.mark.parametrize(("base", "mark"), [(9, "hidden_base"), (10, "reference"), (29, "reference"), (30, None)])
def test_a_small_base_is_not_shown_or_marked(client, plan, base, mark):
    question = make_question(make_survey(plan), kind="multiple", labels=LABELS, base=base)
    counted(question, {"ある": 5})
    count, _, found = tallies(client)["ある"]
    assert (count, found) == (None if mark == "hidden_base" else 5, mark)


def test_the_limits_are_the_surveys_own(client, plan):
    survey = make_survey(plan, hide_below=6, base_hidden_below=20, base_reference_below=60)
    counted(make_question(survey, kind="multiple", labels=LABELS, base=50), {"ある": 5, "ない": 6})
    assert tallies(client) == {"ある": (None, None, "hidden"), "ない": (6, 12, "reference")}


def test_what_the_plan_prints_stands_as_it_is_printed(client, plan):
    question = make_question(make_survey(plan), labels=LABELS, base=50)
    counted(question, {"ある": 1}, origin=Origin.PUBLISHED)
    assert tallies(client) == {"ある": (1, 2, None)}


def test_a_survey_that_is_not_public_is_not_there(client, plan):
    survey = make_survey(plan, is_public=False)
    question = make_question(survey, kind="matrix", labels=LABELS, base=50)
    counted(question, {"ある": 20})
    item = question.items.create(number=1, label="防災")
    Ranking.objects.create(question=question, criterion="高い順", rank=1, item=item)
    assert as_json(client, "survey_tallies") == []
    survey.is_public = True
    survey.save()
    rows = as_json(client, "survey_tallies")
    assert [(row["count"], row["rank_by"], row["rank"], row["item"]) for row in rows] == [
        (20, None, None, None),
        (None, "高い順", 1, "防災"),
    ]


def test_the_inside_memo_is_not_even_read(public, entry):
    (row,) = RESOURCES["evaluations"].objects(public.plan)
    assert row.get_deferred_fields() == {"memo"}


def test_a_small_value_of_a_statistic_is_hidden_with_the_one_that_would_tell_it(client, plan):
    words = {"plan": plan, "theme": "再犯", "unit": "人", "source": "警察", "hide_below": 3}
    for place, (code, value) in enumerate((("arrests", 12), ("arrests-first", 10), ("arrests-repeat", 2)), start=1):
        series = Series.objects.create(code=code, title=code, position=place, **words)
        Point.objects.create(series=series, year=2024, value=value, origin=Origin.DERIVED, derivation=f"{value}人")
    rows = as_json(client, "statistics")
    assert [(row["value"], row["value_text"], row["derivation"], row["mark"]) for row in rows] == [
        (12, None, "12人", None),
        (None, None, None, "hidden"),
        (None, None, None, "hidden"),
    ]
