"""The rows of another log that may be linked to some rows of a log: of two long logs, few in each part."""

from collections.abc import Mapping

import polars as pl

from auditor.evaluation.scope import Scope


def near(rows: pl.DataFrame, frame: pl.DataFrame, by: Mapping[str, str], scope: Scope) -> pl.DataFrame:
    """The rows to link to a frame of the scope's log: all of them where the log is in memory, and the frame whole."""
    return rows if scope.table.is_held else rows_near(rows, frame, by)


def rows_near(rows: pl.DataFrame, frame: pl.DataFrame, by: Mapping[str, str]) -> pl.DataFrame:
    """Of the other log's `rows` those that a row of the frame may be linked to; `by`: own column → the other's.

    Records are mostly numbered as they come: to compare with the least and the greatest leaves few to be looked up,
    most quickly by days and numbers.
    """
    for own, other in sorted(by.items(), key=lambda pair: frame.schema[pair[0]] == pl.String):
        least, greatest = (pl.lit(each, dtype=frame[own].dtype) for each in (frame[own].min(), frame[own].max()))
        rows = rows.filter(pl.col(other).is_between(least, greatest))
    for own, other in by.items():
        rows = rows.filter(pl.col(other).is_in(frame[own].unique().implode()))
    return rows
