"""Inspectors' answers over the machine's verdicts."""

from datetime import date
from pathlib import Path

import pytest

from auditor.audit.trip import audit_logs
from auditor.rulebook.book import Rulebook

REQUESTS = "申请编号,收到申请日期,答复日期\n甲,2025-03-03,2025-03-31\n乙,,2025-03-31\n"
HEAD = "核查事项编号,核查对象,核查结果,核查日期,适用期间\n"


def verdicts(book: Rulebook, folder: Path, *answers: str) -> dict[str, str]:
    """The status of REQ-3-5 for each request, with the answers given."""
    (folder / "依申请公开台账.csv").write_text(REQUESTS, encoding="utf-8")
    if answers:
        (folder / "人工核查表.csv").write_text(HEAD + "\n".join(answers), encoding="utf-8")
    obligations = audit_logs([folder], book, date(2025, 12, 31)).obligations
    return {row["record"]: row["status"] for row in obligations.to_dicts() if row["rule"] == "REQ-3-5"}


@pytest.mark.parametrize(
    ("answers", "first", "second"),
    [
        ([], "met", "unverifiable"),
        (["REQ-3-5,,不符合,2025-06-01,"], "breached", "breached"),
        (["REQ-3-5,甲,不符合,2025-06-01,"], "breached", "unverifiable"),
        (["REQ-3-5,,符合,2025-06-01,"], "met", "met"),
        (["REQ-3-5,,不符合,2025-06-01,", "REQ-3-5,甲,符合,2025-05-01,"], "met", "breached"),
        (["REQ-3-5,,不符合,2025-06-01,", "REQ-3-5,,符合,2025-07-01,"], "met", "met"),
        (["REQ-3-5,,不符合,2026-01-01,"], "met", "unverifiable"),
        (["REQ-3-5,甲,不符合,2025-06-01,2024"], "met", "unverifiable"),
        (["REQ-3-5,甲,不符合,2025-06-01,2025Q1"], "breached", "unverifiable"),
    ],
)
def test_answers_settle_or_overturn_what_the_machine_found(
    book: Rulebook, tmp_path: Path, answers: list[str], first: str, second: str
) -> None:
    """不符合 breaches, 符合 settles, the nearer and the later answer hold, one after the audit's day does not."""
    assert verdicts(book, tmp_path, *answers) == {"甲": first, "乙": second}


def test_not_applicable_drops_the_obligation(book: Rulebook, tmp_path: Path) -> None:
    """不适用."""
    assert verdicts(book, tmp_path, "REQ-3-5,乙,不适用,2025-06-01,") == {"甲": "met"}
