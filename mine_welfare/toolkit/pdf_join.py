"""Several tagged PDFs as one that is still tagged: pages, structure, bookmarks and links.

Libraries that append pages leave the structure tree behind, and with it
everything a screen reader knows. Here each part's tree is carried over under
the one root, its page keys moved past those of the parts before (ISO 32000-1,
14.7.4.4).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pikepdf import (
    Array,
    Dictionary,
    Name,
    NameTree,
    NumberTree,
    ObjectStreamMode,
    OutlineItem,
    Page,
    PasswordError,
    Pdf,
    PdfError,
    String,
)
from pikepdf import Object as PdfObject


@dataclass(frozen=True)
class Part:
    """One PDF to carry over; with `title` its bookmarks stand under one of that name."""

    file: Path
    title: str = ""


def join(parts: Sequence[Part], out: Path, *, title: str, language: str = "ja-JP") -> int:
    """Write the joined file and say how many pages it has. ValueError without a part."""
    if not parts:
        raise ValueError("nothing to join")
    with Pdf.new() as joined:
        root, keys = _root(joined)
        offset, items = 0, []
        for part in parts:
            with Pdf.open(part.file) as source:
                first = len(joined.pages)
                _make_links_explicit(source)
                joined.pages.extend(source.pages)
                offset = _carry_structure(joined, source, root, keys, first, offset)
                items.append((part, list(_bookmarks(source, first))))
        _close(joined, root, keys, offset)
        _set_outline(joined, items)
        _describe(joined, title, language)
        joined.save(out, min_version="1.7", object_stream_mode=ObjectStreamMode.generate)
        return len(joined.pages)


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


def _set_outline(joined: Pdf, items: list[tuple[Part, list[_Bookmark]]]) -> None:
    def write(marks: list[_Bookmark]) -> list[OutlineItem]:
        made = []
        for mark in marks:
            item = OutlineItem(mark.title, mark.page)
            item.children.extend(write(mark.children))
            made.append(item)
        return made

    with joined.open_outline() as outline:
        for part, marks in items:
            if part.title and marks:
                marks = [_Bookmark(part.title, marks[0].page, marks)]
            outline.root.extend(write(marks))


def _describe(joined: Pdf, title: str, language: str) -> None:
    joined.Root.Lang = String(language)
    joined.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    joined.Root.PageMode = Name.UseOutlines
    with joined.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata["dc:title"] = title
        metadata["dc:language"] = [language]
        metadata["pdfuaid:part"] = "1"
    joined.docinfo[Name.Title] = title


# ---- stamps ---------------------------------------------------------------------
def sizes(file: Path) -> list[tuple[float, float]]:
    """(width, height) of each page in points, as it is shown."""
    with Pdf.open(file) as source:
        return [_size(page) for page in source.pages]


def _size(page: Page) -> tuple[float, float]:
    left, bottom, right, top = (float(number) for number in page.mediabox)
    width, height = right - left, top - bottom
    return (height, width) if int(page.obj.get(Name.Rotate, 0)) % 180 else (width, height)


def stamp(file: Path, stamps: Path) -> None:
    """Lay page n of `stamps` over page n of `file`, as decoration a screen reader passes over."""
    with Pdf.open(file, allow_overwriting_input=True) as target, Pdf.open(stamps) as over:
        for page, mark in zip(target.pages, over.pages, strict=True):
            form = target.copy_foreign(mark.as_form_xobject())
            name = page.add_resource(form, Name.XObject)
            page.contents_add(b"q", prepend=True)
            page.contents_add(b"Q /Artifact <</Type /Pagination>> BDC q %b Do Q EMC" % bytes(name), prepend=False)
        target.save(file, min_version="1.7", object_stream_mode=ObjectStreamMode.generate)


def is_readable(file: BinaryIO) -> bool:
    """Whether an uploaded file is a PDF that opens without a password and has a page."""
    try:
        with Pdf.open(file) as source:
            return len(source.pages) > 0
    except (PdfError, PasswordError):
        return False
    finally:
        file.seek(0)
