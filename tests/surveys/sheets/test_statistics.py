"""統計 as a file: what goes out comes back, and everything wrong is told with its row and column."""

from decimal import Decimal

import pytest

from surveys.models import Origin, Point, Series
from surveys.sheets import statistics
from surveys.sheets.cells import Change
from surveys.sheets.files import as_csv, as_excel, table_of

HEAD = "識別名,年,値,単位\n"
WORDED = "識別名,年,値,単位,表記,計算の方法\n"


@pytest.fixture
def read(plan, series, table):
    return lambda text: statistics.read(plan, table(text))


def sentences(reading) -> list[str]:
    return [str(problem) for problem in reading.problems]


@pytest.mark.parametrize(("name", "make"), [("統計.csv", as_csv), ("統計.xlsx", lambda *a: as_excel("統計", *a))])
def test_what_goes_out_comes_back_unchanged(plan, series, name, make):
    Point.objects.create(series=series, year=2022, wording="約70", origin=Origin.PUBLISHED)
    Point.objects.create(series=series, year=2021, value=Decimal("79.5"), origin="derived", derivation="=平均")
    Series.objects.create(plan=plan, code="gap", position=2, theme="児童", title="空", unit="人", source="国")

    content = make(statistics.COLUMNS, list(statistics.exported(plan)))
    reading = statistics.read(plan, table_of(name, content))

    assert (sentences(reading), reading.records, reading.changes) == ([], [], [])
    assert (reading.number, reading.unchanged) == (4, 3)


def test_a_new_year_and_a_changed_one(read, series):
    Point.objects.create(series=series, year=2021, value=82, origin=Origin.IMPORTED)
    reading = read(HEAD + 'births,令和6年,"1,058",人\nbirths,2021,83,人\n')

    assert sentences(reading) == []
    assert reading.records == [
        (series, {"year": 2024, "value": Decimal(1058), "wording": "", "derivation": "", "origin": "imported"}),
        (series, {"year": 2021, "value": Decimal(83), "wording": "", "derivation": "", "origin": "imported"}),
    ]
    assert reading.changes == [
        Change("出生数　令和6年（2024年）", "", "1,058人"),
        Change("出生数　令和3年（2021年）", "82人", "83人"),
    ]
    assert (reading.warnings, reading.can_be_written) == ([], True)


def test_a_value_in_words_and_a_derived_one(read):
    reading = read(WORDED + "births,2021,,人,約80,\nbirths,2022,75.5,人,,2年の平均\n")

    assert [(given["wording"], given["origin"]) for _, given in reading.records] == [
        ("約80", "imported"),
        ("", "imported"),
    ]
    assert [change.new for change in reading.changes] == ["約80人", "75.5人"]


@pytest.mark.parametrize("origin", [Origin.PUBLISHED, Origin.DERIVED])
def test_what_the_plan_says_is_not_changed_by_a_file(read, series, origin):
    series.points.update(origin=origin, derivation="差")

    reading = read(HEAD + "births,2020,83,人\n")

    assert sentences(reading) == [
        "2行目「値」：「出生数」の2020年は、計画書の値（82人）です。計画書の値は、変えられません。"
    ]
    assert not reading.can_be_written


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("識別名,年,値\nbirths,2024,1\n", "1行目「単位」：この列がありません。"),
        (
            "識別名,年,値,単位,備考\nbirths,2024,1,人,\n",
            "1行目「備考」：この列は使いません（使える列は、"
            "識別名、年、値、単位、名称、和暦、表記、計算の方法、時点、出所）。",
        ),
        (HEAD + "x,2024,1,人\n", "2行目「識別名」：「x」という統計はありません。"
         "いまの内容のファイルにある番号や識別名を書いてください。"),
        (HEAD + ",2024,1,人\n", "2行目「識別名」：空です。結合したセルは結合を解いて、すべての行に書いてください。"),
        (HEAD + "births,2024,58,千人\n", "2行目「単位」：「出生数」の単位は「人」です。ファイルでは「千人」です。"),
        (HEAD + "births,2024,58,\n", "2行目「単位」：「出生数」の単位は「人」です。ファイルでは空です。"),
        (HEAD + "births,,58,人\n", "2行目「年」：年が空です。"),
        (
            HEAD + "births,来年,58,人\n",
            "2行目「年」：「来年」は年として読めません。「2024」か「令和6年」のように書いてください。",
        ),
        (HEAD + "births,2024,,人\n", "2行目「値」：値が空です。値を消すときは、統計のページで消してください。"),
        (
            HEAD + "births,2024,六十,人\n",
            "2行目「値」：「六十」は数ではありません。単位や「約」を付けずに、数だけを書いてください。",
        ),
        (
            HEAD + "births,2024,58,人\nbirths,令和6年,59,人\n",
            "3行目「年」：「出生数」の2024年が2行目にもあります。1つの年に書ける値は1つです。",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_row_and_column(read, text, sentence):
    reading = read(text)

    assert sentences(reading) == [sentence]
    assert not reading.can_be_written


@pytest.mark.parametrize(("value", "problems"), [("100", 0), ("100.1", 1), ("-1", 1)])
def test_shares_are_from_0_to_100(plan, table, value, problems):
    Series.objects.create(plan=plan, code="rate", position=3, theme="児童", title="率", unit="%", source="国")

    reading = statistics.read(plan, table(HEAD + f"rate,2024,{value},%\n"))

    assert sentences(reading) == [f"2行目「値」：割合は0から100までです（{value}）。"] * problems


def test_a_value_whose_unit_the_draft_does_not_name_is_said_without_one(plan):
    series = Series(plan=plan, title="自死者率", unit="記載なし")

    assert statistics.said(Point(series=series, value=Decimal("16.3"))) == "16.3"
