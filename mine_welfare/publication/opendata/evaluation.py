"""The published years as open data: 個票, 施策の評価, 委員会の意見と市の考え方."""

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet
from django.utils import timezone

from measures.models import Correction, Entry, MeasureReview, Opinion
from measures.workflow import EntryState, ResponseState
from mine_welfare.toolkit.fiscal import wareki_date, wareki_year
from plans.models import Plan

from .table import Column, Resource

THOUSAND_YEN = "千円"
SAMPLE = "試しに載せた架空の内容であるとき true です。"
YEAR = {
    "year": Column("年度（西暦）", kind="integer", is_key=True),
    "year_wareki": Column("年度（和暦）"),
}
PLACE = {
    "goal": Column("基本目標の番号", kind="integer", is_key=True),
    "policy": Column("基本施策の番号", "基本目標-基本施策の番号です。", is_key=True),
    "measure": Column("施策番号", refers="measures"),
}
# As the plan has its measures.
IN_ORDER = ("measure__policy__goal__number", "measure__policy__number", "measure__number")


# ---- 個票 -----------------------------------------------------------------------
def _evaluations(plan: Plan) -> QuerySet:
    """Every sheet of the published years; what was not fixed is there as 未回答, without its contents."""
    entries = Entry.objects.filter(cycle__in=plan.cycles.public()).select_related(
        "cycle__scale", "action__measure__policy__goal", "action__actor", "organization", "rating", "direction"
    )
    corrections = Correction.objects.public().filter(entry=OuterRef("pk"))
    rows = entries.defer("memo").annotate(is_corrected=Exists(corrections))
    in_order = (f"action__{name}" for name in (*IN_ORDER, "actor__position", "number"))
    return rows.order_by("-cycle__year", *in_order, "organization__position", "pk")


def _evaluation(entry: Entry) -> dict:
    cycle, measure = entry.cycle, entry.action.measure
    found = {
        "year": cycle.year,
        "year_wareki": wareki_year(cycle.year),
        "action": entry.action.code,
        "goal": measure.policy.goal.number,
        "policy": measure.policy.code,
        "measure": measure.code,
        "side": entry.action.actor.code,
        "organization": entry.organization.slug,
        "organization_name": entry.organization.name,
        "freshness": _freshness(entry),
        "scale": cycle.scale.name,
    }
    day = timezone.localdate(cycle.published_at)
    about = {"published_on": day.isoformat(), "published_on_wareki": wareki_date(day), "is_sample": cycle.is_sample}
    return found | _answers(entry) | about


def _freshness(entry: Entry) -> str:
    if entry.state != EntryState.FIXED:
        return "unanswered"
    return "late" if entry.is_late else "on_time"


def _answers(entry: Entry) -> dict:
    """What the sheet says; all of it empty where nobody stood by it."""
    if entry.state != EntryState.FIXED:
        return dict.fromkeys(ANSWERS)
    money = entry.budget is not None or entry.settlement is not None
    texts = ("planned", "result", "reason", "issues", "improvement", "next_plan")
    return {
        **{name: getattr(entry, name) or None for name in texts},
        "rating": entry.rating.code if entry.rating else None,
        "direction": entry.direction.code if entry.direction else None,
        "is_unchanged": entry.unchanged_on is not None,
        "no_budget": entry.no_budget,
        "budget": entry.budget,
        "settlement": entry.settlement,
        "money_unit": THOUSAND_YEN if money else None,
        "is_corrected": entry.is_corrected,
    }


ANSWERS = {
    "rating": Column("達成度", "未回答の個票では空です。", blank=True, codes="rating"),
    "direction": Column("今後の方向性", blank=True, codes="direction"),
    "planned": Column("当該年度の取組予定", blank=True),
    "result": Column("取組実績", blank=True),
    "reason": Column("評価の理由・成果", blank=True),
    "issues": Column("課題", blank=True),
    "improvement": Column("方向性の内容・改善策", blank=True),
    "next_plan": Column("次年度の取組予定", blank=True),
    "is_unchanged": Column("前年度から変更なし", "担当がそのように表明したとき true です。", "boolean", blank=True),
    "no_budget": Column("予算を伴わない", kind="boolean", blank=True),
    "budget": Column("予算額", "記入のないものは空です。", "integer", THOUSAND_YEN, blank=True),
    "settlement": Column("決算額", "記入のないものは空です。", "integer", THOUSAND_YEN, blank=True),
    "money_unit": Column("予算額・決算額の単位", blank=True),
    "is_corrected": Column("公表後の訂正", "公表した後に訂正したとき true です。", "boolean", blank=True),
}
EVALUATIONS = Resource(
    "evaluations",
    "年度の評価（個票）",
    "公表した年度の、取組ごと・担当ごとの評価です。未回答の個票も、未回答として1行あります。",
    {
        **YEAR,
        "action": Column("取組番号", refers="actions"),
        **PLACE,
        "side": Column("担い手", codes="actor"),
        "organization": Column("担当課・団体の識別名", is_key=True),
        "organization_name": Column("担当課・団体の名称"),
        "freshness": Column("回答の時期", codes="freshness"),
        "scale": Column("評価の基準", "達成度と今後の方向性の定義は、コード表の同じ基準の行にあります。"),
        **ANSWERS,
        "published_on": Column("公表日（西暦）", kind="date"),
        "published_on_wareki": Column("公表日（和暦）"),
        "is_sample": Column("サンプル", SAMPLE, "boolean"),
    },
    _evaluations,
    _evaluation,
)


