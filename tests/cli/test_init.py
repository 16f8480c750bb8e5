"""`auditor init`: templates that read back without a mapping, and whose example never becomes a record."""

import re
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from python_calamine import load_workbook

from auditor.reading import read_logs
from auditor.rulebook.loading import load_rulebook
from auditor.rulebook.logs import FieldType, LogField
from auditor.tables import Counts
from tests.cli.conftest import Run

BOOK = load_rulebook()
LOGS = BOOK.logs.logs
VALUES: dict[FieldType, Any] = {
    FieldType.TEXT: "甲",
    FieldType.FLAG: "是",
    FieldType.DATE: date(2025, 3, 4),
    FieldType.TIME: datetime(2025, 3, 4, 9, 30),
    FieldType.COUNT: 3,
    FieldType.MONEY: 12.5,
    FieldType.LIST: "甲、乙",
}


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from auditor.audit.templates import write_templates

    folder = tmp_path_factory.mktemp("templates") / "台账"
    assert len(write_templates(BOOK, folder)) == len(LOGS)
    return folder


def filled(field: LogField) -> Any:
    return field.options[0] if field.options else VALUES[field.type]


def fill_in(template: Path, to: Path, log: str, *, name: str) -> Path:
    """The template's own rows with one row below, as an office program would save them."""
    book = load_workbook(template)
    fields = {field.zh: field for field in LOGS[log].fields.values()}
    path = to / name
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm"}) as out:
        for sheet in book.sheet_names:
            page = out.add_worksheet(sheet)
            rows = book.get_sheet_by_name(sheet).to_python()
            if sheet == LOGS[log].zh:
                rows.append([filled(fields[str(heading)]) for heading in rows[0]])
            for at, row in enumerate(rows):
                page.write_row(at, 0, row)
    return path


@pytest.mark.parametrize("log", LOGS)
@pytest.mark.parametrize("name", ["{zh}.xlsx", "2025年.xlsx"])
def test_a_template_filled_with_one_row_is_its_log_with_every_field(
    log: str, name: str, templates: Path, tmp_path: Path
) -> None:
    path = fill_in(templates / f"{LOGS[log].zh}.xlsx", tmp_path, log, name=name.format(zh=LOGS[log].zh))
    logs = read_logs([path], BOOK.logs)
    assert set(logs.tables) == {log}
    assert logs.counts[log] == Counts(2, 1, 1)
    (source,) = logs.tables[log].sources
    assert set(source.columns) == set(LOGS[log].fields) and source.unknown == ()
    assert logs.unrecognised == () and logs.unreadable == () and logs.remarks == ()
    (reject,) = logs.rejects
    assert (reject.row, reject.reason[:3]) == (2, "示例行")
    assert logs.tables[log].frame.select(*LOGS[log].fields).null_count().row(0) == (0,) * len(LOGS[log].fields)


@pytest.mark.parametrize("log", LOGS)
def test_the_example_shows_values_that_the_reader_understands(log: str, templates: Path, tmp_path: Path) -> None:
    book = load_workbook(templates / f"{LOGS[log].zh}.xlsx")
    headings, example = book.get_sheet_by_name(LOGS[log].zh).to_python()[:2]
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm"}) as out:
        page = out.add_worksheet(LOGS[log].zh)
        page.write_row(0, 0, headings)
        key = filled(LOGS[log].fields[LOGS[log].key])
        page.write_row(1, 0, [key, *("" if cell == "示例" else cell for cell in example[1:])])
    logs = read_logs([path], BOOK.logs)
    assert logs.rejects == () and logs.counts[log] == Counts(1, 1, 0)
    assert sum(cell not in ("", "示例") for cell in example) >= 1


def test_lists_dates_and_the_example_row_are_checked_on_entry(templates: Path) -> None:
    with zipfile.ZipFile(templates / "依申请公开台账.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert '<pane xSplit="1" ySplit="1"' in sheet and "<autoFilter" in sheet and "sheetProtection" not in sheet
    fields = LOGS["requests"].fields.values()
    lists = sum(field.type in (FieldType.FLAG, FieldType.ONE_OF) for field in fields)
    dates = sum(field.type in (FieldType.DATE, FieldType.TIME) for field in fields)
    assert len(re.findall('<dataValidation type="list"', sheet)) == lists
    assert len(re.findall('<dataValidation type="date"', sheet)) == dates
    assert '"当面,信函,邮寄,传真,互联网,快递,电子邮件,口头"' in sheet
    assert len(re.findall('<dataValidation type="custom"[^>]* sqref="A2:[A-Z]+2"', sheet)) == 1


def test_the_explanation_says_of_every_column_what_a_blank_means(templates: Path) -> None:
    for log in LOGS.values():
        rows = load_workbook(templates / f"{log.zh}.xlsx").get_sheet_by_name("填写说明").to_python()
        explained = {str(row[0]): row for row in rows}
        assert all("空着" in str(explained[field.zh][2]) for field in log.fields.values())
        assert explained[log.fields[log.key].zh][4] != "没有（供备查）"


def test_the_same_rulebook_gives_the_same_bytes(templates: Path, run: Run, tmp_path: Path) -> None:
    code, out, _ = run("init", "新")
    assert code == 0 and "22种" in out
    for path in templates.iterdir():
        assert (tmp_path / "新" / path.name).read_bytes() == path.read_bytes()


def test_nothing_is_written_over_and_then_nothing_is_written(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "台账"
    folder.mkdir()
    (folder / "公文台账.xlsx").write_text("本单位的", "utf-8")
    (folder / "别的.txt").write_text("留着", "utf-8")
    code, _, err = run("init", "台账")
    assert code == 2 and "公文台账.xlsx" in err and "Traceback" not in err
    assert sorted(path.name for path in folder.iterdir()) == ["公文台账.xlsx", "别的.txt"]
    assert (folder / "公文台账.xlsx").read_text("utf-8") == "本单位的"
    (folder / "公文台账.xlsx").unlink()
    assert run("init", "台账")[0] == 0
    assert len(list(folder.iterdir())) == len(LOGS) + 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["台账"]


def test_templates_that_nobody_filled_in_accuse_nobody(templates: Path, run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "台账"
    folder.mkdir()
    for path in templates.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "a.csv").write_text("信访编号,来信来访形式,收到日期\nX1,来信,2025-03-03\n", "utf-8")
    code, out, _ = run("audit", "台账", "--as-of", "2025-12-31", "--out", "结果")
    summary = (tmp_path / "结果" / "summary.json").read_text("utf-8")
    assert code in (0, 1) and '"publications": {' in summary
    assert "违反0个" in out
