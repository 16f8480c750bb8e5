"""Quotes in text tables: whatever stands between them, the cells come out as a reading sign by sign gives them."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.reading.delimited import read_delimited
from auditor.reading.grid import Unreadable, cell_columns

_CELL = st.text(alphabet='甲a1," \n；', max_size=6).map(str.strip)
_ROWS = st.lists(st.tuples(_CELL, _CELL, _CELL), min_size=1, max_size=8)
_PIECES = st.lists(st.sampled_from(['"', '""', ",", "\n", "甲", "乙乙", '"丙"', ',"', '",']), max_size=14).map("".join)


def cells_of(text: str) -> list[list[str]]:
    """The filled rows of a text table, blank cells as empty texts."""
    frame = read_delimited(text.encode(), "a.csv").frame
    return [[cell or "" for cell in row] for row in frame.select(cell_columns(frame)).iter_rows()]


@given(rows=_ROWS, always=st.booleans())
def test_what_a_program_writes_is_read_back(rows: list[tuple[str, str, str]], always: bool) -> None:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n", quoting=csv.QUOTE_ALL if always else csv.QUOTE_MINIMAL)
    writer.writerows([("编号", "标题", "内容"), *rows])
    assert cells_of(written.getvalue()) == [["编号", "标题", "内容"], *map(list, filter(any, rows))]


@given(pieces=_PIECES)
def test_hand_written_quotes_are_read_sign_by_sign(pieces: str) -> None:
    text = f"编号,标题,内容\n{pieces}\nx,y,z\n"
    expected = by_hand(text)
    if expected is None:
        with pytest.raises(Unreadable, match="引号没有配对"):
            read_delimited(text.encode(), "a.csv")
    else:
        width = max(len(row) for row in expected)
        if width == 3:
            padded = [[cell.strip() for cell in row] + [""] * (3 - len(row)) for row in expected]
            assert cells_of(text) == [row for row in padded if any(row)]


def by_hand(text: str) -> list[list[str]] | None:
    """The cells, one sign after another; None where a quote is never closed."""
    rows, row, at = list[list[str]](), list[str](), 0
    while at <= len(text):
        cell = ""
        if text[at : at + 1] == '"':
            at += 1
            while True:
                if at >= len(text):
                    return None
                if text[at] == '"' and text[at + 1 : at + 2] == '"':
                    cell, at = cell + '"', at + 2
                elif text[at] == '"':
                    at += 1
                    break
                else:
                    cell, at = cell + text[at], at + 1
        while at < len(text) and text[at] not in ",\n":
            cell, at = cell + text[at], at + 1
        row.append(cell)
        if at >= len(text) or text[at] == "\n":
            rows.append(row)
            row = []
        at += 1
    return rows
