"""The rows behind a number of the dashboard: one address parameter for each way it counts.

The dashboard links its cells with `address_of`, the list of sheets reads the
same parameters with `sliced` and says in `words` which rows it shows.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from mine_welfare.toolkit.addresses import address

from ..models import Cycle
from .structure import ANSWERED

# parameter → lookup from Entry. Unknown values find nothing, which the list says in words.
LOOKUPS = {
    "policy": "",
    "measure": "action__measure__code",
    "side": "action__actor__code",
    "component": "action__components__code",
    "rating": "rating__code",
    "direction": "direction__code",
    "answer": "",
}
NOT_RATED = "none"
ANSWERS = {"intime": "締切内に提出", "late": "締切後に提出", "unanswered": "未回答のまま締切", "open": "提出前"}
LABELS = {
    "policy": "基本施策",
    "measure": "施策",
    "side": "担い手",
    "component": "構成計画",
    "rating": "達成度",
    "direction": "今後の方向性",
}


def address_of(cycle: Cycle, **wanted: object) -> str:
    """The list of the sheets of `cycle` that a cell counts."""
    given = {name: value for name, value in wanted.items() if value not in ("", None)}
    return f"{address('staff:entries')}?{urlencode({'year': cycle.year, **given})}"


def sliced(entries: QuerySet, given: Mapping[str, str]) -> QuerySet:
    """`entries` narrowed by the parameters of the address; what is not one of them is left alone."""
    for name, lookup in LOOKUPS.items():
        value = given.get(name, "")
        if not value:
            continue
        if name == "answer":
            entries = entries.filter(_answer(value))
        elif name == "rating" and value == NOT_RATED:
            entries = entries.filter(~Q(state__in=ANSWERED) | Q(rating__isnull=True))
        elif name == "policy":
            goal, _, number = value.partition("-")
            found = Q(action__measure__policy__goal__number=goal, action__measure__policy__number=number)
            entries = entries.filter(found) if goal.isdecimal() and number.isdecimal() else entries.none()
        else:
            entries = entries.filter(**{lookup: value})
            # What is not confirmed yet is counted as not rated, whatever its draft says.
            entries = entries.filter(state__in=ANSWERED) if name in ("rating", "direction") else entries
    return entries


def _answer(value: str) -> Q:
    rules = {
        "unanswered": Q(closed_unanswered=True, submitted_at__isnull=True),
        "late": Q(submitted_at__isnull=False, is_late=True),
        "intime": Q(submitted_at__isnull=False, is_late=False),
        "open": Q(submitted_at__isnull=True, closed_unanswered=False),
    }
    return rules.get(value, Q(pk__in=[]))


def words(given: Mapping[str, str], cycle: Cycle) -> list[str]:
    """What the parameters say, for the head of the list: 「施策 1-1-1」「達成度 C」."""
    found = []
    for name in LOOKUPS:
        value = given.get(name, "")
        if not value:
            continue
        if name == "answer":
            found.append(ANSWERS.get(value, value))
        elif name == "rating" and value == NOT_RATED:
            found.append("未回答（事務局の確認前を含む）")
        else:
            found.append(_named(name, value, cycle))
    return found


def _named(name: str, value: str, cycle: Cycle) -> str:
    rows = {
        "side": cycle.plan.actors,
        "component": cycle.plan.components,
        "direction": cycle.scale.directions,
    }
    row = rows[name].filter(code=value).first() if name in rows else None
    return f"{LABELS[name]} {row or value}"
