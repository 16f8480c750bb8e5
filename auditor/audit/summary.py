"""The counts of an audit, in the shape fixed for `summary.json`."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from auditor.audit.counted import Counted
from auditor.domain.finding import Finding
from auditor.domain.obligation import Severity, Status
from auditor.domain.period import Period
from auditor.tables import Logs


def summarise(
    as_of: date,
    period: Period | None,
    logs: Logs,
    obligations: pl.DataFrame,
    findings: Sequence[Finding],
    assessed: Collection[str],
    not_assessed: Mapping[str, str],
    counted: Counted,
) -> dict[str, Any]:
    """Counts by log, rule, unit and severity; for every rule the statuses add up to its obligations.

    `counted` are met obligations beside those listed. A rule that was assessed and called for nothing has an empty
    count: not the same as not assessed.
    """
    rules = _by_status(obligations, "rule", counted.by_rule)
    severities = Counter(finding.severity.value for finding in findings)
    return {
        "as_of": as_of.isoformat(),
        "period": period.text if period else None,
        "logs": {
            name: {"read": counts.read, "accepted": counts.accepted, "rejected": counts.rejected}
            for name, counts in sorted(logs.counts.items())
        },
        "rules": {rule: rules.get(rule, {}) for rule in sorted(assessed)},
        "units": _by_status(obligations, "unit", counted.by_unit),
        "findings": {severity.value: severities[severity.value] for severity in Severity},
        "not_assessed": dict(sorted(not_assessed.items())),
    }


def _by_status(obligations: pl.DataFrame, column: str, met: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Obligations by their name in a column and by status; `met` are those that were counted and not kept."""
    numbers = Counter({(name, Status.MET.value): number for name, number in met.items()})
    for name, status, number in obligations.group_by(column, "status").len().iter_rows():
        numbers[name, status] += number
    table: dict[str, dict[str, int]] = {}
    for (name, status), number in sorted(numbers.items()):
        table.setdefault(name, {})[status] = number
    return table