# ---- 施策の評価 -----------------------------------------------------------------
REVIEW_TEXTS = ("first_comment", "second_comment", "summary", "policy")


def _reviews(plan: Plan) -> QuerySet:
    """The reviews of the published years that say something."""
    empty = Q(first_rating=None, second_rating=None, **dict.fromkeys(REVIEW_TEXTS, ""))
    rows = MeasureReview.objects.filter(cycle__in=plan.cycles.public()).exclude(empty)
    rows = rows.select_related("cycle__scale", "measure__policy__goal", "first_rating", "second_rating")
    return rows.order_by("-cycle__year", *IN_ORDER)


def _review(review: MeasureReview) -> dict:
    cycle, measure = review.cycle, review.measure
    return {
        "year": cycle.year,
        "year_wareki": wareki_year(cycle.year),
        "goal": measure.policy.goal.number,
        "policy": measure.policy.code,
        "measure": measure.code,
        "measure_title": measure.title,
        "scale": cycle.scale.name,
        "first_rating": review.first_rating.code if review.first_rating else None,
        "first_comment": review.first_comment or None,
        "second_rating": review.second_rating.code if review.second_rating else None,
        "second_comment": review.second_comment or None,
        "summary": review.summary or None,
        "revision": review.policy or None,
        "is_sample": cycle.is_sample,
    }


REVIEWS = Resource(
    "measure_reviews",
    "施策の評価",
    "公表した年度の、施策ごとの1次評価（庁内）と2次評価（委員会）です。",
    {
        **YEAR,
        **PLACE,
        "measure_title": Column("施策の名称"),
        "scale": Column("評価の基準", "達成度の定義は、コード表の同じ基準の行にあります。"),
        "first_rating": Column("1次評価", blank=True, codes="rating"),
        "first_comment": Column("1次評価の所見", blank=True),
        "second_rating": Column("2次評価", blank=True, codes="rating"),
        "second_comment": Column("2次評価の所見", blank=True),
        "summary": Column("主な評価と課題", blank=True),
        "revision": Column("見直し方針", blank=True),
        "is_sample": Column("サンプル", SAMPLE, "boolean"),
    },
    _reviews,
    _review,
)


# ---- 意見と市の考え方 -----------------------------------------------------------
def _opinions(plan: Plan) -> QuerySet:
    """Each received opinion with each confirmed answer to it; one row without an answer where there is none.

    Who said it is not read at all.
    """
    confirmed = FilteredRelation("responses", condition=Q(responses__state=ResponseState.ACCEPTED))
    rows = Opinion.objects.received().filter(cycle__in=plan.cycles.public()).annotate(answer=confirmed)
    return rows.order_by(
        "-cycle__year",
        F("measure__policy__goal__number").asc(nulls_first=True),
        *("measure__policy__number", "measure__number", "at", "pk", "answer__organization__position"),
    ).values(*OPINION_FIELDS)


OPINION_FIELDS = (
    *("pk", "cycle__year", "cycle__is_sample", "meeting", "text"),
    *("measure__code", "measure__policy__goal__number", "measure__policy__number"),
    *("answer__organization__slug", "answer__organization__name", "answer__text", "answer__reflection"),
)


def _opinion(row: dict) -> dict:
    goal, policy = row["measure__policy__goal__number"], row["measure__policy__number"]
    return {
        "opinion": row["pk"],
        "year": row["cycle__year"],
        "year_wareki": wareki_year(row["cycle__year"]),
        "goal": goal,
        "policy": f"{goal}-{policy}" if goal else None,
        "measure": row["measure__code"],
        "meeting": row["meeting"] or None,
        "text": row["text"],
        "organization": row["answer__organization__slug"],
        "organization_name": row["answer__organization__name"],
        "response": row["answer__text"],
        "reflection": row["answer__reflection"],
        "is_sample": row["cycle__is_sample"],
    }


WHOLE = "計画の全体への意見では空です。"
UNANSWERED = "回答のないものは空です。"
OPINIONS = Resource(
    "opinions",
    "委員会の意見と市の考え方",
    "公表した年度の、策定推進委員会の意見と、それに対する市の考え方です。発言した人の名前は載せません。"
    "1つの意見に複数の回答があるときは、回答ごとに1行です。",
    {
        "opinion": Column("意見の番号", kind="integer", is_key=True),
        **YEAR,
        "goal": Column("基本目標の番号", WHOLE, "integer", blank=True, is_key=True),
        "policy": Column("基本施策の番号", WHOLE, blank=True, is_key=True),
        "measure": Column("施策番号", WHOLE, blank=True, refers="measures"),
        "meeting": Column("会議", blank=True),
        "text": Column("意見"),
        "organization": Column("回答した担当課・団体の識別名", UNANSWERED, blank=True, is_key=True),
        "organization_name": Column("回答した担当課・団体の名称", UNANSWERED, blank=True),
        "response": Column("市の考え方", UNANSWERED, blank=True),
        "reflection": Column("反映状況", UNANSWERED, blank=True, codes="reflection"),
        "is_sample": Column("サンプル", SAMPLE, "boolean"),
    },
    _opinions,
    _opinion,
)
RESOURCES = (EVALUATIONS, REVIEWS, OPINIONS)
