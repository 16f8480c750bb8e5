"""`auditor check`: what was read, what was not, what that costs; and copies that show it on the cells."""

import hashlib
import json
from pathlib import Path

import pytest
import xlsxwriter
from python_calamine import load_workbook

from auditor.audit.annotate import annotate
from auditor.errors import UsageError
from auditor.reading import read_logs
from auditor.rulebook.loading import load_rulebook
from auditor.shipped import shipped
from tests.cli.conftest import Run
from tests.reporting.test_annotation import fill_of, notes

HEADINGS = ["申请编号", "申请人", "收到申请日期", "答复日期", "奇怪的列", "延期告知日期"]
ROWS = [
    ["A1", "张三", "2025-03-03", "2025-13-01", "x", ""],
    ["A2", "李四", "不知道", "2025-03-09", "", ""],
    ["A2", "李四", "不知道", "2025-03-09", "", ""],
]
BOOK = load_rulebook()


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """A workbook, a CSV and JSON lines, each with something that is not understood."""
    folder = tmp_path / "台账"
    (folder / "下级").mkdir(parents=True)
    with xlsxwriter.Workbook(folder / "依申请公开台账.xlsx") as book:
        for name, rows in (
            ("依申请公开台账", [["2025年登记"], HEADINGS, *ROWS]),
            ("说明", [["甲", "乙"], ["一", "二"]]),
        ):
            page = book.add_worksheet(name)
            for at, row in enumerate(rows):
                page.write_row(at, 0, row)
    text = "信访编号,来信来访形式,收到日期\nX1,来信,2025-03-03\n\nX2,托梦,2025-03-04\nX3,来信,2025-03-04,多,出\n"
    (folder / "下级" / "来信来访台账.csv").write_text(text, "gb18030")
    lines = [{"留言编号": "L1", "留言时间": "2025-02-30", "多余": "x"}, {"留言编号": "L2", "留言时间": "2025-03-01"}]
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    (folder / "网民留言台账.jsonl").write_text(text, "utf-8")
    (folder / "公文台账.csv").write_text("公文编号,标题\nG1,甲\n", "utf-8")
    return folder


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_text_goes_from_what_was_read_to_what_each_gap_costs(logs: Path, run: Run) -> None:
    code, out, _ = run("check", "台账")
    titles = [line for line in out.splitlines() if line[1:2] == "、"]
    assert [title.split("（")[0][:6] for title in titles] == [
        "一、读到的台",
        "二、没有读取",
        "三、没有作为",
        "四、没有采用",
        "五、没有认出",
        "六、缺少什么",
    ]
    assert code == 0
    read, _, rows, cells, columns, costs = (out[out.index(title) :] for title in titles)
    assert "依申请公开台账（requests）：读取3行，采用2行，未采用1行" in read
    assert "第5行“A2”，重复" in rows[: rows.index("四、")]
    assert "“答复日期”：第3行“2025-13-01”，没有这一天" in cells[: cells.index("五、")]
    assert "未识别的列：奇怪的列" in columns[: columns.index("六、")]
    assert "没有信息发布台账：" in costs and "条规则无法审计" in costs
    assert "依申请公开台账没有“答复类型”这一列：" in costs and "涉及2条记录" in costs
    assert "依申请公开台账有1列整列空着" in costs and "延期告知日期" in costs


def test_what_is_alike_is_told_once_with_its_number(tmp_path: Path, run: Run) -> None:
    rows = "".join(f"A{n},甲,2025-03-{n:02d},九月\n" for n in range(1, 8))
    (tmp_path / "依申请公开台账.csv").write_text("申请编号,申请人,收到申请日期,答复日期\n" + rows, "utf-8")
    _, out, _ = run("check", "依申请公开台账.csv")
    (line,) = [line for line in out.splitlines() if "答复日期" in line and "第2行" in line]
    assert "第3行" in line and "第4行" in line and "第5行" not in line and "等7处" in line


def test_the_keys_for_programs_stay(logs: Path, run: Run) -> None:
    _, out, _ = run("check", "台账", "--format", "json")
    found = json.loads(out)
    keys = {"logs", "remarks", "unrecognised", "unreadable", "rejects", "gaps", "absent"}
    assert keys <= set(found) and "annotated" not in found
    assert set(found["gaps"][0]) == {"log", "field", "zh", "rules", "records"}
    assert found["blank_columns"]["requests"] == ["延期告知日期"]


def test_copies_are_marked_and_originals_stay(logs: Path, run: Run, tmp_path: Path) -> None:
    before = digests(logs)
    code, out, _ = run("check", "台账", "--annotate", "标注")
    assert code == 0 and digests(logs) == before
    assert set(digests(tmp_path / "标注")) == {
        "依申请公开台账.xlsx",
        str(Path("下级") / "来信来访台账_csv.xlsx"),
        "网民留言台账_jsonl.xlsx",
    }
    assert "依申请公开台账.xlsx：标注6处" in out and "下级/来信来访台账_csv.xlsx：标注2处（原文件不是 xlsx" in out
    data = (tmp_path / "标注" / "依申请公开台账.xlsx").read_bytes()
    found = notes(data, "xl/comments1.xml")
    assert set(found) == {"D3", "C4", "C5", "A5", "E2"}
    assert "没有这一天，应写成 2020-12-02" in found["D3"] and "重复" in found["A5"] and "没有认出这一列" in found["E2"]
    assert set(notes(data, "xl/comments2.xml")) == {"A1"}
    assert fill_of(data, "xl/worksheets/sheet1.xml", "D3") == "FFFFC7CE"
    assert fill_of(data, "xl/worksheets/sheet1.xml", "E2") == "FFFFEB9C"
    assert fill_of(data, "xl/worksheets/sheet1.xml", "D4") is None


