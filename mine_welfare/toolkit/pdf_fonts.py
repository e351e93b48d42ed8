"""One font file for each face of a joined PDF: every part brought its own with the glyphs it uses.

The engine keeps the numbers the glyphs have in the whole font, so the files of
one face are united glyph by glyph (OpenType 1.9: `glyf`, `loca`, `hmtx`).
"""

import io
import struct
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from fontTools.ttLib.sfnt import SFNTReader, SFNTWriter
from pikepdf import Dictionary, Name, Object, Pdf

TRUETYPE = "\0\1\0\0"
HEADER_LOCATIONS = 50  # byte of `head` that says how `loca` counts
HEADER_METRICS = 34  # byte of `hhea` that says how many widths `hmtx` has


@dataclass
class FontFile:
    """A font file in a PDF: who refers to it, and the glyphs these print."""

    content: bytes
    descriptors: list[Object] = field(default_factory=list)
    printed: set[int] = field(default_factory=set)


def share(document: Pdf) -> None:
    """Let the fonts of one name in `document` take their glyphs from one file."""
    for files in _faces(document):
        simple = [file for file in files if not _Subset(file.content).is_composed(file.printed)]
        if len(simple) > 1:
            whole = united([(file.content, file.printed) for file in simple])
            stream = document.make_stream(whole, Length1=len(whole))
            for file in simple:
                for descriptor in file.descriptors:
                    descriptor.FontFile2 = stream


def _faces(document: Pdf) -> Iterator[list[FontFile]]:
    """The TrueType files of each font name."""
    faces: dict[str, dict[tuple[int, int], FontFile]] = defaultdict(dict)
    for item in document.objects:
        if isinstance(item, Dictionary) and Name.FontFile2 in item.get(Name.FontDescriptor, {}):
            stream = item.FontDescriptor.FontFile2
            found = faces[str(item.BaseFont)]
            if stream.objgen not in found:
                found[stream.objgen] = FontFile(stream.read_bytes())
            found[stream.objgen].descriptors.append(item.FontDescriptor)
            found[stream.objgen].printed |= _printed(item.W)
    yield from (list(files.values()) for files in faces.values())


def _printed(widths: Object) -> set[int]:
    """The glyphs a font's array of widths names: [first, [width, …], first, [width, …], …]."""
    items = list(widths)
    pairs = zip(items[::2], items[1::2], strict=True)
    return {int(first) + place for first, row in pairs for place in range(len(row))}


def united(parts: Sequence[tuple[bytes, set[int]]]) -> bytes:
    """The TrueType font with the glyphs of `parts`: (file, numbers of the glyphs it is there for), all of one font."""
    fonts = [_Subset(content) for content, _ in parts]
    largest = max(fonts, key=lambda font: font.size)
    glyphs = [_NOTHING] * largest.size
    for font, (_, printed) in zip(fonts, parts, strict=True):
        for number in {0, *printed}:
            glyphs[number] = font.glyph(number)
    tables = dict(largest.tables)
    tables["glyf"], tables["loca"] = _outlines(glyphs)
    tables["head"] = _with(tables["head"], HEADER_LOCATIONS, 1)
    tables["hhea"] = _with(tables["hhea"], HEADER_METRICS, len(glyphs))
    tables["hmtx"] = b"".join(struct.pack(">Hh", glyph.width, glyph.bearing) for glyph in glyphs)
    tables["maxp"] = _maxima(font.tables["maxp"] for font in fonts)
    return _written(tables)


class _Glyph(NamedTuple):
    outline: bytes
    width: int
    bearing: int


_NOTHING = _Glyph(b"", 0, 0)


class _Subset:
    """A font file read as far as its glyphs."""

    def __init__(self, content: bytes):
        reader = SFNTReader(io.BytesIO(content))
        self.tables: dict[str, bytes] = {tag: reader[tag] for tag in reader.keys()}  # noqa: SIM118 - not a mapping
        [self.size] = struct.unpack_from(">H", self.tables["maxp"], 4)
        [long] = struct.unpack_from(">h", self.tables["head"], HEADER_LOCATIONS)
        unit = 1 if long else 2
        self.places = [unit * place for place in _numbers("I" if long else "H", self.tables["loca"])]
        [self.metrics] = struct.unpack_from(">H", self.tables["hhea"], HEADER_METRICS)

    def glyph(self, number: int) -> _Glyph:
        return _Glyph(self.tables["glyf"][self.places[number] : self.places[number + 1]], *self._metric(number))

    def is_composed(self, printed: set[int]) -> bool:
        """Whether one of the glyphs is made of others, which have numbers of their own in each file."""
        return any(self.glyph(number).outline[:1] >= b"\x80" for number in printed)

    def _metric(self, number: int) -> tuple[int, int]:
        """After the last width all glyphs are as wide as that; their bearings follow one by one."""
        table = self.tables["hmtx"]
        if number < self.metrics:
            return struct.unpack_from(">Hh", table, 4 * number)
        [width] = struct.unpack_from(">H", table, 4 * (self.metrics - 1))
        return (width, *struct.unpack_from(">h", table, 4 * self.metrics + 2 * (number - self.metrics)))


def _numbers(kind: str, data: bytes) -> array:
    found = array(kind, data)
    found.byteswap()
    return found


def _outlines(glyphs: list[_Glyph]) -> tuple[bytes, bytes]:
    places, data = [0], bytearray()
    for glyph in glyphs:
        data += glyph.outline + b"\0" * (-len(glyph.outline) % 4)
        places.append(len(data))
    return bytes(data), struct.pack(f">{len(places)}I", *places)


def _with(table: bytes, place: int, number: int) -> bytes:
    return table[:place] + struct.pack(">H", number) + table[place + 2 :]


def _maxima(tables: Iterable[bytes]) -> bytes:
    """The largest of each number a rasterizer reserves memory by."""
    rows = [struct.unpack(">I14H", table) for table in tables]
    return struct.pack(">I14H", *(max(column) for column in zip(*rows, strict=True)))


def _written(tables: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    writer = SFNTWriter(out, len(tables), TRUETYPE)
    for tag, data in tables.items():
        writer[tag] = data
    writer.close()
    return out.getvalue()
