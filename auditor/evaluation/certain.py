"""What need not be worked out: answers that hold for every row, and columns that only a few rows have.

Expressions are put together for every rule and evaluated over every row; one that can only come to the same
everywhere costs as much as any other. They are told by identity: another expression that happens to be
always true is merely evaluated.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from operator import or_

import polars as pl

ALWAYS, NEVER = pl.lit(True), pl.lit(False)


def negated(flag: pl.Expr) -> pl.Expr:
    """Whether the flag is false."""
    if flag is ALWAYS or flag is NEVER:
        return NEVER if flag is ALWAYS else ALWAYS
    return ~flag


def both(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Whether both flags are true."""
    if one is NEVER or other is NEVER:
        return NEVER
    return one if other is ALWAYS else other if one is ALWAYS else one & other


def either(flags: Iterable[pl.Expr]) -> pl.Expr:
    """Whether any of the flags is true."""
    open_ones = [flag for flag in flags if flag is not NEVER]
    if any(flag is ALWAYS for flag in open_ones):
        return ALWAYS
    return reduce(or_, open_ones) if open_ones else NEVER


def first_of(values: Sequence[pl.Expr]) -> pl.Expr:
    """The first of several values that is known."""
    return values[0] if len(values) == 1 else pl.coalesce(values)


def least_of(values: Sequence[pl.Expr]) -> pl.Expr:
    """The least of several values, of those that are known."""
    return values[0] if len(values) == 1 else pl.min_horizontal(values)


def of_few(rows: pl.Expr, made: Callable[..., pl.Expr], *columns: pl.Expr) -> pl.Expr:
    """What is `made` of the columns, worked out for `rows` only; null elsewhere.

    A branch of a when is evaluated for all rows whichever of them take it. Text that few rows need is put
    together for these and laid back in its places; for numbers the laying back would cost more.
    """
    few = made(*(column.filter(rows) for column in columns))
    return few.gather(pl.when(rows).then(rows.cum_sum() - 1))
