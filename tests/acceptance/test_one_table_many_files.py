"""One hand-made sheet in every file format: the same records, and every other row with its reason.

The sheet has two title rows, two levels of headings with line breaks, merged sections in charge, a hidden row,
a page's headings repeated, a subtotal and a total, and notes below. `files/` holds it as a spreadsheet program
saved it from the workbook that is written here.
"""

import csv
import io
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from auditor.audit.trip import audit_logs
from auditor.reading import read_logs
from auditor.rulebook.book import Rulebook
from auditor.tables import RECORD, ROW, SOURCE, Logs

KEPT = Path(__file__).parent / "files"
TITLE = "某市住房和城乡建设局2020年度依申请公开登记表"
UPPER = ["序号", "申请", "", "", "", "办理情况", "", "", "", "备注"]
LOWER = ["", "编号", "申请人", "收到\n申请日期", "申请内容", "承办\n科室", "转办日期", "答复\n日期", "答复类型", ""]
GROUPS = {(2, 1): 4, (2, 5): 4}  # place of a group heading: how many columns it takes
RECORDS: list[list[object]] = [
    [
        1,
        "SQ-01",
        "甲公司",
        date(2020, 3, 2),
        "保障房分配结果",
        "住保科",
        date(2020, 3, 3),
        date(2020, 3, 20),
        "予以公开",
        "",
    ],
    [2, "SQ-02", "乙", date(2020, 3, 9), "廉租房名册", "", date(2020, 3, 10), date(2020, 5, 29), "不予公开", ""],
    [3, "SQ-03", "丙", date(2020, 4, 1), "合计面积的计算依据", "", date(2020, 4, 2), "", "", "合计"],
    [4, "SQ-04", "丁", date(2020, 6, 1), "物业招标文件", "物业科", date(2020, 6, 2), date(2020, 6, 20), "予以公开", ""],
    [5, "SQ-05", "戊", date(2020, 6, 8), "维修资金使用情况", "", date(2020, 6, 9), date(2020, 6, 22), "予以公开", ""],
]
ROWS = [
    [TITLE],
    ["填报单位：市住建局", "", "", "", "", "", "制表日期：2021年1月5日"],
    UPPER,
    LOWER,
    *RECORDS[:3],
    ["小计", "", "3件"],
    UPPER,
    LOWER,
    *RECORDS[3:],
    [],
    [6],
    ["合 计", "", "5件", "", "", "", "", "4件"],
    ["注：1.本表由政策法规科填写。"],
    ["2.承办科室相同的合并填写。"],
    ["填表人：张三", "", "", "", "审核人：李四"],
]
SECTIONS = [(5, 7), (11, 12)]  # rows of merged sections in charge, as a person counts
HIDDEN = 6
RECORD_ROWS = [5, 6, 7, 11, 12]
ASIDE = {8: "合计", 9: "表头", 10: "表头", 14: "空行", 15: "合计", 16: "说明", 17: "说明", 18: "落款"}


def write_xlsx(path: Path) -> None:
    """The sheet as an office makes it."""
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"})
    page = book.add_worksheet("Sheet1")
    for at, row in enumerate(ROWS):
        for column, cell in enumerate(row):
            if cell != "":
                page.write(at, column, cell)
    page.merge_range(0, 0, 0, 9, TITLE)
    for top in (2, 8):
        for (_, column), wide in GROUPS.items():
            page.merge_range(top, column, top, column + wide - 1, UPPER[column])
        for column in (0, 9):
            page.merge_range(top, column, top + 1, column, UPPER[column])
    for first, last in SECTIONS:
        page.merge_range(first - 1, 5, last - 1, 5, ROWS[first - 1][5])
    page.merge_range(15, 0, 15, 9, ROWS[15][0])
    page.set_row(HIDDEN - 1, None, None, {"hidden": True})
    book.close()


