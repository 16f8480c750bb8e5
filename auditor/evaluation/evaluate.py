"""Evaluating a rulebook over the logs: all rules of a log in one select, one row an obligation."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from auditor.domain.obligation import DayType, Status
from auditor.evaluation.application import apply_rule
from auditor.evaluation.blocks import obligations_of
from auditor.evaluation.checklist import apply_checklist
from auditor.evaluation.days import DayTable
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
from auditor.evaluation.verdicts import Applied
from auditor.rulebook.book import Rulebook
from auditor.rulebook.logs import CHECKLIST, FieldType
from auditor.rulebook.references import fields_read
from auditor.rulebook.rules import Rule
from auditor.tables import FIELD_TYPES, RECORD, ROW, SOURCE, LogTable

_BLOCK = 50_000  # rows of a log that are evaluated at once: their verdicts stand side by side for a moment
_ORDER = ("record", "file", "sheet", "row")


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
    scopes = [scope.of_rule(derived_fields(rule, scope, tables)) for rule in by_row]
    compiled = [_compile(rule, own, days) for rule, own in zip(by_row, scopes, strict=True)]
    for part in frame.iter_slices(_BLOCK):
        for rule, rows in zip(by_row, obligations_of(part, scope, by_row, compiled), strict=True):
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


def _compile(rule: Rule, scope: Scope, days: DayTable) -> Applied:
    if rule.deadline:
        verdict = deadline_verdict(rule, scope, days)
    elif rule.interval:
        verdict = interval_verdict(rule, scope, days)
    else:
        verdict = plain_verdict(rule, scope)
    return apply_rule(rule, scope, verdict)
