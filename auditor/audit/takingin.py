"""An audit that was written, taken into the ledger: whole and unchanged, or not at all."""

import json
from datetime import date
from pathlib import Path

from auditor.audit.obligationfile import ObligationFile
from auditor.domain.finding import Finding
from auditor.errors import DataError
from auditor.ledger.intake import AuditTaken, Intake, take_in
from auditor.ledger.store import Place
from auditor.receipt import RECEIPT, changed_files, digest_of, missing_files
from auditor.rulebook.rectification import Steps, load_steps


def check_whole(audit_dir: Path) -> None:
    """Raise `DataError` where a folder is not an audit as it was written."""
    unsound = [*changed_files(audit_dir), *missing_files(audit_dir)]
    if unsound:
        raise DataError(
            f"{audit_dir} 不是完整的审计结果：{'、'.join(unsound)}缺少或被改动过。请先用 auditor audit 重新审计"
        )


def take_in_folder(audit_dir: Path, place: Place, on: date, steps: Steps | None = None) -> Intake:
    """Add the audit in `audit_dir` to the ledger on the day `on`; the same audit is never added twice."""
    check_whole(audit_dir)
    try:
        summary = json.loads((audit_dir / "summary.json").read_text("utf-8"))
        about = {"as_of": str(summary["as_of"]), "period": summary["period"] or ""}
        met = any(counts.get("met") for counts in summary["rules"].values())
        lines = (audit_dir / "findings.jsonl").read_text("utf-8").splitlines()
        found = [Finding.model_validate_json(line) for line in lines]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{audit_dir} 的内容读不懂：{error}。请用本版本的 auditor audit 重新审计") from None
    obligations = ObligationFile(audit_dir)
    silent = "这次审计用了 --notable-only，没有列出已履行的义务，是否已整改一律无法判断。"
    audit = AuditTaken(
        receipt=digest_of(audit_dir / RECEIPT) or "",
        findings=found,
        statuses=obligations.statuses,
        remarks=(silent,) if met and not obligations.holds_met else (),
        **about,
    )
    return take_in(audit, place, steps or load_steps(), on.isoformat())
