"""Rectification (整改): how a finding stands from one audit to the next, and what an office writes about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Standing(StrEnum):
    """How a finding stands to the audits before; absence alone is never `PUT_RIGHT`."""

    NEW = "new"
    CONTINUING = "continuing"
    PUT_RIGHT = "put_right_unchecked"
    BACK = "back"
    CANNOT_TELL = "cannot_tell"

    @property
    def zh(self) -> str:
        """The word the office reads."""
        return _STANDING_ZH[self]


_STANDING_ZH = {
    Standing.NEW: "新增",
    Standing.CONTINUING: "延续",
    Standing.PUT_RIGHT: "已改待复核",
    Standing.BACK: "复发",
    Standing.CANNOT_TELL: "无法判断",
}

Pair = tuple[str, str]  # a rule and a record: the obligation behind a finding


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the ledger remembers of a finding: the days of the audits that showed it first and last.

    `reading` is that of the last: the same for audits that read the same logs alike.
    """

    first_seen: str
    last_seen: str
    recurrence: int
    state: str
    standing: Standing
    fact: str
    reading: str


@dataclass(frozen=True)
class SheetRow:
    """A finding in the unit's rectification ledger (整改台账): what stands fast, and what may be filled in."""

    id: str
    locked: Mapping[str, str]
    entries: Mapping[str, str]
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class UnitSheet:
    """The rectification ledger of one unit, and the point of the history from which it was written.

    `held_back` is how many of its findings it may not be told of: they concern a complaint that accuses somebody.
    """

    ledger: str
    unit: str
    role: str
    seq: int
    hash: str
    audit: int
    made_on: str
    rows: tuple[SheetRow, ...] = field(repr=False)
    held_back: int = 0


@dataclass(frozen=True, slots=True)
class FilledRow:
    """A row of a ledger that came back, by the words of its headings; `line` is where it stands."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class FilledSheet:
    """A ledger that came back: the marks that were written into it, its rows, and the headings that it lacks.

    `head` is the line of the headings; `lacking` are the words of the lacking ones by the keys of their columns.
    """

    file: str
    marks: Mapping[str, str]
    rows: tuple[FilledRow, ...] = field(repr=False)
    head: int = 0
    lacking: Mapping[str, str] = field(default_factory=dict)
