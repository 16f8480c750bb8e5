"""An audit that was written, taken into the ledger: whole and unchanged, or not at all."""

from datetime import date
from pathlib import Path

from auditor.audit.written import read_written
from auditor.errors import DataError
from auditor.ledger.intake import AuditTaken, Intake, take_in
from auditor.ledger.store import Place
from auditor.rulebook.rectification import Steps, load_steps

_SILENT = "这次审计用了 --notable-only，没有列出已履行的义务，是否已整改一律无法判断。"


def take_in_folder(audit_dir: Path, place: Place, on: date, steps: Steps | None = None) -> Intake:
    """Add the audit in `audit_dir` to the ledger on the day `on`; the same audit is never added twice.

    Raises `DataError` where its receipt does not say who may read of its findings.
    """
    written = read_written(audit_dir)
    audiences = written.receipt.get("audiences")
    if not isinstance(audiences, dict):
        raise DataError(
            f"{audit_dir} 的回执没有写明哪些问题不得告知责任单位，没有收入。请用本版本的 auditor audit 重新审计"
        )
    audit = AuditTaken(
        receipt=written.digest,
        as_of=written.as_of,
        period=written.period,
        findings=written.findings,
        ask=written.told,
        audiences=audiences,
        remarks=(_SILENT,) if written.leaves_out_met else (),
    )
    return take_in(audit, place, steps or load_steps(), on.isoformat())
