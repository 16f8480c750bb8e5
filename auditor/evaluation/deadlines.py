"""The deadline duty (期限) over columns."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_

import polars as pl

from auditor.domain.limit import Limit
from auditor.domain.obligation import DayType, Severity, Status
from auditor.evaluation.conditions import compile_condition
from auditor.evaluation.days import DAY, DayTable, moments, numbers
from auditor.evaluation.requestclock import clock_columns
from auditor.evaluation.scope import Scope
from auditor.evaluation.verdicts import NO_DAY, Verdict, word
from auditor.rulebook.conditions import tests
from auditor.rulebook.duties import Deadline, LimitFromField, LimitFromSetting, Within
from auditor.rulebook.rules import Rule

Unit = Callable[[pl.Expr], pl.Expr]  # days or moments: what the limit is counted in


@dataclass(frozen=True)
class _Due:
    """The due day and what made it so."""

    due: pl.Expr
    day_type: DayType
    missing: dict[str, pl.Expr]


def deadline_verdict(rule: Rule, scope: Scope, days: DayTable) -> Verdict:
    """The verdict columns of a deadline rule, application and excuse not yet considered."""
    deadline = rule.deadline
    assert deadline is not None
    unit = moments if _in_hours(deadline, scope) else numbers
    start, done, unsure = _start(deadline, scope, unit), _done(deadline, scope, unit), _done_unsure(deadline, scope)
    if deadline.early == "not_done":
        done = pl.when(done >= start).then(done)
    start, done = scope.bench.keep(0, start), scope.bench.keep(0, done)
    due = _due_day(rule, deadline, scope, days, start)
    due = replace(due, due=scope.bench.keep(1, due.due))
    now = unit(pl.lit(scope.as_of, dtype=pl.Date))
    judged = _Judged(rule, deadline, scope, days, start, done, due, now)
    return judged.verdict(unsure)


def _in_hours(deadline: Deadline, scope: Scope) -> bool:
    within = deadline.within
    return isinstance(within, Limit | LimitFromSetting) and scope.book.limit(within).day_type is DayType.HOURS


def _start(deadline: Deadline, scope: Scope, unit: Unit) -> pl.Expr:
    """The first recorded of the events that start the clock."""
    if deadline.from_ is not None:
        return pl.coalesce([unit(scope.value(name)) for name in deadline.from_])
    fixed = deadline.fixed_day
    assert fixed is not None
    year = (scope.value(fixed.year) + fixed.years_later).cast(pl.Int32)
    return numbers(pl.date(year, 1, 1))


def _done(deadline: Deadline, scope: Scope, unit: Unit) -> pl.Expr:
    all_days = [unit(scope.value(name)) for name in deadline.to]
    if not deadline.every:
        return pl.min_horizontal(all_days)
    recorded = reduce(and_, (each.is_not_null() for each in all_days))
    return pl.when(recorded).then(pl.max_horizontal(all_days))


def _done_unsure(deadline: Deadline, scope: Scope) -> dict[str, pl.Expr]:
    """Fields of the act whose column the export lacks."""
    return {name: ~scope.supplied(name) for name in deadline.to}


def _due_day(rule: Rule, deadline: Deadline, scope: Scope, days: DayTable, start: pl.Expr) -> _Due:
    if deadline.until is not None:
        until = numbers(scope.day(deadline.until))
        return _Due(until, DayType.EVENT, {deadline.until: until.is_null()})
    if deadline.fixed_day is not None:
        fixed = deadline.fixed_day
        year = (scope.value(fixed.year) + fixed.years_later).cast(pl.Int32)
        return _Due(numbers(pl.date(year, fixed.month, fixed.day)), DayType.CALENDAR, {})
    if deadline.tolling or deadline.extension or deadline.restart:
        return _Due(pl.col(clock_columns(deadline).due), DayType.WORKING, {})
    return _within(deadline.within, scope, days, start)


def _within(within: Within | None, scope: Scope, days: DayTable, start: pl.Expr) -> _Due:
    assert within is not None
    if isinstance(within, LimitFromField):
        name, day_type, otherwise = scope.book.field_limit(within)
        given = scope.value(name).cast(pl.Int32)
        if within.at_most is not None:
            given = given.clip(upper_bound=within.at_most)
        own = days.add_working(start, given) if day_type is DayType.WORKING else start + given
        return _Due(pl.coalesce(own, days.due(start, otherwise)), day_type, {})
    limit: Limit = scope.book.limit(within)
    return _Due(days.due(start, limit), limit.day_type, {})


@dataclass(frozen=True)
class _Judged:
    """Everything known of one deadline; `verdict` puts it together."""

    rule: Rule
    deadline: Deadline
    scope: Scope
    days: DayTable
    start: pl.Expr
    done: pl.Expr
    due: _Due
    now: pl.Expr

    def verdict(self, unsure: dict[str, pl.Expr]) -> Verdict:
        status, missing, detail = self._status(unsure)
        due = self.due.due
        status, due, doubt = self._doubted(status, due)
        is_breached = status == Status.BREACHED.value
        beyond = self.days.late(due, pl.coalesce(self.done, self.now), self.due.day_type)
        late = pl.when(is_breached & (pl.coalesce(self.done, self.now) > due)).then(beyond)
        return Verdict(
            status=status,
            start=self._as_day(self.start),
            due=self._as_day(due),
            done=self._as_day(self.done),
            late=late if self.due.day_type is not DayType.EVENT else NO_DAY,
            day_type=self.due.day_type,
            provisional=self._provisional(due),
            severity=self._severity(is_breached, due),
            detail=pl.when(status != Status.MET.value).then(detail).otherwise(self._advice(status)),
            missing={**missing, **doubt},
        )

    def _as_day(self, value: pl.Expr) -> pl.Expr:
        return value // DAY if self.due.day_type is DayType.HOURS else value

    def _status(self, unsure: dict[str, pl.Expr]) -> tuple[pl.Expr, dict[str, pl.Expr], pl.Expr]:
        scope, start, done, due = self.scope, self.start, self.done, self.due.due
        lacking = reduce(or_, unsure.values())
        first = (self.deadline.from_ or (self.deadline.fixed_day.year if self.deadline.fixed_day else "",))[0]
        no_start = start.is_null()
        early = (done < start) if self.deadline.early == "contradiction" else pl.lit(False)
        never = pl.lit(False)
        satisfied = never
        if self.deadline.satisfied_if is not None:
            satisfied = scope.bench.keep(0, compile_condition(self.deadline.satisfied_if, scope).holds.fill_null(False))
        forbidden, open_question, asked = self._forbidden()
        suspended, unsure_clock, clock_missing, remark = self._clock()
        status = (
            pl.when(forbidden)
            .then(word(Status.BREACHED))
            .when(satisfied)
            .then(word(Status.MET))
            .when(open_question & (done <= due))
            .then(word(Status.UNVERIFIABLE))
            .when(no_start | early.fill_null(False))
            .then(word(Status.UNVERIFIABLE))
            .when(suspended & done.is_not_null())
            .then(word(Status.MET))
            .when(suspended & ~lacking)
            .then(word(Status.PENDING))
            .when(due.is_null())
            .then(word(Status.UNVERIFIABLE))
            .when((done <= due) | self._stood_in())
            .then(word(Status.MET))
            .when(lacking & (done.is_null() | (len(unsure) > 1)))
            .then(word(Status.UNVERIFIABLE))
            .when(done.is_null() & (self.now <= due))
            .then(word(Status.PENDING))
            .when(unsure_clock)
            .then(word(Status.UNVERIFIABLE))
            .otherwise(word(Status.BREACHED))
        )
        missing = {first: no_start, **unsure, **self.due.missing, **clock_missing}
        for name, flag in asked.items():
            flag = flag & (done <= due).fill_null(False)
            missing[name] = missing[name] | flag if name in missing else flag
        contradiction = pl.when(early.fill_null(False)).then(pl.lit("日期矛盾：完成日早于起算日"))
        return scope.bench.keep(2, status), missing, pl.coalesce(contradiction, remark)

    def _forbidden(self) -> tuple[pl.Expr, pl.Expr, dict[str, pl.Expr]]:
        """What breaches whatever the dates; whether a step in it stands in a column that is lacking, and which.

        Only steps that must be recorded leave the verdict open: other fields are optional.
        """
        node = self.deadline.breached_if
        if node is None:
            return pl.lit(False), pl.lit(False), {}
        holds = self.scope.bench.keep(0, compile_condition(node, self.scope, duty=True).holds)
        asked = [test.name for test in tests(node) if test.operator == "recorded"]
        lacking = {name: ~self.scope.supplied(name) for name in asked}
        open_question = holds.is_null() & reduce(or_, lacking.values(), pl.lit(False))
        return holds.fill_null(False), open_question, {name: flag & open_question for name, flag in lacking.items()}

    def _stood_in(self) -> pl.Expr:
        """Another act complies too if it falls between start and due day."""
        unit = moments if self.due.day_type is DayType.HOURS else numbers
        acts = [unit(self.scope.value(name)) for name in self.deadline.stands_in]
        in_time = [act.is_between(self.start, self.due.due).fill_null(False) for act in acts]
        return pl.any_horizontal([pl.lit(False), *in_time])

    def _clock(self) -> tuple[pl.Expr, pl.Expr, dict[str, pl.Expr], pl.Expr]:
        """Whether the clock stands, whether a lacking column may have moved it, and a remark on it."""
        never, none = pl.lit(False), pl.lit(None, dtype=pl.String)
        if not (self.deadline.tolling or self.deadline.extension or self.deadline.restart):
            return never, never, {}, none
        columns = clock_columns(self.deadline)
        unsure = pl.lit(False)
        missing: dict[str, pl.Expr] = {}
        for name, column in columns.lacking(self.deadline).items():
            missing[name] = pl.col(column)
            unsure = unsure | pl.col(column)
        return pl.col(columns.suspended), unsure, missing, pl.col(columns.remark)

    def _doubted(self, status: pl.Expr, due: pl.Expr) -> tuple[pl.Expr, pl.Expr, dict[str, pl.Expr]]:
        doubt = self.deadline.doubt
        if doubt is None:
            return status, due, {}
        outer = _within(doubt.until, self.scope, self.days, self.start).due
        breached = status == Status.BREACHED.value
        inside = breached & (pl.coalesce(self.done, self.now) <= outer)
        inside = self.scope.bench.keep(3, inside)
        status_now = self.scope.bench.keep(4, pl.when(inside).then(word(Status.UNVERIFIABLE)).otherwise(status))
        return status_now, pl.when(breached & ~inside).then(outer).otherwise(due), dict.fromkeys(doubt.missing, inside)

    def _provisional(self, due: pl.Expr) -> pl.Expr:
        if self.due.day_type not in (DayType.WORKING, DayType.MONTH):
            return pl.lit(False)
        return self.days.provisional(self.start, due)

    def _severity(self, is_breached: pl.Expr, due: pl.Expr) -> pl.Expr:
        """Late against a configured number: at most minor. A fixed day on a rest day may weigh less."""
        fixed = self.deadline.fixed_day
        if fixed is not None and fixed.rest_day_severity is not None:
            rolled = self.days.add_working(due - 1, 1)
            return pl.when(is_breached & (self.done <= rolled)).then(pl.lit(fixed.rest_day_severity))
        if not self._configured():
            return pl.lit(None, dtype=pl.String)
        lightest = Severity.MINOR if self.rule.severity.rank < Severity.MINOR.rank else self.rule.severity
        return pl.when(is_breached & self.done.is_not_null()).then(pl.lit(lightest.value))

    def _configured(self) -> bool:
        within = self.deadline.within
        key = getattr(within, "setting", None)
        return key is not None and not self.scope.book.settings[key].in_text

    def _advice(self, status: pl.Expr) -> pl.Expr:
        if self.deadline.advise_beyond is None:
            return pl.lit(None, dtype=pl.String)
        soft = _within(self.deadline.advise_beyond, self.scope, self.days, self.start)
        limit = self.scope.book.limit(self.deadline.advise_beyond)  # type: ignore[arg-type]
        text = pl.lit(f"提示：已超过{limit.zh}，仍在最长时限内")
        return pl.when((status == Status.MET.value) & (self.done > soft.due)).then(text)
