"""The plan itself as open data: 施策, 役割分担, 具体的取組, who answers for them, and their 目標指標."""

from django.db.models import FilteredRelation, Q, QuerySet

from measures.models import Action, Indicator, Measure, Responsibility, RoleItem
from measures.queries.public import organizations_with_counts
from mine_welfare.accounts.models import Organization
from mine_welfare.toolkit.fiscal import wareki_year
from plans.models import Plan
from surveys.sheets.cells import numeric

from .table import Column, Resource

SEPARATOR = "／"
PARAGRAPHS = "段落の区切りはCSVでは「／」、JSONでは改行です。"


# ---- 施策 -----------------------------------------------------------------------
def _measures(plan: Plan) -> QuerySet:
    return Measure.objects.of_plan(plan)


def _measure(measure: Measure) -> dict:
    policy, goal = measure.policy, measure.policy.goal
    return {
        "code": measure.code,
        "goal": goal.number,
        "goal_title": goal.title,
        "policy": policy.code,
        "policy_title": policy.title,
        "title": measure.title,
        "introduction": measure.introduction,
    }


# ---- 役割分担 -------------------------------------------------------------------
def _roles(plan: Plan) -> QuerySet:
    items = RoleItem.objects.filter(measure__plan=plan).select_related("measure", "actor")
    return items.order_by(
        "measure__policy__goal__number", "measure__policy__number", "measure__number", "actor__position", "position"
    )


def _role(item: RoleItem) -> dict:
    return {"measure": item.measure.code, "actor": item.actor.code, "order": item.position, "text": item.text}


# ---- 具体的取組 -----------------------------------------------------------------
def _actions(plan: Plan) -> QuerySet:
    actions = Action.objects.filter(plan=plan).select_related(
        "measure__policy__goal", "actor", "group", "repeats", "see"
    )
    return actions.prefetch_related("responsibilities__organization").in_order()


def _action(action: Action) -> dict:
    target = action.repeats or action.see
    return {
        "code": action.code,
        "goal": action.measure.policy.goal.number,
        "policy": action.measure.policy.code,
        "measure": action.measure.code,
        "measure_title": action.measure.title,
        "side": action.actor.code,
        "focus_area": action.group.label if action.group else None,
        "title": action.title,
        "content": action.content,
        "organizations": SEPARATOR.join(_office_names(action)) or None,
        "repeats": target.code if target else None,
    }


def _office_names(action: Action) -> list[str]:
    rows = sorted(action.responsibilities.all(), key=lambda row: row.position)
    return [row.organization.name if row.organization else row.wording for row in rows if row.valid_to is None]


# ---- 担当課・団体 ---------------------------------------------------------------
def _organization(organization: Organization) -> dict:
    return {
        "slug": organization.slug,
        "name": organization.name,
        "kind": organization.kind,
        "section": organization.section or None,
        "phone": organization.phone or None,
        "email": organization.email or None,
        "url": organization.url or None,
        "actions": organization.n_actions,
    }


# ---- 担当 -----------------------------------------------------------------------
def _responsibilities(plan: Plan) -> QuerySet:
    rows = Responsibility.objects.filter(action__plan=plan).select_related("action", "organization")
    return rows.order_by("action__code", "position", "organization__position")


def _responsibility(row: Responsibility) -> dict:
    return {
        "action": row.action.code,
        "wording": row.wording,
        "organization": row.organization.slug if row.organization else None,
        "organization_name": row.organization.name if row.organization else None,
        "order": row.position,
        "valid_from": row.valid_from,
        "valid_from_wareki": wareki_year(row.valid_from) if row.valid_from else None,
        "valid_to": row.valid_to,
        "valid_to_wareki": wareki_year(row.valid_to) if row.valid_to else None,
    }


