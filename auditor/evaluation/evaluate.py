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
from auditor.evaluation.lists import with_numbered_lists
from auditor.evaluation.obligations import SCHEMA, office_row, table_of_rows
from auditor.evaluation.plainduties import plain_verdict
from auditor.evaluation.reconciliation import reconciled_years
from auditor.evaluation.requestclock import add_clocks
from auditor.evaluation.scope import Scope
from auditor.evaluation.units import with_units
from auditor.evaluation.verdicts import Verdict
from auditor.rulebook.book import Rulebook
from auditor.rulebook.logs import CHECKLIST, FieldType
from auditor.rulebook.references import fields_read
from auditor.rulebook.rules import Rule
from auditor.tables import FIELD_TYPES, RECORD, ROW, SOURCE, LogTable

_BLOCK = 50_000  # rows of a log that are evaluated at once: their verdicts stand side by side for a moment
_ORDER = ("record", "file", "sheet", "row")
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
    of_rules: dict[str, list[pl.DataFrame]] = {}
    for name, table in tables.items():
        rules = [book.in_use[rule.id] for rule in book.rules if rule.log == name and rule.id not in not_assessed]
        of_rules |= _evaluate_log(book, table, tables, rules, as_of, days)
    of_rules |= {rule.id: [_attestation(book, rule)] for rule in book.rules if rule.attestation is not None}
    frames = [frame for rule in book.rules for frame in of_rules.get(rule.id, ())]
    obligations = pl.concat([pl.DataFrame(schema=SCHEMA), *frames])
    return Evaluation(apply_checklist(obligations, tables.get(CHECKLIST), as_of), not_assessed)


def _attestation(book: Rulebook, rule: Rule) -> pl.DataFrame:
    """What only an inspector can answer, one obligation of the whole office."""
    return table_of_rows([office_row(book, rule, CHECKLIST, Status.MANUAL, day_type=DayType.NONE)])


def _completed(book: Rulebook, table: LogTable, read: Collection[str]) -> LogTable:
    """The fields that rules read as they want them: all as columns, null where no source has one; lists numbered."""
    definition = book.logs.logs[table.log]
    lacking = [name for name in sorted(read) if name not in table.frame.columns]
    columns = [pl.lit(None, dtype=FIELD_TYPES[definition.fields[name].type]).alias(name) for name in lacking]
    lists = [name for name in sorted(read) if definition.fields[name].type is FieldType.LIST]
    return with_numbered_lists(replace(table, frame=table.frame.with_columns(columns)), lists)


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
) -> dict[str, list[pl.DataFrame]]:
    """The obligations of each rule of a log, in order of record and place."""
    scope = Scope(book, book.logs.logs[table.log], table, as_of)
    by_row = [rule for rule in rules if not (rule.frequency or rule.reconciliation)]
    found = {
        **recurring_obligations([rule for rule in rules if rule.frequency], scope),
        **{rule.id: reconciled_years(rule, scope, tables) for rule in rules if rule.reconciliation},
    }
    of_rules = {id_: [frame.sort(*_ORDER, nulls_last=True)] for id_, frame in found.items()}
    if not by_row or table.frame.is_empty():
        return of_rules
    frame = _in_order(table).with_row_index(INDEX)
    frame = join_links(frame, scope, by_row, tables)
    scope = replace(scope, joined=frozenset(frame.columns))
    frame = add_clocks(frame, scope, by_row, tables, days)
    frame = with_units(frame, scope, tables)
    scopes = [replace(scope, derived=derived_fields(rule, scope, tables)) for rule in by_row]
    compiled = [_compile(rule, own, days) for rule, own in zip(by_row, scopes, strict=True)]
    for part in frame.iter_slices(_BLOCK):
        for rule, rows in zip(by_row, _block(part, scope, by_row, compiled, days), strict=True):
            of_rules.setdefault(rule.id, []).append(rows)
    for rule in by_row:
        if rule.deadline and rule.deadline.fixed_day and not (years := unrecorded_years(rule, scope)).is_empty():
            of_rules[rule.id] = [pl.concat([*of_rules[rule.id], years]).sort(*_ORDER, nulls_last=True)]
    return of_rules


