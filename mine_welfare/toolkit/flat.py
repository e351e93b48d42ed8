"""Flat data files for machines: CSV and JSON of one table.

The government's machine-readability rule (31 March 2026): one header row, one
value per cell, no line break inside a field, units in a column of their own,
UTF-8 with BOM. Text that a spreadsheet would take for a formula is disarmed.
"""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

# Spreadsheets take the full-width signs for the same.
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def cell(value: Any) -> str:
    """One value as text: None is empty (never 0), several lines become one, formulas are disarmed."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    text = "／".join(part.strip() for part in str(value).splitlines() if part.strip())
    # A leading apostrophe is what Excel itself writes for "this is text".
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def to_csv(columns: Sequence[str], rows: Iterable[dict]) -> str:
    """CSV with BOM and CRLF; `rows` are dictionaries by column name."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([cell(row.get(column)) for column in columns] for row in rows)
    return out.getvalue()


def to_json(columns: Sequence[str], rows: Iterable[dict]) -> str:
    """A list of objects with exactly `columns`; values keep their types, text its line breaks."""
    return json.dumps([{column: row.get(column) for column in columns} for row in rows], ensure_ascii=False, indent=1)
