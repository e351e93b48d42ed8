"""Numbers and marks laid over the pages of a finished PDF, wherever its pages came from."""

from collections.abc import Collection
from pathlib import Path

from pikepdf import Matrix, Name, ObjectStreamMode, Page, Pdf, Rectangle

# Points a page gives way to its marks: the label above, the number below.
ABOVE, BELOW = 34.0, 23.0


def sizes(file: Path) -> list[tuple[float, float]]:
    """(width, height) of each page in points, as it is shown."""
    with Pdf.open(file) as source:
        return [_shown(page)[1:] for page in source.pages]


def stamp(file: Path, stamps: Path, shrunk: Collection[int] = ()) -> None:
    """Lay page n of `stamps` over page n of `file`, as decoration a screen reader passes over.

    The pages `shrunk` (from 0) become a little smaller, so that nothing on them lies under a mark.
    """
    with Pdf.open(file, allow_overwriting_input=True) as target, Pdf.open(stamps) as over:
        for number, (page, mark) in enumerate(zip(target.pages, over.pages, strict=True)):
            place, width, height = _shown(page)
            form = target.copy_foreign(mark.as_form_xobject())
            name = page.add_resource(form, Name.XObject)
            inner = _smaller(place, width, height) if number in shrunk else Matrix()
            page.contents_add(b"q %b cm" % inner.encode(), prepend=True)
            laid = b"Q /Artifact <</Type /Pagination>> BDC q %b cm %b Do Q EMC"
            page.contents_add(laid % (place.encode(), bytes(name)), prepend=False)
            for note in page.obj.get("/Annots", ()):
                note.Rect = inner.transform(Rectangle(*(float(side) for side in note.Rect))).as_array()
        target.save(file, min_version="1.7", object_stream_mode=ObjectStreamMode.generate)


def _shown(page: Page) -> tuple[Matrix, float, float]:
    """(from the page as it is shown, its lower left corner at 0, to the page's own measure; width; height)."""
    left, bottom, right, top = (float(side) for side in page.cropbox)
    width, height = right - left, top - bottom
    match int(page.obj.get("/Rotate", 0)) % 360:
        case 90:
            return Matrix(0, 1, -1, 0, right, bottom), height, width
        case 180:
            return Matrix(-1, 0, 0, -1, right, top), width, height
        case 270:
            return Matrix(0, -1, 1, 0, left, top), height, width
    return Matrix(1, 0, 0, 1, left, bottom), width, height


def _smaller(place: Matrix, width: float, height: float) -> Matrix:
    """In the page's own measure: as much smaller as the marks need, in the middle between them."""
    size = (height - ABOVE - BELOW) / height
    return place.inverse() @ Matrix(size, 0, 0, size, (1 - size) * width / 2, BELOW) @ place
