"""What is looked at before an uploaded Office file is opened: its name, its size, its kind, and what it unpacks to.

Every refusal says what to do next. Nothing is unpacked beyond the first bytes of each part.
"""

import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, NoReturn
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from .refusal import Refused

MEGABYTE = 1024 * 1024
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SAVE_AS = "Excelの「名前を付けて保存」で、種類を「Excel ブック (*.xlsx)」にして保存し直してください。"
NAMES = {
    ".xlsm": f"マクロの付いたファイル（.xlsm）は受け取れません。{SAVE_AS}",
    ".xlsb": f"この形式のファイル（.xlsb）は受け取れません。{SAVE_AS}",
    ".xls": f"古い形式のファイル（.xls）は受け取れません。{SAVE_AS}",
    ".ods": f"LibreOfficeの形式（.ods）は受け取れません。{SAVE_AS}",
}
OTHER = "Excelのファイル（.xlsx）を選んでください。"
EMPTY = "ファイルの中身が空です。保存したファイルを選び直してください。"
RENAMED = "中身がExcelのファイルではありません。名前だけを .xlsx に変えたファイルは読み取れません。"
LOCKED = "パスワードの付いたファイルは開けません。Excelでパスワードを外し、保存し直してから選んでください。"
BROKEN = "ファイルが壊れていて読み取れません。Excelで開いて保存し直してから、もう一度選んでください。"
BOMB = "開くと大きくなりすぎるファイルのため、読み取りません。画像や使わないシートを取り除いて保存し直してください。"
ENTITIES = "外部の定義を読み込むファイルのため、読み取りません。Excelで開いて保存し直してください。"


@dataclass(frozen=True)
class Limits:
    """The largest file that is looked at; far above a real one, far below what would hurt the server."""

    size: int = 20 * MEGABYTE
    unpacked: int = 300 * MEGABYTE
    ratio: int = 200  # unpacked : packed of one part over a megabyte; text of a city hall stays under 60
    parts: int = 500
    rows: int = 25_000
    columns: int = 200


LIMITS = Limits()


def check(file: IO[bytes], name: str, limits: Limits = LIMITS) -> None:
    """Refuse what is not a plain .xlsx within `limits`; leaves `file` at its beginning."""
    if not name.casefold().endswith(".xlsx"):
        endings = [words for ending, words in NAMES.items() if name.casefold().endswith(ending)]
        raise Refused(endings[0] if endings else OTHER)
    size = file.seek(0, 2)
    if size > limits.size:
        most = limits.size // MEGABYTE
        raise Refused(f"ファイルが大きすぎます。受け取れるのは{most}MBまでです。画像などを取り除いてください。")
    file.seek(0)
    start = file.read(8)
    if start == OLE:
        _refuse_ole(file)
    if not start:
        raise Refused(EMPTY)
    if not start.startswith(b"PK"):
        raise Refused(RENAMED)
    _check_archive(file, limits)
    file.seek(0)


def _refuse_ole(file: IO[bytes]) -> NoReturn:
    """An encrypted workbook lies in the container of the old format."""
    raise Refused(LOCKED if "EncryptedPackage".encode("utf-16-le") in file.read() else NAMES[".xls"])


def _check_archive(file: IO[bytes], limits: Limits) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            _check_parts(archive.infolist(), limits)
            for part in archive.infolist():
                _refuse_entities(archive, part)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise Refused(BROKEN) from error


def _check_parts(parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    names = [part.filename for part in parts]
    if any(part.flag_bits & 0x1 for part in parts):
        raise Refused(LOCKED)
    if any(name.casefold().endswith("vbaproject.bin") for name in names):
        raise Refused(NAMES[".xlsm"])
    # Sizes are those of the archive's own list; reading never goes beyond them.
    too_dense = any(p.file_size > MEGABYTE and p.file_size > limits.ratio * p.compress_size for p in parts)
    if too_dense or len(parts) > limits.parts or sum(part.file_size for part in parts) > limits.unpacked:
        raise Refused(BOMB)
    if "[Content_Types].xml" not in names:
        raise Refused(RENAMED)
    if len(set(names)) != len(names):
        raise Refused(BROKEN)


class _RootReached(Exception):
    """Entities can only be declared before the first element."""


class _Prolog:
    def start(self, tag: str, attributes: dict[str, str]) -> Element:
        raise _RootReached

    def close(self) -> None:
        """The parser asks for it; a part that ends without an element holds nothing."""


def _refuse_entities(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    parser = DefusedXMLParser(target=_Prolog(), forbid_dtd=True)
    with archive.open(part) as source:
        try:
            while chunk := source.read(4096):
                parser.feed(chunk)
        except DefusedXmlException as error:
            raise Refused(ENTITIES) from error
        except (_RootReached, ParseError):
            return
