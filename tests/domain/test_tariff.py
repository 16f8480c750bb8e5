"""Tariffs: the published check values, and random numbers against adding up one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.domain.tariff import Step, charge, is_charge

ITEMS = (Step(10, 0), Step(30, 100), Step(None, 200, every=10, more=100))
PAGES = (Step(30, 0), Step(100, 10), Step(200, 20), Step(None, 40))


def price_of_item(position: int) -> int:
    """Up to ten free, to thirty 100 yuan, then 100 more for every band of ten."""
    if position <= 10:
        return 0
    return 100 if position <= 30 else 100 * ((position - 31) // 10 + 2)


@pytest.mark.parametrize(
    ("steps", "number", "yuan"),
    [
        (ITEMS, 10, 0),
        (ITEMS, 30, 2_000),
        (ITEMS, 40, 4_000),
        (ITEMS, 45, 5_500),
        (PAGES, 30, 0),
        (PAGES, 100, 700),
        (PAGES, 200, 2_700),
        (PAGES, 2_219, 83_460),
        (ITEMS, 0, 0),
        (ITEMS, -1, 0),
    ],
)
def test_the_check_values(steps: tuple[Step, ...], number: int, yuan: int) -> None:
    assert charge(steps, number) == yuan


@given(number=st.integers(0, 400))
def test_a_charge_is_the_sum_of_the_prices(number: int) -> None:
    assert charge(ITEMS, number) == sum(price_of_item(each) for each in range(1, number + 1))


@given(number=st.integers(1, 120), taken=st.integers(1, 120), off=st.integers(-150, 150))
def test_a_running_number_allows_any_sum_of_the_last_prices_and_nothing_else(number: int, taken: int, off: int) -> None:
    last = range(max(1, number - taken + 1), number + 1)
    amount = sum(price_of_item(each) for each in last) + off
    sums = {sum(price_of_item(each) for each in range(first, number + 1)) for first in range(1, number + 1)}

    assert is_charge(ITEMS, number, amount, running=True) is (amount in sums)


@pytest.mark.parametrize(("amount", "right"), [(200, True), (200.004, True), (200.5, False), (199, False)])
def test_what_does_not_run_on_has_one_right_amount_to_the_cent(amount: float, right: bool) -> None:
    assert is_charge(PAGES, 50, amount, running=False) is right


def test_nothing_counted_may_cost_nothing_only() -> None:
    assert is_charge(ITEMS, 0, 0, running=True)
    assert not is_charge(ITEMS, 0, 100, running=True)
