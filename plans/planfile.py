"""The plan's own part of its data files: plan, goals and policies, chapters, terms, tiers, errata.

`read_…` turns a file into plain dictionaries and notes what is wrong,
`save_…` writes them by their natural keys, `dump_…` gives the same
dictionaries back. Composed by `mine_welfare.publication.planfile`.
"""

from django.db.models import Model, QuerySet

from mine_welfare.toolkit.yamlfile import Node

from .models import (
    BasicGoal,
    BasicPolicy,
    Erratum,
    GlossaryTerm,
    Plan,
    Section,
)

PLAN_FIELDS = ("slug", "portal_name", "municipality", "short_title", "vision", "start_year", "end_year")
PLAN_OPTIONS = ("titles", "subtitle", "issuers", "lead", "status", "current", "predecessor")
COMPONENT_FIELDS = ("code", "title", "edition", "owner", "legal_basis", "lead")
TERM_FIELDS = ("term", "reading", "definition", "origin")
ERRATUM_FIELDS = ("line", "place", "kind", "confidence", "as_read", "corrected", "reason")


def sync(queryset: QuerySet, keys: tuple[str, ...], rows: list[dict], owner: dict) -> list[Model]:
    """Make `queryset` hold exactly `rows`: update by `keys`, create what is new, delete what is gone."""
    model = queryset.model
    present = {tuple(getattr(row, key) for key in keys): row for row in queryset}
    kept = []
    for data in rows:
        row = present.pop(tuple(data[key] for key in keys), None)
        if row is None:
            row = model.objects.create(**owner, **data)
        elif any(getattr(row, name) != value for name, value in data.items()):
            for name, value in data.items():
                setattr(row, name, value)
            row.save()
        kept.append(row)
    for row in present.values():
        row.delete()
    return kept


# ---- plan.yaml ------------------------------------------------------------
def read_plan(root: Node, *, also: tuple[str, ...] = ()) -> dict:
    """{"plan": …, "components": […]} and the nodes of `also`, the parts of the file other apps read."""
    parts = root.fields("plan", optional=("components", *also))
    given = parts["plan"].fields(*PLAN_FIELDS, optional=PLAN_OPTIONS)
    plan: dict = {name: given[name].required_text(120) for name in PLAN_FIELDS[:-2]}
    plan["start_year"] = given["start_year"].integer(1900, 2200)
    plan["end_year"] = given["end_year"].integer(1900, 2200)
    plan |= {
        "titles": given["titles"].texts() or [plan["short_title"]],
        "issuers": given["issuers"].texts(),
        "subtitle": given["subtitle"].text(120),
        "lead": given["lead"].text(),
        "status": given["status"].one_of(Plan.Status.values, default=Plan.Status.DRAFT),
        "is_current": given["current"].flag(),
        "predecessor": given["predecessor"].text(50),
    }
    if plan["start_year"] and plan["end_year"] and plan["end_year"] < plan["start_year"]:
        given["end_year"].problem("終わりの年度が始まりの年度より前です。")
    components = [_component(node) for node in parts["components"].items()]
    return {"plan": plan, "components": components, **{name: parts[name] for name in also}}


def _component(node: Node) -> dict:
    given = node.fields("code", "title", "owner", optional=("edition", "legal_basis", "lead"))
    return {name: given[name].text(400 if name == "lead" else 200) for name in COMPONENT_FIELDS}


def save_plan(data: dict, problems: list) -> Plan:
    """The plan and its components; a plan that is to be current takes the place of the one before."""
    fields = dict(data["plan"])
    predecessor = fields.pop("predecessor")
    fields["predecessor"] = Plan.objects.filter(slug=predecessor).first() if predecessor else None
    if predecessor and fields["predecessor"] is None:
        problems.append(predecessor.problem(f"前の計画「{predecessor}」は読み込まれていません。"))
    if fields["is_current"]:
        Plan.objects.exclude(slug=fields["slug"]).filter(is_current=True).update(is_current=False)
    [plan] = sync(Plan.objects.filter(slug=fields["slug"]), ("slug",), [fields], {})
    rows = [{**component, "position": place} for place, component in enumerate(data["components"], start=1)]
    sync(plan.components.all(), ("code",), rows, {"plan": plan})
    return plan


