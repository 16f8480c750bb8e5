"""Audit (审计): everything that one run found out. The one model that every document is written from."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

from auditor.domain.duelist import DueList
from auditor.domain.figures import Figures
from auditor.domain.finding import Finding


@dataclass(frozen=True)
class RuleLine:
    """A rule as a document names it. `question` is what only an inspector can answer about it."""

    id: str
    regulation: str
    article: str
    title: str
    severity: str
    question: str = ""


@dataclass(frozen=True)
class Advisory:
    """An obligation that was met, with something the office should know (提示); never a finding."""

    rule: str
    record: str
    unit: str
    detail: str


HIDDEN_UNIT = "（单位已隐去）"  # stands for the unit where a complaint that accuses somebody is concerned


class Audience(StrEnum):
    """Who may read of a finding. What concerns a complaint that accuses somebody must not reach the accused."""

    EVERYBODY = "everybody"
    UNIT = "unit"  # the unit that answers for it, and whoever handles the audit
    OFFICE = "office"  # whoever handles the audit, and nobody below


@dataclass(frozen=True)
class Issue:
    """How the office issues its documents (发文): blank where the office has not said."""

    issuer: str = ""
    head: str = ""
    number: str = ""
    recipients: str = ""
    basis: str = ""
    note: str = ""
    copied_to: str = ""


@dataclass(frozen=True)
class Earlier:
    """The audit before this one (上次审计), to compare with."""

    as_of: date
    period: str
    findings: Sequence[Finding]

    @cached_property
    def known(self) -> frozenset[str]:
        """The ids of its findings."""
        return frozenset(each.id for each in self.findings)


@dataclass(frozen=True)
class Audit:
    """One audit. `summary` has the shape fixed for `summary.json`; `cautions` must stand before any verdict, and
    so must `notes` on audits before and on explanations, unless a document tells of these in its own place.

    `in_hours` names the rules that count lateness in hours; `audiences` the findings, by id, that not
    everybody may read of: their unit is hidden unless the audit is `internal`. `confided` holds those of them that
    the unit which answers may read, as it may read them.
    """

    as_of: date
    period: str
    findings: Sequence[Finding]
    summary: Mapping[str, Any]
    rules: Mapping[str, RuleLine]
    log_names: Mapping[str, str]
    advisories: Collection[Advisory] = ()
    rejects: Sequence[Mapping[str, Any]] = ()
    remarks: Sequence[str] = ()
    cautions: Sequence[str] = ()
    notes: Sequence[str] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    rulebook: Mapping[str, str] = field(default_factory=dict)
    calendar_years: Sequence[int] = ()
    in_hours: frozenset[str] = frozenset()
    audiences: Mapping[str, Audience] = field(default_factory=dict)
    confided: Sequence[Finding] = ()
    issue: Issue = Issue()
    figures: Figures = field(default_factory=Figures)
    due: DueList | None = None
    earlier: Earlier | None = None
    internal: bool = False
    version: str = ""
