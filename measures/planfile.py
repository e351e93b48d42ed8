"""The measures' part of the plan's data files.

`plan.yaml` names the actors, `goal<n>.yaml` nests the measures under their
policies, `scale.yaml` holds ratings and directions, `previous_review.yaml`
the last plan's closing table. Reading gives plain dictionaries, saving writes
by code, dumping gives the same dictionaries back.
"""

from collections import Counter
from collections.abc import Iterable

from mine_welfare.accounts.models import Organization
from mine_welfare.toolkit.yamlfile import Located, Node, Problem
from plans.models import BasicPolicy, Plan
from plans.planfile import sync

from .models import Action, ActionGroup, Actor, Measure, Responsibility

ACTOR_FIELDS = ("code", "letter", "label", "principle", "group_heading", "heading", "actions_heading", "office")
GRADE_FIELDS = ("code", "label", "short_label", "mark", "tone", "definition", "is_rated", "needs_reason")
DIRECTION_FIELDS = ("code", "label", "needs_improvement", "ends_action")


# ---- actors (plan.yaml) ---------------------------------------------------
def read_actors(root: Node) -> list[dict]:
    actors = []
    for position, node in enumerate(root.items(), start=1):
        given = node.fields(
            "code", "label", "principle", "heading",
            optional=("letter", "group_heading", "actions_heading", "office", "component"),
        )  # fmt: skip
        fields = {name: given[name].text(60) for name in ACTOR_FIELDS}
        actors.append({**fields, "component": given["component"].text(50), "position": position})
    return actors


def save_actors(plan: Plan, actors: list[dict], problems: list[Problem]) -> dict[str, Actor]:
    components = {component.code: component for component in plan.components.all()}
    rows = []
    for actor in actors:
        name = actor["component"]
        if name and name not in components:
            problems.append(name.problem(f"構成計画「{name}」がありません。"))
        rows.append({**actor, "component": components.get(name)})
    saved = sync(plan.actors.select_related("component"), ("code",), rows, {"plan": plan})
    return {actor.code: actor for actor in saved}


def dump_actors(plan: Plan) -> list[dict]:
    return [
        {
            **{name: getattr(actor, name) for name in ACTOR_FIELDS},
            "component": actor.component.code if actor.component else "",
        }
        for actor in plan.actors.select_related("component")
    ]


# ---- measures (goal<n>.yaml) ----------------------------------------------
def read_measure(node: Node, number: int) -> dict:
    """One measure with its roles, actions and groups."""
    given = node.fields(
        "code", "title", optional=("introduction", "components", "action_headings", "roles", "actions", "groups")
    )
    return {
        "number": number,
        "code": given["code"].required_text(20),
        "title": given["title"].required_text(120),
        "introduction": given["introduction"].text(),
        "components": given["components"].texts(),
        "action_headings": {str(actor): str(value.text(30)) for actor, value in given["action_headings"].pairs()},
        "roles": {actor: [_role(item) for item in value.items()] for actor, value in given["roles"].pairs()},
        "actions": {actor: [_action(item) for item in value.items()] for actor, value in given["actions"].pairs()},
        "groups": [_group(item, place) for place, item in enumerate(given["groups"].items(), start=1)],
    }


def _role(node: Node) -> Located:
    return node.required_text()


def _group(node: Node, position: int) -> dict:
    given = node.fields("label", "title", "actor", "actions", optional=("closing", "see"))
    return {
        "label": given["label"].required_text(4),
        "title": given["title"].required_text(120),
        "position": position,
        "actor": given["actor"].required_text(50),
        "actions": [_action(item) for item in given["actions"].items()],
        "closing": given["closing"].text(),
        "see": given["see"].text(20),
    }


def _action(node: Node) -> dict:
    given = node.fields(
        "code", "title", "content",
        optional=("commission", "form", "offices", "components", "repeats", "see", "valid_from", "valid_to"),
    )  # fmt: skip
    return {
        "code": given["code"].required_text(20),
        "title": given["title"].required_text(120),
        "content": given["content"].required_text(),
        "commission": given["commission"].one_of(["", *Action.Commission.values]),
        "form": given["form"].one_of(Action.Form.values, default=Action.Form.STANDARD),
        "offices": given["offices"].texts(),
        "components": given["components"].texts(),
        "repeats": given["repeats"].text(20),
        "see": given["see"].text(20),
        "valid_from": given["valid_from"].integer(1900, 2200),
        "valid_to": given["valid_to"].integer(1900, 2200),
    }


