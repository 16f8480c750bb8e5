"""Proof (证据): the records a verdict rests on, and the days that were counted."""

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import polars as pl

from auditor.domain.clock import Count, Extension, Letter, Pause, Terms, count, count_hours, count_working, due_day
from auditor.domain.limit import Limit
from auditor.domain.obligation import DayType
from auditor.judgement.wording import say
from auditor.rulebook.book import Rulebook
from auditor.rulebook.deadlineduty import Deadline, RecordedLimit
from auditor.rulebook.limits import LimitFromField, LimitFromSetting
from auditor.rulebook.references import links_of
from auditor.rulebook.rules import Rule
from auditor.tables import LISTS, RECORD, UNREAD, LogTable

Row = Mapping[str, Any]
_AT = "_at"


def text_of(value: Any) -> str:
    """A cell's value as a person reads it."""
    if isinstance(value, str):
        return value
    if type(value) is date:
        return value.isoformat()
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, list):
        return "、".join(map(str, value))
    return str(value)


class _Columns(dict[str, list[Any]]):
    """Columns of some records as Python values, each read when it is first asked for: of all that there are few are.

    Of a field that the log lacks every value is None.
    """

    def __init__(self) -> None:
        super().__init__()
        # parts of the log, and which of their rows, if not all
        self.places: list[tuple[LogTable, pl.Series | None]] = []

    def __missing__(self, name: str) -> list[Any]:
        values = self[name] = []
        for part, places in self.places:
            if name in part.columns:
                column = part.column(name)
                values += (column if places is None else column.gather(places)).to_list()
            else:
                values += [None] * (part.height if places is None else len(places))
        return values


