"""What the plan says of measures: roles, actions and who answers for them.

The words of one row alone are changed by `plans.actions.edit_text`. Codes of
actions are given once: an ended or deleted action's code never comes back.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from mine_welfare.accounts.models import Organization, User
from mine_welfare.toolkit.fiscal import wareki_year
from mine_welfare.toolkit.refusal import Refused
from plans.actions import Conflict, allow_text, cleaned, digest
from plans.models import BasicPolicy, Component, Plan

from ..models import Action, Actor, Entry, Measure, Responsibility, RoleItem
from ..queries.plantext import can_be_reshaped
from ..workflow import EntryState
from .cycles import TAKES_SHEETS, add_missing_entries

# A role line: its row or None for a new one, and what it says.
Line = tuple[RoleItem | None, str]
WORDS = ("title", "content", "commission", "form")


# ---- roles ------------------------------------------------------------------
def roles_mark(lines: Iterable[RoleItem]) -> str:
    """A mark of one actor's lines as they stand."""
    return digest([[line.pk, line.text] for line in lines])


@transaction.atomic
def save_roles(
    *, measure: Measure, actor: Actor, lines: Iterable[Line], seen: str, by: User, reason: str = ""
) -> list[RoleItem]:
    """Make `lines`, in this order, the roles of `actor`; what is not among them goes."""
    reason = allow_text(by, measure.plan, reason) or None
    Plan.objects.select_for_update().get(pk=measure.plan_id)
    present = {item.pk: item for item in measure.role_items.filter(actor=actor)}
    if roles_mark(present.values()) != seen:
        raise Conflict(measure)
    wanted = [(row, cleaned(RoleItem(), {"text": text})["text"]) for row, text in lines]
    wanted = [(row, text) for row, text in wanted if text]
    kept = {row.pk for row, _ in wanted if row}
    for pk in set(present) - kept:
        present[pk]._change_reason = reason
        present[pk].delete()
    # Two lines that change places would meet half-way.
    measure.role_items.filter(actor=actor).update(position=F("position") + len(present) + len(wanted))
    saved = []
    for position, (row, text) in enumerate(wanted, start=1):
        item = present[row.pk] if row else RoleItem(measure=measure, actor=actor)
        changed = (item.text, item.position) != (text, position)
        item.text, item.position = text, position
        item._change_reason = reason
        if changed:
            item.save()
        else:
            RoleItem.objects.filter(pk=item.pk).update(position=position)
        saved.append(item)
    measure.plan.touch()
    return saved


# ---- actions ------------------------------------------------------------------
def next_code(measure: Measure, actor: Actor) -> str:
    """The code after the highest ever given here, whether or not its action still stands."""
    prefix = f"{measure.code}-{actor.letter}"
    given = {"plan_id": measure.plan_id, "code__startswith": prefix}
    codes = {*Action.history.filter(**given).values_list("code", flat=True)}
    codes |= {*Action.objects.filter(**given).values_list("code", flat=True)}
    numbers = [int(code.removeprefix(prefix)) for code in codes if code.removeprefix(prefix).isdecimal()]
    return f"{prefix}{max(numbers, default=0) + 1:02d}"


def action_mark(action: Action) -> str:
    """A mark of an action as the form shows it: words, group, components, who answers."""
    return digest(
        [
            *(str(getattr(action, name)) for name in WORDS),
            action.group_id,
            sorted(component.pk for component in action.components.all()),
            sorted(_answering(action)),
        ]
    )


def _answering(action: Action) -> dict[int, Responsibility]:
    """{organization: its responsibility}, those that have no end."""
    rows = action.responsibilities.filter(valid_to=None, organization__isnull=False)
    return {row.organization_id: row for row in rows}


def answering(action: Action) -> list[int]:
    return list(_answering(action))


