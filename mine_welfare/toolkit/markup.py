"""Small parts of a page as strings of HTML: icons, badges, bars.

Without templates, because a list of 230 rows draws a thousand of them. The
tags of `templatetags.ui` have the same names. Nothing here knows the city's
models: a grade is anything with `code label short_label mark tone`, a state is
an enum member.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

DASH = "—"

# Outline and icon of a state, by the value of its enum; the word comes with the enum.
STATES = {
    "empty": ("todo", "todo"),
    "draft": ("draft", "pen"),
    "returned": ("back", "undo"),
    "submitted": ("sent", "send"),
    "approved": ("ok", "check"),
    "accepted": ("ok", "checks"),
    "fixed": ("fixed", "lock"),
    "late": ("late", "clock"),
    "unset": ("todo", "todo"),
    "asked": ("todo", "todo"),
    "answered": ("sent", "send"),
    "first": ("draft", "pen"),
    "second": ("sent", "check"),
    "complete": ("ok", "checks"),
    "done": ("ok", "checks"),
    "planned": ("ok", "check"),
    "noted": ("sent", "info"),
    "hard": ("todo", "stop"),
}
VISIBILITY = {"public": ("公開", "eye"), "inside": ("庁内", "lock")}
MOVES = {"rise": "上がった", "fall": "下がった", "same": "同じ"}

# (tone, label, count): one segment of a bar, in the order drawn. Tones are the f-… classes of components.css.
Segment = tuple[str, str, int]


def number(value: float | Decimal | None) -> str:
    """`{{ 1346|number }}` → 1,346; 44.200 → 44.2; None → — (blank is not 0)."""
    if value is None or value == "":
        return DASH
    shown = f"{Decimal(str(value)):,f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


# ---- icons and badges -------------------------------------------------------


@cache
def _sprite() -> str:
    return static("icons.svg")


@cache
def icon(name: str) -> SafeString:
    """`{% icon "search" %}`: a drawing beside a word; the word says what it means."""
    return format_html('<svg class="i" aria-hidden="true"><use href="{}#i-{}"/></svg>', _sprite(), name)


@lru_cache(maxsize=512)
def _rating(code: str, label: str, mark: str, tone: str) -> SafeString:
    html = '<span class="rate rate--{}"><b>{}</b><span>{}{}</span></span>'
    return format_html(html, tone, code, icon(mark), label)


def rating(grade: Any, short: bool = False) -> SafeString:
    """`{% rating entry.rating %}`: letter, mark and word. Without a grade: 未評価."""
    if not grade:
        return format_html('<span class="rate rate--none"><span>{} 未評価</span></span>', DASH)
    return _rating(grade.code, grade.short_label if short else grade.label, grade.mark, grade.tone)


@lru_cache(maxsize=512)
def _cell(code: str, label: str, mark: str, tone: str) -> SafeString:
    html = '<span class="cell cell--{}">{}{}<span class="sr">{}</span></span>'
    return format_html(html, tone, code, icon(mark), label)


def cell(grade: Any, empty: str = "未評価") -> SafeString:
    """`{% cell review.first_rating %}`: a grade in a heat map. `empty` is read aloud where there is none."""
    if not grade:
        return format_html('<span class="cell cell--none">{}<span class="sr">{}</span></span>', DASH, empty)
    return _cell(grade.code, grade.label, grade.mark, grade.tone)


@lru_cache(maxsize=512)
def _state(value: str, label: str) -> SafeString:
    tone, name = STATES.get(value, ("plain", ""))
    return format_html('<span class="state state--{}">{}{}</span>', tone, icon(name) if name else "", label)


def state(value: Any, label: str = "") -> SafeString:
    """`{% state entry.stage %}`, or with the words given: `{% state "late" "締切超過" %}`."""
    return _state(str(value), str(label or getattr(value, "label", value)))


@cache
def state_icon(value: Any) -> SafeString | str:
    """`{% state_icon state %}`: the drawing of a state alone, for the head of a column that says its word."""
    _, name = STATES.get(str(value), ("", ""))
    return icon(name) if name else ""


@cache
def visibility(kind: str) -> SafeString:
    """`{% visibility "public" %}`: 公開, or 庁内 for "inside"."""
    word, name = VISIBILITY[kind]
    return format_html('<span class="vis vis--{}">{}{}</span>', kind, icon(name), word)


@cache
def move(kind: str) -> SafeString:
    """`{% move "rise" %}`: 上がった (rise), 下がった (fall), 同じ (same) as last year."""
    return format_html('<span class="move move--{}">{}{}</span>', kind, icon(kind), MOVES[kind])


# ---- the menu ---------------------------------------------------------------


def menu(links: Iterable[tuple[str, str]], current: str | None, path: str) -> SafeString:
    """A list of links (address, words); `current` is the one the page lies under, `path` the page's own address.

    Drawn three times on every page.
    """
    marks = {True: SafeString(' aria-current="page"'), False: SafeString(' aria-current="true"')}
    items = ((url, marks[url == path] if url == current else "", words) for url, words in links)
    return format_html('<ul class="menu">{}</ul>', format_html_join("", '<li><a href="{}"{}>{}</a></li>', items))


# ---- bars -------------------------------------------------------------------


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.2f}%" if whole else "0%"


def _segments(segments: Sequence[Segment], total: int, height: int) -> SafeString:
    """Rectangles side by side, half a pixel inside so that their outline is sharp."""
    rects, left = [], 0
    for tone, _, count in segments:
        if count:
            rects.append((tone, _percent(left, total), _percent(count, total), height - 1))
        left += count
    return format_html_join("", '<rect class="f-{}" x="{}" y=".5" width="{}" height="{}"/>', rects)


def distribution(segments: Sequence[Segment], title: str = "", thick: bool = False, unit: str = "件") -> SafeString:
    """`{% distribution goal.segments "基本目標1の達成度" %}`: how many of each, as one bar with its n in words."""
    total = sum(count for _, _, count in segments)
    height = 22 if thick else 16
    counts = "、".join(f"{label} {count}{unit}" for _, label, count in segments if count)
    words = f"{title}。" if title else ""
    words += f"{counts}。合計{total}{unit}" if total else "まだありません"
    rects = _segments(segments, total, height) if total else _segments([("0", "", 1)], 1, height)
    html = '<div class="dist"><svg width="100%" height="{}" role="img" aria-label="{}">{}</svg></div>'
    return format_html(html, height, words, rects)


def legend(segments: Sequence[Segment], counts: bool = False) -> SafeString:
    """`{% legend segments counts=True %}`: what the patterns of a bar mean."""
    swatch = (
        '<li><svg width="14" height="14" aria-hidden="true">'
        '<rect class="f-{}" x=".5" y=".5" width="13" height="13"/></svg>{}{}</li>'
    )
    items = ((tone, label, format_html(" <b>{}</b>", count) if counts else "") for tone, label, count in segments)
    return format_html('<ul class="legend">{}</ul>', format_html_join("", swatch, items))


def _value(value: float | Decimal, unit: str) -> str:
    """Shares keep their decimal, so that 38.0 and 36.7 stand under each other."""
    return f"{value:.1f}" if unit == "%" and not isinstance(value, int) else number(value)


def bars(rows: Sequence[tuple], maximum: float = 100, unit: str = "%") -> SafeString:
    """`{% bars rows %}`: one bar a row of (tone, label, value) or (tone, label, value, mark).

    The value is a number in `unit`; None means that no number is known, which
    is said in words and drawn as nothing. `mark` (※) follows the unit, or
    stands in the place of a number that is not known.
    """
    html = '<li><span>{}</span><svg width="100%" height="26" aria-hidden="true">{}</svg><span class="v">{}</span></li>'
    bar = '<rect class="f-{}" x="0" y="2" width="{}" height="22"/>'
    drawn = []
    for tone, label, value, *mark in rows:
        if value is None:
            drawn.append((label, "", format_html("<small>{}</small>", "".join(mark) or "数値なし")))
        else:
            rect = format_html(bar, tone, _percent(float(value), maximum))
            drawn.append((label, rect, format_html("{}<small>{}{}</small>", _value(value, unit), unit, "".join(mark))))
    return format_html('<ul class="bars">{}</ul>', format_html_join("", html, drawn))


def meter(done: int, total: int, label: str, unit: str = "件", compact: bool = False) -> SafeString:
    """`{% meter 2 9 "提出済" %}`: how much of a whole is done; `compact` leaves only 2/9 beside the bar."""
    shown = f"{done}/{total}" if compact else format_html("{} <b>{}</b> / {}{}", label, done, total, unit)
    html = (
        '<div class="meter"><svg width="100%" height="{}" role="img" aria-label="{}">'
        '<rect width="{}" height="100%"/></svg><span aria-hidden="true">{}</span></div>'
    )
    words = f"{total}{unit}のうち{done}{unit}が{label}"
    return format_html(html, 12 if compact else 14, words, _percent(done, total), shown)
