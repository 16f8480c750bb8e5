"""Periods (期间): of an audit, of an answer, and those in which a duty recurs (频次)."""

import calendar as months
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Cadence(StrEnum):
    """How often a duty recurs; each in periods of the calendar."""

    YEAR = "year"
    HALF_YEAR = "half year"
    QUARTER = "quarter"
    MONTH = "month"
    DAY = "day"

    @property
    def zh(self) -> str:
        """As the office says it."""
        return _CADENCE_ZH[self]

    def period(self, day: date) -> "Period":
        """The period that `day` falls into."""
        if self is Cadence.DAY:
            return Period(day.isoformat(), day, day)
        length = _MONTHS[self]
        first_month = (day.month - 1) // length * length + 1
        number = (first_month - 1) // length + 1
        name = {Cadence.YEAR: "", Cadence.HALF_YEAR: f"H{number}", Cadence.QUARTER: f"Q{number}"}
        last_month = first_month + length - 1
        return Period(
            f"{day.year}{name.get(self, f'-{day.month:02}')}",
            date(day.year, first_month, 1),
            _month_end(day.year, last_month),
        )

    def periods(self, first: date, last: date) -> "Iterator[Period]":
        """The periods that begin from `first` to `last`, both days included."""
        period = self.period(first)
        if period.first < first:
            period = self.period(period.last + timedelta(days=1))
        while period.first <= last:
            yield period
            period = self.period(period.last + timedelta(days=1))


_MONTHS = {Cadence.YEAR: 12, Cadence.HALF_YEAR: 6, Cadence.QUARTER: 3, Cadence.MONTH: 1}
_CADENCE_ZH = {
    Cadence.YEAR: "每年",
    Cadence.HALF_YEAR: "每半年",
    Cadence.QUARTER: "每季度",
    Cadence.MONTH: "每月",
    Cadence.DAY: "每日",
}


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, both included; `text` as the user wrote it."""

    text: str
    first: date
    last: date


def parse_period(text: str) -> Period:
    """Read `2025`, `2025H1`, `2025Q1`, `2025-03`, `2025-03-05` or `2025-01-01..2025-06-30`; else `ValueError`."""
    word = str(text).strip()
    if re.fullmatch(r"[1-9]\d{3}", word):
        return Period(word, date(int(word), 1, 1), date(int(word), 12, 31))
    if half := re.fullmatch(r"([1-9]\d{3})[Hh]([12])", word):
        return Cadence.HALF_YEAR.period(date(int(half[1]), int(half[2]) * 6, 1))
    if quarter := re.fullmatch(r"([1-9]\d{3})[Qq]([1-4])", word):
        year, last_month = int(quarter[1]), int(quarter[2]) * 3
        return Period(word.upper(), date(year, last_month - 2, 1), _month_end(year, last_month))
    if month := re.fullmatch(r"([1-9]\d{3})-(0[1-9]|1[0-2])", word):
        year, number = int(month[1]), int(month[2])
        return Period(word, date(year, number, 1), _month_end(year, number))
    if re.fullmatch(r"\d{4}-\d\d-\d\d", word):
        word = f"{word}..{word}"
    first, dots, last = word.partition("..")
    try:
        period = Period(word, date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        dots = ""
    if not dots or period.first > period.last:
        raise ValueError(f"期间“{text}”读不出，写成 2025、2025Q1、2025-03 或 2025-01-01..2025-06-30")
    return period


def _month_end(year: int, month: int) -> date:
    return date(year, month, months.monthrange(year, month)[1])
