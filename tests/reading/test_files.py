"""Files of every shape are read, or named with the reason."""

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
import yaml

from auditor.errors import DataError, UsageError
from auditor.reading import read_logs
from auditor.rulebook.loading import load_rulebook
from auditor.rulebook.logs import CHECKLIST, LogCatalogue
from auditor.shipped import shipped
from auditor.tables import RECORD, ROW, Counts

TEXT = "申请编号,申请人,收到申请日期\nA1,张三,2020-12-02\nA2,李四,2020-12-03\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_reads_the_same_in_every_encoding(encoding: str, tmp_path: Path, catalogue: LogCatalogue) -> None:
    (tmp_path / "a.csv").write_bytes(TEXT.encode(encoding))
    frame = read_logs([tmp_path], catalogue).tables["requests"].frame
    assert frame["applicant"].to_list() == ["张三", "李四"]
    assert frame["received_on"].to_list() == [date(2020, 12, 2), date(2020, 12, 3)]


@pytest.mark.parametrize("separator", ["\t", ";", "\uff0c"])
def test_other_separators_are_seen_in_the_heading_line(separator: str, tmp_path: Path, catalogue: LogCatalogue) -> None:
    (tmp_path / "a.txt").write_text(TEXT.replace(",", separator), "utf-8")
    assert read_logs([tmp_path], catalogue).counts["requests"] == Counts(2, 2, 0)


def test_a_damaged_byte_is_reported_with_its_place_and_the_rest_is_read(
    tmp_path: Path, catalogue: LogCatalogue
) -> None:
    good = TEXT.encode()
    (tmp_path / "bad.csv").write_bytes(good[:60] + b"\xff" + good[60:])
    (tmp_path / "good.csv").write_bytes(good)
    logs = read_logs([tmp_path], catalogue)
    assert logs.counts["requests"].accepted == 2
    assert len(logs.unreadable) == 1
    assert "bad.csv" in logs.unreadable[0] and "第61字节" in logs.unreadable[0]
    assert set(logs.inputs) == {"bad.csv", "good.csv"}


def test_quoted_line_breaks_and_blank_lines_keep_the_row_numbers(tmp_path: Path, catalogue: LogCatalogue) -> None:
    lines = '申请编号,申请人,备注\nA1,"张\n三","说""好"",行"\n\nA2,李"四,\n'
    (tmp_path / "a.csv").write_text(lines, "utf-8")
    logs = read_logs([tmp_path], catalogue)
    frame = logs.tables["requests"].frame
    assert frame[ROW].to_list() == [2, 4]
    assert frame["applicant"].to_list() == ["张\n三", '李"四']
    assert frame["note"].to_list() == ['说"好",行', None]


def test_an_open_quote_makes_the_file_unreadable(tmp_path: Path, catalogue: LogCatalogue) -> None:
    (tmp_path / "a.csv").write_text('申请编号,申请人\nA1,"张三\nA2,李四\n', "utf-8")
    with pytest.raises(DataError, match="第2行的引号没有配对"):
        read_logs([tmp_path], catalogue)


def test_a_line_with_too_many_cells_is_rejected_and_counted(tmp_path: Path, catalogue: LogCatalogue) -> None:
    rows = [f"A{number},甲,2020-12-02" for number in range(20)]
    rows[1] = "A1,甲,乙,2020-12-02"
    rows[15] = "A15,甲,乙,丙,2020-12-02"
    rows[16] += ",,"
    (tmp_path / "依申请公开.csv").write_text("申请编号,申请人,收到申请日期\n" + "\n".join(rows), "utf-8")
    logs = read_logs([tmp_path], catalogue)
    assert logs.counts["requests"] == Counts(20, 18, 2)
    assert [reject.row for reject in logs.rejects] == [3, 17]
    assert all("格" in reject.reason and reject.column == "" for reject in logs.rejects)


def test_a_line_with_too_few_cells_stays_and_is_reported(tmp_path: Path, catalogue: LogCatalogue) -> None:
    (tmp_path / "a.csv").write_text("申请编号,申请人,收到申请日期\nA1,甲\n", "utf-8")
    logs = read_logs([tmp_path], catalogue)
    assert logs.counts["requests"] == Counts(1, 1, 0)
    assert [(reject.row, reject.column) for reject in logs.rejects] == [(2, "收到申请日期")]


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.csv"])
def test_a_workbook_is_read_whatever_its_ending(
    name: str, write_sheets: Callable[..., Path], catalogue: LogCatalogue
) -> None:
    rows = [["申请编号", "申请人", "收到申请日期"], [2549, "张三", date(2020, 12, 2)]]
    table = read_logs([write_sheets(name, {"Sheet1": rows})], catalogue).tables["requests"]
    assert table.frame["request_id"].to_list() == ["2549"]
    assert table.frame["received_on"].to_list() == [date(2020, 12, 2)]
    assert table.sources[0].columns["received_on"].letter == "C"
    assert table.sources[0].sheet == "Sheet1"


