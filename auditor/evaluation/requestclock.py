"""The clock of a request (依申请公开): restart by a correction, stops by letters, a valid extension.

Worked out before the rules of the log, because stops are other records. Adds to the log's frame, for
each rule with such a clock, the columns named by `clock_columns`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from auditor.evaluation.days import DayTable, number, numbers
from auditor.evaluation.links import INDEX
from auditor.evaluation.scope import Scope
from auditor.evaluation.stops import Stops, no_stops, read_stops, unsure_letters
from auditor.evaluation.verdicts import NO_TEXT
from auditor.rulebook.duties import Deadline, Extend, LimitFromField, LimitFromSetting
from auditor.rulebook.rules import Rule
from auditor.tables import LogTable

_VOID = {
    "notified": "延期未生效：告知申请人晚于原到期日",
    "unnotified": "延期未生效：没有告知申请人的记录",
    "approved": "延期未生效：批准晚于原到期日",
    "unapproved": "延期未生效：没有批准的记录",
}


@dataclass(frozen=True)
class ClockColumns:
    """Names of the columns that hold one rule's clock."""

    due: str
    original_due: str
    suspended: str
    remark: str

    def lacking(self, deadline: Deadline) -> dict[str, str]:
        """Field → column that flags rows whose due day may hang on that field's lacking column.

        A field of the letters stands with its log before it.
        """
        names = [deadline.restart.received, deadline.restart.notice] if deadline.restart else []
        if deadline.extension and not deadline.extension.always:
            names += [deadline.extension.approved, deadline.extension.notified]
        if deadline.tolling:
            tolling = deadline.tolling
            names += [f"{tolling.log}.{name}" for name in (tolling.by, tolling.sent, tolling.answered)]
        return {name: f"{self.due}:{name}" for name in names}


def clock_columns(deadline: Deadline) -> ClockColumns:
    """The columns of a deadline's clock; deadlines that count alike share theirs."""
    counted = (deadline.from_, deadline.within, deadline.restart, deadline.tolling)
    stem = f"clock:{counted}:{(deadline.extension, deadline.to) if deadline.extension else ''}"
    return ClockColumns(f"{stem}:due", f"{stem}:original", f"{stem}:suspended", f"{stem}:remark")


def add_clocks(
    frame: pl.DataFrame, scope: Scope, rules: list[Rule], tables: Mapping[str, LogTable], days: DayTable
) -> pl.DataFrame:
    """Add the clock columns of every rule that has restart, tolling or extension."""
    for rule in rules:
        deadline = rule.deadline
        counts = deadline and (deadline.tolling or deadline.extension or deadline.restart)
        if deadline and counts and clock_columns(deadline).due not in frame.columns:
            frame = _Clock(deadline, scope, tables, days).add_to(frame)
    return frame


