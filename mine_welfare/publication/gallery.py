"""部品の一覧: every component in all its states, on made-up data marked 【サンプル】.

A page may only be built from what is shown here; the tests hold that every
template of `templates/components/` appears, and axe reads this page first.
"""

import datetime
import re
from dataclasses import dataclass

from django import forms
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.forms.models import ModelChoiceIteratorValue
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from measures.workflow import CycleState, EntryState
from mine_welfare.toolkit.markup import MOVES

from .gallery_charts import sample_charts
from .topics import TOPICS

CHOOSE = "1つ選んでください"
TEXT = "部品の見え方を確かめるための文です。【サンプル】"


@dataclass(frozen=True)
class Grade:
    """A grade as the scale of a year holds it."""

    code: str
    label: str
    short_label: str
    mark: str
    tone: str
    definition: str
    is_rated: bool = True


GRADES = (
    Grade("A", "計画以上", "計画以上", "ma", "a", "予定した内容を上回って実施した"),
    Grade("B", "計画どおり", "計画どおり", "mb", "b", "予定した内容をおおむね実施した"),
    Grade("C", "一部実施・改善が必要", "一部実施", "mc", "c", "一部の実施にとどまった、または進め方の改善が必要"),
    Grade("D", "未実施・大幅な遅れ", "未実施", "md", "d", "ほとんど実施できなかった、または大幅に遅れた"),
    Grade("F", "完了", "完了", "check", "n", "目的を果たし、終了した", is_rated=False),
    Grade("X", "未着手（予定どおり）", "未着手", "mx", "n", "予定どおり、今年度は着手していない", is_rated=False),
    Grade("Y", "中止", "中止", "stop", "n", "取りやめた", is_rated=False),
    Grade("Z", "評価困難", "評価困難", "mq", "n", "評価できる材料がない", is_rated=False),
)
SEGMENTS = (
    ("a", "A 計画以上", 9),
    ("b", "B 計画どおり", 64),
    ("c", "C 一部実施", 15),
    ("d", "D 未実施", 2),
    ("n", "対象外 F・X・Y・Z", 3),
    ("0", "未回答", 3),
)
ANSWERS = (
    ("1", "そう思う", 49.9),
    ("2", "どちらかというとそう思う", 32.6),
    ("3", "どちらかというとそう思わない", 10.2),
    ("4", "そう思わない", 5.1, "※"),
    ("0", "無回答", 2.2, "※"),
)
ROLES = (
    ("citizen", "自助", "市民", ["隣近所で声をかけ合います。", "できる範囲で手伝います。\n見守り\n買い物"]),
    ("community", "互助・共助", "地域・福祉関係者", ["地域の困りごとを、窓口につなぎます。"]),
    ("shakyo", "互助・共助", "社会福祉協議会", ["地域の活動を支えます。"]),
    ("government", "公助", "行政", ["必要な支援が届く仕組みを整えます。"]),
)
SWATCHES = (
    ("ink", "本文", "17.4"),
    ("accent", "リンク・見出し", "14.2"),
    ("action", "主ボタン", "11.1"),
    ("tint", "選択・帯", "15.3"),
    ("good", "良い・地域", "8.3"),
    ("error", "誤り", "5.8"),
    ("warn", "注意・市民", "8.2"),
    ("shakyo", "社会福祉協議会", "10.5"),
    ("c", "C・フォーカス", "12.2"),
    ("paper", "面", "15.5"),
)
STAGE_NOTES = {"open": "5月15日〜6月20日", "committee": "8月", "published": "10月"}
FIGURES = (
    (178, "／ 228件", "計画どおり以上（A・B）の個票"),
    (5, "施策", "前年度より上がった"),
    (2, "施策", "前年度より下がった"),
    (6, "件", "締切まで回答がなかった"),
)
FACTS = (("担当", "見本課", "#facts"), ("受付時間", "平日 8時30分〜17時15分"), ("更新", "毎年10月"))
YEARS = (
    {"year": 2025, "note": "公表済", "grade": GRADES[2], "text": TEXT},
    {"year": 2026, "note": "最新の公表", "grade": GRADES[1], "text": TEXT, "place": "latest"},
    {"year": 2027, "note": "取りまとめ中", "place": "next"},
    {"year": 2028, "place": "next"},
    {"year": 2029, "note": "最終年度", "place": "next"},
)
OPINION = {"text": TEXT, "meeting": "見本の会議（第1回）"}
REPLY = {
    "text": TEXT,
    "organization": "見本課",
    "answered_at": datetime.date(2027, 9, 1),
    "reflection": "planned",
    "get_reflection_display": "今後反映",
}
GOALS = ({"number": 1, "title": "安心して見られる見本"}, {"number": 2, "title": "公表前の見本"})
COUNTS = (("基本施策", 3), ("施策", 9), ("取組", 91))


