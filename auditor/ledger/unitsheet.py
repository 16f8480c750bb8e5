"""The rectification ledger of a unit (整改台账) as it goes out: what stands fast, and what may be filled in."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, func, select

from auditor.domain.audit import HIDDEN_UNIT, Audience
from auditor.domain.obligation import Severity
from auditor.domain.rectification import SheetRow, Standing, UnitSheet
from auditor.domain.titles import book_title
from auditor.errors import UsageError
from auditor.ledger.chain import head
from auditor.ledger.schema import AUDIENCE, audits, cells, findings, sightings
from auditor.ledger.store import Place, identity, reading
from auditor.rulebook.rectification import CELLS, Steps

LOCKED = ("id", "severity", "clause", "title", "detail", "remedy", "rectify_by", "first_seen", "standing", "state")


def unit_sheet(place: Place, steps: Steps, unit: str, role: str, on: str) -> UnitSheet:
    """What is not settled of a unit, ordered by state, then by weight. Raises `UsageError` for an unknown unit.

    What no unit may be told of is held back and counted, whoever fills the sheet in: it bears the unit's name.
    """
    if role not in steps.people:
        raise UsageError(f"没有角色“{role}”。可用：{'、'.join(steps.people)}")
    with reading(place) as connection:
        counted = select(findings.c.unit, func.count()).group_by(findings.c.unit).order_by(findings.c.unit)
        units = [str(name) for name, _ in connection.execute(counted)]
        if unit not in units:
            raise UsageError(f"问题库里没有“{unit}”的问题。有：{'、'.join(units) or '（空）'}")
        shown = (sightings.c.finding == findings.c.id) & (sightings.c.audit == findings.c.last_audit)
        wanted = select(findings, sightings.c.content).join(sightings, shown).where(findings.c.unit == unit)
        rows = connection.execute(wanted.where(findings.c.state.not_in(steps.settled))).all()
        days = {row.number: row.as_of for row in connection.execute(select(audits.c.number, audits.c.as_of))}
        written: dict[str, dict[str, str]] = {}
        own = select(cells).join(findings, findings.c.id == cells.c.finding).where(findings.c.unit == unit)
        for cell in connection.execute(own):
            written.setdefault(cell.finding, {})[cell.field] = cell.value
        withheld = frozenset[str]() if unit == HIDDEN_UNIT else _withheld(connection, unit)
        seq, hashed = head(connection)
        name = identity(connection)
    order = {state: place for place, state in enumerate(steps.states)}
    weighed = [(row, json.loads(row.content)) for row in rows if row.id not in withheld]
    weighed.sort(key=lambda each: (order.get(each[0].state, 99), Severity(each[1]["severity"]).rank, each[0].id))
    made = tuple(
        SheetRow(
            row.id,
            locked(row, content, days[row.first_audit]),
            {cell: written.get(row.id, {}).get(cell, "") for cell in CELLS},
            steps.ahead(row.state, role),
        )
        for row, content in weighed
    )
    return UnitSheet(name, unit, role, seq, hashed, max(days, default=0), on, made, len(rows) - len(made))


def _withheld(connection: Connection, unit: str) -> frozenset[str]:
    """The unit's findings that it may not be told of: as any audit found, for a later one may have less to go by.

    What was for the unit that answered then is not for another that answers now.
    """
    told = select(sightings.c.finding, sightings.c.content).join(findings, findings.c.id == sightings.c.finding)
    rows = connection.execute(told.where(findings.c.unit == unit, sightings.c.content != ""))
    said = ((row.finding, json.loads(row.content)) for row in rows)
    own = (Audience.UNIT.value, unit)
    return frozenset(name for name, each in said if AUDIENCE in each and (each[AUDIENCE], each["unit"]) != own)


def locked(row: Row[Any], content: Mapping[str, Any], first_seen: str) -> dict[str, str]:
    """The cells of a finding that nobody is to change."""
    return {
        "id": row.id,
        "severity": Severity(content["severity"]).zh,
        "clause": book_title(content["regulation"]) + content["article"],
        "title": content["title"],
        "detail": content["detail"],
        "remedy": content["remedy"],
        "rectify_by": row.rectify_by,
        "first_seen": first_seen,
        "standing": Standing(row.standing).zh if row.standing else "",
        "state": row.state,
    }


def marks_of(ledger: str, row: SheetRow) -> str:
    """What tells which of a row's locked cells were changed: a short hash of each, in the order of `LOCKED`."""
    return " ".join(mark(ledger, row.id, name, row.locked[name]) for name in LOCKED)


def mark(ledger: str, finding: str, name: str, value: str) -> str:
    """The hash of one cell; line ends and blanks at the ends make no difference: programs change them."""
    plain = as_compared(value)
    return hashlib.sha256("\x1f".join((ledger, finding, name, plain)).encode("utf-8", "replace")).hexdigest()[:8]


def as_compared(value: str) -> str:
    """A cell's text as compared."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    return "\n".join(line.rstrip() for line in lines)
