"""What ISO 14289-1 (PDF/UA-1) asks of a file, as far as a program can see: each check lists what it objects to.

veraPDF is in none of the registries this house builds from (Debian, PyPI, npm), so the rules a paper of ours can
break are asked here one by one. Numbers in brackets are clauses of the standard.
"""

import re
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pikepdf
import pypdf
from pikepdf import Array, Dictionary, Name

from mine_welfare.toolkit.pdf_stamp import sizes

HOUSE = {"BIZ-UDGothic", "BIZ-UDGothic-Bold", "BIZ-UDPGothic", "BIZ-UDPGothic-Bold", "BIZ-UDPMincho"}
PAINTS = {"S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "Do", "Tj", "TJ", "'", '"', "EI"}
KNOWN = {
    *("Document", "Part", "Sect", "Div", "NonStruct", "P", "H1", "H2", "H3", "H4", "H5", "H6", "Span", "Link"),
    *("L", "LI", "Lbl", "LBody", "Table", "THead", "TBody", "TR", "TH", "TD", "Caption", "Figure"),
}
MM = 72 / 25.4


# ---- what the file says of itself ------------------------------------------------
def identity(file: pikepdf.Pdf, title: str) -> list[str]:
    """[5, 7.1, 7.2, 7.18.3] The flags, the language, the title in three places, the order of the tabulator."""
    root = file.Root
    with file.open_metadata() as metadata:
        said = {
            "part": metadata.get("pdfuaid:part"),
            "title": str(metadata.get("dc:title")),
            "info": str(file.docinfo.get("/Title")),
            "shown": bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False)),
            "marked": bool(root.get("/MarkInfo", {}).get("/Marked", False)),
            "language": str(root.get("/Lang"))[:2],
            "tabs": {str(page.get("/Tabs")) for page in file.pages if "/Annots" in page} or {"/S"},
        }
    wanted = {
        **{"part": "1", "title": title, "info": title, "shown": True, "marked": True},
        **{"language": "ja", "tabs": {"/S"}},
    }
    return [f"{key}: {said[key]!r}" for key in wanted if said[key] != wanted[key]]


# ---- structure --------------------------------------------------------------------
def elements(node: pikepdf.Object, parent: pikepdf.Object | None = None) -> Iterator[tuple]:
    """(element, its parent) of the tree in reading order."""
    if isinstance(node, Array):
        for child in node:
            yield from elements(child, parent)
    elif isinstance(node, Dictionary) and "/S" in node:
        yield node, parent
        yield from elements(node.get("/K", Array()), node)


def kind(element: pikepdf.Object) -> str:
    return str(element.S)[1:]


def children(element: pikepdf.Object) -> list[pikepdf.Object]:
    inside = element.get("/K", Array())
    return [one for one in (inside if isinstance(inside, Array) else [inside]) if isinstance(one, Dictionary)]


def tree(file: pikepdf.Pdf) -> list[tuple]:
    return list(elements(file.Root.StructTreeRoot.K, file.Root.StructTreeRoot))


def structure(file: pikepdf.Pdf) -> list[str]:
    """[7.1] Every element is of a known kind and names the one it stands in; lists hold items, tables rows."""
    found = [f"unknown {kind(one)}" for one, _ in tree(file) if kind(one) not in KNOWN]
    found += [f"{kind(one)} names another parent" for one, parent in tree(file) if one.P.objgen != parent.objgen]
    allowed = {
        "L": {"LI", "L", "Caption"},
        "LI": {"Lbl", "LBody"},
        "Table": {"THead", "TBody", "TR", "Caption"},
        "THead": {"TR"},
        "TBody": {"TR"},
        "TR": {"TH", "TD"},
    }
    for one, _ in tree(file):
        if inside := {kind(child) for child in children(one) if "/S" in child} - allowed.get(kind(one), KNOWN):
            found.append(f"{inside} in {kind(one)}")
    return found


def headings(file: pikepdf.Pdf) -> list[str]:
    """[7.4] They begin at 1 and go down one level at a time."""
    levels = [int(kind(one)[1]) for one, _ in tree(file) if re.fullmatch("H[1-6]", kind(one))]
    if not levels or levels[0] != 1:
        return [f"begins with {levels[:1]}"]
    return [f"H{before} → H{after}" for before, after in pairwise(levels) if after > before + 1]


def tables(file: pikepdf.Pdf) -> list[str]:
    """[7.5] Every table has heads, and every head says whether of a row or of a column."""
    found = []
    for one, _ in tree(file):
        if kind(one) == "Table":
            heads = [cell for cell, _ in elements(one.K) if kind(cell) == "TH"]
            found += [] if heads else [f"no head on page {page_of(file, one)}"]
            found += [
                f"{cell.A.get('/Scope')}" for cell in heads if cell.A.get("/Scope") not in (Name.Row, Name.Column)
            ]
    return found


def figures(file: pikepdf.Pdf) -> list[str]:
    """[7.3] Alternate words, and a box within the page."""
    found = []
    for one, _ in tree(file):
        if kind(one) == "Figure":
            found += [] if str(one.get("/Alt", "")).strip() else ["no words"]
            left, bottom, right, top = (float(side) for side in one.A.BBox)
            width, height = (float(side) for side in one.Pg.MediaBox[2:])
            if not (0 <= left < right <= width and 0 <= bottom < top <= height):
                found.append(f"box {left, bottom, right, top}")
    return found


def page_of(file: pikepdf.Pdf, element: pikepdf.Object) -> int:
    return next(number for number, page in enumerate(file.pages, 1) if page.objgen == element.Pg.objgen)


