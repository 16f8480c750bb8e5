"""What the ledger remembers of each finding, for an audit that is not in it yet (`audit --since`)."""

from collections.abc import Mapping

from sqlalchemy import select

from auditor.domain.rectification import Remembered, Standing
from auditor.ledger.schema import audits, findings
from auditor.ledger.store import Place, reading


def remembered(place: Place) -> Mapping[str, Remembered]:
    """All findings of the ledger by their ids."""
    with reading(place) as connection:
        days = {row.number: row.as_of for row in connection.execute(select(audits))}
        rows = connection.execute(select(findings)).all()
    return {
        row.id: Remembered(
            first_seen=days[row.first_audit],
            last_seen=days[row.last_audit],
            recurrence=row.recurrence,
            state=row.state,
            standing=Standing.PUT_RIGHT if row.put_right else Standing.CONTINUING,
            fact=row.fact,
        )
        for row in rows
    }
