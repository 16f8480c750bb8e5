"""Odd cells, files and places end in a message, a receipt vouches for an audit, the ledger takes in only whole ones."""

import json
import os
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from auditor.audit.outputs import write_outputs
from auditor.audit.takingin import take_in_folder
from auditor.audit.trip import audit_logs
from auditor.ledger.intake import Intake
from auditor.ledger.overview import overview
from auditor.reading import read_logs
from auditor.receipt import RECEIPT, digest_of, shown
from auditor.rulebook.book import Rulebook
from auditor.rulebook.rectification import load_steps
from auditor.tables import Logs
from tests.cli import conftest as program

run = program.run

LOG = "申请编号,申请人,收到日期,申请内容,答复日期,责任科室\nA1,王某,2025-03-03,要公开甲,2025-09-01,人事科\n"
HUGE = {
    "重难件时限": (
        "网民留言台账.csv",
        "留言编号,留言类别,留言时间,承办单位,重难件时限\n1,重难件,2025-01-02 09:00,人事科,2000000000\n",
    ),
    "延期天数": (
        "依申请公开台账.csv",
        f"申请编号,收到日期,延期批准日期,延期告知日期,延期天数\nA1,2025-03-03,2025-03-05,2025-03-05,{2**31}\n",
    ),
    "报告年度": ("年度报告台账.csv", f"报告年度,编制完成日期\n{10**12},2025-01-01\n"),
}


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """A folder with one small log that breaks a limit."""
    (tmp_path / "台账").mkdir()
    (tmp_path / "台账" / "依申请公开台账.csv").write_text(LOG, encoding="utf-8")
    return tmp_path / "台账"


