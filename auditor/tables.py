"""A log as a typed table, every value traceable to the cell that it came from.

What reading hands to evaluation: the one noun of the program that is built on Polars.
"""

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

import polars as pl

from auditor.rulebook.logs import FieldType

FIELD_TYPES: Mapping[FieldType, pl.DataType] = {
    FieldType.TEXT: pl.String(),
    FieldType.ONE_OF: pl.String(),
    FieldType.FLAG: pl.Boolean(),
    FieldType.DATE: pl.Date(),
    FieldType.TIME: pl.Datetime("us"),
    FieldType.COUNT: pl.Int64(),
    FieldType.MONEY: pl.Float64(),
    FieldType.LIST: pl.List(pl.String()),
}
RECORD = "_record"  # the record's key; from its content where the key cell is blank
SOURCE = "_source"  # index into `LogTable.sources`
UNREAD = "_unread:"  # before a field: its cell in this row was rejected, not recorded, which is not the same as blank
LISTS = "_list:"  # before a list field: the number of the row's list among `LogTable.lists`
ROW = "_row"  # row number in the sheet as a person counts it, headings included


class Confidence(StrEnum):
    """How sure it is that a column holds the field that it was taken for."""

    HIGH = "高"
    MIDDLE = "中"
    LOW = "低"


