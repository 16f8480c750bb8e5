"""List fields by their distinct lists: thousands of rows share a few, and a rule is asked of each of them once."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from auditor.tables import LISTS, LogTable

_BETWEEN = "\x1f"  # stands in no item, and none is empty: cells are divided at it when they are read


def with_numbered_lists(table: LogTable, names: Sequence[str]) -> LogTable:
    """The table with the list fields `names` numbered, as `LogTable.lists` says."""
    if not names:
        return table
    numbers = {name: f"{LISTS}{name}" for name in names}
    table = table.with_columns([pl.col(name).list.join(_BETWEEN).alias(number) for name, number in numbers.items()])
    distinct = {name: _distinct(table, number) for name, number in numbers.items()}
    places = [
        pl.col(numbers[name]).cast(pl.Enum(texts)).to_physical().cast(pl.UInt32) for name, texts in distinct.items()
    ]
    lists = {name: [frozenset(filter(None, text.split(_BETWEEN))) for text in each] for name, each in distinct.items()}
    return replace(table.with_columns(places), lists={**table.lists, **lists})


def _distinct(table: LogTable, column: str) -> pl.Series:
    """The distinct texts of a column, in a fixed order."""
    parts = [part.lazy.select(pl.col(column).unique()).collect().to_series() for part in table.parts]
    return pl.concat(parts).unique().drop_nulls().sort()
