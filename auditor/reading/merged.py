"""Merged cells (合并单元格): the value of an area stands in all its cells, and is remembered where it stands."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from auditor.reading.grid import Area, cell_columns
from auditor.tables import ROW, Merged, letters_of


@dataclass(frozen=True)
class Filled:
    """The rows of a table with merged areas filled; by column, where the values taken from elsewhere stand."""

    body: pl.DataFrame
    places: Mapping[str, tuple[Merged, ...]] = field(default_factory=dict)
    at: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def taken(self, column: str) -> pl.Series:
        """For every row of the body whether the cell of this column stands in another place."""
        return _false(self.body.height).scatter(self.at[column], True)


def _false(height: int) -> pl.Series:
    return pl.Series([False]).new_from_index(0, height)  # a new one each time: scatter writes into it


def _blank(height: int) -> pl.Series:
    return pl.Series([None], dtype=pl.String).new_from_index(0, height)


def fill_merged(body: pl.DataFrame, areas: Iterable[Area]) -> Filled:
    """Fill the blank cells of every area that begins in the body with the value of its first cell.

    Rows that are wholly blank are no records and stay away, whatever is merged over them.
    """
    if not areas:
        return Filled(body)
    rows, names = body[ROW].to_list(), cell_columns(body)
    columns = {name: body[name] for name in names}
    at: dict[str, list[int]] = {}
    values: dict[str, list[str]] = {}
    places: dict[str, list[Merged]] = {}
    room = body.height * len(names)  # areas that lie over each other in a damaged file would never end
    for area in sorted(areas):
        first = bisect_left(rows, area.first_row)
        if first == len(rows) or rows[first] != area.first_row or area.first_column >= len(names):
            continue
        value = columns[names[area.first_column]][first]
        beyond = bisect_right(rows, area.last_row)
        for column in range(area.first_column, min(area.last_column + 1, len(names))):
            start = first + 1 if column == area.first_column else first
            if value is None or start >= beyond or room <= 0:
                continue
            room -= beyond - start
            name, letter = names[column], letters_of(area.first_column)
            at.setdefault(name, []).extend(range(start, beyond))
            values.setdefault(name, []).extend([value] * (beyond - start))
            places.setdefault(name, []).append(Merged(rows[start], rows[beyond - 1], area.first_row, letter))
    given = [pl.coalesce(name, _blank(body.height).scatter(at[name], values[name])).alias(name) for name in at]
    return Filled(body.with_columns(given), {name: tuple(sorted(each)) for name, each in places.items()}, at)
