"""The event that starts a clock: the first recorded of several, or those of a reading that holds for the record."""

from collections.abc import Callable, Sequence

import polars as pl

from auditor.evaluation.certain import NEVER, both, either, first_of, negated
from auditor.evaluation.conditions import compile_condition
from auditor.evaluation.scope import Scope
from auditor.rulebook.deadlineduty import Deadline


def started(deadline: Deadline, scope: Scope, day_of: Callable[[str], pl.Expr]) -> pl.Expr:
    """The day on which the clock starts, each field read by `day_of`; null where none is recorded."""
    start = first_of([day_of(name) for name in deadline.from_ or ()])
    for variant in reversed(deadline.from_if):
        holds = compile_condition(variant.if_, scope).holds
        start = pl.when(holds).then(first_of([day_of(name) for name in variant.from_])).otherwise(start)
    return start


def without_start(deadline: Deadline, scope: Scope, start: pl.Expr) -> dict[str, pl.Expr]:
    """The field that the clock lacks for its start: the record's own, where look-ups may take its place."""
    if deadline.fixed_day is not None:
        return {deadline.fixed_day.year: start.is_null()}
    assert deadline.from_ is not None
    lacking: dict[str, pl.Expr] = {}
    elsewhere = NEVER
    for variant in deadline.from_if:
        holds = both(compile_condition(variant.if_, scope).holds.fill_null(False), negated(elsewhere))
        name = _first(variant.from_, scope)
        lacking[name] = either([lacking.get(name, NEVER), both(start.is_null(), holds)])
        elsewhere = either([elsewhere, holds])
    name = _first(deadline.from_, scope)
    lacking[name] = either([lacking.get(name, NEVER), both(start.is_null(), negated(elsewhere))])
    return lacking


def _first(names: Sequence[str], scope: Scope) -> str:
    own = [name for name in names if name not in scope.derived]
    return [*own, *names][0]
