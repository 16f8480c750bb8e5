"""Workbooks that the program itself wrote (本程序的结果): they speak of logs and are none."""

from collections.abc import Collection
from dataclasses import dataclass

from auditor.rulebook.logs import CHECKLIST, LogCatalogue

_LEDGER = frozenset({"问题清单", "规则对照"})  # ledger.xlsx of an audit
_SENT = frozenset({"整改台账", "出处"})  # what goes out to a unit and comes back


@dataclass(frozen=True)
class OwnResult:
    """Of which sheets such a workbook is read after all, and what a person should know."""

    read: frozenset[str]
    remark: str


def own_result(sheets: Collection[str], catalogue: LogCatalogue) -> OwnResult | None:
    """What a workbook with these sheets is, if the program wrote it."""
    if set(sheets) >= _LEDGER:
        checklist = catalogue.logs[CHECKLIST].zh if CHECKLIST in catalogue.logs else ""
        return OwnResult(frozenset({checklist}), f"是本程序写出的审计结果，不是台账，只读取其中的“{checklist}”")
    if set(sheets) >= _SENT:
        return OwnResult(frozenset(), "是本程序发出的整改台账，不是台账，未读取；收回时用 auditor ledger import")
    return None
