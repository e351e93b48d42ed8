"""`reoffense.yaml`: the component's focus areas (groups of a measure), its background in the book, and who helps."""

from collections.abc import Iterator

from measures.models import ActionGroup
from mine_welfare.toolkit.yamlfile import Node, Problem
from plans.models import Plan
from plans.planfile import sync

from .models import Background, FocusArea, Partner

PARTNER_FIELDS = ("name", "role", "contact", "known_as")


def read(root: Node) -> dict:
    given = root.fields("component", "focus_areas", optional=("background", "partners"))
    areas = []
    for position, node in enumerate(given["focus_areas"].items(), start=1):
        area = node.fields("measure", "group")
        areas.append(
            {
                "measure": area["measure"].required_text(20),
                "group": area["group"].required_text(4),
                "position": position,
            }
        )
    partners = []
    for position, node in enumerate(given["partners"].items(), start=1):
        partner = node.fields("name", optional=PARTNER_FIELDS[1:])
        partners.append({**{name: partner[name].text() for name in PARTNER_FIELDS}, "position": position})
    return {
        "component": given["component"].required_text(50),
        "focus_areas": areas,
        "background": [_section(node) for node in given["background"].items()],
        "partners": partners,
    }


def _section(node: Node) -> dict:
    given = node.fields("chapter", "section")
    return {"chapter": given["chapter"].integer(1, 99), "section": given["section"].required_text(50)}


def save(plan: Plan, data: dict, problems: list[Problem]) -> None:
    component = plan.components.filter(code=data["component"]).first()
    if component is None:
        problems.append(data["component"].problem(f"構成計画「{data['component']}」がありません。"))
        return
    groups = {
        (group.measure.code, group.label): group
        for group in ActionGroup.objects.filter(measure__plan=plan).select_related("measure")
    }
    rows = []
    for area in data["focus_areas"]:
        group = groups.get((area["measure"], area["group"]))
        if group is None:
            problems.append(
                area["group"].problem(f"施策 {area['measure']} に「{area['group']}」のまとまりがありません。")
            )
        else:
            rows.append({"group": group, "position": area["position"]})
    sync(component.focus_areas.select_related("group"), ("position",), rows, {"component": component})
    sync(
        component.backgrounds.select_related("section"),
        ("position",),
        list(_backgrounds(plan, data["background"], problems)),
        {"component": component},
    )
    sync(plan.partners.all(), ("name",), data["partners"], {"plan": plan})


def _backgrounds(plan: Plan, given: list[dict], problems: list[Problem]) -> Iterator[dict]:
    sections = {(section.chapter, section.anchor): section for section in plan.sections.all()}
    for position, place in enumerate(given, start=1):
        section = sections.get((place["chapter"], place["section"]))
        if section is None:
            problems.append(
                place["section"].problem(f"第{place['chapter']}章に「{place['section']}」という番地の節がありません。")
            )
        else:
            yield {"section": section, "position": position}


def dump(plan: Plan) -> dict:
    areas = FocusArea.objects.filter(component__plan=plan).select_related("component", "group__measure")
    return {
        "component": areas[0].component.code if areas else "",
        "focus_areas": [{"measure": area.group.measure.code, "group": area.group.label} for area in areas],
        "background": [
            {"chapter": one.section.chapter, "section": one.section.anchor}
            for one in Background.objects.filter(component__plan=plan).select_related("section")
        ],
        "partners": [
            {name: getattr(partner, name) for name in PARTNER_FIELDS} for partner in Partner.objects.filter(plan=plan)
        ],
    }
