"""Audit periods (审计期间): a year, a quarter, a month, or from one day to another."""

import calendar as months
import re
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, both included; `text` as the user wrote it."""

    text: str
    first: date
    last: date


def parse_period(text: str) -> Period:
    """Read `2025`, `2025Q1`, `2025-03` or `2025-01-01..2025-06-30`; `ValueError` otherwise."""
    word = str(text).strip()
    if re.fullmatch(r"\d{4}", word):
        return Period(word, date(int(word), 1, 1), date(int(word), 12, 31))
    if quarter := re.fullmatch(r"(\d{4})[Qq]([1-4])", word):
        year, last_month = int(quarter[1]), int(quarter[2]) * 3
        return Period(word.upper(), date(year, last_month - 2, 1), _month_end(year, last_month))
    if month := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", word):
        year, number = int(month[1]), int(month[2])
        return Period(word, date(year, number, 1), _month_end(year, number))
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
