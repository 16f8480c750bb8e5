"""`auditor map`: proposed, talked over on a terminal, saved, and used again for the next month's file."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from auditor.cli.mapping_talk import Talk
from auditor.reading import propose, read_logs
from auditor.rulebook.loading import load_rulebook
from auditor.rulebook.logs import LogCatalogue
from tests.cli.conftest import Run

SECRETS = ("欧阳锋雪", "13987654321", "要公开甲的批复")
HEADINGS = "申请编号,申请人,联系电话,申请内容,收件之日,批复日,标记\n"
ROWS = "A1,欧阳锋雪,13987654321,要公开甲的批复,2024-03-01,2024-03-05,甲\n"


@pytest.fixture(scope="module")
def logs() -> LogCatalogue:
    return load_rulebook().logs


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "三月.csv"
    path.write_text(HEADINGS + ROWS, "utf-8")
    return path


def test_a_proposal_shows_fields_confidence_and_samples_that_tell_nobodys_secrets(run: Run, ledger: Path) -> None:
    code, said, _ = run("map", ledger)
    assert code == 0 and "依申请公开台账（requests）：7列中认出4列" in said
    assert "1. A 申请编号 → 申请编号（request_id） 把握高  例：A1" in said
    assert "6. F 批复日 → 不用  例：2024-03-05" in said
    assert "没有保存" in said and not list(ledger.parent.glob("*.map.yaml"))
    _, written, _ = run("map", ledger, "--format", "json")
    assert [column["field"] for column in json.loads(written)[0]["columns"]][:3] == [
        "request_id",
        "applicant",
        "contact",
    ]
    assert not [secret for secret in SECRETS if secret in said + written]


def test_a_table_without_headings_is_not_quoted(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(ROWS * 2, "utf-8")
    for shape in ("text", "json"):
        _, said, _ = run("map", "a.csv", "--format", shape)
        assert not [secret for secret in SECRETS if secret in said]


def test_columns_set_without_a_terminal_are_saved_beside_the_file(run: Run, ledger: Path) -> None:
    code, said, _ = run("map", ledger, "--log", "依申请公开", "--set", "批复日=答复日期", "--set", "申请人=")
    assert code == 0 and "已保存" in said
    saved = yaml.safe_load((ledger.parent / "三月.csv.map.yaml").read_text("utf-8"))
    assert saved == {"log": "requests", "columns": {"批复日": "replied_on", "申请人": None}}
    code, said, _ = run("check", ledger, "--format", "json")
    fields = {column["heading"]: column["field"] for column in json.loads(said)["columns"]}
    assert fields["批复日"] == "replied_on" and "申请人" not in fields


@pytest.mark.parametrize(
    ("pair", "says"),
    [
        ("批复日", "应写成 列名=字段"),
        ("批复曰=答复日期", "是否想写“批复日”"),
        ("批复日=答复日其", "是否想写“答复日期”"),
        ("批复日=申请人", None),
    ],
)
def test_a_pair_that_fits_nothing_is_refused(pair: str, says: str | None, run: Run, ledger: Path) -> None:
    code, _, said = run("map", ledger, "--set", pair)
    assert (code, says is None or says in said) == (0 if says is None else 2, True)


def test_two_columns_for_one_field_are_refused(run: Run, ledger: Path) -> None:
    code, _, said = run("map", ledger, "--set", "批复日=答复日期", "--set", "收件之日=答复日期")
    assert code == 2 and "只留一个" in said


def test_a_profile_serves_the_same_headings_under_any_file_name(run: Run, ledger: Path, tmp_path: Path) -> None:
    pairs = ("--set", "批复日=答复日期", "--set", "收件之日=收到申请日期")
    assert run("map", ledger, *pairs, "--profile", "对照")[0] == 0
    (kept,) = (tmp_path / "对照").iterdir()
    assert kept.name.startswith("requests-") and kept.name.endswith(".map.yaml")
    other = HEADINGS.strip().split(",")
    april = tmp_path / "四月报送"
    april.mkdir()
    rows = [dict(zip(other, row.split(","), strict=True)) for row in ROWS.strip().split("\n")]
    turned = ["序号", *reversed(other)]
    text = "\n".join(",".join(["1", *(row[name] for name in reversed(other))]) for row in rows)
    (april / "乱名.csv").write_text(f"某局四月,,,,,,,\n{','.join(turned)}\n{text}\n", "utf-8")
    (april / "别的.csv").write_text("申请编号,申请人,申请内容,批复日\nB1,甲,乙,2024-04-05\n", "utf-8")
    code, said, _ = run("check", april, "--profile", "对照", "--format", "json")
    found = json.loads(said)
    fields = {(each["file"], each["heading"]): each["field"] for each in found["columns"]}
    assert (
        code == 0 and fields["乱名.csv", "批复日"] == "replied_on" and fields["乱名.csv", "收件之日"] == "received_on"
    )
    assert ("别的.csv", "批复日") not in fields  # other headings: the profile does not speak of them
    assert any("按保存的列对照 对照/requests-" in remark for remark in found["remarks"])
    code, _, _ = run("audit", april, "--profile", "对照", "--as-of", "2024-12-31", "--out", "结果", "--no-documents")
    assert code in (0, 1)
    assert f"对照/{kept.name}" in (tmp_path / "结果" / "receipt.json").read_text("utf-8")


def test_a_profile_that_is_missing_or_faulty_stops_the_run(run: Run, ledger: Path, tmp_path: Path) -> None:
    assert run("check", ledger, "--profile", "没有")[0] == 2
    run("map", ledger, "--set", "批复日=答复日期", "--profile", "对照")
    (kept,) = (tmp_path / "对照").iterdir()
    kept.with_name("又一份.map.yaml").write_text(kept.read_text("utf-8"), "utf-8")
    code, _, said = run("check", ledger, "--profile", "对照")
    assert code == 4 and "同样的表头" in said


def test_what_is_saved_for_one_sheet_leaves_the_others(tmp_path: Path, logs: LogCatalogue) -> None:
    import xlsxwriter

    from auditor.reading import save_mapping

    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    for name in ("甲", "乙"):
        sheet = book.add_worksheet(name)
        for at, row in enumerate([["no", "who", "x"], ["A1", "张", name]]):
            sheet.write_row(at, 0, row)
    book.close()
    save_mapping(path, "requests", {"no": "request_id"}, "甲")
    save_mapping(path, "messages", {"no": "message_id"}, "乙")
    save_mapping(path, "requests", {"no": "request_id", "who": "applicant"}, "甲")
    read = read_logs([path], logs)
    assert {name: set(table.sources[0].columns) for name, table in read.tables.items()} == {
        "requests": {"request_id", "applicant"},
        "messages": {"message_id"},
    }


def talked(
    ledger: Path, logs: LogCatalogue, answers: list[str], profile: Path | None = None
) -> tuple[str, Path | None]:
    """A conversation with these answers: what was said, and where the mapping was saved."""
    said: list[str] = []
    waiting: Iterator[str] = iter(answers)
    (proposal,) = propose(ledger, logs)
    talk = Talk(ledger, logs, proposal, profile, True, ask=lambda question: next(waiting), say=said.append)
    saved = talk.hold()
    assert list(waiting) == []
    return "\n".join(said), saved


def test_a_column_is_changed_skipped_and_saved_in_conversation(ledger: Path, logs: LogCatalogue) -> None:
    answers = ["6", "答复日其", "?", "答复日期", "3", "-", "9", "s"]
    said, saved = talked(ledger, logs, answers)
    assert "是否想写“答复日期”" in said and "没有“9”这一项" in said
    assert saved and yaml.safe_load(saved.read_text("utf-8"))["columns"] == {
        "申请编号": "request_id",
        "申请人": "applicant",
        "申请内容": "description",
        "批复日": "replied_on",
        "联系电话": None,
    }


def test_a_field_given_to_another_column_is_taken_from_the_first(ledger: Path, logs: LogCatalogue) -> None:
    _, saved = talked(ledger, logs, ["7", "申请人", "s"], ledger.with_name("对照"))
    assert saved and saved.parent.name == "对照"
    columns = yaml.safe_load(saved.read_text("utf-8"))["columns"]
    assert columns["标记"] == "applicant" and columns["申请人"] is None


def test_nothing_is_saved_without_a_word(ledger: Path, logs: LogCatalogue) -> None:
    said, saved = talked(ledger, logs, ["6", "", ""])
    assert saved is None and "没有保存" in said and not list(ledger.parent.glob("*.map.yaml"))


def test_a_table_that_is_not_recognised_is_asked_about(tmp_path: Path, logs: LogCatalogue) -> None:
    path = tmp_path / "a.csv"
    path.write_text("部门,类别,日期,名称\n办公室,动态,2024-01-02,某事\n", "utf-8")
    said, saved = talked(path, logs, ["信息发不台账", "信息发布台账", "3", "公开日期", "s"])
    assert "最像：信息发布台账（publications）" in said and saved
    assert read_logs([path], logs).tables["publications"].frame["published_on"].null_count() == 0
    assert talked(path.rename(tmp_path / "b.csv"), logs, [""])[1] is None


def test_the_conversation_runs_on_a_real_terminal(ledger: Path) -> None:
    ours, theirs = pty.openpty()
    ended = subprocess.Popen(
        [sys.executable, "-m", "auditor", "map", str(ledger)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        close_fds=True,
    )
    os.close(theirs)
    os.write(ours, "6\n答复日期\ns\n".encode())
    said = b""
    try:
        while chunk := os.read(ours, 4096):
            said += chunk
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    assert ended.wait(60) == 0, said.decode()
    assert "已保存" in said.decode() and "replied_on" in ledger.with_name("三月.csv.map.yaml").read_text("utf-8")
