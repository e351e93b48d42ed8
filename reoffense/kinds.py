"""What of this app has a history, for 変更の記録."""

from measures.queries.kinds import Kind
from mine_welfare.toolkit.addresses import address

from .models import Event, Partner

KINDS = (
    Kind(
        "partner",
        "再犯防止の協力者",
        Partner,
        "texts",
        ("name",),
        ("name", "role", "contact", "known_as"),
        lambda row: address("staff:partner", row.pk),
    ),
    Kind(
        "event",
        "行事のお知らせ",
        Event,
        "texts",
        ("title",),
        ("title", "text", "place", "starts_on", "ends_on"),
        lambda row: address("staff:event", row.pk),
    ),
)
