"""Tables in whatever encoding the city hall's programs wrote."""

import codecs

import pytest

from mine_welfare.toolkit import csvfile, flat
from mine_welfare.toolkit.refusal import Refused

TEXT = "識別名,年,値\npopulation,令和6年,20992\n"
ROWS = [(2, ["population", "令和6年", "20992"])]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "UTF-8"),
        (TEXT.encode("utf-8-sig"), "UTF-8（BOM付き）"),
        (TEXT.encode("cp932"), "Shift_JIS"),
        (TEXT.encode("utf-16"), "UTF-16"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "UTF-16"),
        (TEXT.encode("utf-16-le"), "UTF-16（BOMなし）"),
        (TEXT.encode("utf-16-be"), "UTF-16（BOMなし）"),
        (TEXT.replace(",", "\t").encode("utf-16"), "UTF-16"),
        (TEXT.replace(",", ";").encode(), "UTF-8"),
        (TEXT.replace("\n", "\r\n").encode("cp932"), "Shift_JIS"),
    ],
)
def test_every_encoding_gives_the_same_table_and_its_name(content, encoding):
    table = csvfile.read(content)

    assert (table.columns, table.rows, table.encoding) == (["識別名", "年", "値"], ROWS, encoding)


def test_rows_keep_their_number_and_empty_ones_are_left_out():
    table = csvfile.read(b"a,b,,\n\n1,2\n,,\n3\n")

    assert table.columns == ["a", "b"]
    assert table.rows == [(3, ["1", "2"]), (5, ["3", ""])]


def test_what_was_disarmed_for_spreadsheets_is_itself_again():
    table = csvfile.read(flat.to_csv(["a", "b"], [{"a": "=平均", "b": "'そのまま"}, {"a": -3, "b": "＋1"}]).encode())

    assert table.rows == [(2, ["=平均", "'そのまま"]), (3, ["-3", "＋1"])]


def test_a_line_break_within_quotes_is_part_of_the_cell_and_rows_count_as_in_a_spreadsheet():
    table = csvfile.read('a,b\n"1行\n2行",x\ny,z\n'.encode())

    assert table.rows == [(2, ["1行\n2行", "x"]), (3, ["y", "z"])]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "ファイルの中身がありません。"),
        (b" \r\n", "ファイルの中身がありません。"),
        (b"\xff\xfea", csvfile.UNREADABLE),
        (b"\x81\xff\x81,\x80\xff\xa0\xfd", csvfile.UNREADABLE),
        (b"\na,b\n1,2\n", "1行目に列の名前がありません。見本のとおり、1行目を列の名前にしてください。"),
        (b"a,,b\n1,2,3\n", "1行目の2番目の列に名前がありません。結合したセルがないかも確かめてください。"),
        (b"a,b,a\n1,2,3\n", "1行目に「a」という列が2つあります。"),
        (b"a,b\n1,2\n1,2,3\n", "3行目に、列の名前より右にはみ出した値があります。コンマの数を確かめてください。"),
        (b"a,b\n" + b"x" * 200_000 + b",1\n", 'CSVとして読めません。引用符（"）の対応を確かめてください。'),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(content, sentence):
    with pytest.raises(Refused) as refused:
        csvfile.read(content)

    assert str(refused.value) == sentence
