"""Taking an audit into the ledger: what is new, what goes on, what was put right, what came back, what none can tell.

A finding that an audit does not show stays open: absence closes nothing.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from auditor.domain.finding import Finding
from auditor.domain.rectification import Pair, Standing
from auditor.errors import DataError
from auditor.ledger.chain import AUDIT, STATE, Entry, append, head
from auditor.ledger.schema import AUDIENCE, audits, findings, sightings
from auditor.ledger.standing import Told, behind, candidates, fact_of, seen_again, unseen
from auditor.ledger.store import Place, ledger
from auditor.rulebook.rectification import Steps

Ask = Callable[[set[Pair], Mapping[Pair, str]], Told]
_CONTENT = (
    *("rule", "also", "status", "severity", "unit", "log", "records", "start_on", "due_on", "done_on", "late"),
    *("provisional", "title", "regulation", "article", "detail", "liable", "remedy", "rectify_by"),
)


@dataclass(frozen=True)
class Intake:
    """How an audit stands to those taken in before."""

    number: int
    counts: Mapping[Standing, int]
    remarks: tuple[str, ...] = ()
    already: bool = False

    def as_text(self) -> str:
        """For the terminal."""
        if self.already:
            return f"这次审计已在问题库中（第{self.number}次），未重复收入。"
        counts = "，".join(f"{each.zh}{self.counts[each]}" for each in Standing)
        taken = f"已收入问题库（第{self.number}次审计）：{counts}（未见不等于已整改）。"
        return "\n".join([taken, *(f"注意：{remark}" for remark in self.remarks)])


@dataclass(frozen=True)
class AuditTaken:
    """An audit as the ledger takes it in.

    `ask` answers what it tells of obligations, with their logs; `audiences` who may read of the
    findings, by id, that not everybody may (as `Audience` says it); `reading` is the same for
    audits that read the same logs alike, `made_by` what it follows from, `differs` says where two of these differ.
    """

    receipt: str
    as_of: str
    period: str
    findings: Sequence[Finding]
    ask: Ask
    audiences: Mapping[str, str] = field(default_factory=dict)
    reading: str = ""
    made_by: Mapping[str, Any] = field(default_factory=dict)
    differs: Callable[[Mapping[str, Any], Mapping[str, Any]], str] = lambda old, new: ""
    remarks: tuple[str, ...] = ()


@dataclass
class _Changes:
    """What taking in an audit changes."""

    entries: list[Entry] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)
    new: list[dict[str, Any]] = field(default_factory=list)
    known: list[dict[str, Any]] = field(default_factory=list)
    unseen: list[dict[str, Any]] = field(default_factory=list)
    counts: Counter[Standing] = field(default_factory=Counter)
    old_facts: int = 0  # settled findings that the logs show as they were
    read_otherwise: int = 0  # findings that would be put right or back, were they not read otherwise than before


def take_in(audit: AuditTaken, place: Place, steps: Steps, on: str) -> Intake:
    """Add an audit to the ledger on the day `on`; the same audit is never added twice."""
    with ledger(place) as connection:
        known = connection.execute(select(audits.c.number).where(audits.c.receipt == audit.receipt)).scalar()
        if known is not None:
            return Intake(known, dict.fromkeys(Standing, 0), already=True)
        last = connection.execute(select(audits).order_by(audits.c.number.desc()).limit(1)).first()
        if last is not None and audit.as_of < last.as_of:
            raise DataError(
                f"问题库里最近一次审计的基准日是 {last.as_of}，这一次是 {audit.as_of}，更早。请按基准日的先后收入"
            )
        number = last.number + 1 if last else 1
        return _Intake(connection, audit, steps, on, number).take(last)


class _Intake:
    """One audit on its way into the ledger."""

    def __init__(self, connection: Connection, audit: AuditTaken, steps: Steps, on: str, number: int) -> None:
        self.connection, self.audit, self.steps, self.on, self.number = connection, audit, steps, on, number
        self.why = f"第{number}次审计（基准日{audit.as_of}）"
        self.changes = _Changes()
        self.settled, self.waiting = steps.settled, steps.only["waiting"]
        read = connection.execute(select(audits.c.number, audits.c.reading))
        self.alike = {row.number for row in read if row.reading == audit.reading}

    def take(self, last: Row[Any] | None) -> Intake:
        """Weigh every finding, shown or not, and write down what follows; `last` is the audit taken in before."""
        rows = {row.id: row for row in self.connection.execute(select(findings)).all()}
        behind_known = {name: _pairs(row.rests_on) for name, row in rows.items()}
        asked = {pair for pairs in behind_known.values() for pair in pairs}
        asked.update(pair for finding in self.audit.findings for pair in candidates(finding))
        told = self.audit.ask(asked, {pair: row.log for name, row in rows.items() for pair in behind_known[name]})
        shown = {finding.id for finding in self.audit.findings}
        for finding in self.audit.findings:
            row = rows.get(finding.id)
            self._shown(finding, row, behind_known.get(finding.id, []), told)
        for name, row in rows.items():
            if name not in shown:
                self._not_shown(row, unseen(row.status, row.log, behind_known[name], told))
        return self._write(last)

    def _shown(self, finding: Finding, row: Row[Any] | None, before: list[Pair], told: Told) -> None:
        steps, pairs = self.steps, behind(finding, told.statuses)
        state = steps.only["new"] if row is None else row.state
        if row is None:
            standing = Standing.NEW
            self._step(finding.id, "", state, f"{self.why}发现")
        else:
            standing = seen_again(finding, row.state, bool(row.put_right), row.fact, steps)
            if standing is Standing.BACK:
                standing = self._as_read(row, standing, Standing.CONTINUING)
            # What is behind a finding and not in this export stays behind it.
            pairs += [pair for pair in before if told.of(pair, finding.log, row.status) is None and pair not in pairs]
            if standing is Standing.BACK:
                state = self._program_step(row, steps.only["back"], f"{self.why}再次出现")
            self.changes.old_facts += standing is Standing.CONTINUING and row.state in steps.settled
        anew = standing in (Standing.NEW, Standing.BACK)
        now = {
            "status": finding.status.value,
            "unit": finding.unit,
            "log": finding.log,
            "state": state,
            "standing": standing.value,
            "put_right": 0,
            "last_audit": self.number,
            "recurrence": (row.recurrence if row else 0) + (standing is Standing.BACK),
            "rectify_by": (finding.rectify_by or "") if anew or row is None else row.rectify_by,
            "fact": fact_of(finding),
            "rests_on": json.dumps(pairs, ensure_ascii=False),
        }
        if row is None:
            self.changes.new.append({"id": finding.id, "rule": finding.rule, "first_audit": self.number, **now})
        else:
            self.changes.known.append({"of": finding.id, **now})
        self.changes.counts[standing] += 1
        self._see(finding.id, standing, finding)

    def _not_shown(self, row: Row[Any], standing: Standing) -> None:
        if standing is Standing.PUT_RIGHT:
            standing = self._as_read(row, standing, Standing.CANNOT_TELL)
        elif standing is Standing.CONTINUING and row.put_right:
            standing = self._as_read(row, Standing.BACK, standing)
        put_right, settled, state = standing is Standing.PUT_RIGHT, row.state in self.settled, row.state
        back = standing is Standing.BACK
        if put_right and not settled and state != self.waiting:
            state = self._program_step(row, self.waiting, f"{self.why}的台账显示已经改好，等待复核")
        if back:
            state = self._program_step(row, self.steps.only["back"], f"{self.why}再次违反，并入其他问题")
        if back or not settled:
            self.changes.counts[standing] += 1
        broken = standing in (Standing.CONTINUING, Standing.BACK)
        if (put_right and not row.put_right) or broken:
            self._see(row.id, standing, None)
        now = {
            "state": state,
            "standing": "" if settled and not back else standing.value,
            "put_right": int(not broken and (put_right or row.put_right)),
            "recurrence": row.recurrence + back,
        }
        if now != {name: getattr(row, name) for name in now}:
            self.changes.unseen.append({"of": row.id, **now})

    def _as_read(self, row: Row[Any], standing: Standing, otherwise: Standing) -> Standing:
        """The standing where the finding was shown last by an audit of the same reading, else what is sure then.

        What the rules make of a fact says nothing of the fact where they changed meanwhile.
        """
        if row.last_audit in self.alike:
            return standing
        self.changes.read_otherwise += 1
        return otherwise

    def _see(self, name: str, standing: Standing, finding: Finding | None) -> None:
        self.changes.seen.append(
            {"finding": name, "audit": self.number, "standing": standing.value, "content": self._content(finding)}
        )

    def _content(self, finding: Finding | None) -> str:
        """What the audit says of a finding; who may read it is sealed with the rest."""
        if finding is None:
            return ""
        told = finding.model_dump(mode="json", include=set(_CONTENT))
        if finding.id in self.audit.audiences:
            told[AUDIENCE] = self.audit.audiences[finding.id]
        return json.dumps(told, ensure_ascii=False, sort_keys=True)

    def _program_step(self, row: Row[Any], after: str, why: str) -> str:
        """Bring a finding on where the steps let the program do so; else it stays where it is."""
        if self.steps.step(row.state, after, self.steps.program) is None:
            return str(row.state)
        self._step(row.id, row.state, after, why)
        return after

    def _step(self, name: str, before: str, after: str, why: str) -> None:
        program = self.steps.program
        self.changes.entries.append(Entry(self.on, program, program, name, STATE, before, after, why))

    def _write(self, last: Row[Any] | None) -> Intake:
        done, audit = self.changes, self.audit
        counts = {standing: done.counts[standing] for standing in Standing}
        remarks = list(audit.remarks)
        if last is not None and last.reading != audit.reading:
            differs = audit.differs(json.loads(last.made_by), audit.made_by)
            remarks.append(f"审计依据与上一次收入的审计不同（{differs}），由此而来的差别不是整改，也不是复发。")
        if done.read_otherwise:
            remarks.append(
                f"有{done.read_otherwise}个问题上次列出时依据的规则、设置与这次不同，是否已改、复发无法认定："
                "不再列出的记为无法判断，仍列出的记为延续。"
            )
        if done.old_facts:
            remarks.append(f"有{done.old_facts}个已销号或不成立的问题，台账仍是原来的记载，未按复发处理。")
        row = {
            **{"number": self.number, "receipt": audit.receipt, "as_of": audit.as_of, "period": audit.period},
            **{"reading": audit.reading, "made_by": json.dumps(audit.made_by, ensure_ascii=False, sort_keys=True)},
            **{"counts": json.dumps(counts), "remarks": json.dumps(remarks, ensure_ascii=False)},
        }
        after = sealed(row, done.seen)
        program = self.steps.program
        taken = Entry(self.on, program, program, "", AUDIT, last.receipt if last else "", after, self.why)
        append(self.connection, [taken, *done.entries])
        seq = head(self.connection)[0] - len(done.entries)
        self.connection.execute(insert(audits).values({**row, "seq": seq}))
        for table, rows in ((sightings, done.seen), (findings, done.new)):
            if rows:
                self.connection.execute(insert(table), rows)
        for rows in (done.known, done.unseen):
            if rows:
                names = [name for name in rows[0] if name != "of"]
                change = update(findings).where(findings.c.id == bindparam("of"))
                self.connection.execute(change.values({name: bindparam(name) for name in names}), rows)
        return Intake(self.number, counts, tuple(remarks))


def sealed(audit: Mapping[str, Any], seen: Iterable[Mapping[str, Any]]) -> str:
    """What the history holds of an audit: all that stands of it in the ledger, as one hash, with its receipt."""
    digest = hashlib.sha256(json.dumps([str(audit[name]) for name in _SEALED], ensure_ascii=False).encode())
    for row in sorted(seen, key=lambda each: str(each["finding"])):
        digest.update(json.dumps([row["finding"], row["standing"], row["content"]], ensure_ascii=False).encode())
    return f"{audit['receipt']}:{digest.hexdigest()}"


_SEALED = ("number", "receipt", "as_of", "period", "reading", "made_by", "counts", "remarks")


def _pairs(rests_on: str) -> list[Pair]:
    return [(rule, record) for rule, record in json.loads(rests_on)]
