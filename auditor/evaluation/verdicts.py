"""The columns that a duty turns into: one verdict for every row of its log."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from auditor.domain.obligation import DayType, Status

NO_DAY = pl.lit(None, dtype=pl.Int32)
NO_TEXT = pl.lit(None, dtype=pl.String)


@dataclass(frozen=True)
class Verdict:
    """Column expressions of one rule over one log.

    `status` is a `Status` value; `start`, `due`, `done` are day numbers; `late` is in the rule's day
    type; `severity` is null for the rule's own; `missing` flags the fields that a verdict lacked.
    """

    status: pl.Expr
    start: pl.Expr = NO_DAY
    due: pl.Expr = NO_DAY
    done: pl.Expr = NO_DAY
    late: pl.Expr = NO_DAY
    day_type: DayType = DayType.NONE
    provisional: pl.Expr = field(default_factory=lambda: pl.lit(False))
    severity: pl.Expr = NO_TEXT
    detail: pl.Expr = NO_TEXT
    missing: Mapping[str, pl.Expr] = field(default_factory=dict)


def word(status: Status) -> pl.Expr:
    """A status as a literal."""
    return pl.lit(status.value)


def from_condition(holds: pl.Expr) -> pl.Expr:
    """True is met, false is breached, unknown is unverifiable."""
    return (
        pl.when(holds)
        .then(word(Status.MET))
        .when(~holds)
        .then(word(Status.BREACHED))
        .otherwise(word(Status.UNVERIFIABLE))
    )
