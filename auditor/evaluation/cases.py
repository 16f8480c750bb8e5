"""A rule's own cases (判例), run through the same evaluation as the office's logs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from auditor.evaluation.evaluate import evaluate
from auditor.rulebook.book import Rulebook
from auditor.rulebook.logs import FieldType, LogDefinition
from auditor.rulebook.rules import Case, Rule
from auditor.tables import FIELD_TYPES, RECORD, ROW, SOURCE, Column, LogTable, Source


@dataclass(frozen=True)
class CaseFailure:
    """A case whose verdict is not the one expected."""

    rule: str
    number: int
    because: str
    difference: str

    def __str__(self) -> str:
        because = f"（{self.because}）" if self.because else ""
        return f"{self.rule} 第{self.number}个案例{because}：{self.difference}"


def run_cases(book: Rulebook, rules: Iterable[Rule] | None = None) -> list[CaseFailure]:
    """Run the cases of `rules` (all rules by default); returns every difference."""
    failures: list[CaseFailure] = []
    for rule in rules if rules is not None else book.rules:
        if rule.log is None and rule.attestation is None:
            continue
        groups: dict[str, list[tuple[int, Case]]] = {}
        for number, case in enumerate(rule.cases, start=1):
            groups.setdefault(f"{case.as_of}{sorted(case.settings.items())}", []).append((number, case))
        for group in groups.values():
            failures += _run_group(book, rule, group)
    return sorted(failures, key=lambda failure: (failure.rule, failure.number))


def _run_group(book: Rulebook, rule: Rule, group: list[tuple[int, Case]]) -> list[CaseFailure]:
    """Cases that share settings and day go through one evaluation, each its own record."""
    first = group[0][1]
    narrowed = _only(book, rule).with_values(first.settings)
    if rule.attestation or rule.frequency or rule.reconciliation:
        return _compare_office(narrowed, rule, group)
    rows = evaluate(narrowed, _tables(book, rule, group), first.as_of).obligations.to_dicts()
    by_record: dict[str, dict[str, Any]] = {row["record"]: row for row in rows}
    return [
        CaseFailure(rule.id, number, case.because, difference)
        for number, case in group
        if (difference := _difference(case, by_record.get(_name(number))))
    ]


def _only(book: Rulebook, rule: Rule) -> Rulebook:
    return replace(book, placed={rule.id: replace(book.placed[rule.id], rule=rule)})


def _name(number: int) -> str:
    return f"案例{number}"


def _compare_office(book: Rulebook, rule: Rule, group: list[tuple[int, Case]]) -> list[CaseFailure]:
    """A case of the whole office stands alone: its records together make the obligation, or one a period."""
    failures = []
    for number, case in group:
        tables = _tables(book, rule, [(number, case)])
        rows = evaluate(book, tables, case.as_of).obligations.to_dicts()
        period = _period(book, rule, case)
        about = [
            row for row in rows if period is None or "/" not in row["record"] or row["record"].endswith(f"/{period}")
        ]
        if difference := _difference(case, about[0] if about else None):
            failures.append(CaseFailure(rule.id, number, case.because, difference))
    return failures


def _period(book: Rulebook, rule: Rule, case: Case) -> str | None:
    """Which period the case is about; none where its log cannot tell periods apart."""
    if case.period is not None or not (rule.frequency or rule.reconciliation):
        return case.period
    of_year = rule.reconciliation.year if rule.reconciliation else rule.frequency.period if rule.frequency else None
    if of_year or rule.frequency is None:
        year = case.given.get(of_year or "")
        return None if year is None else str(year)
    day = case.given.get(rule.frequency.done)
    return None if day is None else book.cadence(rule.frequency.every).period(day).text


def _difference(case: Case, row: Mapping[str, Any] | None) -> str:
    if row is None:
        return "" if case.expect == "none" else f"应为 {case.expect}，实际没有产生义务"
    wanted = {"status": case.expect}
    wanted |= {name: getattr(case, name) for name in ("late", "due_on", "severity") if getattr(case, name) is not None}
    found = [
        f"{name} 应为 {value}，实际为 {row[name]}" for name, value in wanted.items() if str(row[name]) != str(value)
    ]
    if case.missing is not None and sorted(row["missing"]) != sorted(case.missing):
        found.append(f"missing 应为 {list(case.missing)}，实际为 {row['missing']}")
    if case.says is not None and case.says not in row["detail"]:
        found.append(f"说明应含“{case.says}”，实际为“{row['detail']}”")
    return "；".join(found)


def _tables(book: Rulebook, rule: Rule, group: list[tuple[int, Case]]) -> dict[str, LogTable]:
    own: list[tuple[str, Mapping[str, Any]]] = []
    others: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    if rule.counterpart:
        others[rule.counterpart.log] = []
    links = _links(rule)
    for number, case in group:
        given = dict(case.given)
        if rule.log:
            given.setdefault(book.logs.logs[rule.log].key, _name(number))
        for log, rows in case.with_.items():
            for position, row in enumerate(rows):
                linked = dict(row)
                for mine, theirs in links.get(log, {}).items():
                    linked.setdefault(theirs, given.setdefault(mine, _name(number)))
                others.setdefault(log, []).append((f"{_name(number)}-{position}", linked))
        own.append((_name(number), given))
    if rule.log:
        others[rule.log] = own + others.get(rule.log, [])
    return {log: table_of(book.logs.logs[log], rows) for log, rows in others.items()}


def _links(rule: Rule) -> dict[str, dict[str, str]]:
    """Per other log the fields that link it: of this log → of the other."""
    links: dict[str, dict[str, str]] = {}
    if rule.counterpart:
        links[rule.counterpart.log] = dict(rule.counterpart.by)
    for lookup in rule.lookup.values():
        links.setdefault(lookup.log, {}).update(lookup.by)
    if rule.deadline and rule.deadline.tolling:
        tolling = rule.deadline.tolling
        links[tolling.log] = {tolling.by: tolling.by}
    return links


def table_of(log: LogDefinition, records: Sequence[tuple[str, Mapping[str, Any]]]) -> LogTable:
    """Records as a table: a key left out is a column that the record's export lacks, null a blank cell."""
    column_sets = list(dict.fromkeys(tuple(sorted(record)) for _, record in records))
    names = sorted({name for names in column_sets for name in names})
    sources = tuple(
        Source(f"案例{number}", "", {name: Column(log.fields[name].zh, "") for name in columns})
        for number, columns in enumerate(column_sets)
    )
    data: dict[str, Any] = {
        RECORD: [name for name, _ in records],
        SOURCE: [column_sets.index(tuple(sorted(record))) for _, record in records],
        ROW: list(range(1, len(records) + 1)),
    }
    schema: dict[str, Any] = {RECORD: pl.String, SOURCE: pl.UInt32, ROW: pl.UInt32}
    for name in names:
        data[name] = [_typed(log, name, record) for _, record in records]
        schema[name] = FIELD_TYPES[log.fields[name].type]
    return LogTable(log.name, pl.DataFrame(data, schema=schema, strict=False), sources)


def _typed(log: LogDefinition, name: str, record: Mapping[str, Any]) -> Any:
    """A case's value as reading would give it: blanks filled, 是 and 否 as flags, one item as a list."""
    field = log.fields[name]
    value = record.get(name)
    if value is None:
        if name not in record or field.blank == "unknown":
            return None
        return False if field.type is FieldType.FLAG else field.blank
    if field.type is FieldType.FLAG:
        return value if isinstance(value, bool) else value == "是"
    if field.type is FieldType.LIST:
        return [str(item) for item in value] if isinstance(value, list) else [str(value)]
    if field.type in (FieldType.TEXT, FieldType.ONE_OF):
        return str(value)
    if field.type is FieldType.TIME and isinstance(value, str):
        return pl.Series([value]).str.to_datetime(strict=True)[0]
    return value
