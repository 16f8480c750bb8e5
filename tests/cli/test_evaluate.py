"""`auditor evaluate`: the yearly evaluation as the office runs it."""

import json
import re
import zipfile
from pathlib import Path

import polars as pl
import pytest

from auditor.shipped import shipped
from tests.assessment.conftest import rulebook_loaded_once
from tests.cli.conftest import Run

__all__ = ["rulebook_loaded_once"]

EXAMPLE = shipped("fixtures") / "evaluation"
FILES = {"evaluation.json", "evaluation.html", "evaluation.xlsx", "民主评议报告.docx", "receipt.json"}
HEADINGS = "问卷编号,评议年度,参评人员类别,被评议科室,组织领导,公开内容,公开形式,制度程序,公开效果,意见建议\n"


def evaluate(run: Run, logs: Path, *options: object) -> tuple[int, str, str]:
    """Evaluate 2025 as of 31 January 2026 into `out`."""
    return run("evaluate", logs, "--year", 2025, "--as-of", "2026-01-31", "--out", "out", *options)


def word_text(path: Path) -> str:
    """Everything that a Word file says."""
    with zipfile.ZipFile(path) as archive:
        return "".join(re.findall(r"<w:t[^>]*>([^<]*)</w:t>", archive.read("word/document.xml").decode()))


def test_the_sample_gives_every_file_and_the_fixed_parts(run: Run, tmp_path: Path) -> None:
    code, out, _ = evaluate(run, shipped("fixtures") / "sample")
    assert code == 0 and "收回31份，有效30份，不计入1份" in out
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES
    found = json.loads((tmp_path / "out" / "evaluation.json").read_text("utf-8"))
    assert found["year"] == 2025
    assert found["questionnaires"] == {"returned": 31, "valid": 30, "set_aside": 1}
    assert list(found["contents"]) == list(found["panel"]) == ["e1", "e2", "e3", "e4", "e5"]
    assert found["contents"]["e1"] == {"满意": 15, "基本满意": 8, "不满意": 4, "不了解": 3, "n": 27, "rate": 23 / 27}
    assert found["panel"]["e4"] == {"n": 7, "mean": 603 / 7}
    assert (found["composite"], found["grade"]) == (67.88, "不满意")
    assert {rule["rule"] for rule in found["procedure"]} >= {"EVA-2-1", "EVA-6.1-3", "EVA-8-1"}
    lost = {each["finding"] for each in found["lost"]}
    parts = found["composite_detail"]["parts"].values()
    (confidential,) = {name for part in parts for name in part["findings"]} - lost  # about an accusation: counted only
    assert confidential not in (tmp_path / "out" / "evaluation.html").read_text("utf-8")
    assert "东方既白" not in json.dumps(found, ensure_ascii=False)


def test_the_same_evaluation_gives_the_same_bytes(run: Run, tmp_path: Path) -> None:
    evaluate(run, EXAMPLE)
    first = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    receipt = json.loads(first["receipt.json"])
    assert receipt["kind"] == "evaluation" and {*receipt["outputs"], "receipt.json"} == FILES
    assert evaluate(run, EXAMPLE)[0] == 0  # an earlier result that nobody has changed is replaced
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == first


def test_the_word_report_says_what_the_page_says(run: Run, tmp_path: Path) -> None:
    evaluate(run, EXAMPLE)
    text = word_text(tmp_path / "out" / "民主评议报告.docx")
    page = (tmp_path / "out" / "evaluation.html").read_text("utf-8")
    for words in (
        "综合得分79.76分",
        "收回问卷15份，有效10份，不计入5份",
        "88.9%（8/9）",
        "制度没有规定权重",
        "EVA-7-1",
        "不显示",
    ):
        assert words in text and words in page, words
    with zipfile.ZipFile(tmp_path / "out" / "民主评议报告.docx") as archive:
        document = archive.read("word/document.xml").decode()
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    runs = re.findall(r"<w:r>(.*?)</w:r>", document, re.S)
    assert runs and all('w:eastAsia="' in each for each in runs)


def test_nothing_that_somebody_typed_runs_or_is_told(run: Run, tmp_path: Path) -> None:
    logs = tmp_path / "台账"
    logs.mkdir()
    evil = '"=HYPERLINK(""http://x"",""y"")",2025,<script>alert(1)</script>,=1+1,满意,满意,满意,满意,满意,打13912345678找我\n'
    (logs / "评议问卷.csv").write_text(HEADINGS + evil * 1 + evil.replace("HYPER", "hyper") * 1, "utf-8")
    assert evaluate(run, logs)[0] == 0
    page = (tmp_path / "out" / "evaluation.html").read_text("utf-8")
    assert "<script>alert" not in page and "13912345678" not in page
    with zipfile.ZipFile(tmp_path / "out" / "evaluation.xlsx") as archive:
        sheets = "".join(archive.read(name).decode() for name in archive.namelist() if "worksheets" in name)
        assert "<f>" not in sheets and "hyperlink" not in sheets
        assert "13912345678" not in archive.read("xl/sharedStrings.xml").decode()
    assert "13912345678" not in word_text(tmp_path / "out" / "民主评议报告.docx")


