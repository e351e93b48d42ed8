"""組織改編: written down, looked at, and carried out once, in one transaction."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from mine_welfare.accounts.models import Organization, User
from mine_welfare.toolkit.fiscal import wareki_year
from mine_welfare.toolkit.refusal import Refused
from plans.models import Plan

from ..models import Entry, Reorganization, ReorganizationMove, ReorganizationTarget, Responsibility
from ..permissions import april_refusal
from ..queries.april import Item, Kind, items, leaves

REASON = "組織改編"
CONTACTS = ("section", "phone", "email", "url", "hours")
# The sources and targets each kind takes: (least, most).
SHAPES = {
    Reorganization.Kind.RENAME: ((1, 1), (1, 1)),
    Reorganization.Kind.MERGE: ((1, 20), (1, 1)),
    Reorganization.Kind.SPLIT: ((1, 1), (2, 20)),
}
WRONG_SHAPE = {
    Reorganization.Kind.RENAME: "名称変更では、元の組織と新しい名称を1つずつ指定してください。",
    Reorganization.Kind.MERGE: "統合では、元の組織を1つ以上と、統合先を1つ指定してください。",
    Reorganization.Kind.SPLIT: "分割・一部移管では、元の組織を1つと、移し先を2つ以上指定してください。",
}


@dataclass(frozen=True)
class Target:
    """Where a 組織改編 leads: an organization that exists, or the particulars of a new one."""

    organization: Organization | None = None
    name: str = ""
    slug: str = ""
    section: str = ""
    phone: str = ""
    email: str = ""


def _allow(user: User) -> None:
    if sentence := april_refusal(user):
        raise Refused(sentence)


# ---- written down ---------------------------------------------------------
@transaction.atomic
def draft_reorganization(
    *, kind: str, year: int, sources: Collection[Organization], targets: Collection[Target], by: User
) -> Reorganization:
    """Write down what is going to happen. Nothing moves yet."""
    _allow(by)
    for number, (least, most) in zip((len(sources), len(targets)), SHAPES[kind], strict=True):
        if not least <= number <= most:
            raise Refused(WRONG_SHAPE[kind])
    _check_targets(kind, sources, targets)
    draft = Reorganization.objects.create(kind=kind, year=year, drafted_by=by)
    draft.sources.set(sources)
    taken = set(Organization.objects.values_list("slug", flat=True))
    first = min(sources, key=lambda one: (one.position, one.pk))
    for position, target in enumerate(targets, start=1):
        slug = "" if target.organization else _slug(target, first, year, taken)
        draft.targets.create(
            position=position,
            organization=target.organization,
            name=target.organization.name if target.organization else target.name,
            slug=slug,
            section=target.section,
            phone=target.phone,
            email=target.email,
        )
    _check(draft)
    return draft


def _check_targets(kind: str, sources: Collection[Organization], targets: Collection[Target]) -> None:
    chosen = [target.organization for target in targets if target.organization]
    names = [target.organization.name if target.organization else target.name for target in targets]
    if not all(names):
        raise Refused("新しい組織の名称を入力してください。")
    if len(set(names)) < len(names):
        raise Refused("移し先に、同じ組織が2つあります。")
    if kind != Reorganization.Kind.SPLIT and set(chosen) == set(sources):
        raise Refused("元の組織と移し先が同じです。")


def _slug(target: Target, source: Organization, year: int, taken: set[str]) -> str:
    """The slug asked for, or the source's with the year; never one in use."""
    if target.slug and target.slug in taken:
        raise Refused(f"識別名「{target.slug}」は、ほかの組織が使っています。")
    wanted = target.slug or f"{source.slug[:40]}-{year}"
    slug, number = wanted, 1
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    taken.add(slug)
    return slug


@transaction.atomic
def discard_reorganization(*, reorganization: Reorganization, by: User) -> None:
    """Throw away what was only written down."""
    _allow(by)
    _locked(reorganization).delete()


def _locked(reorganization: Reorganization) -> Reorganization:
    row = Reorganization.objects.select_for_update().filter(pk=reorganization.pk).first()
    if row is None:
        raise Refused("この組織改編は、取りやめになっています。")
    if row.applied_at:
        raise Refused("この組織改編は、もう反映してあります。")
    return row