def parents(file: pikepdf.Pdf) -> dict[int, pikepdf.Object]:
    return dict(pikepdf.NumberTree(file.Root.StructTreeRoot.ParentTree).items())


def links(file: pikepdf.Pdf) -> list[str]:
    """[7.18.5] Each annotation has words, lies in a Link, and the Link knows it."""
    found, tree_of_parents = [], parents(file)
    reached = {one.objgen for one, _ in tree(file)}
    for page in file.pages:
        for note in page.get("/Annots", []):
            owner = tree_of_parents.get(int(note.get("/StructParent", -1)))
            if owner is None or owner.objgen not in reached or kind(owner) != "Link":
                found.append(f"no Link around {note.get('/Contents')}")
            elif note.objgen not in [one.Obj.objgen for one in children(owner) if "/Obj" in one]:
                found.append(f"a Link without {note.get('/Contents')}")
            if note.Subtype != Name.Link or not str(note.get("/Contents", "")).strip():
                found.append("an annotation without words")
    return found


# ---- content ----------------------------------------------------------------------
def content(file: pikepdf.Pdf, foreign: range = range(0)) -> list[str]:
    """[7.1] All that is painted is decoration, or belongs to an element that is met in the tree and knows it.

    `foreign` are pages (from 0) made elsewhere.
    """
    found, tree_of_parents = [], parents(file)
    reached = {one.objgen for one, _ in tree(file)}
    for number, page in enumerate(file.pages):
        if number in foreign:
            continue
        owners = tree_of_parents.get(int(page.get("/StructParents", -1)), Array())
        for mark in painted(page):
            owner = owners[mark] if mark is not None and mark < len(owners) else None
            if not isinstance(owner, Dictionary) or owner.objgen not in reached or mark not in marks(owner, page):
                found.append(f"page {number + 1}: {mark}")
    return found


def marks(element: pikepdf.Object, page: pikepdf.Page) -> list[int]:
    inside = element.get("/K", Array())
    own = [int(one) for one in (inside if isinstance(inside, Array) else [inside]) if not isinstance(one, Dictionary)]
    return own if element.Pg.objgen == page.objgen else []


def painted(page: pikepdf.Page) -> set[int | None]:
    """The numbers of the marked parts in which something is painted; None of what is painted outside of any."""
    found: set[int | None] = set()
    inside: list[int | str] = []
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in ("BDC", "BMC"):
            number = operands[1].get("/MCID") if name == "BDC" else None
            inside.append("artifact" if operands[0] == Name.Artifact else "" if number is None else int(number))
        elif name == "EMC":
            inside.pop()
        elif name in PAINTS and "artifact" not in inside:
            found.add(next((mark for mark in reversed(inside) if isinstance(mark, int)), None))
    return found


# ---- fonts ------------------------------------------------------------------------
def fonts(file: pikepdf.Pdf, foreign: range = range(0)) -> list[str]:
    """[7.21] Of the house only, embedded as a part of the font, and translated to characters."""
    found = []
    for number, page in enumerate(file.pages):
        for font in _fonts(page.get("/Resources", Dictionary())) if number not in foreign else ():
            name = str(font.BaseFont)[1:]
            described = font.DescendantFonts[0].FontDescriptor if "/DescendantFonts" in font else Dictionary()
            if not re.fullmatch("[A-Z]{6}", name[:6]) or name[7:] not in HOUSE:
                found.append(f"page {number + 1}: {name}")
            if "/FontFile2" not in described and "/FontFile3" not in described:
                found.append(f"page {number + 1}: {name} is not embedded")
            if "/ToUnicode" not in font:
                found.append(f"page {number + 1}: {name} has no characters")
    return sorted(set(found))


def _fonts(resources: pikepdf.Object) -> Iterator[pikepdf.Object]:
    yield from resources.get("/Font", Dictionary()).values()
    for form in resources.get("/XObject", Dictionary()).values():
        if form.get("/Subtype") == Name.Form:
            yield from _fonts(form.get("/Resources", Dictionary()))


# ---- text -------------------------------------------------------------------------
def by_poppler(file: Path, top: float, bottom: float) -> str:
    """The text of all pages without what stands in their first `top` and last `bottom` millimetres."""
    found = []
    for number, (width, height) in enumerate(sizes(file), start=1):
        area = (0, top * MM, width, height - (top + bottom) * MM)
        place = [part for name, side in zip("xyWH", area, strict=True) for part in (f"-{name}", str(round(side)))]
        pages = ("-f", str(number), "-l", str(number))
        done = subprocess.run(
            ["pdftotext", "-raw", *pages, *place, file, "-"], capture_output=True, text=True, check=True
        )
        found.append(done.stdout)
    return "".join(found)


def by_pypdf(file: Path, top: float, bottom: float) -> str:
    found: list[str] = []
    for page, (_, height) in zip(pypdf.PdfReader(file).pages, _sizes(file), strict=True):

        def visit(text, matrix, text_matrix, font, size, height=height):
            y = text_matrix[5] * matrix[3] + matrix[5]
            if bottom * MM < y < height - top * MM:
                found.append(text)

        page.extract_text(visitor_text=visit)
    return "".join(found)


def _sizes(file: Path) -> list[tuple[float, float]]:
    """(width, height) of the pages, before a page is turned."""
    with pikepdf.open(file) as opened:
        return [(float(page.mediabox[2]), float(page.mediabox[3])) for page in opened.pages]
