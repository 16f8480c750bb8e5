"""Evaluating a rulebook over the logs: all rules of a log together, part by part; one row an obligation."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import polars as pl

from auditor.domain.obligation import DayType, Status
from auditor.evaluation.application import apply_rule
from auditor.evaluation.blocks import obligations_of
from auditor.evaluation.checklist import apply_checklist
from auditor.evaluation.days import DayTable
from auditor.evaluation.deadlines import deadline_verdict
from auditor.evaluation.frequency import recurring_obligations, unrecorded_years
from auditor.evaluation.gathering import ORDER, Change, Everything, Gathering, Some
from auditor.evaluation.intervals import interval_verdict
from auditor.evaluation.links import INDEX, Links, derived_fields
from auditor.evaluation.lists import with_numbered_lists
from auditor.evaluation.obligations import office_row, table_of_rows
from auditor.evaluation.plainduties import plain_verdict
from auditor.evaluation.reconciliation import reconciled_years
from auditor.evaluation.requestclock import add_clocks
from auditor.evaluation.scope import Scope
from auditor.evaluation.units import linked_units, with_units
from auditor.evaluation.verdicts import Applied
from auditor.listening import Listener, unheard
from auditor.rulebook.book import Rulebook
from auditor.rulebook.logs import CHECKLIST, FieldType
from auditor.rulebook.references import fields_read, links_of
from auditor.rulebook.rules import Rule
from auditor.tables import FIELD_TYPES, RECORD, ROW, SOURCE, LogTable

_BLOCK = 100_000  # rows of a log that are evaluated at once: their verdicts stand side by side for a moment


@dataclass(frozen=True)
class Evaluation:
    """All obligations, or those that were kept, and the rules that could not be evaluated with the reason."""

    obligations: pl.DataFrame
    not_assessed: Mapping[str, str]


def evaluate(
    book: Rulebook,
    tables: Mapping[str, LogTable],
    as_of: date,
    days: DayTable | None = None,
    *,
    keep: Change | None = None,
    listener: Listener = unheard,
) -> Evaluation:
    """Hold every rule against its log. Obligations have the columns of `SCHEMA`, sorted by rule and record.

    Whoever evaluates often by one calendar makes its `days` once. `keep` is shown all obligations once, those of one
    row of a log together, and gives back the ones that stay: of a long log all would be too many. `listener` hears
    how many rows of all logs have been evaluated.
    """
    not_assessed = _not_assessed(book, tables)
    read = fields_read(book.rules)
    tables = {
        name: _completed(book, table, read[name] & set(book.logs.logs[name].fields)) for name, table in tables.items()
    }
    days = days or DayTable(book.calendar)
    settled = partial(apply_checklist, checklist=tables.get(CHECKLIST), as_of=as_of)
    found = Some(book, settled, keep) if keep else Everything(book, settled)
    done, whole = 0, sum(table.height for table in tables.values())
    for name, table in tables.items():
        rules = [book.in_use[rule.id] for rule in book.rules if rule.log == name and rule.id not in not_assessed]
        for count in _evaluate_log(book, table, tables, rules, as_of, days, found):
            listener(done + count, whole)
        done += table.height
        listener(done, whole)
    for rule in book.rules:
        if rule.attestation is not None:
            found.add({rule.id: _attestation(book, rule)})
    return Evaluation(found.all(), not_assessed)


def _attestation(book: Rulebook, rule: Rule) -> pl.DataFrame:
    """What only an inspector can answer, one obligation of the whole office."""
    return table_of_rows([office_row(book, rule, CHECKLIST, Status.MANUAL, day_type=DayType.NONE)])


def _completed(book: Rulebook, table: LogTable, read: Collection[str]) -> LogTable:
    """The fields that rules read as they want them: all as columns, null where no source has one; lists numbered."""
    definition = book.logs.logs[table.log]
    lacking = [name for name in sorted(read) if name not in table.columns]
    columns = [pl.lit(None, dtype=FIELD_TYPES[definition.fields[name].type]).alias(name) for name in lacking]
    lists = [name for name in sorted(read) if definition.fields[name].type is FieldType.LIST]
    return with_numbered_lists(table.with_columns(columns) if columns else table, lists)


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
    found: Gathering,
) -> Iterator[int]:
    """Add the obligations of each rule of a log; from time to time, how many of its rows are done."""
    scope = Scope(book, book.logs.logs[table.log], table, as_of)
    by_row = [rule for rule in rules if not _looks_at_all(rule)]
    _evaluate_whole(scope, [rule for rule in rules if _looks_at_all(rule)], tables, found)
    if not by_row or table.height == 0:
        return
    linked, units = _linked(by_row, tables), linked_units(scope, tables)
    links = Links(scope, by_row, linked)
    own = fields_read(by_row)[table.log] | {scope.log.key, scope.log.unit}
    own |= {scope.log.unit_of.by} if scope.log.unit_of else set()
    compiled: list[Applied] = []
    done = 0
    for part in table.parts:
        held = part.held(own)
        frame = (held.frame if found.sorts_all else _in_order(held)).with_row_index(INDEX)
        frame = links.beside(frame)
        scope = replace(scope, joined=frozenset(frame.columns))
        frame = add_clocks(frame, scope, by_row, linked, days)
        frame = with_units(frame, scope, units)
        if not compiled:
            scopes = [scope.of_rule(derived_fields(rule, scope, tables)) for rule in by_row]
            compiled = [_compile(rule, each, days) for rule, each in zip(by_row, scopes, strict=True)]
        for rows in frame.iter_slices(_BLOCK):
            of_rules = obligations_of(rows, scope, by_row, compiled)
            found.add(dict(zip((rule.id for rule in by_row), of_rules, strict=True)), in_order=table.is_held)
            done += rows.height
            yield done
    years = {rule.id: _unrecorded(rule, scope) for rule in by_row if rule.deadline and rule.deadline.fixed_day}
    found.add({name: frame for name, frame in years.items() if not frame.is_empty()}, in_order=False)


def _looks_at_all(rule: Rule) -> bool:
    """Whether the rule looks at its log as a whole: periods, and the figures of years."""
    return bool(rule.frequency or rule.reconciliation)


def _evaluate_whole(scope: Scope, rules: list[Rule], tables: Mapping[str, LogTable], found: Gathering) -> None:
    """Add the obligations of rules that look at a log as a whole."""
    scope = replace(scope, table=scope.table.held(fields_read(rules)[scope.table.log]))
    recurring = recurring_obligations([rule for rule in rules if rule.frequency], scope)
    yearly = [rule for rule in rules if rule.reconciliation]
    linked = _linked(yearly, tables)
    obligations = {**recurring, **{rule.id: reconciled_years(rule, scope, linked) for rule in yearly}}
    found.add({name: frame.sort(*ORDER, nulls_last=True) for name, frame in obligations.items()})


def _unrecorded(rule: Rule, scope: Scope) -> pl.DataFrame:
    return unrecorded_years(rule, replace(scope, table=scope.table.held(fields_read([rule])[scope.table.log])))


def _linked(rules: list[Rule], tables: Mapping[str, LogTable]) -> dict[str, LogTable]:
    """The logs that rules look into from their own, in memory."""
    read = fields_read(rules)
    names = {link.log for rule in rules for link in links_of(rule)}
    return {name: table.held(read[name]) for name, table in tables.items() if name in names}


def _in_order(table: LogTable) -> pl.DataFrame:
    """The rows of a log in the order in which their obligations are listed."""
    places = sorted((source.file, source.sheet, at) for at, source in enumerate(table.sources))
    ranks = {at: rank for rank, (_, _, at) in enumerate(places)}
    order = RECORD, pl.col(SOURCE).replace_strict(ranks, return_dtype=pl.UInt32), ROW
    # Most logs are kept in the order of their records: to look is far quicker than to sort all columns.
    return table.frame if table.frame.select(pl.struct(order)).to_series().is_sorted() else table.frame.sort(order)


def _compile(rule: Rule, scope: Scope, days: DayTable) -> Applied:
    if rule.deadline:
        verdict = deadline_verdict(rule, scope, days)
    elif rule.interval:
        verdict = interval_verdict(rule, scope, days)
    else:
        verdict = plain_verdict(rule, scope, days)
    return apply_rule(rule, scope, verdict, days)
