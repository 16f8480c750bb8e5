"""A day as somebody typed it into a cell."""

import re
from datetime import date

_WRITTEN = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?")


def day_of(text: str) -> date | None:
    """The day; None where it is none."""
    found = _WRITTEN.fullmatch(text.strip())
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def impossible(day: date, on: str, start_on: str | None) -> str | None:
    """Why something cannot have been put right on this day; None where it can."""
    if day.isoformat() > on:
        return f"{day} 晚于办理日期 {on}"
    if start_on and day.isoformat() < start_on[:10]:
        return f"{day} 早于事情发生的日期 {start_on[:10]}"
    return None
