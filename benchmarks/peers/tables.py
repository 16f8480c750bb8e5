"""What every way of checking starts from and must end with: typed logs, the calendar, and the verdicts.

The logs are read once, by the program's own reading, and kept as Parquet: no way has an easier input than another.

    <log>.parquet    one row a record: `_record`, `_row`, `_unread` (fields whose cell could not be read), the fields
    days.parquet     one row a day of the calendar: `day` (days since 1970), `passed` (working days up to and with it)
    about.json       the day of the audit, the bureau, which log has which fields
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

# One row a verdict, in this order; days are dates, `late` is in the days of the limit.
VERDICT = ("rule", "record", "unit", "row", "status", "start_on", "due_on", "done_on", "late")
IN_FORCE = date(2021, 1, 1)
EPOCH = date(1970, 1, 1)


def number(day: date) -> int:
    """Days since 1970."""
    return (day - EPOCH).days


def about(folder: Path) -> Any:
    """What was noted of the tables in `folder` when they were prepared."""
    return json.loads((folder / "about.json").read_text(encoding="utf-8"))
