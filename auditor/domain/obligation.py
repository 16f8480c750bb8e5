"""Obligation (义务): what a rule asks of one record, unit or period, and what became of it."""

from collections.abc import Iterable
from enum import StrEnum


class Status(StrEnum):
    """What became of an obligation; in the words of the office: `zh`, and `docs/glossary.md`."""

    MET = "met"
    BREACHED = "breached"
    PENDING = "pending"
    EXCUSED = "excused"
    UNVERIFIABLE = "unverifiable"
    MANUAL = "manual"

    @property
    def zh(self) -> str:
        """The word the office reads."""
        return _STATUS_ZH[self]


class Severity(StrEnum):
    """How much a breach weighs, heaviest first."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    INFO = "info"

    @property
    def zh(self) -> str:
        """The word the office reads."""
        return _SEVERITY_ZH[self]

    @property
    def rank(self) -> int:
        """0 for the heaviest."""
        return _RANKS[self]


def heaviest(severities: Iterable[Severity]) -> Severity:
    """The one that weighs most; there must be one."""
    return min(severities, key=_RANKS.__getitem__)


class DayType(StrEnum):
    """In what a limit is counted."""

    WORKING = "working"
    CALENDAR = "calendar"
    MONTH = "month"
    HOURS = "hours"
    EVENT = "event"
    NONE = "none"

    @property
    def zh(self) -> str:
        """The word the office reads."""
        return _DAY_TYPE_ZH[self]


_STATUS_ZH = {
    Status.MET: "已履行",
    Status.BREACHED: "违反",
    Status.PENDING: "期限未到",
    Status.EXCUSED: "有合法理由",
    Status.UNVERIFIABLE: "无法核实",
    Status.MANUAL: "待人工核查",
}
_SEVERITY_ZH = {
    Severity.CRITICAL: "严重",
    Severity.MAJOR: "较重",
    Severity.MINOR: "轻微",
    Severity.INFO: "提示",
}
_RANKS = {severity: rank for rank, severity in enumerate(Severity)}
_DAY_TYPE_ZH = {
    DayType.WORKING: "工作日",
    DayType.CALENDAR: "自然日",
    DayType.MONTH: "月",
    DayType.HOURS: "小时",
    DayType.EVENT: "以事件为准",
    DayType.NONE: "无期限",
}
