"""Proof (证据): the cells a verdict rests on, and the days that were counted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import polars as pl

from auditor.domain.clock import Count, Extension, Letter, Pause, Terms, count, count_hours, count_working
from auditor.domain.finding import Evidence
from auditor.domain.limit import Limit
from auditor.domain.obligation import DayType
from auditor.judgement.masking import Masker
from auditor.judgement.wording import say
from auditor.rulebook.book import Rulebook
from auditor.rulebook.conditions import FieldOperand, tests
from auditor.rulebook.deadlineduty import Deadline, RecordedLimit
from auditor.rulebook.limits import LimitFromField, LimitFromSetting
from auditor.rulebook.references import Link, conditions_of, fields_of, links_of, open_conditions_of
from auditor.rulebook.rules import Rule
from auditor.tables import RECORD, ROW, SOURCE, LogTable

Row = Mapping[str, Any]


def text_of(value: Any) -> str | None:
    """A cell's value as a person reads it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, list):
        return "、".join(map(str, value))
    return value.isoformat() if isinstance(value, date) else str(value)


@dataclass(frozen=True)
class Records:
    """The records that findings speak of, by log and key, and the records linked to them."""

    book: Rulebook
    tables: Mapping[str, LogTable]
    rows: Mapping[tuple[str, str], Row]
    linked: Mapping[tuple[str, str, str], list[Row]]
    read: dict[str, tuple[tuple[str, ...], tuple[tuple[Link, tuple[str, ...]], ...]]] = field(default_factory=dict)
    counted: dict[tuple[Any, ...], Count] = field(default_factory=dict)  # counts recur: each is made once

    def read_by(self, rule: Rule) -> tuple[tuple[str, ...], tuple[tuple[Link, tuple[str, ...]], ...]]:
        """What `_fields_read` says, worked out once a rule."""
        if rule.id not in self.read:
            self.read[rule.id] = _fields_read(self.book, rule)
        return self.read[rule.id]

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
        return self.rows.get((log, record), {})

    def of(self, log: str, field: str, value: Any) -> list[Row]:
        """Records of `log` whose `field` holds `value`."""
        return self.linked.get((log, field, str(value)), [])


def gather(book: Rulebook, tables: Mapping[str, LogTable], obligations: pl.DataFrame) -> Records:
    """Fetch the records behind `obligations` (those that become findings) and what is linked to them."""
    rows: dict[tuple[str, str], Row] = {}
    linked: dict[tuple[str, str, str], list[Row]] = {}
    for (log,), part in obligations.group_by("log"):
        if log in tables:
            frame = tables[str(log)].frame.filter(pl.col(RECORD).is_in(part["record"].unique().implode()))
            rows.update({(str(log), row[RECORD]): row for row in frame.to_dicts()})
    for log, key, values in _links(book, obligations, rows):
        if log not in tables or key not in tables[log].frame.columns:
            continue
        frame = tables[log].frame.filter(pl.col(key).cast(pl.String).is_in(sorted(values)))
        for row in frame.sort(RECORD).to_dicts():
            linked.setdefault((log, key, str(row[key])), []).append(row)
    return Records(book, tables, rows, linked)


def _links(
    book: Rulebook, obligations: pl.DataFrame, rows: Mapping[tuple[str, str], Row]
) -> Iterable[tuple[str, str, set[str]]]:
    wanted: dict[tuple[str, str], set[str]] = {}
    for (rule,), part in obligations.group_by("rule"):
        links = list(links_of(book.placed[str(rule)].rule))
        for log, record in part.select("log", "record").iter_rows() if links else ():
            row = rows.get((log, record), {})
            for link in links:
                for own, other in link.by.items():
                    if row.get(own) is not None:
                        wanted.setdefault((link.log, other), set()).add(str(row[own]))
    return [(log, field, values) for (log, field), values in wanted.items()]


def evidence_of(rule: Rule, record: str, records: Records, masker: Masker) -> tuple[Evidence, ...]:
    """The cells of the record, and of the records linked to it, that the rule reads."""
    row = records.row(rule.log, record) if rule.log else {}
    if rule.log is None or not row:
        return ()
    own, linked = records.read_by(rule)
    optional = _optional(records.book.in_use[rule.id])
    shown = [name for name in own if not (name in optional and row.get(name) is None)]
    cells = [_cell(rule.log, name, row, records, masker) for name in shown]
    for link, names in linked:
        for other_row in _linked_rows(records, link.log, link.by, row):
            cells += [_cell(link.log, name, other_row, records, masker) for name in names]
    return tuple(cells)


