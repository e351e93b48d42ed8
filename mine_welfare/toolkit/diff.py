"""Two versions of a Japanese text, with what went and what came marked."""

import re
from difflib import SequenceMatcher

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

# Runs of one kind of letter stand for words: a changed word is marked whole, not letter by letter.
_WORD = re.compile(r"[一-鿿々]+|[ぁ-ゖ]+|[ァ-ヺー]+|[0-9０-９,.]+|[A-Za-z]+|\s+|.", re.DOTALL)


def compare(old: str, new: str) -> tuple[SafeString, SafeString]:
    """(old, new) as HTML: `<del>` in the first where words went, `<ins>` in the second where words came."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    left, right = [], []
    for kind, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        left.append(_marked("del", before[i:j], changed=kind != "equal"))
        right.append(_marked("ins", after[k:m], changed=kind != "equal"))
    return mark_safe("".join(left)), mark_safe("".join(right))  # noqa: S308 - escaped in _marked


def _marked(tag: str, words: list[str], *, changed: bool) -> SafeString:
    text = "".join(words)
    return format_html("<{0}>{1}</{0}>", tag, text) if changed and text else format_html("{}", text)
