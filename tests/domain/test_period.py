"""Audit periods as users write them."""

from datetime import date

import pytest

from auditor.domain.period import parse_period


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("2025Q1", date(2025, 1, 1), date(2025, 3, 31)),
        ("2024q4", date(2024, 10, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025-01-01..2025-06-30", date(2025, 1, 1), date(2025, 6, 30)),
    ],
)
def test_a_period_has_a_first_and_a_last_day(text: str, first: date, last: date) -> None:
    """Both belong to it."""
    period = parse_period(text)

    assert (period.first, period.last) == (first, last)


@pytest.mark.parametrize("text", ["", "25", "2025Q5", "2025-13", "2025-06-30..2025-01-01", "2025-01-01", "去年"])
def test_what_is_no_period_is_refused(text: str) -> None:
    """With the forms that are understood."""
    with pytest.raises(ValueError, match="读不出"):
        parse_period(text)