def letters_of(column: int) -> str:
    """The letters that a spreadsheet shows above a column counted from 0."""
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_of(letters: str) -> int:
    """The column, from 0, that a spreadsheet marks with these capital letters."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


@dataclass(frozen=True)
class Column:
    """Where a field stands in a sheet: its heading as written, its column letter, and how sure that is.

    `why` says what keeps the confidence from being full, in Chinese.
    """

    heading: str
    letter: str
    confidence: Confidence = Confidence.HIGH
    why: str = ""


@dataclass(frozen=True, order=True)
class Merged:
    """Rows `first` to `last` of a field take their value from a merged cell that stands in another place."""

    first: int
    last: int
    row: int
    letter: str


@dataclass(frozen=True)
class Source:
    """One table of a sheet (or file) read as part of a log; `columns` holds the fields that it supplies.

    `merged` holds, in ascending order, the rows of a field whose value stands in a merged cell elsewhere.

    `unknown` are the columns that no field takes, headless ones with content included; their headings
    stand in row `heading_row`, 0 where the file itself names its columns.
    """

    file: str
    sheet: str
    columns: Mapping[str, Column]
    merged: Mapping[str, tuple[Merged, ...]] = field(default_factory=dict)
    unknown: tuple[Column, ...] = ()
    heading_row: int = 0

    def place(self, name: str, row: int) -> tuple[int, str]:
        """Row and column letter of the cell in which the value of a field in a row really stands."""
        if areas := self.merged.get(name):
            at = bisect_right(areas, row, key=lambda area: area.first) - 1
            if at >= 0 and row <= areas[at].last:
                return areas[at].row, areas[at].letter
        column = self.columns.get(name)
        return row, column.letter if column else ""


@dataclass(frozen=True)
class LogTable:
    """All accepted rows of one log.

    `rows` has the columns `_record` (str), `_source` (u32), `_row` (u32) and one column a field
    that any source supplies, typed by `FIELD_TYPES`. A null is a blank cell, or a field that this
    row's source does not supply. Where any cell of a field was rejected, a column `_unread:<field>` (bool)
    is true in that row; in the others it is false or null. `lists` holds the distinct lists of a list field
    where they have been numbered: then a column `_list:<field>` (u32) stands beside it.

    Of a log too long to be held, `rows` are blocks that are laid aside in files and read when they are asked for.
    """

    log: str
    rows: pl.DataFrame | tuple[pl.LazyFrame, ...]
    sources: tuple[Source, ...]
    lists: Mapping[str, Sequence[frozenset[str]]] = field(default_factory=dict)
    kept_by: object = field(default=None, repr=False, compare=False)  # whoever owns the files, while they are needed

    @property
    def is_held(self) -> bool:
        """Whether the rows are in memory; else they are laid aside."""
        return isinstance(self.rows, pl.DataFrame)

    @property
    def parts(self) -> Sequence["LogTable"]:
        """The log in parts, in reading order, each of which memory can hold."""
        return [self] if isinstance(self.rows, pl.DataFrame) else [replace(self, rows=(block,)) for block in self.rows]

    @property
    def lazy(self) -> pl.LazyFrame:
        """All rows, of which only the columns and rows that are asked for come into memory."""
        return self.rows.lazy() if isinstance(self.rows, pl.DataFrame) else pl.concat(self.rows)

    @property
    def frame(self) -> pl.DataFrame:
        """All rows with all columns, in memory: not for what an audit of a long log goes through."""
        return self.rows if isinstance(self.rows, pl.DataFrame) else self.lazy.collect()

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(self.rows.columns if isinstance(self.rows, pl.DataFrame) else self.lazy.collect_schema().names())

    @cached_property
    def height(self) -> int:
        """How many rows there are."""
        return self.rows.height if isinstance(self.rows, pl.DataFrame) else self.lazy.select(pl.len()).collect().item()

    @cached_property
    def unread(self) -> frozenset[str]:
        """Fields of which some row's cell was rejected."""
        marked = [name for name in self.columns if name.startswith(UNREAD)]
        found = self.rows if isinstance(self.rows, pl.DataFrame) else self.lazy.select(pl.col(marked).any()).collect()
        return frozenset(name.removeprefix(UNREAD) for name in marked if found[name].any())

    def supplies(self, name: str) -> list[int]:
        """Indices of the sources that have a column for the field `name`."""
        return [index for index, source in enumerate(self.sources) if name in source.columns]

    def is_supplied(self, name: str) -> bool:
        """Whether every source has a column for the field `name`."""
        return len(self.supplies(name)) == len(self.sources)

    def column(self, name: str) -> pl.Series:
        """One of the columns, in memory."""
        return self.rows[name] if isinstance(self.rows, pl.DataFrame) else self.lazy.select(name).collect()[name]

    def held(self, fields: Collection[str]) -> "LogTable":
        """The log in memory, with no other columns than those of these fields."""
        wanted = {RECORD, SOURCE, ROW, *(f"{mark}{name}" for mark in ("", UNREAD, LISTS) for name in fields)}
        names = [name for name in self.columns if name in wanted]
        rows = self.rows[names] if isinstance(self.rows, pl.DataFrame) else self.lazy.select(names).collect()
        return replace(self, rows=rows)

    def with_columns(self, columns: Sequence[pl.Expr]) -> "LogTable":
        """The log with further columns."""
        if isinstance(self.rows, pl.DataFrame):
            return replace(self, rows=self.rows.with_columns(columns))
        return replace(self, rows=tuple(block.with_columns(columns) for block in self.rows))

    def where(self, condition: pl.Expr, *columns: str) -> pl.DataFrame:
        """The rows of which a condition holds, with these columns, else with all; part by part."""
        blocks = [self.rows.lazy()] if isinstance(self.rows, pl.DataFrame) else self.rows
        return pl.concat([block.filter(condition).select(*(columns or "*")).collect() for block in blocks])


@dataclass(frozen=True)
class Reject:
    """A row or a cell that was not used, and why. `row` 0 is the whole sheet, `column` "" the whole row."""

    file: str
    sheet: str
    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class Counts:
    """Rows of one log: `read = accepted + rejected`, whole rows only."""

    read: int = 0
    accepted: int = 0
    rejected: int = 0


@dataclass(frozen=True)
class Logs:
    """Everything that was read from the paths given."""

    tables: Mapping[str, LogTable]
    counts: Mapping[str, Counts]
    rejects: tuple[Reject, ...]
    remarks: tuple[str, ...] = ()  # what a person should know: unmapped headings, repeated keys, tables not recognised
    unrecognised: tuple[str, ...] = ()  # tables that are no known log, with what to do
    unreadable: tuple[str, ...] = ()  # inputs that could not be read at all: the audit goes on, the exit code is 3
    inputs: Mapping[str, str] = field(default_factory=dict)  # file as given → SHA-256
    unrecognised_sheets: tuple[tuple[str, str], ...] = ()  # file and sheet of every table that is no known log
