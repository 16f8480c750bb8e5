"""Whether a rule applies to a record, and what excuses or weighs a breach."""

from dataclasses import replace
from functools import reduce

import polars as pl

from auditor.domain.obligation import Severity, Status
from auditor.evaluation.certain import ALWAYS, NEVER, both, either, first_of, negated
from auditor.evaluation.conditions import Compiled, compile_condition
from auditor.evaluation.days import DayTable, dates, number
from auditor.evaluation.duedays import fixed_day_of
from auditor.evaluation.scope import Derived, Scope
from auditor.evaluation.starts import started
from auditor.evaluation.verdicts import NO_DAY, NO_SEVERITY, NO_TEXT, Applied, Verdict, remark, weight, word
from auditor.rulebook.conditions import DUE_DAY, ROLLED_DUE_DAY
from auditor.rulebook.deadlineduty import Deadline
from auditor.rulebook.rules import Rule

_LAST = 6  # the layer of the final status, above all that it is made of


def apply_rule(rule: Rule, scope: Scope, verdict: Verdict, days: DayTable) -> Applied:
    """Which rows the rule leaves, and the verdict with application, excuse and severity considered.

    An unknown condition of application is unverifiable, even if the act was in time; an unknown
    excuse excuses nothing; a trigger after the audit's day, or one that has not happened, leaves no row.
    """
    trigger, starts = _trigger(rule, scope)
    conditions = [trigger, _in_force(rule, scope, starts)]
    if rule.when is not None:
        conditions.append(compile_condition(rule.when, scope))
    bench = scope.bench
    assert bench is not None
    conditions = [replace(each, holds=bench.ask(each.holds)) for each in conditions]
    applies = reduce(both, (each.holds for each in conditions))
    # Of the rows that are left no condition is false; unknown are those alone that name what they lack.
    unknown = [each for each in conditions if each.missing]
    is_open = scope.keep(0, either(each.holds.is_null() for each in unknown))
    if rule.deadline:
        due_days = {DUE_DAY: verdict.due, ROLLED_DUE_DAY: days.add_working(verdict.due - 1, 1)}
        derived = {name: Derived(dates(day), ALWAYS) for name, day in due_days.items()}
        scope = replace(scope, derived={**scope.derived, **derived})
    judged = _excused(rule, scope, verdict.status)
    status = judged if is_open is NEVER else pl.when(is_open).then(word(Status.UNVERIFIABLE)).otherwise(judged)
    status = scope.keep(_LAST, status)
    missing = dict(verdict.missing)
    for condition in unknown:
        for name, flag in condition.missing.items():
            missing[name] = either([missing.get(name, NEVER), both(flag, condition.unknown)])
    start = (
        verdict.start if rule.deadline else first_of([starts] if verdict.start is NO_DAY else [verdict.start, starts])
    )
    severity = _severity(rule, scope)
    complete = replace(
        verdict,
        status=status,
        start=start,
        late=_unless(is_open, verdict.late, NO_DAY),
        missing=missing,
        severity=severity if verdict.severity is NO_SEVERITY else _lighter(verdict.severity, severity),
        detail=_detail(rule, scope, verdict, is_open, status),
    )
    return Applied(applies, complete, bench)


def _trigger(rule: Rule, scope: Scope) -> tuple[Compiled, pl.Expr]:
    """A later trigger leaves no row. For a duty called for by an event, none yet leaves no row either."""
    today = number(scope.as_of)
    if rule.deadline is not None and rule.deadline.from_ is None:
        fixed = rule.deadline.fixed_day
        assert fixed is not None
        day = fixed_day_of(fixed, scope, month=1, day=1)
        return Compiled((day <= today).fill_null(True), {}), day
    starts = _starts(rule.deadline, scope) if rule.deadline else _recorded(scope, rule.trigger)
    if rule.trigger is None:
        return Compiled(_common(scope, "begun", (starts <= today).fill_null(True), starts), {}), starts
    event = _recorded(scope, rule.trigger)
    lacking = either(negated(scope.supplied(name)) for name in rule.trigger)
    happened = (event <= today).fill_null(False)
    if lacking is NEVER:
        return Compiled(_common(scope, "happened", happened, event), {}), starts
    happened = pl.when(event.is_not_null() | ~lacking).then(happened)
    happened = _common(scope, "happened, or not told", happened, event)
    return Compiled(happened, {rule.trigger[0]: event.is_null()}, plain=True), starts


def _starts(deadline: Deadline, scope: Scope) -> pl.Expr:
    """The day that starts the clock, later than the audit's day or not."""
    return started(deadline, scope, scope.raw_number)


def _recorded(scope: Scope, names: tuple[str, ...] | None) -> pl.Expr:
    """The first recorded of several dates, later than the audit's day or not."""
    assert names is not None
    return scope.share(("first", names), lambda: first_of([scope.raw_number(name) for name in names]), *names)


def _common(scope: Scope, what: str, condition: pl.Expr, day: pl.Expr) -> pl.Expr:
    """A condition on a day, which other rules have too if the day is a column that they share."""
    if not day.meta.is_column():
        return condition
    return scope.share((what, day.meta.output_name()), lambda: condition)


def _in_force(rule: Rule, scope: Scope, starts: pl.Expr) -> Compiled:
    first, last = scope.book.in_force(rule)
    inside = starts >= number(first) if last is None else starts.is_between(number(first), number(last))
    if rule.deadline is not None:
        inside = inside.fill_null(True)  # without its start the deadline itself is unverifiable
    return Compiled(_common(scope, f"inside {first} {last} {rule.deadline is None}", inside, starts), {})


def _excused(rule: Rule, scope: Scope, status: pl.Expr) -> pl.Expr:
    if rule.excused_if is None:
        return status
    excused = compile_condition(rule.excused_if, scope).holds
    return pl.when((status == Status.BREACHED.value) & excused).then(word(Status.EXCUSED)).otherwise(status)


def _lighter(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    """The lighter of two severities; null says nothing."""
    lighter = NO_SEVERITY
    for severity in Severity:
        is_either = (one == severity.value) | (other == severity.value)
        lighter = pl.when(is_either).then(weight(severity)).otherwise(lighter)
    return lighter


def _severity(rule: Rule, scope: Scope) -> pl.Expr:
    severity = weight(rule.severity)
    for variant in reversed(rule.severity_if):
        holds = compile_condition(variant.if_, scope).holds
        severity = pl.when(holds).then(weight(variant.severity)).otherwise(severity)
    return severity


def _detail(rule: Rule, scope: Scope, verdict: Verdict, is_open: pl.Expr, status: pl.Expr) -> pl.Expr:
    """The duty's own remark where the rule is known to apply, else what it advises."""
    told = [] if verdict.detail is NO_TEXT else [_unless(is_open, verdict.detail, NO_TEXT)]
    advised = NO_TEXT
    for advice in reversed(rule.advise):
        holds = compile_condition(advice.if_, scope).holds
        met = (status == Status.MET.value) & holds
        advised = pl.when(met).then(remark(f"提示：{advice.say}")).otherwise(advised)
    told += [advised] if rule.advise else []
    return scope.keep(_LAST + 1, first_of(told)) if told else NO_TEXT


def _unless(is_open: pl.Expr, value: pl.Expr, nothing: pl.Expr) -> pl.Expr:
    """The value where the rule is known to apply."""
    return value if value is nothing or is_open is NEVER else pl.when(~is_open).then(value)
