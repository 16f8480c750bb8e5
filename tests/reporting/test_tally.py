"""A rate never says all or none unless it is all or none."""

import pytest

from auditor.reporting.tally import BAR_WIDTH, Tally, percent


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (0, 7, "0.0%"),
        (1, 100_000, "0.1%"),
        (1, 3, "33.3%"),
        (2, 3, "66.7%"),
        (99_999, 100_000, "99.9%"),
        (7, 7, "100.0%"),
    ],
)
def test_a_percentage_is_rounded_but_never_to_all_or_none(part: int, whole: int, shown: str) -> None:
    assert percent(part, whole) == shown


def test_what_is_not_settled_does_not_enter_the_rate() -> None:
    tally = Tally(met=8, breached=2, pending=5, excused=4, unverifiable=3, manual=1)
    assert tally.rate == "8/10（80.0%）"
    assert tally.total == 23


def test_the_bar_is_as_long_as_its_parts() -> None:
    bar = Tally(met=1, breached=1, manual=1).bar
    assert sum(part.length for part in bar) == BAR_WIDTH
    assert [part.start for part in bar] == [0, 333, 666]


def test_an_unknown_status_is_an_error() -> None:
    with pytest.raises(ValueError, match="passed"):
        Tally.of({"passed": 1})
