"""The yearly report (年度报告): its figures with the records behind each, and whether they agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

Place = tuple[str, str, str]  # table, row, column

REQUESTS, REMEDIES, ACTIVE, ITEMS = "申请处理", "复议诉讼", "主动公开", "第十九条"


@dataclass(frozen=True)
class Figure:
    """One figure and the records that it counts; None where the logs cannot tell it (须填写)."""

    table: str
    row: str
    column: str
    value: int | None
    records: tuple[str, ...] = ()
    note: str = ""

    @property
    def place(self) -> Place:
        """Where it stands in the report."""
        return self.table, self.row, self.column


@dataclass(frozen=True)
class Check:
    """Two sides of a relation that the format demands (勾稽), and the cells that they are made of."""

    name: str
    ok: bool
    left: int
    right: int
    cells: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Doubt:
    """A record that was counted by an assumption, and which."""

    record: str
    why: str


@dataclass(frozen=True)
class Disagreement:
    """A cell of a filled-in report that does not agree with itself or with the logs."""

    file: str
    sheet: str
    cell: str
    place: Place
    stated: str
    expected: str
    why: str
    records: tuple[str, ...] = ()


@dataclass(frozen=True)
class Compared:
    """A filled-in report held against itself and the logs."""

    file: str
    cells: int
    checks: tuple[Check, ...]
    disagreements: tuple[Disagreement, ...]


@dataclass(frozen=True)
class AnnualReport:
    """One yearly report. `checks` is the arithmetic of the format, `across` what holds from year to year."""

    year: int
    as_of: date
    basis: str
    applicants: Sequence[str]
    figures: Mapping[Place, Figure]
    checks: tuple[Check, ...]
    across: tuple[Check, ...]
    doubts: tuple[Doubt, ...]
    cautions: Sequence[str] = ()
    compared: Compared | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
