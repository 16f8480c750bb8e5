"""A rule's own cases (判例), run through the same evaluation as the office's logs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from auditor.evaluation.days import DayTables
from auditor.evaluation.evaluate import evaluate
from auditor.rulebook.book import Rulebook
from auditor.rulebook.logs import CHECKLIST, FieldType, LogDefinition
from auditor.rulebook.rules import Case, Rule
from auditor.tables import FIELD_TYPES, RECORD, ROW, SOURCE, Column, LogTable, Source

Row = Mapping[str, Any]
Rows = Mapping[int, Row]  # number of a case → its obligation; a case without one is not there
Numbered = Iterable[tuple[int, Case]]


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


@dataclass(frozen=True)
class CaseGroup:
    """Cases of one rule that go through one evaluation: they share settings and day, each its own record.

    The tables are made once, from the rule as written, and serve every variant of it.
    """

    book: Rulebook
    rule: Rule
    cases: tuple[tuple[int, Case], ...]
    days: DayTables

    @cached_property
    def tables(self) -> dict[str, LogTable]:
        """The records of the cases."""
        return _tables(self.book, self.rule, self.cases)

    @property
    def as_of(self) -> date:
        """The day of the cases."""
        return self.cases[0][1].as_of

    @property
    def settings(self) -> Mapping[str, Any]:
        """The settings of the cases."""
        return self.cases[0][1].settings

    def rows(self, book: Rulebook | None = None) -> Rows:
        """The verdict on every case, by other values of the settings where another `book` is given."""
        return self.rows_of([self.rule], book)[0]

    def rows_of(self, variants: Sequence[Rule], book: Rulebook | None = None) -> list[Rows]:
        """The verdicts that each variant of the rule gives on the same records, in one evaluation.

        Answers of inspectors name the rule, so that beside such answers each variant stands alone.
        """
        if len(variants) > 1 and CHECKLIST in self.tables:
            return [rows for variant in variants for rows in self.rows_of([variant], book)]
        home = self.book.placed[self.rule.id]
        names = [self.rule.id, *(f"{self.rule.id} {n}" for n in range(1, len(variants)))]
        placed = {
            name: replace(home, rule=variant if name == variant.id else variant.model_copy(update={"id": name}))
            for name, variant in zip(names, variants, strict=True)
        }
        narrowed = replace(book or self.book, placed=placed).with_values(self.settings)
        by_variant: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
        for row in evaluate(narrowed, self.tables, self.as_of, self.days.of(narrowed.calendar)).obligations.to_dicts():
            by_variant[row["rule"]].append(row)
        return [self._by_case(by_variant[name]) for name in names]

    def _by_case(self, rows: list[dict[str, Any]]) -> Rows:
        """The row of each case: its own record's; of a case that stands alone the one of its period."""
        if _stands_alone(self.rule):
            ((number, case),) = self.cases
            period = _period(self.book.with_values(self.settings), self.rule, case)
            for row in rows:
                if period is None or "/" not in row["record"] or row["record"].endswith(f"/{period}"):
                    return {number: row}
            return {}
        named = {row["record"]: row for row in rows}
        return {number: named[_name(number)] for number, _ in self.cases if _name(number) in named}


def _stands_alone(rule: Rule) -> bool:
    """Whether the records of a case together make one obligation of the whole office, or one a period."""
    return bool(rule.attestation or rule.frequency or rule.reconciliation)


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


def groups_of(book: Rulebook, rule: Rule, days: DayTables, cases: Numbered | None = None) -> list[CaseGroup]:
    """The cases of a rule (its own unless others are given), put together where one evaluation serves several."""
    if rule.log is None and rule.attestation is None:
        return []
    groups: dict[str, list[tuple[int, Case]]] = {}
    for number, case in enumerate(rule.cases, start=1) if cases is None else cases:
        key = str(number) if _stands_alone(rule) else f"{case.as_of}{sorted(case.settings.items())}"
        groups.setdefault(key, []).append((number, case))
    return [CaseGroup(book, rule, tuple(group), days) for group in groups.values()]


@dataclass(frozen=True)
class CaseRun:
    """What the cases of a rule came to."""

    rule: Rule
    rows: Rows
    failures: Sequence[CaseFailure]


def run_rule(book: Rulebook, rule: Rule, days: DayTables) -> CaseRun:
    """Run the cases of one rule."""
    rows: dict[int, Row] = {}
    failures: list[CaseFailure] = []
    for group in groups_of(book, rule, days):
        found = group.rows()
        rows.update(found)
        failures += failures_of(group, found)
    return CaseRun(rule, rows, sorted(failures, key=lambda failure: failure.number))


def failures_of(group: CaseGroup, rows: Rows) -> list[CaseFailure]:
    """The cases of a group that have another verdict than they expect."""
    return [
        CaseFailure(group.rule.id, number, case.because, difference)
        for number, case in group.cases
        if (difference := difference_of(case, rows.get(number)))
    ]


def difference_of(case: Case, row: Row | None) -> str:
    """What of a verdict is not as the case expects it; empty where all is."""
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


def _name(number: int) -> str:
    return f"案例{number}"


def _tables(book: Rulebook, rule: Rule, group: Numbered) -> dict[str, LogTable]:
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
