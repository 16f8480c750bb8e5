"""Waivers (情况说明): why something stays as it is for a time, who approved that, and until when.

A waiver takes nothing away: what it covers is shown and counted as before, with the explanation beside it.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from auditor.domain.clock import due_day, same_day_later
from auditor.domain.finding import Finding
from auditor.domain.obligation import DayType
from auditor.errors import Fault, RulebookError
from auditor.rulebook.book import Rulebook
from auditor.rulebook.located import Located, build, nearest, read_located
from auditor.rulebook.strict import Strict

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Waiver(Strict):
    """One explanation: of a rule, perhaps of one unit only, or of one finding."""

    rule: str | None = None
    finding: str | None = None
    unit: str | None = None
    reason: _Text
    approver: _Text
    from_: Annotated[date, Field(alias="from")]
    to: date

    @property
    def target(self) -> str:
        """What it is about."""
        about = f"规则 {self.rule}" if self.rule else f"问题 {self.finding}"
        return f"{about}，{self.unit}" if self.unit else about

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a day, its first and last included."""
        return self.from_ <= day <= self.to

    def covers(self, finding: Finding) -> bool:
        """Whether it is about a finding; other rules that the same fact breaks do not bring it under the waiver."""
        named = finding.id == self.finding if self.finding else finding.rule == self.rule
        return named and self.unit in (None, finding.unit)

    def as_text(self) -> str:
        """For the documents."""
        return f"{self.reason}（{self.approver}批准，{self.from_} 至 {self.to}）"


class WaiverFile(Strict):
    """A file of waivers."""

    waivers: tuple[Waiver, ...]


def load_waivers(path: Path, book: Rulebook) -> WaiverFile:
    """Read a file of waivers. Raises `RulebookError` for anything that is not as it should be."""
    return waivers_of(read_located(path), book)


def waivers_of(located: Located, book: Rulebook) -> WaiverFile:
    """The waivers of one file; each about one thing, for no longer than the office allows."""
    file = build(WaiverFile, located, content=located.content or {})
    faults = [fault for number, each in enumerate(file.waivers) for fault in _faults(each, located, number, book)]
    if faults:
        raise RulebookError(faults)
    return file


def _faults(waiver: Waiver, located: Located, number: int, book: Rulebook) -> Sequence[Fault]:
    def fault(key: str, problem: str, mend: str) -> Fault:
        return Fault(located.file, located.line(("waivers", number, key)), problem, mend)

    found = []
    if (waiver.rule is None) == (waiver.finding is None):
        found.append(fault("rule", "一条情况说明应写明 rule 或 finding 之一", "写规则编号，或者写问题编号"))
    if waiver.rule is not None and waiver.rule not in book.placed:
        found.append(fault("rule", f"不认识的规则“{waiver.rule}”", nearest(waiver.rule, dict(book.placed))))
    longest = book.limit_of("waiver.longest")
    months = longest.day_type is DayType.MONTH
    last = same_day_later(waiver.from_, longest.number) if months else due_day(book.calendar, waiver.from_, longest)
    if waiver.to < waiver.from_:
        found.append(fault("to", f"到期日 {waiver.to} 早于起始日 {waiver.from_}", "检查日期"))
    elif waiver.to > last:
        found.append(fault("to", f"有效期超过{longest.zh}（最迟到 {last}）", "缩短，到期后重新批准"))
    return found