@pytest.fixture(scope="module")
def written(book: Rulebook, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An audit of the small log; to be copied, not changed."""
    top = tmp_path_factory.mktemp("审计")
    (top / "依申请公开台账.csv").write_text(LOG, encoding="utf-8")
    write_outputs(audit_logs([top], book, date(2025, 12, 31)), top / "结果", ["audit"], documents=False)
    return top / "结果"


@pytest.fixture
def audit(written: Path, tmp_path: Path) -> Path:
    """An audit that a test may change."""
    return Path(shutil.copytree(written, tmp_path / "结果"))


@pytest.mark.parametrize("column", HUGE)
def test_a_count_beyond_all_bounds_is_rejected_and_its_row_is_audited(
    column: str, book: Rulebook, tmp_path: Path
) -> None:
    name, text = HUGE[column]
    (tmp_path / name).write_text(text, encoding="utf-8")
    audited = audit_logs([tmp_path], book, date(2025, 12, 31))
    assert [reject.column for reject in audited.logs.rejects] == [column]
    assert [table.frame.height for table in audited.logs.tables.values()] == [1]


@pytest.mark.parametrize("value", [timedelta(1), [["a"]], b"\xff", [timedelta(1)]], ids=repr)
def test_a_parquet_column_of_any_type_is_read_as_text(value: object, book: Rulebook, tmp_path: Path) -> None:
    columns = {"申请编号": ["1"], "收到日期": ["2025-01-02"], "申请内容": [value]}
    pl.DataFrame(columns).write_parquet(tmp_path / "依申请公开台账.parquet")
    read = read_logs([tmp_path], book.logs)
    assert read.tables["requests"].frame["description"].to_list() == [str(value)]


def test_a_link_to_itself_is_named_and_the_rest_is_read(logs: Path, book: Rulebook) -> None:
    (logs / "环.csv").symlink_to("环.csv")
    read = read_logs([logs], book.logs)
    assert read.counts["requests"].accepted == 1
    assert [line.split("：")[0] for line in read.unreadable] == ["环.csv"]


def test_a_file_whose_name_is_no_text_is_audited_and_named(logs: Path, run: program.Run, tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(logs) + b"/\xff.csv"))
    try:
        odd.write_text(LOG.replace("A1", "A2"), encoding="utf-8")
    except OSError:
        pytest.skip("the file system takes only names that are text")
    assert run("audit", logs, "--as-of", "2025-12-31", "--out", "结果")[0] == 1
    found = (tmp_path / "结果" / "findings.jsonl").read_text("utf-8").splitlines()
    files = {cell["file"] for line in found for cell in json.loads(line)["evidence"]}
    assert files >= {"依申请公开台账.csv", r"\xff.csv"}


def test_two_folders_whose_names_are_no_text_are_told_apart(run: program.Run, tmp_path: Path) -> None:
    """Their files have one name; the receipt names the folders too."""
    folders = [Path(os.fsdecode(os.fsencode(tmp_path) + name)) for name in (b"/\xff1", b"/\xff2")]
    for at, folder in enumerate(folders):
        try:
            folder.mkdir()
        except OSError:
            pytest.skip("the file system takes only names that are text")
        (folder / "依申请公开台账.csv").write_text(LOG.replace("A1", f"A{at}"), encoding="utf-8")
    assert run("audit", *folders, "--as-of", "2025-12-31", "--out", "结果")[0] == 1
    receipt = json.loads((tmp_path / "结果" / RECEIPT).read_text("utf-8"))
    assert [name.split("/")[-2] for name in receipt["inputs"]] == [r"\xff1", r"\xff2"]
    assert any(r"\xff2" in word for word in receipt["command"])


def test_a_receipt_tells_no_password() -> None:
    assert [*map(shown, ["--since", "postgresql://u:p@ss@h:5/db?a=b&password=x&c=d", "台账/甲@a:b@c.csv"])] == [
        "--since",
        "postgresql://u:***@h:5/db?a=b&password=***&c=d",
        "台账/甲@a:b@c.csv",
    ]


@pytest.mark.parametrize(
    "words",
    [["audit", "甲" * 300], ["audit", "台账", "--profile", "甲" * 300], ["verify", "甲" * 300], ["map", "甲" * 300]],
    ids=lambda words: " ".join(words)[:12],
)
def test_a_path_that_is_too_long_is_wrong_usage(words: list[str], logs: Path, run: program.Run) -> None:
    code, _, error = run(*words)
    assert code == 2 and "路径太长" in error


def test_a_pipe_among_the_logs_is_passed_over(logs: Path, book: Rulebook) -> None:
    """To read it would never end: nobody writes into it."""
    os.mkfifo(logs / "管道.csv")
    read: list[Logs] = []
    reader = threading.Thread(target=lambda: read.append(read_logs([logs], book.logs)), daemon=True)
    reader.start()
    reader.join(10)
    assert [each.counts["requests"].accepted for each in read] == [1]


def test_a_folder_name_as_long_as_the_file_system_takes_is_written(
    logs: Path, run: program.Run, tmp_path: Path
) -> None:
    name = "甲" * 84  # 252 bytes of 255
    assert run("audit", logs, "--as-of", "2025-12-31", "--out", name)[0] == 1
    assert (tmp_path / name / RECEIPT).is_file()


@pytest.mark.parametrize("out", ["/proc/x", "x" * 300, "断链"], ids=["no place", "too long", "dangling link"])
def test_results_that_cannot_be_written_end_in_advice(out: str, logs: Path, run: program.Run, tmp_path: Path) -> None:
    (tmp_path / "断链").symlink_to("无处")
    code, said, error = run("audit", logs, "--as-of", "2025-12-31", "--out", out)
    assert (code, said) == (2, "")
    assert "另选一个" in error
    assert {path.name for path in tmp_path.iterdir()} == {"台账", "断链"}


def test_the_last_day_of_the_calendar_is_no_day_of_an_audit(logs: Path, run: program.Run) -> None:
    code, _, error = run("audit", logs, "--as-of", "9999-12-31", "--out", "结果")
    assert code == 2 and "2007 至 2100 年" in error


@pytest.mark.parametrize("words", [["audit", "台账"], ["due", "台账"], ["evaluate", "台账", "--year", "2032"]])
def test_no_audit_stands_on_a_day_beyond_the_calendar(words: list[str], logs: Path, run: program.Run) -> None:
    code, _, error = run(*words, "--as-of", "2033-01-01")
    assert code == 2 and "不在日历范围内" in error


@pytest.mark.parametrize("text", ["[]", "1", '{"outputs":[]}', '{"outputs":{}}', '{"outputs":"x"}'])
def test_a_receipt_of_another_shape_vouches_for_nothing(text: str, audit: Path, run: program.Run) -> None:
    (audit / RECEIPT).write_text(text, encoding="utf-8")
    assert run("verify", audit)[:2] == (1, f"已改动：{RECEIPT}\n")
    assert run("ledger", "open", audit)[0] == 3


@pytest.mark.parametrize("name", ["findings.jsonl", "summary.json"])
def test_the_ledger_takes_in_no_audit_that_was_altered(name: str, audit: Path, run: program.Run) -> None:
    (audit / name).write_text("", encoding="utf-8")
    code, _, error = run("ledger", "open", audit)
    assert code == 3 and f"{name}缺少或被改动过" in error
    (audit / name).unlink()
    assert run("ledger", "open", audit)[0] == 3


@pytest.mark.parametrize(
    ("name", "text"), [("summary.json", "[]"), ("summary.json", "{}"), ("findings.jsonl", '{"id":"甲"}\n')]
)
def test_the_ledger_takes_in_no_audit_that_it_does_not_understand(
    name: str, text: str, audit: Path, run: program.Run, tmp_path: Path
) -> None:
    """Its receipt vouches for it, as that of another version would."""
    (audit / name).write_text(text, encoding="utf-8")
    receipt = json.loads((audit / RECEIPT).read_text("utf-8"))
    receipt["outputs"][name] = digest_of(audit / name)
    (audit / RECEIPT).write_text(json.dumps(receipt), encoding="utf-8")
    assert run("verify", audit)[0] == 0
    code, _, error = run("ledger", "open", audit)
    assert code == 3 and "读不懂" in error
    assert not (tmp_path / "auditor.db").exists()


@pytest.mark.parametrize("name", ["a?b.db", "a%20b.db", "x?timeout=a"])
def test_a_ledger_of_any_name_is_the_file_of_that_name(
    name: str, audit: Path, run: program.Run, tmp_path: Path
) -> None:
    assert run("ledger", "open", audit, "--database", name)[0] == 0
    assert {path.name for path in tmp_path.iterdir()} == {"结果", name}


def test_a_ledger_made_by_several_at_once_holds_the_audit_once(audit: Path, tmp_path: Path) -> None:
    for attempt in range(5):
        database, together = tmp_path / f"{attempt}.db", threading.Barrier(4)

        def open_it(database: Path = database, together: threading.Barrier = together) -> Intake:
            together.wait(10)
            return take_in_folder(audit, database, date(2026, 1, 5))

        with ThreadPoolExecutor(4) as several:
            taken = [each.result() for each in [several.submit(open_it) for _ in range(4)]]
        assert sorted(each.already for each in taken) == [False, True, True, True]
        assert [line.number for line in overview(database, load_steps()).audits] == [1]