def test_a_title_above_the_headings_is_skipped_and_remarked(
    write_sheets: Callable[..., Path], catalogue: LogCatalogue
) -> None:
    rows = [
        ["某局2020年登记表"],
        [],
        ["申请编号", "申请人", "收到申请日期"],
        ["A1", "甲", "2020-12-02"],
        [],
        ["A2", "乙"],
    ]
    logs = read_logs([write_sheets("a.xlsx", {"Sheet1": rows})], catalogue)
    assert logs.tables["requests"].frame[ROW].to_list() == [4, 6]
    assert any("某局2020年登记表" in remark for remark in logs.remarks)


def test_an_excel_date_with_a_clock_keeps_its_second(
    write_sheets: Callable[..., Path], catalogue: LogCatalogue
) -> None:
    moment = datetime(2019, 4, 25, 9, 32, 9)
    rows = [["留言编号", "留言时间"], [1, moment]]
    frame = read_logs([write_sheets("messages.xlsx", {"S": rows})], catalogue).tables["messages"].frame
    assert frame["received_on"].to_list() == [moment]


def test_a_json_line_that_is_no_object_is_rejected_and_counted(tmp_path: Path, catalogue: LogCatalogue) -> None:
    lines = [
        json.dumps({"request_id": "A1", "申请人": "甲", "written": True, "items": 3.0, "channels": ["a,b", "c"]}),
        "[1, 2]",
        '{"request_id": "A2"',
        r'{"request_id": "\ud800"}',
        json.dumps({"request_id": "A2", "received_on": "2020-12-02T08:00:00", "written": None}),
    ]
    (tmp_path / "requests.jsonl").write_text("\n".join(lines), "utf-8")
    logs = read_logs([tmp_path], catalogue)
    table = logs.tables["requests"]
    assert logs.counts["requests"] == Counts(5, 2, 3)
    assert [reject.row for reject in logs.rejects] == [2, 3, 4]
    assert table.frame["channels"].to_list() == [["a,b", "c"], None]
    assert table.frame["items"].to_list() == [3, None]
    assert table.frame["written"].to_list() == [True, False]
    assert table.frame["received_on"].to_list() == [None, date(2020, 12, 2)]
    assert table.sources[0].columns["applicant"].heading == "申请人"
    assert table.sources[0].columns["applicant"].letter == ""


def test_parquet_columns_keep_their_values(tmp_path: Path, catalogue: LogCatalogue) -> None:
    frame = pl.DataFrame(
        {
            "request_id": [1, 2],
            "received_on": [date(2020, 12, 2), None],
            "replied_on": [datetime(2020, 12, 3, 23, 59), None],
            "written": [True, None],
            "fee": [12.5, 1e6],
            "channels": [["网站", "a、b"], []],
        }
    )
    frame.write_parquet(tmp_path / "requests.parquet")
    read = read_logs([tmp_path], catalogue).tables["requests"].frame
    assert read["request_id"].to_list() == ["1", "2"]
    assert read["received_on"].to_list() == [date(2020, 12, 2), None]
    assert read["replied_on"].to_list() == [date(2020, 12, 3), None]
    assert read["written"].to_list() == [True, False]
    assert read["fee"].to_list() == [12.5, 1e6]
    assert read["channels"].to_list() == [["网站", "a、b"], None]


