"""Tags and filters every template may use; loaded into all of them.

The small parts (icons, badges, bars) are drawn by `toolkit.markup`. What a
page has once or twice (breadcrumb, form field, dialog …) has a template in
`templates/components/`; the gallery at /staff/components/ shows them all.
"""

import datetime
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from mine_welfare.toolkit import chart as charts
from mine_welfare.toolkit import fiscal, markup, richtext, text, typography
from mine_welfare.toolkit.addresses import address_if_any
from mine_welfare.toolkit.diff import compare
from mine_welfare.toolkit.markup import DASH

register = template.Library()
BANNERS = {"info": "info", "ok": "ok", "warn": "warn", "error": "err"}
NUMBER = int | float | Decimal | None
# The level tags of django.contrib.messages, in the banner's words.
LEVELS = {"success": "ok", "warning": "warn", "debug": "info"}

for draw in (
    markup.icon,
    markup.rating,
    markup.cell,
    markup.state,
    markup.state_icon,
    markup.visibility,
    markup.move,
    markup.distribution,
    markup.legend,
    markup.bars,
    markup.meter,
):
    register.simple_tag(draw)
register.filter(markup.number)


def _component(name: str, **context: Any) -> SafeString:
    return SafeString(get_template(f"components/{name}.html").render(context))


# ---- words ------------------------------------------------------------------


def _day(value: datetime.date) -> datetime.date:
    """The calendar day of a date or of a moment, in local time."""
    return timezone.localdate(value) if isinstance(value, datetime.datetime) else value


@register.simple_tag(name="wareki")
def wareki_time(value: datetime.date | None, both: bool = False) -> SafeString | str:
    """`{% wareki plan.changed_at %}`: 令和9年10月15日, with `both` also （2027年）; without a date: —."""
    if not value:
        return DASH
    day = _day(value)
    words = fiscal.wareki_date(day) + (f"（{day.year}年）" if both else "")
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), words)


@register.filter
def wareki(value: datetime.date | None) -> str:
    """`{{ day|wareki }}`: the same without an element, for attributes and sentences."""
    return fiscal.wareki_date(_day(value)) if value else DASH


@register.filter
def short_date(value: datetime.date | None) -> str:
    """`{{ cycle.due_on|short_date }}` → 6月20日（金）."""
    return fiscal.short_date(_day(value)) if value else DASH


@register.filter
def wareki_year(year: int) -> str:
    """`{{ cycle.year|wareki_year }}` → 令和7年度."""
    return fiscal.wareki_year(year)


@register.filter
def wareki_year_both(year: int) -> str:
    """`{{ cycle.year|wareki_year_both }}` → 令和7年度（2025年度）."""
    return fiscal.wareki_year_both(year)


@register.simple_tag
def wareki_span(first: int, last: int) -> str:
    """`{% wareki_span plan.start_year plan.end_year %}` → 令和7〜11年度."""
    return fiscal.wareki_span(first, last)


@register.filter
def paragraphs(value: str) -> SafeString:
    """`{{ measure.introduction|paragraphs }}`: each line of plain text as a `<p>`."""
    return richtext.paragraphs(value)


@register.filter
def names(value: object) -> SafeString:
    """`{{ measure.title|names }}`: a name in 【 】 does not break where it fits into one line."""
    return typography.hold_names(str(value))


@register.filter
def lines(value: object) -> list[str]:
    """`{% for line in item|lines %}`: the lines of its text that say something."""
    return text.lines(str(value))


# ---- parts with a template --------------------------------------------------


@register.simple_tag
def breadcrumb(*trail: str, home: str = "home") -> SafeString:
    """`{% breadcrumb goal.title goal_url measure.title %}`: titles and addresses by turns, the page itself last.

    `home` is the name of the address the trail starts from.
    """
    first = address_if_any(home)
    links = [("ホーム", first)] if first else []
    links += zip(trail[:-1:2], trail[1::2], strict=True)
    return _component("breadcrumb", links=links, current=trail[-1])


def _current(links: Sequence[tuple[str, str, tuple[str, ...]]], path: str) -> str | None:
    """The address `path` lies under: the longest match. One that stands above another matches only itself."""
    found: dict[str, str] = {}
    for url, _, also in links:
        above = any(other != url and other.startswith(url) for other, *_ in links)
        found |= {prefix: url for prefix in (url, *also) if path == prefix or (not above and path.startswith(prefix))}
    return found[max(found, key=len)] if found else None


@register.simple_tag(takes_context=True)
def menu(context: Context, items: Iterable[tuple]) -> SafeString:
    """`{% menu staff_nav %}`: items are (words, name of the address) with the present place marked.

    A third part lists other addresses whose pages belong to the item. Items
    without an address of that name are left out.
    """
    path = context["request"].path
    links = [(address_if_any(name), words, *(also or ((),))) for words, name, *also in items]
    links = [link for link in links if link[0]]
    return markup.menu([(url, words) for url, words, _ in links], _current(links, path), path)


