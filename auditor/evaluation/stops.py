"""Letters, and corrections awaited, that stop the clock, over columns: due days with stops merged and counted once.

For every record the least day on which the wanted number of working days has passed that no letter
stops. Equal to the walk in `auditor.domain.clock.count_working`.
"""

from dataclasses import dataclass

import polars as pl

from auditor.evaluation.days import DayTable
from auditor.evaluation.links import INDEX
from auditor.evaluation.plans import AS_WRITTEN
from auditor.evaluation.scope import Scope
from auditor.rulebook.deadlineduty import Restart, Tolling
from auditor.tables import LogTable

_NO_RUNS = pl.LazyFrame(schema={INDEX: pl.UInt32, "sent": pl.Int32, "end": pl.Int32})
CONTRADICTED = "contradicted"


@dataclass(frozen=True)
class Stops:
    """Disjoint runs of stopped days, one row each: after `sent` up to and including `end` (day numbers)."""

    runs: pl.DataFrame
    days: DayTable

    def due(self, starts: pl.DataFrame) -> pl.Series:
        """Due day numbers for `starts` (columns `_index`, `start`, `count`), in its order.

        Working days that no run stops are numbered from the start. A run that begins before the wanted number
        is reached is passed over with all its working days; runs are in order, so that is known of each at once.
        """
        passed = self.days.passed
        first = pl.max_horizontal("sent", "start")
        stopped = (
            self.runs.lazy()
            .join(starts.lazy(), on=INDEX, how="inner", maintain_order="left")
            .filter(pl.col("end") > first)
            .select(INDEX, "count", (passed(first) - passed(pl.col("start"))).alias("before"), self._length(first))
            .with_columns((pl.col("length").cum_sum() - pl.col("length")).over(INDEX).alias("earlier"))
            .filter(pl.col("before") - pl.col("earlier") < pl.col("count"))
            .group_by(INDEX)
            .agg(pl.col("length").sum())
        )
        return (
            starts.lazy()
            .join(stopped, on=INDEX, how="left", maintain_order="left")
            .select(self.days.add_working(pl.col("start"), pl.col("count") + pl.col("length").fill_null(0)))
            .collect(optimizations=AS_WRITTEN)
            .to_series()
        )

    def _length(self, first: pl.Expr) -> pl.Expr:
        """The working days of each run after `first`; one that ends beyond the calendar is longer than it."""
        inside = self.days.passed(pl.col("end")) - self.days.passed(first)
        return inside.fill_null(self.days.length).alias("length")


def merged(runs: list[pl.LazyFrame], days: DayTable) -> Stops:
    """The runs of all records as disjoint ones; what lies over another counts once."""
    joined = pl.concat([_NO_RUNS, *runs]).sort(INDEX, "sent", "end")
    earlier = pl.col("end").cum_max().shift(1).over(INDEX)
    apart = joined.with_columns(pl.max_horizontal("sent", earlier).alias("sent")).filter(pl.col("end") > pl.col("sent"))
    return Stops(apart.collect(optimizations=AS_WRITTEN), days)


def letter_runs(
    frame: pl.DataFrame, scope: Scope, tolling: Tolling, letters: LogTable | None, days: DayTable
) -> pl.LazyFrame:
    """How long each letter stops the clock of its record; nothing where the log is not supplied."""
    if letters is None or tolling.by not in letters.frame.columns or tolling.by not in frame.columns:
        return _NO_RUNS
    if tolling.sent not in letters.frame.columns:
        return _NO_RUNS
    inner = Scope(scope.book, scope.book.logs.logs[letters.log], letters, scope.as_of)
    sent, answered = inner.number(tolling.sent), inner.number(tolling.answered)
    longest = days.add_working(sent, tolling.unanswered_cap)
    ends = pl.min_horizontal(answered, longest) if tolling.capped == "always" else pl.coalesce(answered, longest)
    return (
        _counting(inner, tolling)
        .select(pl.col(tolling.by), sent.alias("sent"), ends.alias("end"))
        .drop_nulls()
        .join(frame.lazy().select(INDEX, tolling.by), on=tolling.by, how="inner")
        .select(INDEX, "sent", "end")
    )


def _counting(letters: Scope, tolling: Tolling) -> pl.LazyFrame:
    """The letters that may stop the clock at all; one whose kind is not recorded may."""
    if tolling.leaves_out is None:
        return letters.table.lazy
    left_out = letters.value(tolling.leaves_out.field).is_in(tolling.leaves_out.values)
    return letters.table.lazy.filter(~left_out.fill_null(False))


def pause_runs(frame: pl.DataFrame, scope: Scope, restart: Restart) -> pl.LazyFrame:
    """How long the correction that an applicant was asked for, and sent, stops the clock."""
    asked, received = (scope.number(name) for name in (restart.notice, restart.received))
    return frame.lazy().select(INDEX, asked.alias("sent"), received.alias("end")).drop_nulls()


def unsure_letters(frame: pl.DataFrame, scope: Scope, tolling: Tolling, letters: LogTable | None) -> pl.DataFrame:
    """Per record whether its letters leave the clock open, by the field that says too little.

    In the order of `frame`, one column each for the link, the sending day and the answer day. A letter without a
    sending day may have stopped the clock at any time; one whose export has no column for the answer
    may have stopped it for longer than the cap, unless that always holds; an export of letters without
    the link may hold one for every record. A letter simply not answered is none of these.
    One answered before it was sent was answered some day, nobody knows which: it stops nothing here, and
    `CONTRADICTED` holds the first day (number) on which such a letter was sent.
    """
    fields = (tolling.by, tolling.sent, tolling.answered)
    none = pl.DataFrame(
        [pl.repeat(False, frame.height, eager=True).alias(field) for field in fields]
        + [pl.repeat(None, frame.height, dtype=pl.Int32, eager=True).alias(CONTRADICTED)]
    )
    if letters is None or letters.frame.is_empty() or tolling.by not in frame.columns:
        return none
    if not letters.supplies(tolling.by):
        return none.with_columns(pl.lit(True).alias(tolling.by))
    inner = Scope(scope.book, scope.book.logs.logs[letters.log], letters, scope.as_of)
    sent_on, answered_on = inner.number(tolling.sent), inner.number(tolling.answered)
    later = inner.raw(tolling.sent).cast(pl.Date) > scope.as_of
    no_answer = inner.value(tolling.answered).is_null() & ~inner.supplied(tolling.answered)
    if tolling.capped == "always":
        no_answer = pl.lit(False)
    flagged = (
        _counting(inner, tolling)
        .select(
            pl.col(tolling.by),
            (inner.value(tolling.sent).is_null() & ~later.fill_null(False)).alias("sent"),
            no_answer.alias("answered"),
            pl.when(answered_on < sent_on).then(sent_on).alias(CONTRADICTED),
        )
        .group_by(tolling.by)
        .agg(pl.col("sent").any(), pl.col("answered").any(), pl.col(CONTRADICTED).min())
    )
    linked = frame.lazy().select(tolling.by).join(flagged, on=tolling.by, how="left", maintain_order="left")
    flags = linked.select(
        pl.lit(False).alias(tolling.by),
        pl.col("sent").fill_null(False).alias(tolling.sent),
        pl.col("answered").fill_null(False).alias(tolling.answered),
        CONTRADICTED,
    )
    return flags.collect(optimizations=AS_WRITTEN)