def dump_plan(plan: Plan) -> dict:
    fields = {name: getattr(plan, name) for name in PLAN_FIELDS}
    return {
        "plan": {
            "slug": fields.pop("slug"),
            "current": plan.is_current,
            "predecessor": plan.predecessor.slug if plan.predecessor else "",
            "status": plan.status,
            "titles": plan.titles,
            "subtitle": plan.subtitle,
            "issuers": plan.issuers,
            **fields,
            "lead": plan.lead,
        },
        "components": [
            {name: getattr(component, name) for name in COMPONENT_FIELDS} for component in plan.components.all()
        ],
    }


# ---- goal<n>.yaml ---------------------------------------------------------
def read_goal(root: Node) -> dict:
    """{"number", "title", "policies": [{"number", "title", "issues", "measures": [Node, …]}]}."""
    given = root.fields("goal")["goal"].fields("number", "title", optional=("policies",))
    return {
        "number": given["number"].integer(1, 99),
        "title": given["title"].required_text(120),
        "policies": [_policy(node, place) for place, node in enumerate(given["policies"].items(), start=1)],
    }


def _policy(node: Node, number: int) -> dict:
    given = node.fields("title", optional=("issues", "measures"))
    return {
        "number": number,
        "title": given["title"].required_text(120),
        "issues": given["issues"].text(),
        "measures": given["measures"].items(),
    }


def save_goals(plan: Plan, goals: list[dict]) -> dict[str, BasicPolicy]:
    """Goals and policies; returns the policies by code (「1-3」)."""
    rows = [{"number": goal["number"], "title": goal["title"]} for goal in goals]
    saved = sync(plan.goals.all(), ("number",), rows, {"plan": plan})
    policies: dict[str, BasicPolicy] = {}
    for goal, row in zip(goals, saved, strict=True):
        rows = [{name: policy[name] for name in ("number", "title", "issues")} for policy in goal["policies"]]
        for policy in sync(row.policies.select_related("goal"), ("number",), rows, {"goal": row}):
            policies[policy.code] = policy
    return policies


def dump_goal(goal: BasicGoal, measures: dict[int, list[dict]]) -> dict:
    """One goal's file; `measures` gives the dumped measures by the id of their policy."""
    return {
        "goal": {
            "number": goal.number,
            "title": goal.title,
            "policies": [
                {"title": policy.title, "issues": policy.issues, "measures": measures.get(policy.pk, [])}
                for policy in goal.policies.all()
            ],
        }
    }


# ---- chapter<n>.yaml ------------------------------------------------------
def read_chapter(root: Node) -> list[dict]:
    """The sections of one chapter in reading order, each with its level."""
    given = root.fields("chapter", "title", optional=("marker", "body", "kind", "sections"))
    number = given["chapter"].integer(1, 99) or 0
    top = {
        "chapter": number,
        "level": 1,
        "anchor": f"chapter-{number}",
        "marker": given["marker"].text(20),
        "title": given["title"].required_text(120),
        "body": given["body"].text(),
        "kind": given["kind"].one_of(Section.Kind.values, default=Section.Kind.TEXT),
    }
    sections = [top]
    for node in given["sections"].items():
        _read_section(node, number, 2, sections)
    return [{**section, "position": place} for place, section in enumerate(sections)]


def _read_section(node: Node, chapter: int, level: int, sections: list[dict]) -> None:
    given = node.fields("anchor", "title", optional=("marker", "body", "sections"))
    anchor = given["anchor"].required_text(50)
    if any(section["anchor"] == anchor for section in sections):
        given["anchor"].problem(f"番地「{anchor}」がこの章で2回使われています。")
    sections.append(
        {
            "chapter": chapter,
            "level": level,
            "anchor": anchor,
            "marker": given["marker"].text(20),
            "title": given["title"].required_text(120),
            "body": given["body"].text(),
            "kind": Section.Kind.TEXT,
        }
    )
    for child in given["sections"].items():
        _read_section(child, chapter, level + 1, sections)


def save_chapters(plan: Plan, sections: list[dict]) -> None:
    sync(plan.sections.all(), ("chapter", "anchor"), sections, {"plan": plan})


