"""An indicator takes its yearly value from an answer of a survey or from a statistic."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from measures.models import Indicator, IndicatorValue
from mine_welfare.toolkit.refusal import Refused
from surveys import actions
from surveys.models import Choice, IndicatorFeed, Item, Origin, Point, Question, Series, Survey, Tally
from surveys.queries.feeds import feed_rows, readings, sources
from tests.factories import MeasureFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def measure(plan):
    return MeasureFactory(policy__goal__plan=plan)


@pytest.fixture
def people(plan):
    series = Series.objects.create(
        plan=plan, code="salons", position=1, theme="交流", title="サロンの数", unit="団体", source="社会福祉協議会"
    )
    for year, value in ((2024, 76), (2025, 80), (2026, None)):
        Point.objects.create(series=series, year=year, value=value, origin=Origin.PUBLISHED)
    return series


def asked(plan, year: int, percent, *, item: str = "") -> Choice:
    """One survey that asks q1, with the share of 「知らない」."""
    survey = Survey.objects.create(
        plan=plan, slug=f"s{year}", title=f"{year}年の調査", year=year, target="市民",
        starts_on="2024-12-01",
        ends_on="2024-12-28", period="12月", distribution="郵送", collection="郵送",
        sent=10, returned=5, response_rate=50,
    )  # fmt: skip
    question = Question.objects.create(
        survey=survey, code="q1", position=1, theme="認知", text="知っていますか", kind="single", base=year - 1400
    )
    choice = Choice.objects.create(question=question, position=1, label="知らない")
    row = Item.objects.create(question=question, number=1, label=item) if item else None
    Tally.objects.create(question=question, choice=choice, item=row, percent=percent, origin=Origin.PUBLISHED)
    return choice


def indicator(measure, **more) -> Indicator:
    return Indicator.objects.create(
        **{"measure": measure, "code": "1", "name": "サロン", "unit": "団体", "kind": "output", "trend": "up", **more}
    )


def read(feed) -> list[tuple]:
    plan = feed.indicator.measure.plan
    return [(one.year, one.value, one.n, one.source) for one in readings([feed], plan).get(feed.pk, [])]


# ---- what a source gives ------------------------------------------------------


def test_a_statistic_gives_the_years_it_has(measure, people, secretariat):
    feed = actions.set_feed(indicator=indicator(measure), by=secretariat, series=people)
    assert (str(feed), feed.source) == ("統計「サロンの数」", f"series-{people.pk}")
    assert read(feed) == [(2024, 76, None, "社会福祉協議会"), (2025, 80, None, "社会福祉協議会")]


def test_a_choice_gives_its_share_in_every_survey_that_asks_again_with_n(plan, measure, secretariat):
    old = asked(plan, 2019, Decimal("40.0"))
    asked(plan, 2024, Decimal("31.7"))
    feed = actions.set_feed(indicator=indicator(measure, unit="%"), by=secretariat, choice=old)
    assert (str(feed), feed.source) == ("調査の設問「知っていますか」の「知らない」", f"choice-{old.pk}-")
    assert read(feed) == [(2019, Decimal("40.0"), 619, "2019年の調査"), (2024, Decimal("31.7"), 624, "2024年の調査")]


def test_a_row_of_a_matrix_is_followed_by_its_words(plan, measure, secretariat):
    choice = asked(plan, 2024, Decimal("12.0"), item="避難場所")
    asked(plan, 2025, Decimal("99.0"), item="別の項目")
    item = choice.question.items.get()
    feed = actions.set_feed(indicator=indicator(measure, unit="%"), by=secretariat, choice=choice, item=item)
    assert (str(feed), [row[:2] for row in read(feed)]) == (
        "調査の設問「知っていますか」の「避難場所：知らない」", [(2024, Decimal("12.0"))],
    )  # fmt: skip


def test_the_form_offers_what_has_a_value_once(plan, people):
    asked(plan, 2019, Decimal("40.0"))
    newest = asked(plan, 2024, Decimal("31.7"))
    assert sources(plan) == {
        "統計": [(f"series-{people.pk}", "サロンの数（団体）", "団体")],
        "調査": [(f"choice-{newest.pk}-", "知っていますか「知らない」", "%")],
    }


@pytest.mark.parametrize("rows", [1, 3])
def test_the_rows_are_read_in_six_queries(plan, measure, people, secretariat, django_assert_num_queries, rows):
    choice = asked(plan, 2024, Decimal("31.7"))
    for place in range(rows):
        actions.set_feed(indicator=indicator(measure, code=f"s{place}"), by=secretariat, series=people)
        actions.set_feed(indicator=indicator(measure, code=f"c{place}", unit="%"), by=secretariat, choice=choice)
    with django_assert_num_queries(6):
        assert [len(row.readings) for row in feed_rows(plan)] == [2, 1] * rows


def test_an_indicator_without_a_feed_is_listed_without_readings(plan, measure):
    indicator(measure)
    assert [(row.feed, row.readings) for row in feed_rows(plan)] == [(None, [])]


# ---- choosing -----------------------------------------------------------------


def test_the_unit_must_be_the_same(plan, measure, people, secretariat):
    with pytest.raises(Refused, match="指標の単位は「%」、選んだ値の単位は「団体」です"):
        actions.set_feed(indicator=indicator(measure, unit="%"), by=secretariat, series=people)
    with pytest.raises(Refused, match="指標の単位は「団体」、選んだ値の単位は「%」です"):
        actions.set_feed(indicator=indicator(measure, code="2"), by=secretariat, choice=asked(plan, 2024, 1))


def test_a_feed_is_changed_and_taken_away_but_values_stay(measure, people, secretariat):
    one = indicator(measure)
    feed = actions.set_feed(indicator=one, by=secretariat, series=people)
    actions.take_reading(feed=feed, year=2024, by=secretariat)
    assert actions.set_feed(indicator=one, by=secretariat, series=people).pk == feed.pk
    assert actions.set_feed(indicator=one, by=secretariat) is None
    assert (IndicatorFeed.objects.count(), one.values.get().actual) == (0, 76)


@pytest.mark.parametrize("name", ["writer", "auditor", "committee"])
def test_only_the_secretariat_chooses_and_takes(request, measure, people, secretariat, name):
    one, person = indicator(measure), request.getfixturevalue(name)
    feed = actions.set_feed(indicator=one, by=secretariat, series=people)
    with pytest.raises(Refused, match="事務局"):
        actions.set_feed(indicator=one, by=person, series=people)
    with pytest.raises(Refused, match="事務局"):
        actions.take_reading(feed=feed, year=2024, by=person)
    assert one.values.count() == 0


@pytest.mark.parametrize("both", [True, False])
def test_a_feed_is_one_series_or_one_choice(plan, measure, people, both):
    parts = {"series": people, "choice": asked(plan, 2024, 1)} if both else {}
    with pytest.raises(IntegrityError, match="feed_is_one_series_or_one_choice"), transaction.atomic():
        IndicatorFeed.objects.create(indicator=indicator(measure), **parts)


def test_an_item_belongs_to_a_choice(plan, measure, people):
    item = asked(plan, 2024, 1, item="避難場所").question.items.get()
    with pytest.raises(IntegrityError, match="feed_item_belongs_to_a_choice"), transaction.atomic():
        IndicatorFeed.objects.create(indicator=indicator(measure), series=people, item=item)


# ---- taking -------------------------------------------------------------------


def test_a_value_is_taken_once_and_the_plan_is_newer(plan, measure, people, secretariat):
    one = indicator(measure)
    IndicatorValue.objects.create(indicator=one, year=2025, reason="調査中")
    feed = actions.set_feed(indicator=one, by=secretariat, series=people)
    version = type(plan).objects.get(pk=plan.pk).version
    for _ in range(2):
        actions.take_reading(feed=feed, year=2025, by=secretariat)
    value = one.values.get()
    assert (value.year, value.actual, value.reason) == (2025, 80, "")
    assert type(plan).objects.get(pk=plan.pk).version > version


def test_a_different_value_is_never_overwritten(measure, people, secretariat):
    one = indicator(measure)
    IndicatorValue.objects.create(indicator=one, year=2024, actual=1)
    feed = actions.set_feed(indicator=one, by=secretariat, series=people)
    with pytest.raises(Refused, match="違う実績値がすでに入っています"):
        actions.take_reading(feed=feed, year=2024, by=secretariat)
    assert one.values.get().actual == 1


def test_a_year_without_a_value_cannot_be_taken(measure, people, secretariat):
    feed = actions.set_feed(indicator=indicator(measure), by=secretariat, series=people)
    with pytest.raises(Refused, match="統計「サロンの数」には、2026年の値がありません"):
        actions.take_reading(feed=feed, year=2026, by=secretariat)


# ---- the page -----------------------------------------------------------------


@pytest.fixture
def fed(plan, measure, people, secretariat):
    return actions.set_feed(indicator=indicator(measure), by=secretariat, series=people)


def test_the_page_chooses_and_takes(plan, fed, measure, secretariat, client_of):
    client, page = client_of(secretariat), "/staff/indicators/"
    choice = asked(plan, 2024, Decimal("31.7"), item="避難場所")
    other = indicator(measure, code="2", unit="%")
    source = f"choice-{choice.pk}-{choice.question.items.get().pk}"
    client.post(f"{page}{other.pk}/feed/", {"source": source})
    client.post(f"{page}{other.pk}/take/2024/")
    client.post(f"{page}{fed.indicator_id}/take/2024/")
    assert (other.feed.source, other.values.get().actual, fed.indicator.values.get().actual) == (
        source,
        Decimal("31.7"),
        76,
    )
    html = client.get(page).content.decode()
    assert (html.count("写しました"), html.count(f'value="{source}" selected')) == (2, 1)


@pytest.mark.parametrize("path", ["feed/", "take/2026/"])
def test_a_refusal_is_said_on_the_page(plan, fed, secretariat, client_of, path):
    choice = asked(plan, 2024, 1)
    response = client_of(secretariat).post(
        f"/staff/indicators/{fed.indicator_id}/{path}", {"source": f"choice-{choice.pk}-"}, follow=True
    )
    assert 'class="banner banner--error"' in response.content.decode()


def test_an_empty_choice_takes_the_source_away(fed, secretariat, client_of):
    client_of(secretariat).post(f"/staff/indicators/{fed.indicator_id}/feed/", {"source": ""})
    assert IndicatorFeed.objects.count() == 0


@pytest.mark.parametrize("source", ["series-0", "choice-0-", "series-x"])
def test_a_source_of_another_plan_is_not_found(fed, secretariat, client_of, source):
    response = client_of(secretariat).post(f"/staff/indicators/{fed.indicator_id}/feed/", {"source": source})
    assert response.status_code == 404


@pytest.mark.parametrize(
    ("name", "reads", "writes"),
    [
        ("secretariat", 200, 302),
        ("auditor", 200, 403),
        ("writer", 403, 403),
        ("committee", 403, 403),
        ("sysadmin", 403, 403),
    ],
)
def test_who_may_look_and_who_may_choose(request, fed, client_of, name, reads, writes):
    client = client_of(request.getfixturevalue(name))
    page = f"/staff/indicators/{fed.indicator_id}/"
    assert [
        client.get("/staff/indicators/").status_code,
        client.post(f"{page}feed/", {"source": ""}).status_code,
    ] == [reads, writes]
