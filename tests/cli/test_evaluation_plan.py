"""`auditor evaluate --plan` and `--entered`: the plan, the forms, and forms typed in twice."""

import json
import re
import zipfile
from pathlib import Path

import xlsxwriter
from python_calamine import load_workbook

from auditor.rulebook.entryform import ANSWER_COLUMNS, COLUMNS, FIRST, HEADING_ROW, SECOND
from tests.assessment.conftest import rulebook_loaded_once
from tests.cli.conftest import Run

__all__ = ["rulebook_loaded_once"]

FORM = {"收回": "是", **dict.fromkeys(ANSWER_COLUMNS, "满意")}


def plan(run: Run, *more: object) -> tuple[int, str, str]:
    return run("evaluate", "--plan", "--year", 2025, "--as-of", "2025-10-10", "--forms", 6, "--out", "方案", *more)


def typed(source: Path, target: Path, first: dict[int, dict[str, str]], second: dict[int, dict[str, str]]) -> Path:
    """The entry workbook with rows (0 is the first form) filled in on both sheets."""
    book = load_workbook(source)
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False}) as out:
        for name, rows in ((FIRST, first), (SECOND, second)):
            page = out.add_worksheet(name)
            for at, row in enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False)):
                page.write_row(at, 0, row)
            for number, cells in rows.items():
                for heading, value in cells.items():
                    page.write_string(HEADING_ROW + number, COLUMNS.index(heading), value)
    return target


def test_the_plan_has_the_six_elements_and_every_form_its_number(run: Run, tmp_path: Path) -> None:
    code, out, _ = plan(run, "--unit", "办公室", "--unit", "文物科", "--hot", "留言答复时效")
    assert code == 0 and "本单位自定" in out
    texts = {}
    for name in ("评议方案.docx", "评议测评表.docx"):
        with zipfile.ZipFile(tmp_path / "方案" / name) as archive:
            texts[name] = "".join(re.findall(r"<w:t[^>]*>([^<]*)</w:t>", archive.read("word/document.xml").decode()))
    for element in ("评议组织", "评议对象", "评议内容", "评议时间", "方法步骤", "参评人员"):
        assert f"、{element}" in texts["评议方案.docx"]
    assert "办公室、文物科" in texts["评议方案.docx"] and "组织领导20" in texts["评议方案.docx"]
    assert re.findall(r"票号：(PY-2025-\d{4})", texts["评议测评表.docx"]) == [f"PY-2025-000{n}" for n in range(1, 7)]
    assert texts["评议测评表.docx"].count("公开效果") == 6 and "留言答复时效" in texts["评议测评表.docx"]