def test_a_copy_of_another_format_has_the_same_cells_on_the_same_rows(logs: Path, run: Run, tmp_path: Path) -> None:
    run("check", "台账", "--annotate", "标注")
    path = tmp_path / "标注" / "下级" / "来信来访台账_csv.xlsx"
    rows = load_workbook(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert [row[:3] for row in rows[:2]] == [["信访编号", "来信来访形式", "收到日期"], ["X1", "来信", "2025-03-03"]]
    assert (
        rows[2] == ["", "", "", "", ""]
        and rows[3][:3] == ["X2", "托梦", "2025-03-04"]
        and rows[4] == ["X3", "来信", "2025-03-04", "多", "出"]
    )
    assert set(notes(path.read_bytes(), "xl/comments1.xml")) == {"B4", "A5"}
    lines = tmp_path / "标注" / "网民留言台账_jsonl.xlsx"
    rows = load_workbook(lines).get_sheet_by_index(0).to_python()
    assert rows[1] == ["第1行", "L1", "2025-02-30", "x"]
    assert set(notes(lines.read_bytes(), "xl/comments1.xml")) == {"C2", "D1"}


def test_a_marked_copy_reads_like_its_original(run: Run, tmp_path: Path) -> None:
    sample = shipped("fixtures") / "sample"
    original = read_logs([sample], BOOK.logs)
    copies = annotate([sample], original, tmp_path / "标注")
    assert len(copies) == 11
    for copy in copies:
        again = read_logs([tmp_path / "标注" / copy.copy], BOOK.logs)
        wanted = [(each.row, each.column, each.value) for each in original.rejects if each.file == copy.file]
        assert [(each.row, each.column, each.value) for each in again.rejects] == wanted
    assert digests(tmp_path / "标注") == _again(sample, tmp_path / "再次")


def _again(sample: Path, folder: Path) -> dict[str, str]:
    annotate([sample], read_logs([sample], BOOK.logs), folder)
    return digests(folder)


def test_copies_never_come_among_other_files_or_among_the_logs(logs: Path, run: Run, tmp_path: Path) -> None:
    before = digests(tmp_path)
    for place in ("台账", "台账/标注", "台账/依申请公开台账.xlsx"):
        code, _, err = run("check", "台账", "--annotate", place)
        assert code == 2 and "Traceback" not in err
    (tmp_path / "别处").mkdir()
    (tmp_path / "别处" / "我的.txt").write_text("留着", "utf-8")
    assert run("check", "台账", "--annotate", "别处")[0] == 2
    (tmp_path / "别处" / "我的.txt").unlink()
    assert digests(tmp_path) == before


def test_a_file_changed_since_it_was_read_is_not_marked(logs: Path, tmp_path: Path) -> None:
    read = read_logs([logs], BOOK.logs)
    (logs / "网民留言台账.jsonl").write_text('{"留言编号": "L9"}', "utf-8")
    with pytest.raises(UsageError, match="改动"):
        annotate([logs], read, tmp_path / "标注")
    assert not (tmp_path / "标注").exists() and [path.name for path in tmp_path.iterdir()] == ["台账"]


def test_of_a_very_long_file_only_the_marked_rows_are_shown(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("auditor.audit.annotate._ROWS_COPIED", 5)
    rows = "".join(f"A{n},甲,2025-03-{n:02d},{'九月' if n == 7 else ''}\n" for n in range(1, 9))
    (tmp_path / "依申请公开台账.csv").write_text("申请编号,申请人,收到申请日期,答复日期\n" + rows, "utf-8")
    code, out, _ = run("check", "依申请公开台账.csv", "--annotate", "标注")
    assert code == 0 and "只列出第一行和有标注的行" in out
    path = tmp_path / "标注" / "依申请公开台账_csv.xlsx"
    assert load_workbook(path).get_sheet_by_index(0).to_python() == [
        ["第1行", "申请编号", "申请人", "收到申请日期", "答复日期"],
        ["第8行", "A7", "甲", "2025-03-07", "九月"],
    ]


def test_nothing_to_mark_is_said(tmp_path: Path, run: Run) -> None:
    text = "公文编号,标题,拟稿日期\nG1,甲,2025-03-03\n"
    (tmp_path / "公文台账.csv").write_text(text, "utf-8")
    code, out, _ = run("check", "公文台账.csv", "--annotate", "标注")
    assert code == 0 and "没有看不懂的地方" in out and list((tmp_path / "标注").iterdir()) == []
