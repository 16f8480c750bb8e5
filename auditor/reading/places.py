"""Some rows of a table put in the places of others: the few that have to be looked at one by one."""

from collections.abc import Sequence

import polars as pl


def laid_over(table: pl.DataFrame, places: Sequence[int] | pl.Series, rows: pl.DataFrame) -> pl.DataFrame:
    """The table with `rows`, of the same columns, in the `places` of its own."""
    before = table[places] if len(places) else rows
    changed = [each.name for each in rows if not each.equals(before[each.name])]
    if not changed:
        return table
    order = pl.int_range(table.height, eager=True)
    order = order.scatter(places, range(table.height, table.height + rows.height))
    laid = pl.concat([table.select(changed), rows.select(changed)], rechunk=True)[order]
    return table.with_columns(laid.get_columns())