def all_actions(measure: dict) -> Iterable[tuple[Located, dict, str]]:
    """(actor code, action, group label or "") of one measure as read, in printed order."""
    for actor, actions in measure["actions"].items():
        for action in actions:
            yield actor, action, ""
    for group in measure["groups"]:
        for action in group["actions"]:
            yield group["actor"], action, group["label"]


def check_measures(measures: list[dict], actors: list[dict], components: list[dict]) -> list[Problem]:
    """What can only be seen over the whole plan: doubled codes, codes and actors that do not exist."""
    problems = []
    actor_codes = {actor["code"] for actor in actors}
    component_codes = {component["code"] for component in components}
    measure_codes = {measure["code"] for measure in measures}
    actions = [action for measure in measures for _, action, _ in all_actions(measure)]
    action_codes = {action["code"] for action in actions}
    for kind, rows in (("施策番号", measures), ("取組番号", actions)):
        counts = Counter(row["code"] for row in rows)
        problems += [
            row["code"].problem(f"{kind}「{row['code']}」が2回使われています。")
            for row in rows
            if counts[row["code"]] > 1
        ]
    for measure in measures:
        used = [*measure["roles"], *(actor for actor, _, _ in all_actions(measure))]
        problems += [actor.problem(f"担い手「{actor}」がありません。") for actor in used if actor not in actor_codes]
        named = [*measure["components"]]
        named += [code for _, action, _ in all_actions(measure) for code in action["components"]]
        problems += [code.problem(f"構成計画「{code}」がありません。") for code in named if code not in component_codes]
        references = [group["see"] for group in measure["groups"]]
        references += [action["see"] for _, action, _ in all_actions(measure)]
        problems += [
            code.problem(f"参照先の施策「{code}」がありません。")
            for code in references
            if code and code not in measure_codes
        ]
    problems += [
        action["repeats"].problem(f"再掲元の取組「{action['repeats']}」がありません。")
        for action in actions
        if action["repeats"] and action["repeats"] not in action_codes
    ]
    return problems


class MeasureWriter:
    """Writes the measures of one plan: a bag for what every step looks up by code."""

    def __init__(
        self,
        plan: Plan,
        policies: dict[str, BasicPolicy],
        actors: dict[str, Actor],
        organizations: dict[str, Organization],
    ):
        self.plan, self.policies, self.actors, self.organizations = plan, policies, actors, organizations
        self.components = {component.code: component for component in plan.components.all()}
        self.measures: dict[str, Measure] = {}
        self.actions: dict[str, Action] = {}

    def save(self, measures: list[dict]) -> None:
        """Write all measures. Each carries "policy", the code of its policy (「1-3」)."""
        rows = [
            {
                "policy": self.policies[measure["policy"]],
                **{name: measure[name] for name in ("number", "code", "title", "introduction", "action_headings")},
            }
            for measure in measures
        ]
        saved = sync(self.plan.measures.select_related("policy"), ("code",), rows, {"plan": self.plan})
        self.measures = {measure.code: measure for measure in saved}
        for data in measures:
            self._save_roles(data)
        groups = {data["code"]: self._save_groups(data) for data in measures}
        self._save_actions(measures, groups)
        for data in measures:
            self._save_references(data)

    def _save_roles(self, data: dict) -> None:
        measure = self.measures[data["code"]]
        rows = [
            {"actor_id": self.actors[code].pk, "position": position, "text": text}
            for code, texts in data["roles"].items()
            for position, text in enumerate(texts, start=1)
        ]
        sync(measure.role_items.all(), ("actor_id", "position"), rows, {"measure": measure})

    def _save_groups(self, data: dict) -> dict[str, ActionGroup]:
        measure = self.measures[data["code"]]
        rows = [
            {
                **{name: group[name] for name in ("label", "title", "position", "closing")},
                "see": self.measures.get(group["see"]),
            }
            for group in data["groups"]
        ]
        saved = sync(measure.groups.select_related("see"), ("label",), rows, {"measure": measure})
        return {group.label: group for group in saved}

    def _save_actions(self, measures: list[dict], groups: dict[str, dict[str, ActionGroup]]) -> None:
        rows = []
        for measure in measures:
            numbers: Counter[str] = Counter()
            for actor, action, group in all_actions(measure):
                numbers[actor] += 1
                rows.append(
                    {
                        "measure": self.measures[measure["code"]],
                        "actor": self.actors[actor],
                        "group": groups[measure["code"]].get(group),
                        "number": numbers[actor],
                        **{name: action[name] for name in ("code", "title", "content", "commission", "form")},
                        **{name: action[name] for name in ("valid_from", "valid_to")},
                    }
                )
        present = self.plan.actions.select_related("measure", "actor", "group")
        saved = sync(present, ("code",), rows, {"plan": self.plan})
        self.actions = {action.code: action for action in saved}

    def _save_references(self, data: dict) -> None:
        for actor_code, given, _ in all_actions(data):
            action, actor = self.actions[given["code"]], self.actors[actor_code]
            repeats, see = self.actions.get(given["repeats"]), self.measures.get(given["see"])
            if (action.repeats, action.see) != (repeats, see):
                action.repeats, action.see = repeats, see
                action.save()
            codes = [*given["components"], *data["components"]]
            components = {self.components[code] for code in codes}
            action.components.set(components | ({actor.component} if actor.component else set()))
            self._save_offices(action, given["offices"] or ([actor.office] if actor.office else []))

    def _save_offices(self, action: Action, wordings: list[str]) -> None:
        """The printed 担当課. A wording already given to real organizations keeps them."""
        present: dict[str, list[Responsibility]] = {}
        for row in action.responsibilities.all():
            present.setdefault(row.wording, []).append(row)
        for position, wording in enumerate(wordings, start=1):
            rows = present.pop(wording, None)
            if rows is None:
                action.responsibilities.create(
                    wording=wording, organization=self.organizations.get(wording), position=position
                )
            else:
                action.responsibilities.filter(wording=wording).exclude(position=position).update(position=position)
        for rows in present.values():
            for row in rows:
                row.delete()


