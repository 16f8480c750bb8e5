"""The whole report as one frozen value."""

from dataclasses import dataclass

from auditor.domain.audit import Issue
from auditor.domain.duelist import DueList
from auditor.domain.figures import Figures
from auditor.reporting.model import FindingView, NotAssessed, Quality, RuleRow, UnitRow
from auditor.reporting.tally import Tally


@dataclass(frozen=True)
class SeverityRow:
    """Findings of one severity by status; `findings` in the order in which documents list them."""

    severity: str
    severity_zh: str
    breached: int
    unverifiable: int
    manual: int
    total: int
    findings: tuple[FindingView, ...] = ()


@dataclass(frozen=True)
class Overview:
    """The figures that stand first: obligations, rules, findings."""

    tally: Tally
    rules_total: int
    rules_counted: int
    rules_idle: int
    rules_not_assessed: int
    severities: tuple[SeverityRow, ...]
    all_findings: SeverityRow


@dataclass(frozen=True)
class AdvisoryRow:
    """Something the office should know, though the obligation was met (提示)."""

    rule: str
    title: str
    record: str
    unit: str
    detail: str


@dataclass(frozen=True)
class ComparisonView:
    """This audit beside an earlier one: what is new, what was there before, what is not found any more."""

    as_of: str
    period: str
    new: int
    known: int
    gone: tuple[AdvisoryRow, ...]


@dataclass(frozen=True)
class Report:
    """One audit, ready to be shown; `confided` is for the letters to those units alone."""

    as_of: str
    period: str
    asked_period: str
    version: str
    internal: bool
    cautions: tuple[str, ...]
    notes: tuple[str, ...]
    overview: Overview
    not_assessed: tuple[NotAssessed, ...]
    quality: Quality
    units: tuple[UnitRow, ...]
    rules: tuple[RuleRow, ...]
    advisories: tuple[AdvisoryRow, ...]
    settings: tuple[tuple[str, str], ...]
    inputs: tuple[tuple[str, str], ...]
    rulebook: tuple[tuple[str, str], ...]
    calendar_years: tuple[int, ...]
    what_if: bool
    issue: Issue
    figures: Figures
    due: DueList | None
    confided: tuple[FindingView, ...]
    comparison: ComparisonView | None

    @property
    def questions(self) -> tuple[RuleRow, ...]:
        """Rules that were judged from logs, and leave a question that only an inspector can answer."""
        return tuple(row for row in self.rules if row.question and row.tally)

    @property
    def findings(self) -> tuple[FindingView, ...]:
        """All findings, heaviest first."""
        return tuple(finding for row in self.overview.severities for finding in row.findings)
