"""No public output tells which unit handles a complaint that accuses somebody; the internal ones do."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from auditor.audit.outputs import write_outputs
from auditor.audit.trip import Audited, audit_logs
from auditor.domain.audit import HIDDEN_UNIT
from auditor.judgement.discretion import Discretion
from auditor.judgement.identity import is_pattern, pattern_id
from auditor.judgement.routing import accusations_in
from auditor.reporting.exchange import FORMATS
from auditor.rulebook.book import Rulebook
from auditor.rulebook.loading import load_rulebook
from tests.robustness.said import said

AS_OF = date(2025, 12, 31)
HEAD = "留言编号,留言时间,留言类别,承办单位,被检举控告对象,转送对象,是否发生泄密,是否已公开,录入人,备注,答复时间\n"
# 丁字科 and 戊字科 handle nothing but accusations; 己字科 has plain breaches of the same rule beside one.
ROWS = """\
LY-001,2025-03-10 09:00,检举控告,丁字科,丁字科,,是,否,周某经办,转丁字科,
LY-002,2025-03-10 09:00,检举控告,戊字科,丁字科,,是,否,吴某经办,,
LY-003,2025-12-30 09:00,,丁字科,丁字科,,否,否,周某经办,,
LY-011,2025-03-10 09:00,投诉,己字科,,,是,否,,,
LY-012,2025-03-11 09:00,投诉,己字科,,,是,否,,,
LY-013,2025-03-12 09:00,检举控告,己字科,某人,,是,否,,,
LY-014,2025-03-12 09:00,投诉,己字科,,,,否,,,
"""
ACCUSING = {"LY-001", "LY-002", "LY-003", "LY-013"}
SECRET = ("丁字科", "戊字科", "周某经办", "吴某经办")


@pytest.fixture(scope="module")
def book() -> Rulebook:
    """The rulebook as shipped."""
    return load_rulebook(shipped_cases=False)


def audited(folder: Path, book: Rulebook, *, internal: bool = False) -> Audited:
    """An audit of those messages."""
    (folder / "台账").mkdir(exist_ok=True)
    (folder / "台账" / "网民留言台账.csv").write_text(HEAD + ROWS, "utf-8")
    return audit_logs([folder / "台账"], book, AS_OF, internal=internal)


def outputs(folder: Path, book: Rulebook, *, internal: bool = False) -> dict[str, str]:
    """What every output says, in every format, by the name of the file."""
    write_outputs(audited(folder, book, internal=internal), folder / "结果", ["audit"], formats=list(FORMATS))
    return said(folder / "结果")


@pytest.mark.parametrize("secret", SECRET)
def test_no_public_output_tells_who_handles_an_accusation(secret: str, book: Rulebook, tmp_path: Path) -> None:
    told = outputs(tmp_path, book)
    assert f"列为“{HIDDEN_UNIT}”" in told["report.html"] and f"列为“{HIDDEN_UNIT}”" in told["report.docx"]
    assert len(told) >= 12 and "LY-001" in told["findings.jsonl"] + told["obligations.parquet"]
    letter = f"整改通知-{secret}.docx"
    told["receipt.json"] = told["receipt.json"].replace(f"notices/{letter}", "")  # lists every file
    assert {name for name, text in told.items() if secret in text} <= {letter}


def test_the_unit_that_may_know_is_told_in_its_own_letter_and_the_accused_is_not(
    book: Rulebook, tmp_path: Path
) -> None:
    told = outputs(tmp_path, book)
    assert "LY-002" in told["整改通知-戊字科.docx"] and "丁字科" not in told["整改通知-戊字科.docx"]
    letters = {name: text for name, text in told.items() if name.startswith("整改通知")}
    assert set(letters) == {"整改通知-戊字科.docx", "整改通知-己字科.docx"}
    assert not [record for record in ACCUSING if record in letters["整改通知-己字科.docx"]]


def test_the_internal_outputs_tell_it(book: Rulebook, tmp_path: Path) -> None:
    told = outputs(tmp_path, book, internal=True)
    for name in ("findings.jsonl", "obligations.parquet", "summary.json", "report.html", "ledger.xlsx", "findings.csv"):
        assert "丁字科" in told[name] and HIDDEN_UNIT not in told[name], name
    assert "LY-001" not in told["report.docx"] and "丁字科" not in told["整改通知-戊字科.docx"]


def test_the_tables_by_unit_add_up_so_that_no_difference_tells(book: Rulebook, tmp_path: Path) -> None:
    outputs(tmp_path, book)
    rows = pl.read_parquet(tmp_path / "结果" / "obligations.parquet")
    hidden = rows.filter(pl.col("unit") == HIDDEN_UNIT)
    assert set(hidden["record"]) == ACCUSING == set(rows.filter(pl.col("record").is_in(ACCUSING))["record"])
    counted: dict[str, dict[str, int]] = {}
    for unit, status, number in rows.group_by("unit", "status").len().iter_rows():
        counted.setdefault(unit, {})[status] = number
    assert counted == json.loads((tmp_path / "结果" / "summary.json").read_text("utf-8"))["units"]


def test_no_finding_joins_an_accusation_with_what_is_told_of_its_unit(book: Rulebook, tmp_path: Path) -> None:
    found = audited(tmp_path, book).audit.findings
    joined = [each for each in found if ACCUSING & {*each.records} and {"LY-011", "LY-012", "LY-014"} & {*each.records}]
    assert joined and all(each.unit == book.office and each.status != "breached" for each in joined)
    (pattern,) = [each for each in found if is_pattern(each, "") and each.rule == "INT-7-2"]
    assert pattern.records == ("LY-013",) and pattern.unit == HIDDEN_UNIT and "己字科" not in str(pattern)
    assert {record for ground in pattern.grounds for _, record in ground.obligations} == {"LY-013"}
    units = [*SECRET[:2], "己字科"]
    assert pattern.id not in [pattern_id(name, pattern.rule, unit, "") for name in pattern.judgements for unit in units]


def _without_unit(finding: Any) -> tuple[Any, ...]:
    return finding.rule, finding.also, finding.status, finding.severity, finding.title, finding.late, finding.judgements


def test_discretion_changes_no_verdict(book: Rulebook, tmp_path: Path) -> None:
    public, internal = (audited(tmp_path, book, internal=kept).audit for kept in (False, True))
    assert sorted(map(_without_unit, public.findings)) == sorted(map(_without_unit, internal.findings))
    assert public.summary["rules"] == internal.summary["rules"]
    assert public.summary["findings"] == internal.summary["findings"]
    inside = {each.id for each in internal.findings}
    assert all(each.id in inside for each in public.findings if not is_pattern(each, ""))


def test_a_table_in_pieces_is_silent_in_the_same_places(book: Rulebook, tmp_path: Path) -> None:
    (tmp_path / "网民留言台账.csv").write_text(HEAD + ROWS, "utf-8")
    audited = audit_logs([tmp_path], book, AS_OF, internal=True)
    whole, tables = audited.obligations.rechunk(), audited.logs.tables
    discretion = Discretion(accusations_in(book.logs, tables), set(whole["unit"]))
    told = discretion.obligations(whole)
    pieces = discretion.obligations(pl.concat([whole[:5], whole[5:6], whole[6:]], rechunk=False))
    assert pieces.equals(told) and pieces.n_chunks() == 3
    hidden = told.filter(pl.col("unit") == HIDDEN_UNIT)
    assert set(hidden["record"]) == ACCUSING
    assert not whole.filter(pl.col("unit") == HIDDEN_UNIT).height
