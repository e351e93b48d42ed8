"""What of this app has a history, for 変更の記録.

What comes out of files (設問, 集計値, 値) is mended by sending the file again:
no version of a single number is brought back here.
"""

from measures.queries.kinds import Kind
from mine_welfare.toolkit.addresses import address

from .models import IndicatorFeed, Point, Question, Series, Survey, Tally

# Who reads raw counts may read what they were: `permissions.READERS`.
GROUP = "committee"
KINDS = (
    Kind(
        "survey",
        "調査",
        Survey,
        GROUP,
        ("title",),
        ("title", "target", "period", "distribution", "collection", "note"),
        lambda row: address("staff:survey", row.slug),
    ),
    Kind(
        "question",
        "調査の設問",
        Question,
        GROUP,
        ("code", "text"),
        page=lambda row: address("staff:survey", row.survey.slug),
    ),
    Kind(
        "tally",
        "調査の集計値",
        Tally,
        GROUP,
        ("question__code", "item__label", "choice__label", "label"),
        page=lambda row: address("staff:survey", row.question.survey.slug),
    ),
    Kind(
        "series",
        "統計",
        Series,
        GROUP,
        ("title",),
        ("theme", "title", "unit", "as_of", "source", "note"),
        lambda row: address("staff:series", row.code),
    ),
    Kind(
        "point",
        "統計の値",
        Point,
        GROUP,
        ("series__title", "year"),
        page=lambda row: address("staff:series", row.series.code),
    ),
    Kind(
        "indicator-feed",
        "指標の出どころ",
        IndicatorFeed,
        GROUP,
        ("indicator__name",),
        page=lambda row: address("staff:indicator-feeds"),
    ),
)
