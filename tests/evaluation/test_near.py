"""The rows of another log that may be linked: none that a link finds is left out."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from auditor.evaluation.near import rows_near

_KEYS = st.none() | st.sampled_from(["GW-01", "GW-02", "GW-1", "gw-2", "甲", "乙", ""])
_ROWS = st.lists(st.tuples(_KEYS, st.none() | st.integers(0, 3)), max_size=12)
_OWN = {"title": pl.String, "formed_on": pl.Int32}
_OTHER = {"other:title": pl.String, "other:formed_on": pl.Int32}


@given(own=_ROWS, others=_ROWS)
def test_a_link_finds_the_same_rows_among_the_near_ones(
    own: list[tuple[str | None, int | None]], others: list[tuple[str | None, int | None]]
) -> None:
    frame = pl.DataFrame(own, schema=_OWN, orient="row")
    rows = pl.DataFrame(others, schema=_OTHER, orient="row").with_row_index("at")
    near = rows_near(rows, frame, dict(zip(_OWN, _OTHER, strict=True)))
    of_all, of_near = (each.join(frame, left_on=[*_OTHER], right_on=[*_OWN], how="semi") for each in (rows, near))
    assert of_all.equals(of_near)
    assert set(near["at"]) <= set(rows["at"])


def test_of_other_records_none_is_near() -> None:
    frame = pl.DataFrame({"title": ["GW-02", "GW-04"]})
    rows = pl.DataFrame({"other:title": ["GW-01", "GW-02", "GW-03", "GW-04", "GW-05", None]})
    assert rows_near(rows, frame, {"title": "other:title"})["other:title"].to_list() == ["GW-02", "GW-04"]
