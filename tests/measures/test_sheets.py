"""The columns of 調査票, out and in."""

import io
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measures import sheets, workbook
from measures.choices import Choices
from measures.fields import BY_NAME, FIELDS
from measures.models import Entry
from measures.queries import staff
from mine_welfare.toolkit import excel
from mine_welfare.toolkit.cells import LONGEST, Unusable
from mine_welfare.toolkit.sheet import Table
from tests.factories import CycleFactory, EntryFactory, ScaleFactory, fill
from tests.workbooks import SENDER, made, opened, places

pytestmark = pytest.mark.django_db


@pytest.fixture
def before(entry):
    """Last year's sheet of the same action."""
    cycle = CycleFactory(plan=entry.cycle.plan, year=2024, scale=entry.cycle.scale, state="closed")
    sheet = EntryFactory(cycle=cycle, action=entry.action, organization=entry.organization)
    return fill(sheet, issues="人手が足りない。", reason="進んだ。")


@pytest.fixture
def choices(cycle):
    return Choices(cycle.scale)


def reader(choices, *titles, extra=()) -> sheets.Reader:
    places = {title: place for place, title in enumerate(titles, start=1)}
    rest = {len(titles) + place: title for place, title in enumerate(extra, start=1)}
    return sheets.Reader(Table("記入", 4, places, rest), choices)


def answered(choices, title, value) -> tuple[dict, list[str]]:
    """(values, sentences) of one cell under `title`."""
    row = reader(choices, "番号", title).row(5, {1: "1-1-1-G01", 2: value})
    return row.values, [problem.sentence for problem in row.problems]


# ---- out -----------------------------------------------------------------------------
def test_every_field_of_a_sheet_is_a_column():
    assert [column.name for column in sheets.ANSWER_COLUMNS] == [field.name for field in FIELDS]
    assert [column.title for column in sheets.ANSWER_COLUMNS] == [field.label for field in FIELDS]


def test_a_row_says_which_sheet_it_is_and_what_stands_in_it(entry, before):
    fill(entry, grade="C", reason="遅れた。", budget=1200, settlement=1100, memo="内輪", version=3)
    (row,) = staff.with_previous(entry.cycle.entries.select_related("action__measure"), entry.cycle)
    cells = dict(zip([column.name for column in sheets.COLUMNS], sheets.row_of(row), strict=True))
    assert cells == {
        "year": "令和7年度",
        "code": entry.action.code,
        "version": 3,
        "organization": "福祉課",
        "title": entry.action.title,
        "measure": f"{entry.action.measure.code} {entry.action.measure.title}",
        "content": "相談に応じます。",
        "before_rating": "B 計画どおり",
        "before_result": "会議を2回開いた。",
        "before_rest": (
            "【評価の理由・成果】進んだ。\n【課題】人手が足りない。\n【今後の方向性】継続\n【次年度の取組予定】続ける。"
        ),
        "planned": "",
        "result": "会議を2回開いた。",
        "rating": "C 一部実施",
        "reason": "遅れた。",
        "issues": "",
        "direction": "継続",
        "improvement": "",
        "next_plan": "続ける。",
        "budget": 1200,
        "settlement": 1100,
        "no_budget": "",
        "memo": "内輪",
        "missing": None,
        "length": None,
    }


def test_a_sheet_without_a_last_year_has_empty_cells_for_it(entry):
    (row,) = staff.with_previous(entry.cycle.entries.select_related("action__measure"), entry.cycle)
    cells = dict(zip([column.name for column in sheets.COLUMNS], sheets.row_of(row), strict=True))
    assert (cells["before_rating"], cells["before_result"], cells["before_rest"]) == ("", "", "")


def test_without_a_budget_there_is_a_mark(entry):
    assert sheets.shown(Entry(no_budget=True), BY_NAME["no_budget"]) == "はい"


def test_the_workbook_has_three_sheets_and_its_rows_are_guarded(entry):
    book = opened(made(entry.cycle))
    assert book.sheetnames == ["記入要領", "記入", "コード表"]
    page = book["記入"]
    header, names = places(page)
    locked = {name for name, place in names.items() if page.cell(header + 1, place).protection.locked}
    assert locked == {column.title for column in sheets.COLUMNS} - {field.label for field in FIELDS}
    assert (page.freeze_panes, page.print_title_rows, page.page_setup.orientation) == ("F5", "$3:$4", "landscape")