def test_what_accuses_somebody_is_counted_and_not_told(run: Run, tmp_path: Path) -> None:
    logs = tmp_path / "台账"
    logs.mkdir()
    said = "我叫李晓明，科长张建国收受贿赂"
    (logs / "评议问卷.csv").write_text(HEADINGS + f"P1,2025,学生,甲科,满意,满意,满意,满意,满意,{said}\n", "utf-8")
    (logs / "网民留言台账.csv").write_text(
        "留言编号,留言类别,收到日期,承办单位,被检举控告对象,转送单位,答复日期\n"
        "留言甲一,检举控告,2025-03-03,甲科,乙科,乙科,2025-03-10\n",
        "utf-8",
    )
    assert evaluate(run, logs)[0] in (0, 1)
    page, words = Path("out/evaluation.html").read_text("utf-8"), word_text(Path("out/民主评议报告.docx"))
    for text in (page, words):
        assert "张建国" not in text and "内容已隐去，见原票" in text
        assert "留言甲一" not in text and "另有1个问题涉及检举控告，不予列明" in text
    assert evaluate(run, logs, "--internal", "--out", "inside")[0] in (0, 1)
    inside = Path("inside/evaluation.html").read_text("utf-8")
    assert "张建国" in inside and "留言甲一" in inside


def test_a_folder_that_somebody_has_changed_is_left_alone_and_verify_says_so(run: Run, tmp_path: Path) -> None:
    evaluate(run, EXAMPLE)
    assert run("verify", "out")[0] == 0
    (tmp_path / "out" / "evaluation.xlsx").write_text("手改", "utf-8")
    code, _, err = evaluate(run, EXAMPLE)
    assert code == 2 and "evaluation.xlsx 不是上次写出的样子" in err
    assert run("audit", EXAMPLE, "--out", "out")[0] == 2
    code, said, _ = run("verify", "out")
    assert code == 1 and "已改动：evaluation.xlsx" in said
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "信.txt").write_text("信", "utf-8")
    assert run("evaluate", EXAMPLE, "--year", 2025, "--out", "other")[0] == 2


def test_a_year_that_has_not_begun_or_no_year_is_wrong_usage(run: Run) -> None:
    assert run("evaluate", EXAMPLE, "--year", 2026, "--as-of", "2025-12-31")[0] == 2
    assert run("evaluate", EXAMPLE)[0] == 2
    assert run("evaluate", EXAMPLE, "--year", 25)[0] == 2


def test_what_does_not_go_with_a_plan_is_wrong_usage(run: Run) -> None:
    plan = ("evaluate", "--year", 2025, "--plan")
    for words in (["--internal"], ["--profile", "无"]):
        assert run(*plan, *words)[0] == 2


@pytest.mark.parametrize("option", ["--settings", "--rules"])
def test_rules_and_settings_that_are_not_there_are_wrong_usage(run: Run, option: str) -> None:
    code, _, error = run("evaluate", "--year", 2025, "--plan", option, "无此文件")
    assert code == 2 and "找不到：无此文件。请检查路径是否写对" in error


def test_weights_that_do_not_sum_to_a_hundred_stop_with_file_and_line(run: Run, tmp_path: Path) -> None:
    text = (
        (shipped("rules") / "evaluation.yaml")
        .read_text("utf-8")
        .replace("代表评议, weight: 25", "代表评议, weight: 30")
    )
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "evaluation.yaml").write_text(text, "utf-8")
    code, _, err = evaluate(run, EXAMPLE, "--rules", "own")
    assert code == 4 and re.search(r"evaluation\.yaml 第\d+行：权重之和应为100，现为105（40\+30\+20\+15）", err)
    assert not (tmp_path / "out").exists()


def test_without_questionnaires_the_rest_is_rescaled_and_says_so(run: Run, tmp_path: Path) -> None:
    logs = tmp_path / "台账"
    logs.mkdir()
    for name in ("代表评议表.csv", "评议意见台账.csv", "人工核查表.csv"):
        (logs / name).write_bytes((EXAMPLE / name).read_bytes())
    code, out, _ = evaluate(run, logs)
    found = json.loads((tmp_path / "out" / "evaluation.json").read_text("utf-8"))
    assert code == 0 and "没有提供评议问卷" in out
    assert found["questionnaires"] == {"returned": 0, "valid": 0, "set_aside": 0}
    assert found["contents"]["e1"]["rate"] is None
    assert found["composite"] == 79.5  # (83×25 + 80×20 + 75×15) ÷ 60 = 80, less 0.5


def test_a_hundred_thousand_forms_are_counted(run: Run, tmp_path: Path) -> None:
    options = ["满意", "基本满意", "不满意", "不了解", None]
    rows = 100_000
    contents = ["组织领导", "公开内容", "公开形式", "制度程序", "公开效果"]
    columns = {name: [options[n * step % 5] for n in range(rows)] for step, name in enumerate(contents, 1)}
    frame = pl.DataFrame({"问卷编号": [f"P{n}" for n in range(rows)], "评议年度": [2025] * rows, **columns})
    (tmp_path / "台账").mkdir()
    frame.write_csv(tmp_path / "台账" / "评议问卷.csv")
    code, out, _ = evaluate(run, tmp_path / "台账")
    assert code == 0 and "收回100000份" in out
