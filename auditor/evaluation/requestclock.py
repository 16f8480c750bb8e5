"""The clock of a request (依申请公开): a correction, stops by letters, a valid extension.

Worked out before the rules of the log, because stops are other records. Adds to the log's frame, for
each rule with such a clock, the columns named by `clock_columns`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from auditor.evaluation.days import DayTable, number
from auditor.evaluation.links import INDEX
from auditor.evaluation.near import near
from auditor.evaluation.scope import Scope
from auditor.evaluation.starts import started
from auditor.evaluation.stops import CONTRADICTED, Stops, letter_runs, merged, pause_runs, unsure_letters
from auditor.evaluation.verdicts import NO_TEXT, remark
from auditor.rulebook.deadlineduty import Deadline, Extend, Tolling
from auditor.rulebook.limits import LimitFromField
from auditor.rulebook.rules import Rule
from auditor.tables import LogTable

_VOID = {
    "notified": "延期未生效：告知申请人晚于原到期日",
    "unnotified": "延期未生效：没有告知申请人的记录",
    "approved": "延期未生效：批准晚于原到期日",
    "unapproved": "延期未生效：没有批准的记录",
}
_ANSWERED_BEFORE_SENT = "日期矛盾：征求意见的答复早于发出"


@dataclass(frozen=True)
class ClockColumns:
    """Names of the columns that hold one rule's clock."""

    due: str
    original_due: str
    suspended: str
    contradicted: str
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
    counted = (deadline.from_, deadline.from_if, deadline.within, deadline.restart, deadline.tolling)
    stem = f"clock:{counted}:{(deadline.extension, deadline.to) if deadline.extension else ''}"
    return ClockColumns(
        f"{stem}:due", f"{stem}:original", f"{stem}:suspended", f"{stem}:contradicted", f"{stem}:remark"
    )


def add_clocks(
    frame: pl.DataFrame, scope: Scope, rules: list[Rule], tables: Mapping[str, LogTable], days: DayTable
) -> pl.DataFrame:
    """Add the clock columns of every rule whose clock may be moved."""
    letters: dict[tuple[str, str], LogTable | None] = {}
    for rule in rules:
        for deadline in (rule.deadline, rule.deadline and counted_elsewhere(rule.deadline)):
            if deadline and is_moved(deadline) and clock_columns(deadline).due not in frame.columns:
                tolling = deadline.tolling
                if tolling and (tolling.log, tolling.by) not in letters:
                    letters[tolling.log, tolling.by] = _letters(tolling, frame, scope, tables)
                own = letters[tolling.log, tolling.by] if tolling else None
                frame = _Clock(deadline, scope, own, days).add_to(frame)
    return frame


def _letters(tolling: Tolling, frame: pl.DataFrame, scope: Scope, tables: Mapping[str, LogTable]) -> LogTable | None:
    """The log of letters; a part of a long log needs its own alone."""
    letters, by = tables.get(tolling.log), tolling.by
    if letters is None or by not in frame.columns or not letters.supplies(by):
        return letters
    return replace(letters, rows=near(letters.frame, frame, {by: by}, scope))


def is_moved(deadline: Deadline) -> bool:
    """Whether other records or acts may move the due day: a correction, letters, an extension."""
    return bool(deadline.tolling or deadline.extension or deadline.restart)


def counted_elsewhere(deadline: Deadline) -> Deadline | None:
    """The same deadline from the other event of which a met one is to be told."""
    if deadline.advise_from is None:
        return None
    return deadline.model_copy(update={"from_": deadline.advise_from, "from_if": (), "advise_from": None})


