"""The cells of a workbook as they stand, for what is no log: a report that somebody has filled in."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import DataError, because
from auditor.reading.formats import read_grids
from auditor.reading.grid import Unreadable, cell_columns
from auditor.reading.inputs import Input
from auditor.tables import ROW


@dataclass(frozen=True)
class SheetCells:
    """A sheet: its filled cells by row (as a person counts) and column (from 0)."""

    sheet: str
    cells: Mapping[tuple[int, int], str]


def read_cells(path: Path) -> tuple[tuple[SheetCells, ...], str]:
    """All sheets of a file, and its SHA-256. Raises `DataError` for what cannot be read."""
    try:
        data = Input(path, path.name).content()
        grids = read_grids(data, path.name, path.suffix.lower())
    except Unreadable as error:
        raise DataError(f"{path.name}：{error}") from None
    except OSError as error:
        raise DataError(f"{path.name}：打不开（{because(error)}）。请检查权限，或关闭正在使用它的程序") from None
    sheets = []
    for grid in grids:
        names = cell_columns(grid.frame)
        cells = {
            (row[ROW], int(name)): row[name] for row in grid.frame.to_dicts() for name in names if row[name] is not None
        }
        sheets.append(SheetCells(grid.sheet, cells))
    return tuple(sheets), hashlib.sha256(data).hexdigest()
