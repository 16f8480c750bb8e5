"""The ledger at a glance: the last audit's counts, the states of all findings, the audits taken in."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from auditor.domain.rectification import Standing
from auditor.errors import DataError, UsageError
from auditor.ledger.schema import audits, findings
from auditor.ledger.store import Place, reading, shown
from auditor.rulebook.rectification import Steps


@dataclass(frozen=True)
class AuditLine:
    """An audit in the ledger, with how findings stood when it was taken in."""

    number: int
    as_of: str
    period: str
    counts: Mapping[str, int]
    remarks: tuple[str, ...]

    def as_text(self) -> str:
        """One line for the terminal."""
        counts = "，".join(f"{each.zh}{self.counts[each.value]}" for each in Standing)
        return f"第{self.number}次　基准日{self.as_of}　{self.period or '全部期间'}　{counts}"


@dataclass(frozen=True)
class Overview:
    """All audits, oldest first, and how many findings are in each state."""

    audits: tuple[AuditLine, ...]
    states: Mapping[str, int]

    def as_json(self) -> dict[str, Mapping[str, int]]:
        """The counts of the last audit, and the states."""
        return {"counts": self.audits[-1].counts, "states": self.states}

    def as_text(self) -> list[str]:
        """For the terminal."""
        lines = [line.as_text() for line in self.audits]
        lines += [f"注意：{remark}" for remark in self.audits[-1].remarks]
        untold = self.audits[-1].counts[Standing.CANNOT_TELL.value]
        if untold:
            lines.append(
                f"注意：有{untold}个问题在最近一次审计的台账里没有相应记录、登记不全，或者审计依据已改，"
                "无法判断是否已整改，均未销号。"
            )
        return [*lines, "现状：" + "，".join(f"{state}{number}" for state, number in self.states.items())]


def overview(place: Place, steps: Steps) -> Overview:
    """Look over the ledger. Raises `DataError` where it holds no audit."""
    with reading(place) as connection:
        rows = connection.execute(select(audits).order_by(audits.c.number)).all()
        counted = connection.execute(select(findings.c.state, func.count()).group_by(findings.c.state)).all()
    if not rows:
        raise DataError(f"问题库 {shown(place)} 里还没有审计。先用 auditor ledger open 收入一次")
    numbers = {str(state): int(number) for state, number in counted}
    order = [state for state in steps.states if state in numbers]
    lines = tuple(
        AuditLine(row.number, row.as_of, row.period, json.loads(row.counts), tuple(json.loads(row.remarks)))
        for row in rows
    )
    return Overview(lines, {state: numbers[state] for state in [*order, *sorted(set(numbers) - set(order))]})


def those_in(place: Place, unit: str, state: str | None) -> list[str]:
    """The ids of a unit's findings in a state. Raises `UsageError` where there is none."""
    with reading(place) as connection:
        wanted = select(findings.c.id).where(findings.c.unit == unit, findings.c.state == state)
        found = [str(name) for name in connection.execute(wanted.order_by(findings.c.id)).scalars()]
    if not found:
        raise UsageError(f"“{unit}”没有处于“{state}”的问题")
    return found