def test_folders_of_earlier_audits_and_lock_files_are_passed_over(tmp_path: Path, catalogue: LogCatalogue) -> None:
    for name in ["b/a.csv", "audit-2020/x.csv", "out/x.csv", ".hidden.csv", "~$a.xlsx"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(TEXT, "utf-8")
    (tmp_path / "out/receipt.json").write_text("{}", "utf-8")
    (tmp_path / "notes.docx").write_bytes(b"PK")
    logs = read_logs([tmp_path], catalogue)
    assert list(logs.inputs) == ["b/a.csv"]
    assert any("notes.docx" in remark for remark in logs.remarks)


def test_a_file_given_twice_is_read_once(tmp_path: Path, catalogue: LogCatalogue) -> None:
    (tmp_path / "a.csv").write_text(TEXT, "utf-8")
    assert read_logs([tmp_path, tmp_path / "a.csv"], catalogue).counts["requests"] == Counts(2, 2, 0)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.xls", b"<html><table></table></html>", "网页"),
        ("a.xlsx", b"PK\x03\x04broken", "损坏"),
        ("a.csv", b"", "空的"),
        ("a.parquet", b"PAR1broken", "Parquet"),
        ("a.csv", b"\x00\x01,a\n" + bytes(99), "第1字节.*空字节"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    name: str, content: bytes, why: str, tmp_path: Path, catalogue: LogCatalogue
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=why):
        read_logs([tmp_path], catalogue)


def test_a_path_that_does_not_exist_is_wrong_usage(tmp_path: Path, catalogue: LogCatalogue) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.csv"):
        read_logs([tmp_path / "nowhere.csv"], catalogue)


def test_headings_without_rows_are_a_log_without_records(tmp_path: Path, catalogue: LogCatalogue) -> None:
    (tmp_path / "requests.csv").write_text("申请编号,收到申请日期\n", "utf-8")
    logs = read_logs([tmp_path], catalogue)
    assert logs.counts["requests"] == Counts(0, 0, 0)
    assert logs.tables["requests"].supplies("received_on") == [0]
    assert logs.tables["requests"].frame.columns[0] == RECORD


def test_a_column_without_a_heading_costs_no_row(tmp_path: Path, catalogue: LogCatalogue) -> None:
    """As in a workbook; a line with more cells than that of the headings is still refused."""
    lines = ["申请编号,收到申请日期,", "A1,2025-03-03,已电话联系", "A2,2025-03-03,", "A3,2025-03-03,催办,再催办"]
    (tmp_path / "requests.csv").write_text("\n".join(lines) + "\n", "utf-8")
    logs = read_logs([tmp_path], catalogue)
    assert logs.tables["requests"].frame["request_id"].to_list() == ["A1", "A2"]
    assert [(each.row, each.column) for each in logs.rejects] == [(4, "")]
    assert any("第C列有内容但没有表头" in each for each in logs.remarks)


def test_a_log_of_which_no_row_can_be_used_counts_as_not_supplied(tmp_path: Path, catalogue: LogCatalogue) -> None:
    """Else nothing found would look like nothing wrong. A log without a record says that nothing happened."""
    (tmp_path / "requests.csv").write_text("申请编号,收到申请日期\nA1,2025-03-03,x,y\n", "utf-8")
    with pytest.raises(DataError, match="没有一行能用"):
        read_logs([tmp_path], catalogue)
    (tmp_path / "requests.csv").write_text("申请编号,收到申请日期\n合计,0\n", "utf-8")
    assert read_logs([tmp_path], catalogue).counts["requests"] == Counts(1, 0, 1)


def test_a_file_with_the_name_of_a_log_is_not_told_to_take_it(tmp_path: Path, catalogue: LogCatalogue) -> None:
    (tmp_path / "依申请公开台账.csv").write_text("甲,乙\n1,2\n", "utf-8")
    with pytest.raises(DataError) as refused:
        read_logs([tmp_path], catalogue)
    assert "请核对表头" in str(refused.value) and "改名" not in str(refused.value)


def test_what_the_program_itself_wrote_is_no_log(write_sheets: Callable[..., Path]) -> None:
    """The sheets are called as the reports call them."""
    logs_of_the_office = load_rulebook(shipped_cases=False).logs
    checklist = logs_of_the_office.logs[CHECKLIST].zh
    report = yaml.safe_load((shipped("reports") / "workbook.yaml").read_text("utf-8"))
    names = {layout["name"] for layout in report["sheets"].values()}
    assert {"问题清单", "规则对照", checklist} <= names
    sent = yaml.safe_load((shipped("reports") / "rectification.yaml").read_text("utf-8"))
    rows = [["问题编号", "发现日期"], ["甲", "2025-03-03"]]
    asked = [["核查事项编号", "核查结果"], ["GID-13-1", "符合"]]
    write_sheets("ledger.xlsx", {"问题清单": rows, "规则对照": rows, checklist: asked})
    path = write_sheets("整改台账-甲科.xlsx", {sent["name"]: rows, sent["marks"]: [["x", "y"]]})
    logs = read_logs([path.parent], logs_of_the_office)
    assert set(logs.tables) == {CHECKLIST}
    assert sum("本程序" in each for each in logs.remarks) == 2
