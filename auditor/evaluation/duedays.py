"""When a deadline starts, when the act was done, and when it was due: as columns, before any verdict."""

from dataclasses import dataclass, replace
from functools import reduce
from operator import and_

import polars as pl

from auditor.domain.limit import Limit
from auditor.domain.obligation import DayType
from auditor.evaluation.certain import ALWAYS, least_of
from auditor.evaluation.conditions import compile_condition
from auditor.evaluation.days import DAY, DayTable, dates, numbers
from auditor.evaluation.requestclock import clock_columns, is_moved
from auditor.evaluation.scope import Derived, Scope, Unit
from auditor.evaluation.starts import started
from auditor.rulebook.conditions import DUE_DAY
from auditor.rulebook.deadlineduty import Deadline, FixedDay
from auditor.rulebook.limits import LimitFromField, LimitFromSetting, Within


@dataclass(frozen=True)
class Due:
    """The due day, in what it is counted, and the fields without which there is none."""

    due: pl.Expr
    day_type: DayType
    missing: dict[str, pl.Expr]


def in_hours(deadline: Deadline, scope: Scope) -> bool:
    """Whether the limit is counted in hours."""
    within = deadline.within
    return isinstance(within, Limit | LimitFromSetting) and scope.book.limit(within).day_type is DayType.HOURS


def start_of(deadline: Deadline, scope: Scope, unit: Unit) -> pl.Expr:
    """The first recorded of the events that start the clock; for a fixed day the first of its year."""
    if deadline.from_ is not None:
        return started(deadline, scope, lambda name: scope.counted(name, unit))
    assert deadline.fixed_day is not None
    return fixed_day_of(deadline.fixed_day, scope, month=1, day=1)


def fixed_day_of(fixed: FixedDay, scope: Scope, month: int, day: int) -> pl.Expr:
    """A day of the year that a fixed day falls in; null for a year that the calendar does not know."""
    year = (scope.value(fixed.year) + fixed.years_later).cast(pl.Int32, strict=False)
    first, last = scope.book.calendar.first.year, scope.book.calendar.last.year
    known = pl.when(year.is_between(first, last)).then(year)
    return numbers(pl.date(known, month, day))


def done_of(deadline: Deadline, scope: Scope, unit: Unit) -> pl.Expr:
    """When the act was done: the earliest of several acts, or the last where every one is asked for."""
    all_days = [scope.counted(name, unit) for name in deadline.to]
    if not deadline.every or len(all_days) == 1:
        return least_of(all_days)
    recorded = reduce(and_, (each.is_not_null() for each in all_days))
    return pl.when(recorded).then(pl.max_horizontal(all_days))


def due_of(deadline: Deadline, scope: Scope, days: DayTable, start: pl.Expr) -> Due:
    """The due day by whichever way the rule names it."""
    if deadline.until is not None:
        until = scope.number(deadline.until)
        return Due(until, DayType.EVENT, {deadline.until: until.is_null()})
    if deadline.fixed_day is not None:
        fixed = deadline.fixed_day
        return Due(fixed_day_of(fixed, scope, fixed.month, fixed.day), DayType.CALENDAR, {})
    if is_moved(deadline):
        return Due(pl.col(clock_columns(deadline).due), DayType.WORKING, {})
    due = within_of(deadline.within, scope, days, start)
    own = Derived(dates(due.due // DAY if in_hours(deadline, scope) else due.due), ALWAYS)
    asked = replace(scope, derived={**scope.derived, DUE_DAY: own})
    for variant in reversed(deadline.within_if):
        holds = compile_condition(variant.if_, asked).holds
        other = beside(deadline, variant.within, scope, days, start)
        due = replace(due, due=pl.when(holds).then(other).otherwise(due.due))
    return due


def beside(
    deadline: Deadline, within: Limit | LimitFromSetting, scope: Scope, days: DayTable, start: pl.Expr
) -> pl.Expr:
    """When another limit runs out, in what the rule's own is counted: days, or moments where that is in hours."""
    limit = scope.book.limit(within)
    if in_hours(deadline, scope) == (limit.day_type is DayType.HOURS):
        return days.due(start, limit)
    if limit.day_type is DayType.HOURS:
        return days.due(start, in_days(limit))
    return (days.due(start // DAY, limit) + 1) * DAY - 1  # the last moment of the day


def in_days(limit: Limit) -> Limit:
    """A limit in hours as the calendar days that it reaches into; others as they are."""
    return Limit(-(-limit.number // 24), DayType.CALENDAR) if limit.day_type is DayType.HOURS else limit


def within_of(within: Within | None, scope: Scope, days: DayTable, start: pl.Expr) -> Due:
    """The due day by a limit: of the text, of a setting, or recorded for the case."""
    assert within is not None
    if isinstance(within, LimitFromField):
        name, day_type, otherwise = scope.book.field_limit(within)
        given = scope.value(name).cast(pl.Int32)
        if within.among:
            given = pl.when(given.is_in(within.among)).then(given)
        own = _counted(given, day_type, days, start)
        due = pl.when(given.is_not_null()).then(own).otherwise(days.due(start, otherwise))
        return Due(due, day_type, {name: given.is_not_null() & start.is_not_null() & due.is_null()})
    limit: Limit = scope.book.limit(within)
    return Due(days.due(start, limit), limit.day_type, {})


def _counted(given: pl.Expr, day_type: DayType, days: DayTable, start: pl.Expr) -> pl.Expr:
    """The due day by a number of days recorded for the case."""
    return days.working_due(start, given) if day_type is DayType.WORKING else start + given


def with_recorded(deadline: Deadline, scope: Scope, days: DayTable, start: pl.Expr, due: Due) -> Due:
    """The due day where limits of another source, recorded for the case, bind beside the rule's own."""
    if not deadline.recorded_limit:
        return due
    day = due.due
    for recorded in deadline.recorded_limit:
        given = scope.value(recorded.field).cast(pl.Int32, strict=False)
        day_type = DayType.WORKING if recorded.unit == "working days" else DayType.CALENDAR
        own = pl.when(given > 0).then(_counted(given, day_type, days, start))
        day = pl.min_horizontal(day, own) if recorded.take == "shorter" else pl.coalesce(own, day)
    return replace(due, due=pl.when(due.due.is_not_null()).then(day))
