"""Which log a sheet is, and which field a column holds."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from auditor.errors import DataError, RulebookError
from auditor.reading import read_logs, save_mapping
from auditor.rulebook.logs import LogCatalogue
from auditor.tables import Counts


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_headings_alone_name_the_log_if_three_are_known(tmp_path: Path, catalogue: LogCatalogue) -> None:
    path = write(tmp_path / "导出.csv", "申请编号, 申请 人 ,ＲＥＣＥＩＶＥＤ_on\nA1,甲,2020-12-02\n")
    logs = read_logs([path], catalogue)
    assert logs.tables["requests"].frame["received_on"].to_list() == [date(2020, 12, 2)]


def test_two_known_headings_and_weak_words_do_not_name_a_log(tmp_path: Path, catalogue: LogCatalogue) -> None:
    path = write(tmp_path / "导出.csv", "编号,申请人,受理日期,答复日期\nA1,甲,2020-12-02,\n")
    with pytest.raises(DataError, match="编号、申请人、受理日期、答复日期"):
        read_logs([path], catalogue)


def test_the_file_name_contains_the_log_name(tmp_path: Path, catalogue: LogCatalogue) -> None:
    path = write(tmp_path / "2020年依申请公开台账（终）.csv", "编号,申请人\nA1,甲\n")
    logs = read_logs([path], catalogue)
    assert logs.tables["requests"].frame["request_id"].to_list() == ["A1"]
    assert any("按“编号”理解为“申请编号”" in remark for remark in logs.remarks)


def test_a_sheet_name_goes_before_the_file_name(write_sheets: Callable[..., Path], catalogue: LogCatalogue) -> None:
    sheets = {
        "网民留言": [["留言编号", "留言时间"], ["M1", "2020-12-02"]],
        "Sheet2": [["申请编号", "申请人"], ["A1", "甲"]],
        "说明": [["本表由办公室填写"], ["编号规则见附件"]],
        "空表": [],
    }
    logs = read_logs([write_sheets("依申请公开台账.xlsx", sheets)], catalogue)
    assert {name: counts.accepted for name, counts in logs.counts.items()} == {"messages": 1, "requests": 1}
    assert len(logs.unrecognised) == 1 and "说明" in logs.unrecognised[0]


def test_unknown_headings_are_remarked_once_and_known_useless_ones_are_not(
    tmp_path: Path, catalogue: LogCatalogue
) -> None:
    path = write(tmp_path / "requests.csv", "序号,申请编号,心情,答复期限,天气\n1,A1,好,20,晴\n")
    assert read_logs([path], catalogue).remarks == ("requests.csv\uff1a未识别的列\uff1a心情、天气",)


def test_the_surest_of_two_columns_is_used(tmp_path: Path, catalogue: LogCatalogue) -> None:
    path = write(tmp_path / "requests.csv", "编号,申请人姓名,申请编号,申请人\n9,别名,A1,本名\n")
    logs = read_logs([path], catalogue)
    frame = logs.tables["requests"].frame
    assert (frame["request_id"][0], frame["applicant"][0]) == ("A1", "本名")
    assert sum("没有使用" in remark for remark in logs.remarks) == 2


def test_a_saved_mapping_names_log_and_columns(write_sheets: Callable[..., Path], catalogue: LogCatalogue) -> None:
    rows = [["no", "who", "iss"], ["A1", "甲", date(2020, 12, 2)]]
    path = write_sheets("ledger.xlsx", {"Sheet1": rows, "Sheet2": rows})
    save_mapping(path, "requests", {"no": "request_id", "who": "applicant", "iss": "received_on"}, "Sheet1")
    logs = read_logs([path], catalogue)
    assert logs.counts["requests"] == Counts(1, 1, 0)
    assert logs.tables["requests"].frame["received_on"].to_list() == [date(2020, 12, 2)]
    assert "ledger.xlsx.map.yaml" in logs.inputs


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("log: request\ncolumns: {}\n", "第1行"),
        ("log: requests\ncolumns:\n  no: request_id\n  who: nobody\n", "第4行"),
        ("log: requests\ncolumn: {}\n", "第2行"),
        ("log: requests\ncolumns:\n  a: applicant\n  b: applicant\n", "第4行"),
    ],
)
def test_a_faulty_mapping_stops_the_run_with_its_line(
    text: str, place: str, tmp_path: Path, catalogue: LogCatalogue
) -> None:
    path = write(tmp_path / "ledger.csv", "no,who\nA1,甲\n")
    write(tmp_path / "ledger.csv.map.yaml", text)
    with pytest.raises(RulebookError, match=place):
        read_logs([path], catalogue)
