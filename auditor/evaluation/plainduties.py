"""The duties other than limits and intervals over columns: content, prohibition, order, counterpart."""

from dataclasses import replace

import polars as pl

from auditor.domain.limit import Limit
from auditor.domain.obligation import DayType, Status
from auditor.evaluation.certain import both, either, first_of, negated, of_few
from auditor.evaluation.conditions import compile_condition
from auditor.evaluation.days import DayTable, alike, number
from auditor.evaluation.duedays import in_days
from auditor.evaluation.links import counterpart_column
from auditor.evaluation.obligations import SCHEMA
from auditor.evaluation.scope import Scope
from auditor.evaluation.tariffs import tariff_verdict
from auditor.evaluation.verdicts import NO_TEXT, Verdict, from_condition, remark, word
from auditor.rulebook.conditions import tests
from auditor.rulebook.duties import Counterpart, Order
from auditor.rulebook.limits import LimitFromSetting
from auditor.rulebook.rules import Rule


def plain_verdict(rule: Rule, scope: Scope, days: DayTable) -> Verdict:
    """The verdict columns of a rule of these duties, application and excuse not yet considered."""
    if rule.content is not None:
        required = compile_condition(rule.content, scope, duty=True)
        holds = scope.keep(0, required.holds)
        return Verdict(from_condition(holds), missing=required.missing, detail=_fault(rule, holds))
    if rule.prohibition is not None:
        barred = compile_condition(rule.prohibition, scope, duty=True)
        holds = scope.keep(0, ~barred.holds)
        return Verdict(from_condition(holds), missing=barred.missing, detail=_fault(rule, holds))
    if rule.order is not None:
        return _order(rule.order, scope)
    if rule.tariff is not None:
        return tariff_verdict(rule, rule.tariff, scope)
    assert rule.counterpart is not None
    found = pl.col(counterpart_column(rule.counterpart))
    holds = found if rule.counterpart.expect == "exists" else ~found
    lacking = _lacking(rule.counterpart, scope, found)
    verdict = Verdict(from_condition(holds), missing=lacking, day_type=DayType.EVENT, detail=_fault(rule, holds))
    if rule.counterpart.within is None:
        return verdict
    due = _awaited_until(rule, rule.counterpart.within, scope, days)
    waiting = scope.keep(0, (due >= number(scope.as_of)) & ~found)
    return replace(
        verdict,
        status=pl.when(waiting).then(word(Status.PENDING)).otherwise(verdict.status),
        due=pl.when(waiting).then(due),
        detail=pl.when(~waiting).then(verdict.detail),
    )


def _awaited_until(rule: Rule, within: Limit | LimitFromSetting, scope: Scope, days: DayTable) -> pl.Expr:
    """The last day on which a counterpart may still be missing; the trigger begins the time."""
    begun = first_of([scope.number(name) for name in rule.trigger or ()])
    return days.due(begun, in_days(scope.book.limit(within)))


def _lacking(counterpart: Counterpart, scope: Scope, found: pl.Expr) -> dict[str, pl.Expr]:
    """What left the counterpart open: fields of linked records, this record's link, or theirs."""
    read = {test.name for test in tests(counterpart.where)} if counterpart.where else set()
    flags = {
        f"{counterpart.log}.{name}": pl.col(column)
        for name in sorted(read)
        if (column := f"{counterpart_column(counterpart)}:{counterpart.log}.{name}") in scope.joined
    }
    unexplained = both(found.is_null(), negated(either(flags.values())))
    for own, other in counterpart.by.items():
        flags[own] = unexplained & ~scope.is_recorded(own)
        flags[f"{counterpart.log}.{other}"] = unexplained & scope.is_recorded(own)
    return flags


def _fault(rule: Rule, holds: pl.Expr) -> pl.Expr:
    return pl.when(~holds).then(remark(rule.fault)) if rule.fault else NO_TEXT


def _order(order: Order, scope: Scope) -> Verdict:
    """A blank step in a column that the export has was not taken; steps may fall on the same day."""
    steps = [scope.number(name) for name in order.steps]
    supplied = [scope.tells(name) for name in order.steps]
    skipped = [scope.keep(0, both(step.is_null(), has)) for step, has in zip(steps, supplied, strict=True)]
    turned = [
        scope.keep(0, either(_precedes(scope, later, before) for before in order.steps[:n]))
        for n, later in enumerate(order.steps[1:], start=1)
    ]
    wrong = scope.keep(1, either([*skipped, *turned]))
    unknown = either(negated(has) for has in supplied)
    status = (
        pl.when(wrong)
        .then(word(Status.BREACHED))
        .when(unknown)
        .then(word(Status.UNVERIFIABLE))
        .otherwise(word(Status.MET))
    )
    says = [f"没有{scope.log.fields[name].zh}的记录；" for name in order.steps]
    says += [f"{scope.log.fields[name].zh}早于前一环节；" for name in order.steps[1:]]

    def told(*flags: pl.Expr) -> pl.Expr:
        parts = [pl.when(flag).then(pl.lit(say)).otherwise(pl.lit("")) for flag, say in zip(flags, says, strict=True)]
        return pl.concat_str(parts).str.strip_chars_end("；").cast(SCHEMA["detail"])

    missing = {name: negated(has) for name, has in zip(order.steps, supplied, strict=True)}
    return Verdict(
        status,
        done=steps[-1],
        day_type=DayType.EVENT,
        missing=missing,
        detail=of_few(wrong, told, *skipped, *turned),
    )


def _precedes(scope: Scope, one: str, other: str) -> pl.Expr:
    """Whether one step was taken before another: by the clock where both have one."""
    if scope.is_timed(one) and scope.is_timed(other):
        earlier, later = alike(scope.value(one), scope.value(other))
        return earlier < later
    return scope.number(one) < scope.number(other)
