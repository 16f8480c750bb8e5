"""The columns that a duty turns into: one verdict for every row of its log."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from auditor.domain.obligation import DayType, Severity, Status
from auditor.evaluation.certain import NEVER
from auditor.evaluation.obligations import SCHEMA
from auditor.evaluation.scope import Workbench

NO_DAY = pl.lit(None, dtype=pl.Int32)
NO_TEXT = pl.lit(None, dtype=SCHEMA["detail"])
NO_SEVERITY = pl.lit(None, dtype=SCHEMA["severity"])
_STATUS = {status: pl.lit(status.value, dtype=SCHEMA["status"]) for status in Status}
_SEVERITY = {severity: pl.lit(severity.value, dtype=SCHEMA["severity"]) for severity in Severity}


@dataclass(frozen=True)
class Verdict:
    """Column expressions of one rule over one log.

    `status`, `severity` and `detail` are of the types of `SCHEMA`, whose words are numbers: text would be copied
    and compared row by row. `start`, `due`, `done` are day numbers; `late` is in the rule's day type; `severity`
    is null for the rule's own; `missing` flags the fields that a verdict lacked.
    """

    status: pl.Expr
    start: pl.Expr = NO_DAY
    due: pl.Expr = NO_DAY
    done: pl.Expr = NO_DAY
    late: pl.Expr = NO_DAY
    day_type: DayType = DayType.NONE
    provisional: pl.Expr = NEVER
    severity: pl.Expr = NO_SEVERITY
    detail: pl.Expr = NO_TEXT
    missing: Mapping[str, pl.Expr] = field(default_factory=dict)


@dataclass(frozen=True)
class Applied:
    """A rule over its log: the rows that it leaves (all that are not false), and the verdict on each of them.

    The columns of `bench` are what the two are made of.
    """

    applies: pl.Expr
    verdict: Verdict
    bench: Workbench


def word(status: Status) -> pl.Expr:
    """A status as a literal."""
    return _STATUS[status]


def weight(severity: Severity) -> pl.Expr:
    """A severity as a literal."""
    return _SEVERITY[severity]


def remark(text: str) -> pl.Expr:
    """A remark as a literal."""
    return pl.lit(text, dtype=SCHEMA["detail"])


def from_condition(holds: pl.Expr) -> pl.Expr:
    """True is met, false is breached, unknown is unverifiable."""
    return (
        pl.when(holds)
        .then(word(Status.MET))
        .when(~holds)
        .then(word(Status.BREACHED))
        .otherwise(word(Status.UNVERIFIABLE))
    )
