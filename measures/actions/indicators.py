"""目標指標: set, changed, ended; and its values by year. A target that is there changes only with a reason."""

from decimal import Decimal

from django.db import transaction
from django.db.models import Max

from mine_welfare.accounts.models import User
from mine_welfare.toolkit.fiscal import wareki_year
from mine_welfare.toolkit.refusal import Refused
from mine_welfare.toolkit.text import clean
from plans.models import Plan

from ..models import Indicator, IndicatorValue, Measure
from ..permissions import indicator_refusal

# What the form gives; the rest follows from it.
FIELDS = (
    "name", "unit", "kind", "trend", "organization", "baseline", "baseline_year", "target", "target_year", "source",
)  # fmt: skip
PERCENT = ("%", "％")


@transaction.atomic
def add_indicator(*, plan: Plan, measure: Measure, by: User, **values: object) -> Indicator:
    """A new indicator at the end of its measure."""
    _allow(by)
    if measure.plan_id != plan.pk:
        raise Refused("この計画の施策から選んでください。")
    last = measure.indicators.aggregate(Max("position"))["position__max"] or 0
    # Those that were taken away keep their numbers.
    taken = set(Indicator.history.filter(measure=measure).values_list("code", flat=True))
    number = next(number for number in range(1, len(taken) + 2) if f"K{number:02}" not in taken)
    row = Indicator(measure=measure, code=f"K{number:02}", position=last + 1)
    return _write(row, plan, values)


@transaction.atomic
def change_indicator(*, indicator: Indicator, by: User, why: str = "", **values: object) -> Indicator:
    """Change what it says. `why` is needed where a target that is set becomes another."""
    _allow(by)
    row = _standing(indicator)
    was = (row.target, row.target_year)
    if row.target is not None and was != (values["target"], values["target_year"]) and not why.strip():
        raise Refused("目標値を変えるときは、変える理由を書いてください。前の目標値は、変更の記録に残ります。")
    if row.unit != values["unit"] and (row.values.exists() or hasattr(row, "feed")):
        raise Refused("実績値か出どころのある指標の単位は、変えられません。新しい指標を加えてください。")
    row._change_reason = clean(why).strip()[:100] or None
    return _write(row, row.measure.plan, values)


@transaction.atomic
def end_indicator(*, indicator: Indicator, last_year: int | None, why: str, by: User) -> Indicator:
    """Measure it for the last time in `last_year`; None takes the end back. Its values stay."""
    _allow(by)
    row = _standing(indicator)
    plan = row.measure.plan
    if not why.strip():
        raise Refused("理由を書いてください。")
    if last_year is not None and last_year not in plan.years:
        raise Refused(f"最後の年度は、計画の期間（{_period(plan)}）から選んでください。")
    if last_year is not None and row.values.filter(year__gt=last_year, actual__isnull=False).exists():
        raise Refused(f"{wareki_year(last_year)}より後の実績値があります。最後の年度を確かめてください。")
    row.last_year, row._change_reason = last_year, clean(why).strip()[:100]
    row.save()
    plan.touch()
    return row


@transaction.atomic
def remove_indicator(*, indicator: Indicator, by: User) -> None:
    """Take away what was set by mistake. One with values is ended instead."""
    _allow(by)
    row = _standing(indicator)
    if row.values.exists():
        raise Refused("年度ごとの値がある指標は、消せません。最後の年度を決めてください。")
    plan = row.measure.plan
    row.delete()
    plan.touch()


@transaction.atomic
def save_value(
    *, indicator: Indicator, year: int, actual: Decimal | None, target: Decimal | None, reason: str, why: str, by: User
) -> IndicatorValue:
    """The actual and the target of one year. Numbers that are there change only with `why`."""
    _allow(by)
    row = _standing(indicator)
    plan = row.measure.plan
    if year not in plan.years or not row.is_measured_in(year):
        raise Refused(f"この指標の年度（{_period(plan, row.last_year)}）から選んでください。")
    reason, why = clean(reason).strip(), clean(why).strip()
    if actual is None and target is None and not reason:
        raise Refused("実績値、目標値、値がない理由のどれかを書いてください。")
    if actual is not None and reason:
        raise Refused("実績値があるときは、「値がない理由」を空欄にしてください。")
    _check_numbers(row.unit, actual, target)
    value = row.values.filter(year=year).first() or IndicatorValue(indicator=row, year=year)
    before, after = (value.actual, value.target), (actual, target)
    if any(old not in (None, new) for old, new in zip(before, after, strict=True)) and not why:
        raise Refused("入っている値を変えるときは、変える理由を書いてください。前の値は、変更の記録に残ります。")
    value.actual, value.target, value.reason = actual, target, reason
    value._change_reason = why[:100] or None
    value.save()
    plan.touch()
    return value


def _write(row: Indicator, plan: Plan, values: dict) -> Indicator:
    """Check and save: what an indicator says must be readable years later."""
    for name in FIELDS:
        given = values[name]
        setattr(row, name, clean(given).strip() if isinstance(given, str) else given)
    if not row.name or not row.unit:
        raise Refused("指標と単位を書いてください。")
    if (row.target is None) != (row.target_year is None):
        raise Refused("目標値と目標の年度は、両方書くか、両方空欄にしてください。")
    if row.target_year is not None and row.target_year not in plan.years:
        raise Refused(f"目標の年度は、計画の期間（{_period(plan)}）の年度にしてください。")
    if row.baseline is not None and not row.baseline_year:
        raise Refused("基準値がいつの値かを、「基準の時点」に書いてください。")
    _check_numbers(row.unit, row.baseline, row.target)
    row.save()
    plan.touch()
    return row


def _check_numbers(unit: str, *numbers: Decimal | None) -> None:
    if unit in PERCENT and any(number is not None and not 0 <= number <= 100 for number in numbers):
        raise Refused("割合は0から100までです。")


def _period(plan: Plan, last_year: int | None = None) -> str:
    return f"{wareki_year(plan.start_year)}から{wareki_year(last_year or plan.end_year)}まで"


def _allow(user: User) -> None:
    if sentence := indicator_refusal(user):
        raise Refused(sentence)


def _standing(indicator: Indicator) -> Indicator:
    rows = Indicator.objects.select_for_update(of=("self",)).select_related("measure__plan")
    row = rows.filter(pk=indicator.pk).first()
    if row is None:
        raise Refused("この指標は、もう消されています。")
    return row
