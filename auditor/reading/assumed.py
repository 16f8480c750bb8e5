"""What a person should know of cells that are used: what had to be assumed of them, and dates that are out of place."""

import datetime as dt
from collections.abc import Iterator

import polars as pl

from auditor.reading.cells import Cells
from auditor.rulebook.logs import FieldType, LogField
from auditor.tables import ROW

_EARLY = dt.date(2007, 1, 1)  # the regulation on open government information is of April 2007
_DAYS_AHEAD = 366
_SHOWN = 8  # ways of writing that are named for one column


def remarks_on(heading: str, field: LogField, column: Cells, rows: pl.Series, as_of: dt.date | None) -> Iterator[str]:
    """Remarks on one column, each with the number of cells and the first row concerned."""
    yield from _assumed(heading, column, rows)
    if field.type in (FieldType.DATE, FieldType.TIME):
        days = column.values.cast(pl.Date)
        first, last = days.min(), days.max()
        if isinstance(first, dt.date) and first < _EARLY:
            yield _out_of_place(heading, days < _EARLY, rows, f"早于{_EARLY.year}年，请核对年份有没有写错")
        if as_of is not None and not field.planned and isinstance(last, dt.date) and last > (ahead := _latest(as_of)):
            yield _out_of_place(heading, days > ahead, rows, f"晚于{ahead}，请核对年份有没有写错")


def is_remarkable(field: LogField, column: Cells, as_of: dt.date | None) -> pl.Series:
    """The rows that `remarks_on` may speak of."""
    found = column.notes.is_not_null()
    if field.type in (FieldType.DATE, FieldType.TIME):
        days = column.values.cast(pl.Date)
        found |= (days < _EARLY).fill_null(False)
        if as_of is not None and not field.planned:
            found |= (days > _latest(as_of)).fill_null(False)
    return found


def _latest(as_of: dt.date) -> dt.date:
    return as_of + dt.timedelta(days=_DAYS_AHEAD)


def _assumed(heading: str, column: Cells, rows: pl.Series) -> Iterator[str]:
    if column.notes.null_count() == len(column.notes):
        return
    noted = pl.DataFrame([column.notes.alias("note"), rows.alias(ROW)]).drop_nulls("note")
    counted = noted.group_by("note", maintain_order=True).agg(pl.len(), pl.col(ROW).first())
    for note, number, row in counted.head(_SHOWN).rows():
        yield f"“{heading}”列有{number}格{note}（如第{row}行）"
    if counted.height > _SHOWN:
        rest = counted.slice(_SHOWN)["len"].sum()
        yield f"“{heading}”列另有{rest}格、{counted.height - _SHOWN}种写法按同义词读"


def _out_of_place(heading: str, found: pl.Series, rows: pl.Series, what: str) -> str:
    at = found.arg_true()
    return f"“{heading}”列有{len(at)}格日期{what}（如第{rows[int(at[0])]}行）"