def dump_measures(plan: Plan) -> dict[int, list[dict]]:
    """The measures of `plan` as their files hold them, by the id of their policy."""
    measures = Measure.objects.of_plan(plan).prefetch_related(
        "role_items__actor",
        "groups__see",
        "actions__actor__component",
        "actions__group",
        "actions__repeats",
        "actions__see",
        "actions__components",
        "actions__responsibilities",
    )
    dumped: dict[int, list[dict]] = {}
    for measure in measures:
        dumped.setdefault(measure.policy_id, []).append(_dumped_measure(measure))
    return dumped


def _dumped_measure(measure: Measure) -> dict:
    actions = sorted(measure.actions.all(), key=lambda action: (action.actor.position, action.number))
    extra = [set(action.components.all()) - {action.actor.component} for action in actions]
    shared = set.intersection(*extra) if extra else set()
    roles: dict[str, list[str]] = {}
    for item in sorted(measure.role_items.all(), key=lambda item: (item.actor.position, item.position)):
        roles.setdefault(item.actor.code, []).append(item.text)
    plain: dict[str, list[dict]] = {}
    for action in actions:
        if action.group is None:
            plain.setdefault(action.actor.code, []).append(_dumped_action(action, shared))
    return {
        "code": measure.code,
        "title": measure.title,
        "introduction": measure.introduction,
        "components": sorted(component.code for component in shared),
        "action_headings": measure.action_headings,
        "roles": roles,
        "actions": plain,
        "groups": [_dumped_group(group, actions, shared) for group in measure.groups.all()],
    }


def _dumped_group(group: ActionGroup, actions: list[Action], shared: set) -> dict:
    own = [action for action in actions if action.group_id == group.pk]
    return {
        "label": group.label,
        "title": group.title,
        "actor": own[0].actor.code if own else "",
        "actions": [_dumped_action(action, shared) for action in own],
        "closing": group.closing,
        "see": group.see.code if group.see else "",
    }


def _dumped_action(action: Action, shared: set) -> dict:
    rows = sorted(action.responsibilities.all(), key=lambda row: row.position)
    offices = list(dict.fromkeys(row.wording for row in rows))
    own = set(action.components.all()) - shared - {action.actor.component}
    return {
        "code": action.code,
        "title": action.title,
        "content": action.content,
        "commission": action.commission,
        "form": action.form if action.form != Action.Form.STANDARD else "",
        "offices": offices if offices != [action.actor.office] else [],
        "components": sorted(component.code for component in own),
        "repeats": action.repeats.code if action.repeats else "",
        "see": action.see.code if action.see else "",
        "valid_from": action.valid_from,
        "valid_to": action.valid_to,
    }


