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

# What the checks read of each log: its days, and everything else.
DAYS = {
    "publications": "formed_on published_on catalogued_on changed_on updated_on",
    "reviews": "submitted_on section_head_on leader_on",
    "requests": "received_on registered_on transferred_on section_received_on section_replied_on replied_on"
    " correction_notified_on correction_received_on extension_approved_on extension_notified_on",
    "consultations": "sent_on answered_on",
    "messages": "received_on assigned_on replied_on",
}
FIELDS = {
    "publications": "publication_id title unit attribute important vital_interest secrecy delay_reason"
    " delay_approved_by summary categories channels text",
    "reviews": "publication_id conclusion scope_checked form_checked accuracy_checked timeliness_checked",
    "requests": "request_id unit applicant contact description channel outcome reply_reason delivery search_record"
    " pointer remedy_notice extension_days",
    "consultations": "request_id written",
    "messages": "unit kind made_public confidential reply",
}
# Where a record names no unit, that of the record it belongs to.
UNITS = {"reviews": ("publications", "publication_id"), "consultations": ("requests", "request_id")}

# Personal data as one writes it by hand: enough for texts of the generator, less than the program's own detector knows.
MOBILE = r"(?:^|[^0-9A-Za-z./=_-])1[3-9][0-9]{9}(?:$|[^0-9A-Za-z])"
EMAIL = r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
RESIDENT = r"[0-9]{6}(?:18|19|20)[0-9]{9}[0-9Xx]"
RESIDENT_ALONE = rf"(?:^|[^0-9A-Za-z./=_-])({RESIDENT})(?:$|[^0-9A-Za-z])"
CHECK_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_SIGNS = "10X98765432"  # by the weighted sum modulo 11


def number(day: date) -> int:
    """Days since 1970."""
    return (day - EPOCH).days


def about(folder: Path) -> Any:
    """What was noted of the tables in `folder` when they were prepared."""
    return json.loads((folder / "about.json").read_text(encoding="utf-8"))


def columns(log: str) -> list[str]:
    """The columns of a log that the checks need."""
    return ["_record", "_row", "_unread", *FIELDS[log].split(), *DAYS[log].split()]