def test_the_lists_to_choose_from_are_those_of_the_year(entry):
    book = opened(made(entry.cycle))
    codes = book["コード表"]

    def listed(name):
        reference = book.defined_names[name].attr_text.split("!")[1].replace("$", "")
        return [cell.value for (cell,) in codes[reference]]

    assert listed("達成度一覧") == ["A 計画以上", "B 計画どおり", "C 一部実施", "D 未実施", "F 完了"]
    assert listed("達成度の順") == ["A 計画以上", "B 計画どおり", "C 一部実施", "D 未実施"]
    assert listed("理由が要る達成度") == ["C 一部実施", "D 未実施"]
    assert listed("今後の方向性一覧") == ["継続", "見直し", "完了"]
    assert (listed("改善策が要る方向性"), listed("予定が要らない方向性"), listed("印一覧")) == (
        ["見直し"],
        ["完了"],
        ["はい"],
    )
    rules = {str(rule.sqref): rule.formula1 for rule in book["記入"].data_validations.dataValidation}
    assert rules == {
        "M5": "達成度一覧", "P5": "今後の方向性一覧", "S5": "0", "T5": "0", "U5": "印一覧",
    }  # fmt: skip


def test_a_list_of_nothing_still_stands_somewhere(entry):
    entry.cycle.scale.directions.filter(ends_action=True).delete()
    reference = opened(made(entry.cycle)).defined_names["予定が要らない方向性"].attr_text
    assert reference == "'コード表'!$G$4:$G$4"


def test_the_guide_says_until_when_how_and_what_the_letters_mean(entry):
    cycle = entry.cycle
    cycle.instructions, cycle.grace_days = "実績は数で書いてください。", 3
    (page, _, _) = workbook.workbook(cycle, sheets.form(cycle, [], 0, subject="福祉課"), SENDER)
    words = dict(page.rows)
    assert words["締切"] == (
        "令和82年6月20日までに、このファイルをポータルに返してください。（6月23日（水）までは、締切後として受け付けます）"
    )
    assert words["記入のお願い"] == "実績は数で書いてください。"
    assert words["返し方"] == (
        "保存してから、ポータル（http://portal.example/staff/workbooks/）にサインインし、メニューの「Excel」でこのファイルを選びます。"
        "変わるところを画面で確かめ、「反映する」を押すまでは、何も変わりません。"
    )
    assert words["欄「取組実績」"] == "いつ・だれと・何を・どれだけ行ったかを書きます。目安は400字です。公表されます。"
    assert words["欄「庁内メモ」"] == "公表されません。市民の画面にも、委員会の資料にも出ません。"
    assert words["達成度　C 一部実施"] == "定義（「評価の理由・成果」も書きます）"
    assert words["達成度　B 計画どおり"] == "定義"
    assert [words[f"今後の方向性　{name}"] for name in ("継続", "見直し", "完了")] == [
        "—",
        "「方向性の内容・改善策」も書きます。",
        "「次年度の取組予定」は要りません。",
    ]


def test_without_grace_or_instructions_the_guide_is_shorter(entry):
    (page, _, _) = workbook.workbook(entry.cycle, sheets.form(entry.cycle, [], 0, subject="福祉課"), SENDER)
    words = dict(page.rows)
    assert words["締切"] == "令和82年6月20日までに、このファイルをポータルに返してください。"
    assert "記入のお願い" not in words


def test_a_sample_says_so(entry):
    entry.cycle.is_sample = True
    form = sheets.form(entry.cycle, [], 0, subject="福祉課")
    assert form.lines[0] == ("title", "令和7年度実績　調査票　福祉課　【サンプル】")


# ---- in: one cell ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("A 計画以上", "A"),
        ("A", "A"),
        ("Ａ", "A"),
        ("ａ ", "A"),
        ("計画どおり", "B"),
        ("Ｂ　計画どおり", "B"),
        ("", None),
        (None, None),
    ],
)
def test_a_grade_however_written(choices, value, code):
    assert answered(choices, "達成度", value) == ({"rating": code}, [])


@pytest.mark.parametrize(("value", "code"), [("継続", "continue"), ("見 直し", "review"), ("complete", "complete")])
def test_a_direction_however_written(choices, value, code):
    assert answered(choices, "今後の方向性", value) == ({"direction": code}, [])


