"""Evaluating a rulebook over the logs: all rules of a log in one select, one row an obligation."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from auditor.domain.obligation import DayType, Severity, Status
from auditor.evaluation.application import apply_rule
from auditor.evaluation.checklist import apply_checklist
from auditor.evaluation.days import DayTable, dates
from auditor.evaluation.deadlines import deadline_verdict
from auditor.evaluation.frequency import recurring_obligations, unrecorded_years
from auditor.evaluation.intervals import interval_verdict
from auditor.evaluation.links import INDEX, derived_fields, join_links
from auditor.evaluation.obligations import SCHEMA, office_row, table_of_rows
from auditor.evaluation.plainduties import plain_verdict
from auditor.evaluation.reconciliation import reconciled_years
from auditor.evaluation.requestclock import add_clocks
from auditor.evaluation.scope import Scope
from auditor.evaluation.units import with_units
from auditor.evaluation.verdicts import Verdict
from auditor.rulebook.book import Rulebook
from auditor.rulebook.logs import CHECKLIST
from auditor.rulebook.references import fields_read
from auditor.rulebook.rules import Rule
from auditor.tables import FIELD_TYPES, RECORD, ROW, SOURCE, LogTable

_PARTS = ("applies", "status", "severity", "start", "due", "done", "late", "provisional", "detail")


@dataclass(frozen=True)
class Evaluation:
    """All obligations, and the rules that could not be evaluated with the reason."""

    obligations: pl.DataFrame
    not_assessed: Mapping[str, str]


def evaluate(book: Rulebook, tables: Mapping[str, LogTable], as_of: date, days: DayTable | None = None) -> Evaluation:
    """Hold every rule against its log. Obligations have the columns of `SCHEMA`, sorted by rule and record.

    Whoever evaluates often by one calendar makes its `days` once.
    """
    not_assessed = _not_assessed(book, tables)
    read = fields_read(book.rules)
    tables = {
        name: _completed(book, table, read[name] & set(book.logs.logs[name].fields)) for name, table in tables.items()
    }
    days = days or DayTable(book.calendar)
    frames = [pl.DataFrame(schema=SCHEMA)]
    for name, table in tables.items():
        rules = [book.in_use[rule.id] for rule in book.rules if rule.log == name and rule.id not in not_assessed]
        frames += _evaluate_log(book, table, tables, rules, as_of, days)
    frames.append(_attestations(book))
    order = {rule.id: position for position, rule in enumerate(book.rules)}
    positions = pl.col("rule").replace_strict(order, return_dtype=pl.Int32, default=-1)
    obligations = pl.concat(frames).sort(positions, "record", "file", "sheet", "row", nulls_last=True)
    return Evaluation(apply_checklist(obligations, tables.get(CHECKLIST), as_of), not_assessed)


def _attestations(book: Rulebook) -> pl.DataFrame:
    """What only an inspector can answer, one obligation of the whole office each."""
    return table_of_rows(
        [
            office_row(book, rule, CHECKLIST, Status.MANUAL, day_type=DayType.NONE)
            for rule in book.rules
            if rule.attestation is not None
        ]
    )


def _completed(book: Rulebook, table: LogTable, read: Collection[str]) -> LogTable:
    """A null column for every field that rules read and no source supplies: operations want real columns."""
    definition = book.logs.logs[table.log]
    lacking = [name for name in sorted(read) if name not in table.frame.columns]
    columns = [pl.lit(None, dtype=FIELD_TYPES[definition.fields[name].type]).alias(name) for name in lacking]
    return replace(table, frame=table.frame.with_columns(columns))


def _not_assessed(book: Rulebook, tables: Mapping[str, LogTable]) -> dict[str, str]:
    reasons: dict[str, str] = {}
    for rule in book.rules:
        needed = [rule.log, rule.counterpart.log if rule.counterpart else rule.log]
        absent = [name for name in dict.fromkeys(needed) if name is not None and name not in tables]
        if rule.not_auditable is not None:
            reasons[rule.id] = f"不可审计：{rule.not_auditable}"
        elif absent:
            reasons[rule.id] = "未提供" + "、".join(book.logs.logs[name].zh for name in absent)
    return reasons


def _evaluate_log(
    book: Rulebook,
    table: LogTable,
    tables: Mapping[str, LogTable],
    rules: list[Rule],
    as_of: date,
    days: DayTable,
) -> list[pl.DataFrame]:
    scope = Scope(book, book.logs.logs[table.log], table, as_of)
    by_row = [rule for rule in rules if not (rule.frequency or rule.reconciliation)]
    frames = [recurring_obligations(rule, scope) for rule in rules if rule.frequency]
    frames += [reconciled_years(rule, scope, tables) for rule in rules if rule.reconciliation]
    if not by_row or table.frame.is_empty():
        return frames
    frames += [unrecorded_years(rule, scope) for rule in by_row if rule.deadline and rule.deadline.fixed_day]
    frame = table.frame.with_row_index(INDEX)
    frame = join_links(frame, scope, by_row, tables)
    scope = replace(scope, joined=frozenset(frame.columns))
    frame = add_clocks(frame, scope, by_row, tables, days)
    frame = with_units(frame, scope, tables)
    scopes = [replace(scope, derived=derived_fields(rule, scope, tables)) for rule in by_row]
    compiled = [_compile(rule, own, days) for rule, own in zip(by_row, scopes, strict=True)]
    verdicts = _select(frame, scope, compiled, days)
    rows = [
        _rows(rule, verdict, verdicts.lazy(), number, scope)
        for number, (rule, (_, verdict)) in enumerate(zip(by_row, compiled, strict=True))
    ]
    return frames + pl.collect_all(rows)


def _select(frame: pl.DataFrame, scope: Scope, compiled: list[tuple[pl.Expr, Verdict]], days: DayTable) -> pl.DataFrame:
    """The verdicts of all rules of a log, side by side, in one select."""
    columns = [
        expression.alias(f"{number}:{part}")
        for number, (applies, verdict) in enumerate(compiled)
        for part, expression in _named(applies, verdict, days)
    ]
    flags = [
        flag.fill_null(False).alias(f"{number}:missing:{name}")
        for number, (_, verdict) in enumerate(compiled)
        for name, flag in verdict.missing.items()
    ]
    keys = [RECORD, SOURCE, ROW, "_unit"]
    plan = frame.lazy()
    for layer in scope.bench.layers:
        plan = plan.with_columns(layer)
    return plan.select(*keys, *columns, *flags).collect()


def _compile(rule: Rule, scope: Scope, days: DayTable) -> tuple[pl.Expr, Verdict]:
    if rule.deadline:
        verdict = deadline_verdict(rule, scope, days)
    elif rule.interval:
        verdict = interval_verdict(rule, scope, days)
    else:
        verdict = plain_verdict(rule, scope)
    return apply_rule(rule, scope, verdict)


def _named(applies: pl.Expr, verdict: Verdict, days: DayTable) -> list[tuple[str, pl.Expr]]:
    values = (
        applies,
        verdict.status,
        verdict.severity,
        dates(verdict.start),
        dates(verdict.due),
        dates(verdict.done),
        verdict.late,
        verdict.provisional,
        verdict.detail,
    )
    return list(zip(_PARTS, values, strict=True))


def _rows(rule: Rule, verdict: Verdict, verdicts: pl.LazyFrame, number: int, scope: Scope) -> pl.LazyFrame:
    """The obligations of one rule, cut out of the wide table of verdicts."""

    def part(name: str) -> pl.Expr:
        return pl.col(f"{number}:{name}")

    unverifiable = part("status") == Status.UNVERIFIABLE.value
    advised = (part("status") == Status.MET.value) & part("detail").is_not_null()
    missing = [
        pl.when(part(f"missing:{name}") & unverifiable).then(pl.lit(name)).otherwise(None) for name in verdict.missing
    ]
    sources = scope.table.sources
    files, sheets = [source.file for source in sources], [source.sheet for source in sources]
    return verdicts.filter(part("applies")).select(
        pl.lit(rule.id).alias("rule"),
        pl.lit(scope.table.log).alias("log"),
        pl.col(RECORD).alias("record"),
        pl.col("_unit").alias("unit"),
        part("status").alias("status"),
        pl.when(advised).then(pl.lit(Severity.INFO.value)).otherwise(part("severity")).alias("severity"),
        part("start").alias("start_on"),
        part("due").alias("due_on"),
        part("done").alias("done_on"),
        part("late").cast(pl.Int32).alias("late"),
        pl.lit(verdict.day_type.value).alias("day_type"),
        part("provisional").alias("provisional"),
        (pl.concat_list(missing).list.drop_nulls() if missing else pl.lit([], dtype=pl.List(pl.String))).alias(
            "missing"
        ),
        pl.coalesce(part("detail"), pl.lit("")).alias("detail"),
        pl.lit(pl.Series(files)).gather(pl.col(SOURCE)).alias("file"),
        pl.lit(pl.Series(sheets)).gather(pl.col(SOURCE)).alias("sheet"),
        pl.col(ROW).cast(pl.UInt32).alias("row"),
    )
