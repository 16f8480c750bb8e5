"""Plans over columns, carried out side by side."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import polars as pl

AS_WRITTEN = pl.QueryOptFlags.none()  # what is common is kept already, and no column is read in vain


def carried_out(plans: Sequence[pl.LazyFrame]) -> list[pl.DataFrame]:
    """What each of many small plans comes to, in their order.

    Polars makes such plans ready one after the other, which takes as long as to carry them out: each of its
    threads gets a share of them.
    """
    shares = max(1, min(pl.thread_pool_size(), len(plans)))
    carry_out = partial(pl.collect_all, optimizations=AS_WRITTEN)
    if shares == 1:
        return carry_out(plans)
    found: list[pl.DataFrame] = [pl.DataFrame()] * len(plans)
    with ThreadPoolExecutor(shares) as threads:
        for first, frames in enumerate(threads.map(carry_out, [plans[at::shares] for at in range(shares)])):
            found[first::shares] = frames
    return found
