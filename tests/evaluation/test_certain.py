"""Logic that leaves out what is certain says the same as logic that evaluates it."""

from itertools import product

import polars as pl
import pytest

from auditor.evaluation.certain import ALWAYS, NEVER, both, either, negated, of_few

ANSWERS = pl.DataFrame(
    list(product([True, False, None], repeat=2)), schema={"one": pl.Boolean, "other": pl.Boolean}, orient="row"
)
FLAGS = {"always": ALWAYS, "never": NEVER, "one": pl.col("one"), "other": pl.col("other")}


@pytest.mark.parametrize("second", FLAGS)
@pytest.mark.parametrize("first", FLAGS)
def test_certain_flags_join_as_evaluated_ones_do(first: str, second: str) -> None:
    """True, false and unknown, beside what holds for every row or for none."""
    one, other = FLAGS[first], FLAGS[second]

    found = ANSWERS.select(pl.col("one"), n=negated(one), b=both(one, other), e=either([one, other]))

    assert found.equals(ANSWERS.select(pl.col("one"), n=~one, b=one & other, e=one | other))


def test_what_is_certain_stays_certain() -> None:
    """Otherwise it would be evaluated after all."""
    assert negated(NEVER) is ALWAYS
    assert negated(ALWAYS) is NEVER
    assert both(NEVER, pl.col("one")) is NEVER
    assert both(ALWAYS, ALWAYS) is ALWAYS
    assert either([NEVER, NEVER]) is NEVER
    assert either([pl.col("one"), ALWAYS]) is ALWAYS


@pytest.mark.parametrize("rows", [[True, None, False, True], [False, None, False, None], [True] * 4, []])
def test_what_few_rows_need_stands_in_their_places(rows: list[bool | None]) -> None:
    """None of them, all of them, and a table without rows included."""
    table = pl.DataFrame({"rows": rows, "day": range(len(rows))}, schema={"rows": pl.Boolean, "day": pl.Int32})

    found = table.select(day=of_few(pl.col("rows"), lambda day: day * 2, pl.col("day")))

    assert found["day"].to_list() == [2 * n if row else None for n, row in enumerate(rows)]
