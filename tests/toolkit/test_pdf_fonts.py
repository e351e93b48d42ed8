"""The fonts of joined pieces: one file for each face, every glyph as it was."""

import io
import subprocess
from pathlib import Path

import pikepdf
import pytest
from fontTools.ttLib import TTFont

from mine_welfare.toolkit import pdf, pdf_fonts
from mine_welfare.toolkit.pdf_join import Part, join

PAGE = """<!doctype html><html lang="ja"><head><title>紙</title><style>
@page {{ size: A6 }} body {{ font-family: "BIZ UDPGothic" }} i {{ font-family: "BIZ UDPMincho"; font-style: normal }}
</style></head><body><p>{words}</p><p><b>{words}</b></p><p><i>{words}</i></p></body></html>"""
WORDS = ("地域福祉計画と再犯防止", "令和7年度から11年度まで（福祉課）", "ABC abc がぎぐ パピプ ①②㈱ 髙﨑 μ€")


@pytest.fixture
def joined(tmp_path) -> Path:
    parts = []
    for number, words in enumerate(WORDS):
        file = tmp_path / f"{number}.pdf"
        file.write_bytes(pdf.render(PAGE.format(words=words)))
        parts.append(Part(file))
    join(parts, tmp_path / "all.pdf", title="紙")
    return tmp_path / "all.pdf"


def files(document: pikepdf.Pdf) -> dict[str, set]:
    """Name of a face → the files its fonts use."""
    found: dict[str, set] = {}
    for item in document.objects:
        if isinstance(item, pikepdf.Dictionary) and "/FontFile2" in item:
            found.setdefault(str(item.FontName), set()).add(item.FontFile2.objgen)
    return found


def pictures(file: Path) -> bytes:
    return subprocess.run(["pdftoppm", "-r", "100", file], capture_output=True, check=True).stdout


def test_each_face_has_one_file_and_looks_as_before(joined, tmp_path):
    with pikepdf.open(joined) as document:
        before = files(document)
        pdf_fonts.share(document)
        after = files(document)
        document.save(tmp_path / "shared.pdf")

    assert max(map(len, before.values())) == 3
    assert {name: len(found) for name, found in after.items()} == dict.fromkeys(before, 1)
    assert pictures(tmp_path / "shared.pdf") == pictures(joined)
    assert (tmp_path / "shared.pdf").stat().st_size < joined.stat().st_size


def test_the_united_font_is_a_sound_one(joined):
    with pikepdf.open(joined) as document:
        for faces in pdf_fonts._faces(document):
            content = pdf_fonts.united([(file.content, file.printed) for file in faces])
            font = TTFont(io.BytesIO(content), checkChecksums=2)
            for file in faces:
                part = TTFont(io.BytesIO(file.content))
                for number in file.printed:
                    name, own = font.getGlyphName(number), part.getGlyphName(number)
                    assert font["glyf"][name] == part["glyf"][own]
                    assert font["hmtx"][name] == part["hmtx"][own]


def test_a_single_paper_stays_as_it_is(tmp_path):
    with pikepdf.open(io.BytesIO(pdf.render(PAGE.format(words=WORDS[0])))) as document:
        before = files(document)
        pdf_fonts.share(document)
        assert files(document) == before


def test_a_glyph_made_of_others_keeps_its_own_file(joined, monkeypatch):
    monkeypatch.setattr(pdf_fonts._Subset, "is_composed", lambda self, printed: True)
    with pikepdf.open(joined) as document:
        before = files(document)
        pdf_fonts.share(document)
        assert files(document) == before


def test_a_composed_glyph_is_known_by_its_negative_count_of_contours(joined):
    with pikepdf.open(joined) as document:
        [face, *_] = pdf_fonts._faces(document)
    subset = pdf_fonts._Subset(face[0].content)
    number = next(one for one in sorted(face[0].printed) if subset.glyph(one).outline)
    assert not subset.is_composed(face[0].printed)

    place = subset.places[number]
    subset.tables["glyf"] = subset.tables["glyf"][:place] + b"\xff\xff" + subset.tables["glyf"][place + 2 :]
    assert subset.is_composed({number})
