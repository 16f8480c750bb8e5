"""A sheet as text cells: what every file format is turned into before anything is understood."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from auditor.tables import ROW

CELLS = "_cells"  # how many cells the line had: only where lines can be of different length
ITEM = "\x1f"  # stands before every item of a cell that already was a list
BLANKS = " \t\r\n\v\f\u00a0\u2000\u2001\u2002\u2003\u2009\u200b\u200c\u200d\u3000\ufeff"

_LONG_NUMBER = re.compile(r"\d[\d\s-]{5,}")  # a phone, an id, a date: no heading has one


class Unreadable(Exception):
    """A file that cannot be read at all: the message says why and what to do, in Chinese."""


@dataclass(frozen=True)
class Broken:
    """A row that could not be taken apart into cells."""

    row: int
    value: str
    reason: str


@dataclass(frozen=True)
class Grid:
    """The rows of one sheet that are not wholly blank.

    `frame` has `_row` and one String column a sheet column, named "0", "1", …; a blank cell is null.
    `headings` is set where the format itself names its columns; else they stand in one of the first rows.
    `formulas` counts the cells whose value was worked out when the file was saved.
    """

    file: str
    sheet: str
    frame: pl.DataFrame
    headings: tuple[str, ...] | None = None
    broken: tuple[Broken, ...] = ()
    hidden: bool = False
    formulas: int = 0

    @property
    def label(self) -> str:
        """The sheet as it is named to a person."""
        return f"{self.file} 工作表“{self.sheet}”" if self.sheet else self.file

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
        cells = self.frame.select(cell_columns(self.frame)).row(index)
        return tuple(cell or "" for cell in cells)


def cell_columns(frame: pl.DataFrame) -> list[str]:
    """The names of the columns that hold cells."""
    return [name for name in frame.columns if name not in (ROW, CELLS)]


def without_blank_rows(frame: pl.DataFrame) -> pl.DataFrame:
    """Strip every cell, make the blank ones null, and leave out rows in which nothing is written."""
    names = cell_columns(frame)
    stripped = [pl.col(name).str.strip_chars(BLANKS) for name in names]
    frame = frame.with_columns(pl.when(cell != "").then(cell).name.keep() for cell in stripped)
    if not names:
        return frame.clear()
    filled = frame.select(pl.any_horizontal(pl.col(name).is_not_null() for name in names)).to_series()
    return frame if filled.all() else frame.filter(filled)


def grid_of_columns(file: str, sheet: str, columns: Sequence[pl.Series], rows: Iterable[int], **more: object) -> Grid:
    """A grid of text columns and their row numbers."""
    named = [column.alias(str(index)) for index, column in enumerate(columns)]
    frame = pl.DataFrame([pl.Series(ROW, rows, dtype=pl.UInt32), *named])
    return Grid(file, sheet, without_blank_rows(frame), **more)  # type: ignore[arg-type]


def column_letter(index: int) -> str:
    """The letters that a spreadsheet shows above column `index`, counted from 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def quotable(texts: Sequence[str]) -> str:
    """Texts that a remark may quote: headings and titles, but nothing that may be somebody's record."""
    filled = [text for text in texts if text]
    if any(_LONG_NUMBER.search(text) for text in filled):
        return "（像是数据，不在此列出）"
    return "、".join(filled)
