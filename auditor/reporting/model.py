"""What the documents show: every figure computed, every text ready, so that templates only place them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from auditor.domain.obligation import Status
from auditor.reporting.text import anchor

BAR_WIDTH = 1000


@dataclass(frozen=True)
class Segment:
    """One part of a bar, in thousandths of its length."""

    status: Status
    start: int
    length: int


@dataclass(frozen=True)
class Tally:
    """Obligations by status (义务计数)."""

    met: int = 0
    breached: int = 0
    pending: int = 0
    excused: int = 0
    unverifiable: int = 0
    manual: int = 0

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> "Tally":
        """From `{status: n}` as in the summary; an unknown status is an error."""
        return cls(**{Status(status).value: number for status, number in counts.items()})

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def by_status(self) -> tuple[tuple[Status, int], ...]:
        """Every status with its number, none left out."""
        return tuple((status, int(getattr(self, status.value))) for status in Status)

    @property
    def total(self) -> int:
        """All obligations."""
        return sum(number for _, number in self.by_status)

    @property
    def judged(self) -> int:
        """The denominator of the rate: what was settled one way or the other."""
        return self.met + self.breached

    @property
    def rate(self) -> str:
        """履行率 with its numerator and denominator; a dash where nothing was settled."""
        if not self.judged:
            return "—"
        return f"{self.met}/{self.judged}（{percent(self.met, self.judged)}）"

    @property
    def bar(self) -> tuple[Segment, ...]:
        """The bar of all obligations, empty statuses left out."""
        segments, passed = [], 0
        for status, number in self.by_status:
            start, passed = _share(passed, self.total), passed + number
            if number:
                segments.append(Segment(status, start, _share(passed, self.total) - start))
        return tuple(segments)


def percent(part: int, whole: int) -> str:
    """One decimal, rounded; 100% and 0% only where all or none is meant."""
    thousandths = (2000 * part + whole) // (2 * whole)
    if part < whole:
        thousandths = min(thousandths, 999)
    if part > 0:
        thousandths = max(thousandths, 1)
    return f"{thousandths // 10}.{thousandths % 10}%"


def _share(part: int, whole: int) -> int:
    return part * BAR_WIDTH // whole if whole else 0


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
    """A day of the clock: counted or not, and why."""

    date: str
    weekday: str
    counted: bool
    why: str


@dataclass(frozen=True)
class RecordsView:
    """The records of a finding: the first few, and all of them where that leaves some out."""

    count: int
    first: str
    all: str


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
    """One finding as documents show it. Blank text means: nothing to show."""

    number: int
    id: str
    anchor: str
    severity: str
    severity_zh: str
    status: str
    status_zh: str
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
    evidence: EvidenceView
    days: DaysView
    met_if: str
    judgements: str
    liable: str
    remedy: str
    rectify_by: str
