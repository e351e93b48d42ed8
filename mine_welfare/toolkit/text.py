"""Japanese text: folding for search, narrowing for input, sentences for checks."""

import re
import unicodedata

# 五十音: the first kana of a reading → the heading it stands under.
_KANA = (
    "あいうえおぁぃぅぇぉゔ",
    "かきくけこがぎぐげごゕゖ",
    "さしすせそざじずぜぞ",
    "たちつてとだぢづでどっ",
    "なにぬねの",
    "はひふへほばびぶべぼぱぴぷぺぽ",
    "まみむめも",
    "やゆよゃゅょ",
    "らりるれろ",
    "わをんゎ",
)
OTHER = "その他"
_KANA_ROWS = {kana: f"{row[0]}行" for row in _KANA for kana in row}
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


def kana_row(reading: str) -> str:
    """かきくけこ and their like stand under か行; what does not begin with a kana under その他."""
    return _KANA_ROWS.get(fold(reading)[:1], OTHER)


def clean(text: str) -> str:
    """What a person typed, without control characters and with one kind of line end."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def lines(text: str) -> list[str]:
    """The non-empty lines of `text`, stripped."""
    return [line.strip() for line in text.splitlines() if line.strip()]