@dataclass(frozen=True)
class _Clock:
    deadline: Deadline
    scope: Scope
    tables: Mapping[str, LogTable]
    days: DayTable

    def add_to(self, frame: pl.DataFrame) -> pl.DataFrame:
        columns = clock_columns(self.deadline)
        stops = self._stops(frame)
        frame = self._unsure_letters(frame, columns)
        received = numbers(pl.coalesce([self.scope.day(name) for name in self.deadline.from_ or ()]))
        frame = frame.with_columns(received.alias("_start"))
        frame = self._restarted(frame, stops, columns)
        original = self._due(frame, stops, pl.col("_start"), pl.lit(self._limit(), dtype=pl.Int32))
        frame = frame.with_columns(original.alias(columns.original_due))
        frame = self._extended(frame, stops, columns)
        return frame.drop("_start")

    def _stops(self, frame: pl.DataFrame) -> Stops:
        tolling = self.deadline.tolling
        if tolling is None:
            return no_stops(self.days)
        return read_stops(frame, self.scope, tolling, self.tables.get(tolling.log), self.days)

    def _unsure_letters(self, frame: pl.DataFrame, columns: ClockColumns) -> pl.DataFrame:
        """Flag requests with a letter whose day of sending or of the answer stands nowhere in the export."""
        tolling = self.deadline.tolling
        if tolling is None:
            return frame
        flags = unsure_letters(frame, self.scope, tolling, self.tables.get(tolling.log))
        names = columns.lacking(self.deadline)
        renamed = flags.rename({field: names[f"{tolling.log}.{field}"] for field in flags.columns if field != INDEX})
        return frame.join(renamed, on=INDEX, how="left", maintain_order="left")

    def _limit(self) -> int:
        within = self.deadline.within
        assert within is not None and not isinstance(within, LimitFromField)
        return self.scope.book.limit(within).number

    def _due(self, frame: pl.DataFrame, stops: Stops, start: pl.Expr, count: pl.Expr) -> pl.Series:
        return stops.due(frame.select(INDEX, start.alias("start"), count.alias("count")))

    def _restarted(self, frame: pl.DataFrame, stops: Stops, columns: ClockColumns) -> pl.DataFrame:
        """A correction notified in time stands the clock still and restarts it when it is received."""
        restart = self.deadline.restart
        if restart is None:
            return frame.with_columns(pl.lit(False).alias(columns.suspended))
        first = self._due(frame, stops, pl.col("_start"), pl.lit(self._limit(), dtype=pl.Int32))
        notice, received = (numbers(self.scope.day(name)) for name in (restart.notice, restart.received))
        in_time = notice.is_null() | (notice <= pl.col("_first_due"))
        noticed = self.scope.supplied(restart.notice)
        corrected = received.is_not_null() & (received >= pl.col("_start"))
        valid = corrected & in_time & noticed
        waiting = notice.is_not_null() & in_time & received.is_null()
        supplied = self.scope.supplied(restart.received)
        return (
            frame.with_columns(first.alias("_first_due"))
            .with_columns(
                pl.when(valid).then(received).otherwise(pl.col("_start")).alias("_start"),
                (waiting & supplied).alias(columns.suspended),
                (waiting & ~supplied).alias(columns.lacking(self.deadline)[restart.received]),
                (corrected & ~noticed).alias(columns.lacking(self.deadline)[restart.notice]),
            )
            .drop("_first_due")
        )

    def _extended(self, frame: pl.DataFrame, stops: Stops, columns: ClockColumns) -> pl.DataFrame:
        """A valid extension counts on from the original due day; one that does not count says why."""
        extension = self.deadline.extension
        original = pl.col(columns.original_due)
        if extension is None:
            return frame.with_columns(original.alias(columns.due), pl.lit(None, dtype=pl.String).alias(columns.remark))
        days = self.scope.value(extension.days).cast(pl.Int32)
        longest_given = pl.lit(extension.at_most, dtype=pl.Int32)
        more = longest_given if extension.always else pl.coalesce(days, longest_given).clip(0, extension.at_most)
        longest = self._due(frame, stops, original, more)
        given = self._given(extension, original)
        acted = pl.coalesce(
            *(numbers(self.scope.day(name)) for name in self.deadline.to),
            pl.lit(number(self.scope.as_of), dtype=pl.Int32),
        )
        flags = {
            columns.lacking(self.deadline)[name]: (flag & (acted <= pl.col("_longest"))).fill_null(False)
            for name, flag in given.lacking.items()
        }
        return (
            frame.with_columns(longest.alias("_longest"))
            .with_columns(
                pl.when(given.counts).then(pl.col("_longest")).otherwise(original).alias(columns.due),
                given.remark.alias(columns.remark),
                *(flag.alias(column) for column, flag in flags.items()),
            )
            .drop("_longest")
        )

    def _given(self, extension: Extend, original: pl.Expr) -> "_Given":
        approved, notified = (numbers(self.scope.day(name)) for name in (extension.approved, extension.notified))
        recorded = approved.is_not_null() | notified.is_not_null() | self.scope.value(extension.days).is_not_null()
        if extension.always:
            return _Given(recorded, NO_TEXT, {})
        approved_ok = (approved <= original).fill_null(False)
        notified_ok = (notified <= original).fill_null(False)
        if self._late_notice_counts(extension):
            notified_ok = notified.is_not_null()
        no_approval, no_notice = ~self.scope.supplied(extension.approved), ~self.scope.supplied(extension.notified)
        counts = approved_ok & notified_ok
        unsure = recorded & ~counts & (approved_ok | no_approval) & (notified_ok | no_notice)
        remark = (
            pl.when(~recorded | counts | unsure)
            .then(None)
            .when(approved.is_null())
            .then(pl.lit(_VOID["unapproved"]))
            .when(~approved_ok)
            .then(pl.lit(_VOID["approved"]))
            .when(notified.is_null())
            .then(pl.lit(_VOID["unnotified"]))
            .otherwise(pl.lit(_VOID["notified"]))
        )
        lacking = {extension.approved: unsure & no_approval, extension.notified: unsure & no_notice}
        return _Given(counts, remark, lacking)

    def _late_notice_counts(self, extension: Extend) -> bool:
        late_notice = extension.late_notice
        if isinstance(late_notice, LimitFromSetting):
            return bool(self.scope.book.values[late_notice.setting] == "counts")
        return late_notice == "counts"


@dataclass(frozen=True)
class _Given:
    """An extension as recorded: whether it counts, why not, and which lacking column leaves it open."""

    counts: pl.Expr
    remark: pl.Expr
    lacking: Mapping[str, pl.Expr]
