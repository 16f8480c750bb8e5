"""Taking an audit into the ledger: what is new, what goes on, what this audit does not show.

A finding that an audit does not show stays open: absence closes nothing.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select

from auditor.domain.finding import Finding
from auditor.errors import DataError
from auditor.ledger.store import audits, findings, ledger
from auditor.receipt import RECEIPT, changed_files, digest_of, missing_files


@dataclass(frozen=True)
class Intake:
    """How an audit stands to those taken in before."""

    number: int
    new: int
    continuing: int
    not_shown: int
    already: bool = False

    def as_text(self) -> str:
        """For the terminal."""
        if self.already:
            return f"这次审计已在问题库中（第{self.number}次），未重复收入。"
        counts = f"新增{self.new}，延续{self.continuing}，本次未见{self.not_shown}"
        return f"已收入问题库（第{self.number}次审计）：{counts}（未见不等于已整改）。"


def take_in(audit_dir: Path, database: Path) -> Intake:
    """Add the audit in `audit_dir` to the ledger; the same audit is never added twice."""
    unsound = [*changed_files(audit_dir), *missing_files(audit_dir)]
    if unsound:
        raise DataError(
            f"{audit_dir} 不是完整的审计结果：{'、'.join(unsound)}缺少或被改动过。请先用 auditor audit 重新审计"
        )
    try:
        summary = json.loads((audit_dir / "summary.json").read_text("utf-8"))
        lines = (audit_dir / "findings.jsonl").read_text("utf-8").splitlines()
        found = [Finding.model_validate_json(line).model_dump(mode="json") for line in lines]
        about = {"as_of": str(summary["as_of"]), "period": summary["period"] or ""}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{audit_dir} 的内容读不懂：{error}。请用本版本的 auditor audit 重新审计") from None
    digest = digest_of(audit_dir / RECEIPT)
    with ledger(database) as connection:
        known = connection.execute(select(audits.c.number).where(audits.c.receipt == digest)).scalar()
        if known is not None:
            return Intake(known, 0, 0, 0, already=True)
        before = set(connection.execute(select(findings.c.id).distinct()).scalars())
        number = _add(connection, {"receipt": digest, **about}, summary, found)
    ids = {finding["id"] for finding in found}
    return Intake(number, len(ids - before), len(ids & before), len(before - ids))


def _add(connection: Connection, about: dict[str, Any], summary: dict[str, Any], found: list[dict[str, Any]]) -> int:
    row = {**about, "summary": json.dumps(summary, ensure_ascii=False, sort_keys=True)}
    number = int(connection.execute(insert(audits).values(row)).inserted_primary_key[0])  # type: ignore[index]
    if found:
        connection.execute(insert(findings), [_row(number, finding) for finding in found])
    return number


def _row(number: int, finding: dict[str, Any]) -> dict[str, Any]:
    columns = ("id", "rule", "status", "severity", "unit", "due_on")
    text = json.dumps(finding, ensure_ascii=False, sort_keys=True)
    return {"audit": number, "finding": text, **{name: finding[name] for name in columns}}


def overview(database: Path) -> list[str]:
    """The audits in the ledger, oldest first, with their findings counted by status."""
    if not database.is_file():
        raise DataError(f"没有问题库 {database}。先用 auditor ledger open 收入一次审计")
    counted = (
        select(audits.c.number, audits.c.as_of, audits.c.period, findings.c.status, func.count())
        .join_from(audits, findings, isouter=True)
        .group_by(audits.c.number, findings.c.status)
        .order_by(audits.c.number, findings.c.status)
    )
    with ledger(database) as connection:
        rows = connection.execute(counted).all()
    return [
        f"第{number}次　基准日{as_of}　{period or '全部期间'}　{status or '无问题'}　{count if status else 0}"
        for number, as_of, period, status, count in rows
    ] or ["问题库中还没有审计。"]
