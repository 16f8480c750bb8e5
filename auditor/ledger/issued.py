"""Under which role a sheet went out (签发): a mark that only the ledger which wrote it can work out.

What stands on the sheet can be changed by whoever fills it in. The key is the seal of the first entry, which rests on
everything that the first audit showed and is written on no sheet: one only goes out once there are later entries.
"""

import hmac

from sqlalchemy import Connection

from auditor.ledger.chain import START, hash_at
from auditor.ledger.store import Place, reading


def issue(place: Place, role: str, seq: int) -> str:
    """The mark of a sheet that goes out to be filled in by a role, when the history is `seq` entries long."""
    with reading(place) as connection:
        return _mark(connection, role, seq)


def is_issued(connection: Connection, role: str, seq: int, mark: str) -> bool:
    """Whether a sheet with this mark went out to be filled in by the role."""
    return hmac.compare_digest(_mark(connection, role, seq).encode(), mark.encode("utf-8", "replace"))


def _mark(connection: Connection, role: str, seq: int) -> str:
    key = hash_at(connection, 1) or START
    return hmac.new(key.encode(), f"{seq}\x1f{role}".encode(), "sha256").hexdigest()