@transaction.atomic
def add_action(
    *,
    measure: Measure,
    actor: Actor,
    values: dict[str, Any],
    components: Collection[Component],
    organizations: Collection[Organization],
    since: int | None,
    by: User,
    reason: str = "",
) -> Action:
    """A new action with a code of its own, from fiscal year `since` on (None: from the plan's first)."""
    plan = Plan.objects.select_for_update().get(pk=measure.plan_id)  # two new actions never get one code
    reason = allow_text(by, plan, reason)
    if not actor.letter:
        raise Refused(f"「{actor}」は、取組を持たない担い手です。")
    _check_year(plan, since)
    last = max(measure.actions.filter(actor=actor).values_list("number", flat=True), default=0)
    code = next_code(measure, actor)
    action = Action(plan=plan, measure=measure, actor=actor, code=code, number=last + 1, valid_from=since)
    _write(action, values, reason)
    _renumber(measure, actor)
    action.refresh_from_db()
    _set_components(action, components)
    _set_answering(action, organizations, since, by=by)
    plan.touch()
    return action


def _check_year(plan: Plan, since: int | None) -> None:
    if since is not None and since not in plan.years:
        raise Refused(f"{wareki_year(since)}は、この計画の期間に入りません。")


def _write(action: Action, values: dict[str, Any], reason: str) -> None:
    group = values.get("group")
    if group is not None and group.measure_id != action.measure_id:
        raise Refused("まとまりは、同じ施策のものから選んでください。")
    given = cleaned(action, values)
    if not given["title"] or not given["content"]:
        raise Refused("取組と内容を入力してください。")
    if all(getattr(action, name) == value for name, value in given.items()) and action.pk:
        return
    for name, value in given.items():
        setattr(action, name, value)
    action._change_reason = reason or None
    action.save()


def _renumber(measure: Measure, actor: Actor) -> None:
    """The order in which the plan prints them: those outside a group, then group by group."""
    rows = measure.actions.filter(actor=actor).select_related("group")
    rows = sorted(rows, key=lambda row: (row.group.position if row.group else 0, row.number))
    for number, row in enumerate(rows, start=1):
        if row.number != number:
            Action.objects.filter(pk=row.pk).update(number=number)


def _set_components(action: Action, components: Collection[Component]) -> None:
    own = {action.actor.component} if action.actor.component else set()
    action.components.set({*components, *own})


@transaction.atomic
def change_action(
    *,
    action: Action,
    values: dict[str, Any],
    components: Collection[Component],
    organizations: Collection[Organization],
    since: int | None,
    seen: str,
    by: User,
    reason: str = "",
) -> Action:
    """New words, new place, new 担当 of an action. Its code stays for good."""
    plan = Plan.objects.select_for_update().get(pk=action.plan_id)
    reason = allow_text(by, plan, reason)
    row = Action.objects.select_for_update(of=("self",)).select_related("actor__component", "measure").get(pk=action.pk)
    row.plan = plan
    if action_mark(row) != seen:
        raise Conflict(row)
    _check_year(plan, since)
    moved = values.get("group") != row.group
    _write(row, values, reason)
    if moved:
        _renumber(row.measure, row.actor)
    _set_components(row, components)
    _set_answering(row, organizations, since, by=by)
    plan.touch()
    return row


def _set_answering(action: Action, organizations: Collection[Organization], since: int | None, *, by: User) -> None:
    """Who answers for it from `since` on; the years before keep those of their time."""
    present, wanted = _answering(action), {one.pk: one for one in organizations}
    if not wanted and not action.responsibilities.unassigned().filter(valid_to=None).exists():
        raise Refused("担当する組織を1つ以上選んでください。")
    if set(present) == set(wanted):
        return
    position = max(action.responsibilities.values_list("position", flat=True), default=0)
    for pk in set(present) - set(wanted):
        _end_answering(present[pk], since)
    for pk in wanted:
        if pk not in present:
            position += 1
            action.responsibilities.create(
                wording=wanted[pk].name, organization_id=pk, position=position, valid_from=since
            )
    _mend_sheets(action, set(present) - set(wanted), since, by=by)


