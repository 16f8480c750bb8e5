"""The reconciliation duty (勾稽): figures of a yearly report that must agree with each other and with the logs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from auditor.domain.obligation import DayType, Severity, Status
from auditor.evaluation.certain import first_of
from auditor.evaluation.conditions import compile_condition
from auditor.evaluation.obligations import in_full, office_row, table_of_rows
from auditor.evaluation.scope import Scope
from auditor.rulebook.conditions import Node
from auditor.rulebook.reconciliationduty import Figure, Reconciliation, Relation
from auditor.rulebook.rules import Rule
from auditor.tables import RECORD, ROW, SOURCE, LogTable

Number = int | float


def reconciled_years(rule: Rule, scope: Scope, tables: Mapping[str, LogTable]) -> pl.DataFrame:
    """One row a year that the log records and the rule is in force for on 1 January after it.

    A year of a single record is that record's; others are `<office>/<year>`. Any relation that fails is a
    breach; a figure that is not recorded leaves its relation open.
    """
    duty = rule.reconciliation
    assert duty is not None
    if not scope.table.supplies(duty.year):
        return table_of_rows([_untold(rule, duty, scope)])
    first, last = scope.book.in_force(rule)
    years = scope.table.frame[duty.year].drop_nulls().unique().sort().to_list()
    earliest = scope.book.calendar.first.year  # a cell may hold any number
    rows = []
    if scope.table.frame[duty.year].null_count():
        rows.append(_untold(rule, duty, scope))
    for year in years:
        if not earliest <= year < scope.as_of.year:
            continue
        reported = date(year + 1, 1, 1)
        if first <= reported and (last is None or reported <= last):
            rows.append(_year_row(rule, duty, scope, tables, year, reported))
    return table_of_rows(rows)


def _untold(rule: Rule, duty: Reconciliation, scope: Scope) -> dict[str, object]:
    """Figures of no known year cannot be held against anything."""
    source = scope.table.sources[0]
    place = {"file": source.file, "sheet": source.sheet, "missing": [duty.year]}
    return office_row(scope.book, rule, scope.table.log, Status.UNVERIFIABLE, day_type=DayType.NONE, **place)


@dataclass(frozen=True)
class _Outcome:
    """What one relation came to in one group: true, false or open, with the words and the fields that lacked."""

    holds: bool | None
    words: str
    severity: Severity | None
    missing: tuple[str, ...] = ()


def _year_row(
    rule: Rule, duty: Reconciliation, scope: Scope, tables: Mapping[str, LogTable], year: int, reported: date
) -> dict[str, object]:
    ledger = _Ledger(duty, scope, tables)
    outcomes = [outcome for relation in duty.relations for outcome in ledger.outcomes(relation, year)]
    failed = [outcome for outcome in outcomes if outcome.holds is False]
    missing = {name for outcome in outcomes if outcome.holds is None for name in outcome.missing}
    told = any(outcome.holds is not None for outcome in outcomes)
    status = Status.BREACHED if failed else Status.UNVERIFIABLE if missing or not told else Status.MET
    detail = "；".join(outcome.words for outcome in failed)
    aside = list(dict.fromkeys(outcome.words for outcome in outcomes if outcome.holds is None))
    if status is Status.MET and aside:
        detail = f"提示：没有可供比对的记录，未核对{'、'.join(aside)}"
    weights = [outcome.severity or rule.severity for outcome in failed] or [rule.severity]
    own = scope.table.frame.filter(pl.col(duty.year) == year)
    source = scope.table.sources[own[SOURCE][0]]
    return office_row(
        scope.book,
        rule,
        scope.table.log,
        status,
        day_type=DayType.NONE,
        record=own[RECORD][0] if own.height == 1 else f"{scope.book.office}/{year}",
        severity=(Severity.INFO if status is Status.MET and aside else min(weights, key=_rank)).value,
        start_on=reported,
        missing=sorted(missing) if status is Status.UNVERIFIABLE else [],
        detail=detail,
        file=source.file,
        sheet=source.sheet,
        row=own[ROW][0] if own.height == 1 else None,
    )


def _rank(severity: Severity) -> int:
    return severity.rank


class _Ledger:
    """The figures of one rule, each looked up where it stands."""

    def __init__(self, duty: Reconciliation, scope: Scope, tables: Mapping[str, LogTable]) -> None:
        self._duty, self._scope, self._tables = duty, scope, tables

    def outcomes(self, relation: Relation, year: int) -> Iterator[_Outcome]:
        """One outcome for each group of the year's records."""
        own = _where(self._scope.table.frame, relation.where, self._scope)
        this_year = own.filter(pl.col(self._duty.year) == year)
        groups = this_year.select(relation.per).unique(maintain_order=True).rows() if relation.per else [()]
        for group in groups:
            mine = own
            for name, value in zip(relation.per, group, strict=True):
                mine = mine.filter(pl.col(name).eq_missing(pl.lit(value)))
            yield self._outcome(relation, mine, year, "、".join(str(value) for value in group))

    def _outcome(self, relation: Relation, own: pl.DataFrame, year: int, group: str) -> _Outcome:
        left = [self._number(figure, own, year) for figure in relation.sum]
        right = [self._number(figure, own, year) for figure in relation.other]
        about = f"{relation.of}（{group}）" if group else relation.of
        unknown = [
            figure
            for figure, number in zip((*relation.sum, *relation.other), (*left, *right), strict=True)
            if number is None
        ]
        needed = tuple(self._name(figure) for figure in unknown if not figure.optional)
        if needed:
            aside = relation.optional and any(self._beyond(figure, year) for figure in unknown)
            return _Outcome(None, about, relation.severity, () if aside else needed)
        one, other = sum(number or 0 for number in left), sum(number or 0 for number in right)
        if unknown and one < other:
            return _Outcome(None, about, relation.severity, tuple(self._name(figure) for figure in unknown))
        holds = one == other if relation.equals else one >= other
        sign = "不等于" if relation.equals else "少于"
        return _Outcome(holds, f"{about}：{_written(left)}{sign}{_written(right)}", relation.severity)

    def _number(self, figure: Figure, own: pl.DataFrame, year: int) -> Number | None:
        """The figure, or nothing where the records do not tell it."""
        year -= figure.years_back
        if figure.log is None:
            rows = _where(own.filter(pl.col(self._duty.year) == year), figure.where, self._scope)
            return _total(rows, figure)
        if figure.log not in self._tables:
            return None
        table = self._tables[figure.log]
        scope = Scope(self._scope.book, self._scope.book.logs.logs[figure.log], table, self._scope.as_of)
        if figure.year is not None:
            return _total(_where(table.frame.filter(pl.col(figure.year) == year), figure.where, scope), figure)
        assert figure.dated is not None
        dated = table.frame.filter(first_of([scope.day(name) for name in figure.dated]).dt.year() == year)
        holds = compile_condition(figure.where, scope).holds if figure.where is not None else pl.lit(True)
        answers = dated.with_columns(holds.alias("holds"))["holds"]
        # A log without any record of the year does not reach back to it; one unknown record leaves the number open.
        return int(answers.sum()) if dated.height and answers.null_count() == 0 else None

    def _beyond(self, figure: Figure, year: int) -> bool:
        """Whether the records do not reach to the figure's year at all: nothing was left out that could be told."""
        year -= figure.years_back
        table = self._tables.get(figure.log) if figure.log else self._scope.table
        if table is None:
            return True
        if figure.dated:
            if not all(table.supplies(name) for name in figure.dated):
                return False
            days = first_of([pl.col(name).cast(pl.Date) for name in figure.dated]).dt.year()
            return table.frame.filter(days == year).is_empty()
        named = figure.year or self._duty.year
        return bool(table.supplies(named)) and table.frame.filter(pl.col(named) == year).is_empty()

    def _name(self, figure: Figure) -> str:
        field = figure.field or (figure.dated[0] if figure.dated else "")
        return f"{figure.log}.{field}" if figure.log else field


def _where(frame: pl.DataFrame, node: Node | None, scope: Scope) -> pl.DataFrame:
    return frame if node is None else frame.filter(compile_condition(node, scope).holds.fill_null(False))


def _total(rows: pl.DataFrame, figure: Figure) -> Number | None:
    if figure.field is None or figure.field not in rows.columns:
        return None
    values = rows[figure.field]
    total: Any = values.sum() if len(values) >= figure.rows and values.null_count() == 0 else None
    return total  # type: ignore[no-any-return]


def _written(numbers: list[Number | None]) -> str:
    """A sum as it was made: 3+4=7."""
    shown = "+".join(in_full(number) for number in numbers if number is not None)
    return shown if len(numbers) == 1 else f"{shown}={in_full(sum(number or 0 for number in numbers))}"
