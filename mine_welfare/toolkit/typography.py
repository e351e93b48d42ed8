"""Japanese typesetting rules the PDF engine does not have, applied to finished HTML."""

import re
from collections.abc import Iterable

# Text that ends its element, and the units it is cut into: an entity is one character.
_LAST_TEXT = re.compile(r"""([^<>\s][^<>]{7,}[^<>\s])(?=\s*(?:</(?:p|li|td|th|dd|h[1-6])>|<\w+ class="code"))""")
_UNIT = re.compile(r"&[^;]+;|.", re.DOTALL)
_KINDS = (
    ("katakana", re.compile("[ァ-ヶー]")),
    ("hiragana", re.compile("[ぁ-ん]")),
    ("latin", re.compile(r"[0-9A-Za-z.,%]")),
    ("opening", re.compile("[（(「『【〔“]")),
    ("closing", re.compile("[）)」』】〕”、。，．・：；！？]")),
)
_LEAST, _MOST = 4, 9

_OWN_NUMBER = re.compile(r"<li>(?=\s*(?:<p>)?(?:[一二三四五六七八九十]+[ 　]|[(（]?[0-9]{1,2}[)） 　.]|[①-⑳]))")
_TAG_OR_TEXT = re.compile(r"<[^>]*>|[^<]+")
_NO_LINKS = re.compile(r"h[1-6]|a|small|table|figure")


def hold_line_ends(html: str) -> str:
    """Keep the last word of each paragraph, item and cell together, four to nine characters.

    So no last line holds a single character. Cut where a word begins: at a
    change to kanji, katakana or Latin, or at an opening bracket.
    """
    return _LAST_TEXT.sub(lambda match: _hold(match[1]), html)


def _hold(text: str) -> str:
    units = _UNIT.findall(text)
    kinds = [_kind(unit) for unit in units[-_MOST - 1 :]]
    lengths = range(_LEAST, min(_MOST, len(units) - 1) + 1)
    held = next((length for length in lengths if _begins_word(kinds[-length - 1], kinds[-length])), _LEAST)
    return f'{"".join(units[:-held])}<span class="hold">{"".join(units[-held:])}</span>'


def _kind(unit: str) -> str:
    return next((name for name, pattern in _KINDS if pattern.fullmatch(unit)), "kanji")


def _begins_word(before: str, kind: str) -> bool:
    return before not in (kind, "opening") and kind not in ("hiragana", "closing")


def mark_numbered_items(html: str) -> str:
    """Give `class="numbered"` to list items that bring their own number (一, (1), ①), so that they get no bullet."""
    return _OWN_NUMBER.sub('<li class="numbered">', html)


def link_first_uses(html: str, anchors: Iterable[tuple[str, str, str]]) -> tuple[str, set[str]]:
    """Link the first use of each word in running text.

    `anchors` is (word, id the first use gets, id it links to); words stand as
    escaped in `html`. Headings, tables and figures are passed over. Returns
    the HTML and the words that were found.
    """
    waiting = {word: (own, target) for word, own, target in anchors}
    parts, found, silent = [], set(), 0

    def link(match: re.Match[str]) -> str:
        word = match[0]
        if word in found:
            return word
        found.add(word)
        own, target = waiting[word]
        return f'<a class="term" id="{own}" href="#{target}">{word}</a>'

    if not waiting:
        return html, found
    # The longest first: 地域包括支援センター before 地域包括ケア, and never a word inside another.
    words = re.compile("|".join(re.escape(word) for word in sorted(waiting, key=len, reverse=True)))
    for part in _TAG_OR_TEXT.findall(html):
        if part.startswith("<"):
            name = part.strip("</>").split()[0] if part.strip("</>") else ""
            if _NO_LINKS.fullmatch(name):
                silent += -1 if part.startswith("</") else 1
            parts.append(part)
        else:
            parts.append(part if silent else words.sub(link, part))
    return "".join(parts), found