@pytest.mark.parametrize(
    ("title", "offered"),
    [("達成度", "A 計画以上、B 計画どおり、C 一部実施、D 未実施、F 完了"), ("今後の方向性", "継続、見直し、完了")],
)
def test_what_is_not_on_the_list_is_told_what_is(choices, title, offered):
    assert answered(choices, title, "とても良い") == ({}, [f"一覧にない値です。{offered}から選んでください。"])


@pytest.mark.parametrize(
    ("value", "amount"), [("１，２００", 1200), (1200.0, 1200), (0, 0), (None, None), ("999999999", 999_999_999)]
)
def test_money_however_written(choices, value, amount):
    assert answered(choices, "予算額（千円）", value) == ({"budget": amount}, [])


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("たくさん", "千円単位の数だけを書いてください。"),
        (1.5, "千円単位の数だけを書いてください。"),
        (-1, "0から999,999,999までの数を書いてください。"),
        (10**9, "0から999,999,999までの数を書いてください。"),
    ],
)
def test_what_is_no_money(choices, value, sentence):
    assert answered(choices, "決算額（千円）", value) == ({}, [sentence])


@pytest.mark.parametrize(
    ("value", "flag"),
    [("はい", True), ("○", True), (True, True), (1, True), ("", False), ("いいえ", False), (0, False)],
)
def test_a_mark_however_made(choices, value, flag):
    assert answered(choices, "予算を伴わない", value) == ({"no_budget": flag}, [])


def test_a_mark_that_is_none(choices):
    assert answered(choices, "予算を伴わない", "たぶん") == ({}, ["「はい」と書くか、空にしてください。"])


@pytest.mark.parametrize(
    ("value", "text"), [(12.0, "12"), (12, "12"), (" 一\r\n二 ", "一\n二"), ("=1+1", "=1+1"), (None, "")]
)
def test_text_as_it_stands(choices, value, text):
    assert answered(choices, "取組実績", value) == ({"result": text}, [])


def test_a_formula_without_result_is_pointed_at(choices):
    row = reader(choices, "番号", "取組実績").row(5, {1: "x", 2: Unusable("=")})
    (problem,) = row.problems
    assert (problem.sheet, problem.cell, problem.column, problem.value) == ("記入", "B5", "取組実績", "=")
    assert problem.sentence == "計算式の結果がありません。値を書き直してください。"


@pytest.mark.parametrize(("value", "version"), [(3, 3), ("３", 3), (0, 0)])
def test_the_version_of_a_row(choices, value, version):
    row = reader(choices, "番号", "版").row(5, {1: "x", 2: value})
    assert (row.version, row.problems) == (version, [])


@pytest.mark.parametrize("value", [None, "三", -1])
def test_a_version_nobody_can_read(choices, value):
    row = reader(choices, "番号", "版").row(5, {1: "x", 2: value})
    assert row.version is None
    assert [problem.sentence for problem in row.problems] == [
        "版を読み取れません。ダウンロードしたときの数に戻してください。"
    ]


# ---- in: one row -------------------------------------------------------------------------
def test_a_row_keeps_what_it_was_given_but_not_what_was_calculated(choices):
    table = reader(choices, "番号", "取組", "前年度の達成度", "必須の残り", extra=["メモ"])
    row = table.row(7, {1: "1-1-1-G01", 2: "取組その1", 3: "B", 4: 3, 5: "自分用"})
    assert (row.number, row.code, row.plan) == (7, "1-1-1-G01", {"title": "取組その1"})
    assert row.given == {"番号": "1-1-1-G01", "取組": "取組その1", "前年度の達成度": "B", "メモ": "自分用"}


def test_a_row_nobody_wrote_into_is_none(choices):
    table = reader(choices, "番号", "前年度の達成度", "必須の残り", extra=["メモ"])
    assert table.row(7, {2: "B", 3: 0, 4: "自分用"}) is None


def test_columns_that_are_not_there_are_told(choices):
    titles = [column.title for column in sheets.COLUMNS if column.title not in ("課題", "庁内メモ")]
    assert reader(choices, *titles).missing == ["課題", "庁内メモ"]


# ---- beside what stands ------------------------------------------------------------------
def test_only_what_differs_is_a_change(entry):
    fill(entry, issues="一 \r\n二")
    now = sheets.plain(entry)
    row = sheets.Returned(5, values={"issues": "一 \n二", "result": "", "rating": "B", "budget": 5, "no_budget": False})
    assert sheets.differences(row, now) == {"result": "", "budget": 5}


