"""List fields by their distinct lists: the numbers tell what the lists tell."""

from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.evaluation.lists import with_numbered_lists
from auditor.evaluation.scope import Held
from auditor.tables import LISTS, LogTable

_ITEMS = st.lists(st.sampled_from(["网站", "公报", "微信", "a", "b"]), max_size=3)


@pytest.mark.parametrize(
    ("holds", "by_hand"),
    [
        (frozenset.issuperset, lambda held, asked: asked <= held),
        (frozenset.isdisjoint, lambda held, asked: not asked & held),
    ],
)
@given(rows=st.lists(st.none() | _ITEMS, max_size=12), asked=st.frozensets(st.sampled_from(["网站", "a"])))
def test_asking_each_list_once_is_asking_every_row(
    holds: Callable[[frozenset[str], frozenset[str]], bool],
    by_hand: Callable[[frozenset[str], frozenset[str]], bool],
    rows: list[list[str] | None],
    asked: frozenset[str],
) -> None:
    frame = pl.DataFrame({"channels": pl.Series(rows, dtype=pl.List(pl.String))})
    table = with_numbered_lists(LogTable("publications", frame, ()), ["channels"])
    answers = table.frame.select(Held(pl.col(f"{LISTS}channels"), table.lists["channels"]).of(holds, asked))
    assert answers.to_series().to_list() == [None if row is None else by_hand(frozenset(row), asked) for row in rows]
