"""The body text of a document: a small, safe part of Markdown.

Paragraphs, headings (`###`), lists, tables, and figures written as an image
whose address says what to draw:

    ![人口の推移](series:population "資料：住民基本台帳")

HTML, links, emphasis and everything else is ordinary text: Japanese official
writing needs none of it, and nothing a person types can become markup.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token


@dataclass(frozen=True)
class Figure:
    """A figure line: what to draw (`scheme:ref`), its caption and its source line."""

    caption: str
    scheme: str
    ref: str
    source: str


FigureRenderer = Callable[[Figure], str]
TAGS = {"p", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "h3", "h4", "h5", "h6", "br", "div"}


@lru_cache
def _parser() -> MarkdownIt:
    # A line end typed in Japanese text means a new line, not a space between words.
    parser = MarkdownIt("zero", {"breaks": True}).enable(["heading", "list", "table", "image", "newline"])
    # The default refuses unknown schemes; ours are names of figures, never fetched.
    parser.validateLink = lambda url: bool(re.fullmatch(r"[a-z-]+:[\w,.-]*", url))  # type: ignore[method-assign]
    return parser


def _figure(token: Token) -> Figure | None:
    """The figure of a paragraph that holds nothing but one image."""
    children = token.children or []
    if len(children) != 1 or children[0].type != "image":
        return None
    scheme, _, ref = str(children[0].attrs["src"]).partition(":")
    return Figure(children[0].content, scheme, ref, str(children[0].attrs.get("title", "")))


def _blocks(body: str) -> Iterator[Figure | list[Token]]:
    """Figures and the runs of tokens between them, in order."""
    run: list[Token] = []
    tokens = _parser().parse(body)
    index = 0
    while index < len(tokens):
        figure = _figure(tokens[index + 1]) if tokens[index].type == "paragraph_open" else None
        if figure:
            if run:
                yield run
            yield figure
            run, index = [], index + 3
        else:
            run.append(tokens[index])
            index += 1
    if run:
        yield run


def render(body: str, figure: FigureRenderer, heading_level: int = 3) -> SafeString:
    """`body` as HTML; `figure` draws each figure line and returns safe HTML.

    `heading_level` is the level `###` becomes, so that text keeps its place in
    the page's outline.
    """
    parser = _parser()
    parts = []
    for block in _blocks(body):
        if isinstance(block, Figure):
            parts.append(figure(block))
            continue
        for token in block:
            if token.type in ("heading_open", "heading_close"):
                token.tag = f"h{min(6, int(token.tag[1]) - 3 + heading_level)}"
        html = parser.renderer.render(block, parser.options, {})
        html = nh3.clean(html, tags=TAGS, attributes={}, url_schemes=set())
        parts.append(
            html.replace("<table>", '<div class="table-wrap" tabindex="0"><table class="table">')
            .replace("</table>", "</table></div>")
            .replace("<th>", '<th scope="col">')
        )
    return mark_safe("".join(parts))  # noqa: S308 - every part is sanitised above or drawn by our own renderer


def plain(body: str) -> list[str]:
    """The text of `body`, block by block, for search and for checks; figures give caption and source."""
    found = []
    for block in _blocks(body):
        if isinstance(block, Figure):
            found += [text for text in (block.caption, block.source) if text]
        else:
            found += [token.content for token in block if token.type == "inline" and token.content]
    return found


def figures(body: str) -> list[Figure]:
    """The figure lines of `body`."""
    return [block for block in _blocks(body) if isinstance(block, Figure)]


def paragraphs(text: str) -> SafeString:
    """Plain text, one paragraph a line, as `<p>` elements."""
    lines = (line.strip() for line in text.splitlines())
    return mark_safe("".join(f"<p>{escape(line)}</p>" for line in lines if line))  # noqa: S308 - escaped above
