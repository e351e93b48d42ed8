"""Data files people read and write by hand, in YAML.

Reading: `Node` walks a file and notes every problem with file and line, so
that one run reports all of them. Values come back as `Located` strings that
remember where they stood, for checks that need the whole picture.

Writing: `dump` has one way to write each value, so reading a file and writing
it again gives the same bytes.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Problem:
    """One thing wrong in one place; `line` counts from 1."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file} {self.line}行目: {self.message}"


class FileProblems(Exception):
    """Everything found wrong in a set of files, in reading order."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = list(problems)
        super().__init__("\n".join(map(str, self.problems)))


class Located(str):
    """A string that knows its place."""

    file: str = ""
    line: int = 0

    @classmethod
    def at(cls, text: str, file: str, line: int) -> "Located":
        value = cls(text)
        value.file, value.line = file, line
        return value

    def problem(self, message: str) -> Problem:
        return Problem(self.file, self.line, message)


class Node:
    """One value of a file, asked for what it should be.

    A question that cannot be answered notes a problem and answers with an
    empty value, so that reading goes on to the next problem.
    """

    def __init__(self, node: yaml.Node | None, file: str, problems: list[Problem], line: int = 1):
        self.node, self.file, self.problems = node, file, problems
        self.line = node.start_mark.line + 1 if node is not None else line

    def problem(self, message: str) -> None:
        self.problems.append(Problem(self.file, self.line, message))

    def _child(self, node: yaml.Node | None) -> "Node":
        return Node(node, self.file, self.problems, self.line)

    @property
    def is_empty(self) -> bool:
        return self.node is None or self.node.tag == "tag:yaml.org,2002:null"

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.node, yaml.MappingNode)

    def fields(self, *required: str, optional: Iterable[str] = ()) -> dict[str, "Node"]:
        """The fields of a mapping. Missing, unknown and doubled names are problems; absent ones come back empty."""
        names = (*required, *optional)
        found: dict[str, Node] = {}
        if isinstance(self.node, yaml.MappingNode):
            for key, value in self.node.value:
                self._note_key(key, names, found)
                found[key.value] = self._child(value)
            for name in required:
                if name not in found:
                    self.problem(f"「{name}」がありません。")
        elif self.node is not None:  # whoever looked for an absent one has noted it
            self.problem(f"「{'・'.join(required) or '項目'}」を持つまとまりが必要です。")
        return {name: found.get(name) or self._child(None) for name in names}

    def _note_key(self, key: yaml.Node, names: Iterable[str], found: dict) -> None:
        if key.value in found:
            self._child(key).problem(f"「{key.value}」が2回書かれています。")
        elif key.value not in names:
            self._child(key).problem(f"「{key.value}」という項目は使いません（使えるのは {'、'.join(names)}）。")

    def pairs(self) -> list[tuple[Located, "Node"]]:
        """The entries of a mapping whose names are data."""
        if self.is_empty:
            return []
        if not isinstance(self.node, yaml.MappingNode):
            self.problem("名前と値の組が必要です。")
            return []
        return [(self._child(key).text(), self._child(value)) for key, value in self.node.value]

    def items(self) -> list["Node"]:
        """The entries of a list; an absent list has none."""
        if self.is_empty:
            return []
        if not isinstance(self.node, yaml.SequenceNode):
            self.problem("「- 」で始まる並びが必要です。")
            return []
        return [self._child(item) for item in self.node.value]

    def text(self, max_length: int | None = None, default: str = "") -> Located:
        """The text as written, without surrounding white space."""
        if self.is_empty:
            return Located.at(default, self.file, self.line)
        if not isinstance(self.node, yaml.ScalarNode):
            self.problem("文字列が必要です。")
            return Located.at(default, self.file, self.line)
        value = self.node.value.strip()
        if max_length and len(value) > max_length:
            self.problem(f"{max_length}字までです（{len(value)}字あります）。")
        return Located.at(value, self.file, self.line)

    def required_text(self, max_length: int | None = None) -> Located:
        value = self.text(max_length)
        if not value and self.node is not None:
            self.problem("空にはできません。")
        return value

    def texts(self) -> list[Located]:
        return [item.required_text() for item in self.items()]

    def integer(self, low: int = 0, high: int = 99_999) -> int | None:
        if self.is_empty:
            return None
        text = self.text()
        try:
            value = int(text)
        except ValueError:
            self.problem(f"整数が必要です（「{text}」）。")
            return None
        if not low <= value <= high:
            self.problem(f"{low}から{high}までの数が必要です（{value}）。")
        return value

    def number(self) -> str | None:
        """A decimal as written ("44.2"), kept as text so that no digit changes."""
        if self.is_empty:
            return None
        text = self.text()
        if not text.removeprefix("-").replace(".", "", 1).isdigit():
            self.problem(f"数が必要です（「{text}」）。")
            return None
        return str(text)

    def flag(self) -> bool:
        if self.is_empty:
            return False
        text = self.text()
        if text not in ("true", "false"):
            self.problem(f"true か false が必要です（「{text}」）。")
        return text == "true"

    def date(self) -> datetime.date | None:
        if self.is_empty:
            return None
        text = self.text()
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            self.problem(f"日付は 2025-04-01 の形で書きます（「{text}」）。")
            return None

    def one_of(self, values: Iterable[str], default: str = "") -> str:
        allowed = list(values)
        text = self.text(default=default)
        if text not in allowed:
            self.problem(f"「{text}」は使えません（使えるのは {'、'.join(filter(None, allowed))}）。")
        return str(text)


def read(path: Path, problems: list[Problem]) -> Node:
    """The root of one file; a file that is missing or is not YAML is a problem, not an exception."""
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        if root is None:
            problems.append(Problem(path.name, 1, "中身がありません。"))
    except FileNotFoundError:
        problems.append(Problem(path.name, 1, "ファイルがありません。"))
        root = None
    except UnicodeDecodeError:
        problems.append(Problem(path.name, 1, "文字コードが UTF-8 ではありません。"))
        root = None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problems.append(
            Problem(
                path.name, mark.line + 1 if mark else 1, "YAMLとして読めません（字下げや引用符を確かめてください）。"
            )
        )
        root = None
    return Node(root, path.name, problems)


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _string(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    if "\n" in text:
        # Read back stripped; the last line end only spares the reader the "|-".
        return dumper.represent_scalar("tag:yaml.org,2002:str", f"{text}\n", style="|")
    return dumper.represent_scalar("tag:yaml.org,2002:str", text)


for _type in (str, Located):
    _Dumper.add_representer(_type, _string)


def dump(data: dict, header: str) -> str:
    """`data` as YAML under a comment `header`; empty values ("" [] {} None False) are left out."""
    body = yaml.dump(
        _filled(data), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**9, default_flow_style=False
    )
    comment = "".join(f"# {line}\n" for line in header.splitlines())
    return comment + body


def _filled(value: Any) -> Any:
    if isinstance(value, dict):
        filled = {key: _filled(item) for key, item in value.items()}
        # By identity: 0 equals False, and is a value.
        return {key: item for key, item in filled.items() if item is not False and item not in ("", [], {}, None)}
    if isinstance(value, list):
        return [_filled(item) for item in value]
    return value
