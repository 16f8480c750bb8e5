"""The table of obligations (义务), and its rows that no single record of a log carries."""

from collections.abc import Mapping, Sequence

import polars as pl

from auditor.domain.obligation import DayType, Status
from auditor.rulebook.book import Rulebook
from auditor.rulebook.rules import Rule

SCHEMA: Mapping[str, pl.DataType] = {
    "rule": pl.String(),
    "log": pl.String(),
    "record": pl.String(),
    "unit": pl.String(),
    "status": pl.String(),
    "severity": pl.String(),
    "start_on": pl.Date(),
    "due_on": pl.Date(),
    "done_on": pl.Date(),
    "late": pl.Int32(),
    "day_type": pl.String(),
    "provisional": pl.Boolean(),
    "missing": pl.List(pl.String()),
    "detail": pl.String(),
    "file": pl.String(),
    "sheet": pl.String(),
    "row": pl.UInt32(),
}


def table_of_rows(rows: Sequence[Mapping[str, object]]) -> pl.DataFrame:
    """Rows as a table with the columns of `SCHEMA`; a column that a row leaves out is null."""
    return pl.DataFrame(rows, schema=dict(SCHEMA), orient="row")


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
