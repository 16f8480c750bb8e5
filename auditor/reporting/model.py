"""What the documents show: every figure computed, every text ready, so that templates only place them."""

from dataclasses import dataclass

from auditor.domain.audit import Audience
from auditor.domain.obligation import Severity, Status
from auditor.reporting.tally import Tally
from auditor.reporting.text import anchor


@dataclass(frozen=True)
class RuleRef:
    """A rule named in passing, with the way to its row."""

    id: str
    name: str = ""

    @property
    def anchor(self) -> str:
        """The id of the rule's row."""
        return anchor("R", self.id)


@dataclass(frozen=True)
class RuleRow:
    """A rule and what became of its obligations; without any `tally` is None and `state` says why."""

    ref: RuleRef
    regulation: str
    article: str
    title: str
    severity: str
    tally: Tally | None
    state: str = ""
    assessed: bool = True
    question: str = ""


@dataclass(frozen=True)
class UnitRow:
    """A unit and what became of its obligations."""

    unit: str
    tally: Tally


@dataclass(frozen=True)
class NotAssessed:
    """Rules that were not audited (未审计) for one reason."""

    reason: str
    rules: tuple[RuleRef, ...]

    @property
    def count(self) -> int:
        """How many rules."""
        return len(self.rules)


@dataclass(frozen=True)
class LogRow:
    """Rows read, accepted and rejected of one log; None where the log was not supplied."""

    name: str
    read: int | None = None
    accepted: int | None = None
    rejected: int | None = None


@dataclass(frozen=True)
class RejectRow:
    """A row or cell that was not used."""

    file: str
    sheet: str
    row: str
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class Quality:
    """What was read and what could not be used (数据质量)."""

    logs: tuple[LogRow, ...]
    remarks: tuple[str, ...]
    rejects: tuple[RejectRow, ...]
    rejected_cells: int
    rejected_rows: int


@dataclass(frozen=True)
class EvidenceRow:
    """A cell that the verdict rests on."""

    field: str
    heading: str
    value: str
    recorded: bool
    file: str
    sheet: str
    row: str
    column: str


@dataclass(frozen=True)
class DayRow:
    """A day of the clock: counted or not, and why; `mark` where that is not what its weekday says."""

    date: str
    weekday: str
    counted: bool
    why: str
    mark: str = ""


@dataclass(frozen=True)
class RecordsView:
    """The records of a finding: the first few, and all of them where that leaves some out."""

    count: int
    first: str
    all: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class EvidenceView:
    """The cells of a finding: the first few, and the rest."""

    count: int
    first: tuple[EvidenceRow, ...]
    rest: tuple[EvidenceRow, ...]


@dataclass(frozen=True)
class DaysView:
    """The clock of a finding day by day."""

    rows: tuple[DayRow, ...]
    passed: int
    counted: int


@dataclass(frozen=True)
class FindingView:
    """One finding as documents show it. Blank text means: nothing to show.

    `grounds` are the judgements by id and title, `regulations` those of all rules that the fact broke;
    `since` is `new` or `known` where there is an earlier audit to compare with. `formal_detail` is the detail with the
    clauses of rules in place of their codes.
    """

    number: int
    id: str
    anchor: str
    severity: Severity
    status: Status
    rule: RuleRef
    also: tuple[RuleRef, ...]
    regulation: str
    article: str
    title: str
    unit: str
    log: str
    records: RecordsView
    start_on: str
    due_on: str
    done_on: str
    late: int | None
    late_text: str
    provisional: bool
    detail: str
    formal_detail: str
    evidence: EvidenceView
    days: DaysView
    met_if: str
    judgements: tuple[str, ...]
    liable: str
    remedy: str
    rectify_by: str
    audience: Audience = Audience.EVERYBODY
    grounds: tuple[tuple[str, str], ...] = ()
    regulations: tuple[str, ...] = ()
    late_hours: int = 0
    since: str = ""
    seen: str = ""
    first_seen: str = ""
    last_seen: str = ""
    recurrence: int | None = None
    waiver: str = ""