class _Row(Mapping[str, Any]):
    """A record among others that are kept in columns."""

    __slots__ = ("_at", "_columns")

    def __init__(self, columns: _Columns, at: int) -> None:
        self._columns, self._at = columns, at

    def __getitem__(self, name: str) -> Any:
        return self._columns[name][self._at]

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a field; None where the record or its log has none, whatever the default."""
        return self._columns[name][self._at]

    def __bool__(self) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns.places[0][0].columns)

    def __len__(self) -> int:
        return len(self._columns.places[0][0].columns)


class _Rows:
    """Records of one log."""

    def __init__(self, at_once: bool) -> None:
        self._at_once = at_once
        self._columns, self._count = _Columns(), 0

    def __getitem__(self, at: int) -> Row:
        return _Row(self._columns, at)

    def find(self, table: LogTable, name: str, values: Collection[str]) -> Iterator[tuple[int, str, Any]]:
        """Add the records of the log of which a column holds one of the values: where each is now, its key, its value.

        They come in the order of the log.
        """
        self._columns.clear()
        wanted = pl.col(name).cast(pl.String).is_in(values)
        fields = [each for each in table.columns if not each.startswith((UNREAD, LISTS))]
        for part in table.parts:
            if self._at_once:
                found, places = part.where(wanted, *fields), None
                part = replace(part, rows=found)
            else:
                asked = part.lazy.with_row_index(_AT).select(list(dict.fromkeys([_AT, RECORD, name])))
                found = asked.filter(wanted).collect()
                places = found[_AT]
            self._columns.places.append((part, places))
            yield from zip(itertools.count(self._count), found[RECORD].to_list(), found[name].to_list())
            self._count += found.height

    def held(self, name: str, places: Iterable[int]) -> set[str]:
        """What a column holds at these places, as text."""
        values = self._columns[name]
        return {str(values[at]) for at in places if values[at] is not None}


class Records:
    """The records that findings speak of, by log and key, and the records linked to them: those that were fetched.

    `at_once`: all their fields are read together, which is quicker where many are asked for.
    """

    def __init__(self, book: Rulebook, tables: Mapping[str, LogTable], *, at_once: bool = True) -> None:
        self.book, self.tables, self._at_once = book, tables, at_once
        self._rows: dict[str, tuple[_Rows, dict[str, int]]] = {}
        self._linked: dict[tuple[str, str], tuple[_Rows, dict[str, list[int]]]] = {}
        self.counted: dict[tuple[Any, ...], Count] = {}  # counts recur: each is made once

    def count_working(
        self,
        start: date,
        terms: Terms,
        letters: Sequence[Letter],
        extension: Extension | None = None,
        pauses: Sequence[Pause] = (),
    ) -> Count:
        """The count of the explaining clock, made once for the same acts."""
        key = (start, terms, tuple(letters), extension, tuple(pauses))
        if key not in self.counted:
            self.counted[key] = count_working(self.book.calendar, start, terms, letters, extension, pauses)
        return self.counted[key]

    def row(self, log: str, record: str) -> Row:
        """One record; empty where the finding is not about a record (a year, a unit)."""
        if log not in self._rows:
            return {}
        rows, places = self._rows[log]
        at = places.get(record)
        return {} if at is None else rows[at]

    def of(self, log: str, field: str, value: Any) -> list[Row]:
        """Records of `log` whose `field` holds `value`, in the order of their keys."""
        if (log, field) not in self._linked:
            return []
        rows, places = self._linked[log, field]
        return [rows[at] for at in places.get(str(value), ())]

    def fetch(self, log: str, keys: Collection[str]) -> None:
        """Have the records with these keys at hand, where the log is there and has them."""
        known = self._rows[log][1] if log in self._rows else {}
        new = [key for key in keys if key not in known]
        if not new or log not in self.tables:
            return
        rows, places = self._rows.setdefault(log, (_Rows(self._at_once), {}))
        places.update((key, at) for at, key, _ in rows.find(self.tables[log], RECORD, new))

    def link(self, log: str, field: str, values: Collection[str]) -> None:
        """Have the records of which a field holds one of the values at hand, where the log is there and has it."""
        if log not in self.tables or field not in self.tables[log].columns:
            return
        rows = _Rows(self._at_once)
        places: dict[str, list[int]] = {}
        for at, _, value in sorted(rows.find(self.tables[log], field, list(values)), key=lambda found: found[1]):
            places.setdefault(str(value), []).append(at)
        self._linked[log, field] = rows, places

    def held(self, log: str, field: str, keys: Collection[str]) -> set[str]:
        """What a field holds in the records with these keys, as far as they were fetched."""
        if log not in self._rows:
            return set()
        rows, places = self._rows[log]
        return rows.held(field, [places[key] for key in keys if key in places])


def gather(
    book: Rulebook, tables: Mapping[str, LogTable], obligations: pl.DataFrame, *, at_once: bool = True
) -> Records:
    """Fetch the records behind `obligations` (those that become findings) and what is linked to them."""
    records = Records(book, tables, at_once=at_once)
    broken = obligations.group_by("rule", "log").agg(pl.col("record").unique()).rows()
    of_logs: dict[str, set[str]] = {}
    for _, log, keys in broken:
        of_logs.setdefault(log, set()).update(keys)
    for log, known in of_logs.items():
        records.fetch(log, known)
    linking: dict[tuple[str, str], dict[tuple[str, str], set[str]]] = {}  # records by what they are linked by, and with
    for rule, log, keys in broken:
        for link in links_of(book.placed[rule].rule):
            for name, other in link.by.items():
                linking.setdefault((log, name), {}).setdefault((link.log, other), set()).update(keys)
    wanted: dict[tuple[str, str], set[str]] = {}
    for (log, name), linked in linking.items():
        for place, keys in linked.items():
            wanted.setdefault(place, set()).update(records.held(log, name, keys))
    for (log, field), values in wanted.items():
        records.link(log, field, values)
    return records


def days_of(rule: Rule, obligation: Mapping[str, Any], records: Records, as_of: date) -> Count | None:
    """The day-by-day count behind an obligation's due day; None where the rule counts no days."""
    in_use = records.book.in_use[rule.id]
    deadline, start, due_on = in_use.deadline, obligation["start_on"], obligation["due_on"]
    if due_on is None or start is None or rule.log is None:
        return None
    if in_use.counterpart is not None and in_use.counterpart.within is not None:
        return _plain_count(start, records.book.limit(in_use.counterpart.within), records)
    if deadline is None or deadline.within is None:
        return None
    row = records.row(rule.log, obligation["record"])
    limit = _limit(deadline, row, due_on, start, records.book)
    if limit is None:
        return None
    if limit.day_type is DayType.HOURS:
        return count_hours(start, due_on)
    if deadline.tolling or deadline.extension or deadline.restart:
        return _request_count(deadline, limit, start, row, records, as_of)
    return _plain_count(start, limit, records)


def _plain_count(start: date, limit: Limit, records: Records) -> Count:
    """A limit that nothing moves, counted once for all obligations of the same days."""
    key = (start, limit)
    if key not in records.counted:
        records.counted[key] = count(records.book.calendar, start, limit)
    return records.counted[key]


def _as_of(value: Any, as_of: date) -> date | None:
    day = value.date() if isinstance(value, datetime) else value
    return day if isinstance(day, date) and day <= as_of else None