@register.simple_tag
def steps(stages: Iterable[tuple[str, str]], now: int, label: str) -> SafeString:
    """`{% steps stages 2 "令和7年度の進みぐあい" %}`: stages are (name, note); `now` counts from 1."""
    return _component("steps", stages=stages, now=now, label=label)


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: Any) -> dict[str, Any]:
    """`{% pagination page %}`: of a Django `Page`; the other filters of the address stay."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return {"page": page, "numbers": list(numbers), "gap": page.paginator.ELLIPSIS}


@register.simple_tag
def diff(old: str, new: str, old_title: str = "前の版", new_title: str = "いまの版", **notes: str) -> SafeString:
    """`{% diff before after old_note="6月9日" new_note="6月13日" level=3 %}`: two versions side by side."""
    before, after = compare(old, new)
    return _component("diff", before=before, after=after, old_title=old_title, new_title=new_title, **notes)


@register.simple_tag
def data_table(caption: str, head: Sequence[str], rows: Sequence[Sequence], note: str = "") -> SafeString:
    """`{% data_table "相談相手" head rows note="n=663" %}`: numbers to the right, the first cell heads its row."""
    numeric = [
        all(isinstance(value, int | float | Decimal | None) for value in column) for column in zip(*rows, strict=True)
    ]
    columns = [(label, numeric[index] if rows else False) for index, label in enumerate(head)]
    body = [list(zip(row, numeric, strict=True)) for row in rows]
    return _component("data_table", caption=caption, note=note, columns=columns, body=body)


@register.simple_tag
def field(
    bound: BoundField,
    label: str = "",
    help: str = "",
    must: str | None = None,
    visibility: str = "",
    missing: bool = False,
    kind: str = "",
) -> SafeString:
    """`{% field form.result visibility="public" must="必須" help="…" %}`: one field with all that belongs to it.

    `must` is the word beside the label (by default 必須 where the form
    requires an answer), `missing` marks what 提出 still waits for, and
    `kind="grades"` draws a choice of grades with their definitions. A text
    area with a `data-guide` attribute gets a counter.
    """
    attrs = bound.field.widget.attrs
    help_text = help or bound.help_text
    described = [f"{bound.auto_id}_helptext"] if help_text or "data-guide" in attrs else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    return _component(
        "field",
        bound=bound,
        kind=kind or ("chips" if bound.use_fieldset else bound.widget_type),
        label=label or bound.label,
        help=help_text,
        must=("必須" if bound.field.required else "") if must is None else must,
        visibility=visibility,
        missing=missing,
        described=" ".join(described),
        widget=bound.as_widget(attrs={"aria-describedby": " ".join(described)} if described else None),
        counted="data-guide" in attrs,
        count=len(str(bound.value() or "")),
        guide=attrs.get("data-guide"),
    )


@register.simple_tag
def error_summary(form: BaseForm) -> SafeString | str:
    """`{% error_summary form %}`: what to mend, each line a link to its field; nothing without errors."""
    return _component("error_summary", form=form) if form.errors else ""


@register.simple_tag
def chart(
    spec: charts.Chart, files: str = "", level: int = 3, plain: bool = False, link: str = "", query: str = ""
) -> SafeString:
    """`{% chart spec files=url %}`: the whole figure – question, reading, chart, table, notes, downloads, source.

    `files` is the address of its files without the ending (`….svg .png .csv .html`, answered by `chart.answer`);
    without it nothing is offered to save. `query` (`?year=2026`) follows the ending. `plain` leaves out the rule
    above, `link` leads from the title.
    """
    head, rows = charts.table(spec)
    return _component(
        "chart",
        spec=spec,
        files=files,
        query=query,
        level=level,
        plain=plain,
        link=link,
        reading=charts.reading(spec),
        body=charts.body(spec),
        head=head,
        rows=rows,
        notes=charts.notes(spec),
        folded=not isinstance(spec, charts.HeatMap),
    )


@register.simple_tag
def chart_body(spec: charts.Chart) -> SafeString:
    """`{% chart_body spec %}`: only its bars, lines or cells, for a figure with more in it."""
    return charts.body(spec)


@register.simple_tag
def chart_on_paper(spec: charts.Chart) -> SafeString:
    """`{% chart_on_paper spec %}`: its drawing as a vector picture with alternate text, for templates/pdf/.

    Its table follows where a number has no room in the drawing.
    """
    svg, says_all = charts.on_paper(spec)
    head, rows = charts.table(spec)
    context = {"svg": SafeString(svg), "head": head, "rows": [] if says_all else rows}
    return SafeString(get_template("pdf/figures/drawing.html").render(context))


# ---- parts with a body ------------------------------------------------------


@register.simple_block_tag
def scroll(content: str, label: str, wide: bool = False) -> SafeString:
    """`{% scroll "担当課の表" %}<table class="table">…</table>{% endscroll %}`: scrolls sideways, also by keyboard.

    On a wide screen the header row stays in sight instead; `wide` is for a
    table that does not even fit there.
    """
    name = "table-wrap table-wrap--wide" if wide else "table-wrap"
    return format_html('<div class="{}" role="region" aria-label="{}" tabindex="0">{}</div>', name, label, content)


@register.simple_block_tag
def banner(content: str, tone: str, title: str) -> SafeString:
    """`{% banner "warn" "題" %}<p>…</p>{% endbanner %}`: info, ok, warn, error, or a message's level_tag."""
    tone = LEVELS.get(tone, tone)
    return _component("banner", tone=tone, icon_name=BANNERS[tone], title=title, content=content)


@register.simple_block_tag
def figure(content: str, title: str, reading: str = "", level: int = 3, **more: str) -> SafeString:
    """`{% figure "題" "読み取りの1文" source="…" csv=url %}chart and table{% endfigure %}`.

    Also `picture` (address of the SVG), `note` (a line below), `plain` (no rule above).
    """
    return _component("figure", title=title, reading=reading, level=level, content=content, **more)


@register.simple_block_tag
def empty_state(content: str, title: str, icon_name: str = "inbox", level: int = 2) -> SafeString:
    """`{% empty_state "まだありません" %}<p>次にすること</p>{% endempty_state %}`."""
    return _component("empty", title=title, icon_name=icon_name, level=level, content=content)


@register.simple_block_tag
def dialog(content: str, id: str, title: str) -> SafeString:
    """`{% dialog "confirm" "5件を確認します" %}…{% enddialog %}`, opened by `<a href="#confirm" data-dialog>`."""
    return _component("dialog", id=id, title=title, content=content)
