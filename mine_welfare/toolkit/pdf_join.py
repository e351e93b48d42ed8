"""Several tagged PDFs as one that is still tagged: pages, structure, bookmarks and links.

Libraries that append pages leave the structure tree behind, and with it
everything a screen reader knows. Here each part's tree is carried over under
the one root, its page keys moved past those of the parts before (ISO 32000-1,
14.7.4.4).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote

from pikepdf import (
    Array,
    Dictionary,
    Name,
    NameTree,
    NumberTree,
    ObjectStreamMode,
    OutlineItem,
    PasswordError,
    Pdf,
    PdfError,
    String,
)
from pikepdf import Object as PdfObject

# The address of a link that leads to another piece of the same paper, before its name.
ELSEWHERE = "http://piece.invalid/"


@dataclass(frozen=True)
class Part:
    """One PDF to carry over; with `title` its bookmarks stand under one of that name.

    The first of them stands at `level` of the joined paper's, below the last one above it.
    """

    file: Path
    title: str = ""
    level: int = 1


def join(parts: Sequence[Part], out: Path, *, title: str, language: str = "ja-JP") -> int:
    """Write several papers as one file and say how many pages it has. ValueError without a part."""
    if not parts:
        raise ValueError("nothing to join")
    with Pdf.new() as joined:
        _carry(joined, parts, lambda source, _: _make_links_explicit(source))
        _describe(joined, title, language)
        joined.save(out, min_version="1.7", object_stream_mode=ObjectStreamMode.generate)
        return len(joined.pages)


def bind(pieces: Sequence[Part]) -> bytes:
    """The pieces of one paper: its names hold throughout, so that links lead from piece to piece.

    What the paper says of itself is taken from the first.
    """
    from . import pdf_fonts  # its library takes 50 ms to load, and few processes ever bind a paper

    names: dict[str, tuple[int, list]] = {}

    def read(source: Pdf, first: int) -> None:
        for name, page, place in _destinations(source):
            names.setdefault(name, (first + page, place))

    with Pdf.new() as bound:
        _carry(bound, pieces, read)
        with Pdf.open(pieces[0].file) as source:
            _take_over(bound, source)
        _name_links(bound)
        _set_names(bound, names)
        pdf_fonts.share(bound)
        out = BytesIO()
        bound.save(out, min_version="1.7", object_stream_mode=ObjectStreamMode.generate)
        return out.getvalue()


def destinations(file: Path | BinaryIO) -> tuple[int, dict[str, int]]:
    """How many pages a PDF has, and on which of them, from 0, each of its names stands."""
    with Pdf.open(file) as source:
        return len(source.pages), {name: page for name, page, _ in _destinations(source)}


def _carry(joined: Pdf, parts: Sequence[Part], read: Callable[[Pdf, int], None]) -> None:
    """Carry pages, structure and bookmarks over; `read` sees each part before, with the number of its first page."""
    root, keys = _root(joined)
    offset, items = 0, []
    for part in parts:
        with Pdf.open(part.file) as source:
            first = len(joined.pages)
            read(source, first)
            joined.add_pages_from(source, forms="strip", outlines="ignore")
            offset = _carry_structure(joined, source, root, keys, first, offset)
            items.append((part, first, list(_bookmarks(source, first))))
    _close(joined, root, keys, offset)
    _set_outline(joined, items)


def _root(joined: Pdf) -> tuple[PdfObject, NumberTree]:
    tree = NumberTree.new(joined)
    whole = joined.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, K=Array()))
    root = joined.make_indirect(
        Dictionary(Type=Name.StructTreeRoot, K=whole, ParentTree=tree.obj, RoleMap=Dictionary())
    )
    whole.P = root
    joined.Root.StructTreeRoot = root
    return root, tree


def _carry_structure(joined: Pdf, source: Pdf, root: PdfObject, keys: NumberTree, first: int, offset: int) -> int:
    """Move one part's tree, if it has one, under the one Document of `root`; the next free key."""
    own = source.Root.get(Name.StructTreeRoot)
    if own is None:
        return offset
    # The pages were copied before: what the tree says of them points at the copies.
    copy = joined.copy_foreign(own if own.is_indirect else source.make_indirect(own))
    for page in joined.pages[first:]:
        _shift(page.obj, Name.StructParents, offset)
        for annotation in page.obj.get(Name.Annots, []):
            _shift(annotation, Name.StructParent, offset)
    children = copy.K if isinstance(copy.K, Array) else Array([copy.K])
    for child in children:
        if Name.Document == child.S:
            child.S = Name.Part
        child.P = root.K
        root.K.K.append(child)
    for name, value in dict(copy.get(Name.RoleMap, {})).items():
        root.RoleMap[name] = value
    highest = offset
    for key, value in NumberTree(copy.ParentTree).items():
        keys[key + offset] = value
        highest = max(highest, key + offset + 1)
    return highest


