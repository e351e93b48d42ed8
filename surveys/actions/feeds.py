"""An indicator and its source: choosing it, and taking a year's value from it."""

from django.db import transaction

from measures.models import Indicator, IndicatorValue
from mine_welfare.accounts.models import User
from mine_welfare.toolkit.refusal import Refused

from .. import permissions
from ..models import Choice, IndicatorFeed, Item, Series
from ..queries.feeds import readings


@transaction.atomic
def set_feed(
    *,
    indicator: Indicator,
    by: User,
    series: Series | None = None,
    choice: Choice | None = None,
    item: Item | None = None,
) -> IndicatorFeed | None:
    """The source of `indicator`; without series and choice it has none any more. Values already taken stay."""
    if sentence := permissions.change_refusal(by):
        raise Refused(sentence)
    unit = series.unit if series else "%"
    if (series or choice) and unit != indicator.unit:
        raise Refused(
            f"指標の単位は「{indicator.unit}」、選んだ値の単位は「{unit}」です。同じ単位のものを選んでください。"
        )
    if not (series or choice):
        IndicatorFeed.objects.filter(indicator=indicator).delete()
        return None
    feed, _ = IndicatorFeed.objects.update_or_create(
        indicator=indicator, defaults={"series": series, "choice": choice, "item": item}
    )
    return feed


@transaction.atomic
def take_reading(*, feed: IndicatorFeed, year: int, by: User) -> IndicatorValue:
    """The source's value of `year` becomes the actual of that fiscal year; one that is there must be the same."""
    if sentence := permissions.change_refusal(by):
        raise Refused(sentence)
    plan = feed.indicator.measure.plan
    reading = next((one for one in readings([feed], plan).get(feed.pk, []) if one.year == year), None)
    if reading is None:
        raise Refused(f"{feed}には、{year}年の値がありません。")
    value, _ = IndicatorValue.objects.select_for_update().get_or_create(indicator=feed.indicator, year=year)
    if value.actual not in (None, reading.value):
        raise Refused("この年度には、違う実績値がすでに入っています。先に、その値を確かめてください。")
    value.actual, value.reason = reading.value, ""
    value.save()
    plan.touch()
    return value