def write_csv(path: Path, rows: list[list[object]]) -> None:
    """The same cells as a spreadsheet program exports them: a merged area keeps its first cell only."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([*row, *[""] * (10 - len(row))] for row in rows)
    path.write_bytes(text.getvalue().encode("gb18030"))


@dataclass(frozen=True)
class Read:
    """One file, read."""

    logs: Logs
    frame: pl.DataFrame


@pytest.fixture(params=["xlsx", "xls", "ods", "csv"])
def read(request: pytest.FixtureRequest, tmp_path: Path, book: Rulebook) -> Read:
    kind = request.param
    path = tmp_path / f"sheet.{kind}"
    if kind == "xlsx":
        write_xlsx(path)
    elif kind == "csv":
        write_csv(path, ROWS)
    else:
        path.write_bytes((KEPT / f"hand-made.{kind}").read_bytes())
    logs = read_logs([path], book.logs)
    return Read(logs, logs.tables["requests"].frame)


def test_every_format_gives_the_same_records(read: Read) -> None:
    frame = read.frame
    assert frame[RECORD].to_list() == [record[1] for record in RECORDS]
    assert frame[ROW].to_list() == RECORD_ROWS
    fields = {"applicant": 2, "received_on": 3, "description": 4, "transferred_on": 6, "replied_on": 7, "note": 9}
    for name, at in fields.items():
        assert frame[name].to_list() == [record[at] or None for record in RECORDS], name


def test_every_row_that_is_no_record_is_set_aside_with_its_reason(read: Read) -> None:
    counts = read.logs.counts["requests"]
    assert (counts.read, counts.accepted, counts.rejected) == (13, 5, 8)
    whole = {reject.row: reject.reason for reject in read.logs.rejects if not reject.column}
    assert list(whole) == sorted(ASIDE)
    assert {row: word for row, word in ASIDE.items() if word not in whole[row]} == {}


def test_the_title_is_remarked_and_not_data(read: Read) -> None:
    said = [remark for remark in read.logs.remarks if "表头以上" in remark]
    assert len(said) == 2 and TITLE in said[0]


def test_merged_sections_stand_in_every_row_and_are_proved_by_the_cell_that_holds_them(read: Read) -> None:
    source = read.logs.tables["requests"].sources[0]
    if source.file.endswith(".csv"):  # a text file does not say what was merged: that is said, and nothing is made up
        assert read.frame["unit"].to_list() == ["住保科", None, None, "物业科", None]
        assert any("合并" in remark and "承办科室" in remark for remark in read.logs.remarks)
        return
    assert read.frame["unit"].to_list() == ["住保科"] * 3 + ["物业科"] * 2
    places = [source.place("unit", row) for row in RECORD_ROWS]
    assert places == [(5, "F"), (5, "F"), (5, "F"), (11, "F"), (11, "F")]
    assert [source.place("replied_on", row) for row in RECORD_ROWS] == [(row, "H") for row in RECORD_ROWS]


def test_the_hidden_row_is_read_and_told(read: Read) -> None:
    assert "SQ-02" in read.frame[RECORD].to_list()
    file = read.logs.tables["requests"].sources[0].file
    told = any(f"第{HIDDEN}行是隐藏的" in remark for remark in read.logs.remarks)
    assert told is not file.endswith(".csv")


def test_a_finding_on_a_merged_cell_names_the_cell_in_which_the_value_stands(tmp_path: Path, book: Rulebook) -> None:
    page = (file := xlsxwriter.Workbook(tmp_path / "sheet.xlsx")).add_worksheet("Sheet1")
    page.write_row(0, 0, ["申请编号", "申请人", "收到申请日期", "答复日期"])
    page.write_row(1, 0, ["SQ-01", "甲", "", "2020-03-10"])
    page.write_row(2, 0, ["SQ-02", "乙", "", "2020-06-30"])
    page.merge_range(1, 2, 2, 2, "2020-03-02")
    file.close()
    found = audit_logs([tmp_path], book, date(2021, 6, 30)).audit.findings
    cells = [cell for each in found if "SQ-02" in each.records for cell in each.evidence if cell.row]
    places = {cell.field: (cell.row, cell.column) for cell in cells}
    assert (places["received_on"], places["replied_on"]) == ((2, "C"), (3, "D"))


def test_the_same_verdicts_from_every_workbook(tmp_path: Path, book: Rulebook) -> None:
    write_xlsx(tmp_path / "sheet.xlsx")
    verdicts = []
    for path in (tmp_path / "sheet.xlsx", KEPT / "hand-made.xls", KEPT / "hand-made.ods"):
        obligations = audit_logs([path], book, date(2021, 6, 30)).obligations
        verdicts.append(sorted(obligations.select("rule", "record", "unit", "status", "row").rows(), key=str))
    assert verdicts[0] and verdicts[0] == verdicts[1] == verdicts[2]


def test_records_say_from_which_table_they_are(read: Read) -> None:
    assert read.frame[SOURCE].unique().to_list() == [0]
