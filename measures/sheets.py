"""調査票: the columns of the sheet 記入, one list for both directions.

Out: a row for any sheet (個票) of one year. In: a row as it came back becomes
plain values and problems; nothing here asks who may, and nothing is written.
What else the workbook holds is in `workbook`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from mine_welfare.toolkit.cells import LONGEST, Problem, Unusable, Value, Wrong, as_text, as_whole, letter, written
from mine_welfare.toolkit.fiscal import WEEKDAYS, wareki_date, wareki_year
from mine_welfare.toolkit.sheet import Column, Condition, Sheet, Table
from mine_welfare.toolkit.text import clean, fold

from .choices import Choices
from .fields import BY_NAME, FIELDS, MAX_LENGTH, Field
from .models import Cycle, Direction, Entry, Grade

FORM, GUIDE, CODES = "記入", "記入要領", "コード表"
PLAN, BEFORE, NOW, HELP, OTHERS = "計画（変えられません）", "前年度の回答（参考）", "今年度の記入", "確かめ", "その他"
ERROR = "エラー"
MOST_MONEY = 999_999_999
YES, NO = "はい", "いいえ"
# The lists of コード表, as formulas and drop-downs call them.
GRADES, DIRECTIONS, TICK = "達成度一覧", "今後の方向性一覧", "印一覧"
WITH_REASON, RATED, MENDED, ENDED = "理由が要る達成度", "達成度の順", "改善策が要る方向性", "予定が要らない方向性"
REST = ("reason", "issues", "direction", "improvement", "next_plan")


# ---- the one column list ----------------------------------------------------------
def _measure(entry: Entry) -> str:
    return f"{entry.action.measure.code} {entry.action.measure.title}"


def _before(entry: Entry, name: str) -> str:
    return str(getattr(entry.previous, name) or "") if entry.previous else ""


def _rest(entry: Entry) -> str:
    """The other answers of last year, each under its label."""
    answers = [(BY_NAME[name].label, _before(entry, name)) for name in REST]
    return "\n".join(f"【{label}】{words}" for label, words in answers if words)


@dataclass(frozen=True)
class FormColumn:
    """One column of 記入: how it looks, what it shows of a sheet, and what it is when it comes back.

    `part` is key (which row it is), plan (must come back as it went out),
    answer (a field of the sheet) or show (read by people only).
    """

    name: str
    part: str
    column: Column
    value: Callable[[Entry], Value]

    @property
    def title(self) -> str:
        return self.column.title


def _answer(given: Field, width: float) -> FormColumn:
    looks = {"text": "input", "choice": "input-choice", "money": "input-number", "flag": "input-choice"}
    lists = {"rating": GRADES, "direction": DIRECTIONS, "no_budget": TICK}
    notes = ["公開" if given.public else "庁内", f"目安{given.guide}字" if given.guide else ""]
    column = Column(
        given.label,
        width,
        looks[given.kind],
        NOW,
        note="・".join(filter(None, notes)),
        choices=lists.get(given.name, ""),
        whole=MOST_MONEY if given.kind == "money" else 0,
    )
    return FormColumn(given.name, "answer", column, lambda entry: shown(entry, given))


def shown(entry: Entry, given: Field) -> Value:
    """The answer as its cell holds it."""
    value = getattr(entry, given.name)
    if given.kind == "flag":
        return YES if value else ""
    return str(value or "") if given.kind in ("choice", "text") else value


_WIDTHS = {"rating": 12, "direction": 9, "budget": 9, "settlement": 9, "no_budget": 8, "result": 34, "memo": 14}
KEY_COLUMNS = (
    FormColumn("year", "key", Column("年度", 9, "center", PLAN), lambda entry: wareki_year(entry.cycle.year)),
    FormColumn("code", "key", Column("番号", 11, "center", PLAN), lambda entry: entry.action.code),
    FormColumn("version", "key", Column("版", 5, "center", PLAN), lambda entry: entry.version),
    FormColumn("organization", "key", Column("課・団体", 12, "text", PLAN), lambda entry: entry.organization.name),
)
PLAN_COLUMNS = (
    FormColumn("title", "plan", Column("取組", 18, "text", PLAN), lambda entry: entry.action.title),
    FormColumn("measure", "plan", Column("施策", 13, "text", PLAN), _measure),
    FormColumn("content", "plan", Column("内容", 30, "text", PLAN), lambda entry: entry.action.content),
)
BEFORE_COLUMNS = (
    FormColumn(
        "before_rating",
        "show",
        Column("前年度の達成度", 10, "center", BEFORE),
        lambda entry: _before(entry, "rating"),
    ),
    FormColumn(
        "before_result",
        "show",
        Column("前年度の取組実績", 26, "text", BEFORE),
        lambda entry: _before(entry, "result"),
    ),
    FormColumn("before_rest", "show", Column("前年度のその他の回答", 26, "text", BEFORE), _rest),
)
ANSWER_COLUMNS = tuple(_answer(given, _WIDTHS.get(given.name, 22)) for given in FIELDS)
_BODY = (*KEY_COLUMNS, *PLAN_COLUMNS, *BEFORE_COLUMNS, *ANSWER_COLUMNS)
_PLACES = {column.name: place for place, column in enumerate(_BODY, start=1)}


def _at(name: str) -> str:
    """The cell of that column in the row a formula stands in."""
    return f"${letter(_PLACES[name])}{{row}}"


def _in(cell: str, listed: str) -> str:
    return f"ISNUMBER(MATCH({cell},{listed},0))"


_EMPTY = {name: f"LEN({_at(name)})=0" for name in BY_NAME}
_FELL = f"IFERROR(MATCH({_at('rating')},{RATED},0)>MATCH({_at('before_rating')},{RATED},0),FALSE)"
# The rules of `fields` as formulas: where a required answer is still missing.
MISSING = {
    "result": _EMPTY["result"],
    "rating": _EMPTY["rating"],
    "reason": f"AND(OR({_in(_at('rating'), WITH_REASON)},{_FELL}),{_EMPTY['reason']})",
    "direction": _EMPTY["direction"],
    "improvement": f"AND({_in(_at('direction'), MENDED)},{_EMPTY['improvement']})",
    "next_plan": f"AND(NOT({_in(_at('direction'), ENDED)}),{_EMPTY['next_plan']})",
}
HELP_COLUMNS = (
    FormColumn(
        "missing",
        "show",
        Column("必須の残り", 7, "center", HELP, formula="+".join(f"IF({rule},1,0)" for rule in MISSING.values())),
        lambda entry: None,
    ),
    FormColumn(
        "length",
        "show",
        Column("実績の字数", 7, "center", HELP, formula=f"LEN({_at('result')})"),
        lambda entry: None,
    ),
)
COLUMNS = (*_BODY, *HELP_COLUMNS)
TITLES = {column.name: column.title for column in COLUMNS}
BY_TITLE = {column.title: column for column in COLUMNS}
NEEDED = tuple(column.title for column in KEY_COLUMNS)


def _conditions() -> list[Condition]:
    """Yellow for what is still missing, orange for what is longer than its guide, green for a row that is complete."""
    place = {column.name: number for number, column in enumerate(COLUMNS, start=1)}
    marks = [Condition(place[name], place[name], rule, "required") for name, rule in MISSING.items()]
    marks += [
        Condition(place[given.name], place[given.name], f"LEN({_at(given.name)})>{given.guide}", "over")
        for given in FIELDS
        if given.guide
    ]
    left, length = place["missing"], place["length"]
    marks += [Condition(left, left, f"${letter(left)}{{row}}=0", "done")]
    marks += [Condition(left, left, f"${letter(left)}{{row}}>0", "open")]
    marks += [Condition(length, length, f"${letter(length)}{{row}}>{BY_NAME['result'].guide}", "over")]
    return marks


_CONDITIONS = _conditions()


# ---- out -------------------------------------------------------------------------
def row_of(entry: Entry) -> list[Value]:
    return [column.value(entry) for column in COLUMNS]


def form(
    cycle: Cycle, rows: Iterable[Sequence[Value | Wrong]], count: int, *, subject: str, more: Sequence[Column] = ()
) -> Sheet:
    """The sheet 記入 with `count` rows in the order of COLUMNS (and of `more` after them); `subject` says whose."""
    head = f"{wareki_year(cycle.year)}実績　調査票　{subject}" + ("　【サンプル】" if cycle.is_sample else "")
    due = f"{wareki_date(cycle.due_on)}（{WEEKDAYS[cycle.due_on.weekday()]}）"
    return Sheet(
        FORM,
        [*(column.column for column in COLUMNS), *more],
        rows=rows,
        count=count,
        lines=[
            ("title", head),
            ("line", f"{count}件　締切 {due}　白い欄に書いてください。書き方は「{GUIDE}」にあります。"),
        ],
        conditions=_CONDITIONS,
        frozen=len(KEY_COLUMNS) + 1,
        is_wide=True,
        foot=head,
    )


def marked(
    cycle: Cycle, rows: Iterable[tuple[dict[str, str], list[dict[str, str]]]], count: int, *, extra: Sequence[str]
) -> Sheet:
    """記入 as it came, the wrong cells marked, and in a last column 「エラー」 what to do.

    `rows` are (what was given by the column's title, problems as stored);
    `extra` are the titles of columns that were not the form's own.
    """
    others = [title for title in extra if title != ERROR]
    more = [*(Column(title, 20, "input", OTHERS) for title in others), Column(ERROR, 60, "wrong", OTHERS)]
    titles = [*(column.title for column in COLUMNS), *others]
    marked_rows = (_marked(given, problems, titles) for given, problems in rows)
    return form(cycle, marked_rows, count, subject="エラーのある調査票", more=more)


def _marked(given: dict[str, str], problems: list[dict[str, str]], titles: list[str]) -> list[Value | Wrong]:
    wrong = {problem["column"] for problem in problems}
    values: list[Value | Wrong] = [
        Wrong(given.get(title, "")) if title in wrong else given.get(title, "") for title in titles
    ]
    return [*values, "\n".join(f"{problem['column']}：{problem['sentence']}" for problem in problems)]


# ---- back ------------------------------------------------------------------------
@dataclass
class Returned:
    """One row of 記入 as it came back: which sheet it says it is, and its answers as plain values."""

    number: int
    year: str = ""
    code: str = ""
    organization: str = ""
    version: int | None = None
    plan: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)


class Reader:
    """Turns rows of a table found in a workbook into `Returned`."""

    def __init__(self, table: Table, choices: Choices):
        self.table, self.choices = table, choices
        self._places = {BY_TITLE[title].name: place for title, place in table.places.items()}
        columns = [(place, BY_TITLE[title]) for title, place in table.places.items()]
        self._read = [(place, column) for place, column in columns if column.part != "show"]
        titles = {place: title for title, place in table.places.items()} | table.extra
        self._given = [(place, title) for place, title in titles.items() if title not in _CALCULATED]

    @property
    def missing(self) -> list[str]:
        """Answer columns the file does not have: their fields are left as they are."""
        return [column.title for column in ANSWER_COLUMNS if column.title not in self.table.places]

    def cell(self, name: str, number: int) -> str:
        """Where a column stands in a row: F12."""
        return f"{letter(self._places[name])}{number}"

    def row(self, number: int, cells: dict[int, Value]) -> Returned | None:
        """The row, or None where nobody wrote anything into it."""
        if not any(place in cells for place, _ in self._read):
            return None
        row = Returned(number)
        row.given = {title: as_text(cells.get(place)) for place, title in self._given}
        for place, column in self._read:
            self._take(row, column, cells.get(place))
        return row

    def _take(self, row: Returned, column: FormColumn, value: Value) -> None:
        if isinstance(value, Unusable):
            self.refuse(row, column.name, "計算式の結果がありません。値を書き直してください。")
        elif column.part == "plan":
            row.plan[column.name] = as_text(value)
        elif column.name == "version":
            row.version = self._version(row, value)
        elif column.part == "key":
            setattr(row, column.name, as_text(value))
        else:
            self._take_answer(row, BY_NAME[column.name], value)

    def _version(self, row: Returned, value: Value) -> int | None:
        try:
            version = as_whole(value)
        except ValueError:
            version = None
        if version is None or version < 0:
            self.refuse(row, "version", "版を読み取れません。ダウンロードしたときの数に戻してください。")
            return None
        return version

    def _take_answer(self, row: Returned, given: Field, value: Value) -> None:
        text = as_text(value)
        if given.kind == "text":
            row.values[given.name] = text
        elif given.kind == "choice":
            self._take_choice(row, given, text)
        elif given.kind == "money":
            self._take_money(row, given, value)
        else:
            self._take_flag(row, given, text)

    def _take_choice(self, row: Returned, given: Field, text: str) -> None:
        try:
            row.values[given.name] = self.choices.code(given.name, text) if text else None
        except KeyError:
            self.refuse(row, given.name, f"一覧にない値です。{self.choices.offered(given.name)}から選んでください。")

    def _take_money(self, row: Returned, given: Field, value: Value) -> None:
        try:
            amount = as_whole(value)
        except ValueError:
            self.refuse(row, given.name, "千円単位の数だけを書いてください。")
            return
        if amount is not None and not 0 <= amount <= MOST_MONEY:
            self.refuse(row, given.name, f"0から{MOST_MONEY:,}までの数を書いてください。")
            return
        row.values[given.name] = amount

    def _take_flag(self, row: Returned, given: Field, text: str) -> None:
        word = fold(text)
        if word in _YES or word in _NO:
            row.values[given.name] = word in _YES
        else:
            self.refuse(row, given.name, f"「{YES}」と書くか、空にしてください。")

    def refuse(self, row: Returned, name: str, sentence: str) -> None:
        """Note what is wrong with one cell of the row."""
        title = TITLES[name]
        row.problems.append(
            Problem(self.table.sheet, self.cell(name, row.number), title, row.given.get(title, ""), sentence)
        )


_CALCULATED = {column.title for column in HELP_COLUMNS}
_YES = {fold(word) for word in (YES, "○", "◯", "〇", "✓", "✔", "レ", "1", "true", "yes", "有", "該当")}
_NO = {fold(word) for word in ("", NO, "×", "0", "false", "no", "無", "-", "－", "ー")}


# ---- beside what stands ------------------------------------------------------------
def plain(entry: Any) -> dict[str, Any]:
    """All answers of a sheet (or of a version of its history) as plain values: choices by code."""
    return {given.name: _plain(getattr(entry, given.name)) for given in FIELDS}


def _plain(value: Any) -> Any:
    return value.code if isinstance(value, Grade | Direction) else value


def differences(row: Returned, now: dict[str, Any]) -> dict[str, Any]:
    """What the row would change of `now` (see `plain`), compared as a cell would hold it."""
    return {name: value for name, value in row.values.items() if not same(value, now[name])}


def same(given: Any, now: Any) -> bool:
    if isinstance(now, str):
        return written(clean(now)).strip() == given
    return given == now


def too_long(values: dict[str, Any]) -> list[tuple[str, str]]:
    """(field, sentence) of new answers longer than a sheet holds."""
    most = f"{min(MAX_LENGTH, LONGEST):,}"
    return [
        (name, f"{len(value):,}字あります。{most}字までにしてください。")
        for name, value in values.items()
        if isinstance(value, str) and len(value) > MAX_LENGTH and BY_NAME[name].kind == "text"
    ]


def plan_differs(row: Returned, entry: Entry) -> list[str]:
    """Names of the plan's columns that did not come back as they stand in the plan."""
    return [
        column.name
        for column in PLAN_COLUMNS
        if column.name in row.plan and _bare(row.plan[column.name]) != _bare(str(column.value(entry)))
    ]


def _bare(text: str) -> str:
    return "".join(clean(text).split())


def words(choices: Choices, name: str, value: Any) -> str:
    """A plain value as people read it."""
    kind = BY_NAME[name].kind
    if kind == "choice":
        return str(choices.choice(name, value) or "")
    if kind == "flag":
        return YES if value else NO
    return f"{value:,}" if isinstance(value, int) else str(value or "")
