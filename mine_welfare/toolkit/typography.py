"""Japanese typesetting rules neither browsers nor the PDF engine have, applied to finished HTML."""

import re
from collections.abc import Iterable

from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import SafeString

# Text from a tag to the end of its element, and the units it is cut into: an entity is one character.
_LAST_TEXT = re.compile(r"""(?<=>)[^<>]+(?=</(?:p|li|td|th|dd|h[1-6])>|<\w+ class="code")""")
_UNIT = re.compile(r"&[^;]+;|.", re.DOTALL)
_KINDS = (
    ("katakana", re.compile("[ァ-ヶー]")),
    ("hiragana", re.compile("[ぁ-ん]")),
    ("latin", re.compile(r"[0-9A-Za-z.,%]")),
    ("opening", re.compile("[（(「『【〔“]")),
    ("closing", re.compile("[）)」』】〕”、。，．・：；！？]")),
)
_SHORT, _LEAST, _MOST = 9, 4, 9

# A name that stands apart in brackets: 【第2次美祢市再犯防止計画】.
_APART = re.compile(r"(【[^】]+】)")

_OWN_NUMBER = re.compile(r"<li>(?=\s*(?:<p>)?(?:[一二三四五六七八九十]+[ 　]|[(（]?[0-9]{1,2}[)） 　.]|[①-⑳]))")
_TAG_OR_TEXT = re.compile(r"<[^>]*>|[^<]+")
_NO_LINKS = re.compile(r"</?(?:h[1-6]|a|small|table|figure)[\s>]")


def hold_line_ends(html: str) -> str:
    """Keep the last word of each paragraph, item and cell together, four to nine characters.

    So no last line holds a single character. Cut where a word begins: at a
    change to kanji, katakana or Latin, or at an opening bracket.
    """
    return _LAST_TEXT.sub(lambda match: _hold(match[0]), html)


def _hold(text: str) -> str:
    core = text.strip()
    units = _UNIT.findall(core)
    if len(units) < _SHORT:
        return text
    before, _, after = text.partition(core)
    kinds = [_kind(unit) for unit in units[-_MOST - 1 :]]
    lengths = range(_LEAST, min(_MOST, len(units) - 1) + 1)
    held = next((length for length in lengths if _begins_word(kinds[-length - 1], kinds[-length])), _LEAST)
    return f'{before}{"".join(units[:-held])}<span class="hold">{"".join(units[-held:])}</span>{after}'


def _kind(unit: str) -> str:
    return next((name for name, pattern in _KINDS if pattern.fullmatch(unit)), "kanji")


def _begins_word(before: str, kind: str) -> bool:
    return before not in (kind, "opening") and kind not in ("hiragana", "closing")


def hold_names(title: str) -> SafeString:
    """A title whose names in 【 】 begin a line of their own rather than break; text in, HTML out."""
    parts = _APART.split(str(conditional_escape(title)))
    kept = ((SafeString(f'<span class="ib">{part}</span>' if place % 2 else part),) for place, part in enumerate(parts))
    return format_html_join("", "{}", kept)


def mark_numbered_items(html: str) -> str:
    """Give `class="numbered"` to list items that bring their own number (一, (1), ①), so that they get no bullet."""
    return _OWN_NUMBER.sub('<li class="numbered">', html)


def link_first_uses(html: str, anchors: Iterable[tuple[str, str, str]]) -> tuple[str, set[str]]:
    """Link the first use of each word in running text.

    `anchors` is (word, id the first use gets, id it links to); words stand as
    escaped in `html`. Headings, tables and figures are passed over. Returns
    the HTML and the words that were found.
    """
    words = {word: (own, target) for word, own, target in anchors}
    if not words:
        return html, set()
    uses = _FirstUses(words)
    parts = [uses.tag(part) if part.startswith("<") else uses.text(part) for part in _TAG_OR_TEXT.findall(html)]
    return "".join(parts), uses.found


class _FirstUses:
    """Walks through HTML and links each word where it meets it first."""

    def __init__(self, words: dict[str, tuple[str, str]]):
        self.words, self.found = words, set[str]()
        self.silent = 0  # how many elements that take no links are open
        # The longest first: 地域包括支援センター before 地域包括ケア, and never a word inside another.
        self.pattern = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))

    def tag(self, part: str) -> str:
        if _NO_LINKS.match(part):
            self.silent += -1 if part.startswith("</") else 1
        return part

    def text(self, part: str) -> str:
        return part if self.silent else self.pattern.sub(self._link, part)

    def _link(self, match: re.Match[str]) -> str:
        word = match[0]
        if word in self.found:
            return word
        self.found.add(word)
        own, target = self.words[word]
        return f'<a class="term" id="{own}" href="#{target}">{word}</a>'