# ---- 目標指標 -------------------------------------------------------------------
def _indicators(plan: Plan) -> QuerySet:
    """Each indicator with its published years; one row without a year where there is none yet.

    A year's value is public with the year's evaluation; those from before the plan always are.
    """
    years = list(plan.cycles.public().values_list("year", flat=True))
    shown = Q(values__year__in=years) | Q(values__year__lt=plan.start_year)
    rows = Indicator.objects.filter(measure__plan=plan).annotate(of_year=FilteredRelation("values", condition=shown))
    return rows.order_by(
        "measure__policy__goal__number", "measure__policy__number", "measure__number", "position", "pk", "of_year__year"
    ).values(*INDICATOR_FIELDS)


INDICATOR_FIELDS = (
    *("code", "name", "unit", "kind", "trend", "baseline", "baseline_year", "target", "target_year", "source"),
    *("measure__code", "measure__policy__goal__number", "measure__policy__number", "organization__slug"),
    *("of_year__year", "of_year__target", "of_year__actual", "of_year__reason"),
)


def _indicator(row: dict) -> dict:
    goal, year = row["measure__policy__goal__number"], row["of_year__year"]
    return {
        "code": row["code"],
        "goal": goal,
        "policy": f"{goal}-{row['measure__policy__number']}",
        "measure": row["measure__code"],
        "name": row["name"],
        "kind": row["kind"],
        "trend": row["trend"],
        "organization": row["organization__slug"],
        "unit": row["unit"],
        "baseline": numeric(row["baseline"]),
        "baseline_time": row["baseline_year"] or None,
        "target": numeric(row["target"]),
        "target_year": row["target_year"],
        "target_year_wareki": wareki_year(row["target_year"]) if row["target_year"] else None,
        "year": year,
        "year_wareki": wareki_year(year) if year else None,
        "year_target": numeric(row["of_year__target"]),
        "actual": numeric(row["of_year__actual"]),
        "reason": row["of_year__reason"] or None,
        "source": row["source"] or None,
    }


