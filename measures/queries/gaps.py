"""記入の不足: which sheets of a year lack what, as filters of the list and as one table of counts."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, TextChoices, Value, When

from mine_welfare.accounts.models import Membership, Organization
from mine_welfare.accounts.roles import Role

from ..models import Cycle, Entry, Indicator, IndicatorValue


class Gap(TextChoices):
    """What a sheet may lack. The words head the columns of the table."""

    RATING = "rating", "達成度がない"
    DIRECTION = "direction", "方向性がない"
    REASON = "reason", "評価の理由がない"
    OWNER = "owner", "書く人がいない"
    INDICATOR = "indicator", "指標の実績値がない"
    SAME = "same", "実績が2年続けて同じ"

    @property
    def explanation(self) -> str:
        return EXPLANATIONS[self]


EXPLANATIONS = {
    Gap.RATING: "達成度を選んでいない個票です。",
    Gap.DIRECTION: "今後の方向性を選んでいない個票です。",
    Gap.REASON: "理由の要る達成度、または前年度から下がった達成度で、「評価の理由・成果」が空欄の個票です。",
    Gap.OWNER: "担当の課・団体に、担当者も課長も登録されていない個票です。",
    Gap.INDICATOR: "その課・団体が記入する目標指標に、この年度の実績値も、値なしの理由もない個票です。",
    Gap.SAME: "「取組実績」が、前年度とも前々年度とも一字一句同じ個票です。",
}


def with_gap(entries: QuerySet, gap: str, cycle: Cycle) -> QuerySet:
    """The sheets of `cycle` among `entries` that lack `gap`."""
    return entries.filter(_lacks(cycle)[Gap(gap)])


def _lacks(cycle: Cycle) -> dict[Gap, Q]:
    """{gap: condition}; the conditions are the rules of `fields`, said in SQL."""
    before, last = _earlier(cycle, 1), _earlier(cycle, 2)
    fell = Exists(
        before.filter(
            rating__scale=OuterRef("rating__scale"),
            rating__is_rated=True,
            rating__position__lt=OuterRef("rating__position"),
        )
    )
    return {
        Gap.RATING: Q(rating__isnull=True),
        Gap.DIRECTION: Q(direction__isnull=True),
        Gap.REASON: Q(reason="") & (Q(rating__needs_reason=True) | (Q(rating__is_rated=True) & Q(fell))),
        Gap.OWNER: ~Q(Exists(_writers(OuterRef("organization")))),
        Gap.INDICATOR: Q(Exists(_unfilled(cycle))),
        Gap.SAME: ~Q(result="")
        & Q(Exists(before.filter(result=OuterRef("result"))))
        & Q(Exists(last.filter(result=OuterRef("result")))),
    }


def _earlier(cycle: Cycle, years: int) -> QuerySet:
    """The sheet of the same action and organization, `years` before."""
    return Entry.objects.filter(
        cycle__plan=cycle.plan_id,
        cycle__year=cycle.year - years,
        action=OuterRef("action"),
        organization=OuterRef("organization"),
    )


def _writers(organization) -> QuerySet:
    return Membership.objects.filter(
        organization=organization, user__is_active=True, role__in=[Role.WRITER, Role.APPROVER]
    )


def _unfilled(cycle: Cycle) -> QuerySet:
    """Indicators of the sheet's measure that its organization has left without value and reason."""
    told = IndicatorValue.objects.filter(indicator=OuterRef("pk"), year=cycle.year).exclude(
        actual__isnull=True, reason=""
    )
    rows = Indicator.objects.in_year(cycle.year).exclude(Exists(told))
    return rows.filter(measure=OuterRef("action__measure"), organization=OuterRef("organization"))


@dataclass
class GapRow:
    """One organization's numbers, in the order of `Gap`."""

    organization: Organization
    counts: Counter

    @property
    def cells(self) -> list[tuple[Gap, int]]:
        return [(gap, self.counts[gap]) for gap in Gap]

    @property
    def is_complete(self) -> bool:
        return not self.counts


def gap_rows(cycle: Cycle) -> list[GapRow]:
    """How many sheets of each organization lack what, those that lack most first. Two queries."""
    lacks = {
        f"lacks_{gap}": Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())
        for gap, condition in _lacks(cycle).items()
    }
    counts: dict[int, Counter] = {}
    rows = cycle.entries.order_by().annotate(**lacks).values_list("organization", *lacks)
    for organization, *flags in rows:
        counts.setdefault(organization, Counter()).update(gap for gap, flag in zip(Gap, flags, strict=True) if flag)
    organizations = Organization.objects.filter(pk__in=counts)
    found = [GapRow(organization, counts[organization.pk]) for organization in organizations]
    return sorted(found, key=lambda row: (-row.counts.total(), row.organization.position, row.organization.pk))
