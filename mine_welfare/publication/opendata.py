"""Open data: one flat table per resource, the same columns in CSV and JSON.

Every resource is a name, its columns with what each means, the rows of the
database it is made of (public ones only), and what it says of one row.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from measures.models import Action, Measure, Responsibility, RoleItem
from measures.queries.public import organizations_with_counts
from mine_welfare.accounts.models import Organization
from mine_welfare.toolkit.fiscal import wareki_year
from plans.models import Plan

SEPARATOR = "／"


@dataclass(frozen=True)
class Column:
    """One column: what it means in Japanese, whether its values are whole numbers, whether one may be missing."""

    meaning: str
    number: bool = False
    blank: bool = False

    @property
    def schema(self) -> dict:
        kind = "integer" if self.number else "string"
        return {"description": self.meaning, "type": [kind, "null"] if self.blank else kind}


@dataclass(frozen=True)
class Resource:
    """One table: `objects` are its rows in the database, `row` makes one line of the file of each."""

    name: str
    title: str
    description: str
    columns: dict[str, Column]
    objects: Callable[[Plan], QuerySet]
    row: Callable[..., dict]

    def rows(self, plan: Plan) -> Iterator[dict]:
        return map(self.row, self.objects(plan))

    @property
    def schema(self) -> dict:
        """The JSON form as a JSON Schema."""
        return {
            "title": self.title,
            "description": self.description,
            "type": "array",
            "items": {
                "type": "object",
                "properties": {name: column.schema for name, column in self.columns.items()},
                "required": list(self.columns),
                "additionalProperties": False,
            },
        }


def schema(resources: Iterable[Resource]) -> dict:
    """What every resource looks like: one definition each, by its name."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": {resource.name: resource.schema for resource in resources},
    }


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


RESOURCES = {
    resource.name: resource
    for resource in (
        Resource(
            "measures",
            "施策",
            "基本目標・基本施策の下にある施策と、その説明です。",
            {
                "code": Column("施策番号（基本目標-基本施策-施策）"),
                "goal": Column("基本目標の番号", number=True),
                "goal_title": Column("基本目標の名称"),
                "policy": Column("基本施策の番号（基本目標-基本施策）"),
                "policy_title": Column("基本施策の名称"),
                "title": Column("施策の名称"),
                "introduction": Column("施策の説明（段落の区切りはCSVでは「／」、JSONでは改行）"),
            },
            _measures,
            _measure,
        ),
        Resource(
            "roles",
            "役割分担",
            "施策ごとの、市民・地域・社会福祉協議会・行政の役割です。1行が1つの役割です。",
            {
                "measure": Column("施策番号"),
                "actor": Column(
                    "担い手（citizen 市民、community 地域・福祉関係者、shakyo 社会福祉協議会、government 行政）"
                ),
                "order": Column("その担い手の中の順番", number=True),
                "text": Column("役割の文章（行の区切りはCSVでは「／」、JSONでは改行）"),
            },
            _roles,
            _role,
        ),
        Resource(
            "actions",
            "具体的取組",
            "計画に掲げる取組です。1行が1つの取組です。",
            {
                "code": Column("取組番号"),
                "goal": Column("基本目標の番号", number=True),
                "policy": Column("基本施策の番号（基本目標-基本施策）"),
                "measure": Column("施策番号"),
                "measure_title": Column("施策の名称"),
                "side": Column("担い手（shakyo 社会福祉協議会、government 行政）"),
                "focus_area": Column("取組のまとまり（再犯防止の重点項目ア〜オなど）。ないものは空", blank=True),
                "title": Column("取組の名称"),
                "content": Column("取組の内容（段落の区切りはCSVでは「／」、JSONでは改行）"),
                "organizations": Column("担当課・団体。複数は「／」で区切る。決まっていないものは空", blank=True),
                "repeats": Column("再掲元の取組番号、又は参照する施策番号。ないものは空", blank=True),
            },
            _actions,
            _action,
        ),
        Resource(
            "organizations",
            "担当課・団体",
            "取組を担当する市の課と団体です。",
            {
                "slug": Column("識別名"),
                "name": Column("名称"),
                "kind": Column("区分（city 市、shakyo 社会福祉協議会）"),
                "section": Column("担当班・係。分からないものは空", blank=True),
                "phone": Column("電話番号。分からないものは空", blank=True),
                "email": Column("電子メール。分からないものは空", blank=True),
                "url": Column("ホームページ。分からないものは空", blank=True),
                "actions": Column("担当する取組の数（件）", number=True),
            },
            organizations_with_counts,
            _organization,
        ),
        Resource(
            "responsibilities",
            "担当",
            "取組と担当課・団体の組です。1行が1つの組です。",
            {
                "action": Column("取組番号"),
                "wording": Column("計画書の担当課の表記"),
                "organization": Column("担当課・団体の識別名。「関係各課」などで決まっていないものは空", blank=True),
                "organization_name": Column("担当課・団体の名称。決まっていないものは空", blank=True),
                "order": Column("計画書での順番", number=True),
                "valid_from": Column("始まりの年度（西暦）。計画の始めからのものは空", number=True, blank=True),
                "valid_from_wareki": Column("始まりの年度（和暦）", blank=True),
                "valid_to": Column("終わりの年度（西暦）。続いているものは空", number=True, blank=True),
                "valid_to_wareki": Column("終わりの年度（和暦）", blank=True),
            },
            _responsibilities,
            _responsibility,
        ),
    )
}
