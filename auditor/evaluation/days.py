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
    return days.cast(pl.Date).cast(pl.Int32)


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
    return day_numbers.cast(pl.Int32).cast(pl.Date)


@dataclass(frozen=True)
class DayTable:
    """The calendar as tables to gather from; a day outside the calendar gives null, never a guess."""

    calendar: Calendar
    _ends_of_months: dict[int, pl.Series] = field(default_factory=dict, init=False, repr=False, compare=False)

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
    def _provisional(self) -> pl.Series:
        return pl.Series(self.calendar.provisional, dtype=pl.Int32)

    def _at(self, table: pl.Series, index: pl.Expr) -> pl.Expr:
        inside = index.is_between(0, len(table) - 1)
        return pl.lit(table).gather(pl.when(inside).then(index).otherwise(None).cast(pl.UInt32))

    def passed(self, days: pl.Expr) -> pl.Expr:
        """Working days from the calendar's first day up to and including each day."""
        return self._at(self._passed, days - self._first)

    def working_day(self, position: pl.Expr) -> pl.Expr:
        """The day number of the n-th working day of the calendar, counted from 1."""
        return self._at(self._working, position - 1)

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
        counted = self.working_day(self.passed(start) + count)
        if isinstance(count, int):
            return counted if count > 0 else start
        return pl.when(count > 0).then(counted).when(count <= 0).then(start)

    def due(self, start: pl.Expr, limit: Limit) -> pl.Expr:
        """The day number on which a plain limit ends; for hours the moment, from a moment (see `moments`)."""
        if limit.day_type is DayType.WORKING:
            return self.working_due(start, limit.number)
        if limit.day_type is DayType.HOURS:
            return start + limit.number * HOUR
        if limit.day_type is DayType.MONTH:
            return self._at(self._months(limit), start - self._first)
        return start + limit.number

    def _months(self, limit: Limit) -> pl.Series:
        if limit.number not in self._ends_of_months:
            first = self.calendar.first
            last = first + timedelta(days=self.length - 32 * limit.number - 1)
            same_days = pl.date_range(first, last, eager=True).dt.offset_by(f"{limit.number}mo").to_physical()
            before = self._passed.gather(same_days - self._first - 1)  # so many working days lie before the end
            self._ends_of_months[limit.number] = self._working.gather(before)
        return self._ends_of_months[limit.number]

    def late(self, due: pl.Expr, done: pl.Expr, day_type: DayType) -> pl.Expr:
        """Days (for hours: hours) by which `done` lies beyond `due`; one begun counts as one."""
        if day_type is DayType.HOURS:
            return ((done - due + HOUR - 1) // HOUR).cast(pl.Int32)
        if day_type is DayType.WORKING:
            return pl.max_horizontal(self.passed(done) - self.passed(due), pl.lit(1, dtype=pl.Int32))
        return (done - due).cast(pl.Int32)

    def provisional(self, start: pl.Expr, due: pl.Expr) -> pl.Expr:
        """Whether a day after `start` up to `due` lies in a year whose notice is not known."""
        counted = self._at(self._provisional, due - self._first) - self._at(self._provisional, start - self._first)
        return counted.fill_null(0) > 0


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