class SampleForm(forms.Form):
    """One field of each kind, as the entry form has them."""

    result = forms.CharField(label="取組実績", widget=forms.Textarea(attrs={"rows": 3, "data-guide": 400}))
    reason = forms.CharField(
        label="評価の理由・成果",
        widget=forms.Textarea(attrs={"rows": 3, "data-guide": 200}),
        error_messages={"required": "Cのときは、理由を書いてください"},
    )
    memo = forms.CharField(label="庁内メモ", required=False, widget=forms.Textarea(attrs={"rows": 2, "data-guide": 0}))
    rating = forms.ChoiceField(
        label="達成度",
        widget=forms.RadioSelect,
        choices=[(ModelChoiceIteratorValue(grade.code, grade), str(grade.label)) for grade in GRADES],
        error_messages={"required": CHOOSE},
    )
    direction = forms.ChoiceField(
        label="今後の方向性",
        widget=forms.RadioSelect,
        choices=[(word, word) for word in ("拡充", "継続", "見直し", "縮小", "統合", "廃止", "完了")],
        error_messages={"required": CHOOSE},
    )
    office = forms.ChoiceField(label="課・団体", required=False, choices=[("", "すべて"), ("1", "見本課")])
    due = forms.DateField(label="締切日", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    budget = forms.IntegerField(
        label="予算額（千円）", required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    no_budget = forms.BooleanField(label="予算を伴わない", required=False)
    password = forms.CharField(label="パスワード", required=False, widget=forms.PasswordInput)
    workbook = forms.FileField(label="記入したExcel", required=False)


def wrong_form() -> SampleForm:
    """A form that was sent with answers missing."""
    return SampleForm({"wrong-result": TEXT}, prefix="wrong", use_required_attribute=False)


def stages() -> list[tuple[str, str]]:
    """The year's stages with a note under some."""
    return [(stage.label, STAGE_NOTES.get(stage.value, "")) for stage in CycleState]


def icon_names() -> list[str]:
    """Every symbol of the sprite."""
    with open(finders.find("icons.svg"), encoding="utf-8") as sprite:
        return re.findall(r'id="i-([\w-]+)"', sprite.read())


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    page = Paginator(range(230), 20).get_page(request.GET.get("page", 3))
    context = {
        "answers": ANSWERS,
        "charts": sample_charts(),
        "counts": COUNTS,
        "cycle_stages": stages(),
        "facts": FACTS,
        "figures": FIGURES,
        "form": SampleForm(initial={"result": TEXT, "direction": "見直し"}, use_required_attribute=False),
        "goals": GOALS,
        "grades": GRADES,
        "head": ("回答", "割合（%）"),
        "icons": icon_names(),
        "moves": list(MOVES),
        "page": page,
        "opinion": OPINION,
        "replies": [REPLY],
        "roles": ROLES,
        "rows": [(label, value) for _, label, value, *_ in ANSWERS],
        "segments": SEGMENTS,
        "states": list(EntryState),
        "swatches": SWATCHES,
        "text": TEXT,
        "topics": TOPICS[:6],
        "wrong": wrong_form(),
        "years": YEARS,
    }
    return render(request, "staff/components.html", context)