def test_a_text_longer_than_a_cell_comes_back_unchanged():
    assert sheets.same("あ" * LONGEST, "あ" * (LONGEST + 5)) is True


def test_new_text_longer_than_a_sheet_holds_is_told():
    values = {"result": "あ" * 10_001, "issues": "あ" * 10_000, "rating": "B", "budget": None}
    assert sheets.too_long(values) == [("result", "10,001字あります。10,000字までにしてください。")]


def test_the_plans_words_must_come_back(entry):
    row = sheets.Returned(5, plan={"title": entry.action.title, "content": "相談に\n 応じます。"})
    assert sheets.plan_differs(row, entry) == []
    row.plan |= {"measure": "1-1-1", "content": "相談に応じません。"}
    assert sheets.plan_differs(row, entry) == ["measure", "content"]


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("rating", "B", "B 計画どおり"), ("rating", None, ""), ("direction", "gone", ""), ("no_budget", True, "はい"),
        ("no_budget", False, "いいえ"), ("budget", 1200, "1,200"), ("budget", None, ""), ("result", "文", "文"),
    ],
)  # fmt: skip
def test_values_in_words(choices, name, value, text):
    assert sheets.words(choices, name, value) == text


# ---- handed back -------------------------------------------------------------------------
def test_errors_are_marked_in_their_cells_and_said_in_a_column(entry):
    problem = {"cell": "M5", "column": "達成度", "value": "S", "sentence": "一覧にない値です。"}
    rows = [({"番号": "1-1-1-G01", "達成度": "S", "メモ": "自分用"}, [problem]), ({"番号": "1-1-1-G02"}, [])]
    sheet = sheets.marked(entry.cycle, rows, 2, extra=["メモ", "エラー"])
    page = opened(excel.write(workbook.workbook(entry.cycle, sheet, SENDER), title="調査票"))["記入"]
    header, names = places(page)
    first = {name: page.cell(header + 1, place) for name, place in names.items()}
    assert (first["達成度"].value, first["達成度"].fill.start_color.rgb) == ("S", "00FDEEEE")
    assert (first["メモ"].value, first["エラー"].value) == ("自分用", "達成度：一覧にない値です。")
    assert page.cell(header + 2, names["エラー"]).value is None
    assert [name for name in names if name in ("メモ", "エラー")] == ["メモ", "エラー"]


# ---- there and back ----------------------------------------------------------------------
ODD = st.sampled_from(
    ["=1+1", "+81", "@x", "-5", "髙﨑", "😀👩‍👧", "a\x00b", "_x000D_", "あ" * 32_767, "'01", "\r\n", " x "]
)
TEXT = st.one_of(ODD, st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
ANSWERS = st.fixed_dictionaries(
    {field.name: TEXT for field in FIELDS if field.kind == "text"}
    | {"budget": st.none() | st.integers(0, sheets.MOST_MONEY), "no_budget": st.booleans()}
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=ANSWERS, grade=st.sampled_from([*"ABCDF", ""]), direction=st.sampled_from(["review", ""]))
def test_whatever_stands_in_a_sheet_comes_back_as_no_change(cycle, action, office, choices, answers, grade, direction):
    entry = Entry(cycle=cycle, action=action, organization=office, **answers)
    entry.rating = choices.choice("rating", grade)
    entry.direction = choices.choice("direction", direction)
    entry.previous = None
    data = excel.write(workbook.of_entries(cycle, [entry], 1, subject="全体", sender=SENDER), title="調査票")
    book = excel.read(io.BytesIO(data), "a.xlsx")
    rows = dict(book.rows("記入"))
    places = {sheets.TITLES[column.name]: place for place, column in enumerate(sheets.COLUMNS, start=1)}
    row = sheets.Reader(Table("記入", 4, places, {}), choices).row(5, rows[5])
    assert (row.problems, sheets.differences(row, sheets.plain(entry)), sheets.plan_differs(row, entry)) == ([], {}, [])


def test_a_scale_whose_labels_are_other_grades_letters_keeps_letters_first(cycle):
    scale = ScaleFactory(plan=cycle.plan, name="紛らわしい基準")
    scale.grades.filter(code="A").update(label="B", short_label="B")
    assert Choices(scale).code("rating", "B") == "B"


def test_a_version_of_history_is_read_like_a_sheet(entry, writer):
    row = SimpleNamespace(**{field.name: getattr(entry, field.name) for field in FIELDS})
    assert sheets.plain(row) == sheets.plain(entry)
