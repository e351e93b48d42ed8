"""What a cell of the plan's workbook holds: how each kind of plain value is written, and how it is read again."""

import datetime
import re
from dataclasses import dataclass
from typing import Any

from mine_welfare.toolkit.cells import Value, as_text, as_whole
from mine_welfare.toolkit.text import fold, lines, narrow
from plans.actions import LONGEST_TEXT

SEPARATOR = "／"
# The lists of コード表, as drop-downs call them.
ACTORS, COMMISSIONS, FORMS, COMPONENTS, OFFICES = "担い手一覧", "受託一覧", "様式一覧", "構成計画一覧", "担当一覧"
_DASHES = re.compile("[‐‑‒–—―−ーｰ]")


@dataclass(frozen=True)
class Lists:
    """What cells may name, by the list of コード表: {list: {code: words}}."""

    words: dict[str, dict[str, str]]

    def code(self, listed: str, text: str) -> str:
        """The code of these words; ValueError with what to write where there is none."""
        wanted = fold(text)
        for code, words in self.words[listed].items():
            if wanted in (fold(words), fold(code)):
                return code
        raise ValueError(f"「{text}」は、シート「コード表」の「{listed.removesuffix('一覧')}」にありません。")


class Kind:
    """How one kind of value stands in a cell, and how it is read again; ValueError says what to mend."""

    listed = ""
    look = "input"

    def cell(self, value: Any, lists: Lists) -> Value:
        return value


class Shown(Kind):
    """Read by people only; what comes back is not looked at."""

    look = "text"


@dataclass(frozen=True)
class Words(Kind):
    most: int = LONGEST_TEXT
    needed: bool = False

    def take(self, value, lists):
        text = as_text(value)
        if not text and self.needed:
            raise ValueError("空にはできません。")
        if len(text) > self.most:
            raise ValueError(f"{len(text):,}字あります。{self.most:,}字までにしてください。")
        return text


class Lines(Kind):
    """Several names, one a line."""

    def cell(self, value, lists):
        return "\n".join(value)

    def take(self, value, lists):
        found = lines(as_text(value))
        if not found:
            raise ValueError("空にはできません。")
        return found


class Whole(Kind):
    """A whole number however it is typed, or none."""

    look = "input-number"

    def take(self, value, lists):
        try:
            number = as_whole(value)
        except ValueError:
            number = -1
        if number is not None and not 0 <= number <= 9999:
            raise ValueError("0から9999までの数だけを書いてください。")
        return number


class Code(Kind):
    """A number like 1-3-4, or 新1 for a row that is new."""

    look = "input-choice"

    def take(self, value, lists):
        if isinstance(value, datetime.date):
            raise ValueError("日付になっています。セルの書式を「文字列」にしてから、書き直してください。")
        return code_of(as_text(value))


def code_of(text: str) -> str:
    """１ー１ー１ is 1-1-1."""
    return _DASHES.sub("-", "".join(narrow(text).split()))


@dataclass(frozen=True)
class Choice(Kind):
    """One of a list; without a `default` it may not be empty."""

    listed: str = ""
    default: str | None = None
    look = "input-choice"

    def cell(self, value, lists):
        return lists.words[self.listed].get(value, "")

    def take(self, value, lists):
        text = as_text(value)
        if text:
            return lists.code(self.listed, text)
        if self.default is None:
            raise ValueError("空にはできません。")
        return self.default


@dataclass(frozen=True)
class Several(Kind):
    """Some of a list, divided by ／; codes in their order."""

    listed: str = ""

    def cell(self, value, lists):
        return SEPARATOR.join(words for code, words in lists.words[self.listed].items() if code in value)

    def take(self, value, lists):
        found = set()
        for part in _split("[／\n]", as_text(value)):
            try:
                found.add(lists.code(self.listed, part))
            except ValueError:
                found |= {lists.code(self.listed, one) for one in _split("[、，,/]", part)}
        return sorted(found)


def _split(marks: str, text: str) -> list[str]:
    return [part.strip() for part in re.split(marks, text) if part.strip()]
