"""An audit that was written, read back: findings, counts and receipt, held against the receipt first."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from auditor.audit.obligationfile import ObligationFile
from auditor.domain.audit import Earlier
from auditor.domain.finding import Finding
from auditor.domain.rectification import Pair
from auditor.errors import DataError
from auditor.ledger.standing import Told
from auditor.receipt import RECEIPT, changed_files, digest_of, missing_files


@dataclass(frozen=True)
class WrittenAudit:
    """The content of an audit's folder."""

    folder: Path
    digest: str
    as_of: str
    period: str
    summary: Mapping[str, Any]
    receipt: Mapping[str, Any]
    findings: tuple[Finding, ...]
    obligations: ObligationFile

    @property
    def leaves_out_met(self) -> bool:
        """Whether met obligations were counted and not written (`--notable-only`)."""
        counted = any(counts.get("met") for counts in self.summary["rules"].values())
        return counted and not self.obligations.holds_met

    @property
    def as_earlier(self) -> Earlier:
        """The audit as the one before another."""
        return Earlier(date.fromisoformat(self.as_of), self.period, self.findings)

    def told(self, pairs: set[Pair], logs: Mapping[Pair, str]) -> Told:
        """What the audit tells of obligations (rule, record), and of the records of `logs` where it has none."""
        statuses = self.obligations.statuses(pairs)
        silent = self.leaves_out_met or bool(self.period)
        lacking = () if silent else {(log, pair[1]) for pair, log in logs.items() if pair not in statuses}
        sighted = frozenset(self.summary["rules"]) - frozenset(self.receipt.get("half_blind", self.summary["rules"]))
        return Told(statuses, self.obligations.present(lacking), sighted)


def read_written(folder: Path) -> WrittenAudit:
    """Read an audit's folder. Raises `DataError` where it is not an audit as it was written by this version."""
    unsound = [*changed_files(folder), *missing_files(folder)]
    if unsound:
        raise DataError(
            f"{folder} 不是完整的审计结果：{'、'.join(unsound)}缺少或被改动过。请先用 auditor audit 重新审计"
        )
    try:
        summary = json.loads((folder / "summary.json").read_text("utf-8"))
        receipt = json.loads((folder / RECEIPT).read_text("utf-8"))
        lines = (folder / "findings.jsonl").read_text("utf-8").splitlines()
        found = tuple(Finding.model_validate_json(line) for line in lines)
        as_of, period = str(summary["as_of"]), str(summary["period"] or "")
        if not all(isinstance(summary[part], dict) for part in ("rules", "units", "findings")):
            raise ValueError("summary.json")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{folder} 的内容读不懂：{error}。请用本版本的 auditor audit 重新审计") from None
    digest = digest_of(folder / RECEIPT) or ""
    return WrittenAudit(folder, digest, as_of, period, summary, receipt, found, ObligationFile(folder))
