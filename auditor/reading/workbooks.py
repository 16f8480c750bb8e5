"""Spreadsheets (XLSX, XLS, ODS): every sheet as text cells, dates and numbers written one way."""

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import TypeAlias

import polars as pl
from python_calamine import (
    CalamineError,
    CalamineSheet,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from auditor.reading.epoch import serials_from
from auditor.reading.grid import Area, Grid, Marks, Unreadable, grid_of_columns
from auditor.reading.marks import read_marks

Cell: TypeAlias = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta

_LOCKED = "EncryptedPackage".encode("utf-16-le")


def read_workbook(data: bytes, file: str) -> list[Grid]:
    """Read all sheets by the content of the file, whatever its name ends with."""
    try:
        book = load_workbook(io.BytesIO(data))
        sheets = [
            (meta.visible is not SheetVisibleEnum.Visible, book.get_sheet_by_name(meta.name))
            for meta in book.sheets_metadata
            if meta.typ is SheetTypeEnum.WorkSheet
        ]
        marks, day_0 = read_marks(data), serials_from(data)
        return [_grid(file, sheet, hidden, marks.get(sheet.name, Marks()), day_0) for hidden, sheet in sheets]
    except PasswordError:
        raise Unreadable(_locked()) from None
    except (CalamineError, OSError, ValueError) as error:
        if _LOCKED in data:
            raise Unreadable(_locked()) from None
        raise Unreadable(f"表格文件已损坏或格式不符({error})；请用 WPS 或 Excel 打开后另存为 xlsx") from None


def _locked() -> str:
    return "文件有打开密码；请用 WPS 或 Excel 打开，去掉密码后另存"


def _grid(file: str, sheet: CalamineSheet, hidden: bool, marks: Marks, day_0: dt.date) -> Grid:
    rows: Sequence[Sequence[Cell]] = sheet.to_python(skip_empty_area=False)
    columns = [_column(cells) for cells in zip_longest(*rows, fillvalue="")]
    areas = (Area(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ())
    marks = replace(marks, merged=tuple(sorted({*marks.merged, *areas})))
    rows_from_1 = range(1, len(rows) + 1)
    return grid_of_columns(file, sheet.name, columns, rows_from_1, hidden=hidden, marks=marks, serials_from=day_0)


def _column(cells: Sequence[Cell]) -> pl.Series:
    texts = [cell if type(cell) is str else as_text(cell) for cell in cells]
    return pl.Series(texts, dtype=pl.String)


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
