"""Japanese text: folding for search, narrowing for input, sentences for checks."""

import re
import unicodedata

_KATAKANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_SPACE = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def narrow(text: str) -> str:
    """Full-width letters and digits to half-width, half-width kana to full (NFKC)."""
    return unicodedata.normalize("NFKC", text)


def fold(text: str) -> str:
    """The form two spellings share: NFKC, lower case, hiragana, no white space.

    >>> fold("ｱﾝｹｰﾄ　調査") == fold("あんけーと調査")
    True
    """
    return _SPACE.sub("", narrow(text).lower()).translate(_KATAKANA)


def clean(text: str) -> str:
    """What a person typed, without control characters and with one kind of line end."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def lines(text: str) -> list[str]:
    """The non-empty lines of `text`, stripped."""
    return [line.strip() for line in text.splitlines() if line.strip()]
