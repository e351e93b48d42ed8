"""The whole workbook of a plan's structure: 記入要領, its sheets, コード表 and 控え."""

from collections.abc import Iterator

from mine_welfare.toolkit.sheet import Column, Sheet

from .plancells import ACTORS, COMMISSIONS, COMPONENTS, FORMS, OFFICES
from .plansheets import BASE, BASE_COLUMNS, NEW, PARTS, Part, marks_of
from .queries.planstate import PlanState

GUIDE, CODES = "記入要領", "コード表"


def plan_workbook(state: PlanState, *, address: str) -> list[Sheet]:
    """All sheets; `address` is the page that takes the workbook back."""
    head = f"{state.plan}　計画のExcel"
    guide = _table(GUIDE, [Column("項目", 26, "wrapped"), Column("説明", 92, "wrapped")], list(_guide(state, address)))
    guide.lines, guide.foot = [("title", f"{head}　{GUIDE}")], head
    return [guide, *(_sheet(part, state, head) for part in PARTS.values()), _codes(state), _base(state)]


def _table(title: str, columns: list[Column], rows: list, **more) -> Sheet:
    return Sheet(title, columns, rows=rows, count=len(rows), **more)


def _sheet(part: Part, state: PlanState, head: str) -> Sheet:
    rows = [
        [column.kind.cell(values[column.name], state.lists) for column in part.columns]
        for values in state.plain[part.name].values()
    ]
    rows += [[""] * len(part.columns)] * (part.spare + len(rows) // 10 if part.spare else 0)
    return _table(
        part.sheet,
        [column.column for column in part.columns],
        rows,
        frozen=len(part.keys),
        protected=False,
        is_wide=True,
        foot=f"{head}　{part.sheet}",
    )


def _codes(state: PlanState) -> Sheet:
    lists = [(name, list(state.lists.words[name].values())) for name in (ACTORS, COMMISSIONS, FORMS)]
    lists += [(name, list(state.lists.words[name].values())) for name in (COMPONENTS, OFFICES)]
    longest = max(len(words) for _, words in lists)
    lines = [("title", CODES), ("line", "ほかのシートの一覧は、この表を見ています。")]
    first = len(lines) + 2
    return _table(
        CODES,
        [Column(name.removesuffix("一覧"), 30) for name, _ in lists],
        [[words[row] if row < len(words) else "" for _, words in lists] for row in range(longest)],
        lines=lines,
        # A list of nothing still needs a cell to stand on.
        names={
            name: (place, first, first + max(len(words), 1) - 1) for place, (name, words) in enumerate(lists, start=1)
        },
    )


def _base(state: PlanState) -> Sheet:
    version = state.plan.version
    rows = [
        [part.sheet, key, version, marks_of(part, values)]
        for part in PARTS.values()
        for key, values in state.plain[part.name].items()
    ]
    lines = [("title", BASE), ("line", "ダウンロードしたときの控えです。変えたり、消したりしないでください。")]
    return _table(BASE, list(BASE_COLUMNS), rows, lines=lines)


def _guide(state: PlanState, address: str) -> Iterator[tuple[str, str]]:
    names = "・".join(f"「{part.sheet}」" for part in PARTS.values())
    yield "このファイル", f"{state.plan}の構成です。シート{names}に、1行に1つずつ入っています。"
    yield (
        "直す",
        "白い欄を書き直します。「施策番号」「担い手」など、どこに置くかを示す欄は、"
        "もうある行では変えられません。灰色の欄は参考で、読み取りません。",
    )
    yield "加える", "空いている行に書きます。番号の欄は空のままにします。番号は、反映するときにポータルが付けます。"
    yield (
        "加えた行を、ほかのシートから指す",
        f"番号の欄に「{NEW}1」「{NEW}2」のように書き、ほかのシートの「施策番号」などにも同じ名前を書きます。"
        f"例：シート「施策」の施策番号に「{NEW}1」、シート「取組」の施策番号にも「{NEW}1」。",
    )
    yield (
        "消す",
        "行ごと消します。反映する前の画面に、ファイルにない行として出ます。そこで印を付けた行だけが消えます。"
        "公開した計画の取組は、消えずに「終えた取組」として残ります。",
    )
    yield "役割の順", "「順」の小さい行から並びます。同じ順の行は、表の上の行が先になります。"
    yield "番号", "一度使った番号は、別の取組に使いません。番号を書き換えることはできません。"
    yield "担当・構成計画", "いくつかあるときは「／」で区切ります。使える名前は、シート「コード表」にあります。"
    yield (
        "返し方",
        f"保存してから、ポータル（{address}）でこのファイルを選びます。"
        "変わるところを画面で確かめ、「反映する」を押すまでは、何も変わりません。",
    )
    yield (
        "ダウンロードのあとに、ポータルで直したとき",
        f"その行は「競合」になり、どちらを残すかを画面で選びます。見分けるために、シート「{BASE}」を使います。",
    )
    yield "してもよいこと", "行の並べ替え、列の移動や追加、絞り込み、行やシートの非表示はかまいません。"
    yield (
        "保存の形式",
        "「Excel ブック (*.xlsx)」のまま、パスワードを付けずに保存してください。LibreOfficeで保存したものも使えます。",
    )
    for part in PARTS.values():
        yield f"シート「{part.sheet}」", "、".join(column.title for column in part.columns)