MEASURES = Resource(
    "measures",
    "施策",
    "基本目標・基本施策の下にある施策と、その説明です。",
    {
        "code": Column("施策番号", "基本目標-基本施策-施策の番号です。", is_key=True),
        "goal": Column("基本目標の番号", kind="integer", is_key=True),
        "goal_title": Column("基本目標の名称"),
        "policy": Column("基本施策の番号", "基本目標-基本施策の番号です。", is_key=True),
        "policy_title": Column("基本施策の名称"),
        "title": Column("施策の名称"),
        "introduction": Column("施策の説明", PARAGRAPHS),
    },
    _measures,
    _measure,
)
ROLES = Resource(
    "roles",
    "役割分担",
    "施策ごとの、市民・地域・社会福祉協議会・行政の役割です。1行が1つの役割です。",
    {
        "measure": Column("施策番号", refers="measures"),
        "actor": Column("担い手", codes="actor"),
        "order": Column("順番", "その担い手の中での順番です。", kind="integer"),
        "text": Column("役割の文章", "行の区切りはCSVでは「／」、JSONでは改行です。"),
    },
    _roles,
    _role,
)
ACTIONS = Resource(
    "actions",
    "具体的取組",
    "計画に掲げる取組です。1行が1つの取組です。",
    {
        "code": Column("取組番号", is_key=True),
        "goal": Column("基本目標の番号", kind="integer", is_key=True),
        "policy": Column("基本施策の番号", "基本目標-基本施策の番号です。", is_key=True),
        "measure": Column("施策番号", refers="measures"),
        "measure_title": Column("施策の名称"),
        "side": Column("担い手", codes="actor"),
        "focus_area": Column(
            "取組のまとまり", "再犯防止の重点項目ア〜オなどです。ないものは空です。", blank=True, is_key=True
        ),
        "title": Column("取組の名称"),
        "content": Column("取組の内容", PARAGRAPHS),
        "organizations": Column(
            "担当課・団体", "複数は「／」で区切ります。1つずつの組は「担当」のデータにあります。", blank=True
        ),
        "repeats": Column(
            "再掲元", "再掲元の取組番号、又は参照する施策番号です。ないものは空です。", blank=True, is_key=True
        ),
    },
    _actions,
    _action,
)
ORGANIZATIONS = Resource(
    "organizations",
    "担当課・団体",
    "取組を担当する市の課と団体です。",
    {
        "slug": Column("識別名", is_key=True),
        "name": Column("名称"),
        "kind": Column("区分", codes="organization_kind"),
        "section": Column("担当班・係", "分からないものは空です。", blank=True),
        "phone": Column("電話番号", "分からないものは空です。", blank=True),
        "email": Column("電子メール", "分からないものは空です。", blank=True),
        "url": Column("ホームページ", "分からないものは空です。", blank=True),
        "actions": Column("担当する取組の数", kind="integer", unit="件"),
    },
    organizations_with_counts,
    _organization,
)
RESPONSIBILITIES = Resource(
    "responsibilities",
    "担当",
    "取組と担当課・団体の組です。1行が1つの組です。",
    {
        "action": Column("取組番号", refers="actions"),
        "wording": Column("計画書の表記", "計画書の担当課の欄の表記です。"),
        "organization": Column(
            "担当課・団体の識別名", "「関係各課」などで決まっていないものは空です。", blank=True, is_key=True
        ),
        "organization_name": Column("担当課・団体の名称", "決まっていないものは空です。", blank=True),
        "order": Column("順番", "計画書での順番です。", kind="integer"),
        "valid_from": Column(
            "始まりの年度（西暦）", "計画の始めからのものは空です。", kind="integer", blank=True, is_key=True
        ),
        "valid_from_wareki": Column("始まりの年度（和暦）", blank=True),
        "valid_to": Column("終わりの年度（西暦）", "続いているものは空です。", kind="integer", blank=True, is_key=True),
        "valid_to_wareki": Column("終わりの年度（和暦）", blank=True),
    },
    _responsibilities,
    _responsibility,
)
INDICATORS = Resource(
    "indicators",
    "目標指標",
    "施策の目標指標と、年度ごとの値です。年度の値は、その年度の評価を公表した後に載せます。",
    {
        "code": Column("指標番号", is_key=True),
        "goal": Column("基本目標の番号", kind="integer", is_key=True),
        "policy": Column("基本施策の番号", "基本目標-基本施策の番号です。", is_key=True),
        "measure": Column("施策番号", refers="measures"),
        "name": Column("指標の名称"),
        "kind": Column("指標の種類", codes="indicator_kind"),
        "trend": Column("望ましい向き", codes="indicator_trend"),
        "organization": Column("担当課・団体の識別名", "決まっていないものは空です。", blank=True, is_key=True),
        "unit": Column("単位", "基準値・目標値・実績値の単位です。"),
        "baseline": Column("基準値", "決まっていないものは空です。", kind="number", blank=True),
        "baseline_time": Column("基準の時点", blank=True),
        "target": Column("目標値", "設定していないものは空です。", kind="number", blank=True),
        "target_year": Column("目標の年度（西暦）", kind="integer", blank=True, is_key=True),
        "target_year_wareki": Column("目標の年度（和暦）", blank=True),
        "year": Column(
            "値の年度（西暦）", "公表した値がまだないものは空です。", kind="integer", blank=True, is_key=True
        ),
        "year_wareki": Column("値の年度（和暦）", blank=True),
        "year_target": Column("年度の目標値", kind="number", blank=True),
        "actual": Column("実績値", kind="number", blank=True),
        "reason": Column("値のない理由", blank=True),
        "source": Column("出所", blank=True),
    },
    _indicators,
    _indicator,
)
RESOURCES = (MEASURES, ROLES, ACTIONS, ORGANIZATIONS, RESPONSIBILITIES, INDICATORS)