def _in_order(table: LogTable) -> pl.DataFrame:
    """The rows of a log in the order in which their obligations are listed."""
    places = sorted((source.file, source.sheet, at) for at, source in enumerate(table.sources))
    ranks = {at: rank for rank, (_, _, at) in enumerate(places)}
    return table.frame.sort(RECORD, pl.col(SOURCE).replace_strict(ranks, return_dtype=pl.UInt32), ROW)


def _block(
    frame: pl.DataFrame, scope: Scope, rules: list[Rule], compiled: list[tuple[pl.Expr, Verdict]], days: DayTable
) -> list[pl.DataFrame]:
    """The obligations that each rule leaves in some rows of a log; the verdicts of all rules in one select."""
    columns = [
        expression.alias(f"{number}:{part}")
        for number, (applies, verdict) in enumerate(compiled)
        for part, expression in _named(applies, verdict, days)
    ]
    plan = frame.lazy()
    for layer in scope.bench.layers:
        plan = plan.with_columns(layer)
    wide = plan.with_columns(columns).collect()
    lacking = pl.collect_all(_lacking(verdict, wide, number) for number, (_, verdict) in enumerate(compiled))
    return pl.collect_all(
        _rows(rule, verdict, missing["lacking"], wide, number, scope)
        for number, (rule, (_, verdict), missing) in enumerate(zip(rules, compiled, lacking, strict=True))
    )


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


def _rows(
    rule: Rule, verdict: Verdict, lacking: pl.Series, wide: pl.DataFrame, number: int, scope: Scope
) -> pl.LazyFrame:
    """The obligations of one rule, cut out of the wide table of verdicts; `lacking` as `_lacking` gives it."""

    def part(name: str) -> pl.Expr:
        return pl.col(f"{number}:{name}")

    advised = (part("status") == Status.MET.value) & part("detail").is_not_null()
    sources = scope.table.sources
    files, sheets = [source.file for source in sources], [source.sheet for source in sources]
    return (
        wide.lazy()
        .filter(part("applies"))
        .select(
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
            _missing(verdict, lacking, part("status")).alias("missing"),
            pl.coalesce(part("detail"), pl.lit("")).alias("detail"),
            pl.lit(pl.Series(files)).gather(pl.col(SOURCE)).alias("file"),
            pl.lit(pl.Series(sheets)).gather(pl.col(SOURCE)).alias("sheet"),
            pl.col(ROW).cast(pl.UInt32).alias("row"),
        )
    )


def _lacking(verdict: Verdict, wide: pl.DataFrame, number: int) -> pl.LazyFrame:
    """Which fields each unverifiable obligation of a rule lacks, a bit a field; worked out for these few only."""
    bits = [
        pl.when(flag.fill_null(False)).then(pl.lit(1 << at)).otherwise(0)
        for at, flag in enumerate(verdict.missing.values())
    ]
    is_open = pl.col(f"{number}:status") == Status.UNVERIFIABLE.value
    mask = pl.sum_horizontal([pl.lit(0, dtype=pl.Int64), *bits])
    return wide.lazy().filter(pl.col(f"{number}:applies") & is_open).select(mask.alias("lacking"))


def _missing(verdict: Verdict, lacking: pl.Series, status: pl.Expr) -> pl.Expr:
    """The names of the fields that each obligation lacks, none where it is not unverifiable."""
    masks = [0, *lacking.filter(lacking != 0).unique()]
    lists = [[name for at, name in enumerate(verdict.missing) if mask >> at & 1] for mask in masks]
    numbers = pl.concat([pl.Series([0]), lacking]).replace_strict(masks, range(len(masks)), return_dtype=pl.UInt32)
    unverifiable = status == Status.UNVERIFIABLE.value
    at = pl.when(unverifiable).then(pl.lit(numbers).gather(unverifiable.cast(pl.UInt32).cum_sum())).otherwise(0)
    return pl.lit(pl.Series(lists, dtype=pl.List(pl.String))).gather(at)
