"""The frequency duty (频次): once in each period, over the periods that the log speaks of."""

from datetime import date

import polars as pl

from auditor.domain.obligation import DayType, Status
from auditor.evaluation.conditions import compile_condition
from auditor.evaluation.obligations import office_row, table_of_rows
from auditor.evaluation.scope import Scope
from auditor.rulebook.rules import Rule
from auditor.tables import ROW, SOURCE


def yearly_obligations(rule: Rule, scope: Scope) -> pl.DataFrame:
    """One row a year, from the first year that the log records to the year of the audit's day.

    Years before the first recorded one are not judged: the export may simply not reach back. It
    falls due on 31 December; `record` is `<office>/<year>`.
    """
    frequency = rule.frequency
    assert frequency is not None
    if not scope.table.supplies(frequency.period):
        return _unknown(rule, scope, frequency.period)
    excuse = scope.value(frequency.excuse).is_not_null() if frequency.excuse else pl.lit(False)
    otherwise = compile_condition(frequency.satisfied_if, scope).holds if frequency.satisfied_if else pl.lit(False)
    held = scope.table.frame.select(
        pl.col(frequency.period).cast(pl.Int32).alias("year"),
        scope.day(frequency.done).alias("done"),
        scope.supplied(frequency.done).alias("supplied"),
        excuse.alias("excuse"),
        otherwise.fill_null(False).alias("otherwise"),
        SOURCE,
        ROW,
    ).drop_nulls("year")
    rows = [_year(rule, scope, held, year) for year in _years(rule, scope, held)]
    return table_of_rows(rows)


def _years(rule: Rule, scope: Scope, held: pl.DataFrame) -> list[int]:
    first, last = scope.book.in_force(rule)
    recorded = held["year"].to_list()
    if not recorded:
        return []
    end = min(scope.as_of.year, last.year if last else scope.as_of.year)
    not_for = rule.frequency.not_for if rule.frequency and scope.book.as_if_from is None else ()
    return [year for year in range(max(first.year, min(recorded)), end + 1) if year not in not_for]


def _year(rule: Rule, scope: Scope, held: pl.DataFrame, year: int) -> dict[str, object]:
    rows = held.filter(pl.col("year") == year).sort("done", nulls_last=True)
    done = rows["done"].drop_nulls().min()
    due = date(year, 12, 31)
    unknown = not rows.is_empty() and not rows["supplied"].all() and done is None
    status = (
        Status.MET
        if done is not None or rows["otherwise"].any()
        else Status.UNVERIFIABLE
        if unknown
        else Status.PENDING
        if scope.as_of <= due
        else Status.EXCUSED
        if rows["excuse"].any()
        else Status.BREACHED
    )
    source = scope.table.sources[rows[SOURCE][0]] if not rows.is_empty() else None
    return office_row(
        scope.book,
        rule,
        scope.table.log,
        status,
        day_type=DayType.CALENDAR,
        record=f"{scope.book.office}/{year}",
        start_on=date(year, 1, 1),
        due_on=due,
        done_on=done,
        missing=[rule.frequency.done] if status is Status.UNVERIFIABLE and rule.frequency else [],
        file=source.file if source else "",
        sheet=source.sheet if source else "",
        row=rows[ROW][0] if source else None,
    )


def _unknown(rule: Rule, scope: Scope, name: str) -> pl.DataFrame:
    """Without the column that names the year nothing can be told, which is one unverifiable obligation."""
    return table_of_rows([_unrecorded(rule, scope, Status.UNVERIFIABLE, missing=[name])])


def unrecorded_years(rule: Rule, scope: Scope) -> pl.DataFrame:
    """Years that a rule with a fixed day calls for and the log has no record of.

    A gap between recorded years is an act that was not done (AMB-51: the text asks for a written
    act). After the last recorded year the export may simply end, and a record whose year is blank or
    impossible may be the one missing: that cannot be told.
    """
    assert rule.deadline is not None and rule.deadline.fixed_day is not None
    fixed = rule.deadline.fixed_day
    if rule.when is not None or not scope.table.supplies(fixed.year):
        return table_of_rows([])
    years = scope.table.frame[fixed.year].to_list()
    earliest = scope.book.calendar.first.year  # a cell may hold any number
    recorded = {year for year in years if year is not None and earliest <= year <= scope.as_of.year}
    unclear = any(year not in recorded for year in years)
    first, _ = scope.book.in_force(rule)
    rows = []
    for year in range(min(recorded, default=scope.as_of.year + 1), scope.as_of.year + 1):
        start = date(year + fixed.years_later, 1, 1)
        if year in recorded or start < first or start > scope.as_of:
            continue
        due = date(start.year, fixed.month, fixed.day)
        status = Status.UNVERIFIABLE if unclear or year > max(recorded) else Status.BREACHED
        rows.append(_absent(rule, scope, year, start, due, Status.PENDING if scope.as_of <= due else status))
    return table_of_rows(rows)


def _absent(rule: Rule, scope: Scope, year: int, start: date, due: date, status: Status) -> dict[str, object]:
    fixed = rule.deadline.fixed_day if rule.deadline else None
    return _unrecorded(
        rule,
        scope,
        status,
        record=f"{scope.book.office}/{year}",
        start_on=start,
        due_on=due,
        late=(scope.as_of - due).days if status is Status.BREACHED else None,
        missing=[fixed.year] if fixed and status is Status.UNVERIFIABLE else [],
        detail=f"台账中没有{year}年的记录" if status is not Status.PENDING else "",
    )


def _unrecorded(rule: Rule, scope: Scope, status: Status, **known: object) -> dict[str, object]:
    """An obligation for which the log has no record: its place is the file, and no row of it."""
    source = scope.table.sources[0]
    place = {"file": source.file, "sheet": source.sheet}
    return office_row(scope.book, rule, scope.table.log, status, day_type=DayType.CALENDAR, **place, **known)
