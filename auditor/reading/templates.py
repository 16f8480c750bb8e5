"""The templates that the program itself hands out (台账模板): their example row and their page of explanation."""

from typing import NamedTuple

import polars as pl

from auditor.reading.grid import Grid, cell_columns
from auditor.rulebook.logs import EXAMPLE, EXPLANATION
from auditor.tables import ROW, Reject


class Body(NamedTuple):
    """The rows of a sheet without the example, and the example listed as set aside."""

    frame: pl.DataFrame
    examples: list[Reject]


def without_example(grid: Grid, body: pl.DataFrame) -> Body:
    """Set aside the rows in which some cell holds 示例 and nothing else: no record is called that."""
    names = cell_columns(body)
    if body.is_empty() or not names:
        return Body(body, [])
    example = body.select(pl.any_horizontal(pl.col(names) == EXAMPLE).fill_null(False)).to_series()
    if not example.any():
        return Body(body, [])
    rows = body[ROW].filter(example)
    reason = f"示例行：有一格写着“{EXAMPLE}”，不作为记录"
    return Body(body.filter(~example), [Reject(grid.file, grid.sheet, row, "", "", reason) for row in rows])


def is_explanation(grid: Grid) -> bool:
    """Whether the sheet is the page that explains a template."""
    if grid.sheet != EXPLANATION or grid.headings is not None or grid.frame.is_empty():
        return False
    first = next((text for text in grid.texts(0) if text), "")
    return first.startswith(EXPLANATION)
