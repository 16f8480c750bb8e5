"""The figures of an audit, counted from its obligations."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import TypeVar

import polars as pl

from auditor.domain.figures import Figures, Month, Share
from auditor.domain.obligation import DayType, Status
from auditor.rulebook.book import Rulebook

_Key = TypeVar("_Key", bound=str)
_REPLY = "replied_on"  # the act that answers a request, a message or a petition, in every log that has one
_SETTLED = (Status.MET.value, Status.BREACHED.value)
_READ = ("rule", "log", "record", "status", "day_type", "start_on", "due_on", "done_on")
_BREACHED = pl.col("status") == Status.BREACHED.value
# A share of the limit is the first whose end, in fourths of the limit, is not passed.
_ENDS = {
    Share.QUARTER: 1,
    Share.HALF: 2,
    Share.THREE_QUARTERS: 3,
    Share.WHOLE: 4,
    Share.HALF_OVER: 6,
    Share.DOUBLE: 8,
}


def figures(book: Rulebook, obligations: pl.DataFrame, as_of: date) -> Figures:
    """What pictures are drawn from; empty where there is nothing to draw."""
    settled = obligations.select(_READ).filter(pl.col("status").is_in(_SETTLED) & pl.col("due_on").is_not_null())
    return Figures(
        _crossed(book, obligations), _used(book, settled), _replies(book, settled.filter(pl.col("due_on") <= as_of))
    )


def together(one: Figures, other: Figures) -> Figures:
    """The figures of some obligations and of others, of which no record has a part in both."""
    crossed: dict[str, dict[str, dict[str, int]]] = {}
    for unit in sorted({*one.crossed, *other.crossed}):
        here, there = one.crossed.get(unit, {}), other.crossed.get(unit, {})
        crossed[unit] = {name: _added(here.get(name, {}), there.get(name, {})) for name in sorted({*here, *there})}
    months = {each.month: each for each in one.replies}
    for each in other.replies:
        known = months.get(each.month, Month(each.month, 0, 0))
        months[each.month] = Month(each.month, known.due + each.due, known.late + each.late)
    return Figures(crossed, _added(one.used, other.used), tuple(months[month] for month in sorted(months)))


def _added(one: Mapping[_Key, int], other: Mapping[_Key, int]) -> dict[_Key, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in sorted({*one, *other})}


def _crossed(book: Rulebook, obligations: pl.DataFrame) -> dict[str, dict[str, dict[str, int]]]:
    counted: Counter[tuple[str, str, str]] = Counter()
    words = ("unit", "rule", "status")
    key = pl.sum_horizontal(  # grouped three times as fast as three words
        pl.col(name).to_physical().cast(pl.UInt64) * (1 << bits) for name, bits in zip(words, (36, 8, 0), strict=True)
    )
    groups = obligations.lazy().group_by(key.alias("key")).agg(pl.col(words).first(), number=pl.len())
    for unit, rule, status, number in groups.select(*words, "number").collect().iter_rows():
        counted[unit, book.placed[rule].regulation.name, status] += number
    table: dict[str, dict[str, dict[str, int]]] = {}
    for (unit, regulation, status), number in sorted(counted.items()):
        table.setdefault(unit, {}).setdefault(regulation, {})[status] = number
    return table


def _used(book: Rulebook, settled: pl.DataFrame) -> dict[Share, int]:
    """Acts under a limit in working days, by the share of the limit that they took.

    Days on which the clock stood still are in both parts of the share; an act on the day of its event took nothing.
    A duty that was met otherwise than by the act within its days is nothing late, and left out.
    """
    timed = settled.filter(
        (pl.col("day_type") == DayType.WORKING.value)
        & (pl.col("start_on") < pl.col("due_on"))
        & (_BREACHED | pl.col("done_on").is_between("start_on", "due_on"))
    )
    passed = pl.Series(book.calendar.passed)

    def until(column: str) -> pl.Expr:
        day = (pl.col(column) - pl.lit(book.calendar.first)).dt.total_days()
        return pl.lit(passed).gather(pl.when(day.is_between(0, len(passed) - 1)).then(day))

    used, allowed = until("done_on") - until("start_on"), until("due_on") - until("start_on")
    taken = timed.group_by(pl.col("done_on").is_null().alias("undone"), used=used, allowed=allowed).len()
    used, allowed = pl.col("used"), pl.col("allowed")
    share: pl.Expr = pl.lit(Share.BEYOND.value)
    for name, fourths in reversed(_ENDS.items()):
        share = pl.when(4 * used <= fourths * allowed).then(pl.lit(name.value)).otherwise(share)
    share = pl.when("undone").then(pl.lit(Share.UNDONE.value)).otherwise(share)
    counted = taken.filter(allowed > 0).group_by(share.alias("share")).agg(pl.col("len").sum())
    found = dict(counted.iter_rows())
    return {each: found.get(each.value, 0) for each in Share} if found else {}


def reply_rules(book: Rulebook) -> list[str]:
    """The rules by which a matter is answered in time: it is late where any of them was broken."""
    return [rule.id for rule in book.rules if rule.deadline is not None and rule.deadline.to == (_REPLY,)]


def _replies(book: Rulebook, settled: pl.DataFrame) -> tuple[Month, ...]:
    """Matters by the month in which their reply fell due: for a late one the first day that was missed."""
    matters = (
        settled.filter(pl.col("rule").is_in(reply_rules(book)))
        .group_by("log", "record")
        .agg(
            _BREACHED.any().alias("late"),
            pl.coalesce(pl.col("due_on").filter(_BREACHED).min(), pl.col("due_on").max()).alias("due_on"),
        )
    )
    months = (
        matters.group_by(pl.col("due_on").dt.strftime("%Y-%m").alias("month"))
        .agg(pl.len().alias("due"), pl.col("late").sum())
        .sort("month")
    )
    return tuple(Month(**row) for row in months.to_dicts())
