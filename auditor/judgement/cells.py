"""Evidence (证据): the cells that a verdict rests on, each with its place in the file and fit to be shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from auditor.domain.finding import Evidence
from auditor.judgement.masking import Masker
from auditor.judgement.proof import Records, Row, text_of
from auditor.rulebook.book import Rulebook
from auditor.rulebook.conditions import FieldOperand, tests
from auditor.rulebook.references import Link, conditions_of, fields_of, links_of, open_conditions_of
from auditor.rulebook.rules import Rule
from auditor.tables import ROW, SOURCE, Source


@dataclass(frozen=True)
class _Read:
    """What a rule reads: fields of its own log, key first, and those of each log that it looks into.

    `optional` are fields that a deadline reads only where they are recorded: left blank they prove nothing.
    """

    log: str
    own: tuple[str, ...]
    optional: frozenset[str]
    linked: tuple[tuple[Link, tuple[str, ...]], ...]


class Cells:
    """The cells of the records that findings speak of: each is masked once, however many findings show it."""

    def __init__(self, records: Records, masker: Masker) -> None:
        self._records, self._masker = records, masker
        self._book = records.book
        self._read: dict[str, _Read] = {}
        self._columns: dict[tuple[str, str, int], tuple[Source, str, str]] = {}
        self._shown: dict[int, dict[str, Evidence]] = {}  # by the record's row, which `records` keeps

    def read_by(self, name: str, record: str) -> list[Evidence]:
        """The cells of a record, and of the records linked to it, that a rule reads; none where there is no record."""
        rule = self._book.placed[name].rule
        row = self._records.row(rule.log, record) if rule.log else {}
        if not row:
            return []
        if name not in self._read:
            self._read[name] = _read(self._book, rule)
        read = self._read[name]
        cells = self._of(
            read.log, row, [each for each in read.own if each not in read.optional or row.get(each) is not None]
        )
        for link, names in read.linked:
            for other in self._linked(link, row):
                cells += self._of(link.log, other, names)
        return cells

    def key(self, log: str, record: str) -> list[Evidence]:
        """The cell that numbers a record, where the record is known."""
        row = self._records.row(log, record)
        return self._of(log, row, [self._book.logs.logs[log].key]) if row else []

    def _of(self, log: str, row: Row, names: Sequence[str]) -> list[Evidence]:
        shown = self._shown.setdefault(id(row), {})
        for name in names:
            if name not in shown:
                shown[name] = self._cell(log, name, row)
        return [shown[name] for name in names]

    def _cell(self, log: str, name: str, row: Row) -> Evidence:
        column = self._columns.get((log, name, row[SOURCE]))
        if column is None:
            column = self._columns[log, name, row[SOURCE]] = self._column(log, name, row[SOURCE])
        source, heading, letter = column
        line = row[ROW]
        if name in source.merged:
            line, letter = source.place(name, line)
        value = self._masker.value(log, name, text_of(row.get(name)), row)
        return Evidence(name, heading, value, source.file, source.sheet, line, letter)

    def _column(self, log: str, name: str, at: int) -> tuple[Source, str, str]:
        """The source, heading and letter of a field's column in one of the sheets of its log."""
        source = self._records.tables[log].sources[at]
        if column := source.columns.get(name):
            return source, column.heading, column.letter
        return source, f"（缺列）{self._book.logs.logs[log].fields[name].zh}", ""

    def _linked(self, link: Link, row: Row) -> Iterable[Row]:
        if not link.by:  # figures of a whole year: no single record stands behind them
            return ()
        own, other = next(iter(link.by.items()))
        return self._records.of(link.log, other, row.get(own))


def _read(book: Rulebook, rule: Rule) -> _Read:
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
    if deadline.restart:
        names |= {deadline.restart.notice, deadline.restart.received}
    if deadline.extension:
        names |= {deadline.extension.approved, deadline.extension.notified, deadline.extension.days}
    return names
