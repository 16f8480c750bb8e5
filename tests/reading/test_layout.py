"""Hand-made sheets: titles, two levels of headings, merged cells, rows that are no records, several tables."""

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from auditor.reading import read_logs
from auditor.reading.formats import read_grids
from auditor.reading.grid import Area, spans
from auditor.reading.headings import vocabulary
from auditor.reading.layout import find_headings, tables_in
from auditor.reading.merged import fill_merged
from auditor.reading.recognition import Recognised, recognise
from auditor.reading.titles import year_of_title
from auditor.rulebook.logs import LogCatalogue
from auditor.tables import ROW, Counts, Logs

HEADINGS = ["申请编号", "申请人", "收到申请日期", "答复日期", "备注"]
RECORD = ["A1", "甲", "2020-12-02", "2020-12-09", ""]
Read = Callable[..., Logs]


@pytest.fixture
def read(write_sheets: Callable[..., Path], catalogue: LogCatalogue) -> Read:
    """Read the rows of one sheet."""

    def rows(*lines: list[str], name: str = "表.xlsx", sheet: str = "Sheet1") -> Logs:
        return read_logs([write_sheets(name, {sheet: lines})], catalogue)

    return rows


def rows_of(logs: Logs, log: str = "requests") -> list[int]:
    return logs.tables[log].frame[ROW].to_list()


def reasons(logs: Logs) -> dict[int, str]:
    return {reject.row: reject.reason for reject in logs.rejects if not reject.column}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["合计", "", "", "12件", ""], "合计"),
        (["", "合  计：", "12", "", ""], "合计"),
        (["小计（件）", "3人"], "合计"),
        (["本页小计", "", "3"], "合计"),
        (["总计12件"], "合计"),
        (HEADINGS, "表头"),
        (["申请编号", "申请人", "收到申请日期", "答复\n日期"], "表头"),
        (["注：本表每月五日前填报"], "说明"),
        (["说明：一、按收到时间排列"], "说明"),
        (["备注1：无"], "说明"),
        (["", "填表人：张三", "", "审核人：李四"], "落款"),
        (["制表日期：2021-01-05"], "落款"),
        (["填报单位（盖章）：某局"], "落款"),
        (["填表人：", "张三", "审核人：", "李四"], "落款"),
        (["", "负责人签字：", "", "", "日期："], "落款"),
        (["制表：张三", "", "审核：李四"], "落款"),
        (["填表人：张三", "", "2021-01-05"], "落款"),
        (["一、住房保障科"], "分段"),
        (["2020年3月"], "分段"),
        (["——以下空白——"], "说明"),
    ],
)
def test_a_row_that_is_no_record_is_set_aside_as_a_whole(row: list[str], reason: str, read: Read) -> None:
    logs = read(HEADINGS, RECORD, row, ["A2", "乙", "2020-12-03"])
    assert rows_of(logs) == [2, 4]
    assert logs.counts["requests"] == Counts(3, 2, 1)
    assert list(reasons(logs)) == [3] and reason in reasons(logs)[3]


@pytest.mark.parametrize(
    "row",
    [
        ["A2", "乙", "2020-12-03", "", "合计"],
        ["A2", "合计", "2020-12-03", "", ""],
        ["", "合计", "2020-12-03", "", ""],
        ["", "乙", "2020-12-03", "", "合计"],
        ["A2", "注：本人", "2020-12-03", "", ""],
        ["A2"],
        ["2020-12"],
        ["A2", "申请人", "2020-12-03", "", "备注"],
        ["", "说明：某某公司", "2020-12-03", "2020-12-04", "公司名称"],
        ["", "审批：为何不批", "2020-12-03", "", ""],
        ["", "领导：您好", "2020-12-03", "", ""],
        ["", "电话：010", "2020-12-03", "", "打不通"],
        ["", "小计算机公司", "2020-12-03", "2020-12-04", ""],
    ],
)
def test_a_row_with_its_facts_is_a_record_whatever_it_says(row: list[str], read: Read) -> None:
    logs = read(HEADINGS, RECORD, row)
    assert rows_of(logs) == [2, 3]
    assert not reasons(logs)


def test_a_row_number_before_the_word_makes_no_record_of_a_total(read: Read) -> None:
    logs = read(["序号", *HEADINGS], ["1", *RECORD], ["2", "", "合计", "", "1"])
    assert rows_of(logs) == [2]
    assert "合计" in reasons(logs)[3]


