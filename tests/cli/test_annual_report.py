"""`auditor annual-report`: the tables from the sample, and a filled-in report of which one cell was altered."""

import json
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from python_calamine import load_workbook

from auditor.audit.annual import annual_report
from auditor.audit.annual_outputs import write_annual
from auditor.rulebook.loading import load_rulebook
from auditor.rulebook.reportforms import KEYS, TOTAL, load_report_form
from auditor.shipped import shipped
from tests.assessment.conftest import rulebook_loaded_once
from tests.cli.conftest import Run

__all__ = ["rulebook_loaded_once"]

SAMPLE = shipped("fixtures") / "sample"
FORM = load_report_form()
OPTIONS = ("--year", 2025, "--as-of", "2026-01-31")


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's logs that the report counts from."""
    folder = tmp_path_factory.mktemp("台账")
    for name in ("依申请公开台账.xlsx", "年度报告数据表.csv", "公文台账.csv"):
        (folder / name).write_bytes((SAMPLE / name).read_bytes())
    return folder


@pytest.fixture(scope="module")
def base(logs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report written once, for the tests that only look at it or fill in a copy."""
    out = tmp_path_factory.mktemp("年报") / "out"
    book = load_rulebook(shipped_cases=False)
    written, _ = annual_report([logs], book, FORM, 2025, date(2026, 1, 31))
    write_annual(written, FORM, book, out, ["annual-report"])
    return out


def content(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "annual-report.json").read_text("utf-8"))
    return found


def report(run: Run, logs: Path, tmp_path: Path, *more: object, out: str = "out") -> tuple[int, str, dict[str, Any]]:
    code, said, _ = run("annual-report", logs, *OPTIONS, "--out", out, *more)
    return code, said, content(tmp_path / out)


def copy(source: Path, target: Path, change: dict[tuple[str, int, int], object]) -> Path:
    """The workbook with some cells (sheet, row, column from 0) changed, as an office program would save it."""
    book = load_workbook(source)
    with xlsxwriter.Workbook(target) as out:
        for sheet in book.sheet_names:
            page = out.add_worksheet(sheet)
            for at, row in enumerate(book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)):
                page.write_row(at, 0, row)
            for (name, row, column), value in change.items():
                if name == sheet:
                    page.write(row, column, value)
    return target


def national(target: Path, found: dict[str, Any], change: dict[tuple[str, str], object]) -> Path:
    """The table of requests as the national form prints it: merged headings, numbered rows, groups to the left."""
    values = {(each["row"], each["column"]): each["value"] for each in found["figures"] if each["table"] == "申请处理"}
    values |= change
    rows = [(f"{FORM.rows[key].no}{FORM.rows[key].zh}", "", "", key) for key in KEYS[:2]]
    for number, line in enumerate(FORM.results):
        left = "三、本年度办理结果" if number == 0 else ""
        own = re.sub("^（.）", "", line.no)
        rows.append((left, f"{line.no[:3]}{line.group or line.zh}", f"{own}{line.zh}" if line.group else "", line.zh))
    rows += [("", "（七）总计", "", KEYS[2]), ("四、结转下年度继续办理", "", "", KEYS[3])]
    with xlsxwriter.Workbook(target) as book:
        page = book.add_worksheet("三")
        page.merge_range(0, 0, 2, 2, "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）")
        page.merge_range(0, 3, 0, 9, "申请人情况")
        page.merge_range(1, 3, 2, 3, "自然人")
        page.merge_range(1, 4, 1, 8, "法人或其他组织")
        page.merge_range(1, 9, 2, 9, "总计")
        page.write_row(2, 4, list(FORM.applicants[1:]))
        for at, (first, second, third, key) in enumerate(rows, start=3):
            page.write_row(at, 0, [first, second, third])
            page.write_row(at, 3, [values[key, column] for column in (*FORM.applicants, TOTAL)])
    return target


def test_the_sample_balances_for_every_kind_of_applicant(run: Run, logs: Path, tmp_path: Path) -> None:
    code, said, found = report(run, logs, tmp_path)
    assert code == 0 and "新收48，上年结转0，办理结果总计44，结转下年度4" in said
    requests = found["requests"]
    assert list(requests) == list(KEYS)
    for kind in (*FORM.applicants, TOTAL):
        new, carried_in, handled, carried_out = (requests[key][kind] for key in KEYS)
        assert new + carried_in == handled + carried_out
    assert found["checks"] and all(check["ok"] for check in found["checks"])
    assert set(found["checks"][0]) == {"name", "ok", "left", "right"}
    figures = {(each["table"], each["row"], each["column"]): each for each in found["figures"]}
    carried = figures["申请处理", "结转下年度", "自然人"]
    assert (carried["value"], carried["records"]) == (4, ["SQ-2025-014", "SQ-2025-015", "SQ-2025-016", "SQ-2025-017"])
    assert all(
        len(each["records"]) == each["value"] for key, each in figures.items() if key[0] != "第十九条" and each["value"]
    )
    assert {row.split(" ")[0] for table, row, _ in figures if table == "第十九条"} == {
        *(
            "（一）1",
            "（一）2",
            "（一）3",
            "（一）4",
            "（二）1",
            "（二）2",
            "（二）3",
            "（二）4",
            "（二）5",
            "（三）",
            "（四）",
        )
    }


def test_what_last_years_report_carried_over_is_held_against_the_log(base: Path) -> None:
    failed = [(check["name"], check["left"], check["right"]) for check in content(base)["across"] if not check["ok"]]
    assert ("总计：本年的上年结转＝上年度报告的结转下年度", 0, 1) in failed


def test_the_programs_own_workbook_agrees_with_the_logs(run: Run, logs: Path, base: Path, tmp_path: Path) -> None:
    code, said, found = report(run, logs, tmp_path, "--check", base / "annual-report.xlsx")
    assert code == 0 and found["compared"]["disagreements"] == [], said
    assert found["compared"]["cells"] > 200


def test_one_altered_cell_is_found_and_named(run: Run, logs: Path, base: Path, tmp_path: Path) -> None:
    sheet = load_workbook(base / "annual-report.xlsx").get_sheet_by_name("申请处理")
    rows = sheet.to_python(skip_empty_area=False)
    at = next(number for number, row in enumerate(rows) if "部分公开" in str(row[1]))
    copy(base / "annual-report.xlsx", tmp_path / "改.xlsx", {("申请处理", at, 2): 7})
    code, said, found = report(run, logs, tmp_path, "--check", "改.xlsx", out="second")
    (cell,) = found["compared"]["disagreements"]
    assert code == 1
    assert (cell["sheet"], cell["cell"], cell["stated"], cell["expected"]) == ("申请处理", f"C{at + 1}", "7", "1")
    assert cell["records"] == ["SQ-2025-034"]
    assert (
        "自然人：办理结果总计＝各项办理结果之和" in cell["why"]
        and "部分公开：总计＝自然人和各类组织之和" in cell["why"]
    )
    assert f"申请处理!C{at + 1}（申请处理，部分公开，自然人）：填7，应为1" in said


def test_a_report_in_the_national_layout_is_read_too(run: Run, logs: Path, base: Path, tmp_path: Path) -> None:
    national(tmp_path / "国.xlsx", content(base), {})
    assert report(run, logs, tmp_path, "--check", "国.xlsx", out="same")[0] == 0
    national(tmp_path / "改.xlsx", content(base), {("重复申请", "法律服务机构"): 1})
    code, _, again = report(run, logs, tmp_path, "--check", "改.xlsx", out="other")
    (cell,) = again["compared"]["disagreements"]
    assert code == 1 and (cell["sheet"], cell["cell"]) == ("三", "H20")
    assert cell["place"] == ["申请处理", "重复申请", "法律服务机构"]


def test_without_the_log_of_requests_a_report_is_held_against_itself(
    run: Run, logs: Path, base: Path, tmp_path: Path
) -> None:
    national(tmp_path / "改.xlsx", content(base), {("重复申请", "自然人"): 2})
    (tmp_path / "只有公文").mkdir()
    (tmp_path / "只有公文" / "公文台账.csv").write_bytes((logs / "公文台账.csv").read_bytes())
    code, said, again = report(run, tmp_path / "只有公文", tmp_path, "--check", "改.xlsx", out="other")
    (cell,) = again["compared"]["disagreements"]
    assert code == 1 and cell["place"] == ["申请处理", "重复申请", "自然人"]
    assert "没有提供依申请公开台账" in said and "新收须填写" in said
    assert set(again["requests"]["新收"].values()) == {None} and again["checks"] == []


def test_a_workbook_without_the_tables_is_refused_as_data(run: Run, logs: Path, tmp_path: Path) -> None:
    code, _, err = run("annual-report", logs, *OPTIONS, "--check", SAMPLE / "监督检查台账.xlsx")
    assert code == 3 and "没有找到年度报告的表格" in err
    assert not (tmp_path / "annual-report-2025").exists()


def test_the_documents_are_the_same_bytes_and_hold_no_formula(run: Run, logs: Path, base: Path, tmp_path: Path) -> None:
    first = {path.name: path.read_bytes() for path in base.iterdir() if path.name != "receipt.json"}
    report(run, logs, tmp_path)
    assert {name: (tmp_path / "out" / name).read_bytes() for name in first} == first
    assert set(first) == {"annual-report.json", "annual-report.xlsx", "年度报告.docx"}
    with zipfile.ZipFile(tmp_path / "out" / "annual-report.xlsx") as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())
    with zipfile.ZipFile(tmp_path / "out" / "年度报告.docx") as archive:
        text = archive.read("word/document.xml").decode()
    for words in ("三、收到和处理政府信息公开申请情况", "第一项加第二项之和", "须填写", "SQ-2025-038"):
        assert words in text
