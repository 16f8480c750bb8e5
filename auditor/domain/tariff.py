"""Tariffs (收费标准): what a number of items or pages comes to, by marginal steps.

Each step has its own price for the part of the number that falls into it (超额累进). The last step may
rise: from there every further `every` cost `more` apiece than those before.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """Up to which number the price holds (none: without end), and what one costs there, in yuan."""

    up_to: int | None
    each: int
    every: int = 0
    more: int = 0


def charge(steps: Sequence[Step], number: int) -> int:
    """What `number` come to altogether."""
    total, below = 0, 0
    for step in steps:
        inside = (number if step.up_to is None else min(number, step.up_to)) - below
        if inside <= 0:
            break
        total += step.each * inside
        if step.every:
            bands, rest = divmod(inside, step.every)
            total += step.more * (step.every * bands * (bands - 1) // 2 + rest * bands)
        below += inside
    return total


def is_charge(steps: Sequence[Step], number: int, amount: float, *, running: bool) -> bool:
    """Whether `amount` is what the tariff says for `number`.

    A running number counts on over a month, and one request is charged for its last ones only, how many
    the number does not tell: then any sum of the last prices is right.
    """
    if not running:
        return round(amount * 100) == charge(steps, number) * 100
    if number < 1:
        return round(amount * 100) == 0
    before = charge(steps, number) * 100 - round(amount * 100)
    low, high = 0, number - 1  # how many were charged before this request
    while low < high:
        middle = (low + high) // 2
        if charge(steps, middle) * 100 < before:
            low = middle + 1
        else:
            high = middle
    return charge(steps, low) * 100 == before