def dump_chapters(plan: Plan) -> dict[int, dict]:
    """Each chapter's file by number, its outline nested again."""
    chapters: dict[int, dict] = {}
    path: list[dict] = []
    for section in plan.sections.order_by("chapter", "position"):
        kind = section.kind if section.kind != Section.Kind.TEXT else ""
        head = {"chapter": section.chapter} if section.level == 1 else {"anchor": section.anchor}
        data = {**head, "marker": section.marker, "title": section.title, "kind": kind, "body": section.body}
        data["sections"] = []
        if section.level == 1:
            chapters[section.chapter] = data
        else:
            path[section.level - 2]["sections"].append(data)
        path[section.level - 1 :] = [data]
    return chapters


# ---- the lists of the 資料編 ----------------------------------------------
def read_terms(root: Node) -> list[dict]:
    return [_term(node) for node in root.fields("terms")["terms"].items()]


def _term(node: Node) -> dict:
    given = node.fields("term", "reading", "definition", optional=("origin",))
    return {
        "term": given["term"].required_text(60),
        "reading": given["reading"].required_text(120),
        "definition": given["definition"].required_text(),
        "origin": given["origin"].one_of(GlossaryTerm.Origin.values, default=GlossaryTerm.Origin.PORTAL),
    }


def save_terms(plan: Plan, terms: list[dict]) -> None:
    sync(plan.terms.all(), ("term",), terms, {"plan": plan})


def dump_terms(plan: Plan) -> dict:
    # Sorted here: each database has its own idea of the order of kana.
    terms = sorted(plan.terms.all(), key=lambda term: (term.reading, term.term))
    return {"terms": [{name: getattr(term, name) for name in TERM_FIELDS} for term in terms]}


def read_related_plans(root: Node) -> list[dict]:
    """One row per printed bar: block, names, line, column, label."""
    rows = []
    for block, node in enumerate(root.fields("related_plans")["related_plans"].items(), start=1):
        given = node.fields("names", "lines")
        names = given["names"].required_text(120)
        for line, bars in enumerate(given["lines"].items(), start=1):
            for bar in bars.items():
                cell = bar.fields("column", "label")
                rows.append(
                    {
                        "block": block,
                        "names": names,
                        "line": line,
                        "column": cell["column"].integer(1, 20),
                        "label": cell["label"].required_text(60),
                    }
                )
    return rows


def save_related_plans(plan: Plan, rows: list[dict]) -> None:
    sync(plan.related_plans.all(), ("block", "line", "column"), rows, {"plan": plan})


def dump_related_plans(plan: Plan) -> dict:
    blocks: dict[int, dict] = {}
    for bar in plan.related_plans.order_by("block", "line", "column"):
        block = blocks.setdefault(bar.block, {"names": bar.names, "lines": {}})
        block["lines"].setdefault(bar.line, []).append({"column": bar.column, "label": bar.label})
    return {
        "related_plans": [
            {"names": block["names"], "lines": list(block["lines"].values())} for block in blocks.values()
        ]
    }


def read_tiers(root: Node) -> list[dict]:
    tiers = []
    for position, node in enumerate(root.fields("tiers")["tiers"].items(), start=1):
        given = node.fields("name", optional=("facilities",))
        facilities = [line.texts() for line in given["facilities"].items()]
        tiers.append({"position": position, "name": given["name"].required_text(60), "facilities": facilities})
    return tiers


def save_tiers(plan: Plan, tiers: list[dict]) -> None:
    sync(plan.tiers.all(), ("position",), tiers, {"plan": plan})


def dump_tiers(plan: Plan) -> dict:
    return {"tiers": [{"name": tier.name, "facilities": tier.facilities} for tier in plan.tiers.all()]}


def read_errata(root: Node) -> list[dict]:
    rows = []
    for position, node in enumerate(root.fields("errata")["errata"].items(), start=1):
        given = node.fields("line", "kind", "as_read", optional=("place", "confidence", "corrected", "reason"))
        rows.append(
            {
                "position": position,
                "line": given["line"].integer(1),
                "kind": given["kind"].one_of(Erratum.Kind.values),
                "confidence": given["confidence"].one_of(Erratum.Confidence.values, default=Erratum.Confidence.CERTAIN),
                **{name: given[name].text() for name in ("place", "as_read", "corrected", "reason")},
            }
        )
    return rows


def save_errata(plan: Plan, rows: list[dict]) -> None:
    sync(plan.errata.all(), ("position",), rows, {"plan": plan})


def dump_errata(plan: Plan) -> dict:
    return {"errata": [{name: getattr(row, name) for name in ERRATUM_FIELDS} for row in plan.errata.all()]}
