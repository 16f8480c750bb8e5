"""A year taken from the title of a sheet holds only where the row does not seem to cross the turn of a year.

A register of 2020 may hold 12月28日 of 2019 beside 1月5日. Where a date completed by the title lies more than half
a year from another date of its row, the year before or after would stand nearer: nobody knows which was meant.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

import polars as pl

from auditor.reading.cells import Cells
from auditor.reading.dates import YEARLESS

_HALF_A_YEAR = 183


def without_doubtful_years(cells: Mapping[str, Cells], by_title: Collection[str]) -> dict[str, Cells]:
    """Refuse dates of the columns `by_title` whose year the rest of their row makes doubtful."""
    if not by_title:
        return dict(cells)
    days = {
        name: column.values.cast(pl.Date).to_physical()
        for name, column in cells.items()
        if isinstance(column.values.dtype, (pl.Date, pl.Datetime))
    }
    return {
        name: _without_doubtful(column, days[name], [other for at, other in days.items() if at != name])
        if name in by_title and name in days
        else column
        for name, column in cells.items()
    }


def _without_doubtful(column: Cells, days: pl.Series, others: list[pl.Series]) -> Cells:
    completed = column.notes.str.starts_with(YEARLESS).fill_null(False)
    if not completed.any() or not others:
        return column
    far = pl.any_horizontal([((days - other).abs() > _HALF_A_YEAR).fill_null(False) for other in others])
    doubtful = completed & pl.select(far).to_series()
    why = "没有写年份，按标题的年份和本行其他日期相隔半年以上，分不清是哪一年，应写成 2020-12-02 这样的日期"
    kept = pl.select(
        values=pl.when(~doubtful).then(column.values),
        why=pl.when(doubtful).then(pl.lit(why)).otherwise(column.why),
        notes=pl.when(~doubtful).then(column.notes),
    )
    return replace(column, values=kept["values"], why=kept["why"], notes=kept["notes"])