def _limit(deadline: Deadline, row: Row, due_on: date, start: date, book: Rulebook) -> Limit | None:
    """The limit that led to the due day: of several (a doubt's outer one, one of another source) the one that fits."""
    others = [each.within for each in deadline.within_if]
    others += [deadline.or_within.within] if deadline.or_within else []
    candidates = [deadline.within, *others, *([deadline.doubt.until] if deadline.doubt else [])]
    limits = []
    for within in candidates:
        if isinstance(within, LimitFromField):
            name, day_type, otherwise = book.field_limit(within)
            given = within.accepted(row.get(name))
            limits.append(Limit(given, day_type) if given is not None else otherwise)
        elif isinstance(within, Limit | LimitFromSetting):
            limits.append(book.limit(within))
    limits += [each for each in (recorded_limit(recorded, row) for recorded in deadline.recorded_limit) if each]
    if len(limits) > 1:
        return next((each for each in limits if due_day(book.calendar, start, each) == due_on), limits[0])
    return limits[0] if limits else None


def recorded_limit(recorded: RecordedLimit, row: Row) -> Limit | None:
    """The limit of another source that the record holds, if it holds one."""
    given = row.get(recorded.field)
    day_type = DayType.WORKING if recorded.unit == "working days" else DayType.CALENDAR
    return Limit(int(given), day_type) if given is not None and given > 0 else None


def _request_count(deadline: Deadline, limit: Limit, start: date, row: Row, records: Records, as_of: date) -> Count:
    letters = _letters(deadline, row, records, as_of)
    extend = deadline.extension
    terms = Terms(
        limit.number,
        unanswered_cap=deadline.tolling.unanswered_cap if deadline.tolling else 0,
        answered_capped=deadline.tolling is not None and deadline.tolling.capped == "always",
        extension_cap=extend.at_most if extend else 0,
        late_notice_counts=extend is not None and extend.late_notice == "counts",
    )
    pauses = []
    if deadline.restart:
        notice, received = (
            _as_of(row.get(name), as_of) for name in (deadline.restart.notice, deadline.restart.received)
        )
        first_due = records.count_working(start, terms, letters).due_on
        if deadline.restart.effect == "suspend":
            pauses = [Pause(notice, received)] if notice is not None and received is not None else []
        elif received is not None and received >= start and (notice is None or notice <= first_due):
            start = received
    extension = None
    if extend:
        approved, notified = (_as_of(row.get(name), as_of) for name in (extend.approved, extend.notified))
        days = row.get(extend.days)
        extension = Extension(approved, notified, days)
        if extend.always and (approved or notified or days is not None):
            original = records.count_working(start, terms, letters, pauses=pauses).due_on
            extension = Extension(original, original)
    return records.count_working(start, terms, letters, extension, pauses)


def extension_fault(rule: Rule, obligation: Mapping[str, Any], records: Records, as_of: date) -> str | None:
    """Why the extension that the record holds did not count; None where it holds none, or where it counted."""
    deadline = records.book.in_use[rule.id].deadline
    if deadline is None or deadline.extension is None or rule.log is None:
        return None
    row = records.row(rule.log, obligation["record"])
    extend = deadline.extension
    approved, notified = (_as_of(row.get(name), as_of) for name in (extend.approved, extend.notified))
    if approved is None and notified is None and row.get(extend.days) is None:
        return None
    counted = days_of(rule, obligation, records, as_of)
    if counted is None or counted.due_on != counted.original_due_on:
        return None
    due = counted.original_due_on
    faults = [_act_fault("approved", approved, due)]
    if not (extend.late_notice == "counts" and notified is not None):
        faults.append(_act_fault("notified", notified, due))
    return "，".join(each for each in faults if each) or None


def _act_fault(act: str, day: date | None, due: date) -> str:
    if day is None:
        return say(f"extension_not_{act}")
    return say(f"extension_{act}_late", day=day, due=due) if day > due else ""


def _letters(deadline: Deadline, row: Row, records: Records, as_of: date) -> list[Letter]:
    tolling = deadline.tolling
    if tolling is None or row.get(tolling.by) is None:
        return []
    letters = []
    left_out = tolling.leaves_out
    for letter in records.of(tolling.log, tolling.by, row[tolling.by]):
        if left_out and letter.get(left_out.field) in left_out.values:
            continue
        sent = _as_of(letter.get(tolling.sent), as_of)
        if sent is not None:
            letters.append(Letter(sent, _as_of(letter.get(tolling.answered), as_of)))
    return letters
