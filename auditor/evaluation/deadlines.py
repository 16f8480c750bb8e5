"""The deadline duty (期限) over columns."""

from dataclasses import dataclass, replace

import polars as pl

from auditor.domain.limit import Limit
from auditor.domain.obligation import DayType, Severity, Status
from auditor.evaluation.certain import ALWAYS, NEVER, both, either, first_of, negated
from auditor.evaluation.conditions import compile_condition
from auditor.evaluation.days import DAY, DayTable, dates, moments, number, numbers
from auditor.evaluation.duedays import Due, beside, done_of, due_of, in_hours, start_of, with_recorded, within_of
from auditor.evaluation.requestclock import clock_columns, counted_elsewhere, is_moved
from auditor.evaluation.scope import Derived, Scope, Unit
from auditor.evaluation.starts import without_start
from auditor.evaluation.verdicts import NO_DAY, NO_SEVERITY, NO_TEXT, Verdict, remark, weight, word
from auditor.rulebook.conditions import DUE_DAY, tests
from auditor.rulebook.deadlineduty import Deadline, OrWithin
from auditor.rulebook.limits import LimitFromSetting, Within
from auditor.rulebook.rules import Rule

_CONTRADICTION = remark("日期矛盾：完成日早于起算日")
_BACKWARD = remark("日期矛盾：期限早于起算日")


def deadline_verdict(rule: Rule, scope: Scope, days: DayTable) -> Verdict:
    """The verdict columns of a deadline rule, application and excuse not yet considered."""
    deadline = rule.deadline
    assert deadline is not None
    unit = moments if in_hours(deadline, scope) else numbers
    start, done = start_of(deadline, scope, unit), done_of(deadline, scope, unit)
    if deadline.early == "not_done":
        done = pl.when(done >= start).then(done)
    if deadline.recurring:
        start = pl.coalesce(done, start)
    start, done = scope.keep(0, start), scope.keep(0, done)
    own = due_of(deadline, scope, days, start)
    due = with_recorded(deadline, scope, days, start, own)
    if deadline.or_within:
        start, due = _later(deadline, deadline.or_within, scope, days, start, due, unit)
    due = replace(due, due=scope.keep(1, due.due))
    today = number(scope.as_of)
    now = pl.lit(today, dtype=pl.Int32) if unit is numbers else pl.lit(today * DAY, dtype=pl.Int64)
    if deadline.recurring:
        done = pl.when(now <= due.due).then(done)  # the act of last time does not serve for this one
    return _Judged(rule, deadline, scope, days, start, done, due, own.due, now).verdict()


def _later(
    deadline: Deadline,
    other: OrWithin,
    scope: Scope,
    days: DayTable,
    start: pl.Expr,
    due: Due,
    unit: Unit,
) -> tuple[pl.Expr, Due]:
    """The start and the due day of whichever clock runs longer."""
    begins = scope.keep(0, first_of([scope.counted(name, unit) for name in other.from_]))
    runs_out = beside(deadline, other.within, scope, days, begins)
    longer = (runs_out > due.due).fill_null(False)
    due = replace(due, due=pl.when(longer).then(runs_out).otherwise(due.due))
    return scope.keep(1, pl.when(longer).then(begins).otherwise(start)), due


