"""The whole workbook 調査票: 記入要領, 記入, コード表."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mine_welfare.toolkit.fiscal import short_date, wareki_date, wareki_year
from mine_welfare.toolkit.sheet import Column, Sheet

from . import sheets
from .fields import FIELDS, Field
from .models import Cycle, Direction, Entry, Grade
from .permissions import last_day


@dataclass(frozen=True)
class Sender:
    """Where a filled workbook goes: the page that takes it, and whom to ask (「福祉課（電話 …）」)."""

    address: str
    desk: str


def workbook(cycle: Cycle, form: Sheet, sender: Sender) -> list[Sheet]:
    """The three sheets around a `form` of this year."""
    grades, directions = list(cycle.scale.grades.all()), list(cycle.scale.directions.all())
    rows = list(_guide(cycle, grades, directions, sender))
    guide = Sheet(
        sheets.GUIDE,
        [Column("項目", 26, "wrapped"), Column("説明", 92, "wrapped")],
        rows=rows,
        count=len(rows),
        lines=[("title", f"{wareki_year(cycle.year)}実績　調査票　{sheets.GUIDE}")],
        foot=form.foot,
    )
    return [guide, form, _codes(grades, directions)]


def of_entries(cycle: Cycle, entries: Iterable[Entry], count: int, *, subject: str, sender: Sender) -> list[Sheet]:
    """The workbook of these 個票, with `previous` set on each; `subject` says whose they are."""
    rows = (sheets.row_of(entry) for entry in entries)
    return workbook(cycle, sheets.form(cycle, rows, count, subject=subject), sender)


def _guide(cycle: Cycle, grades: list[Grade], directions: list[Direction], sender: Sender) -> Iterator[tuple[str, str]]:
    grace = f"（{short_date(last_day(cycle))}までは、締切後として受け付けます）" if cycle.grace_days else ""
    yield "締切", f"{wareki_date(cycle.due_on)}までに、このファイルをポータルに返してください。{grace}"
    if cycle.instructions:
        yield "記入のお願い", cycle.instructions
    yield "書くところ", f"シート「{sheets.FORM}」の、白い欄に書きます。1行が1つの取組です。灰色の欄は変えられません。"
    yield (
        "選ぶところ",
        "「達成度」「今後の方向性」「予算を伴わない」は、欄を選ぶと出る一覧から選びます。"
        "A のように、記号だけを書いてもかまいません。",
    )
    yield "色の意味", "黄色：必ず書く欄で、まだ空です。橙色：目安の字数を超えています（そのままでも出せます）。"
    yield (
        "返し方",
        f"保存してから、ポータル（{sender.address}）にサインインし、メニューの「Excel」でこのファイルを選びます。"
        "変わるところを画面で確かめ、「反映する」を押すまでは、何も変わりません。",
    )
    yield (
        "途中で返すとき",
        "書きかけの行があってもかまいません。その行は「入力中」になり、続きはポータルでもExcelでも書けます。"
        "提出は、ポータルの画面で行います。",
    )
    yield (
        "変えないところ",
        f"「{'」「'.join(sheets.NEEDED)}」と計画の文は、どの個票かを見分けるためのものです。変えた行は受け取れません。"
        "行の並べ替え、列の追加や移動、絞り込み、行の非表示はかまいません。",
    )
    yield (
        "版とは",
        "ダウンロードしたときの、個票の版です。そのあとにほかの人が書いた個票は、返したときに、どちらを残すかを選べます。",
    )
    yield (
        "保存の形式",
        "「Excel ブック (*.xlsx)」のまま、パスワードを付けずに保存してください。LibreOfficeで保存したものも使えます。",
    )
    yield "困ったとき", f"ポータルを開けないときや、書き方が分からないときは、{sender.desk}へ連絡してください。"
    for given in FIELDS:
        yield f"欄「{given.label}」", _about(given)
    for grade in grades:
        yield (
            f"達成度　{grade}",
            grade.definition + ("（「評価の理由・成果」も書きます）" if grade.needs_reason else ""),
        )
    for direction in directions:
        yield f"今後の方向性　{direction}", _about_direction(direction)


def _about(given: Field) -> str:
    openness = "公表されます。" if given.public else ""
    guide = f"目安は{given.guide}字です。" if given.guide else ""
    words = f"{given.help}。" if given.help else ""
    return f"{words}{guide}{openness}"


def _about_direction(direction: Direction) -> str:
    if direction.needs_improvement:
        return "「方向性の内容・改善策」も書きます。"
    return "「次年度の取組予定」は要りません。" if direction.ends_action else "—"


def _codes(grades: list[Grade], directions: list[Direction]) -> Sheet:
    lists = {
        sheets.GRADES: ("達成度", [str(grade) for grade in grades]),
        sheets.DIRECTIONS: ("今後の方向性", [str(direction) for direction in directions]),
        sheets.TICK: ("予算を伴わない", [sheets.YES]),
        sheets.WITH_REASON: ("理由が要る達成度", [str(one) for one in grades if one.needs_reason]),
        sheets.RATED: ("達成度の順", [str(one) for one in grades if one.is_rated]),
        sheets.MENDED: ("改善策が要る方向性", [str(one) for one in directions if one.needs_improvement]),
        sheets.ENDED: ("次年度の予定が要らない方向性", [str(one) for one in directions if one.ends_action]),
    }
    longest = max(len(words) for _, words in lists.values())
    lines = [("title", "コード表"), ("line", "シート「記入」の一覧と色は、この表を見ています。")]
    first = len(lines) + 2
    return Sheet(
        sheets.CODES,
        [Column(title, 24) for title, _ in lists.values()],
        rows=[[words[row] if row < len(words) else "" for _, words in lists.values()] for row in range(longest)],
        count=longest,
        lines=lines,
        # A list of nothing still needs a cell to stand on.
        names={
            name: (place, first, first + max(len(words), 1) - 1)
            for place, (name, (_, words)) in enumerate(lists.items(), start=1)
        },
        foot="コード表",
    )
