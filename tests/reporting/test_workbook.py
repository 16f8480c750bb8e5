"""The workbook holds text and numbers only, says the same as the report, and is the same each time."""

import json
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from auditor.domain.audit import Audit
from auditor.domain.obligation import Severity
from auditor.reporting.machine import finding_lines, summary_json
from auditor.reporting.text import clean
from auditor.reporting.workbook import CELL_LIMIT, fitting
from tests.reporting.whole import render_report, write_workbook

Rows = Sequence[Sequence[object]]
Sheets = dict[str, Rows]


@pytest.fixture
def book(audit: Audit, tmp_path: Path) -> Sheets:
    """The workbook of the invented audit, read back."""
    return _read(audit, tmp_path / "ledger.xlsx")


def _read(audit: Audit, path: Path) -> Sheets:
    write_workbook(audit, path)
    read = CalamineWorkbook.from_path(path)
    return {name: read.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in read.sheet_names}


def _rows(sheet: Rows, heading: str) -> list[dict[str, object]]:
    """The rows below the headings that begin with this one, up to the first empty row."""
    head = next(place for place, row in enumerate(sheet) if row[0] == heading)
    rows: list[dict[str, object]] = []
    for row in sheet[head + 1 :]:
        if not any(row):
            break
        rows.append(dict(zip(map(str, sheet[head]), row, strict=False)))
    return rows


def test_the_sheets_stand_in_order(book: Sheets) -> None:
    names = ["说明", "总览", "问题清单", "计时明细", "整改台账", "无法核实", "待人工核查", "数据质量", "规则对照"]
    assert list(book) == names


def test_without_manual_findings_there_is_no_sheet_for_them(audit: Audit, tmp_path: Path) -> None:
    found = tuple(finding for finding in audit.findings if finding.status != "manual")
    assert "待人工核查" not in _read(replace(audit, findings=found), tmp_path / "l.xlsx")


def test_a_column_that_only_a_ledger_fills_stands_only_then(book: Sheets, audit: Audit, tmp_path: Path) -> None:
    extra = {"首次发现", "上次发现", "复发次数", "情况说明"}
    assert not extra & {*map(str, book["问题清单"][2])}
    seen = audit.findings[0].model_copy(update={"first_seen": "2025-06-30", "recurrence": 0})
    rows = _read(replace(audit, findings=(seen, *audit.findings[1:])), tmp_path / "l.xlsx")["问题清单"]
    assert extra & {*map(str, rows[2])} == {"首次发现", "复发次数"}
    assert [row["首次发现"] for row in _rows(rows, "序号") if row["编号"] == seen.id] == ["2025-06-30"]


def test_no_cell_is_a_formula_and_no_link_leads_out(audit: Audit, tmp_path: Path) -> None:
    path = tmp_path / "ledger.xlsx"
    write_workbook(audit, path)
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            text = parts.read(name).decode("utf-8")
            assert not re.search(r"<f>|<f |TargetMode", text), name
            for link in re.findall("<hyperlink [^>]*>", text):
                assert re.search(r"location=\"'规则对照'!A\d+\"", link) and "r:id" not in link, link


def test_the_number_of_a_rule_leads_to_its_row(audit: Audit, book: Sheets, tmp_path: Path) -> None:
    path = tmp_path / "ledger.xlsx"
    write_workbook(audit, path)
    with zipfile.ZipFile(path) as parts:
        page = parts.read("xl/worksheets/sheet3.xml").decode("utf-8")
    links = re.findall(r"<hyperlink ref=\"([A-Z]+)(\d+)\" location=\"'规则对照'!A(\d+)\"", page)
    rules, findings = book["规则对照"], book["问题清单"]
    column = findings[2].index("规则")
    assert links
    for _, line, target in links:
        assert rules[int(target) - 1][0] == findings[int(line) - 1][column]


def test_every_day_of_a_count_is_listed(audit: Audit, book: Sheets) -> None:
    counted = {each.id: sum(day.counted for day in each.days) for each in audit.findings if each.days}
    rows = _rows(book["计时明细"], "序号")
    assert (
        counted
        and {name: sum(r["编号"] == name and r["是否计入"] == "计入" for r in rows) for name in counted} == counted
    )
    assert len(rows) == sum(len(each.days) for each in audit.findings)


