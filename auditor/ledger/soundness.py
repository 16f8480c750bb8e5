"""Is the ledger what it was when it was written: the chain, what audits showed, and where things stand now."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from auditor.ledger.chain import AUDIT, STATE, broken_links
from auditor.ledger.intake import sealed
from auditor.ledger.schema import audits, cells, findings, history, sightings
from auditor.ledger.store import Place, reading


def faults_of(place: Place) -> list[str]:
    """Everything that is not as it was written; empty where the ledger is sound."""
    with reading(place) as connection:
        found = list(_file(connection))
        found += broken_links(connection)
        return found or [*_audits(connection), *_present(connection)]


def _file(connection: Connection) -> Iterator[str]:
    """What SQLite itself finds wrong with its file."""
    if connection.dialect.name == "sqlite":
        said = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
        yield from (f"文件损坏：{each}" for each in said if each != "ok")


def _audits(connection: Connection) -> Iterator[str]:
    entries = {
        row.seq: row.after
        for row in connection.execute(select(history.c.seq, history.c.after).where(history.c.field == AUDIT))
    }
    for row in connection.execute(select(audits).order_by(audits.c.number)).all():
        seen = connection.execute(select(sightings).where(sightings.c.audit == row.number))
        if entries.pop(row.seq, None) != sealed(row._asdict(), (each._asdict() for each in seen)):
            yield f"第{row.number}次审计收入的内容与历史记录不符，被改动过"
    if entries:
        yield f"历史记录里有{len(entries)}次审计的内容不在问题库里"


def _present(connection: Connection) -> Iterator[str]:
    """States and cells as they stand are what the history leads to."""
    states: dict[str, str] = {}
    filled: dict[tuple[str, str], str] = {}
    changes = select(history.c.finding, history.c.field, history.c.after).where(history.c.field != AUDIT)
    for row in connection.execute(changes.order_by(history.c.seq)):
        if row.field == STATE:
            states[row.finding] = row.after
        else:
            filled[row.finding, row.field] = row.after
    now = {row.id: row.state for row in connection.execute(select(findings.c.id, findings.c.state))}
    wrong = sorted(name for name in now.keys() | states.keys() if now.get(name) != states.get(name))
    yield from (f"问题 {name} 的状态与历史记录不符" for name in wrong)
    held = {(row.finding, row.field): row.value for row in connection.execute(select(cells))}
    astray = sorted(key for key in held.keys() | filled.keys() if held.get(key) != filled.get(key))
    yield from (f"问题 {name} 填写的内容（{field}）与历史记录不符" for name, field in astray)
