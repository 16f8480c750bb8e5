"""Evaluating a rulebook over the logs: all rules of a log in one select, one row an obligation."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate

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
    wide = plan.with_columns(columns).collect(optimizations=pl.QueryOptFlags.none())  # what is common is kept already
    verdicts = [verdict for _, verdict in compiled]
    counts = [int(wide[f"{number}:applies"].sum()) for number in range(len(rules))]
    rows = _rows(wide, scope, rules, verdicts, counts)
    return [rows.slice(end - count, count) for end, count in zip(accumulate(counts), counts, strict=True)]


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
    wide: pl.DataFrame, scope: Scope, rules: list[Rule], verdicts: list[Verdict], counts: list[int]
) -> pl.DataFrame:
    """The wide table of verdicts as obligations, those of one rule below those of another."""
    masks = [wide[f"{number}:applies"] for number in range(len(rules))]
    cut = {name: pl.concat([wide[name].filter(mask) for mask in masks]) for name in (RECORD, SOURCE, ROW, "_unit")} | {
        part: pl.concat([wide[f"{number}:{part}"].filter(mask) for number, mask in enumerate(masks)])
        for part in _PARTS[1:]
    }
    whose = pl.Series(range(len(rules)), dtype=pl.UInt32).repeat_by(pl.Series(counts)).explode(empty_as_null=False)
    advised = (pl.col("status") == Status.MET.value) & pl.col("detail").is_not_null()
    sources = scope.table.sources
    return (
        pl.DataFrame({"_rule": whose, **cut})
        .select(
            _one_of([rule.id for rule in rules], pl.col("_rule")).alias("rule"),
            pl.lit(scope.table.log).alias("log"),
            pl.col(RECORD).alias("record"),
            pl.col("_unit").alias("unit"),
            "status",
            pl.when(advised).then(pl.lit(Severity.INFO.value)).otherwise("severity").alias("severity"),
            pl.col("start").alias("start_on"),
            pl.col("due").alias("due_on"),
            pl.col("done").alias("done_on"),
            "late",
            _one_of([verdict.day_type.value for verdict in verdicts], pl.col("_rule")).alias("day_type"),
            "provisional",
            _missing(wide, verdicts).alias("missing"),
            pl.coalesce("detail", pl.lit("")).alias("detail"),
            _one_of([source.file for source in sources], pl.col(SOURCE)).alias("file"),
            _one_of([source.sheet for source in sources], pl.col(SOURCE)).alias("sheet"),
            pl.col(ROW).alias("row"),
        )
        .cast(SCHEMA)
    )


def _one_of(texts: list[str], at: pl.Expr) -> pl.Expr:
    return pl.lit(pl.Series(texts, dtype=pl.Categorical())).gather(at)


def _missing(wide: pl.DataFrame, verdicts: list[Verdict]) -> pl.Expr:
    """The names of the fields that each obligation lacks: worked out for the few that are unverifiable only."""
    lists: dict[tuple[str, ...], int] = {(): 0}
    numbers = [pl.Series([0], dtype=pl.UInt32)]
    is_open = [
        pl.col(f"{number}:applies") & (pl.col(f"{number}:status") == Status.UNVERIFIABLE.value)
        for number in range(len(verdicts))
    ]
    some = wide.select(each.any().alias(str(number)) for number, each in enumerate(is_open)).row(0)
    asked = [number for number in range(len(verdicts)) if some[number]]
    found = pl.collect_all(_lacking(wide.lazy().filter(is_open[number]), verdicts[number]) for number in asked)
    for number, lacking in zip(asked, found, strict=True):
        masks = lacking["lacking"].unique().to_list()
        named = [tuple(name for at, name in enumerate(verdicts[number].missing) if mask >> at & 1) for mask in masks]
        places = [lists.setdefault(names, len(lists)) for names in named]
        numbers.append(lacking["lacking"].replace_strict(masks, places, return_dtype=pl.UInt32))
    unverifiable = pl.col("status") == Status.UNVERIFIABLE.value
    own = pl.lit(pl.concat(numbers)).gather(unverifiable.cast(pl.UInt32).cum_sum())
    texts = pl.Series([list(names) for names in lists], dtype=pl.List(pl.String))
    return pl.lit(texts).gather(pl.when(unverifiable).then(own).otherwise(0))


def _lacking(open_ones: pl.LazyFrame, verdict: Verdict) -> pl.LazyFrame:
    """Which fields each of a rule's unverifiable obligations lacks, a bit a field."""
    flags = enumerate(verdict.missing.values())
    bits = [pl.when(flag).then(pl.lit(1 << at)).otherwise(0) for at, flag in flags]
    return open_ones.select(pl.sum_horizontal([pl.lit(0, dtype=pl.Int64), *bits]).alias("lacking"))