@dataclass(frozen=True)
class _Clock:
    deadline: Deadline
    scope: Scope
    letters: LogTable | None
    days: DayTable

    def add_to(self, frame: pl.DataFrame) -> pl.DataFrame:
        columns = clock_columns(self.deadline)
        stops = self._stops(frame)
        received = started(self.deadline, self.scope, self.scope.number)
        frame = frame.with_columns(received.alias("_start"))
        frame = self._corrected(frame, stops, columns)
        original = self._first_due(frame, stops)
        frame = frame.with_columns(original.alias(columns.original_due))
        frame = self._extended(frame, stops, columns)
        return self._unsure_letters(frame, columns).drop("_start")

    def _stops(self, frame: pl.DataFrame) -> Stops:
        runs = []
        if tolling := self.deadline.tolling:
            runs.append(letter_runs(frame, self.scope, tolling, self.letters, self.days))
        if self.deadline.restart and self.deadline.restart.effect == "suspend":
            runs.append(pause_runs(frame, self.scope, self.deadline.restart))
        return merged(runs, self.days)

    def _unsure_letters(self, frame: pl.DataFrame, columns: ClockColumns) -> pl.DataFrame:
        """Flag requests with a letter whose day of sending or of the answer stands nowhere in the export.

        And those with one answered before it was sent, which may have stopped the clock if it was sent before that
        ran out: without its stop the due day is the earliest that there can be.
        """
        tolling = self.deadline.tolling
        if tolling is None:
            return frame.with_columns(pl.lit(False).alias(columns.contradicted))
        flags = unsure_letters(frame, self.scope, tolling, self.letters)
        names = columns.lacking(self.deadline)
        renamed = {field: names[f"{tolling.log}.{field}"] for field in (tolling.by, tolling.sent, tolling.answered)}
        contradicted = (pl.col(CONTRADICTED) < pl.col(columns.due)).fill_null(False)
        told = pl.when(contradicted).then(remark(_ANSWERED_BEFORE_SENT)).otherwise(pl.col(columns.remark))
        return (
            frame.hstack(flags.rename(renamed))
            .with_columns(contradicted.alias(columns.contradicted), told.alias(columns.remark))
            .drop(CONTRADICTED)
        )

    def _limit(self) -> int:
        within = self.deadline.within
        assert within is not None and not isinstance(within, LimitFromField)
        return self.scope.book.limit(within).number

    def _due(self, frame: pl.DataFrame, stops: Stops, start: pl.Expr, count: pl.Expr) -> pl.Series:
        return stops.due(frame.select(INDEX, start.alias("start"), count.alias("count")))

    def _first_due(self, frame: pl.DataFrame, stops: Stops) -> pl.Series:
        """The due day before any extension."""
        limit = self._limit()
        return self._due(frame, stops, self.days.eve(pl.col("_start"), limit), pl.lit(limit, dtype=pl.Int32))

    def _corrected(self, frame: pl.DataFrame, stops: Stops, columns: ClockColumns) -> pl.DataFrame:
        """A correction notified in time stands the clock still; when it is received the clock starts anew, or goes on.

        Where it only goes on, the stop is among `stops`: it needs the day on which it began, and one
        that began when the clock had run out stops nothing.
        """
        restart = self.deadline.restart
        if restart is None:
            return frame.with_columns(pl.lit(False).alias(columns.suspended))
        anew = restart.effect == "restart"
        notice, received = (self.scope.number(name) for name in (restart.notice, restart.received))
        first_due = pl.col("_first_due")
        in_time = notice.is_null() | (notice <= first_due if anew else notice < first_due)
        noticed = self.scope.supplied(restart.notice)
        corrected = received.is_not_null() & (received >= pl.col("_start"))
        valid = corrected & in_time & noticed & pl.lit(anew)
        waiting = notice.is_not_null() & in_time & received.is_null()
        supplied = self.scope.supplied(restart.received)
        unknown_since = ~noticed if anew else notice.is_null()
        return (
            frame.with_columns(self._first_due(frame, stops).alias("_first_due"))
            .with_columns(
                pl.when(valid).then(received).otherwise(pl.col("_start")).alias("_start"),
                (waiting & supplied).alias(columns.suspended),
                (waiting & ~supplied).alias(columns.lacking(self.deadline)[restart.received]),
                (corrected & unknown_since).alias(columns.lacking(self.deadline)[restart.notice]),
            )
            .drop("_first_due")
        )

    def _extended(self, frame: pl.DataFrame, stops: Stops, columns: ClockColumns) -> pl.DataFrame:
        """A valid extension counts on from the original due day; one that does not count says why."""
        extension = self.deadline.extension
        original = pl.col(columns.original_due)
        if extension is None:
            return frame.with_columns(original.alias(columns.due), NO_TEXT.alias(columns.remark))
        days = self.scope.value(extension.days).cast(pl.Int32)
        longest_given = pl.lit(extension.at_most, dtype=pl.Int32)
        more = longest_given if extension.always else pl.coalesce(days, longest_given).clip(0, extension.at_most)
        longest = self._due(frame, stops, original, more)
        given = self._given(extension, original)
        acted = pl.coalesce(
            *(self.scope.number(name) for name in self.deadline.to),
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
        approved, notified = (self.scope.number(name) for name in (extension.approved, extension.notified))
        recorded = approved.is_not_null() | notified.is_not_null() | self.scope.value(extension.days).is_not_null()
        if extension.always:
            return _Given(recorded, NO_TEXT, {})
        approved_ok = (approved <= original).fill_null(False)
        notified_ok = (notified <= original).fill_null(False)
        if extension.late_notice == "counts":
            notified_ok = notified.is_not_null()
        no_approval, no_notice = ~self.scope.supplied(extension.approved), ~self.scope.supplied(extension.notified)
        counts = approved_ok & notified_ok
        unsure = recorded & ~counts & (approved_ok | no_approval) & (notified_ok | no_notice)
        why = (
            pl.when(~recorded | counts | unsure)
            .then(None)
            .when(approved.is_null())
            .then(remark(_VOID["unapproved"]))
            .when(~approved_ok)
            .then(remark(_VOID["approved"]))
            .when(notified.is_null())
            .then(remark(_VOID["unnotified"]))
            .otherwise(remark(_VOID["notified"]))
        )
        lacking = {extension.approved: unsure & no_approval, extension.notified: unsure & no_notice}
        return _Given(counts, why, lacking)


@dataclass(frozen=True)
class _Given:
    """An extension as recorded: whether it counts, why not, and which lacking column leaves it open."""

    counts: pl.Expr
    remark: pl.Expr
    lacking: Mapping[str, pl.Expr]