# ---- scale.yaml -----------------------------------------------------------
def read_scales(root: Node) -> list[dict]:
    scales = []
    for node in root.fields("scales")["scales"].items():
        given = node.fields("name", "grades", "directions")
        scales.append(
            {
                "name": given["name"].required_text(60),
                "grades": [_grade(item, place) for place, item in enumerate(given["grades"].items(), start=1)],
                "directions": [
                    _direction(item, place) for place, item in enumerate(given["directions"].items(), start=1)
                ],
            }
        )
    return scales


def _grade(node: Node, position: int) -> dict:
    given = node.fields(*GRADE_FIELDS[:6], optional=("unrated", "needs_reason"))
    return {
        **{name: given[name].required_text(120) for name in GRADE_FIELDS[:6]},
        "is_rated": not given["unrated"].flag(),
        "needs_reason": given["needs_reason"].flag(),
        "position": position,
    }


def _direction(node: Node, position: int) -> dict:
    given = node.fields("code", "label", optional=DIRECTION_FIELDS[2:])
    return {
        "code": given["code"].required_text(50),
        "label": given["label"].required_text(20),
        **{name: given[name].flag() for name in DIRECTION_FIELDS[2:]},
        "position": position,
    }


def save_scales(plan: Plan, scales: list[dict]) -> None:
    """Scales the secretariat made, and those a year already uses, belong to the portal: a file changes neither."""
    used = set(plan.scales.filter(cycles__isnull=False).values_list("name", flat=True))
    scales = [scale for scale in scales if scale["name"] not in used]
    rows = [{"name": scale["name"]} for scale in scales]
    named = plan.scales.filter(name__in=[row["name"] for row in rows])
    for scale, data in zip(sync(named, ("name",), rows, {"plan": plan}), scales, strict=True):
        sync(scale.grades.all(), ("code",), data["grades"], {"scale": scale})
        sync(scale.directions.all(), ("code",), data["directions"], {"scale": scale})


def dump_scales(plan: Plan) -> dict:
    scales = []
    for scale in plan.scales.prefetch_related("grades", "directions"):
        grades = [
            {
                **{name: getattr(grade, name) for name in GRADE_FIELDS[:6]},
                "unrated": not grade.is_rated,
                "needs_reason": grade.needs_reason,
            }
            for grade in scale.grades.all()
        ]
        directions = [{name: getattr(row, name) for name in DIRECTION_FIELDS} for row in scale.directions.all()]
        scales.append({"name": scale.name, "grades": grades, "directions": directions})
    return {"scales": scales}


# ---- previous_review.yaml -------------------------------------------------
def read_previous_reviews(root: Node) -> list[dict]:
    rows = []
    for position, node in enumerate(root.fields("previous_reviews")["previous_reviews"].items(), start=1):
        given = node.fields("title", "evaluation", "policy", optional=("measures",))
        rows.append(
            {
                "position": position,
                "title": given["title"].required_text(120),
                "evaluation": given["evaluation"].texts(),
                "policy": given["policy"].texts(),
                "measures": given["measures"].texts(),
            }
        )
    return rows


def save_previous_reviews(plan: Plan, rows: list[dict], measures: dict[str, Measure], problems: list[Problem]) -> None:
    plain = [{name: value for name, value in row.items() if name != "measures"} for row in rows]
    saved = sync(plan.previous_reviews.all(), ("position",), plain, {"plan": plan})
    for review, row in zip(saved, rows, strict=True):
        problems += [
            code.problem(f"引き継ぐ施策「{code}」がありません。") for code in row["measures"] if code not in measures
        ]
        review.measures.set([measures[code] for code in row["measures"] if code in measures])


def dump_previous_reviews(plan: Plan) -> dict:
    return {
        "previous_reviews": [
            {
                "title": review.title,
                "evaluation": review.evaluation,
                "policy": review.policy,
                "measures": [measure.code for measure in review.measures.all()],
            }
            for review in plan.previous_reviews.prefetch_related("measures")
        ]
    }
