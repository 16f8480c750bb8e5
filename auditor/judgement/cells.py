"""Evidence (证据): the cells that a verdict rests on, each with its place in the file and fit to be shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from auditor.domain.finding import Evidence
from auditor.judgement.masking import Masker, Shows
from auditor.judgement.proof import Records, Row, text_of
from auditor.rulebook.book import Rulebook
from auditor.rulebook.conditions import FieldOperand, tests
from auditor.rulebook.references import Link, conditions_of, fields_of, links_of, open_conditions_of
from auditor.rulebook.rules import Rule
from auditor.tables import ROW, SOURCE

_AT_HAND = 10_000  # records whose cells are kept to be shown again


@dataclass(frozen=True)
class _Read:
    """What a rule reads: fields of its own log, key first, and those of each log that it looks into.

    `optional` are fields that a deadline reads only where they are recorded: left blank they prove nothing.
    """

    log: str
    own: tuple[str, ...]
    optional: frozenset[str]
    linked: tuple[tuple[Link, tuple[str, ...]], ...]


class _Column(NamedTuple):
    """Where the cells of a field stand in one of the sheets of its log, and how they are shown."""

    heading: str
    letter: str
    merged: bool
    shows: Shows


class Cells:
    """The cells of the records that findings speak of: each is masked once while findings that show it are made."""

    def __init__(self, records: Records, masker: Masker) -> None:
        self._records, self._masker = records, masker
        self._book = records.book
        self._read: dict[str, _Read] = {}
        self._columns: dict[tuple[str, int], dict[str, _Column]] = {}  # by log and sheet
        self._shown: dict[tuple[str, int, int], dict[str, Evidence]] = {}  # by log, sheet and row

    def read_by(self, name: str, record: str) -> list[Evidence]:
        """The cells of a record, and of the records linked to it, that a rule reads, each once.

        There are none where there is no record.
        """
        if name not in self._read:
            self._read[name] = _read(self._book, self._book.placed[name].rule)
        read = self._read[name]
        row = self._records.row(read.log, record)
        if not row:
            return []
        own = read.own
        if read.optional:
            own = tuple([each for each in own if each not in read.optional or row.get(each) is not None])
        cells = self._of(read.log, row, own)
        for link, names in read.linked:
            for other in self._linked(link, row):
                cells += self._of(link.log, other, names)
        return list(dict.fromkeys(cells)) if len(cells) > len(own) else cells

    def key(self, log: str, record: str) -> list[Evidence]:
        """The cell that numbers a record, where the record is known."""
        row = self._records.row(log, record)
        return self._of(log, row, [self._book.logs.logs[log].key]) if row else []

    def _of(self, log: str, row: Row, names: Sequence[str]) -> list[Evidence]:
        at, line = row[SOURCE], row[ROW]
        place = log, at, line
        shown = self._shown.get(place)
        if shown is None:
            if len(self._shown) == _AT_HAND:
                self._shown.clear()
            shown = self._shown[place] = {}
        lacking = [name for name in names if name not in shown]
        if lacking:
            source = self._records.tables[log].sources[at]
            file, sheet, columns = source.file, source.sheet, self._columns.setdefault((log, at), {})
            for name in lacking:
                heading, letter, merged, shows = columns.get(name) or self._column(log, at, name)
                value, real = row.get(name), line
                if value is not None:
                    value = shows(text_of(value), row)
                if merged:
                    real, letter = source.place(name, line)
                shown[name] = Evidence(name, heading, value, file, sheet, real, letter)
        return [shown[name] for name in names]

    def _column(self, log: str, at: int, name: str) -> _Column:
        source, shows = self._records.tables[log].sources[at], self._masker.shows(log, name, typed=True)
        column = source.columns.get(name)
        heading = column.heading if column else f"（缺列）{self._book.logs.logs[log].fields[name].zh}"
        self._columns[log, at][name] = _Column(heading, column.letter if column else "", name in source.merged, shows)
        return self._columns[log, at][name]

    def _linked(self, link: Link, row: Row) -> Iterable[Row]:
        if not link.by:  # figures of a whole year: no single record stands behind them
            return ()
        own, other = next(iter(link.by.items()))
        return self._records.of(link.log, other, row.get(own))


def _read(book: Rulebook, rule: Rule) -> _Read:
    if not rule.log:
        return _Read("", (), frozenset(), ())
    log = book.logs.logs[rule.log]
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
    own = tuple(name for name in dict.fromkeys(names) if name in log.fields)
    return _Read(log.name, own, frozenset(_optional(rule)), tuple(linked))


def _optional(rule: Rule) -> set[str]:
    deadline = rule.deadline
    if deadline is None:
        return set()
    names = {*(deadline.from_[1:] if deadline.from_ else ()), *(deadline.advise_from or ())}
    names |= {name for start in deadline.from_if for name in start.from_}
    names |= set(deadline.stands_in.act) if deadline.stands_in else set()
    names |= {each.field for each in deadline.recorded_limit} | {each.act for each in deadline.unsure if each.act}
    hints = {test.name for each in deadline.unsure if each.late for test in tests(each.if_)}
    names |= hints - {*deadline.to, *(deadline.from_ or ())[:1]}
    if deadline.restart:
        names |= {deadline.restart.notice, deadline.restart.received}
    if deadline.extension:
        names |= {deadline.extension.approved, deadline.extension.notified, deadline.extension.days}
    return names
