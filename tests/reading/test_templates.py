"""What the reader knows of the program's own templates: the example row and the page of explanation."""

from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.errors import DataError
from auditor.reading import read_logs
from auditor.rulebook.logs import LogCatalogue
from auditor.tables import Counts

HEADINGS = ["申请编号", "申请人", "收到申请日期", "备注"]
EXAMPLE = ["示例", "张三", "2025-03-03", "示例"]
RECORD = ["A1", "李四", "2025-03-04", ""]
EXPLANATION = [["填写说明：依申请公开台账"], ["申请编号", "文字"], ["申请人", "文字"]]

Writer = Callable[..., Path]


def test_the_example_row_is_set_aside_with_its_reason(write_sheets: Writer, catalogue: LogCatalogue) -> None:
    path = write_sheets("a.xlsx", {"依申请公开台账": [HEADINGS, EXAMPLE, RECORD]})
    logs = read_logs([path], catalogue)
    assert logs.counts["requests"] == Counts(2, 1, 1)
    assert logs.tables["requests"].frame["applicant"].to_list() == ["李四"]
    (reject,) = logs.rejects
    assert (reject.row, reject.column) == (2, "") and reject.reason.startswith("示例行")


@pytest.mark.parametrize("at", [0, 3])
def test_one_cell_of_the_mark_is_enough(at: int, write_sheets: Writer, catalogue: LogCatalogue) -> None:
    row = ["A9", "张三", "2025-03-03", ""]
    row[at] = "示例"
    path = write_sheets("a.xlsx", {"依申请公开台账": [HEADINGS, row, RECORD]})
    assert read_logs([path], catalogue).counts["requests"] == Counts(2, 1, 1)


def test_the_word_inside_other_words_marks_nothing(write_sheets: Writer, catalogue: LogCatalogue) -> None:
    path = write_sheets(
        "a.xlsx", {"依申请公开台账": [HEADINGS, ["A9", "张三", "2025-03-03", "索取申请表示例"], RECORD]}
    )
    assert read_logs([path], catalogue).counts["requests"] == Counts(2, 2, 0)


def test_a_template_that_nobody_filled_in_is_a_log_not_supplied(write_sheets: Writer, catalogue: LogCatalogue) -> None:
    sheets = {"依申请公开台账": [HEADINGS, EXAMPLE], "填写说明": EXPLANATION}
    unfilled = write_sheets("依申请公开台账.xlsx", sheets)
    with pytest.raises(DataError, match="还没有填写的模板"):
        read_logs([unfilled], catalogue)
    other = write_sheets("b.xlsx", {"网民留言台账": [["留言编号", "留言时间"], ["L1", "2025-03-03"]]})
    logs = read_logs([unfilled, other], catalogue)
    assert set(logs.tables) == {"messages"}
    assert logs.counts["requests"] == Counts(1, 0, 1)
    assert [reject.row for reject in logs.rejects] == [2]
    assert logs.unrecognised == () and logs.unreadable == ()


def test_headings_without_an_example_are_a_log_in_which_nothing_happened(
    write_sheets: Writer, catalogue: LogCatalogue
) -> None:
    path = write_sheets("依申请公开台账.xlsx", {"依申请公开台账": [HEADINGS], "填写说明": EXPLANATION})
    assert read_logs([path], catalogue).counts["requests"] == Counts(0, 0, 0)


def test_only_the_programs_own_page_of_explanation_is_passed_over(
    write_sheets: Writer, catalogue: LogCatalogue
) -> None:
    record = {"依申请公开台账": [HEADINGS, RECORD]}
    own = read_logs([write_sheets("a.xlsx", {**record, "填写说明": EXPLANATION})], catalogue)
    assert own.unrecognised == ()
    foreign = read_logs(
        [write_sheets("b.xlsx", {**record, "填写说明": [["项目", "说明文字"], ["甲", "乙"]]})], catalogue
    )
    assert len(foreign.unrecognised) == 1 and foreign.unrecognised_sheets == (("b.xlsx", "填写说明"),)


def test_unknown_columns_are_named_with_their_place(write_sheets: Writer, catalogue: LogCatalogue) -> None:
    rows = [["2025年登记表"], [*HEADINGS, "奇怪的列", ""], [*RECORD, "x", "没有列名的内容"]]
    (source,) = read_logs([write_sheets("a.xlsx", {"依申请公开台账": rows})], catalogue).tables["requests"].sources
    assert source.heading_row == 2
    assert [(column.heading, column.letter) for column in source.unknown] == [("奇怪的列", "E"), ("", "F")]