@pytest.mark.parametrize(
    "row", [["合计", "2", "", ""], ["本页小计", "2件", "", ""], ["", "共4件", "", ""], ["", "总共 12 条", "", ""]]
)
def test_a_number_of_things_under_the_key_makes_no_record_of_a_total(row: list[str], read: Read) -> None:
    logs = read(["序号", *HEADINGS], ["1", *RECORD], row)
    assert rows_of(logs) == [2]
    assert "合计" in reasons(logs)[3]


def test_points_of_a_note_go_with_it(read: Read) -> None:
    logs = read(HEADINGS, RECORD, ["注：1.本表每月填报。"], ["2.合并填写的按一件算。"], ["（3）其他。"])
    assert rows_of(logs) == [2]
    assert {row: "说明" in reason for row, reason in reasons(logs).items()} == {3: True, 4: True, 5: True}


def test_an_export_that_names_its_columns_has_no_totals(tmp_path: Path, catalogue: LogCatalogue) -> None:
    (tmp_path / "requests.jsonl").write_text(json.dumps({"request_id": "合计"}), "utf-8")
    assert read_logs([tmp_path], catalogue).counts["requests"] == Counts(1, 1, 0)


def test_a_line_that_says_known_words_is_not_taken_for_the_headings(read: Read) -> None:
    logs = read(["申请人", "某局", "备注", "无"], HEADINGS, RECORD)
    assert rows_of(logs) == [3]


def test_headings_stand_below_a_long_title(read: Read) -> None:
    logs = read(["登记表"], *([f"第{at}条说明"] for at in range(14)), HEADINGS, RECORD)
    assert rows_of(logs) == [17]


def test_a_lower_heading_under_several_groups_counts_only_with_its_group(read: Read) -> None:
    upper = ["申请编号", "申请人", "答复", "", "收到申请", "", "备注"]
    lower = ["", "", "日期", "方式", "日期", "方式", ""]
    frame = read(upper, lower, ["A1", "甲", "2020-12-09", "书面", "2020-12-02", "信函", ""]).tables["requests"].frame
    assert frame.select("replied_on", "received_on").to_series(0).cast(str).to_list() == ["2020-12-09"]
    assert frame["received_on"].cast(str).to_list() == ["2020-12-02"]


def test_a_lower_heading_alone_is_taken_with_a_remark(read: Read) -> None:
    upper = ["申请编号", "办理情况", "", ""]
    lower = ["", "申请人", "收到申请日期", "答复\n日期"]
    logs = read(["2020年登记表"], upper, lower, ["A1", "甲", "2020-12-02", "2020-12-09"])
    assert rows_of(logs) == [4]
    assert logs.tables["requests"].sources[0].columns["replied_on"].heading == "答复日期"
    (remark,) = [remark for remark in logs.remarks if "两级表头" in remark]
    assert "“答复日期”（在“办理情况”之下）" in remark


def test_a_first_record_below_a_wide_heading_is_no_second_level(read: Read) -> None:
    logs = read(["申请编号", "申请人", "", "答复日期"], ["A1", "甲", "乙", "同意"])
    assert rows_of(logs) == [2]


def test_tables_below_each_other_are_read_each_on_its_own(read: Read) -> None:
    logs = read(
        ["依申请公开登记表"],
        HEADINGS,
        RECORD,
        [],
        ["2020年网民留言登记表"],
        ["填报单位：某局"],
        ["留言编号", "留言时间", "留言内容"],
        ["M1", "2020-12-02", "问一"],
        [],
        ["备注", "申请人", "申请编号", "收到申请日期"],
        ["补", "乙", "A2", "2020-12-05"],
        name="依申请公开.xlsx",
    )
    assert rows_of(logs) == [3, 11] and rows_of(logs, "messages") == [8]
    assert logs.tables["requests"].frame["note"].to_list() == [None, "补"]
    assert not logs.rejects
    assert sum("表头以上" in remark and "第5行起的表" in remark for remark in logs.remarks) == 2


def test_a_second_table_that_is_no_log_stays_rows_of_the_first_with_reasons(read: Read) -> None:
    logs = read(HEADINGS, RECORD, [], ["类别", "数量"], ["咨询", "3"])
    assert rows_of(logs)[0] == 2
    assert logs.counts["requests"].read == 3


