"""計画のExcel: what goes out comes back the same, whatever is written in the plan."""

import io

import openpyxl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from measures.actions.planimports import Decision, apply_plan_import
from measures.models import Action, Measure, RoleItem
from measures.plansheets import PARTS, as_written
from measures.planworkbook import plan_workbook
from measures.queries.planstate import plan_state
from mine_welfare.publication import planfile
from mine_welfare.toolkit import excel
from plans.models import Plan
from tests.planbooks import counts, edited, made, returned, small_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(office) -> Plan:
    return small_plan()


def test_every_sheet_opens_with_its_columns(plan):
    book = openpyxl.load_workbook(io.BytesIO(made(plan)))
    assert book.sheetnames == [
        "記入要領", "計画", "基本目標", "基本施策", "施策", "まとまり", "役割", "取組", "コード表", "控え",
    ]  # fmt: skip
    for part in PARTS.values():
        assert [str(cell.value).splitlines()[0] for cell in book[part.sheet][1]] == [one.title for one in part.columns]


def test_the_drop_downs_have_their_lists(plan):
    book = openpyxl.load_workbook(io.BytesIO(made(plan)))
    lists = {
        name: [row[0].value for row in book["コード表"][found.attr_text.partition("!")[2].replace("$", "")]]
        for name, found in book.defined_names.items()
    }
    assert lists == {
        "担い手一覧": ["市民", "行政"],
        "受託一覧": ["市受託事業", "県受託事業"],
        "様式一覧": ["標準", "簡易"],
        "構成計画一覧": ["第3次地域福祉計画", "第2次再犯防止推進計画"],
        "担当一覧": ["福祉課", "総務課"],
    }
    rules = {rule.formula1 for rule in book["取組"].data_validations.dataValidation}
    assert rules == {"担い手一覧", "受託一覧", "様式一覧"}


def test_the_titles_a_sheet_is_known_by_stand_in_no_other(plan):
    for part in PARTS.values():
        having = [
            other.name for other in PARTS.values() if {*part.needed} <= {column.title for column in other.columns}
        ]
        assert having == [part.name]


def test_the_real_plan_comes_back_as_no_change(settings, db, secretariat):
    planfile.load(settings.BASE_DIR / "fixtures" / "plan3")
    plan = Plan.objects.current()
    record = returned(plan, secretariat, made(plan))
    assert (counts(record), record.unchanged, record.missing, record.extra) == (
        {}, 1 + 3 + 8 + 23 + 5 + 267 + 208, [], [],
    )  # fmt: skip


def test_the_workbook_asks_the_same_number_of_questions(plan, django_assert_num_queries):
    with django_assert_num_queries(11):
        plan_workbook(plan_state(plan), address="")
    small = Measure.objects.get(code="1-1-2")
    for number in range(5):
        RoleItem.objects.create(measure=small, actor=plan.actors.first(), position=number, text="増やす")
    with django_assert_num_queries(11):
        plan_workbook(plan_state(plan), address="")


# ---- whatever is written -----------------------------------------------------------------

ODD = [
    "=1+1",
    "+81",
    "-1",
    "@x",
    "'=1",
    "髙﨑😀",
    "a\x00b",
    "_x000D_",
    "一\r\n二",
    "\t",
    "1-1-1",
    "１",
    "<b>&amp;",
    "あ" * 40_000,
]
words = st.one_of(st.sampled_from(ODD), st.text(max_size=60))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=words, content=words, introduction=words, line=words)
def test_any_words_come_back_the_same(plan, secretariat, title, content, introduction, line):
    # As another program may have left them in the database; PostgreSQL itself takes no NUL.
    Action.objects.filter(code="1-1-1-G01").update(
        title=title.replace("\x00", "")[:120] or "題", content=content.replace("\x00", "") or "文"
    )
    Measure.objects.filter(code="1-1-1").update(introduction=introduction.replace("\x00", ""))
    RoleItem.objects.filter(text__gt="", position=1).update(text=line.replace("\x00", "") or "文")
    state = plan_state(plan)
    assume_needed(state)
    data = excel.write(plan_workbook(state, address=""), title="計画")
    assert counts(returned(plan, secretariat, data)) == {}
    for sheet in openpyxl.load_workbook(io.BytesIO(data)):
        assert {cell.data_type for row in sheet for cell in row} <= {"s", "n", "inlineStr"}


def assume_needed(state) -> None:
    """White space alone is no text of a plan: no form of the portal takes it."""
    for part in PARTS.values():
        for values in state.plain[part.name].values():
            assume(all(as_written(values[one.name]) for one in part.words if getattr(one.kind, "needed", False)))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=words)
def test_any_words_written_stay_words(plan, secretariat, value):
    """What a person types lands in the plan as text, without control characters, or is told to be too long."""
    book = edited(plan)
    # The program of the test writes `_x000D_` as the format's own escape, and no character XML has no room for.
    clean = "".join(one for one in value.replace("_x", "") if one.isprintable() or one in "\n\t")[:30_000]
    cell = book.book["施策"].cell(book.row("施策", "1-1-1"), book.column("施策", "説明"))
    cell.value, cell.data_type = clean, "s"
    record = returned(plan, secretariat, book)
    if record.can_be_applied:
        apply_plan_import(record=record, by=secretariat, decision=Decision())
    assert as_written(Measure.objects.get(code="1-1-1").introduction) == as_written(clean)
