"""Write small logs as an office would export them, audit them, and read the verdicts by rule and record."""

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from auditor.audit.trip import Audited, audit_logs
from auditor.domain.period import Period
from auditor.rulebook.book import Rulebook
from auditor.rulebook.loading import load_rulebook

Row = dict[str, str]
AuditOf = Callable[..., Audited]
Verdict = Callable[..., dict[str, object] | None]


@pytest.fixture(scope="session")
def book() -> Rulebook:
    """The shipped rulebook."""
    return load_rulebook()


@pytest.fixture
def audit_of(tmp_path: Path, book: Rulebook) -> AuditOf:
    """Audit rows given by log as CSV files."""

    def audit(
        as_of: str = "2026-06-30", *, rules: Rulebook = book, period: Period | None = None, **logs: list[Row]
    ) -> Audited:
        for log, rows in logs.items():
            write(tmp_path / f"{log}.csv", rows)
        return audit_logs([tmp_path], rules, date.fromisoformat(as_of), period)

    return audit


@pytest.fixture
def verdict(audit_of: AuditOf, book: Rulebook) -> Verdict:
    """The obligation of one rule, audited alone, for one record, or None where it left no row."""

    def judged(rule: str, record: str, as_of: str = "2026-06-30", **logs: list[Row]) -> dict[str, object] | None:
        alone = replace(book, placed={rule: book.placed[rule]})
        return of(audit_of(as_of, rules=alone, **logs), rule, record)

    return judged


def of(audited: Audited, rule: str, record: str) -> dict[str, object] | None:
    """The one obligation of this rule and record."""
    rows = [row for row in audited.obligations.to_dicts() if row["rule"] == rule and row["record"] == record]
    assert len(rows) <= 1
    return rows[0] if rows else None


def write(path: Path, rows: list[Row]) -> None:
    """One CSV file with the columns that the rows name; a key that a row lacks is a blank cell."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
