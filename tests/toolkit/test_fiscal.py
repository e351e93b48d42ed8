"""Fiscal years and eras, at the days on which they change."""

import datetime

import pytest

from mine_welfare.toolkit import fiscal

D = datetime.date


@pytest.mark.parametrize(
    ("day", "year"), [(D(2026, 3, 31), 2025), (D(2026, 4, 1), 2026), (D(2025, 12, 31), 2025), (D(2026, 1, 1), 2025)]
)
def test_a_fiscal_year_begins_in_april(day, year):
    assert fiscal.fiscal_year(day) == year


@pytest.mark.parametrize(
    ("day", "era"),
    [
        (D(2019, 5, 1), ("令和", 1)),
        (D(2019, 4, 30), ("平成", 31)),
        (D(1989, 1, 8), ("平成", 1)),
        (D(1989, 1, 7), ("昭和", 64)),
        (D(1926, 12, 24), ("大正", 15)),
        (D(1868, 1, 25), ("明治", 1)),
    ],
)
def test_an_era_begins_on_its_day(day, era):
    assert fiscal.era(day) == era


def test_a_day_before_the_eras_is_refused():
    with pytest.raises(ValueError, match="1868-01-24 は和暦で表せません。"):
        fiscal.era(D(1868, 1, 24))


@pytest.mark.parametrize(
    ("year", "short", "both"),
    [
        (2025, "令和7年度", "令和7年度（2025年度）"),
        (2019, "令和元年度", "令和元年度（2019年度）"),
        (2018, "平成30年度", "平成30年度（2018年度）"),
        (1989, "平成元年度", "平成元年度（1989年度）"),
    ],
)
def test_a_year_in_words(year, short, both):
    assert (fiscal.wareki_year(year), fiscal.wareki_year_both(year)) == (short, both)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (2025, 2029, "令和7〜11年度"),
        (2018, 2022, "平成30〜令和4年度"),
        (2019, 2019, "令和元〜元年度"),
    ],
)
def test_a_span_names_an_era_that_changes(first, last, words):
    assert fiscal.wareki_span(first, last) == words


@pytest.mark.parametrize(
    ("day", "long", "short"),
    [
        (D(2025, 6, 20), "令和7年6月20日", "6月20日（金）"),
        (D(2019, 5, 1), "令和元年5月1日", "5月1日（水）"),
        (D(2026, 1, 4), "令和8年1月4日", "1月4日（日）"),
    ],
)
def test_a_day_in_words(day, long, short):
    assert (fiscal.wareki_date(day), fiscal.short_date(day)) == (long, short)
