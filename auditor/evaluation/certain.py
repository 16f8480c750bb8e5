"""What is known of every row before any is looked at: answers that hold for all, and logic that leaves them out.

Expressions are put together for every rule and evaluated over every row; one that can only come to the same
everywhere costs as much as any other. They are told by identity: another expression that happens to be
always true is merely evaluated.
"""

from collections.abc import Iterable
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
