"""What differs between a row and what a person sent: cleaned, checked, and told when somebody was faster."""

from collections.abc import Mapping

from django.db import models

from mine_welfare.toolkit.refusal import Refused
from mine_welfare.toolkit.text import clean

from ..fields import MAX_LENGTH
from ..models import Direction, Grade, Scale

LONGEST_REASON = 100  # what the history has room for


class Overtaken(Exception):
    """Somebody saved in between. Nothing was written; `row` is what stands now."""

    def __init__(self, row: models.Model):
        self.row = row
        super().__init__("ほかの人が先に保存しました。")


def differing(row: models.Model, values: dict, labels: Mapping[str, str], scale: Scale) -> dict:
    """{field: new value} of what really changes; fields without a label and floods of text are refused."""
    changes = {}
    for name, value in values.items():
        if name not in labels:
            raise Refused(f"「{name}」という項目はありません。")
        if isinstance(value, str):
            value = long_text(value, labels[name])
        if isinstance(value, Grade | Direction) and value.scale_id != scale.pk:
            raise Refused(f"「{labels[name]}」は、この年度の基準から選んでください。")
        if getattr(row, name) != value:
            changes[name] = value
    return changes


def long_text(text: str, label: str) -> str:
    """`text` without control characters and white space around it; refused above what a field holds."""
    text = clean(text).strip()
    if len(text) > MAX_LENGTH:
        raise Refused(f"「{label}」は{MAX_LENGTH:,}字までです。")
    return text


def reason_for(what: str, reason: str) -> str:
    """The reason a step asks for, cleaned; refused when it is missing or longer than the record holds."""
    reason = clean(reason).strip()
    if not reason:
        raise Refused(f"{what}には、理由が必要です。")
    if len(reason) > LONGEST_REASON:
        raise Refused(f"理由は{LONGEST_REASON}字までです。")
    return reason
