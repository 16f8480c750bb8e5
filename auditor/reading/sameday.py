"""当场答复 in a date column: the day of the date that the field refers to, row by row."""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from auditor.reading.cells import Cells
from auditor.rulebook.logs import LogDefinition


def with_same_days(cells: Mapping[str, Cells], log: LogDefinition) -> dict[str, Cells]:
    """Give cells that say 当场答复 the date of `same_day_as` in their row; refuse them where there is none."""
    return {name: _filled(column, name, cells, log) for name, column in cells.items()}


def _filled(column: Cells, name: str, cells: Mapping[str, Cells], log: LogDefinition) -> Cells:
    meant = column.same_day
    if meant is None or not meant.any():
        return column
    field = log.fields[name]
    other = cells.get(field.same_day_as or "")
    if other is None:
        missing = f"“{log.fields[field.same_day_as].zh}”" if field.same_day_as else ""
        why = (
            f"没有{missing}列，不知道是哪一天，应写成 2020-12-02 这样的日期"
            if missing
            else "没有写日期，不知道是哪一天，应写成 2020-12-02 这样的日期"
        )
        return replace(column, why=_where(meant, why, column.why))
    known = meant & other.values.is_not_null()
    days = other.values.dt.truncate("1d")  # of the hour nothing is said
    source = log.fields[str(field.same_day_as)].zh
    absent = f"本行没有可用的“{source}”，不知道是哪一天，应写成 2020-12-02 这样的日期"
    return replace(
        column,
        values=days.zip_with(known, column.values),
        why=_where(meant & ~known, absent, column.why),
        notes=_where(known, f"写的是当日答复一类的话，按“{source}”的同一天读", column.notes),
    )


def _where(mask: pl.Series, text: str, otherwise: pl.Series) -> pl.Series:
    return pl.select(pl.when(mask).then(pl.lit(text)).otherwise(otherwise)).to_series()
