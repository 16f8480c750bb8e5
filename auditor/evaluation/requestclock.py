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
    clocks = _Clocks(frame, scope, tables, days)
    columns: dict[str, pl.DataFrame] = {}
    for rule in rules:
        for deadline in (rule.deadline, rule.deadline and counted_elsewhere(rule.deadline)):
            if deadline and is_moved(deadline) and clock_columns(deadline).due not in columns:
                columns[clock_columns(deadline).due] = clocks.columns_of(deadline)
    return pl.concat([frame, *columns.values()], how="horizontal") if columns else frame


def is_moved(deadline: Deadline) -> bool:
    """Whether other records or acts may move the due day: a correction, letters, an extension."""
    return bool(deadline.tolling or deadline.extension or deadline.restart)


def counted_elsewhere(deadline: Deadline) -> Deadline | None:
    """The same deadline from the other event of which a met one is to be told."""
    if deadline.advise_from is None:
        return None
    return deadline.model_copy(update={"from_": deadline.advise_from, "from_if": (), "advise_from": None})


@dataclass(frozen=True)
class _Begun:
    """A clock before any extension: its start (a day number), whether it stands still, its due day.

    `open` flags rows whose start a lacking column leaves open, by the field.
    """

    start: pl.Expr
    suspended: pl.Expr
    due: pl.Expr
    open: Mapping[str, pl.Expr]


