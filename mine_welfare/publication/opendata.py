"""Open data: one flat table per resource, the same columns in CSV and JSON.

Every resource is a name, its columns, what each column means, and a function
that gives its rows for a plan (public rows only).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from measures.models import Action, Measure, Responsibility, RoleItem
from measures.queries import organizations_with_counts
from mine_welfare.toolkit.fiscal import wareki_year
from plans.models import Plan

SEPARATOR = "／"


@dataclass(frozen=True)
class Resource:
    """One table. `columns` maps each column's name to what it means in Japanese."""

    name: str
    title: str
    description: str
    columns: dict[str, str]
    rows: Callable[[Plan], Iterator[dict]]


def _measures(plan: Plan) -> Iterator[dict]:
    for measure in Measure.objects.of_plan(plan):
        policy, goal = measure.policy, measure.policy.goal
        yield {
            "code": measure.code,
            "goal": goal.number,
            "goal_title": goal.title,
            "policy": f"{goal.number}-{policy.number}",
            "policy_title": policy.title,
            "title": measure.title,
            "introduction": measure.introduction,
        }


def _roles(plan: Plan) -> Iterator[dict]:
    items = RoleItem.objects.filter(measure__plan=plan).select_related("measure", "actor")
    order = (
        "measure__policy__goal__number", "measure__policy__number", "measure__number", "actor__position", "position"
    )  # fmt: skip
    for item in items.order_by(*order):
        yield {
            "measure": item.measure.code,
            "actor": item.actor.code,
            "order": item.position,
            "text": item.text,
        }


def _actions(plan: Plan) -> Iterator[dict]:
    actions = (
        Action.objects.filter(plan=plan)
        .select_related("measure__policy__goal", "actor", "group", "repeats", "see")
        .prefetch_related("responsibilities__organization")
        .in_order()
    )
    for action in actions:
        measure = action.measure
        policy = measure.policy
        yield {
            "code": action.code,
            "goal": policy.goal.number,
            "policy": f"{policy.goal.number}-{policy.number}",
            "measure": measure.code,
            "measure_title": measure.title,
            "side": action.actor.code,
            "focus_area": action.group.label if action.group else None,
            "title": action.title,
            "content": action.content,
            "organizations": SEPARATOR.join(_office_names(action)),
            "repeats": _repeated(action),
        }


def _office_names(action: Action) -> list[str]:
    rows = sorted(action.responsibilities.all(), key=lambda row: row.position)
    return [row.organization.name if row.organization else row.wording for row in rows if row.valid_to is None]


def _repeated(action: Action) -> str | None:
    """The code of what the row stands for: an action, or a whole measure."""
    target = action.repeats or action.see
    return target.code if target else None


def _organizations(plan: Plan) -> Iterator[dict]:
    for organization in organizations_with_counts(plan):
        yield {
            "slug": organization.slug,
            "name": organization.name,
            "kind": organization.kind,
            "section": organization.section or None,
            "phone": organization.phone or None,
            "email": organization.email or None,
            "url": organization.url or None,
            "actions": organization.n_actions,
        }


def _responsibilities(plan: Plan) -> Iterator[dict]:
    rows = Responsibility.objects.filter(action__plan=plan).select_related("action", "organization")
    for row in rows.order_by("action__code", "position", "organization__position"):
        yield {
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


RESOURCES = {
    resource.name: resource
    for resource in (
        Resource(
            "measures",
            "施策",
            "基本目標・基本施策の下にある施策と、その説明です。",
            {
                "code": "施策番号（基本目標-基本施策-施策）",
                "goal": "基本目標の番号",
                "goal_title": "基本目標の名称",
                "policy": "基本施策の番号",
                "policy_title": "基本施策の名称",
                "title": "施策の名称",
                "introduction": "施策の説明（段落の区切りはCSVでは「／」、JSONでは改行）",
            },
            _measures,
        ),
        Resource(
            "roles",
            "役割分担",
            "施策ごとの、市民・地域・社会福祉協議会・行政の役割です。1行が1つの役割です。",
            {
                "measure": "施策番号",
                "actor": "担い手（citizen 市民、community 地域・福祉関係者、shakyo 社会福祉協議会、government 行政）",
                "order": "その担い手の中の順番",
                "text": "役割の文章",
            },
            _roles,
        ),
        Resource(
            "actions",
            "具体的取組",
            "計画に掲げる取組です。1行が1つの取組です。",
            {
                "code": "取組番号",
                "goal": "基本目標の番号",
                "policy": "基本施策の番号",
                "measure": "施策番号",
                "measure_title": "施策の名称",
                "side": "担い手（shakyo 社会福祉協議会、government 行政）",
                "focus_area": "再犯防止推進計画の重点項目（ア〜オ）。ないものは空",
                "title": "取組の名称",
                "content": "取組の内容（段落の区切りはCSVでは「／」、JSONでは改行）",
                "organizations": "担当課・団体。複数は「／」で区切る",
                "repeats": "再掲元の取組番号、又は参照する施策番号。ないものは空",
            },
            _actions,
        ),
        Resource(
            "organizations",
            "担当課・団体",
            "取組を担当する市の課と団体です。",
            {
                "slug": "識別名",
                "name": "名称",
                "kind": "区分（city 市、shakyo 社会福祉協議会）",
                "section": "担当班・係。分からないものは空",
                "phone": "電話番号。分からないものは空",
                "email": "電子メール。分からないものは空",
                "url": "ホームページ。分からないものは空",
                "actions": "担当する取組の数",
            },
            _organizations,
        ),
        Resource(
            "responsibilities",
            "担当",
            "取組と担当課・団体の組です。1行が1つの組です。",
            {
                "action": "取組番号",
                "wording": "計画書の担当課の表記",
                "organization": "担当課・団体の識別名。「関係各課」で決まっていないものは空",
                "organization_name": "担当課・団体の名称。決まっていないものは空",
                "order": "計画書での順番",
                "valid_from": "始まりの年度（西暦）。計画の始めからのものは空",
                "valid_from_wareki": "始まりの年度（和暦）",
                "valid_to": "終わりの年度（西暦）。続いているものは空",
                "valid_to_wareki": "終わりの年度（和暦）",
            },
            _responsibilities,
        ),
    )
}
