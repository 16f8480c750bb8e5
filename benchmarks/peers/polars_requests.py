"""R01 to R16 of ../checks, written by hand in Polars for those sixteen alone: how fast columns can be."""

from datetime import date
from pathlib import Path

import polars as pl

from peers.polars_checks import Clock, known_days, requests, write
from peers.tables import DAYS, about, columns

__all__ = ["evaluate", "load", "write"]
Loaded = tuple[pl.DataFrame, pl.DataFrame, dict[str, object]]


def load(folder: Path) -> Loaded:
    """The columns of the requests that the checks need."""
    frame = pl.read_parquet(folder / "requests.parquet", columns=columns("requests"))
    return frame, pl.read_parquet(folder / "days.parquet"), about(folder)


def evaluate(loaded: Loaded) -> pl.DataFrame:
    """One row a verdict."""
    frame, days, noted = loaded
    as_of = date.fromisoformat(str(noted["as_of"]))
    base = known_days(frame, DAYS["requests"].split(), as_of)
    base = base.with_columns(pl.col("unit").fill_null(pl.lit(str(noted["office"]))))
    return pl.concat(pl.collect_all(requests(base.lazy(), Clock(days, as_of))[:16]))