@dataclass(frozen=True)
class _Judged:
    """Everything known of one deadline; `verdict` puts it together.

    `own_due` is the due day by the rule's own limit, whatever limits of other sources are recorded.
    """

    rule: Rule
    deadline: Deadline
    scope: Scope
    days: DayTable
    start: pl.Expr
    done: pl.Expr
    due: Due
    own_due: pl.Expr
    now: pl.Expr

    def verdict(self) -> Verdict:
        """The columns of the verdict."""
        status, missing, detail = self._status()
        due = self.due.due
        status, due, doubt = self._doubted(status, due)
        is_breached = status == Status.BREACHED.value
        until = pl.coalesce(self.done, self.now)
        beyond = self.days.late(due, until, self.due.day_type)
        return Verdict(
            status=status,
            start=self._as_day(self.start),
            due=self._as_day(due),
            done=self._as_day(self.done),
            late=pl.when(is_breached & (until > due)).then(beyond) if self._is_counted() else NO_DAY,
            day_type=self.due.day_type,
            provisional=self._provisional(due),
            severity=self._severity(is_breached, due),
            detail=self._told(status, detail),
            missing={**missing, **doubt},
        )

    def _is_counted(self) -> bool:
        return self.due.day_type is not DayType.EVENT

    def _as_day(self, value: pl.Expr) -> pl.Expr:
        return value // DAY if self.due.day_type is DayType.HOURS else value

    def _status(self) -> tuple[pl.Expr, dict[str, pl.Expr], pl.Expr]:
        """The status, the fields that it lacked, and a remark."""
        done, due, keep = self.done, self.due.due, self.scope.keep
        lacking = {name: negated(self.scope.tells(name)) for name in self.deadline.to}
        no_act = either(lacking.values())
        early = done < self.start if self.deadline.early == "contradiction" else NEVER
        # A recorded due day before the start is a slip of the pen on one side or the other.
        backward = due < self.start if self.deadline.until else NEVER
        in_time = keep(2, done <= due)
        satisfied = keep(2, self._satisfied())
        forbidden, open_question, asked = self._forbidden()
        suspended, moved, clock_missing, moved_remark = self._clock()
        stood_in, _ = self._stood_in()
        unsure, unsure_missing, told = self._unsure(late=False)
        in_doubt = both(both(unsure, in_time), negated(stood_in))
        late_unsure, late_missing, told_late = self._unsure(late=True)
        no_day = done.is_null()
        untold = both(no_act, no_day if len(lacking) == 1 else ALWAYS)
        late_doubt = both(both(late_unsure, self.start.is_not_null() & ~in_time.fill_null(False)), negated(untold))
        steps = (
            (forbidden, Status.BREACHED),
            (satisfied, Status.MET),
            (both(open_question, in_time), Status.UNVERIFIABLE),
            (either([self.start.is_null(), early, backward]), Status.UNVERIFIABLE),
            (both(suspended, ~no_day), Status.MET),
            (both(suspended, negated(no_act)), Status.PENDING),
            (due.is_null(), Status.UNVERIFIABLE),
            (in_doubt, Status.UNVERIFIABLE),
            (either([in_time, stood_in]), Status.MET),
            (untold, Status.UNVERIFIABLE),
            (no_day & (self.now <= due), Status.PENDING),
            (either([moved, late_doubt]), Status.UNVERIFIABLE),
        )
        status = word(Status.BREACHED)
        for condition, verdict in reversed(steps):
            if condition is not NEVER:
                status = pl.when(condition).then(word(verdict)).otherwise(status)
        status = keep(3, status)
        missing = {
            **without_start(self.deadline, self.scope, self.start),
            **lacking,
            **self.due.missing,
            **clock_missing,
        }
        open_fields = [(name, both(flag, in_time)) for name, flag in asked.items()]
        open_fields += [(name, both(flag, in_doubt)) for name, flag in unsure_missing.items()]
        open_fields += [(name, both(flag, late_doubt)) for name, flag in late_missing.items()]
        for name, flag in open_fields:
            missing[name] = either([missing.get(name, NEVER), flag])
        details: list[pl.Expr] = [] if early is NEVER else [pl.when(early).then(_CONTRADICTION)]
        details += [] if backward is NEVER else [pl.when(backward).then(_BACKWARD)]
        # Another step may have settled what is in doubt; then nothing is said of the doubt.
        is_open = status == Status.UNVERIFIABLE.value
        details += [] if in_doubt is NEVER else [pl.when(in_doubt & is_open).then(told)]
        details += [] if moved_remark is NO_TEXT else [moved_remark]
        details += [] if late_doubt is NEVER else [pl.when(late_doubt & is_open).then(told_late)]
        return status, missing, first_of(details) if details else NO_TEXT

    def _satisfied(self) -> pl.Expr:
        node = self.deadline.satisfied_if
        if node is None:
            return NEVER
        due_day = Derived(dates(self._as_day(self.due.due)), ALWAYS)
        scope = replace(self.scope, derived={**self.scope.derived, DUE_DAY: due_day})
        return compile_condition(node, scope).holds

    def _forbidden(self) -> tuple[pl.Expr, pl.Expr, dict[str, pl.Expr]]:
        """What breaches whatever the dates; whether a step in it stands in a column that is lacking, and which.

        Only steps that must be recorded leave the verdict open: other fields are optional.
        """
        node = self.deadline.breached_if
        if node is None:
            return NEVER, NEVER, {}
        holds = self.scope.keep(0, compile_condition(node, self.scope, duty=True).holds)
        asked = [test.name for test in tests(node) if test.operator == "recorded"]
        lacking = {name: negated(self.scope.tells(name)) for name in asked}
        open_question = both(holds.is_null(), either(lacking.values()))
        return holds, open_question, {name: both(flag, open_question) for name, flag in lacking.items()}

    def _stood_in(self) -> tuple[pl.Expr, pl.Expr]:
        """Whether another act complies because it fell in time, and whether it missed only a time of its own."""
        stand_in = self.deadline.stands_in
        if stand_in is None:
            return NEVER, NEVER
        unit = moments if self.due.day_type is DayType.HOURS else numbers
        acts = [self.scope.counted(name, unit) for name in stand_in.act]
        in_time = pl.any_horizontal([act.is_between(self.start, self.due.due).fill_null(False) for act in acts])
        if stand_in.within is None:
            return in_time, NEVER
        latest = within_of(stand_in.within, self.scope, self.days, self.start).due
        soon = pl.any_horizontal([(act <= latest).fill_null(False) for act in acts])
        return in_time & soon, in_time & ~soon

    def _unsure(self, late: bool) -> tuple[pl.Expr, dict[str, pl.Expr], pl.Expr]:
        """Whether an act in time, or late, would prove nothing, which fields left that open, and what is to be said."""
        unsure, missing, told = NEVER, dict[str, pl.Expr](), NO_TEXT
        for each in self.deadline.unsure:
            if each.late is not late:
                continue
            condition = compile_condition(each.if_, self.scope)
            holds = condition.holds.fill_null(True)
            if each.act is not None and each.beyond is not None:
                latest = within_of(each.beyond, self.scope, self.days, self.start).due
                late_act = self.scope.number(each.act) > latest
                holds = holds & (late_act & (self.done > latest)).fill_null(False)
            told = pl.when(holds).then(remark(each.say)).otherwise(told)
            unsure = either([unsure, holds])
            flags = {name: flag & condition.holds.is_null() for name, flag in condition.missing.items()}
            for name, flag in (*flags.items(), *((name, holds) for name in each.missing)):
                missing[name] = either([missing.get(name, NEVER), flag])
        return unsure, missing, told

    def _clock(self) -> tuple[pl.Expr, pl.Expr, dict[str, pl.Expr], pl.Expr]:
        """Whether the clock stands, whether what is not known may have moved it, the columns lacking, and a remark."""
        if not is_moved(self.deadline):
            return NEVER, NEVER, {}, NO_TEXT
        columns = clock_columns(self.deadline)
        missing = {name: pl.col(column) for name, column in columns.lacking(self.deadline).items()}
        moved = either([*missing.values(), pl.col(columns.contradicted)])
        return pl.col(columns.suspended), moved, missing, pl.col(columns.remark)

    def _doubted(self, status: pl.Expr, due: pl.Expr) -> tuple[pl.Expr, pl.Expr, dict[str, pl.Expr]]:
        doubt = self.deadline.doubt
        if doubt is None:
            return status, due, {}
        outer = within_of(doubt.until, self.scope, self.days, self.start).due
        breached = status == Status.BREACHED.value
        unread = either(self.scope.is_unread(name) for name in doubt.missing)
        inside = both(breached, either([pl.coalesce(self.done, self.now) <= outer, unread]))
        inside = self.scope.keep(4, inside)
        status_now = self.scope.keep(5, pl.when(inside).then(word(Status.UNVERIFIABLE)).otherwise(status))
        return status_now, pl.when(breached & ~inside).then(outer).otherwise(due), dict.fromkeys(doubt.missing, inside)

    def _provisional(self, due: pl.Expr) -> pl.Expr:
        if self.due.day_type not in (DayType.WORKING, DayType.MONTH):
            return NEVER
        limit = 1 if self.due.day_type is DayType.WORKING else 0
        return self.days.provisional(self.days.eve(self.start, limit), due)

    def _severity(self, is_breached: pl.Expr, due: pl.Expr) -> pl.Expr:
        """Late against a configured number: at most minor. A fixed day on a rest day may weigh less."""
        fixed = self.deadline.fixed_day
        if fixed is not None and fixed.rest_day_severity is not None:
            rolled = self.days.add_working(due - 1, 1)
            return pl.when(is_breached & (self.done <= rolled)).then(weight(Severity(fixed.rest_day_severity)))
        configured = [self.done.is_not_null()] if self._configured(self.deadline.within) else []
        if self.deadline.recorded_limit:  # the limit of another source: late by that alone
            configured.append((pl.coalesce(self.done, self.now) <= self.own_due).fill_null(False))
        if self.deadline.stands_in and self._configured(self.deadline.stands_in.within):
            configured.append(self._stood_in()[1])
        if not configured:
            return NO_SEVERITY
        lightest = Severity.MINOR if self.rule.severity.rank < Severity.MINOR.rank else self.rule.severity
        return pl.when(is_breached & pl.any_horizontal(configured)).then(weight(lightest))

    def _configured(self, within: Within | None) -> bool:
        key = getattr(within, "setting", None)
        return key is not None and not self.scope.book.settings[key].in_text

    def _told(self, status: pl.Expr, detail: pl.Expr) -> pl.Expr:
        """What is to be said of a duty that was not met, and of one that was."""
        advice = self._advice()
        if detail is NO_TEXT and advice is NO_TEXT:
            return NO_TEXT
        return pl.when(status == Status.MET.value).then(advice).otherwise(detail)

    def _advice(self) -> pl.Expr:
        """What is worth a word though the duty was met: later than a shorter limit, or counted from elsewhere."""
        advice = []
        elsewhere = counted_elsewhere(self.deadline)
        if elsewhere is not None:
            assert isinstance(elsewhere.within, Limit | LimitFromSetting) and elsewhere.from_ is not None
            start = start_of(elsewhere, self.scope, numbers)
            due = due_of(elsewhere, self.scope, self.days, start).due
            name = self.scope.log.fields[elsewhere.from_[0]].zh
            text = f"提示：自“{name}”起算，已超过{self.scope.book.limit(elsewhere.within).zh}"
            advice.append(pl.when(self.done > due).then(remark(text)))
        if self.deadline.advise_beyond is not None:
            soft = within_of(self.deadline.advise_beyond, self.scope, self.days, self.start)
            limit = self.scope.book.limit(self.deadline.advise_beyond)  # type: ignore[arg-type]
            text = f"提示：已超过{limit.zh}，仍在最长时限内"
            advice.append(pl.when(self.done > soft.due).then(remark(text)))
        return first_of(advice) if advice else NO_TEXT
