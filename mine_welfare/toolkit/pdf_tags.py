"""What the engine leaves undone in the tags of a PDF, put right before the file is written (ISO 14289-1).

Works on the objects of the engine's document and of its PDF; imports neither.
"""

from collections.abc import Iterator
from typing import Any


def finish(document: Any, pdf: Any) -> None:
    """Header cells say which way they head; page heads and feet are decoration; figures lie where they are drawn."""
    _scope_headers(document)
    reached = _reached(pdf)
    _set_figures(pdf, reached)
    _set_heads_apart(pdf, reached)


def _scope_headers(document: Any) -> None:
    """Each head says which way it heads, instead of each cell naming its heads.

    The engine's names are in no list of the file's names, and in a joined
    paper those of two parts would be the same.
    """
    for page in document.pages:
        for box in page._page_box.descendants():
            cell = getattr(box, "mark", None)
            if cell is None:
                continue
            cell["A"].pop("Headers", None)
            if cell.pop("ID", None):
                cell["A"]["Scope"] = "/Row" if box.element.get("scope", "").startswith("row") else "/Column"


def _object(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


def _reached(pdf: Any) -> set[bytes]:
    """References of the elements one meets going down from the root of the structure."""
    found: set[bytes] = set()
    waiting = [pdf.catalog["StructTreeRoot"]]
    while waiting:
        for child in _object(pdf, waiting.pop()).get("K", ()):
            if isinstance(child, bytes) and child not in found:
                found.add(child)
                waiting.append(child)
    return found


def _set_figures(pdf: Any, reached: set[bytes]) -> None:
    """Boxes of figures from the engine's pixels, downward, to the page's points, upward."""
    for reference in reached:
        element = _object(pdf, reference)
        if element.get("S") == "/Figure" and "BBox" in element.get("A", {}):
            height = _object(pdf, element["Pg"])["MediaBox"][3]
            left, top, right, bottom = (0.75 * float(side) for side in element["A"]["BBox"])
            element["A"]["BBox"][:] = [left, height - bottom, right, height - top]


def _set_heads_apart(pdf: Any, reached: set[bytes]) -> None:
    """The engine numbers the text of page margins like content and leaves it out of the structure."""
    root = _object(pdf, pdf.catalog["StructTreeRoot"])
    for page, owners in _owners(_object(pdf, root["ParentTree"])["Nums"], pdf):
        heads = {number for number, owner in enumerate(owners) if owner not in reached}
        stream = _object(pdf, page["Contents"]).stream
        for place, part in enumerate(stream):
            if isinstance(part, dict) and part.get("MCID") in heads:
                owners[part.pop("MCID")] = b"null"
                part["Type"] = "/Pagination"
                stream[place - 1] = "/Artifact"


def _owners(numbers: list, pdf: Any) -> Iterator[tuple[Any, list]]:
    """(page, the element each of its marked parts belongs to); what follows in the tree are links."""
    pages = [_object(pdf, reference) for reference in pdf.page_references]
    return zip(pages, numbers[1::2], strict=False)
