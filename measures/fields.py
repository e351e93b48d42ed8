"""The fields of a sheet (個票): one table for the form, the workbook, the papers and the rules.

A field says whether citizens will read it and when it must be filled. Pure:
the rules look at an entry-like object and ask the database nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

REQUIRED = "必須"
MAX_LENGTH = 10_000  # characters in one field; far above any real answer, far below a flood


def _always(entry: Any) -> str:
    return REQUIRED


def _never(entry: Any) -> str:
    return ""


def _reason(entry: Any) -> str:
    """A low rating, or one lower than last year's, must be explained."""
    if entry.rating is None:
        return ""
    if entry.rating.needs_reason:
        return f"{entry.rating.code} を選んだため必須"
    before = entry.previous.rating if entry.previous else None
    if before is None or before.scale_id != entry.rating.scale_id:
        return ""
    if before.is_rated and entry.rating.is_rated and entry.rating.position > before.position:
        return f"前年度の {before.code} から下がったため必須"
    return ""


def _improvement(entry: Any) -> str:
    if entry.direction is None or not entry.direction.needs_improvement:
        return ""
    return f"「{entry.direction.label}」を選んだため必須"


def _next_plan(entry: Any) -> str:
    return "" if entry.direction is not None and entry.direction.ends_action else REQUIRED


@dataclass(frozen=True)
class Field:
    """One field: `required(entry)` gives the words beside the label, or "" when it may stay empty.

    `guide` is the length in characters the form suggests; `kind` is text,
    choice, money (thousand yen) or flag.
    """

    name: str
    label: str
    kind: str = "text"
    public: bool = True
    guide: int = 0
    help: str = ""
    required: Callable[[Any], str] = _never

    def is_filled(self, entry: Any) -> bool:
        value = getattr(entry, self.name)
        return value is not None and value != "" and value is not False


FIELDS: tuple[Field, ...] = (
    Field("planned", "当該年度の取組予定", guide=200, help="前年度の「次年度の取組予定」が入ります"),
    Field("result", "取組実績", guide=400, help="いつ・だれと・何を・どれだけ行ったかを書きます", required=_always),
    Field("rating", "達成度", kind="choice", required=_always),
    Field(
        "reason", "評価の理由・成果", guide=200, help="そう評価した理由と、前に進んだことを書きます", required=_reason
    ),
    Field("issues", "課題", guide=200),
    Field("direction", "今後の方向性", kind="choice", required=_always),
    Field("improvement", "方向性の内容・改善策", guide=200, help="何をどう変えるかを書きます", required=_improvement),
    Field(
        "next_plan",
        "次年度の取組予定",
        guide=200,
        help="来年度の「当該年度の取組予定」に自動で入ります",
        required=_next_plan,
    ),
    Field("budget", "予算額（千円）", kind="money"),
    Field("settlement", "決算額（千円）", kind="money"),
    Field("no_budget", "予算を伴わない", kind="flag", help="金額を入れずに、この印だけを付けます"),
    Field("memo", "庁内メモ", public=False, help="公表されません。市民の画面にも、委員会の資料にも出ません"),
)
BY_NAME = {field.name: field for field in FIELDS}
PUBLIC = tuple(field for field in FIELDS if field.public)
# What 「前年度から変更なし」 repeats: everything said about the action but money and the inside memo.
REPEATED = ("result", "rating", "reason", "issues", "direction", "improvement", "next_plan")


def has_answers(entry: Any) -> bool:
    """Whether anything was answered this year; the plan carried over from last year is no answer."""
    return any(BY_NAME[name].is_filled(entry) for name in REPEATED)


def missing(entry: Any) -> list[Field]:
    """The fields that keep `entry` from being submitted, in the order of the form."""
    return [field for field in FIELDS if field.required(entry) and not field.is_filled(entry)]
