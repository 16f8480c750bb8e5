"""Overview (总览): many bureaus side by side, and which of them could not be audited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from auditor.domain.obligation import Severity, Status

PRECEDENCE = (70, 2, 4, 3, 1, 0)  # of exit codes, the worst first


@dataclass(frozen=True)
class RegulationLine:
    """A regulation with the ids of its rules, in the order of the text."""

    code: str
    name: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class BureauFigures:
    """What one bureau's audit came to: the counts of its summary, and its findings by status and severity.

    `unreadable` are inputs that could not be read while the rest was audited.
    """

    bureau: str
    logs: Mapping[str, Mapping[str, int]]
    rules: Mapping[str, Mapping[str, int]]
    not_assessed: Mapping[str, str]
    findings: Mapping[str, Mapping[str, int]]
    unreadable: tuple[str, ...] = ()
    documents: bool = True

    def found(self, status: Status, severity: Severity) -> int:
        """How many findings there are of a status and a severity."""
        return self.findings.get(status.value, {}).get(severity.value, 0)

    def exit_code(self, fail_on: str) -> int:
        """The code with which the audit of this bureau alone would have ended."""
        if self.unreadable:
            return 3
        if fail_on == "never":
            return 0
        heaviest = Severity(fail_on).rank
        return int(any(self.found(Status.BREACHED, each) for each in Severity if each.rank <= heaviest))


@dataclass(frozen=True)
class NotAudited:
    """A bureau that could not be audited (未能审计): why, and the code with which its own audit would have ended.

    `earlier` is true where results of an earlier audit still lie in its folder; they count for nothing.
    """

    bureau: str
    reason: str
    exit_code: int
    earlier: bool = False


@dataclass(frozen=True)
class Overview:
    """All bureaus of one run, in the order of their names."""

    as_of: date
    period: str
    version: str
    regulations: Sequence[RegulationLine]
    audited: Sequence[BureauFigures]
    not_audited: Sequence[NotAudited]
    remarks: Sequence[str] = ()
    as_if_from: str = ""
    rulebook: Mapping[str, str] = field(default_factory=dict)

    def exit_code(self, fail_on: str) -> int:
        """The worst code of all bureaus."""
        codes = {each.exit_code(fail_on) for each in self.audited} | {each.exit_code for each in self.not_audited}
        return next((code for code in PRECEDENCE if code in codes), 0)
