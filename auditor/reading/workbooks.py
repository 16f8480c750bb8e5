"""Spreadsheets (XLSX, XLS, ODS): every sheet as text cells, dates and numbers written one way."""

import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import zip_longest
from typing import TypeAlias

import polars as pl
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from auditor.reading.compound import open_compound
from auditor.reading.epoch import serials_from
from auditor.reading.faults import SheetFacts
from auditor.reading.grid import Area, Grid, Marks, Unreadable, grid_of_columns
from auditor.reading.marks import marks_of_compound, marks_of_package
from auditor.reading.packages import DAMAGED, LOCKED, Package
from auditor.reading.panics import panics_named
from auditor.reading.sheetxml import spreadsheet_facts, workbook_facts

Cell: TypeAlias = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


def read_compound(data: bytes, file: str) -> list[Grid]:
    """Read all sheets of an old binary workbook (XLS, ET). Raises `Unreadable`."""
    compound = open_compound(data)
    with _damage_named():
        book = load_workbook(io.BytesIO(data))
        names = [meta.name for meta in book.sheets_metadata]
        facts = dict(zip(names, compound.facts, strict=False))
        return list(_grids(book, file, serials_from(data), facts, marks_of_compound(compound.records)))


def read_package(package: Package, file: str) -> list[Grid]:
    """Read all sheets of an XLSX or ODS file. Raises `Unreadable`."""
    is_office = "xl/workbook.xml" in package.parts
    facts = workbook_facts(package) if is_office else spreadsheet_facts(package)
    with _damage_named():
        book, day_0 = load_workbook(io.BytesIO(package.data)), serials_from(package.data)
        return list(_grids(book, file, day_0, facts, marks_of_package(package)))


@contextmanager
def _damage_named() -> Iterator[None]:
    """What the library says of a damaged file, as `Unreadable`."""
    try:
        with panics_named(DAMAGED.format(why="表格内容读不出来")):
            yield
    except PasswordError:
        raise Unreadable(LOCKED) from None
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise Unreadable(DAMAGED.format(why=f"表格内容读不出来({error})")) from None


def _grids(
    book: CalamineWorkbook,
    file: str,
    day_0: dt.date,
    facts: Mapping[str, SheetFacts],
    marks: Mapping[str, Marks],
) -> Iterator[Grid]:
    """One sheet after the other, so that only one is held as cells."""
    for meta in book.sheets_metadata:
        if meta.typ == SheetTypeEnum.WorkSheet:
            hidden = meta.visible != SheetVisibleEnum.Visible
            sheet, known = book.get_sheet_by_name(meta.name), facts.get(meta.name, SheetFacts())
            yield _grid(file, sheet, hidden, known, marks.get(meta.name, Marks()), day_0)


def _grid(file: str, sheet: CalamineSheet, hidden: bool, facts: SheetFacts, marks: Marks, day_0: dt.date) -> Grid:
    rows: Sequence[Sequence[Cell]] = sheet.to_python(skip_empty_area=False)
    columns = [_column(cells) for cells in zip_longest(*rows, fillvalue="")]
    areas = (Area(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ())
    marks = replace(marks, merged=tuple(sorted({*marks.merged, *areas})))
    height = max([len(rows), *(row + 1 for row, _ in facts.faults)])
    columns = _with_faults(columns, height, facts)
    numbers = range(1, height + 1)
    about = {"hidden": hidden, "marks": marks, "serials_from": day_0, "formulas": facts.formulas}
    return grid_of_columns(file, sheet.name, columns, numbers, **about)


def _column(cells: Sequence[Cell]) -> pl.Series:
    texts = [cell if type(cell) is str else as_text(cell) for cell in cells]
    return pl.Series(texts, dtype=pl.String)


def _with_faults(columns: list[pl.Series], height: int, facts: SheetFacts) -> list[pl.Series]:
    """The cells without a value show what the sheet shows there, instead of nothing."""
    if not facts.faults:
        return columns
    width = max([len(columns), *(column + 1 for _, column in facts.faults)])
    columns = [column.extend_constant(None, height - len(column)) for column in columns]
    columns += [pl.Series([None], dtype=pl.String).new_from_index(0, height)] * (width - len(columns))
    for at in sorted({column for _, column in facts.faults}):
        shown = {row: text for (row, column), text in facts.faults.items() if column == at}
        columns[at] = columns[at].scatter(list(shown), list(shown.values()))
    return columns


def as_text(cell: object) -> str:
    """A cell as a person would type it: 2549.0 is 2549, a date is 2020-12-02."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{cell:.15g}"
    if isinstance(cell, dt.datetime):
        whole = (cell + dt.timedelta(microseconds=500_000)).replace(microsecond=0)  # a clock held as a fraction
        return whole.isoformat(sep=" ")
    if isinstance(cell, dt.time):
        return cell.isoformat(timespec="seconds")
    return str(cell)