def test_a_merged_value_stands_in_every_row_and_column_but_makes_no_record(
    tmp_path: Path, catalogue: LogCatalogue
) -> None:
    book = xlsxwriter.Workbook(tmp_path / "表.xlsx")
    page = book.add_worksheet()
    page.write_row(0, 0, ["序号", *HEADINGS])
    page.write_row(1, 0, [1, "A1", "甲", "2020-12-02"])
    page.write_row(2, 0, [2, "A2", "", "2020-12-02"])
    page.write_row(3, 0, [3])
    page.merge_range(1, 2, 4, 2, "甲")
    page.merge_range(2, 3, 2, 4, "2020-12-03")
    page.merge_range(5, 0, 5, 4, "本季度没有其他申请")
    page.set_column(5, 5, None, None, {"hidden": True})
    page.write(1, 5, "藏")
    book.close()
    logs = read_logs([tmp_path], catalogue)
    table = logs.tables["requests"]
    assert table.frame["applicant"].to_list() == ["甲", "甲"]
    assert table.frame["replied_on"].cast(str).to_list() == [None, "2020-12-03"]
    assert [table.sources[0].place(name, 3) for name in ("applicant", "replied_on", "note")] == [
        (2, "C"),
        (3, "D"),
        (3, "F"),
    ]
    assert {row: reason[:2] for row, reason in reasons(logs).items()} == {4: "空行", 6: "合并"}
    assert any("第F列是隐藏的" in remark for remark in logs.remarks)


def test_a_merged_value_that_is_refused_is_refused_in_every_row_with_its_place(
    tmp_path: Path, catalogue: LogCatalogue
) -> None:
    book = xlsxwriter.Workbook(tmp_path / "表.xlsx")
    page = book.add_worksheet()
    for at, row in enumerate((HEADINGS, ["A1", "甲"], ["A2", "乙"])):
        page.write_row(at, 0, row)
    page.merge_range(1, 2, 2, 2, "近期")
    book.close()
    rejects = read_logs([tmp_path], catalogue).rejects
    assert [(reject.row, "值在C2" in reject.reason) for reject in rejects] == [(2, False), (3, True)]


def test_areas_over_each_other_come_to_an_end() -> None:
    body = pl.DataFrame({ROW: pl.Series(range(1, 201), dtype=pl.UInt32), "0": ["x"] * 200, "1": [None] * 200})
    body = body.with_columns(pl.col("1").cast(pl.String))
    areas = [Area(first, 0, 1_000_000, 16_000) for first in range(1, 201)]
    assert fill_merged(body, areas).body["1"].null_count() == 0


@pytest.mark.parametrize(
    ("lines", "year"),
    [
        ([["某市住房和城乡建设局2020年度依申请公开登记表"]], 2020),
        ([["二〇二一年信息发布台账"], ["填报单位：法规科", "制表日期：2022年1月5日"]], 2021),
        ([["登记表（2019年7月至2020年6月）"]], None),
        ([["登记表"], ["单位：件"]], None),
        ([["填报单位（盖章）：", "物业科"], ["2020依申请公开台账"]], 2020),
        ([["依据国务院令〔2019〕711号填报"]], None),
        ([["截至2021年3月 2020年台账"]], 2020),
    ],
)
def test_the_title_tells_the_year_or_nothing(lines: list[list[str]], year: int | None) -> None:
    assert year_of_title(lines) == year


def test_the_year_of_the_title_goes_with_the_table(write_sheets: Callable[..., Path], catalogue: LogCatalogue) -> None:
    path = write_sheets("a.xlsx", {"S": [["某市住建局2020年登记表"], HEADINGS, RECORD]})
    words = [vocabulary(log) for log in catalogue.logs.values()]
    (grid,) = read_grids(path.read_bytes(), "a.xlsx", ".xlsx")
    assert tables_in(grid, words) == [grid]
    found = recognise(grid, "a", True, None, words)
    assert isinstance(found, Recognised) and found.year == 2020
    assert find_headings(grid, words).first == 1


def test_row_numbers_are_listed_short() -> None:
    assert spans([3, 5, 6, 7]) == "第3、5–7行"
    assert spans(range(1, 100, 2)).endswith("、19行等50行")
