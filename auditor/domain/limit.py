"""Limits (期限): a length of time and in what it is counted."""

import re
from dataclasses import dataclass
from functools import lru_cache

from auditor.domain.obligation import DayType

_UNITS = {
    "wd": DayType.WORKING,
    "working day": DayType.WORKING,
    "working days": DayType.WORKING,
    "个工作日": DayType.WORKING,
    "d": DayType.CALENDAR,
    "day": DayType.CALENDAR,
    "days": DayType.CALENDAR,
    "calendar day": DayType.CALENDAR,
    "calendar days": DayType.CALENDAR,
    "日": DayType.CALENDAR,
    "m": DayType.MONTH,
    "month": DayType.MONTH,
    "months": DayType.MONTH,
    "个月": DayType.MONTH,
    "h": DayType.HOURS,
    "hour": DayType.HOURS,
    "hours": DayType.HOURS,
    "小时": DayType.HOURS,
}
_ZH = {
    DayType.WORKING: "个工作日",
    DayType.CALENDAR: "日",
    DayType.MONTH: "个月",
    DayType.HOURS: "小时",
}


@dataclass(frozen=True)
class Limit:
    """`number` of working days, calendar days, months or hours; 0 calendar days is the same day (同时)."""

    number: int
    day_type: DayType

    @property
    def zh(self) -> str:
        """As the office says it, e.g. 20个工作日."""
        if self.number == 0:
            return "当日"
        return f"{self.number}{_ZH[self.day_type]}"


def parse_limit(text: str) -> Limit:
    """Read `20 working days`, `20wd`, `30d`, `1 month`, `48h` or `same day`; `ValueError` otherwise."""
    return _parsed(str(text))  # a settings file may hold anything


@lru_cache
def _parsed(text: str) -> Limit:
    word = text.strip().lower()
    if word == "same day":
        return Limit(0, DayType.CALENDAR)
    found = re.fullmatch(r"(\d{1,4})\s*(\D+)", word, flags=re.ASCII)
    if not found or found[2].strip() not in _UNITS:
        raise ValueError(f"期限“{text}”读不出|写成数字加单位，如 5 working days、30 days、1 month、48 hours、same day")
    return Limit(int(found[1]), _UNITS[found[2].strip()])
