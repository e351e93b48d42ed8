"""Master data whatever it holds: it comes back as it went, and a mangled file is read or refused but writes nothing."""

import random
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bench.mangled import mangled
from mine_welfare.publication.master import actions
from mine_welfare.publication.master.resources import MASTERS
from mine_welfare.publication.master.sending import file_of
from mine_welfare.toolkit.cells import LONGEST
from mine_welfare.toolkit.text import clean
from plans.models import GlossaryTerm, RelatedPlan
from surveys.models import Point, Series
from surveys.sheets import statistics
from surveys.sheets.files import as_csv, as_excel, table_of

pytestmark = pytest.mark.django_db
ODD = [
    "=1+1", "+81", "@x", "-5", "＝１", "髙﨑", "😀👩‍👧", "a\x00b", "_x000D_", "'01", "'=1", "a\r\nb",
    " x ", "#REF!x", "1e5",
]  # fmt: skip
# What stands alone for a formula without a result is refused with a sentence: it cannot be kept either.
ANY_TEXT = st.one_of(st.sampled_from(ODD), st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
TEXT = ANY_TEXT.filter(lambda text: clean(text).strip() not in ("", *actions.UNUSABLE))
RANDOM = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def came_back(name: str, plan, by) -> tuple[dict, list, list]:
    """What the file of this master would change as it went out: (counts, changes, problems)."""
    table = table_of("a.xlsx", file_of(MASTERS[name](plan, by)).content)
    found = actions.preview(master=MASTERS[name](plan, by), table=table, by=by)
    return dict(found.counts), found.changes, found.problems


def kept(text: str, most: int) -> str:
    """As the portal keeps what somebody typed."""
    return clean(text).strip()[:most].strip()


@RANDOM
@given(term=TEXT, reading=TEXT, definition=TEXT)
@example(term="=1+1", reading="+81", definition="あ" * LONGEST)
@example(term="@x", reading="髙﨑", definition="😀" * (LONGEST // 2))
def test_words_come_back_as_they_went(plan, secretariat, term, reading, definition):
    GlossaryTerm.objects.all().delete()
    GlossaryTerm.objects.create(
        plan=plan, term=kept(term, 60), reading=kept(reading, 120), definition=kept(definition, LONGEST)
    )
    assert came_back("glossary", plan, secretariat) == ({"同じ": 1}, [], [])


@RANDOM
@given(names=TEXT, label=TEXT)
def test_the_cells_of_a_table_come_back_as_they_went(plan, secretariat, names, label):
    RelatedPlan.objects.all().delete()
    RelatedPlan.objects.create(plan=plan, block=1, line=1, column=1, names=kept(names, 120), label=kept(label, 60))
    assert came_back("related_plans", plan, secretariat) == ({"同じ": 1}, [], [])


@RANDOM
@given(value=st.none() | st.decimals(-99_999_999, 99_999_999, places=3), wording=TEXT, title=TEXT)
def test_values_come_back_as_they_went(plan, secretariat, value, wording, title):
    Series.objects.all().delete()
    series = Series.objects.create(
        plan=plan, code="s", position=1, theme="人口", title=kept(title, 120), unit="人", source="国"
    )
    Point.objects.create(series=series, year=2024, value=value, wording=kept(wording, 40), origin="imported")
    assert came_back("series", plan, secretariat) == ({"同じ": 1}, [], [])
    assert came_back("statistics", plan, secretariat) == ({"同じ": 1}, [], [])


@RANDOM
@given(definition=ANY_TEXT)
def test_what_is_typed_and_taken_in_comes_back_as_it_stands(plan, secretariat, definition):
    GlossaryTerm.objects.all().delete()
    columns = MASTERS["glossary"](plan, secretariat).columns
    row = dict(zip(columns, ("用語", "ようご", definition, "ポータルの説明"), strict=True))
    table = table_of("a.csv", as_csv(columns, [row]))
    found = actions.preview(master=MASTERS["glossary"](plan, secretariat), table=table, by=secretariat)
    if not found.can_be_applied:
        return  # nothing to keep: an empty definition, a formula without its result
    actions.apply(master=MASTERS["glossary"](plan, secretariat), table=table, seen=found.digest, by=secretariat)
    assert came_back("glossary", plan, secretariat) == ({"同じ": 1}, [], [])


def test_no_formula_leaves_as_one(plan, secretariat):
    for number, text in enumerate(ODD):
        GlossaryTerm.objects.create(plan=plan, term=f"用語{number}", reading="よ", definition=kept(text, LONGEST))
    book = openpyxl.load_workbook(BytesIO(file_of(MASTERS["glossary"](plan, secretariat)).content))
    assert {cell.data_type for row in book.active.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}


# ---- mangled files (the bounded form of the fuzz run of `bench`) -----------------------------
ADDRESSES = {"glossary": "/staff/master/glossary/send/", "statistics": "/staff/statistics/send/"}


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_mangled_files_are_answered_and_write_nothing(plan, secretariat, client_of, name, form):
    GlossaryTerm.objects.create(plan=plan, term="自助", reading="じじょ", definition="=1+1")
    series = Series.objects.create(plan=plan, code="s", position=1, theme="人口", title="数", unit="人", source="国")
    Point.objects.create(series=series, year=2024, value=5, origin="imported")
    client, good = client_of(secretariat), good_file(name, form, plan, secretariat)
    before = written()
    chance = random.Random(20251123)  # noqa: S311 - the same files every time
    answers = set()
    for _ in range(60):
        file = SimpleUploadedFile(f"直した.{form}", mangled(good, chance))
        answer = client.post(ADDRESSES[name], {"file": file}, follow=True)
        answers.add(answer.status_code)
    assert (answers, written()) == ({200}, before)


def good_file(name: str, form: str, plan, by) -> bytes:
    if name == "glossary":
        content = file_of(MASTERS[name](plan, by)).content
        table = table_of("a.xlsx", content)
        rows = [dict(zip(table.columns, cells, strict=True)) for _, cells in table.rows]
        return content if form == "xlsx" else as_csv(table.columns, rows)
    rows = [row | {"値": 6} for row in statistics.exported(plan)]
    return as_excel("統計", statistics.COLUMNS, rows) if form == "xlsx" else as_csv(statistics.COLUMNS, rows)


def written() -> list:
    return [list(model.objects.order_by("pk").values()) for model in (GlossaryTerm, Series, Point)]
