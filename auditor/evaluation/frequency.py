"""The frequency duty (频次): an act, or content of a category, once in each period."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from auditor.domain.obligation import DayType, Status
from auditor.domain.period import Cadence, Period
from auditor.evaluation.conditions import Compiled, compile_condition
from auditor.evaluation.obligations import office_row, table_of_rows
from auditor.evaluation.scope import Scope
from auditor.rulebook.conditions import Node, tests
from auditor.rulebook.duties import Frequency
from auditor.rulebook.rules import Rule
from auditor.tables import ROW, SOURCE

_STEP = {Cadence.YEAR: "1y", Cadence.HALF_YEAR: "6mo", Cadence.QUARTER: "1q", Cadence.MONTH: "1mo", Cadence.DAY: "1d"}
_MISSING = "missing:"
_ROWS, _LAST = 1 << 32, 1 << 62  # a place as one number: the table, then the row; those that only tell stand last
_EVERYTHING = Compiled(pl.lit(True), {})
_NOTHING = Compiled(pl.lit(False), {})


def recurring_obligations(rules: Sequence[Rule], scope: Scope) -> dict[str, pl.DataFrame]:
    """For each rule one row a period, from the first that the log records to the one of the audit's day.

    Periods before the first recorded day are not judged: the export may simply not reach back; nor are
    periods that began before the rule was in force. A period falls due on its last day; `record` is
    `<office>/<period>`. A period without the act is a breach where the log is there to tell of it.
    """
    dated = [rule for rule in rules if scope.table.supplies(_dating(rule))]
    by_period = pl.collect_all(_by_period(rule, scope) for rule in dated)
    return {
        **{rule.id: table_of_rows(_rows(rule, scope, acts)) for rule, acts in zip(dated, by_period, strict=True)},
        **{
            rule.id: table_of_rows([_unrecorded(rule, scope, Status.UNVERIFIABLE, missing=[_dating(rule)])])
            for rule in rules
            if not scope.table.supplies(_dating(rule))
        },
    }


def _duty(rule: Rule) -> Frequency:
    assert rule.frequency is not None
    return rule.frequency


def _dating(rule: Rule) -> str:
    """The field that says which period a record belongs to."""
    return _duty(rule).period or _duty(rule).done


def _rows(rule: Rule, scope: Scope, acts: pl.DataFrame) -> list[dict[str, object]]:
    frequency = _duty(rule)
    cadence = scope.book.cadence(frequency.every)
    held = {row["period"]: row for row in acts.to_dicts()}
    undated = held.pop(None, {})
    telling = [period for period, row in held.items() if row["is_act"] or frequency.since != "act"]
    if not telling:
        # Not one such act is recorded: they may be kept elsewhere.
        is_open = frequency.since == "act" and not acts.is_empty()
        return [_unrecorded(rule, scope, Status.UNVERIFIABLE, missing=[_dating(rule)])] if is_open else []
    first, last = scope.book.in_force(rule)
    start = max(first, cadence.period(min(telling)).first)
    return [
        _period_row(rule, frequency, scope, period, held.get(period.first), bool(undated.get("untold")))
        for period in cadence.periods(start, min(scope.as_of, last or scope.as_of))
    ]


def _by_period(rule: Rule, scope: Scope) -> pl.LazyFrame:
    """What the records of each period come to, those of no known period too, and the first that tells of it.

    Whether one is the act, may be, or fulfils the duty otherwise.
    """
    frequency = _duty(rule)

    def compiled(node: Node | None, absent: Compiled) -> Compiled:
        return compile_condition(node, scope) if node is not None else absent

    day, told = scope.day(frequency.done), scope.supplied(frequency.done)
    if frequency.period:
        year, calendar = pl.col(frequency.period), scope.book.calendar
        known = year.is_between(calendar.first.year, calendar.last.year)  # a cell may hold any number
        period = pl.date(pl.when(known).then(year).cast(pl.Int32), 1, 1)
    else:
        period = day.dt.truncate(_STEP[scope.book.cadence(frequency.every)])
    where, doubt = compiled(frequency.where, _EVERYTHING), compiled(frequency.doubt, _NOTHING)
    possible = where.holds.fill_null(True)
    unsure = where.holds.is_null() | (doubt.holds.fill_null(True) & ~where.holds)
    missing: dict[str, pl.Expr] = {name: flag & where.holds.is_null() for name, flag in where.missing.items()}
    for name in [test.name for test in tests(frequency.doubt)] if frequency.doubt else []:
        flag = where.holds.is_not_null()
        missing[name] = missing[name] | flag if name in missing else flag
    act, named = pl.col("is_act"), pl.col("elements").filter(pl.col("is_act"))
    serves = act | pl.col("otherwise")
    place = pl.when(serves).then(0).otherwise(_LAST) + pl.col(SOURCE).cast(pl.Int64) * _ROWS + pl.col(ROW)
    elements = {
        "elements": named.explode().drop_nulls().unique().sort(),
        "elements_blank": named.is_null().any(),
    }
    return (
        scope.table.lazy.select(
            SOURCE,
            ROW,
            period.alias("period"),
            day.alias("done"),
            (day.is_not_null() & where.holds.fill_null(False)).alias("is_act"),
            (day.is_not_null() & unsure).alias("unsure"),
            (day.is_null() & ~told & possible).alias("untold"),
            compiled(frequency.satisfied_if, _NOTHING).holds.fill_null(False).alias("otherwise"),
            compiled(rule.excused_if, _NOTHING).holds.fill_null(False).alias("excuse"),
            *([scope.value(frequency.elements_field).alias("elements")] if frequency.elements else []),
            *(flag.fill_null(False).alias(f"{_MISSING}{name}") for name, flag in missing.items()),
        )
        .group_by("period")
        .agg(
            pl.col("done").filter(act).min().alias("done"),
            pl.col("is_act", "otherwise", "excuse", "untold", "unsure").any(),
            *((pl.col(f"{_MISSING}{name}") & pl.col("unsure")).any() for name in missing),
            *(expression.alias(name) for name, expression in elements.items() if frequency.elements),
            (place.min() % _LAST).alias("place"),
        )
        .with_columns((pl.col("place") // _ROWS).alias(SOURCE), (pl.col("place") % _ROWS).alias(ROW))
    )


def _period_row(
    rule: Rule, frequency: Frequency, scope: Scope, period: Period, held: Mapping[str, Any] | None, astray: bool
) -> dict[str, object]:
    held = held or {}
    lacking, unclear = _uncovered(frequency, held)
    missing = [name.removeprefix(_MISSING) for name, flag in held.items() if name.startswith(_MISSING) and flag]
    done = [frequency.done] if held.get("untold") or astray else []
    detail = ""
    if held.get("is_act") or held.get("otherwise"):
        status = Status.MET
        if lacking and unclear:
            status, missing = Status.UNVERIFIABLE, [frequency.elements_field]
        elif lacking:
            status, detail = Status.BREACHED, f"已公开的内容没有包括：{'、'.join(lacking)}"
    elif held.get("unsure") or done:
        status, missing = Status.UNVERIFIABLE, sorted({*missing, *done})
    elif held.get("excuse"):
        status = Status.EXCUSED
    elif scope.blank_tells:
        status = Status.BREACHED
    else:
        status, missing = Status.UNVERIFIABLE, [frequency.done]
    if scope.as_of <= period.last and status is not Status.MET:
        status, detail = Status.PENDING, ""
    source = scope.table.sources[held.get(SOURCE, 0)]
    return office_row(
        scope.book,
        rule,
        scope.table.log,
        status,
        day_type=DayType.CALENDAR,
        record=f"{scope.book.office}/{period.text}",
        start_on=period.first,
        due_on=period.last,
        done_on=held.get("done"),
        missing=missing if status is Status.UNVERIFIABLE else [],
        detail=detail or (f"台账中没有{period.text}的相应记录" if status is Status.BREACHED else ""),
        file=source.file,
        sheet=source.sheet,
        row=held.get(ROW),
    )


def _uncovered(frequency: Frequency, held: Mapping[str, Any]) -> tuple[list[str], bool]:
    """The elements that the acts of a period do not name, and whether they may be there all the same."""
    named = set(held.get("elements") or ())
    lacking = [name for name, others in frequency.elements.items() if not named & {name, *others}]
    known = {word for name, others in frequency.elements.items() for word in (name, *others)}
    return lacking, bool(held.get("elements_blank") or named - known)


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
