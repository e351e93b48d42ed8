"""Marks stand where a reader sees the corner of the page, however the page was made."""

import subprocess
from pathlib import Path

import pikepdf
import pytest

from mine_welfare.toolkit import pdf
from mine_welfare.toolkit.pdf_stamp import ABOVE, BELOW, sizes, stamp

PAGE = """<!doctype html><html lang="ja"><head><title>題</title><style>
@page {{ size: {size}; margin: 0 }} p {{ margin: 0 }} .at {{ position: absolute; {place} }}
</style></head><body>{body}</body></html>"""
SIGN = "左上の字"


def made(file: Path, body: str, size: str = "200pt 300pt", place: str = "left: 0; top: 0", tagged: bool = True) -> Path:
    file.write_bytes(pdf.render(PAGE.format(body=body, size=size, place=place), variant="pdf/ua-1" if tagged else ""))
    return file


def turned(file: Path, rotate: int = 0, moved: int = 0) -> Path:
    """The page shown turned, its measure beginning elsewhere than at 0."""
    with pikepdf.open(file, allow_overwriting_input=True) as opened:
        page = opened.pages[0]
        page.obj.Rotate = rotate
        if moved:
            page.obj.MediaBox = pikepdf.Array([moved, 2 * moved, 200 + moved, 300 + 2 * moved])
            page.contents_add(b"q 1 0 0 1 %d %d cm" % (moved, 2 * moved), prepend=True)
            page.contents_add(b"Q", prepend=False)
        opened.save(file)
    return file


def places(file: Path) -> dict[str, tuple[float, float]]:
    """Where each word begins on the page as it is shown: (from the left, from the top)."""
    done = subprocess.run(["pdftotext", "-bbox", file, "-"], capture_output=True, text=True, check=True)
    found = {}
    for line in done.stdout.splitlines():
        if "<word" in line:
            part = line.split('"')
            found[line.partition(">")[2].partition("<")[0]] = (float(part[1]), float(part[3]))
    return found


@pytest.mark.parametrize(
    ("rotate", "moved", "shown"),
    [
        (0, 0, (200, 300)),
        (0, 50, (200, 300)),
        (90, 0, (300, 200)),
        (90, 50, (300, 200)),
        (180, 50, (200, 300)),
        (270, 50, (300, 200)),
    ],
)
def test_a_mark_stands_at_the_corner_the_reader_sees(tmp_path, rotate, moved, shown):
    file = turned(made(tmp_path / "page.pdf", "<p>本文</p>"), rotate, moved)
    assert [tuple(map(round, size)) for size in sizes(file)] == [shown]
    marks = made(
        tmp_path / "marks.pdf", '<p class="at">印</p>', "{}pt {}pt".format(*shown), "left: 20pt; top: 0", False
    )

    stamp(file, marks)

    left, top = places(file)["印"]
    assert (round(left), round(top)) == (20, 0)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_page_made_elsewhere_gives_way_to_its_marks(tmp_path, rotate):
    shown = (300, 200) if rotate % 180 else (200, 300)
    # In the corner that is shown as the upper left one.
    place = {0: "left: 0; top: 0", 90: "left: 0; bottom: 0", 180: "right: 0; bottom: 0", 270: "right: 0; top: 0"}[
        rotate
    ]
    link = f'<a class="at" href="#top" style="font-size: 8pt">{SIGN}</a><p id="top"></p>'
    file = turned(made(tmp_path / "page.pdf", link, place=place, tagged=False), rotate)
    marks = made(
        tmp_path / "marks.pdf", '<p class="at">印</p>', "{}pt {}pt".format(*shown), "right: 0; bottom: 0", False
    )
    before = rectangle(file)

    stamp(file, marks, {0})

    size = (shown[1] - ABOVE - BELOW) / shown[1]
    after = rectangle(file)
    assert [round(side) for side in (after.width, after.height)] == [
        round(side * size) for side in (before.width, before.height)
    ]
    with pikepdf.open(file) as opened:
        assert b"/Artifact" in b"".join(part.read_bytes() for part in opened.pages[0].Contents)


def rectangle(file: Path) -> pikepdf.Rectangle:
    with pikepdf.open(file) as opened:
        return pikepdf.Rectangle(opened.pages[0].Annots[0].Rect)


def test_what_was_at_the_edges_lies_between_the_marks(tmp_path):
    file = made(tmp_path / "page.pdf", f'<p class="at">{SIGN}</p>', tagged=False)
    marks = made(tmp_path / "marks.pdf", '<p class="at">印</p>', place="right: 0; top: 0", tagged=False)

    stamp(file, marks, {0})

    found = places(file)
    assert (round(found[SIGN][1]), round(found["印"][1])) == (ABOVE, 0)


def test_a_mark_is_decoration_and_the_structure_below_stays(tmp_path):
    file = made(tmp_path / "page.pdf", "<h1>章</h1>")
    marks = made(tmp_path / "marks.pdf", "<p>－1－</p>", tagged=False)
    with pikepdf.open(file) as opened:
        before = opened.Root.StructTreeRoot.K[0].K[0].S

    stamp(file, marks)

    with pikepdf.open(file) as opened:
        assert before == opened.Root.StructTreeRoot.K[0].K[0].S == "/H1"
        content = b"".join(part.read_bytes() for part in opened.pages[0].Contents)
        assert b"/Artifact <</Type /Pagination>> BDC" in content