def test_the_entry_workbook_offers_lists_compares_itself_and_is_no_log(run: Run, tmp_path: Path) -> None:
    plan(run)
    with zipfile.ZipFile(tmp_path / "方案" / "问卷录入.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count('<dataValidation type="list"') == 7 and "满意,基本满意,不满意,不了解" in sheet
    assert "录入二" in sheet and "<f>" not in sheet.split("<conditionalFormatting")[0]
    (tmp_path / "台账").mkdir()
    (tmp_path / "方案" / "问卷录入.xlsx").rename(tmp_path / "台账" / "问卷录入.xlsx")
    (tmp_path / "台账" / "评议意见台账.csv").write_text(
        "意见编号,评议年度,意见建议内容,收到反馈通知日期\nY,2025,甲,2025-03-03\n", "utf-8"
    )
    code, out, _ = run("evaluate", "台账", "--year", 2025, "--as-of", "2026-01-31")
    assert code == 0 and "收回0份" in out and "未识别：问卷录入.xlsx" in out


def test_forms_typed_alike_become_the_log_that_is_evaluated(run: Run, tmp_path: Path) -> None:
    plan(run)
    rows = {0: {**FORM, "意见栏": "=1+1"}, 1: {"收回": "是"}, 3: {**FORM, "身份栏": "学生", "题2": "不满意"}}
    typed(tmp_path / "方案" / "问卷录入.xlsx", tmp_path / "录完.xlsx", rows, rows)
    code, out, _ = run("evaluate", "--entered", "录完.xlsx", "--year", 2025, "--out", "录入")
    assert code == 0 and "录入一致3份" in out
    code, out, _ = run("evaluate", "录入", "--year", 2025, "--as-of", "2026-01-31", "--out", "out")
    assert code == 0 and "收回3份，有效2份，不计入1份" in out
    found = json.loads((tmp_path / "out" / "evaluation.json").read_text("utf-8"))
    assert (found["contents"]["e2"]["满意"], found["contents"]["e2"]["不满意"]) == (1, 1)
    assert [each["reason"] for each in found["set_aside"]] == ["空白"]


def test_every_cell_typed_differently_is_named_and_no_log_is_written(run: Run, tmp_path: Path) -> None:
    plan(run)
    first, second = {0: FORM, 2: FORM}, {0: {**FORM, "题5": "不满意"}, 2: FORM, 4: {"收回": "是"}}
    typed(tmp_path / "方案" / "问卷录入.xlsx", tmp_path / "录完.xlsx", first, second)
    code, out, _ = run("evaluate", "--entered", "录完.xlsx", "--year", 2025, "--out", "录入")
    assert code == 1
    assert "PY-2025-0001 题5（录入一!I4）：录入一“满意”，录入二“不满意”" in out
    assert "PY-2025-0005 收回（录入二!B8）：录入一“空”，录入二“是”" in out
    assert not (tmp_path / "录入" / "评议问卷.xlsx").exists()
    found = json.loads((tmp_path / "录入" / "录入核对.json").read_text("utf-8"))
    assert (found["forms"], len(found["differences"])) == (1, 2)


def test_a_workbook_in_which_nothing_is_typed_is_refused(run: Run, tmp_path: Path) -> None:
    plan(run)
    code, _, err = run("evaluate", "--entered", "方案/问卷录入.xlsx", "--year", 2025, "--out", "录入")
    assert code == 3 and "“录入一”只有票子号码，还没有录入。请两人各录一张" in err
    typed(tmp_path / "方案" / "问卷录入.xlsx", tmp_path / "录完.xlsx", {0: FORM}, {})
    code, _, err = run("evaluate", "--entered", "录完.xlsx", "--year", 2025, "--out", "录入")
    assert code == 3 and "“录入二”只有票子号码" in err and not (tmp_path / "录入").exists()


def test_numbers_of_another_year_are_refused(run: Run, tmp_path: Path) -> None:
    plan(run)
    rows = {0: FORM, 1: {**FORM, "票子号码": "PY-2024-0002"}}
    typed(tmp_path / "方案" / "问卷录入.xlsx", tmp_path / "录完.xlsx", rows, rows)
    code, _, err = run("evaluate", "--entered", "录完.xlsx", "--year", 2025, "--out", "录入")
    assert code == 3 and "票子号码 PY-2024-0002 不是2025年度的（应以 PY-2025- 开头）" in err
    code, _, err = run("evaluate", "--entered", "录完.xlsx", "--year", 2023, "--out", "录入")
    assert code == 3 and "PY-2025-0001、PY-2024-0002 不是2023年度的" in err and not (tmp_path / "录入").exists()


def test_a_form_that_did_not_come_back_is_no_blank_form(run: Run, tmp_path: Path) -> None:
    plan(run)
    first, second = {0: FORM, 1: {"收回": "否"}, 2: {"收回": "否"}}, {0: FORM, 1: {"收回": "否"}}
    typed(tmp_path / "方案" / "问卷录入.xlsx", tmp_path / "录完.xlsx", first, second)
    code, out, _ = run("evaluate", "--entered", "录完.xlsx", "--year", 2025, "--out", "录入")
    assert code == 0 and "录入一致1份" in out
    typed(tmp_path / "方案" / "问卷录入.xlsx", tmp_path / "没有.xlsx", {1: {"收回": "否"}}, {1: {"收回": "否"}})
    code, _, err = run("evaluate", "--entered", "没有.xlsx", "--year", 2025, "--out", "另一个")
    assert code == 3 and "没有录入一份收回的票" in err


def test_answers_that_nobody_offered_are_put_right_before_they_are_lost(run: Run, tmp_path: Path) -> None:
    plan(run)
    rows = {0: FORM, 1: {**FORM, "题1": "很满意", "题4": "√"}, 2: {**FORM, "收回": "否"}, 3: {"收回": "交了"}}
    typed(tmp_path / "方案" / "问卷录入.xlsx", tmp_path / "录完.xlsx", rows, rows)
    code, out, _ = run("evaluate", "--entered", "录完.xlsx", "--year", 2025, "--out", "录入")
    assert code == 1 and "录入一致1份，须改正4处" in out
    assert (
        "PY-2025-0002 题1（录入一!E5）：两张表都录“很满意”，不是可以填的内容（满意、基本满意、不满意、不了解）" in out
    )
    assert "题4（录入一!H5）：两张表都录“√”" in out and "没有收回的票却录了其他内容" in out and "“交了”" in out
    assert not (tmp_path / "录入" / "评议问卷.xlsx").exists()


def test_a_workbook_of_another_kind_is_refused(run: Run, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "别的.xlsx") as book:
        book.add_worksheet("甲").write_string(0, 0, "甲")
    code, _, err = run("evaluate", "--entered", "别的.xlsx", "--year", 2025)
    assert code == 3 and "表头不是录入表的表头" in err


def test_paths_plan_and_entries_are_three_jobs(run: Run) -> None:
    assert run("evaluate", "--year", 2025)[0] == 2
    assert plan(run, "--entered", "x.xlsx")[0] == 2
