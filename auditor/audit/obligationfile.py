"""The obligations of an audit that was written: what became of those that somebody asks about."""

from collections.abc import Collection, Mapping
from pathlib import Path

import polars as pl

from auditor.domain.obligation import Status
from auditor.domain.rectification import Pair
from auditor.errors import DataError

OBLIGATIONS = "obligations.parquet"
_ROW_GROUP = 250_000  # rows turned into texts at once
_WORST_FIRST = (
    *(Status.BREACHED, Status.UNVERIFIABLE, Status.MANUAL),
    *(Status.PENDING, Status.EXCUSED, Status.MET),
)


def write_obligations(obligations: pl.DataFrame, folder: Path, about: Mapping[str, str]) -> None:
    """Write `obligations.parquet` with `about` as its metadata; words stand in it as plain text, whoever reads them."""
    texts = obligations.lazy().with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
    texts.sink_parquet(
        folder / OBLIGATIONS, compression="zstd", row_group_size=_ROW_GROUP, metadata=dict(about), maintain_order=True
    )


class ObligationFile:
    """`obligations.parquet` of one audit. Raises `DataError` where it cannot be read."""

    def __init__(self, audit_dir: Path) -> None:
        try:
            frame = pl.read_parquet(audit_dir / OBLIGATIONS, columns=["rule", "log", "record", "status"])
        except (OSError, pl.exceptions.PolarsError) as error:
            raise DataError(f"{audit_dir / OBLIGATIONS} 读不出：{error}。请重新审计") from None
        self.frame = frame

    def statuses(self, pairs: Collection[Pair]) -> Mapping[Pair, str]:
        """The status of each obligation that is there, the worst where several have one name."""
        asked = _frame("rule", pairs)
        rank = {status.value: place for place, status in enumerate(_WORST_FIRST)}
        found = (
            self.frame.join(asked, on=["rule", "record"], how="semi")
            .with_columns(rank=pl.col("status").replace_strict(rank, default=0, return_dtype=pl.Int8))
            .group_by("rule", "record")
            .agg(pl.col("rank").min())
        )
        return {(rule, record): _WORST_FIRST[place].value for rule, record, place in found.iter_rows()}

    def present(self, records: Collection[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """Which of these records of logs have any obligation: they were read."""
        asked = _frame("log", records)
        found = self.frame.select("log", "record").unique().join(asked, on=["log", "record"], how="semi")
        return frozenset((str(log), str(record)) for log, record in found.iter_rows())

    @property
    def holds_met(self) -> bool:
        """Whether met obligations are listed at all (`--notable-only` leaves them out)."""
        return bool((self.frame["status"] == Status.MET.value).any())


def _frame(name: str, pairs: Collection[Pair]) -> pl.DataFrame:
    """Pairs of a name and a record, as columns."""
    first, second = zip(*pairs, strict=True) if pairs else ((), ())
    return pl.DataFrame({name: pl.Series(first, dtype=pl.String), "record": pl.Series(second, dtype=pl.String)})
