"""The obligations of an audit that was written: what became of those that somebody asks about."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl

from auditor.domain.obligation import Status
from auditor.domain.rectification import Pair
from auditor.errors import DataError

OBLIGATIONS = "obligations.parquet"
_WORST_FIRST = (
    *(Status.BREACHED, Status.UNVERIFIABLE, Status.MANUAL),
    *(Status.PENDING, Status.EXCUSED, Status.MET),
)


class ObligationFile:
    """`obligations.parquet` of one audit. Raises `DataError` where it cannot be read."""

    def __init__(self, audit_dir: Path) -> None:
        try:
            frame = pl.read_parquet(audit_dir / OBLIGATIONS, columns=["rule", "record", "status"])
        except (OSError, pl.exceptions.PolarsError) as error:
            raise DataError(f"{audit_dir / OBLIGATIONS} 读不出：{error}。请重新审计") from None
        self.frame = frame

    def statuses(self, pairs: Iterable[Pair]) -> Mapping[Pair, str]:
        """The status of each obligation that is there, the worst where several have one name."""
        asked = pl.DataFrame(list(pairs), schema={"rule": pl.String, "record": pl.String}, orient="row")
        rank = {status.value: place for place, status in enumerate(_WORST_FIRST)}
        found = (
            self.frame.join(asked, on=["rule", "record"], how="semi")
            .with_columns(rank=pl.col("status").replace_strict(rank, default=0, return_dtype=pl.Int8))
            .group_by("rule", "record")
            .agg(pl.col("rank").min())
        )
        return {(rule, record): _WORST_FIRST[place].value for rule, record, place in found.iter_rows()}

    @property
    def holds_met(self) -> bool:
        """Whether met obligations are listed at all (`--notable-only` leaves them out)."""
        return bool((self.frame["status"] == Status.MET.value).any())
