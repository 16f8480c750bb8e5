"""The chain of the history: every entry is sealed with the hash of the one before it (哈希链)."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from auditor.ledger.schema import about, history

START = "0" * 64
STATE, AUDIT = "state", "audit"  # what an entry changes, besides a cell
_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One change: when, who, as what, of which finding, from what to what, and why."""

    on: str
    who: str
    role: str
    finding: str
    field: str
    before: str
    after: str
    why: str = ""


def seal(seq: int, entry: Entry, previous: str) -> str:
    """The hash of an entry in its place."""
    parts = (
        *(previous, seq, entry.on, entry.who, entry.role, entry.finding),
        *(entry.field, entry.before, entry.after, entry.why),
    )
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


def head(connection: Connection) -> tuple[int, str]:
    """The number and the hash of the last entry."""
    row = connection.execute(select(history.c.seq, history.c.hash).order_by(history.c.seq.desc()).limit(1)).first()
    return (int(row.seq), str(row.hash)) if row else (0, START)


def append(connection: Connection, entries: Sequence[Entry]) -> int:
    """Add entries at the end; hands back the number of the first. Only in a transaction that is alone."""
    last, previous = head(connection)
    if not entries:
        return last
    rows = []
    for seq, entry in enumerate(entries, start=last + 1):
        previous = seal(seq, entry, previous)
        rows.append({"seq": seq, **_columns(entry), "hash": previous})
    for at in range(0, len(rows), _BATCH):
        connection.execute(insert(history), rows[at : at + _BATCH])
    _note_length(connection, last + len(rows))
    return last + 1


def _columns(entry: Entry) -> dict[str, str]:
    return {name: getattr(entry, name) for name in Entry.__slots__}


def _note_length(connection: Connection, length: int) -> None:
    """How long the history is stands elsewhere too: a chain does not show that its end is missing."""
    changed = connection.execute(about.update().where(about.c.key == "length").values(value=str(length)))
    if not changed.rowcount:
        connection.execute(insert(about).values(key="length", value=str(length)))


def broken_links(connection: Connection) -> Iterator[str]:
    """What is wrong with the chain: entries that are missing, doubled or not what was sealed."""
    previous, expected = START, 1
    for row in connection.execute(select(history).order_by(history.c.seq)):
        if row.seq != expected:
            yield f"历史记录第{expected}条缺失"
            return
        entry = Entry(*(getattr(row, name) for name in Entry.__slots__))
        previous = seal(row.seq, entry, previous)
        if previous != row.hash:
            yield f"历史记录第{row.seq}条与校验值不符，被改动过"
            return
        expected += 1
    length = connection.execute(select(about.c.value).where(about.c.key == "length")).scalar()
    if str(length or 0) != str(expected - 1):
        yield f"历史记录应有{length}条，现有{expected - 1}条"


def values_at(
    connection: Connection, seq: int, findings: Iterable[str], fields: Sequence[str]
) -> dict[tuple[str, str], str]:
    """What fields of findings held when the history was `seq` entries long; only those changed since are looked up."""
    wanted = list(findings)
    held: dict[tuple[str, str], str] = {}
    for at in range(0, len(wanted), 500):
        some = wanted[at : at + 500]
        among = history.c.finding.in_(some) & history.c.field.in_(fields) & (history.c.seq <= seq)
        latest = select(func.max(history.c.seq)).where(among).group_by(history.c.finding, history.c.field)
        found = select(history.c.finding, history.c.field, history.c.after).where(history.c.seq.in_(latest))
        held |= {(row.finding, row.field): row.after for row in connection.execute(found)}
    return held


def hash_at(connection: Connection, seq: int) -> str | None:
    """The hash of an entry; None where the history is not as long."""
    if seq == 0:
        return START
    return connection.execute(select(history.c.hash).where(history.c.seq == seq)).scalar()