# ---- carried out ----------------------------------------------------------
@transaction.atomic
def reorganize(*, reorganization: Reorganization, by: User, choices: Mapping[str, str] | None = None) -> Reorganization:
    """Carry a 組織改編 out. `choices` says for a split where each item goes: {its key: position of the target}.

    The old organization ends with the year before and keeps its confirmed
    sheets; everything still to be done goes on under the new name.
    """
    _allow(by)
    row = _locked(reorganization)
    # Whoever changes one of these organizations meanwhile waits.
    sources = list(
        Organization.objects.select_for_update(of=("self",)).filter(reorganizations=row).order_by("position", "pk")
    )
    targets = list(row.targets.select_related("organization"))
    _check(row)
    found = items(sources, row.year)
    places = _places(row, found, targets, choices or {})
    leaving = leaves(row, targets)
    skips_approval = all(source.skips_approval for source in sources)
    for source in leaving:
        source.valid_to = row.year - 1
        # Nobody is left to confirm what is returned under the old name.
        source.skips_approval = True
        source._change_reason = REASON
        source.save()
    _make(row, sources, targets, skips_approval=skips_approval)
    _hand_on(leaving, targets[0].organization)
    moves = [_move(row, item, places[item.key].organization) for item in found]
    ReorganizationMove.objects.bulk_create(move for move in moves if move)
    row.applied_by, row.applied_at = by, timezone.now()
    row.save()
    for plan in Plan.objects.all():  # names and contacts stand on pages of every plan
        plan.touch()
    return row


def _check(row: Reorganization) -> None:
    """What may have changed since it was written down."""
    sources = list(row.sources.all())
    ending = {source.pk for source in leaves(row, list(row.targets.all()))}
    for source in sources:
        if source.valid_to is not None:
            raise Refused(f"「{source}」は、もう{wareki_year(source.valid_to)}で廃止することになっています。")
        if source.pk in ending and source.valid_from is not None and source.valid_from >= row.year:
            later = wareki_year(source.valid_from + 1)
            raise Refused(
                f"「{source}」は{wareki_year(source.valid_from)}に設置した組織です。{later}から改編できます。"
            )
    for target in row.targets.select_related("organization"):
        if target.organization:
            if target.organization.valid_to is not None:
                raise Refused(f"移し先の「{target}」は、廃止することになっています。")
            continue
        others = Organization.objects.exclude(pk__in=ending)
        if others.filter(name=target.name, valid_to=None).exists():
            raise Refused(f"「{target.name}」という名称の組織が、もうあります。移し先は、一覧から選んでください。")
        if Organization.objects.filter(slug=target.slug).exists():
            raise Refused(f"識別名「{target.slug}」は、ほかの組織が使っています。")


def _places(
    row: Reorganization, found: list[Item], targets: list[ReorganizationTarget], choices: Mapping[str, str]
) -> dict[str, ReorganizationTarget]:
    """Where each item goes, by its key: to the only target, or as chosen. A sheet goes with its action."""
    if row.kind != Reorganization.Kind.SPLIT:
        return {item.key: targets[0] for item in found}
    by_position = {str(target.position): target for target in targets}
    places = {}
    for item in found:
        if item.is_chosen:
            if choices.get(item.key) not in by_position:
                raise Refused(f"「{item.label}」の移し先を選んでください。")
            places[item.key] = by_position[choices[item.key]]
    of_action = {item.rows[0].action_id: places[item.key] for item in found if item.kind == Kind.RESPONSIBILITY}
    for item in found:
        if not item.is_chosen:
            places[item.key] = of_action.get(item.rows[0].action_id, targets[0])
    return places


def _make(
    row: Reorganization, sources: list[Organization], targets: list[ReorganizationTarget], *, skips_approval: bool
) -> None:
    """The new organizations, with what they inherit from the first of the old ones."""
    for target in targets:
        if target.organization is None:
            made = Organization(
                name=target.name,
                slug=target.slug,
                kind=sources[0].kind,
                position=sources[0].position,
                valid_from=row.year,
                skips_approval=skips_approval,
                **{name: getattr(target, name, "") or getattr(sources[0], name) for name in CONTACTS},
            )
            made._change_reason = REASON
            made.save()
            target.organization = made
            target.save()


