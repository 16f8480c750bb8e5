"""An audit that was written, taken into the ledger: whole and unchanged, or not at all."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from auditor.audit.readings import changed_readings
from auditor.audit.written import read_written
from auditor.errors import DataError
from auditor.ledger.intake import AuditTaken, Intake, take_in
from auditor.ledger.store import Place
from auditor.rulebook.rectification import Steps, load_steps

_SILENT = "这次审计用了 --notable-only，没有列出已履行的义务，是否已整改一律无法判断。"
_MADE_BY = ("rulebook", "settings", "calendar_years")


def take_in_folder(audit_dir: Path, place: Place, on: date, steps: Steps | None = None) -> Intake:
    """Add the audit in `audit_dir` to the ledger on the day `on`; the same audit is never added twice.

    Raises `DataError` for a what-if audit, and where its receipt does not say who may read of its findings, or by
    which reading it was made.
    """
    written = read_written(audit_dir)
    if written.summary.get("as_if_from"):
        raise DataError(
            f"{audit_dir} 是推演（按各项制度自 {written.summary['as_if_from']} 起已经施行计算），"
            "结论不作为实际违规认定，不能收入问题库。请去掉设置 effective.as_if_from，重新审计后收入"
        )
    audiences, reading = written.receipt.get("audiences"), written.receipt.get("reading")
    if not isinstance(audiences, dict) or not isinstance(reading, str):
        raise DataError(
            f"{audit_dir} 的回执没有写明审计依据和不得告知责任单位的问题，没有收入。请用本版本的 auditor audit 重新审计"
        )
    audit = AuditTaken(
        receipt=written.digest,
        as_of=written.as_of,
        period=written.period,
        findings=written.findings,
        ask=written.told,
        audiences=audiences,
        reading=reading,
        made_by={key: written.receipt.get(key) for key in _MADE_BY},
        differs=_differs,
        remarks=(_SILENT,) if written.leaves_out_met else (),
    )
    return take_in(audit, place, steps or load_steps(), on.isoformat())


def _differs(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """What differs between what two audits were made by, for the remark."""
    return "；".join(changed_readings(old, new))