class _Clocks:
    """The clocks of some rows of a log; what several of them have in common is worked out once."""

    def __init__(self, frame: pl.DataFrame, scope: Scope, tables: Mapping[str, LogTable], days: DayTable) -> None:
        self._frame, self._scope, self._tables, self._days = frame, scope, tables, days
        self._letters_by: dict[str, LogTable | None] = {}
        self._stops_by: dict[str, Stops] = {}
        self._begun_by: dict[str, _Begun] = {}
        self._unsure_by: dict[str, pl.DataFrame] = {}

    def columns_of(self, deadline: Deadline) -> pl.DataFrame:
        """The columns of a deadline's clock, named by `clock_columns`."""
        columns = clock_columns(deadline)
        begun = self._begun(deadline)
        extended = self._extended(deadline, begun)
        letters, contradicted, told = self._told_by_letters(deadline, extended)
        names = columns.lacking(deadline)
        lacking = {**begun.open, **extended.lacking, **letters}
        return self._frame.select(
            begun.due.alias(columns.original_due),
            begun.suspended.alias(columns.suspended),
            extended.due.alias(columns.due),
            contradicted.alias(columns.contradicted),
            told.alias(columns.remark),
            *(flag.alias(names[field]) for field, flag in lacking.items()),
        )

    def _begun(self, deadline: Deadline) -> _Begun:
        """The clock before any extension."""
        counted = (deadline.from_, deadline.from_if, deadline.within, deadline.restart, deadline.tolling)
        key = str(counted)
        if key not in self._begun_by:
            start = self._frame.select(started(deadline, self._scope, self._scope.number)).to_series()
            self._begun_by[key] = self._corrected(deadline, pl.lit(start))
        return self._begun_by[key]

    def _stops(self, deadline: Deadline) -> Stops:
        """What stops the clock: letters, and a correction after which it goes on."""
        restart = deadline.restart if deadline.restart and deadline.restart.effect == "suspend" else None
        key = str((deadline.tolling, restart))
        if key not in self._stops_by:
            runs = []
            if tolling := deadline.tolling:
                runs.append(letter_runs(self._frame, self._scope, tolling, self._letters(tolling), self._days))
            if restart:
                runs.append(pause_runs(self._frame, self._scope, restart))
            self._stops_by[key] = merged(runs, self._days)
        return self._stops_by[key]

    def _letters(self, tolling: Tolling) -> LogTable | None:
        """The log of letters; a part of a long log needs its own alone."""
        key = f"{tolling.log}:{tolling.by}"
        if key not in self._letters_by:
            letters, by = self._tables.get(tolling.log), tolling.by
            if letters is not None and by in self._frame.columns and letters.supplies(by):
                letters = replace(letters, rows=near(letters.frame, self._frame, {by: by}, self._scope))
            self._letters_by[key] = letters
        return self._letters_by[key]

    def _told_by_letters(
        self, deadline: Deadline, extended: "_Extended"
    ) -> tuple[dict[str, pl.Expr], pl.Expr, pl.Expr]:
        """Requests with a letter whose day of sending or of the answer stands nowhere in the export, by the field.

        And those with one answered before it was sent, which may have stopped the clock if it was sent before that
        ran out: without its stop the due day is the earliest that there can be. Last, the remark with that.
        """
        tolling = deadline.tolling
        if tolling is None:
            return {}, pl.lit(False), extended.remark
        key = str(tolling)
        if key not in self._unsure_by:
            self._unsure_by[key] = unsure_letters(self._frame, self._scope, tolling, self._letters(tolling))
        unsure = self._unsure_by[key]
        flags = {
            f"{tolling.log}.{field}": pl.lit(unsure[field]) for field in (tolling.by, tolling.sent, tolling.answered)
        }
        contradicted = (pl.lit(unsure[CONTRADICTED]) < extended.due).fill_null(False)
        return flags, contradicted, pl.when(contradicted).then(remark(_ANSWERED_BEFORE_SENT)).otherwise(extended.remark)

    def _due(self, deadline: Deadline, start: pl.Expr, count: pl.Expr) -> pl.Expr:
        """The day `count` working days after `start`, those on which the clock stands still left out."""
        starts = self._frame.select(INDEX, start.alias("start"), count.alias("count"))
        return pl.lit(self._stops(deadline).due(starts))

    def _first_due(self, deadline: Deadline, start: pl.Expr) -> pl.Expr:
        """The due day before any extension."""
        within = deadline.within
        assert within is not None and not isinstance(within, LimitFromField)
        limit = self._scope.book.limit(within).number
        return self._due(deadline, self._days.eve(start, limit), pl.lit(limit, dtype=pl.Int32))

    def _corrected(self, deadline: Deadline, start: pl.Expr) -> _Begun:
        """A correction notified in time stands the clock still; when it is received the clock starts anew, or goes on.

        Where it only goes on, the stop is among `_stops`: it needs the day on which it began, and one
        that began when the clock had run out stops nothing.
        """
        first_due = self._first_due(deadline, start)
        restart = deadline.restart
        if restart is None:
            return _Begun(start, pl.lit(False), first_due, {})
        anew = restart.effect == "restart"
        notice, received = (self._scope.number(name) for name in (restart.notice, restart.received))
        in_time = notice.is_null() | (notice <= first_due if anew else notice < first_due)
        noticed = self._scope.supplied(restart.notice)
        corrected = received.is_not_null() & (received >= start)
        valid = corrected & in_time & noticed & pl.lit(anew)
        waiting = notice.is_not_null() & in_time & received.is_null()
        supplied = self._scope.supplied(restart.received)
        unknown_since = ~noticed if anew else notice.is_null()
        made = self._frame.select(
            pl.when(valid).then(received).otherwise(start).alias("start"),
            (waiting & supplied).alias("suspended"),
            (waiting & ~supplied).alias(restart.received),
            (corrected & unknown_since).alias(restart.notice),
        )
        columns = {name: pl.lit(made[name]) for name in made.columns}
        start, suspended = columns.pop("start"), columns.pop("suspended")
        return _Begun(start, suspended, self._first_due(deadline, start) if anew else first_due, columns)

    def _extended(self, deadline: Deadline, begun: _Begun) -> "_Extended":
        """A valid extension counts on from the original due day; one that does not count says why."""
        extension = deadline.extension
        if extension is None:
            return _Extended(begun.due, NO_TEXT, {})
        days = self._scope.value(extension.days).cast(pl.Int32)
        longest_given = pl.lit(extension.at_most, dtype=pl.Int32)
        more = longest_given if extension.always else pl.coalesce(days, longest_given).clip(0, extension.at_most)
        longest = self._due(deadline, begun.due, more)
        given = self._given(extension, begun.due)
        acted = pl.coalesce(
            *(self._scope.number(name) for name in deadline.to),
            pl.lit(number(self._scope.as_of), dtype=pl.Int32),
        )
        return _Extended(
            pl.when(given.counts).then(longest).otherwise(begun.due),
            given.remark,
            {name: (flag & (acted <= longest)).fill_null(False) for name, flag in given.lacking.items()},
        )

    def _given(self, extension: Extend, original: pl.Expr) -> "_Given":
        approved, notified = (self._scope.number(name) for name in (extension.approved, extension.notified))
        recorded = approved.is_not_null() | notified.is_not_null() | self._scope.value(extension.days).is_not_null()
        if extension.always:
            return _Given(recorded, NO_TEXT, {})
        approved_ok = (approved <= original).fill_null(False)
        notified_ok = (notified <= original).fill_null(False)
        if extension.late_notice == "counts":
            notified_ok = notified.is_not_null()
        no_approval, no_notice = ~self._scope.supplied(extension.approved), ~self._scope.supplied(extension.notified)
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
class _Extended:
    """A clock with its extension: the due day, why that does not count, and which lacking column leaves it open."""

    due: pl.Expr
    remark: pl.Expr
    lacking: Mapping[str, pl.Expr]


@dataclass(frozen=True)
class _Given:
    """An extension as recorded: whether it counts, why not, and which lacking column leaves it open."""

    counts: pl.Expr
    remark: pl.Expr
    lacking: Mapping[str, pl.Expr]
