"""Obligations counted by status, with the rate that the office reports (履行率)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from auditor.domain.obligation import Status

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
