"""What is taken at the door and what is not: each refusal word for word, with what to do next."""

import io
import zipfile

import openpyxl
import pytest

from mine_welfare.toolkit import excel
from mine_welfare.toolkit.refusal import Refused
from mine_welfare.toolkit.sheet import Column, Sheet
from mine_welfare.toolkit.upload import LIMITS, MEGABYTE, OLE, Limits, check
from surveys.sheets.files import table_of
from tests.workbooks import changed, saved

GOOD = excel.write([Sheet("表", [Column("題")], rows=[["a"]], count=1)], title="試験")
WORKSHEET = "xl/worksheets/sheet1.xml"


# ---- files people and programs send -----------------------------------------------------
def replaced(part: str, content: bytes) -> bytes:
    return changed(GOOD, lambda name, before: content if name == part else before)


def without(part: str) -> bytes:
    return changed(GOOD, lambda name, before: None if name == part else before)


def before(part: str, head: bytes) -> bytes:
    return changed(GOOD, lambda name, content: head + content if name == part else content)


def added(name: str, content: bytes = b"<x/>", times: int = 1) -> bytes:
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(times):
            archive.writestr(name.format(number), content)
    return out.getvalue()


def other_archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("写真.txt", "中身")
    return out.getvalue()


def locked_zip() -> bytes:
    data = bytearray(GOOD)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    return bytes(data)


def nested() -> bytes:
    """A workbook in a workbook in a workbook: nobody opens the inner ones."""
    inner = GOOD
    for _ in range(3):
        inner = added("xl/embeddings/inner.xlsx", inner)
    return inner


def wide(columns: int) -> bytes:
    return excel.write(
        [Sheet("表", [Column(str(n)) for n in range(columns)], rows=[["x"] * columns], count=1)], title=""
    )


def sheets(number: int) -> bytes:
    book = openpyxl.Workbook()
    for _ in range(number - 1):
        book.create_sheet()
    book.active["A1"] = "題"
    return saved(book)


LAUGHS = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
ABROAD = b'<!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd">'
FILES = b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'

# ---- the policy --------------------------------------------------------------------------
SAVE_AS = "Excelの「名前を付けて保存」で、種類を「Excel ブック (*.xlsx)」にして保存し直してください。"
MACROS = f"マクロの付いたファイル（.xlsm）は受け取れません。{SAVE_AS}"
OLD = f"古い形式のファイル（.xls）は受け取れません。{SAVE_AS}"
OTHER = "Excelのファイル（.xlsx）を選んでください。"
RENAMED = "中身がExcelのファイルではありません。名前だけを .xlsx に変えたファイルは読み取れません。"
LOCKED = "パスワードの付いたファイルは開けません。Excelでパスワードを外し、保存し直してから選んでください。"
BROKEN = "ファイルが壊れていて読み取れません。Excelで開いて保存し直してから、もう一度選んでください。"
BOMB = "開くと大きくなりすぎるファイルのため、読み取りません。画像や使わないシートを取り除いて保存し直してください。"
ENTITIES = "外部の定義を読み込むファイルのため、読み取りません。Excelで開いて保存し直してください。"
LARGE = "ファイルが大きすぎます。受け取れるのは20MBまでです。画像などを取り除いてください。"
ROWS = "行が多すぎます。1つのシートで読み取れるのは25,000行までです。"

