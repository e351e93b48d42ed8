"""公開する計画: the public side turns to the next plan, and back while nothing of it has begun."""

from django.db import transaction

from mine_welfare.accounts.models import User
from mine_welfare.toolkit.refusal import Refused
from mine_welfare.toolkit.text import clean
from plans.actions import LONGEST_REASON
from plans.models import Plan
from plans.permissions import switch_refusal

from ..queries.currentplan import readiness

STALE = "公開している計画が、ほかの人の操作で変わりました。画面を確かめてください。"


@transaction.atomic
def make_current(*, plan: Plan, old: Plan, is_final: bool, reason: str, by: User) -> Plan:
    """Citizens see `plan` at the permanent addresses from now on; `old` is the one they saw when `by` looked."""
    reason = _allow(by, reason)
    old, plan = _locked(old, plan)
    if not old.is_current or plan.is_current:
        raise Refused(STALE)
    if plan.predecessor_id not in (None, old.pk) or plan.successors.exists():
        raise Refused(f"「{plan}」は、「{old}」の次の計画ではありません。")
    if refusals := readiness(plan, old).refusals:
        raise Refused("".join(refusals))
    plan.predecessor = old
    plan.status = Plan.Status.FINAL if is_final else Plan.Status.DRAFT
    _turn(old, plan, reason)
    return plan


@transaction.atomic
def return_to_former(*, plan: Plan, reason: str, by: User) -> Plan:
    """Take `plan` back, as a draft, and show the one before it again; only before its first year is prepared."""
    reason = _allow(by, reason)
    if plan.predecessor is None:
        raise Refused("前の計画がありません。")
    plan, old = _locked(plan, plan.predecessor)
    if not plan.is_current:
        raise Refused(STALE)
    if plan.cycles.exists():
        raise Refused(f"「{plan}」の年度の評価を、もう用意しています。前の計画には戻せません。")
    plan.status = Plan.Status.DRAFT
    _turn(plan, old, reason)
    return old


def _allow(user: User, reason: str) -> str:
    if sentence := switch_refusal(user):
        raise Refused(sentence)
    reason = clean(reason).strip()
    if not reason:
        raise Refused("公開する計画を切り替える理由を入力してください。")
    if len(reason) > LONGEST_REASON:
        raise Refused(f"理由は{LONGEST_REASON}字までです。")
    return reason


def _locked(*plans: Plan) -> list[Plan]:
    """The plans as they stand, in this order; locked by their key, so that two switches cannot block each other."""
    rows = {
        row.pk: row
        for row in Plan.objects.select_for_update().filter(pk__in=[plan.pk for plan in plans]).order_by("pk")
    }
    return [rows[plan.pk] for plan in plans]


def _turn(gone: Plan, come: Plan, reason: str) -> None:
    """One after the other: the database holds a single current plan at any moment."""
    gone.is_current, come.is_current = False, True
    for plan in (gone, come):
        plan._change_reason = reason
        plan.save()
        plan.touch()
