"""The table of obligations (义务), and its rows that no single record of a log carries."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import polars as pl

from auditor.domain.obligation import DayType, Severity, Status
from auditor.domain.period import Period
from auditor.rulebook.book import Rulebook
from auditor.rulebook.rules import Rule

# Of obligations there are many, of most of their texts few: a number each instead. Enums sort by their words.
_STATUS, _SEVERITY, _DAY_TYPE = (pl.Enum(sorted(each.value for each in words)) for words in (Status, Severity, DayType))
SCHEMA = pl.Schema(
    {
        "rule": pl.Categorical(),
        "log": pl.Categorical(),
        "record": pl.String(),
        "unit": pl.Categorical(),
        "status": _STATUS,
        "severity": _SEVERITY,
        "start_on": pl.Date(),
        "due_on": pl.Date(),
        "done_on": pl.Date(),
        "late": pl.Int32(),
        "day_type": _DAY_TYPE,
        "provisional": pl.Boolean(),
        "missing": pl.List(pl.String()),
        "detail": pl.Categorical(),
        "file": pl.Categorical(),
        "sheet": pl.Categorical(),
        "row": pl.UInt32(),
    }
)


def hour_rules(obligations: pl.DataFrame) -> set[str]:
    """The rules that count lateness in hours."""
    return set(obligations.filter(pl.col("day_type") == DayType.HOURS.value)["rule"].unique())


def within_period(obligations: pl.DataFrame, period: Period | None) -> pl.DataFrame:
    """Obligations that fell due in the period, or without a due day were triggered in it; undated ones stay."""
    if period is None:
        return obligations
    belongs = pl.coalesce("due_on", "start_on")
    return obligations.filter(belongs.is_null() | belongs.is_between(period.first, period.last))


def table_of_rows(rows: Sequence[Mapping[str, object]]) -> pl.DataFrame:
    """Rows as a table with the columns of `SCHEMA`; a column that a row leaves out is null."""
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def office_row(
    book: Rulebook, rule: Rule, log: str, status: Status, *, day_type: DayType, **known: object
) -> dict[str, object]:
    """An obligation of the whole office; `known` are further columns, or others than its defaults."""
    return {
        "rule": rule.id,
        "log": log,
        "record": book.office,
        "unit": book.office,
        "status": status.value,
        "severity": rule.severity.value,
        "day_type": day_type.value,
        "provisional": False,
        "missing": [],
        "detail": "",
        "file": "",
        "sheet": "",
        **known,
    }


def in_full(number: float) -> str:
    """A number as a person writes it, with all its digits: 1234567, 12.5."""
    return f"{Decimal(str(number)).normalize():f}"
