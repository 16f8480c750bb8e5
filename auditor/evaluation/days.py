"""The clock over columns: days are day numbers (days since 1970-01-01), counting is a look-up in a table.

Holds the same arithmetic as `auditor.domain.clock`; the tests hold the two equal.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import polars as pl

from auditor.domain.calendar import Calendar
from auditor.domain.limit import Limit
from auditor.domain.obligation import DayType

_EPOCH = date(1970, 1, 1)
HOUR = 3_600_000_000  # microseconds
DAY = 24 * HOUR


def number(day: date) -> int:
    """The day number of `day`."""
    return (day - _EPOCH).days


def numbers(days: pl.Expr) -> pl.Expr:
    """A Date column as day numbers (Int32)."""
    return days.cast(pl.Int32)


def moments(times: pl.Expr) -> pl.Expr:
    """A Date or Datetime column as microseconds since 1970-01-01: what limits in hours are counted in."""
    return times.cast(pl.Datetime("us")).cast(pl.Int64)


def alike(one: pl.Expr, other: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Two times to be compared: by the clock where both have one, by the day where either was written without."""
    one, other = one.cast(pl.Datetime("us")), other.cast(pl.Datetime("us"))
    clocked = (one != one.dt.truncate("1d")) & (other != other.dt.truncate("1d"))
    return (
        pl.when(clocked).then(one).otherwise(one.dt.truncate("1d")),
        pl.when(clocked).then(other).otherwise(other.dt.truncate("1d")),
    )


def dates(day_numbers: pl.Expr) -> pl.Expr:
    """Day numbers as a Date column."""
    return day_numbers.cast(pl.Date)


def _at(table: pl.Expr, index: pl.Expr) -> pl.Expr:
    """The entry of a table at each index; null where the table has none."""
    return table.gather(index.cast(pl.UInt32, strict=False), null_on_oob=True)


@dataclass(frozen=True)
class DayTable:
    """The calendar as tables to gather from; a day outside the calendar gives null, never a guess."""

    calendar: Calendar
    _ends: dict[Limit, pl.Expr] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def _first(self) -> int:
        return number(self.calendar.first)

    @cached_property
    def length(self) -> int:
        """The days of the calendar."""
        return (self.calendar.last - self.calendar.first).days + 1

    @cached_property
    def _passed(self) -> pl.Series:
        return pl.Series(self.calendar.passed, dtype=pl.Int32)

    @cached_property
    def _working(self) -> pl.Series:
        return pl.Series(self.calendar.working, dtype=pl.Int32) + self._first

    @cached_property
    def _last_provisional(self) -> pl.Expr:
        """For every day the last one up to it whose year's notice is not known."""
        counted = pl.Series(self.calendar.provisional, dtype=pl.Int32)
        days = pl.int_range(self._first, self._first + self.length, dtype=pl.Int32)
        is_provisional = pl.lit(counted > counted.shift(1, fill_value=0))
        return pl.lit(pl.select(pl.when(is_provisional).then(days).forward_fill()).to_series())

    @cached_property
    def _tables(self) -> tuple[pl.Expr, pl.Expr]:
        """What days and positions are looked up in."""
        return pl.lit(self._passed), pl.lit(self._working)

    def passed(self, days: pl.Expr) -> pl.Expr:
        """Working days from the calendar's first day up to and including each day."""
        return _at(self._tables[0], days - self._first)

    def working_day(self, position: pl.Expr) -> pl.Expr:
        """The day number of the n-th working day of the calendar, counted from 1."""
        return _at(self._tables[1], position - 1)

    def eve(self, start: pl.Expr, count: pl.Expr | int) -> pl.Expr:
        """The day after which a limit of `count` working days from an event is counted (`Calendar.eve`)."""
        if not self.calendar.first_day_counts:
            return start
        if isinstance(count, int):
            return start - 1 if count > 0 else start
        return start - (count > 0).cast(pl.Int32)

    def working_due(self, start: pl.Expr, count: pl.Expr | int) -> pl.Expr:
        """The day number on which a limit of `count` working days from an event ends."""
        return self.add_working(self.eve(start, count), count)

    def add_working(self, start: pl.Expr, count: pl.Expr | int) -> pl.Expr:
        """The `count`-th working day after `start`, which is never counted; `start` itself for 0."""
        if isinstance(count, int):
            return self._end(start, Limit(count, DayType.WORKING)) if count > 0 else start
        counted = self.working_day(self.passed(start) + count)
        return pl.when(count > 0).then(counted).when(count <= 0).then(start)

    def due(self, start: pl.Expr, limit: Limit) -> pl.Expr:
        """The day number on which a plain limit ends; for hours the moment, from a moment (see `moments`)."""
        if limit.day_type is DayType.WORKING:
            return self.working_due(start, limit.number)
        if limit.day_type is DayType.HOURS:
            return start + limit.number * HOUR
        if limit.day_type is DayType.MONTH:
            return self._end(start, limit)
        return start + limit.number

    def _end(self, start: pl.Expr, limit: Limit) -> pl.Expr:
        """The end of a limit from each start, looked up in one table made for the limit."""
        if limit not in self._ends:
            ends = self._ends_of_months(limit.number) if limit.day_type is DayType.MONTH else self._after(limit.number)
            self._ends[limit] = pl.lit(ends)
        return _at(self._ends[limit], start - self._first)

    def _ends_of_months(self, number: int) -> pl.Series:
        first = self.calendar.first
        last = first + timedelta(days=self.length - 32 * number - 1)
        same_days = pl.date_range(first, last, eager=True).dt.offset_by(f"{number}mo").to_physical()
        before = self._passed.gather(same_days - self._first - 1)  # so many working days lie before the end
        return self._working.gather(before)

    def _after(self, number: int) -> pl.Series:
        """For every day of the calendar the `number`-th working day after it."""
        return pl.select(self.working_day(pl.lit(self._passed) + number)).to_series()

    def late(self, due: pl.Expr, done: pl.Expr, day_type: DayType) -> pl.Expr:
        """Days (for hours: hours) by which `done` lies beyond `due`; one begun counts as one."""
        if day_type is DayType.HOURS:
            return ((done - due + HOUR - 1) // HOUR).cast(pl.Int32)
        if day_type is DayType.WORKING:
            return pl.max_horizontal(self.passed(done) - self.passed(due), pl.lit(1, dtype=pl.Int32))
        return (done - due).cast(pl.Int32)

    def provisional(self, start: pl.Expr, due: pl.Expr) -> pl.Expr:
        """Whether a day after `start` up to `due` lies in a year whose notice is not known."""
        last = _at(self._last_provisional, due - self._first)
        return ((last > start) & (start >= self._first)).fill_null(False)


class DayTables:
    """The table of each calendar, made once, for whoever evaluates often under one reading or another."""

    def __init__(self) -> None:
        self._made: list[DayTable] = []

    def of(self, calendar: Calendar) -> DayTable:
        """The table of `calendar`."""
        for table in self._made:
            if table.calendar is calendar or table.calendar == calendar:
                return table
        self._made.append(DayTable(calendar))
        return self._made[-1]
