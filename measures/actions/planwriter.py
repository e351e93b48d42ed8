"""Writes what was found in a returned plan workbook, through the same actions as the pages of 計画の編集."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from mine_welfare.accounts.models import Organization, User
from mine_welfare.toolkit.refusal import Refused
from plans.actions import Conflict, edit_text, fingerprint

from ..models import PlanImportRow, RoleItem
from ..plansheets import NEW
from ..queries.planstate import PlanState
from ..queries.plantext import can_be_reshaped
from . import planshape, plantext
from .planjudge import Finding

Kind = PlanImportRow.Kind
Step = tuple[list[Finding], Callable[[], None]]
# What hangs on others goes first, and 再掲 before what it repeats.
REMOVAL = ("action", "role", "group", "measure", "policy", "goal")
OVERTAKEN = "ほかの人が、いまこの行を直しました。もう一度ファイルを送ってください。"
ACTION_WORDS = {"title", "content", "commission", "form", "group", "components", "organizations"}
LAST = 10_000  # stands behind every place


class Writer:
    """Turns findings into steps, each a call of one action; a bag for what the steps look up.

    `since` is the fiscal year from which new 担当 answer, `last_year` the one in
    which an action ends that is gone from the file.
    """

    def __init__(
        self, state: PlanState, *, by: User, reason: str, since: int | None = None, last_year: int | None = None
    ):
        self.state, self.by, self.reason, self.since, self.last_year = state, by, reason, since, last_year
        self.plan = state.plan
        self.made: dict[tuple[str, str], Any] = {}
        self.actors = {actor.code: actor for actor in self.plan.actors.select_related("component")}
        self.components = {component.code: component for component in self.plan.components.all()}
        self.offices = {one.slug: one for one in Organization.objects.all()}

    def steps(self, findings: list[Finding]) -> Iterator[Step]:
        """(rows, what writes them), in the order in which they depend on each other."""
        written = [one for one in findings if one.kind in (Kind.NEW, Kind.CHANGED, Kind.CONFLICT)]
        for found in written:
            if found.part.name not in ("role", "action"):
                yield [found], partial(self._put, found)
        roles = [one for one in findings if one.part.name == "role" and one.kind != Kind.REMOVED]
        for place, members in _by_place(roles).items():
            if changed := [one for one in members if one in written]:
                yield changed, partial(self._roles, *place, members)
        actions = [found for found in written if found.part.name == "action"]
        for found in actions:
            yield [found], partial(self._put, found)
        for found in actions:
            if {"repeats", "see"} & found.values.keys() and _refers(found):
                yield [found], partial(self._refer, found)
        yield from self._removals([found for found in findings if found.kind == Kind.REMOVED])

    def _removals(self, gone: list[Finding]) -> Iterator[Step]:
        for part in REMOVAL:
            own = [found for found in gone if found.part.name == part]
            for found in sorted(own, key=lambda one: not one.now.get("repeats")):
                yield [found], partial(getattr(self, f"_remove_{part}"), found)

    def run(self, step: Callable[[], None]) -> None:
        """One step; what others wrote in this very moment is a refusal, too."""
        try:
            step()
        except Conflict as conflict:
            raise Refused(OVERTAKEN) from conflict

    # ---- rows --------------------------------------------------------------------
    def find(self, part: str, key: str) -> Any:
        """The row of that number, or the new one of that name; None for no number."""
        if not key:
            return None
        row = self.made.get((part, key)) or self.state.rows[part].get(key)
        if row is None:
            raise Refused(f"「{key}」の行を加えられないため、この行も書けません。")
        return row

    def _put(self, found: Finding) -> None:
        how = "add" if found.kind == Kind.NEW else "change"
        row = getattr(self, f"_{how}_{found.part.name}", self._change_words)(found)
        if how == "add":
            self.made[found.part.name, found.key or f"{found.number}行目"] = row
            if found.part.name != "group":
                found.note = f"番号は {row.code} になります。"

    def _change_words(self, found: Finding) -> None:
        row = self.state.rows[found.part.name][found.key]
        values = dict(found.values)
        if "see" in values:
            values["see"] = self.find("measure", values["see"])
        seen = fingerprint(row, values)
        edit_text(row=row, plan=self.plan, values=values, seen=seen, by=self.by, reason=self.reason)

    def _add_goal(self, found: Finding) -> Any:
        return planshape.add_goal(plan=self.plan, title=found.values["title"], by=self.by)

    def _add_policy(self, found: Finding) -> Any:
        given = found.values
        goal = self.find("goal", given["goal"])
        return planshape.add_policy(goal=goal, title=given["title"], issues=given["issues"], by=self.by)

    def _add_measure(self, found: Finding) -> Any:
        given = found.values
        policy = self.find("policy", given["policy"])
        return plantext.add_measure(policy=policy, title=given["title"], introduction=given["introduction"], by=self.by)

    def _add_group(self, found: Finding) -> Any:
        given = found.values
        measure, see = self.find("measure", given["measure"]), self.find("measure", given["see"])
        return planshape.add_group(
            measure=measure, label=given["label"], title=given["title"], closing=given["closing"], see=see, by=self.by
        )

    # ---- roles -------------------------------------------------------------------
    def _roles(self, measure: str, actor: str, members: list[Finding]) -> None:
        """All lines of one actor: as they stand, with what the file makes of them, in its order."""
        given = {found.key: found for found in members if found.key and not found.key.startswith(NEW)}
        present = self._lines(measure, actor)
        lines = []
        for item in present:
            found = given.get(str(item.pk))
            values = found.values if found else {}
            place = (values.get("position", item.position), found.number if found else LAST)
            lines.append((place, (item, values.get("text", item.text))))
        for found in members:
            if found.kind == Kind.NEW:
                place = found.values["position"]
                lines.append(((LAST if place is None else place, found.number), (None, found.values["text"])))
        self._save_roles(measure, actor, [line for _, line in sorted(lines, key=lambda one: one[0])], present)

    def _lines(self, measure: str, actor: str) -> list[RoleItem]:
        return list(self.find("measure", measure).role_items.filter(actor=self.actors[actor]))

    def _save_roles(self, measure: str, actor: str, lines: list, present: list[RoleItem]) -> None:
        plantext.save_roles(
            measure=self.find("measure", measure),
            actor=self.actors[actor],
            lines=lines,
            seen=plantext.roles_mark(present),
            by=self.by,
            reason=self.reason,
        )

    # ---- actions -----------------------------------------------------------------
    def _beside(self, found: Finding) -> dict[str, Any]:
        """What an action is given beside its code and its year: words, group, components, who answers."""
        whole = found.whole
        group = f"{whole['measure']} {whole['group']}" if whole["group"] else ""
        values = {name: whole[name] for name in plantext.WORDS} | {"group": self.find("group", group)}
        return {
            "values": values,
            "components": [self.components[code] for code in whole["components"]],
            "organizations": [self.offices[slug] for slug in whole["organizations"]],
            "by": self.by,
            "reason": self.reason,
        }

    def _add_action(self, found: Finding) -> Any:
        given = found.values
        measure, actor = self.find("measure", given["measure"]), self.actors[given["actor"]]
        row = plantext.add_action(measure=measure, actor=actor, since=given["valid_from"], **self._beside(found))
        if given["valid_to"] is not None:
            plantext.end_action(action=row, last_year=given["valid_to"], by=self.by, reason=self.reason)
        return row

    def _change_action(self, found: Finding) -> Any:
        row = self.state.rows["action"][found.key]
        if ACTION_WORDS & found.values.keys():
            seen = plantext.action_mark(row)
            row = plantext.change_action(action=row, since=self.since, seen=seen, **self._beside(found))
        if "valid_to" in found.values:
            last = found.values["valid_to"]
            row = plantext.end_action(action=row, last_year=last, by=self.by, reason=self.reason)
        return row

    def _refer(self, found: Finding) -> None:
        row = self.find("action", found.key or f"{found.number}行目")
        repeats, see = self.find("action", found.whole["repeats"]), self.find("measure", found.whole["see"])
        planshape.refer(action=row, repeats=repeats, see=see, by=self.by)

    # ---- what is gone --------------------------------------------------------------
    def _remove_action(self, found: Finding) -> None:
        row = self.state.rows["action"][found.key]
        if can_be_reshaped(self.plan):
            plantext.remove_action(action=row, by=self.by)
            found.note = f"{found.note}素案から消します。番号は、もう使いません。"
            return
        if self.last_year is None:
            raise Refused("この取組を終える年度を選んでください。")
        plantext.end_action(action=row, last_year=self.last_year, by=self.by, reason=self.reason)
        found.note = f"{found.note}消えずに、「終えた取組」として計画と過去の評価に残ります。"

    def _remove_role(self, found: Finding) -> None:
        measure, actor = found.now["measure"], found.now["actor"]
        present = self._lines(measure, actor)
        lines = [(item, item.text) for item in present if str(item.pk) != found.key]
        self._save_roles(measure, actor, lines, present)

    def _remove_group(self, found: Finding) -> None:
        planshape.remove_group(group=self.state.rows["group"][found.key], by=self.by)

    def _remove_measure(self, found: Finding) -> None:
        plantext.remove_measure(measure=self.state.rows["measure"][found.key], by=self.by)
        found.note = f"{found.note}役割と取組ごと、素案から消します。番号は、もう使いません。"

    def _remove_policy(self, found: Finding) -> None:
        planshape.remove_policy(policy=self.state.rows["policy"][found.key], by=self.by)

    def _remove_goal(self, found: Finding) -> None:
        planshape.remove_goal(goal=self.state.rows["goal"][found.key], by=self.by)


def _by_place(roles: list[Finding]) -> dict[tuple[str, str], list[Finding]]:
    places: dict[tuple[str, str], list[Finding]] = {}
    for found in roles:
        if found.now or found.values:  # neither is there for a line that is wrong, or gone from the portal
            places.setdefault((found.whole["measure"], found.whole["actor"]), []).append(found)
    return places


def _refers(found: Finding) -> bool:
    """Whether its 再掲 changes; a new action that repeats nothing has none to change."""
    before = found.now or {"repeats": "", "see": ""}
    return any(found.whole[name] != before[name] for name in ("repeats", "see"))
