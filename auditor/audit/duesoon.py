"""What falls due soon (临期事项): pending obligations by unit, with the days used, stopped and left."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from auditor.domain.clock import Count, due_day
from auditor.domain.duelist import Due, DueList
from auditor.domain.limit import Limit
from auditor.domain.obligation import DayType, Status
from auditor.evaluation.evaluate import evaluate
from auditor.judgement.naming import naming_of
from auditor.judgement.proof import days_of, gather
from auditor.reading import read_logs
from auditor.rulebook.book import Rulebook
from auditor.rulebook.deadlineduty import Deadline
from auditor.tables import LogTable


def due_soon(
    paths: Sequence[Path], book: Rulebook, as_of: date, within: Limit | None, profile: Path | None = None
) -> tuple[DueList, tuple[str, ...]]:
    """Read the logs and list what falls due within the limit; and the files that could not be read."""
    book.check_day(as_of)
    logs = read_logs(paths, book.logs, as_of, profile)
    obligations = evaluate(book, logs.tables, as_of).obligations
    naming = naming_of(logs.tables, obligations["unit"].unique(), as_of)
    soon = due_list(book, obligations, logs.tables, as_of, within)
    return naming.model(soon), tuple(map(str, logs.unreadable))


def due_list(
    book: Rulebook, obligations: pl.DataFrame, tables: Mapping[str, LogTable], as_of: date, within: Limit | None = None
) -> DueList:
    """What is not done and falls due within the limit, else within the setting's; acts that are one show once."""
    until = due_day(book.calendar, as_of, within or book.limit_of("due.within"))
    soon = obligations.filter(
        (pl.col("status") == Status.PENDING.value) & pl.col("due_on").is_between(pl.lit(as_of), pl.lit(until))
    )
    records = gather(book, tables, soon.select("rule", "log", "record"), at_once=False)
    found: dict[tuple[Any, ...], Due] = {}
    for row in soon.to_dicts():
        rule = book.placed[row["rule"]].rule
        key = (row["unit"], row["log"], row["record"], row["due_on"], *_act(rule.deadline))
        if key in found:
            found[key] = found[key].with_rule(rule.id)
            continue
        counted = days_of(rule, row, records, as_of)
        if counted is not None and counted.due_on != row["due_on"]:
            counted = None  # the days would not be those of the verdict
        found[key] = _item(book, row, rule.title, counted, as_of)
    ordered = sorted(found.values(), key=lambda each: (each.unit, each.due_on, each.log, each.record, each.rules))
    return DueList(as_of, until, tuple(ordered))


def _act(deadline: Deadline | None) -> tuple[Any, ...]:
    """Deadlines for the same act are one item; any other duty is one by itself."""
    return deadline.to if deadline is not None else (object(),)


def _counted_in(book: Rulebook, row: dict[str, Any]) -> DayType:
    """What the limit is counted in: a record that is awaited says so itself."""
    awaited = book.in_use[row["rule"]].counterpart
    if awaited is not None and awaited.within is not None:
        return book.limit(awaited.within).day_type
    return DayType(row["day_type"])


def _item(book: Rulebook, row: dict[str, Any], title: str, counted: Count | None, as_of: date) -> Due:
    due_on, working = row["due_on"], book.calendar.is_working
    day_type = _counted_in(book, row)
    if counted is None:
        ahead = book.calendar.working_days_between(as_of, due_on)
        used, stopped, left, kind = None, None, ahead, DayType.WORKING
    else:
        past = [day for day in counted.days if day.date <= as_of]
        used = sum(day.counted for day in past)
        in_working_days = day_type is DayType.WORKING
        stopped = sum(not day.counted and working(day.date) for day in past) if in_working_days else 0
        left = sum(day.counted for day in counted.days) - used
        kind = day_type if in_working_days else DayType.CALENDAR
    return Due(
        unit=row["unit"],
        due_on=due_on,
        log=book.logs.logs[row["log"]].zh if row["log"] in book.logs.logs else row["log"],
        record=row["record"],
        title=title,
        rules=(row["rule"],),
        used=used,
        stopped=stopped,
        left=left,
        day_type=kind,
        provisional=bool(row["provisional"]),
    )
