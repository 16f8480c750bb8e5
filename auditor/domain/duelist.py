"""Something that falls due (临期事项): what, by whom, by when, and how far its time has run."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from auditor.domain.obligation import DayType


@dataclass(frozen=True)
class Due:
    """One act that is due and not done. `used` and `stopped` are None where no days are counted, only a day is set."""

    unit: str
    due_on: date
    log: str
    record: str
    title: str
    rules: tuple[str, ...]
    used: int | None
    stopped: int | None
    left: int
    day_type: DayType
    provisional: bool = False

    def with_rule(self, rule: str) -> "Due":
        """The same act, also due under another rule."""
        return replace(self, rules=(*self.rules, rule))

    @property
    def left_text(self) -> str:
        """The days left, in the words of the office."""
        return f"还剩{self.left}个{self.day_type.zh}" if self.left else "今日到期"

    @property
    def run_text(self) -> str:
        """How far the time has run."""
        if self.used is None:
            return "期限为固定日期"
        stopped = f"，扣除{self.stopped}个工作日" if self.stopped else ""
        return f"已用{self.used}个{self.day_type.zh}{stopped}"


@dataclass(frozen=True)
class DueList:
    """What falls due from one day to another (预警), by unit."""

    as_of: date
    until: date
    items: Sequence[Due]
