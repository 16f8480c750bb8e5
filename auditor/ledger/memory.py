"""What the ledger remembers of each finding, for an audit that is not in it yet (`audit --since`)."""

import json
from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from auditor.domain.audit import Earlier
from auditor.domain.finding import Finding
from auditor.domain.rectification import Remembered, Standing
from auditor.ledger.schema import AUDIENCE, audits, findings, sightings
from auditor.ledger.store import Place, reading


def remembered(place: Place) -> Mapping[str, Remembered]:
    """All findings of the ledger by their ids."""
    with reading(place) as connection:
        taken = {row.number: row for row in connection.execute(select(audits))}
        rows = connection.execute(select(findings)).all()
    return {
        row.id: Remembered(
            first_seen=taken[row.first_audit].as_of,
            last_seen=taken[row.last_audit].as_of,
            recurrence=row.recurrence,
            state=row.state,
            standing=Standing.PUT_RIGHT if row.put_right else Standing.CONTINUING,
            fact=row.fact,
            reading=taken[row.last_audit].reading,
        )
        for row in rows
    }


def last_audit(place: Place) -> Earlier | None:
    """The audit that was taken in last, with the findings that it showed; None where the ledger is empty."""
    with reading(place) as connection:
        last = connection.execute(select(audits).order_by(audits.c.number.desc())).first()
        if last is None:
            return None
        shown = (sightings.c.audit == last.number) & (sightings.c.content != "")
        rows = connection.execute(select(sightings.c.finding, sightings.c.content).where(shown)).all()
    told = ({"id": row.finding, **json.loads(row.content)} for row in rows)
    found = (Finding.model_validate({key: each[key] for key in each if key != AUDIENCE}) for each in told)
    return Earlier(date.fromisoformat(last.as_of), last.period, tuple(found))