def test_only_cells_to_be_filled_in_can_be_changed(audit: Audit, tmp_path: Path) -> None:
    path = tmp_path / "ledger.xlsx"
    write_workbook(audit, path)
    with zipfile.ZipFile(path) as parts:
        page = parts.read("xl/worksheets/sheet5.xml").decode("utf-8")
        styles = parts.read("xl/styles.xml").decode("utf-8")
    assert "<sheetProtection " in page
    formats = re.findall(r"<xf [^>]*?(?:/>|>.*?</xf>)", styles.split("<cellXfs")[1])
    cells = dict(re.findall(r'<c r="([A-Z]+4)" s="(\d+)"', page))
    is_open = {cell: 'locked="0"' in formats[int(style)] for cell, style in cells.items()}
    assert is_open == {cell: cell in ("J4", "K4", "L4", "M4") for cell in cells}


def test_hostile_text_is_read_back_as_it_was(book: Sheets, hostile: tuple[str, ...]) -> None:
    row = next(row for row in _rows(book["问题清单"], "序号") if row["编号"] == "F-002")
    assert row["责任单位"] == hostile[0]
    assert row["标题"] == hostile[1]
    assert row["记录"] == hostile[2]
    assert row["具体情况"] == clean("\n".join(hostile))


def test_two_workbooks_of_an_audit_are_equal_to_the_byte(audit: Audit, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(audit, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_report_workbook_and_summary_give_the_same_totals(audit: Audit, book: Sheets) -> None:
    page, summary = render_report(audit), json.loads(summary_json(audit.summary))
    lines = list(finding_lines(audit.findings))
    assert f"五、审计发现（共 {len(lines)} 项）" in page
    assert len(_rows(book["问题清单"], "序号")) == len(lines)
    by_severity = {row["严重程度"]: row["合计"] for row in _rows(book["总览"], "严重程度")}
    for severity in Severity:
        number = summary["findings"].get(severity.value, 0)
        assert by_severity[severity.zh] == number
        assert page.count(f'data-severity="{severity.value}"') == number
    met = sum(counts.get("met", 0) for counts in summary["rules"].values())
    breached = sum(counts.get("breached", 0) for counts in summary["rules"].values())
    rate = f"{met}/{met + breached}（"
    assert str(_rows(book["总览"], "范围")[0]["履行率（已履行/已履行＋违反）"]).startswith(rate)
    assert rate in page


def test_only_breaches_are_to_be_rectified(book: Sheets) -> None:
    assert {row["编号"] for row in _rows(book["整改台账"], "序号")} == {"F-001", "F-002"}


def test_what_is_to_be_filled_in_is_checked_on_entry(audit: Audit, tmp_path: Path) -> None:
    path = tmp_path / "ledger.xlsx"
    write_workbook(audit, path)
    with zipfile.ZipFile(path) as parts:
        page = parts.read("xl/worksheets/sheet5.xml").decode("utf-8")
    assert re.search(r'<dataValidation type="list".*?已整改,部分整改,未整改,申请复核', page)
    assert '<dataValidation type="date"' in page


def test_a_rule_that_was_not_audited_has_no_numbers(book: Sheets) -> None:
    row = next(row for row in _rows(book["规则对照"], "规则") if row["规则"] == "MTG-1-1")
    assert row["审计情况"] == "未审计"
    assert row["违反"] == row["合计"] == ""


def test_a_log_that_was_not_supplied_has_no_numbers(book: Sheets) -> None:
    row = next(row for row in _rows(book["数据质量"], "台账") if row["台账"] == "会议台账")
    assert (row["读取行数"], row["说明"]) == ("", "未提供，未审计")


def test_the_header_of_an_internal_workbook_says_so(altered: Callable[..., Audit], tmp_path: Path) -> None:
    path = tmp_path / "ledger.xlsx"
    write_workbook(altered(internal=True), path)
    with zipfile.ZipFile(path) as parts:
        assert "内部资料" in parts.read("xl/worksheets/sheet3.xml").decode("utf-8")


def test_a_text_too_long_for_a_cell_is_cut_and_says_so() -> None:
    cut = fitting("长" * (CELL_LIMIT + 1))
    assert len(cut) == CELL_LIMIT
    assert cut.endswith("（全文见审计报告）")
