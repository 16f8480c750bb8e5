"""A table too long to be held: read block after block, its rows laid aside in files until they are asked for."""

import datetime as dt
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

import polars as pl

from auditor.reading.assumed import is_remarkable
from auditor.reading.cells import Cells
from auditor.reading.grid import CELLS, Grid, Unreadable
from auditor.reading.headings import Vocabulary
from auditor.reading.identity import Identified, identify
from auditor.reading.layout import tables_in
from auditor.reading.recognition import Recognised
from auditor.reading.table import Block, Table, headings_of, read_block, remarks_of, unknown_columns, untitled
from auditor.rulebook.logs import LogDefinition
from auditor.rulebook.valuewords import ValueWords
from auditor.tables import FIELD_TYPES, RECORD, ROW, SOURCE, UNREAD, LogTable, Reject, Source

Place = tuple[int, int]  # of a row: the index of its source, and its number there
_AT = "_at"
SEVERAL = "文件太大，又不止一张表，不能一次读完；请把每张表另存为一个文件"


class Aside:
    """A folder for rows that are laid aside, made with the first of them; it goes when nothing needs it any more."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._written = 0
        self._lock = Lock()

    def lay(self, frame: pl.DataFrame) -> Path:
        """Write some rows."""
        path = self._next()
        frame.write_parquet(path, compression="lz4", statistics=False)
        return path

    def _next(self) -> Path:
        with self._lock:  # several files are read side by side
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="auditor-"))
                # At the latest when the program ends.
                weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
            self._written += 1
            return self._folder / f"{self._written}.parquet"


@dataclass(frozen=True)
class Part:
    """Some rows of a table that are laid aside: the file, its columns, and how many rows it holds."""

    path: Path
    columns: tuple[str, ...]
    height: int


@dataclass(frozen=True)
class LongTable:
    """The usable rows of one table in files, in order; else like `Table`."""

    log: LogDefinition
    source: Source
    parts: tuple[Part, ...]
    read: int
    rejects: tuple[Reject, ...]
    remarks: tuple[str, ...]
    lost: int


def read_long_table(
    first: Grid,
    rest: Iterator[Grid],
    recognised: Recognised,
    keys: frozenset[str],
    words: ValueWords,
    logs: Sequence[Vocabulary],
    aside: Aside,
    as_of: dt.date | None,
) -> LongTable:
    """Read a table of which `first` holds the headings and the `rest` goes on with its rows; else as `read_table`.

    What the columns are is told by the first block. Raises `Unreadable` where another table begins further down.
    """
    headings = first.frame.head(recognised.heading_row + 1)
    block = read_block(first, recognised, keys, words)
    parts, read, lost, rejects = [_laid(block.frame, aside)], block.read, block.lost, [*block.rejects]
    told = [_worth_telling(first, recognised, block, as_of, is_first=True)]
    for grid in rest:
        whole = replace(grid, frame=pl.concat([headings, grid.frame], how="diagonal"))
        if len(tables_in(whole, logs)) > 1:
            raise Unreadable(SEVERAL)
        further = read_block(whole, recognised, keys, words, block)
        parts.append(_laid(further.frame, aside))
        read, lost, rejects = read + further.read, lost + further.lost, rejects + further.rejects
        told.append(_worth_telling(whole, recognised, further, as_of, is_first=False))
    rows = pl.concat([each.told for each in told])
    columns = unknown_columns(first, headings_of(recognised), block.matched, rows)
    together = replace(
        block,
        source=replace(block.source, unknown=columns),
        told=rows,
        cells={name: _joined([each.cells[name] for each in told]) for name in block.cells},
    )
    remarks = remarks_of(replace(first, frame=headings), recognised, together, as_of)
    return LongTable(recognised.words.log, together.source, tuple(parts), read, tuple(rejects), remarks, lost)


def _laid(frame: pl.DataFrame, aside: Aside) -> Part:
    return Part(aside.lay(frame), tuple(frame.columns), frame.height)


def _worth_telling(grid: Grid, recognised: Recognised, block: Block, as_of: dt.date | None, *, is_first: bool) -> Block:
    """What a remark may be about of a block: few rows, and of these no more cells than remarks look at."""
    log, body = recognised.words.log, block.told
    unit = block.matched.fields.get(log.unit)
    nameless = [str(at) for at in untitled(grid, headings_of(recognised))]
    looked = [
        *(is_remarkable(log.fields[name], column, as_of) for name, column in block.cells.items()),
        *(body[name].is_not_null() for name in nameless),
        *([body[str(unit)].is_null()] if unit is not None else []),
        pl.int_range(body.height, eager=True) == (0 if is_first else -1),  # whether the first record names a unit
    ]
    some = pl.select(pl.any_horizontal(looked)).to_series()
    shown = {ROW, CELLS, *nameless, *([str(unit)] if unit is not None else [])}
    blank = [pl.lit(None, pl.String).alias(name) for name in body.columns if name not in shown]
    return replace(
        block,
        frame=block.frame.clear(),
        rejects=[],
        told=body.filter(some).with_columns(blank),
        cells={name: _some(column, some) for name, column in block.cells.items()},
    )


def _some(cells: Cells, rows: pl.Series) -> Cells:
    return Cells(cells.values.filter(rows), cells.blank.filter(rows), cells.why.filter(rows), cells.notes.filter(rows))


def _joined(parts: Sequence[Cells]) -> Cells:
    return Cells(*(pl.concat([getattr(each, name) for each in parts]) for name in ("values", "blank", "why", "notes")))


def laid_together(
    log: LogDefinition, tables: Sequence[Table | LongTable], aside: Aside
) -> tuple[LogTable, Identified, Mapping[int, Place]]:
    """All tables of one log as one that is laid aside: every row with its record, exact repeats left out.

    Also which rows are repeats of which, by their places, and the places: index of the source, and row.
    """
    parts = [
        (at, part)
        for at, table in enumerate(tables)
        for part in (table.parts if isinstance(table, LongTable) else (_laid(table.frame, aside),))
    ]
    starts = [0]
    for _, part in parts:
        starts.append(starts[-1] + part.height)
    odd = _odd_rows(log, [part for _, part in parts])
    rows = _gathered(parts, starts, odd)
    found = identify(log, rows.drop(_AT))
    records = dict(zip(odd, found.records, strict=True))
    repeats = {odd[at] for at in found.repeats}
    marks = dict.fromkeys(name for _, part in parts for name in part.columns if name.startswith(UNREAD))
    fields = [name for name in log.fields if any(name in part.columns for _, part in parts)]
    blocks = tuple(
        _block(log, at, part, start, records, repeats, [*marks, *fields])
        for (at, part), start in zip(parts, starts, strict=False)
    )
    table = LogTable(log.name, blocks, tuple(table.source for table in tables), kept_by=aside)
    return table, found, dict(enumerate(zip(rows[SOURCE], rows[ROW], strict=True)))


def _odd_rows(log: LogDefinition, parts: Sequence[Part]) -> list[int]:
    """The places of rows that their key alone does not name: it is blank, or another row has it too."""
    keys = [
        pl.read_parquet(part.path, columns=[log.key])[log.key].cast(pl.String)
        if log.key in part.columns
        else pl.Series([None], dtype=pl.String).new_from_index(0, part.height)
        for part in parts
    ]
    every = pl.concat(keys)
    return (every.is_null() | every.is_duplicated()).arg_true().to_list()


def _gathered(parts: Sequence[tuple[int, Part]], starts: Sequence[int], places: Sequence[int]) -> pl.DataFrame:
    """The rows at these places, with `_source` and all columns."""
    wanted = pl.Series(places, dtype=pl.UInt32)
    frames: list[pl.DataFrame] = []
    for (at, part), start in zip(parts, starts, strict=False):
        inside = wanted.filter(wanted.is_between(start, start + part.height, closed="left")) - start
        if len(inside) or not frames:
            frame = pl.read_parquet(part.path)[inside]
            frames.append(frame.with_columns(pl.lit(at, pl.UInt32).alias(SOURCE), (inside + start).alias(_AT)))
    return pl.concat(frames, how="diagonal")


def _block(
    log: LogDefinition,
    source: int,
    part: Part,
    start: int,
    records: dict[int, str],
    repeats: set[int],
    columns: Sequence[str],
) -> pl.LazyFrame:
    """The rows of one part as a log has them, read when they are asked for."""
    own = [place - start for place in records if start <= place < start + part.height]
    record = pl.col(log.key).cast(pl.String) if log.key in part.columns else pl.lit(None, dtype=pl.String)
    if own:
        names = [records[start + at] for at in own]
        named = pl.col(_AT).replace_strict(own, names, default=None, return_dtype=pl.String)
        record = pl.coalesce(named, record)
    left_out = [at for at in own if start + at in repeats]
    rows = pl.scan_parquet(part.path)
    if own:
        rows = rows.with_row_index(_AT)
    if left_out:
        rows = rows.filter(~pl.col(_AT).is_in(left_out))
    return rows.select(
        record.alias(RECORD),
        pl.lit(source, pl.UInt32).alias(SOURCE),
        ROW,
        *(_column(log, name, name in part.columns) for name in columns),
    )


def _column(log: LogDefinition, name: str, is_there: bool) -> pl.Expr:
    kind = pl.Boolean() if name.startswith(UNREAD) else FIELD_TYPES[log.fields[name].type]
    return pl.col(name).cast(kind) if is_there else pl.lit(None, dtype=kind).alias(name)
