"""List fields by their distinct lists: thousands of rows share a few, and a rule is asked of each of them once."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from auditor.tables import LISTS, LogTable

_BETWEEN = "\x1f"  # stands in no cell of an office's table


def with_numbered_lists(table: LogTable, names: Sequence[str]) -> LogTable:
    """The table with the list fields `names` numbered, as `LogTable.lists` says."""
    frame, lists = table.frame, dict(table.lists)
    for name in names:
        field = pl.col(name)
        written = frame.select(written=field.list.join(_BETWEEN), items=field.list.len(), list=field)
        distinct = written.drop_nulls("written").unique(["written", "items"], maintain_order=True)
        numbered = distinct.select("written", "items").with_row_index("number")
        numbers = written.join(numbered, on=["written", "items"], how="left", maintain_order="left")["number"]
        frame = frame.with_columns(numbers.alias(f"{LISTS}{name}"))
        lists[name] = [frozenset(each) for each in distinct["list"].to_list()]
    return replace(table, rows=frame, lists=lists)
