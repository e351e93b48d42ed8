"""Writes to the partners and events. Keyword-only, atomic, take `by=`, return the object.

Both are read by citizens: every write makes the plan's public text newer.
"""

from django.db import transaction
from django.db.models import Max

from mine_welfare.accounts.models import User
from mine_welfare.toolkit.refusal import Refused
from plans.models import Plan

from .models import Event, Partner
from .permissions import keep_refusal


def _allow(user: User) -> None:
    if sentence := keep_refusal(user):
        raise Refused(sentence)


@transaction.atomic
def keep_partner(*, partner: Partner, plan: Plan, by: User) -> Partner:
    """Save a new or changed partner; a new one stands last."""
    _allow(by)
    if partner.pk is None:
        partner.plan = plan
        partner.position = (plan.partners.aggregate(last=Max("position"))["last"] or 0) + 1
    partner.save()
    plan.touch()
    return partner


@transaction.atomic
def remove_partner(*, partner: Partner, by: User) -> Partner:
    """Take a partner off the list; its history stays."""
    _allow(by)
    partner.delete()
    partner.plan.touch()
    return partner


@transaction.atomic
def keep_event(*, event: Event, plan: Plan, by: User) -> Event:
    """Save a new or changed notice."""
    _allow(by)
    event.plan = plan
    event.save()
    plan.touch()
    return event


@transaction.atomic
def remove_event(*, event: Event, by: User) -> Event:
    """Take a notice back; its history stays."""
    _allow(by)
    event.delete()
    event.plan.touch()
    return event
