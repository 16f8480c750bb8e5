"""Odd files stop nobody, a write that is cut off leaves no half audit, the ledger keeps its word."""

import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from auditor.audit.outputs import write_outputs
from auditor.audit.takingin import take_in_folder
from auditor.audit.trip import Audited, audit_logs
from auditor.domain.rectification import Standing
from auditor.errors import DataError
from auditor.ledger.intake import Intake
from auditor.ledger.overview import overview
from auditor.reading import read_logs
from auditor.receipt import RECEIPT, changed_files, missing_files
from auditor.rulebook.book import Rulebook
from auditor.rulebook.rectification import load_steps

LOG = "申请编号,申请人,收到日期,申请内容,答复日期,责任科室\nA1,王某,2025-03-03,要公开甲,2025-09-01,人事科\n"
ENDINGS = ["csv", "tsv", "txt", "xlsx", "xlsm", "xls", "et", "ods", "jsonl", "parquet"]
CONTENTS = [b"", b" \n", bytes(range(256)) * 9, b"PK\x03\x04" + bytes(50), b"PAR1" + b"\xff" * 99, b'"', b"a\x00b,c\n"]
CONTENTS += [
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000),
    b"\xff\xfe\x00\xd8",
    b",,,\n,,,\n",
    b"<html>",
    b"%PDF-1",
]


def take_in(audit_dir: Path, database: Path) -> Intake:
    """Take an audit into a ledger."""
    return take_in_folder(audit_dir, database, date(2026, 1, 5))


def logs(folder: Path) -> Path:
    """A folder with one small log that breaks a limit."""
    folder.mkdir(exist_ok=True)
    (folder / "依申请公开台账.csv").write_text(LOG, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def audited(book: Rulebook, tmp_path_factory: pytest.TempPathFactory) -> Audited:
    """The audit of the small log."""
    return audit_logs([logs(tmp_path_factory.mktemp("台账"))], book, date(2025, 12, 31))


@pytest.mark.parametrize("content", CONTENTS)
def test_a_file_of_any_bytes_is_named_and_the_rest_is_audited(content: bytes, book: Rulebook, tmp_path: Path) -> None:
    for ending in ENDINGS:
        (logs(tmp_path) / f"留言.{ending}").write_bytes(content)
    read = read_logs([tmp_path], book.logs)
    named = "".join(str(value) for name, value in vars(read).items() if name != "inputs")
    assert not [ending for ending in ENDINGS if f"留言.{ending}" not in named]
    assert read.counts["requests"].accepted == 1


@pytest.mark.parametrize(
    "name", ["甲 乙", "100%#", "a'b\"c", "😀", "=1+1", "{{7*7}}", "换\n行", "-x", "<b>", "x" * 240]
)
def test_a_file_of_any_name_is_read(name: str, book: Rulebook, tmp_path: Path) -> None:
    (tmp_path / f"{name}.csv").write_text(LOG, encoding="utf-8")
    audited = audit_logs([tmp_path], book, date(2025, 12, 31))
    assert list(audited.logs.tables) == ["requests"]
    write_outputs(audited, tmp_path / "结果", ["audit"], documents=False)


def test_a_folder_named_like_a_table_is_a_folder_and_a_loop_of_folders_ends(book: Rulebook, tmp_path: Path) -> None:
    logs(tmp_path / "x.csv")
    (tmp_path / "又").symlink_to(tmp_path)
    for number in range(1000):
        (tmp_path / f"空{number}.csv").touch()
    read = read_logs([tmp_path], book.logs)
    assert (read.counts["requests"].read, len(read.unreadable)) == (1, 1000)


@pytest.mark.parametrize("before", [True, False])
def test_a_write_cut_off_at_any_step_leaves_a_whole_audit_or_none(
    before: bool, audited: Audited, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is looked at before every step that a process may not live to take."""
    out, states = tmp_path / "结果", []
    if before:
        write_outputs(audited, out, ["the one before"])

    def watched(step: str) -> None:
        real = getattr(Path, step)

        def look(self: Path, *rest: object, **more: object) -> object:
            whole = (out / RECEIPT).is_file() and not changed_files(out) and not missing_files(out)
            states.append("whole" if whole else "none" if not (out / RECEIPT).is_file() else "half")
            return real(self, *rest, **more)

        monkeypatch.setattr(Path, step, look)

    for step in ("write_text", "replace", "unlink", "chmod"):
        watched(step)
    write_outputs(audited, out, ["the one after"])
    assert len(states) > 5 and "half" not in states
    assert not changed_files(out) and not missing_files(out)


def test_the_same_audit_is_taken_in_once_and_every_other_one_goes_on(audited: Audited, tmp_path: Path) -> None:
    for name in ("甲", "乙"):
        write_outputs(audited, tmp_path / name, [name], documents=False)
    first, again, other = (take_in(tmp_path / name, tmp_path / "库 #.db") for name in ("甲", "甲", "乙"))
    assert first.counts[Standing.NEW] == len(audited.audit.findings) and again.already
    number = first.counts[Standing.NEW]
    assert {standing: count for standing, count in other.counts.items() if count} == {Standing.CONTINUING: number}


def test_audits_taken_in_at_once_all_arrive(audited: Audited, tmp_path: Path) -> None:
    for name in ("甲", "乙", "丙"):
        write_outputs(audited, tmp_path / name, [name], documents=False)
    take_in(tmp_path / "甲", tmp_path / "库.db")
    command = [sys.executable, "-m", "auditor", "ledger", "open", "--database", str(tmp_path / "库.db")]
    running = [subprocess.Popen([*command, str(tmp_path / name)], stdout=subprocess.DEVNULL) for name in ("乙", "丙")]
    assert [each.wait(60) for each in running] == [0, 0]
    assert len(overview(tmp_path / "库.db", load_steps()).audits) == 3


@pytest.mark.parametrize("damage", ["garbage", "torn", "folder"])
def test_a_ledger_that_cannot_be_read_is_said_to_be_so_and_left_alone(
    damage: str, audited: Audited, tmp_path: Path
) -> None:
    write_outputs(audited, tmp_path / "结果", ["audit"], documents=False)
    database, spare = tmp_path / "库.db", tmp_path / "好.db"
    take_in(tmp_path / "结果", spare)
    good = spare.read_bytes()
    if damage == "folder":
        database.mkdir()
    else:
        database.write_bytes(b"x" * 5000 if damage == "garbage" else good[: len(good) // 2])
        shutil.copy(database, tmp_path / "之前")
    with pytest.raises(DataError, match="问题库"):
        take_in(tmp_path / "结果", database)
    assert damage == "folder" or database.read_bytes() == (tmp_path / "之前").read_bytes()