def _hand_on(leaving: list[Organization], heir: Organization) -> None:
    """Point the ended organizations to the one that stands for them, and give it the seat of the secretariat."""
    for source in leaving:
        source.successor = heir
        source._change_reason = REASON
        source.save()
    if any(source.is_secretariat for source in leaving) and not heir.is_secretariat:
        heir.is_secretariat = True
        heir._change_reason = REASON
        heir.save()


# ---- one thing at a time --------------------------------------------------
def _move(row: Reorganization, item: Item, target: Organization) -> ReorganizationMove | None:
    """Move one item; the line of the record, or None where it stays where it is."""
    if target == item.source:
        return None
    for one in item.rows:
        MOVERS[item.kind](one, target, row.year)
    return ReorganizationMove(
        reorganization=row, kind=item.kind, label=item.label[:200], source=item.source.name, target=target.name
    )


def _move_responsibility(old: Responsibility, target: Organization, year: int) -> None:
    """End the old one and begin the new one; where the plan begins later anyway, only the name changes."""
    twins = Responsibility.objects.filter(
        action=old.action_id, wording=old.wording, organization=target, valid_to=old.valid_to
    )
    begins = old.valid_from or old.action.plan.start_year
    if begins >= year:
        if twins.exists():
            old.delete()
            return
        old.organization = target
        old.save()
        return
    until, old.valid_to = old.valid_to, year - 1
    old.save()
    if not twins.exists():
        Responsibility.objects.create(
            action_id=old.action_id,
            wording=old.wording,
            organization=target,
            position=old.position,
            valid_from=year,
            valid_to=until,
            continues=old,
        )


def _move_person(membership, target: Organization, year: int) -> None:
    if target.memberships.filter(user=membership.user_id, role=membership.role).exists():
        membership.delete()
        return
    membership.organization = target
    membership._change_reason = REASON
    membership.save()


def _move_sheet(sheet: Entry, target: Organization, year: int) -> None:
    """Give the sheet its new owner. Of two sheets for one action the fuller stays and keeps the other's words."""
    twin = (
        Entry.objects.select_for_update()
        .filter(cycle=sheet.cycle_id, action=sheet.action_id, organization=target)
        .first()
    )
    if twin and sheet.has_answers and not twin.has_answers:
        _absorb(sheet, twin)
        twin = None
    if twin:
        _absorb(twin, sheet)
        return
    sheet.organization = target
    sheet._change_reason = REASON
    sheet.save()


def _absorb(kept: Entry, gone: Entry) -> None:
    """Nothing written is lost: what the other sheet said stands in the memo, which is never public."""
    words = [
        f"{field.verbose_name}：{getattr(gone, field.name)}"
        for field in Entry._meta.fields
        if field.name in WORDS and getattr(gone, field.name) not in (None, "")
    ]
    if words:
        heading = f"【統合した{gone.organization}の個票の内容】"
        kept.memo = "\n".join(part for part in (kept.memo, heading, *words) if part)
    kept.version += 1
    kept._change_reason = REASON
    kept.save()
    for inquiry in gone.inquiries.all():
        inquiry.entry = kept
        inquiry.save()
    gone.delete()


WORDS = (
    "planned", "result", "rating", "reason", "issues", "direction", "improvement", "next_plan", "budget", "settlement",
    "memo",
)  # fmt: skip


def _move_indicator(indicator, target: Organization, year: int) -> None:
    indicator.organization = target
    indicator._change_reason = REASON
    indicator.save()


def _move_response(response, target: Organization, year: int) -> None:
    """An answer still asked for. Where the new organization is asked too, one answer is enough."""
    if target.responses.filter(opinion=response.opinion_id).exists():
        if not response.text:
            response.delete()
        return
    response.organization = target
    response._change_reason = REASON
    response.save()


MOVERS = {
    Kind.RESPONSIBILITY: _move_responsibility,
    Kind.PERSON: _move_person,
    Kind.SHEET: _move_sheet,
    Kind.INDICATOR: _move_indicator,
    Kind.RESPONSE: _move_response,
}
