"""List fields by their distinct lists: thousands of rows share a few, and a rule is asked of each of them once."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from auditor.tables import LISTS, LogTable

_BETWEEN = "\x1f"  # stands in no cell of an office's table


def with_numbered_lists(table: LogTable, names: Sequence[str]) -> LogTable:
    """The table with the list fields `names` numbered, as `LogTable.lists` says."""
    lists = dict(table.lists)
    numbers = []
    for name in names:
        items = pl.col(name)
        # Of several items and of one that looks like them the text is the same, but not the count.
        text = pl.concat_str([items.list.len().cast(pl.String), items.list.join(_BETWEEN)], separator=_BETWEEN)
        listed = pl.concat([_distinct(part, text.alias("text"), items.alias("list")) for part in table.parts])
        distinct = listed.unique("text", maintain_order=True)
        places = range(distinct.height)
        number = text.replace_strict(distinct["text"], pl.Series(places, dtype=pl.UInt32), default=None)
        numbers.append(number.cast(pl.UInt32).alias(f"{LISTS}{name}"))
        lists[name] = [frozenset(each) for each in distinct["list"].to_list()]
    return replace(table.with_columns(numbers), lists=lists) if numbers else table


def _distinct(part: LogTable, text: pl.Expr, items: pl.Expr) -> pl.DataFrame:
    """The distinct lists of one part of a log, that nothing is recorded left out."""
    return part.lazy.select(text, items).drop_nulls("text").unique("text", maintain_order=True).collect()
