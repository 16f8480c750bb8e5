"""Some rows of a log under all its rules: for each rule a plan over the few columns that it needs, all at once."""

from functools import reduce
from itertools import accumulate
from operator import add

import polars as pl

from auditor.domain.obligation import DayType, Severity, Status
from auditor.evaluation.certain import NEVER
from auditor.evaluation.days import dates
from auditor.evaluation.obligations import SCHEMA
from auditor.evaluation.plans import AS_WRITTEN, carried_out
from auditor.evaluation.scope import Scope
from auditor.evaluation.verdicts import NO_DAY, NO_TEXT, Applied, Verdict, remark, weight
from auditor.rulebook.rules import Rule
from auditor.tables import RECORD, ROW, SOURCE

_UNIT, _FILE, _SHEET = "_unit", "_file", "_sheet"
_LACKING = "_lacking"
_RULE_BIT = 40  # above the bits of the fields that a rule's verdict may lack
_PLACE = [
    pl.col(column).alias(name)
    for name, column in {"record": RECORD, "unit": _UNIT, "file": _FILE, "sheet": _SHEET, "row": ROW}.items()
]
_NO_DATE, _NO_REMARK = dates(NO_DAY), remark("")
_NOTHING = pl.lit(0, dtype=pl.UInt64)
_BITS = [pl.lit(1 << at, dtype=pl.UInt64) for at in range(_RULE_BIT)]
_DAY_TYPE = {day_type: pl.lit(day_type.value, dtype=SCHEMA["day_type"]) for day_type in DayType}


def obligations_of(frame: pl.DataFrame, scope: Scope, rules: list[Rule], compiled: list[Applied]) -> list[pl.DataFrame]:
    """The obligations that each rule leaves in some rows of a log."""
    base = _base(frame, scope)
    plans = [
        _obligations(base, number, rule, scope, applied)
        for number, (rule, applied) in enumerate(zip(rules, compiled, strict=True))
    ]
    found = carried_out(plans)
    rows = pl.concat(found).with_columns(missing=_missing([each.verdict for each in compiled], found))
    rows = rows.select(SCHEMA.names())
    counts = [each.height for each in found]
    return [rows.slice(end - count, count) for end, count in zip(accumulate(counts), counts, strict=True)]


def _base(frame: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """The rows with what all rules share: values as of the day, and where each row stands, its words as numbers."""
    sources = scope.table.sources
    base = frame.lazy().with_columns(
        pl.col(_UNIT).cast(SCHEMA["unit"]),
        _one_of([source.file for source in sources], pl.col(SOURCE)).alias(_FILE),
        _one_of([source.sheet for source in sources], pl.col(SOURCE)).alias(_SHEET),
    )
    for layer in scope.shared.layers:
        base = base.with_columns(layer)
    return base.collect(optimizations=AS_WRITTEN)


def _one_of(texts: list[str], at: pl.Expr) -> pl.Expr:
    return pl.lit(pl.Series(texts, dtype=pl.Categorical())).gather(at)


def _obligations(base: pl.DataFrame, number: int, rule: Rule, scope: Scope, applied: Applied) -> pl.LazyFrame:
    """The obligations of one rule, its verdicts worked out for the rows that it leaves only."""
    bench, verdict = applied.bench, applied.verdict
    columns = _columns(number, rule, scope, verdict)
    made = [applied.applies, *bench.conditions, *(each for layer in bench.layers for each in layer), *columns]
    read = {name for each in made for name in each.meta.root_names()}
    plan = base.lazy().select(name for name in base.columns if name in read)
    plan = plan.with_columns(bench.conditions).filter(applied.applies.fill_null(True))
    for layer in bench.layers:
        if layer:
            plan = plan.with_columns(layer)
    return plan.select(columns)


def _columns(number: int, rule: Rule, scope: Scope, verdict: Verdict) -> list[pl.Expr]:
    severity = verdict.severity
    if verdict.detail is not NO_TEXT:
        advised = (verdict.status == Status.MET.value) & verdict.detail.is_not_null()
        severity = pl.when(advised).then(weight(Severity.INFO)).otherwise(severity)
    values = {
        "rule": pl.lit(rule.id, dtype=SCHEMA["rule"]),
        "log": pl.lit(scope.table.log, dtype=SCHEMA["log"]),
        "status": verdict.status,
        "severity": severity,
        "start_on": _day(verdict.start),
        "due_on": _day(verdict.due),
        "done_on": _day(verdict.done),
        "late": verdict.late,
        "day_type": _DAY_TYPE[verdict.day_type],
        "provisional": verdict.provisional,
        "detail": _NO_REMARK if verdict.detail is NO_TEXT else verdict.detail.fill_null(_NO_REMARK),
        _LACKING: _lacking(number, verdict),
    }
    return [*_PLACE, *(value.alias(name) for name, value in values.items())]


def _day(day_number: pl.Expr) -> pl.Expr:
    return _NO_DATE if day_number is NO_DAY else dates(day_number)


def _lacking(number: int, verdict: Verdict) -> pl.Expr:
    """Which fields an unverifiable obligation of the rule lacks, a bit a field; 0 where nothing."""
    bits = [
        pl.when(flag).then(_BITS[at]).otherwise(_NOTHING)
        for at, flag in enumerate(verdict.missing.values())
        if flag is not NEVER
    ]
    if not bits:
        return _NOTHING
    of_rule = pl.lit(number << _RULE_BIT, dtype=pl.UInt64)
    return pl.when(verdict.status == Status.UNVERIFIABLE.value).then(reduce(add, bits, of_rule)).otherwise(_NOTHING)


def _missing(verdicts: list[Verdict], found: list[pl.DataFrame]) -> pl.Series:
    """The names of the fields that each obligation lacks: of the few that lack any looked up in a table."""
    lacking = pl.concat([each[_LACKING] for each in found])
    lacks = lacking > 0
    codes = lacking.filter(lacks)
    distinct = codes.unique().sort()
    names = [_names(verdicts[code >> _RULE_BIT], code) for code in distinct.to_list()]
    own = distinct.search_sorted(codes) + 1
    at = pl.zeros(len(lacking), dtype=pl.UInt32, eager=True).scatter(lacks.arg_true(), own.cast(pl.UInt32))
    return pl.Series([[], *names], dtype=SCHEMA["missing"]).gather(at)


def _names(verdict: Verdict, code: int) -> list[str]:
    return [name for at, name in enumerate(verdict.missing) if code >> at & 1]
