"""変更の記録 of surveys and statistics: every row has a name and a page; who reads raw counts reads what they were."""

import pytest

from measures.queries.history import changes_of, recent, row_history
from measures.queries.kinds import KINDS as ALL
from surveys.kinds import KINDS
from surveys.models import IndicatorFeed, Point, Question, Series
from tests.factories import MeasureFactory
from tests.personas import PERSONAS


@pytest.fixture
def rows(plan, secretariat, survey) -> dict:
    """One row of every kind, changed by a person."""
    question = Question.objects.create(survey=survey, code="q1", position=1, theme="相談", text="相談先", kind="single")
    series = Series.objects.create(
        plan=plan, code="s", position=1, theme="再犯", title="再犯率", unit="%", source="白書"
    )
    indicator = MeasureFactory(policy__goal__plan=plan).indicators.create(
        code="k1", name="参加者", unit="人", kind="output", trend="up"
    )
    found = {
        "survey": survey,
        "question": question,
        "tally": question.tallies.create(label="計", count=5, origin="counted"),
        "series": series,
        "point": Point.objects.create(series=series, year=2024, value=12, origin="published"),
        "indicator-feed": IndicatorFeed.objects.create(indicator=indicator, series=series),
    }
    for row in found.values():
        row._history_user = secretariat
        row.save()
    return found


def test_every_kind_is_in_the_list_with_its_name(rows, survey):
    question = rows["question"]
    names = {one.kind.name: one.words.strip() for one in recent(changes_of(list(KINDS)))}
    assert names == {
        "survey": survey.title,
        "question": f"{question.code} {question.text}",
        "tally": f"{question.code}   計",
        "series": "再犯率",
        "point": "再犯率 2024",
        "indicator-feed": "参加者",
    }


def test_each_leads_to_its_page(rows, survey):
    found = {name: row_history(ALL[name], row.pk).url for name, row in rows.items()}
    assert found == {
        "survey": f"/staff/surveys/{survey.slug}/",
        "question": f"/staff/surveys/{survey.slug}/",
        "tally": f"/staff/surveys/{survey.slug}/",
        "series": "/staff/statistics/s/",
        "point": "/staff/statistics/s/",
        "indicator-feed": "/staff/indicators/",
    }


def test_relations_are_called_by_what_they_lead_to(rows):
    found = {
        name: {one.label for event in row_history(ALL[name], rows[name].pk).events for one in event.changes}
        for name in ("point", "tally")
    }
    assert found["point"] == {"統計", "年（西暦）", "値", "値の出どころ"}
    assert found["tally"] == {"設問", "まとめた選択肢", "件数", "値の出どころ"}


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_who_reads_them(request, rows, client_of, kind):
    address = f"/staff/history/{kind}/{rows[kind].pk}/"
    found = {who: client_of(request.getfixturevalue(who)).get(address).status_code for who in PERSONAS}
    assert found == dict.fromkeys(PERSONAS, 403) | {"secretariat": 200, "auditor": 200}
