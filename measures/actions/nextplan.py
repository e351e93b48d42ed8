"""The next plan: a draft made from the plan that ends, and the links between the two."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from mine_welfare.accounts.models import Organization, User
from mine_welfare.toolkit.fiscal import fiscal_year
from mine_welfare.toolkit.refusal import Refused
from plans.models import Plan
from plans.permissions import text_refusal

from ..models import Action, ActionGroup, ActionLink, Lineage, Measure, MeasureLink, Responsibility
from ..queries.nextplan import closing_table

# What becomes of a measure: Lineage.SAME, Lineage.ENDED, or the measure it is merged into.
Fate = Measure | Lineage
_ORDINAL = re.compile(r"第(\d+)次")


def _allow(user: User) -> None:
    if sentence := text_refusal(user):
        raise Refused(sentence)


def next_ordinal(text: str) -> str:
    """第3次 → 第4次, wherever it stands."""
    return _ORDINAL.sub(lambda found: f"第{int(found[1]) + 1}次", text)


@transaction.atomic
def start_next_plan(*, predecessor: Plan, fields: Mapping[str, Any], fates: Mapping[int, Fate], by: User) -> Plan:
    """A draft made from `predecessor`: what goes on is copied and linked, and citizens see nothing of it.

    `fates` is {id of a measure: what becomes of it}; a measure without one goes on.
    """
    _allow(by)
    old = Plan.objects.select_for_update().get(pk=predecessor.pk)  # the second of two who start at once is told
    if other := old.successors.first():
        raise Refused(f"次の計画の素案は、もうあります（{other}）。")
    _check(old, fields, fates)
    kept = ("portal_name", "municipality", "subtitle", "issuers", "lead")
    plan = Plan.objects.create(
        **{name: getattr(old, name) for name in kept},
        **fields,
        status=Plan.Status.DRAFT,
        is_current=False,
        predecessor=old,
    )
    _Copier(old, plan, fates).copy()
    take_reviews(plan=plan, by=by)
    return plan


def _check(old: Plan, fields: Mapping[str, Any], fates: Mapping[int, Fate]) -> None:
    if Plan.objects.filter(slug=fields["slug"]).exists():
        raise Refused(f"識別名「{fields['slug']}」は、ほかの計画が使っています。")
    if fields["start_year"] <= old.end_year:
        raise Refused(f"始まりの年度は、いまの計画が終わる{old.end_year}年度より後にしてください。")
    if fields["end_year"] < fields["start_year"]:
        raise Refused("終わりの年度は、始まりの年度より後にしてください。")
    own = set(old.measures.values_list("pk", flat=True))
    for pk, fate in fates.items():
        if pk not in own or (isinstance(fate, Measure) and fate.pk not in own):
            raise Refused("引き継ぐ施策は、いまの計画の施策から選んでください。")
        if isinstance(fate, Measure) and (fate.pk == pk or fates.get(fate.pk, Lineage.SAME) != Lineage.SAME):
            raise Refused(f"統合先の「{fate}」は、継続する施策にしてください。")


def _copy(row: Model, **changes: Any) -> Model:
    """A new row with the words of `row`."""
    fields = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key and field.name not in changes
    }
    return type(row).objects.create(**fields, **changes)


class _Copier:
    """One walk from the old plan to the new: a bag for what every step looks up."""

    def __init__(self, old: Plan, new: Plan, fates: Mapping[int, Fate]):
        self.old, self.new = old, new
        measures = list(Measure.objects.of_plan(old))
        self.staying = [row for row in measures if fates.get(row.pk, Lineage.SAME) == Lineage.SAME]
        self.merged: dict[int, list[Measure]] = {row.pk: [] for row in self.staying}
        for row in measures:
            if isinstance(into := fates.get(row.pk), Measure):
                self.merged[into.pk].append(row)
        self.measures: dict[int, Measure] = {}  # by the id of the old one
        self.groups: dict[int, ActionGroup] = {}
        self.actions: dict[int, Action] = {}
        # Who answers next is who answers today.
        self.acting = Organization.objects.acting_in(fiscal_year(timezone.localdate()))

    def copy(self) -> None:
        self.components = {
            row.pk: _copy(row, plan=self.new, edition=next_ordinal(row.edition)) for row in self.old.components.all()
        }
        self.actors = {
            row.pk: _copy(row, plan=self.new, component=self.components.get(row.component_id))
            for row in self.old.actors.all()
        }
        for scale in self.old.scales.prefetch_related("grades", "directions"):
            made = _copy(scale, plan=self.new)
            for row in (*scale.grades.all(), *scale.directions.all()):
                _copy(row, scale=made)
        for row in (*self.old.sections.all(), *self.old.terms.all(), *self.old.tiers.all()):
            _copy(row, plan=self.new)
        self._copy_measures()
        for measure in self.staying:
            self._copy_what_hangs_on(measure)
        self._copy_references()

    def _copy_measures(self) -> None:
        policies = {}
        for goal in self.old.goals.prefetch_related("policies"):
            made = _copy(goal, plan=self.new)
            policies |= {row.pk: _copy(row, goal=made) for row in goal.policies.all()}
        numbers: dict[int, int] = {}
        for row in self.staying:
            number = numbers[row.policy_id] = numbers.get(row.policy_id, 0) + 1
            policy = policies[row.policy_id]
            texts = [one.introduction for one in (row, *self.merged[row.pk]) if one.introduction]
            made = _copy(
                row, plan=self.new, policy=policy, number=number, code=f"{policy.code}-{number}",
                introduction="\n".join(texts),
            )  # fmt: skip
            for one in (row, *self.merged[row.pk]):
                self.measures[one.pk] = made
                MeasureLink.objects.create(before=one, after=made)

    def _copy_what_hangs_on(self, row: Measure) -> None:
        made = self.measures[row.pk]
        numbers: dict[int, int] = {}
        for one in (row, *self.merged[row.pk]):
            self._copy_roles(one, made)
            self._copy_groups(one, made)
            for indicator in one.indicators.all():
                if not made.indicators.filter(code=indicator.code).exists():
                    _copy(
                        indicator, measure=made, organization=self._acting(indicator.organization_id), target=None,
                        target_year=None,
                    )  # fmt: skip
            rows = (
                one.actions.active_in(self.old.end_year).select_related("actor").order_by("actor__position", "number")
            )
            for action in rows:
                numbers[action.actor_id] = numbers.get(action.actor_id, 0) + 1
                self._copy_action(action, made, numbers[action.actor_id])

    def _copy_roles(self, old: Measure, new: Measure) -> None:
        """Of merged measures each line once."""
        for item in old.role_items.order_by("actor__position", "position"):
            actor = self.actors[item.actor_id]
            own = new.role_items.filter(actor=actor)
            if not own.filter(text=item.text).exists():
                _copy(item, measure=new, actor=actor, position=own.count() + 1)

    def _copy_groups(self, old: Measure, new: Measure) -> None:
        for group in old.groups.all():
            # A second ア would be another group of the same name: its actions stand outside a group.
            if not new.groups.filter(label=group.label).exists():
                self.groups[group.pk] = _copy(group, measure=new, see=None, position=new.groups.count() + 1)

    def _copy_action(self, old: Action, measure: Measure, number: int) -> None:
        actor = self.actors[old.actor_id]
        made = _copy(
            old,
            plan=self.new,
            measure=measure,
            actor=actor,
            group=self.groups.get(old.group_id),
            number=number,
            code=f"{measure.code}-{actor.letter}{number:02d}",
            repeats=None,
            see=None,
            valid_from=None,
            valid_to=None,
        )
        made.components.set([self.components[component.pk] for component in old.components.all()])
        rows = old.responsibilities.valid_in(self.old.end_year).select_related("organization")
        for row in rows.order_by("position", "pk"):
            self._copy_responsibility(row, made)
        self.actions[old.pk] = made
        ActionLink.objects.create(before=old, after=made)

    def _copy_responsibility(self, row: Responsibility, action: Action) -> None:
        """A department goes by the name of who acts for it today; 「関係各課」 keeps its wording."""
        acting = self._acting(row.organization_id)
        own_name = row.organization is not None and row.wording == row.organization.name
        wording = acting.name if acting and own_name else row.wording
        if not action.responsibilities.filter(wording=wording, organization=acting).exists():
            action.responsibilities.create(wording=wording, organization=acting, position=row.position)

    def _acting(self, organization: int | None) -> Organization | None:
        return self.acting[organization] if organization else None

    def _copy_references(self) -> None:
        """再掲 and 「…に掲げる取組」, where what they name goes on too."""
        for pk, group in self.groups.items():
            old = ActionGroup.objects.get(pk=pk)
            if old.see_id in self.measures:
                group.see = self.measures[old.see_id]
                group.save()
        for old in Action.objects.filter(pk__in=self.actions).exclude(repeats=None, see=None):
            made = self.actions[old.pk]
            made.repeats = self.actions.get(old.repeats_id)
            made.see = self.measures.get(old.see_id)
            made.save()


# ---- between the two ------------------------------------------------------------
@transaction.atomic
def take_reviews(*, plan: Plan, by: User) -> int:
    """Make the closing table of the plan before the 「計画の評価・見直し」 of `plan`; returns its rows."""
    _allow(by)
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if plan.predecessor is None:
        raise Refused("前の計画がありません。")
    if plan.is_current:
        raise Refused("公開している計画の「計画の評価・見直し」は、取り込み直せません。")
    rows = [row for row in closing_table(plan.predecessor) if not row.is_empty]
    plan.previous_reviews.all().delete()
    for position, row in enumerate(rows, start=1):
        made = plan.previous_reviews.create(
            position=position, title=row.measure.title, evaluation=row.evaluation, policy=row.policy
        )
        made.measures.set(measure for measure in row.carried if measure.plan_id == plan.pk)
    plan.touch()
    return len(rows)


@transaction.atomic
def link_measure(*, measure: Measure, before: Collection[Measure], by: User) -> None:
    """Say which measures of the plan before go on in this one."""
    _check_link(measure.plan, before, by)
    MeasureLink.objects.filter(after=measure).exclude(before__in=before).delete()
    for one in before:
        MeasureLink.objects.get_or_create(before=one, after=measure)


@transaction.atomic
def link_action(*, action: Action, before: Collection[Action], by: User) -> None:
    """Say which actions of the plan before go on in this one."""
    _check_link(action.plan, before, by)
    ActionLink.objects.filter(after=action).exclude(before__in=before).delete()
    for one in before:
        ActionLink.objects.get_or_create(before=one, after=action)


def _check_link(plan: Plan, before: Collection[Measure | Action], by: User) -> None:
    _allow(by)
    Plan.objects.select_for_update().get(pk=plan.pk)
    if any(one.plan_id != plan.predecessor_id for one in before):
        raise Refused("引き継ぐものは、前の計画から選んでください。")
