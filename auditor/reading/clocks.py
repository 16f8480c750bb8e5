"""The clock behind a date, as offices write it: 14:30, 14时30分, 下午2时半, and the day of the week before it."""

import re
from typing import NamedTuple

DAY_PARTS = "凌晨|清晨|早晨|早上|上午|中午|正午|下午|傍晚|晚上|晚间|夜间"
_MORNING = ("凌晨", "清晨", "早晨", "早上", "上午")
_NOON = ("中午", "正午")
_EVENING = ("傍晚", "晚上", "晚间", "夜间")
_LATE = ("下午", *_EVENING)
_WEEKDAYS = {name: number for number, name in enumerate("一二三四五六日", 1)} | {"天": 7}
_TAIL = re.compile(
    rf"(?:\(?(?:星期|周|礼拜)(?P<week>[一二三四五六日天])\s*\)?)?"
    rf"\s*(?P<part>{DAY_PARTS})?\s*"
    rf"(?:(?P<h>[0-9]{{1,2}})\s*:\s*(?P<m>[0-9]{{1,2}})"
    rf"(?:\s*:\s*(?P<s>[0-9]{{1,2}})(?:\.(?P<f>[0-9]{{1,9}}))?)?"
    rf"|(?P<hh>[0-9]{{1,2}})\s*[时点]\s*"
    rf"(?:(?P<half>半)|整|(?P<hm>[0-9]{{1,2}})\s*(?:分\s*(?:(?P<hs>[0-9]{{1,2}})\s*秒)?)?)?)?"
    rf"\s*(?P<noon>[aApP][mM])?\s*(?P<zone>Z|[+-][0-9]{{2}}:?[0-9]{{2}})?"
)
_HOUR, _MINUTE, _SECOND = 3_600_000_000, 60_000_000, 1_000_000
_HOME = 8 * 60


class Clock(NamedTuple):
    """What stands behind a date.

    `micros` since midnight, None where only a part of the day is named; `week` 1 to 7; `shift` minutes to add to come
    to the time here. `wrong` and `unsure`: the hour does not exist; it may be one of two.
    """

    micros: int | None = 0
    week: int | None = None
    shift: int | None = None
    wrong: bool = False
    unsure: bool = False


def read_clock(tail: str) -> Clock | None:
    """Understand what stands behind a date; None where it is neither a clock nor a day of the week."""
    if not tail:
        return Clock()
    found = _TAIL.fullmatch(tail)
    if found is None or not any(found.groups()):
        return None
    week, part, noon = found["week"], found["part"], found["noon"] and found["noon"].lower()
    hour = _number(found["h"] or found["hh"])
    weekday = _WEEKDAYS[week] if week else None
    if hour is None:
        return Clock(None if part or noon else 0, weekday, _shift(found["zone"]))
    minute = _number(found["m"] or found["hm"]) or (30 if found["half"] else 0)
    second = _number(found["s"] or found["hs"]) or 0
    fraction = int((found["f"] or "").ljust(6, "0")[:6])
    unsure = _is_unsure(hour, part)
    full = _full_hour(hour, part, noon)
    sharp = not (minute or second or fraction)
    exists = full is not None and (full < 24 or (full == 24 and sharp)) and minute < 60 and second < 60
    micros = None
    if full is not None and exists and not unsure:
        micros = full * _HOUR + minute * _MINUTE + second * _SECOND + fraction
    return Clock(micros, weekday, _shift(found["zone"]), not (unsure or exists), unsure)


def _number(digits: str | None) -> int | None:
    return int(digits) if digits else None


def _full_hour(hour: int, part: str | None, noon: str | None) -> int | None:
    """The hour of 24; None where part and hour contradict each other (上午13时)."""
    if part and noon:
        return None
    if noon == "am":
        return hour % 12 if 1 <= hour <= 12 else None
    if noon == "pm":
        return hour % 12 + 12 if 1 <= hour <= 12 else hour if 13 <= hour <= 23 else None
    if part in _MORNING:
        return hour if hour < 12 else None
    if part in _NOON:
        return hour if 11 <= hour <= 14 else hour + 12 if 1 <= hour <= 2 else None
    if part in _LATE:
        return hour + 12 if 1 <= hour <= 11 else hour if 12 <= hour <= 23 else None
    return hour


def _is_unsure(hour: int, part: str | None) -> bool:
    """Twelve in the morning or at night, or the small hours of an evening: of this day, or of the next?"""
    return (part in _MORNING and hour == 12) or (part in _EVENING and (hour in (0, 12, 24) or 1 <= hour <= 4))


def _shift(zone: str | None) -> int | None:
    if not zone:
        return None
    signed = "+0000" if zone == "Z" else zone.replace(":", "")
    minutes = int(signed[1:3]) * 60 + int(signed[3:5])
    return _HOME - (-minutes if signed[0] == "-" else minutes)
