"""Which unit an obligation belongs to: the record's, else the linked record's, else the office."""

from collections.abc import Mapping

import polars as pl

from auditor.evaluation.scope import Scope
from auditor.tables import LogTable


def with_units(frame: pl.DataFrame, scope: Scope, tables: Mapping[str, LogTable]) -> pl.DataFrame:
    """Add the column `_unit`, never null."""
    candidates: list[pl.Expr] = []
    if scope.log.unit in frame.columns:
        candidates.append(pl.col(scope.log.unit))
    link = scope.log.unit_of
    if link and link.log in tables and link.by in frame.columns:
        other = tables[link.log].frame
        if {link.by, link.unit} <= set(other.columns):
            units = other.group_by(link.by).agg(pl.col(link.unit).drop_nulls().min().alias("_linked_unit"))
            frame = frame.join(units, on=link.by, how="left", maintain_order="left")
            candidates.append(pl.col("_linked_unit"))
    return frame.with_columns(pl.coalesce(*candidates, pl.lit(scope.book.office)).alias("_unit"))