def _shift(thing: PdfObject, key: Name, offset: int) -> None:
    if key in thing:
        thing[key] = int(thing[key]) + offset


def _close(joined: Pdf, root: PdfObject, keys: NumberTree, offset: int) -> None:
    root.ParentTreeNextKey = offset
    joined.Root.MarkInfo = Dictionary(Marked=True)


# ---- links and bookmarks ------------------------------------------------------
def _name_links(bound: Pdf) -> None:
    """Links to other pieces were written as addresses: from now on they lead to the name."""
    for page in bound.pages:
        for annotation in page.obj.get(Name.Annots, []):
            address = str(annotation.get(Name.A, Dictionary()).get(Name.URI, ""))
            if address.startswith(ELSEWHERE):
                del annotation[Name.A]
                annotation.Dest = String(unquote(address.removeprefix(ELSEWHERE)))


def _destinations(source: Pdf) -> Iterator[tuple[str, int, list]]:
    """(name, page from 0, how that page is shown: the rest of an explicit destination)."""
    numbers = {page.obj.objgen: number for number, page in enumerate(source.pages)}
    for name, place in _names(source).items():
        yield name, numbers[place[0].objgen], list(place)[1:]


def _set_names(bound: Pdf, names: dict[str, tuple[int, list]]) -> None:
    tree = NameTree.new(bound)
    for name, (page, place) in names.items():
        tree[name] = Array([bound.pages[page].obj, *place])
    bound.Root.Names = Dictionary(Dests=tree.obj)


def _make_links_explicit(source: Pdf) -> None:
    """Links by name would meet the names of other parts: each gets its page and place instead."""
    names = _names(source)
    for page in source.pages:
        for annotation in page.obj.get(Name.Annots, []):
            action = annotation.get(Name.A)
            target = action.get(Name.D) if action is not None else annotation.get(Name.Dest)
            if isinstance(target, String) and str(target) in names:
                place = names[str(target)]
                if action is not None:
                    action.D = place
                else:
                    annotation.Dest = place


def _names(source: Pdf) -> dict[str, PdfObject]:
    tree = source.Root.get(Name.Names, Dictionary()).get(Name.Dests)
    if tree is None:
        return {}
    return {str(name): place.D if isinstance(place, Dictionary) else place for name, place in NameTree(tree).items()}


@dataclass
class _Bookmark:
    title: str
    page: int
    children: list["_Bookmark"]


def _bookmarks(source: Pdf, first: int) -> Iterator[_Bookmark]:
    places = {page.obj.objgen: number for number, page in enumerate(source.pages)}

    def read(items: Iterable[OutlineItem]) -> Iterator[_Bookmark]:
        for item in items:
            page = places.get(item.destination[0].objgen, 0) if isinstance(item.destination, Array) else 0
            yield _Bookmark(item.title, first + page, list(read(item.children)))

    with source.open_outline() as outline:
        yield from list(read(outline.root))


def _set_outline(joined: Pdf, items: list[tuple[Part, int, list[_Bookmark]]]) -> None:
    def write(marks: list[_Bookmark]) -> list[OutlineItem]:
        made = []
        for mark in marks:
            item = OutlineItem(mark.title, mark.page)
            item.children.extend(write(mark.children))
            made.append(item)
        return made

    with joined.open_outline() as outline:
        for part, first, marks in items:
            if part.title:
                marks = [_Bookmark(part.title, first, marks)]
            place = outline.root
            for _ in range(part.level - 1):
                place = place[-1].children
            place.extend(write(marks))


def _describe(joined: Pdf, title: str, language: str) -> None:
    joined.Root.Lang = String(language)
    joined.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    joined.Root.PageMode = Name.UseOutlines
    with joined.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata["dc:title"] = title
        metadata["dc:language"] = [language]
        metadata["pdfuaid:part"] = "1"
    joined.docinfo[Name.Title] = title


def _take_over(bound: Pdf, first: Pdf) -> None:
    """What a paper says of itself as a whole: metadata, language, page labels, how it opens."""
    own = first.Root
    for key in (Name.Metadata, Name.Lang, Name.ViewerPreferences, Name.PageMode, Name.PageLabels):
        if key in own:
            value = own[key] if own[key].is_indirect else first.make_indirect(own[key])
            bound.Root[key] = bound.copy_foreign(value)
    for name, value in first.docinfo.items():
        bound.docinfo[name] = value


# ---- what comes from elsewhere ------------------------------------------------
def is_readable(file: BinaryIO) -> bool:
    """Whether an uploaded file is a PDF that opens without a password and has a page."""
    try:
        with Pdf.open(file) as source:
            return len(source.pages) > 0
    except (PdfError, PasswordError):
        return False
    finally:
        file.seek(0)