# {what it is: (its name, its bytes, the sentence)}
REFUSED = {
    "a workbook with macros": ("調査票.xlsm", GOOD, MACROS),
    "macros under another name": ("調査票.xlsx", added("xl/vbaProject.bin"), MACROS),
    "a binary workbook": (
        "調査票.xlsb", GOOD, f"この形式のファイル（.xlsb）は受け取れません。{SAVE_AS}",
    ),
    "the old format": ("調査票.XLS", b"x", OLD),
    "the old format renamed": ("調査票.xlsx", OLE + b"Workbook", OLD),
    "LibreOffice's format": (
        "調査票.ods", GOOD, f"LibreOfficeの形式（.ods）は受け取れません。{SAVE_AS}",
    ),
    "a PDF": ("調査票.pdf", b"%PDF-1.7", OTHER),
    "a name without ending": ("調査票", GOOD, OTHER),
    "nothing": ("調査票.xlsx", b"", "ファイルの中身が空です。保存したファイルを選び直してください。"),
    "a text renamed": ("調査票.xlsx", "番号,版\n1,2".encode(), RENAMED),
    "a PDF renamed": ("調査票.xlsx", b"%PDF-1.7", RENAMED),
    "another archive renamed": ("調査票.xlsx", other_archive(), RENAMED),
    "an archive without its list of parts": ("調査票.xlsx", without("[Content_Types].xml"), RENAMED),
    "an encrypted workbook": ("調査票.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), LOCKED),
    "an encrypted archive": ("調査票.xlsx", locked_zip(), LOCKED),
    "an archive cut off": ("調査票.xlsx", GOOD[:300], BROKEN),
    "only the first bytes of an archive": ("調査票.xlsx", GOOD[:8], BROKEN),
    "an archive without its directory": ("調査票.xlsx", GOOD[: GOOD.index(b"PK\x01\x02")], BROKEN),
    "no workbook inside": ("調査票.xlsx", without("xl/workbook.xml"), BROKEN),
    "no styles inside": ("調査票.xlsx", replaced("xl/styles.xml", b""), BROKEN),
    "a workbook that is no XML": ("調査票.xlsx", replaced("xl/workbook.xml", b"\x00\x01"), BROKEN),
    "half a workbook": ("調査票.xlsx", replaced("xl/workbook.xml", b"<workbook><sheets>"), BROKEN),
    "too dense a part": ("調査票.xlsx", added("xl/media/a.png", b"0" * 3 * MEGABYTE), BOMB),
    "too dense a sheet": ("調査票.xlsx", before(WORKSHEET, b" " * 3 * MEGABYTE), BOMB),
    "too many parts": ("調査票.xlsx", added("xl/media/{}.png", times=LIMITS.parts), BOMB),
    "too many sheets": ("調査票.xlsx", sheets(LIMITS.parts), BOMB),
    "entities that grow": ("調査票.xlsx", before(WORKSHEET, LAUGHS), ENTITIES),
    "entities in the list of parts": ("調査票.xlsx", before("[Content_Types].xml", LAUGHS), ENTITIES),
    "a definition elsewhere": ("調査票.xlsx", before("xl/workbook.xml", ABROAD), ENTITIES),
    "an entity of a file": ("調査票.xlsx", before("docProps/core.xml", FILES), ENTITIES),
    "entities in a part nobody reads": ("調査票.xlsx", added("custom/a.xml", LAUGHS + b"<a>&c;</a>"), ENTITIES),
}  # fmt: skip


@pytest.mark.parametrize(("name", "data", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(name, data, sentence):
    with pytest.raises(Refused) as refused:
        excel.read(io.BytesIO(data), name)
    assert str(refused.value) == sentence


ACCEPTED = {
    "as the portal wrote it": ("調査票.xlsx", GOOD),
    "in capital letters": ("調査票.XLSX", GOOD),
    "saved by another program": ("調査票.xlsx", saved(openpyxl.load_workbook(io.BytesIO(GOOD)))),
    "with a picture": ("調査票.xlsx", added("xl/media/a.png", bytes(range(256)) * 40)),
    "with workbooks in it": ("調査票.xlsx", nested()),
    "as many sheets as a year has departments": ("調査票.xlsx", sheets(60)),
    "with columns of its own": ("調査票.xlsx", wide(LIMITS.columns + 1)),
}


@pytest.mark.parametrize(("name", "data"), ACCEPTED.values(), ids=ACCEPTED)
def test_what_is_taken(name, data):
    book = excel.read(io.BytesIO(data), name)
    (_, cells), *_ = book.rows(next(iter(book.sheets)))
    assert 1 <= len(cells) <= LIMITS.columns


def test_the_file_is_left_at_its_beginning():
    file = io.BytesIO(GOOD)
    check(file, "調査票.xlsx")
    assert file.tell() == 0


def test_a_file_that_is_too_large_is_not_even_opened():
    with pytest.raises(Refused) as refused:
        check(io.BytesIO(b"x" * (LIMITS.size + 1)), "調査票.xlsx")
    assert str(refused.value) == LARGE


def test_what_it_unpacks_to_is_added_up():
    with pytest.raises(Refused) as refused:
        check(io.BytesIO(GOOD), "調査票.xlsx", Limits(unpacked=1000))
    assert str(refused.value) == BOMB


def test_a_part_that_stands_twice_is_a_broken_file():
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = added("xl/workbook.xml")
    with pytest.raises(Refused) as refused:
        check(io.BytesIO(data), "調査票.xlsx")
    assert str(refused.value) == BROKEN


def test_too_many_rows_are_refused_on_the_way():
    rows = b"".join(b'<row r="%d"><c><v>1</v></c></row>' % number for number in range(1, LIMITS.rows + 2))
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        sheet = archive.read(WORKSHEET)
    book = excel.read(io.BytesIO(replaced(WORKSHEET, sheet.replace(b"<sheetData>", b"<sheetData>" + rows))), "a.xlsx")
    with pytest.raises(Refused) as refused:
        list(book.rows("表"))
    assert str(refused.value) == ROWS


# ---- the files of surveys, statistics and master data: CSV too ----------------------------
TABLES_REFUSED = {
    **{what: one for what, one in REFUSED.items() if one[0].casefold().endswith((".xlsx", ".xlsm", ".xlsb", ".ods"))},
    "a PDF": ("統計.pdf", b"%PDF-1.7", "CSV（.csv）かExcel（.xlsx）のファイルを選んでください。"),
    "a workbook named CSV": ("統計.csv", GOOD, OTHER),
    "nothing in a CSV": ("統計.csv", b" \n", "ファイルの中身がありません。"),
    "no encoding": (
        "統計.csv", b"\x81",
        "文字コードが分かりません。"
        "Excelの「名前を付けて保存」で「CSV UTF-8（コンマ区切り）」を選んで保存したものを使ってください。",
    ),
    "an open quote": (
        "統計.csv", b'a,b\n"' + b"x" * 200_000, "CSVとして読めません。引用符（\"）の対応を確かめてください。",
    ),
    "an empty heading": (
        "統計.csv", "識別名,,値\na,b,c".encode(),
        "1行目の2番目の列に名前がありません。結合したセルがないかも確かめてください。",
    ),
    "a heading that stands twice": ("統計.csv", "値,値\n1,2".encode(), "1行目に「値」という列が2つあります。"),
    "a value beside the table": (
        "統計.csv", "値\n1,2".encode(),
        "2行目に、列の名前より右にはみ出した値があります。コンマの数を確かめてください。",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "data", "sentence"), TABLES_REFUSED.values(), ids=TABLES_REFUSED)
def test_what_is_refused_as_a_table(name, data, sentence):
    with pytest.raises(Refused) as refused:
        table_of(name, data)
    assert str(refused.value) == sentence


def test_a_table_that_is_too_large_is_not_even_opened():
    with pytest.raises(Refused) as refused:
        table_of("統計.csv", b"x" * (40 * MEGABYTE + 1))
    assert str(refused.value) == "ファイルが大きすぎます。受け取れるのは40MBまでです。"
