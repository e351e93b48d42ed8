"""Fiscal years and Japanese eras.

A fiscal year is an int, the year in which it begins: 2025 is 1 April 2025 to
31 March 2026, 令和7年度. Dates are `datetime.date`.
"""

import datetime

# First day of each era; a date belongs to the latest era that has begun.
ERAS = (
    (datetime.date(2019, 5, 1), "令和"),
    (datetime.date(1989, 1, 8), "平成"),
    (datetime.date(1926, 12, 25), "昭和"),
    (datetime.date(1912, 7, 30), "大正"),
    (datetime.date(1868, 1, 25), "明治"),
)
WEEKDAYS = "月火水木金土日"


def fiscal_year(day: datetime.date) -> int:
    """The fiscal year `day` falls in: 2026-03-31 → 2025."""
    return day.year if day.month >= 4 else day.year - 1


def era(day: datetime.date) -> tuple[str, int]:
    """(era name, year of era) of `day`; ValueError before 明治."""
    for first, name in ERAS:
        if day >= first:
            return name, day.year - first.year + 1
    raise ValueError(f"{day} は和暦で表せません。")


def _ordinal(number: int) -> str:
    return "元" if number == 1 else str(number)


def wareki_year(year: int) -> str:
    """2025 → 令和7年度; 2019 → 令和元年度.

    Read off 1 May, not 1 April: the year in which 令和 began is called by the
    new name although its April still belonged to 平成.
    """
    name, number = era(datetime.date(year, 5, 1))
    return f"{name}{_ordinal(number)}年度"


def wareki_year_both(year: int) -> str:
    """2025 → 令和7年度（2025年度）."""
    return f"{wareki_year(year)}（{year}年度）"


def wareki_span(first: int, last: int) -> str:
    """(2025, 2029) → 令和7〜11年度; an era that changes in between is named: 平成30〜令和4年度."""
    (begun, number), (ended, _) = era(datetime.date(first, 5, 1)), era(datetime.date(last, 5, 1))
    until = wareki_year(last)
    return f"{begun}{_ordinal(number)}〜{until.removeprefix(ended) if begun == ended else until}"


def wareki_date(day: datetime.date) -> str:
    """2025-06-20 → 令和7年6月20日."""
    name, number = era(day)
    return f"{name}{_ordinal(number)}年{day.month}月{day.day}日"


def short_date(day: datetime.date) -> str:
    """2025-06-20 → 6月20日（金）: within a year nobody needs the year."""
    return f"{day.month}月{day.day}日（{WEEKDAYS[day.weekday()]}）"
