"""What matplotlib writes as SVG, made fit to be served, embedded in papers and read aloud."""

import re

from django.utils.html import format_html

_HEAD = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_STYLE = re.compile(r' style="([^"]*)"')
_SIZE = re.compile(r"(<svg[^>]*?)>", re.DOTALL)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>|\s*<!--.*?-->", re.DOTALL)
_SHEET = re.compile(r'\s*<style type="text/css">\*\{([^}]*)\}</style>')
_GROUND = re.compile(r'\s*<g id="patch_1">.*?</g>', re.DOTALL)
_DESCRIPTION = re.compile(r"<desc.*?</desc>| aria-labelledby=\"[^\"]*\"", re.DOTALL)
_CALLED = re.compile(r"#([\w-]+)")
_NAMED = re.compile(r' id="([^"]*)"')
_FONT = re.compile(r"(?:(bold|\d+) )?([\d.]+)px (.+)")


def standalone(svg: str, title: str, description: str) -> str:
    """The picture with title and description, and with attributes in the place of styles.

    Style attributes and sheets are what a strict Content-Security-Policy takes
    away when the file is opened in the browser; attributes stay.
    """
    svg = _METADATA.sub("", _HEAD.sub("", svg))
    shared = _SHEET.search(svg)
    svg = _SHEET.sub("", svg)
    svg = _STYLE.sub(lambda found: _attributes(found[1]), svg)
    words = format_html('<title id="chart-title">{}</title><desc id="chart-desc">{}</desc>', title, description)
    opening = (
        f' role="img" aria-labelledby="chart-title chart-desc" lang="ja"{_attributes(shared[1]) if shared else ""}>'
    )
    svg = _SIZE.sub(lambda found: f"{found[1]}{opening}\n {words}", svg, count=1)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{svg}'


def inline(svg: str, words: str) -> str:
    """The picture to stand inside a page of HTML among others; its title, `words`, becomes the alternate text.

    No white background, and no names but those its own patterns are called by:
    names are shared by all the page.
    """
    whole = _GROUND.sub("", standalone(svg, words, ""), count=1)
    called = set(_CALLED.findall(whole))
    whole = _DESCRIPTION.sub("", whole[whole.index("<svg") :])
    return _NAMED.sub(lambda found: found[0] if found[1] in called else "", whole)


def _attributes(style: str) -> str:
    """`fill: #000; font: bold 12px 'X'` as attributes."""
    found: dict[str, str] = {}
    for part in style.split(";"):
        name, _, value = (text.strip() for text in part.partition(":"))
        if name == "font" and (font := _FONT.fullmatch(value)):
            found |= {"font-size": f"{font[2]}px", "font-family": font[3].replace('"', "'")}
            found |= {"font-weight": font[1]} if font[1] else {}
        elif name:
            found[name] = value.replace('"', "'")
    return "".join(f' {name}="{value}"' for name, value in found.items())
