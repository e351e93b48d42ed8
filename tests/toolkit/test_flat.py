"""Flat files: what the machine-readability rule asks of them, whatever people have typed."""

import csv
import io
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine_welfare.toolkit.flat import FORMULA_STARTS, cell, to_csv, to_json


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (0, "0"),
        ("", ""),
        (True, "true"),
        (False, "false"),
        (-3, "-3"),
        (1.5, "1.5"),
        (Decimal("44.20"), "44.20"),
        ("一行", "一行"),
        ("一行\n二行", "一行／二行"),
        ("一行\r\n\r\n 二行\r三行 ", "一行／二行／三行"),
        ("縦\x0bタブ\u2028も", "縦／タブ／も"),
    ],
)
def test_one_value_is_one_cell_on_one_line(value, text):
    assert cell(value) == text


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_a_formula_is_disarmed(start):
    assert cell(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


@pytest.mark.parametrize("text", ["\t=1+1", "\r=1+1", "\n =1+1", " @SUM(A1)", "　＝A1"])
def test_a_formula_behind_white_space_is_disarmed(text):
    assert cell(text).startswith("'")


def test_a_sign_inside_the_text_stays():
    assert cell("A=B、1-2、a@b") == "A=B、1-2、a@b"


def test_the_file_begins_with_a_mark_and_one_row_of_names():
    assert to_csv(["code", "名称"], []) == "\ufeffcode,名称\r\n"


def test_a_column_without_a_value_is_empty_and_others_are_left_out():
    assert to_csv(["a", "b"], [{"a": 1, "c": 3}]) == "\ufeffa,b\r\n1,\r\n"


@given(st.lists(st.tuples(st.text(), st.sampled_from(FORMULA_STARTS) | st.none(), st.text()), max_size=5))
def test_every_row_stays_a_row_and_no_cell_is_a_formula(texts):
    rows = [{"a": before, "b": f"{start or ''}{after}"} for before, start, after in texts]
    read = list(csv.reader(io.StringIO(to_csv(["a", "b"], rows).removeprefix("\ufeff"), newline="")))
    assert [len(row) for row in read] == [2] * (len(rows) + 1)
    assert [text for row in read for text in row if text.startswith(FORMULA_STARTS) or len(text.splitlines()) > 1] == []


def test_json_keeps_types_line_breaks_and_only_its_columns():
    text = to_json(["a", "b"], [{"a": 1, "b": "一\n二", "c": 3}, {"a": None}])
    assert json.loads(text) == [{"a": 1, "b": "一\n二"}, {"a": None, "b": None}]
    assert "二" in text
