"""A filled-in ledger merged back: what was changed since it went out, held against what others changed since.

Every cell has three values: as it went out, as it came back, as it stands now. Only what came back changed and
stands as it went out is taken over; everything else that differs is a conflict, and nothing is overwritten.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, select

from auditor.domain.rectification import FilledRow, FilledSheet
from auditor.errors import DataError, UsageError
from auditor.ledger.chain import STATE, Entry, hash_at, values_at
from auditor.ledger.days import day_of, impossible
from auditor.ledger.hands import Hands, hands_of
from auditor.ledger.issued import is_issued
from auditor.ledger.schema import audits, cells, findings, history, sightings
from auditor.ledger.stepping import Act, refusal, write
from auditor.ledger.store import Place, identity, known_ledger
from auditor.ledger.unitsheet import LOCKED, as_compared, locked, mark
from auditor.rulebook.rectification import CELLS, Steps

MARKS = ("问题库", "责任单位", "填写角色", "历史记录", "校验值", "签发")
_NUMBER = re.compile("[0-9]{1,9}")  # of an entry; databases count no further than ten digits


@dataclass(frozen=True)
class Conflict:
    """A cell that was not taken over: where, why, what it says and what stands in the ledger."""

    line: int
    finding: str
    field: str
    why: str
    came: str = ""
    stands: str = ""


@dataclass
class Merged:
    """What an import did."""

    cells: int = 0
    steps: int = 0
    absent: int = 0  # findings that went out and did not come back
    rows: int = 0
    conflicts: list[Conflict] = field(default_factory=list)
    lacking: tuple[str, ...] = ()  # columns that did not come back
    role: str = ""  # who was to fill it in


def merge(place: Place, steps: Steps, sheet: FilledSheet, by: str, on: str) -> Merged:
    """Merge a ledger that came back, in one transaction.

    Raises `DataError` where it is not one of this ledger's or did not go out to the role that it names, `UsageError`
    where nobody answers for it: only a unit's rows name the person who does.
    """
    told = [sheet.marks.get(name, "") for name in MARKS]
    name, unit, role, seq, hashed, issued = told
    if not _NUMBER.fullmatch(seq) or role not in steps.people:
        raise DataError(f"{sheet.file} 的出处读不懂。请在原来发出的文件里填写")
    with known_ledger(place) as connection:
        if identity(connection) != name or hash_at(connection, int(seq)) != hashed:
            raise DataError(f"{sheet.file} 不是由这个问题库发出的。请检查 --ledger，或者重新发出")
        of_unit = "person" in steps.may_fill(role)
        # Sheets that went out before there were such marks are taken as those of a unit, which closes nothing.
        if not is_issued(connection, role, int(seq), issued) and (issued or not of_unit):
            raise DataError(
                f"{sheet.file} 的出处写着由{role}填写，发出时不是这样。请在原来发出的文件里填写，或者重新发出"
            )
        if not by and not of_unit:
            raise UsageError(f"{sheet.file} 由{role}填写。用 --by 写明办理人姓名；“责任人”是整改的人，不能代替")
        return _Merge(connection, steps, sheet, role, unit, int(seq), by, on).run()


class _Merge:
    """One import; what it found out about each row it keeps by the finding's id."""

    def __init__(
        self,
        connection: Connection,
        steps: Steps,
        sheet: FilledSheet,
        role: str,
        unit: str,
        seq: int,
        by: str,
        on: str,
    ) -> None:
        self.connection, self.steps, self.sheet = connection, steps, sheet
        self.role, self.unit, self.seq, self.by, self.on = role, unit, seq, by, on
        self.why = f"导入 {sheet.file}"
        told = {row: marks.split() for row, marks in sheet.marks.items() if row not in MARKS}
        known = _known(connection, list(told))
        self.out = {row: marks for row, marks in told.items() if row in known}
        self.done = Merged(absent=len(self.out), rows=len(sheet.rows), lacking=tuple(sheet.lacking.values()), role=role)
        self.entries: list[Entry] = []

    def run(self) -> Merged:
        """Merge row by row, cells first, then the steps, which need what the cells say."""
        self._columns()
        rows = self._rows()
        self._load(list(rows))
        wanted = [name for name, row in rows.items() if row.cells.get("to", "").strip()]
        hands = hands_of(self.connection, wanted)
        for name, row in rows.items():
            self._locked(name, row)
            filled = self._cells(name, row)
            if name in hands:
                self._step(name, row, filled, hands[name])
        write(self.connection, self.entries)
        self.done.conflicts.sort(key=lambda each: each.line)
        return self.done

    def _columns(self) -> None:
        """The columns that were to be filled in came back: what was written in a lost one nobody can know."""
        for key, word in self.sheet.lacking.items():
            if key == "to" or key in self.steps.may_fill(self.role):
                why = f"缺少这一列，其中的填写没有收入。请在原来发出的文件里填写“{word}”后再交"
                self.done.conflicts.append(Conflict(self.sheet.head, "", key, why))

    def _rows(self) -> dict[str, FilledRow]:
        """The rows that went out, each once."""
        rows: dict[str, FilledRow] = {}
        for row in self.sheet.rows:
            name = row.cells["id"].strip()
            if not name:
                self._conflict(row, name, "id", "没有编号，不知是哪个问题，这一行的填写没有收入")
            elif name not in self.out:
                self._conflict(row, name, "id", "发出的台账里没有这个编号", name)
            elif name in rows and row.cells != rows[name].cells:
                self._conflict(row, name, "id", f"与第{rows[name].line}行是同一个问题，内容不同，以前一行为准")
            elif name not in rows:
                rows[name] = row
        self.done.absent -= len(rows)
        return rows

    def _load(self, ids: list[str]) -> None:
        """What stands now, what stood when the ledger went out, and who changed it since."""
        now: dict[str, Row[Any]] = {}
        written: dict[tuple[str, str], tuple[str, int]] = {}
        shown = (sightings.c.finding == findings.c.id) & (sightings.c.audit == findings.c.last_audit)
        for some in _batches(ids):
            known = select(findings, sightings.c.content).join(sightings, shown).where(findings.c.id.in_(some))
            now |= {row.id: row for row in self.connection.execute(known)}
            filled = select(cells).where(cells.c.finding.in_(some))
            written |= {(row.finding, row.field): (row.value, row.seq) for row in self.connection.execute(filled)}
        since = self.connection.execute(select(history).where(history.c.seq > self.seq).order_by(history.c.seq))
        self.later = {(row.finding, row.field): row for row in since if row.finding in now}
        touched = sorted({finding for finding, _ in self.later})
        self.before = values_at(self.connection, self.seq, touched, [STATE, *CELLS])
        self.now = {(name, STATE): row.state for name, row in now.items()}
        self.now |= {key: value for key, (value, _) in written.items()}
        self.findings = now
        self.days = {row.number: row.as_of for row in self.connection.execute(select(audits))}

    def _went_out(self, key: tuple[str, str]) -> str:
        return self.before.get(key, "") if key in self.later else self.now.get(key, "")

    def _locked(self, name: str, row: FilledRow) -> None:
        """Cells that were not to be changed are as they were sent."""
        for column, told in zip(LOCKED, self.out[name], strict=False):
            if column in row.cells and mark(self.sheet.marks[MARKS[0]], name, column, row.cells[column]) != told:
                found = self.findings[name]
                stands = locked(found, json.loads(found.content), self.days[found.first_audit])[column]
                self._conflict(row, name, column, "锁定的单元格被改动", row.cells[column], stands)

    def _cells(self, name: str, row: FilledRow) -> dict[str, str]:
        """Take over what may be; hands back what the cells of the finding say then, and the note if it is a new one."""
        filled: dict[str, str] = {cell: self.now.get((name, cell), "") for cell in CELLS}
        filled["why"] = ""
        who = self._who(row) or self.unit
        for cell in CELLS:
            if cell not in row.cells:
                continue
            came, base = as_compared(row.cells[cell]), self._went_out((name, cell))
            if cell == "rectified_on" and came and came != base:
                day = day_of(came)
                start = json.loads(self.findings[name].content)["start_on"]
                why = impossible(day, self.on, start) if day else "不是日期，写成 2026-01-31"
                if why:
                    self._conflict(row, name, cell, why, came, filled[cell])
                    continue
                came = day.isoformat() if day else came
            if came == as_compared(base):
                continue
            if came == as_compared(filled[cell]):  # taken over before, with a step that was not
                filled["why"] = came if cell == "note" else filled["why"]
                continue
            if cell not in self.steps.may_fill(self.role):
                self._conflict(row, name, cell, f"不由{self.role}填写", came, filled[cell])
            elif as_compared(filled[cell]) != as_compared(base):
                self._conflict(row, name, cell, self._by_another(name, cell), came, filled[cell])
            elif not came and cell in self.steps.rests_on(self.now[name, STATE]):
                why = f"已经办到“{self.now[name, STATE]}”，这一步须写明的内容不能清空"
                self._conflict(row, name, cell, why, came, filled[cell])
            else:
                self.entries.append(Entry(self.on, who, self.role, name, cell, filled[cell], came, self.why))
                filled[cell] = came
                filled["why"] = came if cell == "note" else filled["why"]
                self.done.cells += 1
        return filled

    def _step(self, name: str, row: FilledRow, filled: Mapping[str, str], hands: Hands) -> None:
        to, base, now = row.cells["to"].strip(), self._went_out((name, STATE)), self.now[name, STATE]
        if to in (base, now):
            return
        if now != base:
            self._conflict(row, name, "to", self._by_another(name, STATE), to, now)
            return
        who = self._who(row)
        if not who:
            self._conflict(row, name, "to", "没有写明责任人，也没有用 --by 写明办理人", to, now)
            return
        for entry in self.entries[-len(CELLS) :]:  # what this row has just said of who put it right
            if entry.finding == name:
                hands.note(entry.field, entry.who, entry.after)
        act = Act(to, who, self.role, self.on, filled["why"])
        why = refusal(self.steps, act, now, {**filled, "why": ""}, hands)
        if why:
            self._conflict(row, name, "to", why, to, now)
            return
        self.entries.append(Entry(self.on, who, self.role, name, STATE, now, to, filled["why"] or self.why))
        self.done.steps += 1

    def _who(self, row: FilledRow) -> str:
        """Who answers for what a row says: who is given, else (of a unit alone) the person it names."""
        return self.by or row.cells.get("person", "").strip()

    def _by_another(self, name: str, key: str) -> str:
        entry = self.later.get((name, key))
        return f"发出以后已由{entry.who}于 {entry.on} 改过" if entry else "发出以后已有人改过"

    def _conflict(self, row: FilledRow, name: str, key: str, why: str, came: str = "", stands: str = "") -> None:
        self.done.conflicts.append(Conflict(row.line, name, key, why, came, stands))


def _known(connection: Connection, ids: list[str]) -> set[str]:
    """Which of these the ledger has: the hidden sheet, too, can be written on."""
    wanted = (select(findings.c.id).where(findings.c.id.in_(some)) for some in _batches(ids))
    return {name for some in wanted for name in connection.execute(some).scalars()}


def _batches(ids: list[str]) -> Iterable[list[str]]:
    return (ids[at : at + 500] for at in range(0, len(ids), 500))
