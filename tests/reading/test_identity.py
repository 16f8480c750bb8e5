"""Which record a row is does not depend on where it stands."""

import random
from pathlib import Path

from auditor.reading import read_logs
from auditor.rulebook.logs import LogCatalogue
from auditor.tables import RECORD, Counts, Logs

HEADINGS = ["申请编号", "申请人", "收到申请日期", "答复日期"]
ROWS = [
    ["A1", "甲", "2020-12-02", ""],
    ["A1", "甲", "2020-12-02", "2020-12-05"],
    ["A2", "乙", "2020-12-03", ""],
    ["", "丙", "2020-12-04", ""],
    ["", "丙", "2020-12-04", "2020-12-09"],
    ["", "", "", "2020-12-10"],
    ["A3", "丁", "2020-12-05", ""],
]


def read(folder: Path, catalogue: LogCatalogue, rows: list[list[str]], name: str = "requests.csv") -> Logs:
    folder.mkdir(exist_ok=True)
    lines = [",".join(row) for row in rows]
    (folder / name).write_text("\n".join(lines), "utf-8")
    return read_logs([folder], catalogue)


def records(logs: Logs) -> dict[str, tuple[object, ...]]:
    frame = logs.tables["requests"].frame
    return dict(zip(frame[RECORD], frame.select("applicant", "received_on", "replied_on").rows(), strict=True))


def test_records_keep_their_names_in_any_row_order_file_and_with_more_columns(
    tmp_path: Path, catalogue: LogCatalogue
) -> None:
    before = records(read(tmp_path / "a", catalogue, [HEADINGS, *ROWS]))
    shuffled = random.Random(7).sample(ROWS, len(ROWS))
    wider = [[*HEADINGS, "天气"], *([*row, "晴"] for row in shuffled)]
    wider = [[row[4], *row[:4]] for row in wider]
    assert records(read(tmp_path / "b", catalogue, wider, "依申请公开.csv")) == before
    assert len(before) == len(ROWS)


def test_rows_with_one_key_and_different_content_are_told_apart(tmp_path: Path, catalogue: LogCatalogue) -> None:
    logs = read(tmp_path, catalogue, [HEADINGS, *ROWS])
    names = logs.tables["requests"].frame[RECORD].to_list()
    assert names[0].startswith("A1#") and names[1].startswith("A1#") and names[0] != names[1]
    assert len(names[0]) == len("A1#") + 8
    assert names[2] == "A2"
    assert sorted([names[3] + "-2", names[4] + "-2"])[0].removesuffix("-2") in {names[3], names[4]}
    assert any("A1" in remark for remark in logs.remarks)


def test_exact_repeats_leave_one_row_across_files(tmp_path: Path, catalogue: LogCatalogue) -> None:
    read(tmp_path, catalogue, [HEADINGS, ROWS[2], ROWS[3]], "依申请公开1.csv")
    logs = read(tmp_path, catalogue, [HEADINGS, ROWS[6], ROWS[2], ROWS[3]], "依申请公开2.csv")
    assert logs.counts["requests"] == Counts(5, 3, 2)
    assert [reject.row for reject in logs.rejects] == [3, 4]
    first = "依申请公开1.csv"
    assert [reject.reason for reject in logs.rejects] == [
        f"重复\uff08与 {first} 第{row}行 相同\uff09" for row in (2, 3)
    ]
    assert logs.tables["requests"].frame[RECORD].to_list()[0] == "A2"


def test_a_blank_key_is_named_by_facts_of_origin_so_a_later_reply_changes_nothing(
    tmp_path: Path, catalogue: LogCatalogue
) -> None:
    before = read(tmp_path / "a", catalogue, [HEADINGS, ROWS[3]]).tables["requests"].frame[RECORD].to_list()
    after = read(tmp_path / "b", catalogue, [HEADINGS, ROWS[4]]).tables["requests"].frame[RECORD].to_list()
    assert before == after and before[0].startswith("无编号-")


def test_answers_of_the_checklist_are_named_by_item_subject_and_period(tmp_path: Path, catalogue: LogCatalogue) -> None:
    rows = [
        "核查事项编号,核查对象,适用期间,核查结果",
        "X-1,,2025,符合",
        "X-1,,2025,不符合",
        "X-1,A1,,符合",
        "X-1,,2025,符合",
    ]
    (tmp_path / "checklist.csv").write_text("\n".join(rows), "utf-8")
    logs = read_logs([tmp_path], catalogue)
    assert logs.tables["checklist"].frame[RECORD].to_list() == ["X-1/2025", "X-1/2025", "X-1/A1"]
    assert logs.counts["checklist"] == Counts(4, 3, 1)


def test_a_row_without_any_known_cell_is_rejected_and_a_blank_row_is_not_read(
    tmp_path: Path, catalogue: LogCatalogue
) -> None:
    rows = [["序号", *HEADINGS], ["1", *ROWS[2]], ["2", "", "/", "", ""], ["", "", "", "", ""]]
    logs = read(tmp_path, catalogue, rows)
    assert logs.counts["requests"] == Counts(2, 1, 1)
    assert [(reject.row, reject.column) for reject in logs.rejects] == [(3, "")]
    assert "空行" in logs.rejects[0].reason


def test_full_width_keys_are_the_same_key(tmp_path: Path, catalogue: LogCatalogue) -> None:
    logs = read(tmp_path, catalogue, [HEADINGS, ["Ａ２", *ROWS[2][1:]], ROWS[2]])
    assert logs.counts["requests"] == Counts(2, 1, 1)
