"""Which unit an obligation belongs to: the record's, else the linked record's, else the office."""

from collections.abc import Mapping

import polars as pl

from auditor.evaluation.near import near
from auditor.evaluation.scope import Scope
from auditor.tables import LogTable


def linked_units(scope: Scope, tables: Mapping[str, LogTable]) -> pl.DataFrame | None:
    """The unit of every record of the log that a log without units of its own is linked to (column `_linked_unit`)."""
    link = scope.log.unit_of
    if link is None or link.log not in tables or not {link.by, link.unit} <= set(tables[link.log].columns):
        return None
    units = pl.col(link.unit).drop_nulls().min().alias("_linked_unit")
    return tables[link.log].lazy.group_by(link.by).agg(units).collect()


def with_units(frame: pl.DataFrame, scope: Scope, linked: pl.DataFrame | None) -> pl.DataFrame:
    """Add the column `_unit`, never null; `linked` as `linked_units` gives it."""
    candidates: list[pl.Expr] = []
    if scope.log.unit in frame.columns:
        candidates.append(pl.col(scope.log.unit))
    link = scope.log.unit_of
    if linked is not None and link and link.by in frame.columns:
        own = near(linked, frame, {link.by: link.by}, scope)
        units = frame.select(link.by).join(own, on=link.by, how="left", maintain_order="left")
        candidates.append(pl.lit(units["_linked_unit"]))
    return frame.with_columns(pl.coalesce(*candidates, pl.lit(scope.book.office)).alias("_unit"))
