"""Each table of the year, of the reviews and of the plan's years as Excel and CSV."""

from unittest.mock import ANY

import pytest

from tests.factories import GoalFactory, MeasureFactory, PolicyFactory
from tests.measures import worlds
from tests.tables import EveryList, Table

pytestmark = pytest.mark.django_db

YEAR = "/staff/cycles/2025/"
BOARD = "/staff/dashboard/?year=2025&goal=1"


@pytest.fixture
def policy(plan):
    return PolicyFactory(goal=GoalFactory(plan=plan))


@pytest.fixture
def measure(policy):
    return MeasureFactory(policy=policy, number=1, title="施策0")


# ---- the tables -------------------------------------------------------------------------
COUNTS = ["A 計画以上", "B 計画どおり", "C 一部実施", "D 未実施", "F 完了", "未回答", "n"]
ONE_B = ["0", "1", "0", "0", "0", "0", "1"]
MEETING = frozenset({"secretariat", "auditor", "committee"})
INSIDE = frozenset({"secretariat", "auditor", "writer", "approver", "other_writer", "other_approver"})
OFFICE = frozenset({"secretariat"})


def organizations(name):
    return lambda page: [row.organization for row in page[name]]


YEARS_OF_PLAN = ["令和7年度", "令和8年度", "令和9年度", "令和10年度", "令和11年度"]
INDICATORS = [
    "年度", "施策", "指標", "種類", "望ましい向き", "基準値", "基準の時点", "実績値", "値なしの理由", "目標値",
    "目標の年度", "単位", "度合い", "前年度から", "出所",
]  # fmt: skip
INDICATOR = [
    "2025", "1-1-1", "指標0", "活動", "増やす", "10", "令和6年度", "15", "", "20",
    "2029", "人", "目標までの50.0%", "", "課の記録",
]  # fmt: skip

