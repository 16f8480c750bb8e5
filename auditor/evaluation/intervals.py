"""The interval duty (间隔) over columns: so much time at the least between two events."""

import polars as pl

from auditor.domain.obligation import Severity, Status
from auditor.evaluation.certain import both, either, least_of, negated, of_few
from auditor.evaluation.days import DayTable, dates
from auditor.evaluation.duedays import in_days
from auditor.evaluation.obligations import SCHEMA
from auditor.evaluation.scope import Scope
from auditor.evaluation.verdicts import NO_SEVERITY, Verdict, remark, weight, word
from auditor.rulebook.limits import LimitFromSetting
from auditor.rulebook.rules import Rule


def interval_verdict(rule: Rule, scope: Scope, days: DayTable) -> Verdict:
    """The verdict columns of an interval rule, application and excuse not yet considered.

    The first event is the earliest of those named; blank, it did not come before the second at all. The
    second counts from the day on which the limit, begun with the first, is full. A second event that is not
    recorded leaves the question open.
    """
    interval = rule.interval
    assert interval is not None
    limit = in_days(scope.book.limit(interval.at_least))
    first = scope.keep(0, least_of([scope.number(name) for name in interval.from_]))
    second = scope.keep(0, scope.number(interval.to))
    full = scope.keep(1, days.due(first, limit))
    untold = either(negated(scope.tells(name)) for name in interval.from_)
    status = scope.keep(
        2,
        pl.when(second.is_null())
        .then(word(Status.UNVERIFIABLE))
        .when(both(first.is_null(), negated(untold)))
        .then(word(Status.BREACHED))
        .when(second >= full)
        .then(word(Status.MET))
        .when(either([untold, full.is_null()]))
        .then(word(Status.UNVERIFIABLE))
        .otherwise(word(Status.BREACHED)),
    )
    breached = status == Status.BREACHED.value
    names = {name: scope.log.fields[name].zh for name in (*interval.from_, interval.to)}
    too_soon = (
        f"{rule.fault}：自{'、'.join(names[name] for name in interval.from_)}起不足{limit.zh}，"
        f"{names[interval.to]}不应早于{{}}"
    )

    def told(earliest: pl.Expr) -> pl.Expr:
        return pl.format(too_soon, dates(earliest).dt.to_string("%Y-%m-%d")).cast(SCHEMA["detail"])

    configured = isinstance(interval.at_least, LimitFromSetting) and not (
        scope.book.settings[interval.at_least.setting].in_text
    )
    lightest = Severity.MINOR if rule.severity.rank < Severity.MINOR.rank else rule.severity
    return Verdict(
        status,
        start=first,
        done=second,
        day_type=limit.day_type,
        provisional=days.provisional(first, full),
        severity=pl.when(breached & first.is_not_null()).then(weight(lightest)) if configured else NO_SEVERITY,
        detail=pl.coalesce(
            of_few(breached & full.is_not_null(), told, full), pl.when(breached).then(remark(rule.fault or ""))
        ),
        missing={**{name: negated(scope.tells(name)) for name in interval.from_}, interval.to: second.is_null()},
    )
