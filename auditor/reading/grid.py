"""A sheet as text cells: what every file format is turned into before anything is understood."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from auditor.reading.dates import SERIALS_FROM_1900
from auditor.tables import ROW

CELLS = "_cells"  # how many cells the line had: only where lines can be of different length
ITEM = "\x1f"  # stands before every item of a cell that already was a list
BLANKS = " \t\r\n\v\f\u00a0\u2000\u2001\u2002\u2003\u2009\u200b\u200c\u200d\u3000\ufeff"

_SPANS = 10
_LONG_NUMBER = re.compile(r"\d[\d\s-]{5,}")  # a phone, an id, a date: no heading has one


class Unreadable(Exception):
    """A file that cannot be read at all: the message says why and what to do, in Chinese."""


@dataclass(frozen=True)
class Broken:
    """A row that could not be taken apart into cells."""

    row: int
    value: str
    reason: str


@dataclass(frozen=True, order=True)
class Area:
    """Cells merged to one: rows as a person counts them, columns from 0, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True)
class Marks:
    """What a workbook says of a sheet beside its cells: merged areas, hidden rows and columns (from 0)."""

    merged: tuple[Area, ...] = ()
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()


@dataclass(frozen=True)
class Grid:
    """The rows of one sheet, or of one table in it, that are not wholly blank.

    `frame` has `_row` and one String column a sheet column, named "0", "1", …; a blank cell is null, and
    so are the cells of a merged area but its first. `headings` is set where the format itself names its
    columns; else they stand in one of the first rows. `is_later`: another table stands above in the sheet.
    `formulas` counts the cells whose value was worked out when the file was saved.
    """

    file: str
    sheet: str
    frame: pl.DataFrame
    headings: tuple[str, ...] | None = None
    broken: tuple[Broken, ...] = ()
    hidden: bool = False
    marks: Marks = Marks()
    is_later: bool = False
    serials_from: dt.date = SERIALS_FROM_1900  # day 0 of dates that are plain numbers
    formulas: int = 0

    @property
    def label(self) -> str:
        """The sheet, or the table in it, as it is named to a person."""
        sheet = f"{self.file} 工作表“{self.sheet}”" if self.sheet else self.file
        return f"{sheet}（第{self.frame[ROW][0]}行起的表）" if self.is_later else sheet

    @property
    def width(self) -> int:
        """How many columns the sheet has."""
        return len(cell_columns(self.frame))

    @property
    def is_empty(self) -> bool:
        """Nothing is written in it, not even a heading."""
        return self.frame.is_empty() and not self.broken and not self.headings

    def texts(self, index: int) -> tuple[str, ...]:
        """The cells of one row, blank ones as ""."""
        cells = zip(self.frame.columns, self.frame.row(index), strict=True)
        return tuple(cell or "" for name, cell in cells if name not in (ROW, CELLS))


def cell_columns(frame: pl.DataFrame) -> list[str]:
    """The names of the columns that hold cells."""
    return [name for name in frame.columns if name not in (ROW, CELLS)]


def without_blank_rows(frame: pl.DataFrame) -> pl.DataFrame:
    """Strip every cell, make the blank ones null, and leave out rows in which nothing is written."""
    names = cell_columns(frame)
    if not names:
        return frame.clear()
    frame = frame.with_columns(pl.col(names).str.strip_chars(BLANKS))
    frame = frame.with_columns(pl.when(pl.col(names) != "").then(pl.col(names)).name.keep())
    filled = frame.select(pl.any_horizontal(pl.col(names).is_not_null())).to_series()
    return frame if filled.all() else frame.filter(filled)


def grid_of_columns(file: str, sheet: str, columns: Sequence[pl.Series], rows: Iterable[int], **more: object) -> Grid:
    """A grid of text columns and their row numbers."""
    named = [column.alias(str(index)) for index, column in enumerate(columns)]
    frame = pl.DataFrame([pl.Series(ROW, rows, dtype=pl.UInt32), *named])
    return Grid(file, sheet, without_blank_rows(frame), **more)  # type: ignore[arg-type]


def spans(numbers: Sequence[int]) -> str:
    """Ascending row numbers as a person lists them: 第3、5–8行, of many the first."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    shown = "、".join(str(first) if first == last else f"{first}–{last}" for first, last in runs[:_SPANS])
    return f"第{shown}行" + (f"等{len(numbers)}行" if len(runs) > _SPANS else "")


def quotable(texts: Sequence[str]) -> str:
    """Texts that a remark may quote: headings and titles, but nothing that may be somebody's record."""
    filled = [text for text in texts if text]
    if any(_LONG_NUMBER.search(text) for text in filled):
        return "（像是数据，不在此列出）"
    return "、".join(filled)