TABLES = {
    "年度の評価": Table(
        "/staff/cycles/", worlds.cycles,
        ["年度", "段階", "受付の始まり", "締切", "提出済", "個票", "公表"],
        ["2025", "締め", "2026-05-15", "2100-06-20", "1", "1", ""],
        lambda page: [row.year for row in page["cycles"]], "年度", 6,
    ),
    "記入の不足": Table(
        f"{YEAR}gaps/", worlds.sheets,
        ["年度", "課・団体", "達成度がない", "方向性がない", "評価の理由がない", "書く人がいない", "指標の実績値がない",
         "実績が2年続けて同じ"],
        ["2025", "第0係", "1", "1", "0", "1", "0", "0"],
        organizations("rows"), "課・団体", 7,
    ),
    "督促": Table(
        f"{YEAR}reminders/", worlds.sheets,
        ["課・団体", "残っている個票", "残り", "最終保存", "督促", "次の宛先"],
        ["第0係", ANY, "1", "", "0", "事務局"],
        organizations("chases"), "課・団体", 8,
    ),
    "督促の記録": Table(
        f"{YEAR}reminders/", worlds.reminders,
        ["日時", "課・団体", "宛先", "送り方", "送った人", "受け取った人", "件名", "個票", "文面"],
        [ANY, "福祉課", "担当者", "メール", "事務 局", "担当 者（writer@example.jp）／次の 人", "督促0", ANY,
         "お願い／提出を"],
        lambda page: [row.subject for row in page["log"]], "件名", 11, of="log",
    ),
    "個票への質問": Table(
        f"{YEAR}inquiries/", worlds.inquiries,
        ["状態", "番号", "個票", "課・団体", "質問", "質問した日", "質問した人", "期限", "回答", "回答した日",
         "回答した人"],
        ["回答済", ANY, ANY, "福祉課", "質問0", ANY, "事務 局", "2026-06-01", "'+回答", ANY, "担当 者"],
        lambda page: [row.question for row in page["rows"]], "質問", 6,
    ),
    "評価しない取組": Table(
        f"{YEAR}omissions/", worlds.omissions,
        ["番号", "取組", "理由", "決めた人", "日"],
        ["X-0", "'=取組", "休止中", "事務 局", ANY],
        lambda page: [row.action.code for row in page["rows"]], "番号", 6,
    ),
    "課長確認": Table(
        "/staff/confirm/", worlds.waiting,
        ["年度", "番号", "取組", "課・団体", "前年度の達成度", "達成度", "前年度から変更なし",
         "取組実績（前年度）", "取組実績", "評価の理由・成果（前年度）", "評価の理由・成果", "課題（前年度）", "課題",
         "今後の方向性（前年度）", "今後の方向性", "方向性の内容・改善策（前年度）", "方向性の内容・改善策",
         "次年度の取組予定（前年度）", "次年度の取組予定", "庁内メモ", "保存", "保存した人", "代理入力", "締切後入力"],
        ["2025", ANY, ANY, "福祉課", "", "B 計画どおり", "", "", "会議を2回開いた。", "", "", "", "",
         "", "継続", "", "", "", "続ける。", "'-内", "", "担当 者", "", "はい"],
        lambda page: [row.entry.action.code for row in page["changed"]], "番号", 7,
        readers=frozenset({"approver"}), by="approver",
    ),
    "返した調査票": Table(
        "/staff/workbooks/", worlds.imports,
        ["ファイル", "日時", "返した人", "状態", "新しく記入", "変更", "変更なし", "競合", "エラー", "反映した件数",
         "反映した日時", "取り消した日時", "指紋（SHA-256）"],
        ["調査票0.xlsx", ANY, "事務 局", "反映待ち", "2", "0", "0", "0", "1", "0", "", "", "ab"],
        lambda page: [row.file_name for row in page["page"]], "ファイル", 6,
    ),
    "施策の評価": Table(
        "/staff/reviews/?year=2025", worlds.reviews,
        ["年度", "番号", "施策", *COUNTS, "参考", "1次評価", "2次評価", "状態", "1次評価の所見", "2次評価の所見",
         "主な評価と課題", "見直し方針"],
        ["2025", "1-1-1", "施策0", *ONE_B, "B", "A 計画以上", "", "1次評価まで", "所見", "", "'=課題", ""],
        lambda page: [row.measure.code for row in page["rows"]], "番号", 11,
    ),
    "意見への回答": Table(
        "/staff/responses/?state=returned", worlds.answers_of_two_states,
        ["年度", "施策", "意見", "組織", "状態", "反映状況", "市の考え方", "差戻しの理由", "期限", "期限超過"],
        ["2025", "計画の全体", "周知を", "第0係", "差戻し", "今後反映", "広報で知らせる。", "短い", "2026-06-01", ANY],
        organizations("rows"), "組織", 6,
    ),
    "意見への回答、組織別": Table(
        "/staff/responses/", worlds.answers,
        ["年度", "組織", "未回答", "差戻し", "回答済", "事務局確認済", "期限超過", "計"],
        ["2025", "第0係", "0", "1", "0", "0", ANY, "1"],
        organizations("offices"), "組織", 6, of="offices",
    ),
    "訂正": Table(
        f"{YEAR}publication/", worlds.corrections,
        ["日付", "訂正した所", "項目", "訂正前", "訂正後", "理由", "訂正した人", "訂正履歴"],
        [ANY, ANY, "課題0", "前", "'@後", "誤り", "事務 局", "公表の前"],
        lambda page: [row.label for row in page["corrections"]], "項目", 6,
    ),
    "お知らせ": Table(
        "/staff/notices/", worlds.notices,
        ["題名", "本文", "掲載を始める日", "掲載を終える日", "状態"],
        ["お知らせ0", "本文", "2026-06-01", "", ANY],
        lambda page: [row.title for row in page["notices"]], "題名", 4, readers=INSIDE,
    ),
    "変更の記録": Table(
        "/staff/history/?kind=glossary-term", worlds.changes,
        ["日時", "種類", "対象", "変更", "回数", "人", "理由"],
        [ANY, "用語", "用語0", "作成", "1", "事務 局", "'=理由"],
        lambda page: [row.words for row in page["rows"]], "対象", 4,
    ),
    "評価の基準": Table(
        "/staff/scales/", worlds.scale,
        ["評価の基準", "区分", "記号・名称", "定義", "評価の対象", "必要な記入"],
        ["標準", "達成度", "A 計画以上", "定義", "対象", ""],
        lambda page: [grade for one in page["scales"] for grade in one.grades.all()], "記号・名称", 8,
    ),
    "計画の評価・見直し": Table(
        "/staff/plan/own/review/", worlds.closing,
        ["施策番号", "施策", "主な評価と課題", "見直し方針", "評価", "評価の年度", "次期計画の施策"],
        ["1-1-1", "施策0", "評価／課題", "方針", "A 計画以上", "2029", ""],
        lambda page: [row.measure.code for row in page["rows"]], "施策番号", 7, readers=MEETING,
    ),
    "計画のつながり": Table(
        "/staff/plan/next/lineage/", worlds.lineage,
        ["区分", "前の計画", "つながり", "次の計画"],
        ["施策", "1-1-1 旧0", "継続", "1-1-1 新0"],
        lambda page: [line.after[0] for one in page["lines"] for line in (one, *one.actions)], "次の計画", 10,
        readers=MEETING,
    ),
    "組織改編": Table(
        "/staff/april/organizations/", worlds.reorganizations,
        ["元の組織", "種類", "新しい組織", "いつから", "状態", "日時", "人"],
        ["旧0課", "名称変更", "新0課", "2027", "用意の途中", ANY, "事務 局"],
        lambda page: [row.targets.get() for row in page["rows"]], "新しい組織", 6, readers=OFFICE,
    ),
    "組織改編で移すもの": Table(
        "/staff/april/organizations/1/", worlds.draft,
        ["種類", "移すもの", "備考", "元の組織", "移し先"],
        ["担当する取組", "X-0 取組", "", "旧0課", "新0課"],
        lambda page: [row.label for group in page["groups"] for row in group.rows], "移すもの", 11, readers=OFFICE,
    ),
    "組織改編で移したもの": Table(
        "/staff/april/organizations/1/", worlds.record,
        ["種類", "移したもの", "元の組織", "移した先"],
        ["利用者", "人0", "旧", "新"],
        lambda page: [row.label for _, moves in page["groups"] for row in moves], "移したもの", 5, readers=OFFICE,
    ),
    "施策と年度の評価": Table(
        BOARD, worlds.board,
        ["基本目標", "番号", "施策", *YEARS_OF_PLAN, *COUNTS],
        [ANY, "1-1-1", "施策0", "A 計画以上", *["これから"] * 4, *ONE_B],
        lambda page: [row.measure.code for _, rows in page["heat_rows"] for row in rows], "番号", 13, of="heat",
    ),
    "目標指標": Table(
        BOARD, worlds.indicators, INDICATORS, INDICATOR,
        lambda page: [row.indicator for row in page["progress"]], "指標", 14, of="indicators",
    ),
    "基本施策ごとの達成度": Table(
        BOARD, worlds.policies, ["年度", "基本施策", *COUNTS], ["2025", ANY, *ONE_B],
        lambda page: [row.label for row in page["board"].by_policy], "基本施策", 13, of="policies",
    ),
    "課・団体ごとの達成度": Table(
        BOARD, worlds.board, ["年度", "課・団体", *COUNTS], ["2025", ANY, *ONE_B],
        lambda page: [row.label for row in page["board"].by_organization], "課・団体", 13, of="organizations",
    ),
    "担い手ごとの達成度": Table(
        BOARD, worlds.sides, ["年度", "担い手", *COUNTS], ["2025", "担い手0", *ONE_B],
        lambda page: [row.label for row in page["board"].by_side], "担い手", 13, of="sides",
    ),
    "構成計画ごとの達成度": Table(
        BOARD, worlds.components, ["年度", "構成計画", *COUNTS], ["2025", "計画0", *ONE_B],
        lambda page: [row.label for row in page["board"].by_component], "構成計画", 13, of="components",
    ),
    "取組ごとの個票": Table(
        "/staff/dashboard/measures/1-1-1/", worlds.one_measure,
        ["番号", "取組", "担当", "前の年度", "達成度", "前の年度から", "今後の方向性", "課題"],
        ["1-1-1-G01", ANY, ANY, "", "B 計画どおり", "", "継続", "'=課題"],
        lambda page: [row.entry.action.code for row in page["sheet"].rows], "番号", 12,
    ),
    "施策の目標指標": Table(
        "/staff/dashboard/measures/1-1-1/", worlds.indicators, INDICATORS, INDICATOR,
        lambda page: [row.indicator for row in page["progress"]], "指標", 13, of="indicators",
    ),
}  # fmt: skip


class TestLists(EveryList):
    tables = TABLES