def key_cell(log: str, record: str, records: Records, masker: Masker) -> tuple[Evidence, ...]:
    """The cell that numbers a record which a finding names besides its own."""
    frame = records.tables[log].frame.filter(pl.col(RECORD) == record)
    return tuple(_cell(log, records.book.logs.logs[log].key, row, records, masker) for row in frame.head(1).to_dicts())


def _fields_read(book: Rulebook, rule: Rule) -> tuple[tuple[str, ...], tuple[tuple[Link, tuple[str, ...]], ...]]:
    """The fields of its own log that a rule reads, key first, and those of each log that it looks into."""
    log = book.logs.logs[rule.log or ""]
    rule = book.in_use[rule.id]
    names = [log.key, *(name for _, name in fields_of(rule))]
    for _, node in (*conditions_of(rule), *open_conditions_of(rule)):
        for test in tests(node):
            names.append(test.name)
            if isinstance(test.operand, FieldOperand):
                names.append(test.operand.name)
    names += [lookup.otherwise for lookup in rule.lookup.values() if lookup.otherwise]
    linked = []
    for link in links_of(rule):
        tested = [test.name for test in tests(link.where)] if link.where else []
        there = dict.fromkeys([book.logs.logs[link.log].key, *(name for _, name in link.fields), *tested])
        linked.append((link, tuple(there)))
    return tuple(name for name in dict.fromkeys(names) if name in log.fields), tuple(linked)


def _optional(rule: Rule) -> set[str]:
    """Fields that a deadline reads only where they are recorded: left blank they prove nothing."""
    deadline = rule.deadline
    if deadline is None:
        return set()
    names = {*(deadline.from_[1:] if deadline.from_ else ()), *(deadline.advise_from or ())}
    names |= {name for start in deadline.from_if for name in start.from_}
    names |= set(deadline.stands_in.act) if deadline.stands_in else set()
    names |= {each.field for each in deadline.recorded_limit} | {each.act for each in deadline.unsure if each.act}
    if deadline.restart:
        names |= {deadline.restart.notice, deadline.restart.received}
    if deadline.extension:
        names |= {deadline.extension.approved, deadline.extension.notified, deadline.extension.days}
    return names


def _linked_rows(records: Records, log: str, by: Mapping[str, str], row: Row) -> list[Row]:
    if not by:  # figures of a whole year: no single record stands behind them
        return []
    own, other = next(iter(by.items()))
    return records.of(log, other, row.get(own))


def _cell(log: str, name: str, row: Row, records: Records, masker: Masker) -> Evidence:
    source = records.tables[log].sources[row[SOURCE]]
    column = source.columns.get(name)
    line, letter = source.place(name, row[ROW])
    return Evidence(
        field=name,
        heading=column.heading if column else f"（缺列）{records.book.logs.logs[log].fields[name].zh}",
        value=masker.value(log, name, text_of(row.get(name)), row),
        file=source.file,
        sheet=source.sheet,
        row=line,
        column=letter,
    )


def days_of(rule: Rule, obligation: Mapping[str, Any], records: Records, as_of: date) -> Count | None:
    """The day-by-day count behind an obligation's due day; None where the rule counts no days."""
    deadline = records.book.in_use[rule.id].deadline
    start, due_on = obligation["start_on"], obligation["due_on"]
    if deadline is None or due_on is None or start is None or rule.log is None or deadline.within is None:
        return None
    row = records.row(rule.log, obligation["record"])
    limit = _limit(deadline, row, due_on, start, records.book)
    if limit is None:
        return None
    if limit.day_type is DayType.HOURS:
        return count_hours(start, due_on)
    if deadline.tolling or deadline.extension or deadline.restart:
        counted = _request_count(deadline, limit, start, row, records, as_of)
    else:
        key = (start, limit)
        if key not in records.counted:
            records.counted[key] = count(records.book.calendar, start, limit)
        counted = records.counted[key]
    return counted


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
        return next((each for each in limits if count(book.calendar, start, each).due_on == due_on), limits[0])
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
