"""Joined papers keep what a screen reader knows: structure, pages of each element, bookmarks, links."""

from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Name

from mine_welfare.toolkit import pdf
from mine_welfare.toolkit.pdf_join import Part, is_readable, join

PAGE = """<!doctype html><html lang="ja"><head><title>{title}</title><style>
@page {{ size: {size} }} h1 {{ bookmark-level: 1 }} h2 {{ bookmark-level: 2; break-before: page }}
</style></head><body><h1 id="top">{title}</h1><p><a href="#end">終わりへ</a></p>
<table><thead><tr><th scope="col">列</th></tr></thead><tbody><tr><td>値</td></tr></tbody></table>
<h2 id="end">おわり</h2></body></html>"""


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> list[Path]:
    """Two tagged papers of two pages each, with links of the same names."""
    folder = tmp_path_factory.mktemp("parts")
    found = []
    for title, size in (("甲", "A4"), ("乙", "A3 landscape")):
        file = folder / f"{title}.pdf"
        file.write_bytes(pdf.render(PAGE.format(title=title, size=size)))
        found.append(file)
    return found


@pytest.fixture
def joined(made, tmp_path) -> Path:
    out = tmp_path / "all.pdf"
    assert join([Part(made[0], "資料1"), Part(made[1], "資料2")], out, title="まとめ") == 4
    return out


def elements(node) -> list:
    """Every structure element under `node`, in reading order."""
    found = []
    children = node.get(Name.K, [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary) and Name.S in child:
            found += [child, *elements(child)]
    return found


def kinds(file: Path) -> list[str]:
    with pikepdf.open(file) as source:
        return [str(one.S) for one in elements(source.Root.StructTreeRoot)]


def test_the_structure_is_that_of_the_parts_under_one_document(made, joined):
    expected = ["/Document"]
    for part in made:
        expected += ["/Part" if kind == "/Document" else kind for kind in kinds(part)]
    assert kinds(joined) == expected


def test_every_element_points_at_a_page_of_the_joined_file(joined):
    with pikepdf.open(joined) as file:
        pages = {page.obj.objgen for page in file.pages}
        assert {one.Pg.objgen for one in elements(file.Root.StructTreeRoot) if Name.Pg in one} <= pages


def test_each_page_finds_its_own_elements_in_the_parent_tree(joined):
    with pikepdf.open(joined) as file:
        tree = pikepdf.NumberTree(file.Root.StructTreeRoot.ParentTree)
        keys = [int(page.obj.StructParents) for page in file.pages]
        assert len(set(keys)) == 4
        for page, key in zip(file.pages, keys, strict=True):
            owners = {one.Pg.objgen for one in tree[key] if isinstance(one, pikepdf.Dictionary) and Name.Pg in one}
            assert owners <= {page.obj.objgen}
        assert int(file.Root.StructTreeRoot.ParentTreeNextKey) > max(keys)


def test_links_lead_to_the_end_of_their_own_part(joined):
    with pikepdf.open(joined) as file:
        numbers = {page.obj.objgen: number for number, page in enumerate(file.pages)}
        targets = []
        for page in file.pages:
            for annotation in page.obj.get(Name.Annots, []):
                place = annotation.A.D if Name.A in annotation else annotation.Dest
                targets.append(numbers[place[0].objgen])
        assert targets == [1, 3]


def test_bookmarks_stand_under_the_name_of_their_part(joined):
    with pikepdf.open(joined) as file, file.open_outline() as outline:
        assert [(one.title, [mark.title for mark in one.children]) for one in outline.root] == [
            ("資料1", ["甲"]),
            ("資料2", ["乙"]),
        ]
        assert [mark.title for mark in outline.root[1].children[0].children] == ["おわり"]


def test_the_file_says_what_it_is(joined):
    with pikepdf.open(joined) as file:
        with file.open_metadata() as metadata:
            assert (metadata["dc:title"], metadata["pdfuaid:part"]) == ("まとめ", "1")
        assert (str(file.Root.Lang), bool(file.Root.MarkInfo.Marked)) == ("ja-JP", True)
        assert bool(file.Root.ViewerPreferences.DisplayDocTitle)


def test_a_part_without_tags_joins_without_harm(made, tmp_path):
    plain = tmp_path / "plain.pdf"
    with pikepdf.new() as file:
        file.add_blank_page()
        file.save(plain)
    out = tmp_path / "all.pdf"
    assert join([Part(plain), Part(made[0])], out, title="まとめ") == 3
    assert kinds(out) == ["/Document", "/Part", *kinds(made[0])[1:]]


def test_nothing_is_not_a_paper(tmp_path):
    with pytest.raises(ValueError, match="nothing to join"):
        join([], tmp_path / "all.pdf", title="まとめ")


@pytest.mark.parametrize(
    ("content", "readable"),
    [(b"", False), (b"%PDF-1.7\nbroken", False), (b"PK\x03\x04", False)],
    ids=["empty", "broken", "zip"],
)
def test_what_cannot_be_opened_is_known(content, readable):
    assert is_readable(BytesIO(content)) is readable


def test_a_locked_file_cannot_be_opened_and_a_whole_one_can(made, tmp_path):
    locked = tmp_path / "locked.pdf"
    with pikepdf.open(made[0]) as file:
        file.save(locked, encryption=pikepdf.Encryption(owner="a", user="b"))
    assert [is_readable(BytesIO(file.read_bytes())) for file in (locked, made[0])] == [False, True]
