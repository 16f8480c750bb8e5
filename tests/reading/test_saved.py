"""What is saved for a table holds for it where headings stand on two levels, and for each of several in a sheet."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from auditor.cli.map import command
from auditor.reading import propose, read_logs, save_in_profile
from auditor.rulebook.loading import load_rulebook
from auditor.rulebook.logs import LogCatalogue

UPPER = ["申请编号", "申请人", "答复情况", "", "", "收件之日"]
LOWER = ["", "", "答复日期", "答复方式", "批复曰", ""]
GROUPED = [["某局依申请公开登记表"], UPPER, LOWER, ["A1", "甲", "2024-03-05", "邮寄", "乙", "2024-03-01"]]
REQUESTS = [
    ["申请编号", "申请人", "答复日期", "收件之日"],
    ["A1", "甲", "2024-03-05", "2024-03-01"],
    ["A2", "乙", "2024-03-05", "2024-03-01"],
]
DOCUMENTS = [
    ["文件标题", "文号", "成文日期", "主办股", "公开属性"],
    ["某文", "甲〔2024〕1号", "2024-03-05", "一股", "主动公开"],
]


@pytest.fixture(scope="module")
def logs() -> LogCatalogue:
    return load_rulebook().logs


def test_two_levels_of_headings_are_proposed_as_one_and_found_again_by_a_profile(
    write_sheets: Callable[..., Path], logs: LogCatalogue, tmp_path: Path
) -> None:
    (proposal,) = propose(write_sheets("三月.xlsx", {"Sheet1": GROUPED}), logs)
    fields = {column.heading: column.field for column in proposal.columns}
    assert proposal.log == "requests" and fields["答复日期"] == "replied_on"
    assert proposal.columns[2].samples == ("2024-03-05",)
    columns = {**{heading: field for heading, field in fields.items() if field}, "收件之日": "received_on"}
    save_in_profile(tmp_path / "对照", "requests", proposal.headings, columns)
    later = write_sheets("四月.xlsx", {"Sheet1": GROUPED})
    source = read_logs([later], logs, profile=tmp_path / "对照").tables["requests"].sources[0]
    assert source.columns["received_on"].heading == "收件之日" and "replied_on" in source.columns


def test_each_of_several_tables_in_a_sheet_has_its_own_mapping(
    write_sheets: Callable[..., Path], logs: LogCatalogue
) -> None:
    file = write_sheets("一张表.xlsx", {"Sheet1": [*REQUESTS, ["某局公文台账"], *DOCUMENTS]})
    first, second = propose(file, logs)
    assert (first.log, second.log, first.part, second.part) == ("requests", "documents", 0, 1)
    assert second.place == "一张表.xlsx 工作表“Sheet1”（第4行起的表）"
    for log, pair in (("依申请公开", "收件之日=收到申请日期"), ("公文台账", "主办股=拟稿科室")):
        said = CliRunner().invoke(command, [str(file), "--log", log, "--set", pair], catch_exceptions=False)
        assert "已保存" in said.output
    tables = read_logs([file], logs).tables
    assert tables["requests"].sources[0].columns["received_on"].heading == "收件之日"
    assert "主办股" in {column.heading for column in tables["documents"].sources[0].columns.values()}
