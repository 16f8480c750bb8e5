"""Audit periods as users write them."""

from datetime import date

import pytest

from auditor.domain.period import Cadence, parse_period


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("2025Q1", date(2025, 1, 1), date(2025, 3, 31)),
        ("2024q4", date(2024, 10, 1), date(2024, 12, 31)),
        ("2025H2", date(2025, 7, 1), date(2025, 12, 31)),
        ("2025-03-05", date(2025, 3, 5), date(2025, 3, 5)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025-01-01..2025-06-30", date(2025, 1, 1), date(2025, 6, 30)),
    ],
)
def test_a_period_has_a_first_and_a_last_day(text: str, first: date, last: date) -> None:
    """Both belong to it."""
    period = parse_period(text)

    assert (period.first, period.last) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "25",
        "2025Q5",
        "2025-13",
        "2025-06-30..2025-01-01",
        "2025-02-30",
        "2025H3",
        "去年",
        "0000",
        "0000Q1",
        "0000-01",
    ],
)
def test_what_is_no_period_is_refused(text: str) -> None:
    """With the forms that are understood."""
    with pytest.raises(ValueError, match="读不出"):
        parse_period(text)


def test_periods_of_a_cadence_begin_within_the_span() -> None:
    """A period that began before the span is not one of it; the one that begins on its last day is."""
    assert [p.text for p in Cadence.YEAR.periods(date(2020, 12, 2), date(2022, 1, 1))] == ["2021", "2022"]
    assert [p.text for p in Cadence.HALF_YEAR.periods(date(2025, 1, 1), date(2026, 6, 30))] == [
        "2025H1",
        "2025H2",
        "2026H1",
    ]
    assert [p.text for p in Cadence.QUARTER.periods(date(2025, 2, 1), date(2025, 12, 31))] == [
        "2025Q2",
        "2025Q3",
        "2025Q4",
    ]
    assert [p.text for p in Cadence.MONTH.periods(date(2024, 12, 1), date(2025, 1, 31))] == ["2024-12", "2025-01"]
    assert [p.text for p in Cadence.DAY.periods(date(2024, 2, 28), date(2024, 3, 1))] == [
        "2024-02-28",
        "2024-02-29",
        "2024-03-01",
    ]


@pytest.mark.parametrize("cadence", list(Cadence))
def test_a_period_is_read_back_from_its_name(cadence: Cadence) -> None:
    """So that an inspector's answer can name it."""
    period = cadence.period(date(2025, 8, 17))

    assert parse_period(period.text) == period or (parse_period(period.text).first, period.last) == (
        period.first,
        period.last,
    )