def _end_answering(row: Responsibility, since: int | None) -> None:
    begins = row.valid_from or row.action.plan.start_year
    if since is None or begins >= since:
        row.delete()
    else:
        row.valid_to = since - 1
        row.save()


def _mend_sheets(action: Action, gone: Collection[int], since: int | None, *, by: User) -> None:
    """In years that still take answers: untouched sheets of who no longer answers go, the new ones come."""
    cycles = action.plan.cycles.filter(state__in=TAKES_SHEETS, year__gte=since or 0)
    _untouched(action).filter(cycle__in=cycles, organization__in=gone).delete()
    for cycle in cycles:
        add_missing_entries(cycle=cycle, by=by)


def _untouched(action: Action) -> QuerySet:
    return Entry.objects.filter(action=action, state=EntryState.EMPTY, version=0, cycle__state__in=TAKES_SHEETS)


@transaction.atomic
def end_action(*, action: Action, last_year: int | None, by: User, reason: str = "") -> Action:
    """終える: the action stays in the plan with its years, and gets no sheet after `last_year` (None: goes on)."""
    plan = Plan.objects.select_for_update().get(pk=action.plan_id)
    reason = allow_text(by, plan, reason)
    row = Action.objects.select_for_update().get(pk=action.pk)
    if last_year is not None and not (row.valid_from or plan.start_year) <= last_year <= plan.end_year:
        raise Refused("終える年度は、取組を始めた年度から計画の終わりの年度までの間にしてください。")
    row.valid_to = last_year
    row._change_reason = reason or None
    row.save()
    if last_year is None:
        row.plan = plan
        _mend_sheets(row, (), None, by=by)
    else:
        _untouched(row).filter(cycle__year__gt=last_year).delete()
    plan.touch()
    return row


# ---- a plan still being drafted -------------------------------------------------
def still_drafted(plan: Plan, by: User) -> Plan:
    """The plan, locked; Refused once its rows may no longer vanish."""
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    allow_text(by, plan, "—")
    if not can_be_reshaped(plan):
        raise Refused("施策や取組の数を変えられるのは、公開する前の素案だけです。取組は、終える年度を決めてください。")
    return plan


@transaction.atomic
def add_measure(*, policy: BasicPolicy, title: str, introduction: str, by: User) -> Measure:
    """A new measure at the end of a policy of a plan being drafted."""
    plan = still_drafted(policy.goal.plan, by)
    numbers = [int(code.rpartition("-")[2]) for code in _codes(policy)]
    number = max(numbers, default=0) + 1
    measure = Measure(plan=plan, policy=policy, number=number, code=f"{policy.code}-{number}")
    for name, value in cleaned(measure, {"title": title, "introduction": introduction}).items():
        setattr(measure, name, value)
    if not measure.title:
        raise Refused("施策の名称を入力してください。")
    measure.save()
    plan.touch()
    return measure


def _codes(policy: BasicPolicy) -> set[str]:
    return {
        *Measure.history.filter(policy_id=policy.pk).values_list("code", flat=True),
        *policy.measures.values_list("code", flat=True),
    }


@transaction.atomic
def remove_measure(*, measure: Measure, by: User) -> None:
    """Leave a measure out of a plan being drafted, with its roles and actions."""
    plan = still_drafted(measure.plan, by)
    elsewhere = Action.objects.exclude(measure=measure)
    if other := elsewhere.filter(Q(repeats__measure=measure) | Q(see=measure)).first():
        raise Refused(f"「{other}」が、この施策の取組を再掲しています。先に、そちらを消してください。")
    # One by one: each leaves its code in its history. Those that repeat another go first.
    for action in measure.actions.order_by(F("repeats").desc(nulls_last=True)):
        action.delete()
    measure.delete()
    plan.touch()


@transaction.atomic
def remove_action(*, action: Action, by: User) -> None:
    """Leave an action out of a plan being drafted."""
    plan = still_drafted(action.plan, by)
    if other := action.repeated_by.first():
        raise Refused(f"「{other}」が、この取組を再掲しています。先に、そちらを消してください。")
    action.delete()
    plan.touch()
