"""Breaches sorted by regulation, the heaviest first, and within each by rule."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from auditor.domain.obligation import Severity, Status
from auditor.reporting.model import FindingView
from auditor.reporting.report import Report
from auditor.reporting.tally import Tally


@dataclass(frozen=True)
class Problem:
    """Breaches of one rule, or a pattern of them that a judgement names."""

    views: Sequence[FindingView]

    @property
    def weight(self) -> tuple[int, int]:
        """Smaller is heavier: by severity, then by number."""
        return min(view.severity.rank for view in self.views), -len(self.views)


@dataclass(frozen=True)
class Breached:
    """One regulation (制度) that was breached."""

    name: str
    tally: Tally
    problems: Sequence[Problem]

    @property
    def views(self) -> list[FindingView]:
        """All its breaches."""
        return [view for problem in self.problems for view in problem.views]

    @property
    def weight(self) -> tuple[int, ...]:
        """Smaller is heavier: by the number of breaches of each severity, the heaviest severity first."""
        return tuple(-sum(view.severity is severity for view in self.views) for severity in Severity)


def breached_regulations(report: Report, views: Iterable[FindingView]) -> list[Breached]:
    """The regulations that the breaches among `views` break, heaviest first."""
    found: dict[str, dict[tuple[str, str], list[FindingView]]] = {}
    for view in views:
        if view.status is Status.BREACHED:
            found.setdefault(view.regulation, {}).setdefault((view.rule.id, view.title), []).append(view)
    breached = [
        Breached(name, _tally(report, name), sorted(map(Problem, rules.values()), key=lambda problem: problem.weight))
        for name, rules in found.items()
    ]
    return sorted(breached, key=lambda each: each.weight)


def _tally(report: Report, regulation: str) -> Tally:
    return sum((row.tally for row in report.rules if row.tally and row.regulation == regulation), Tally())
