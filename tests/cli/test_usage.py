"""Help and usage errors are Chinese, and every way to call the program wrongly ends with code 2 and no traceback."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from auditor.cli.main import cli
from tests.cli.conftest import Run

ENGLISH = re.compile(r"[A-Za-z']+(?: [A-Za-z']+){2}")
CHINESE = re.compile("[\u4e00-\u9fff]")


def english(text: str) -> list[str]:
    """Three English words in a row, names of commands aside."""
    return ENGLISH.findall(re.sub(r"auditor( [a-z-]+)*", "", text))


def every_command(group: click.Group = cli, name: str = "auditor") -> Iterator[tuple[str, click.Command]]:
    """Every command and sub-command with the words that call it."""
    yield name, group
    context = click.Context(group)
    for each in group.list_commands(context):
        command = group.get_command(context, each)
        assert command is not None
        if isinstance(command, click.Group):
            yield from every_command(command, f"{name} {each}")
        else:
            yield f"{name} {each}", command


COMMANDS = dict(every_command())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_every_option_says_in_chinese_what_it_is_for(name: str) -> None:
    command = COMMANDS[name]
    assert CHINESE.search(command.help or "")
    options = [each for each in command.params if isinstance(each, click.Option) and each.name != "version"]
    assert [each.name for each in options if not CHINESE.search((each.help or "") + str(each.metavar))] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_no_help_text_falls_back_into_english(name: str, run: Run) -> None:
    code, out, err = run(*name.split()[1:], "--help")
    assert (code, err) == (0, "")
    assert english(out) == []


def test_the_program_lists_its_commands_in_chinese(run: Run) -> None:
    _, out, _ = run("--help")
    lines = [line for line in out.splitlines() if re.match(r"  [a-z][a-z-]+ ", line)]
    assert len(lines) == len({name.split()[1] for name in COMMANDS if " " in name})
    assert all(CHINESE.search(line) for line in lines)


WRONG = [
    "",
    "nonsense",
    "rules",
    "rules nonsense",
    "ledger nonsense",
    "audit",
    "audit . --nonsense",
    "audit . --fail-on banana",
    "audit . --as-of 2025-13-01",
    "audit . --as-of",
    "audit . --period 2025Q5",
    "audit . --period 2025-12-31..2025-01-01",
    "audit nowhere.csv",
    "check",
    "check nowhere.csv",
    "check . --format xml",
    "map",
    "map nowhere.csv --log requests --set a=b",
    "rules show",
    "rules show REQ-99-9",
    "rules test REQ-99-9",
    "deadline",
    "deadline 2020-09-22",
    "deadline heute 20wd",
    "deadline 2020-09-31 20wd",
    "deadline 2020-09-22 20x",
    "deadline 2020-09-22 -5wd",
    "deadline 2020-09-22 20wd 30d",
    "deadline 1999-01-01 20wd",
    "deadline 2020-09-22 99999wd",
    "ledger open",
    "verify",
]


@pytest.mark.parametrize("arguments", WRONG, ids=lambda each: each or "nothing")
def test_a_wrong_call_ends_with_code_2_and_a_chinese_message(arguments: str, run: Run) -> None:
    code, out, err = run(*arguments.split())
    assert code == 2
    assert CHINESE.search(err) and "Traceback" not in err
    assert english(err) == []
    assert "Traceback" not in out


@pytest.mark.parametrize("out", ["依申请公开台账.csv", "依申请公开台账.csv/结果", "."])
def test_an_output_place_that_cannot_be_a_folder_of_results_is_a_wrong_call(out: str, run: Run, tmp_path: Path) -> None:
    log = tmp_path / "依申请公开台账.csv"
    log.write_text("申请编号,申请人,收到申请日期,答复日期\nA1,甲,2025-03-03,\n", "utf-8")
    code, _, err = run("audit", log.name, "--as-of", "2025-12-31", "--out", out)
    assert code == 2 and "Traceback" not in err
    assert list(tmp_path.iterdir()) == [log]


def test_the_module_is_the_same_program() -> None:
    ended = subprocess.run([sys.executable, "-m", "auditor", "nonsense"], capture_output=True, text=True)
    assert ended.returncode == 2
    assert "nonsense" in ended.stderr and "audit" in ended.stderr and "Traceback" not in ended.stderr


def test_a_missing_option_is_named_as_it_is_written(run: Run) -> None:
    code, _, err = run("ledger", "close")
    assert code == 2 and "缺少必需的参数 --by" in err


def test_how_a_limit_is_written_is_told_as_the_help_tells_it(run: Run) -> None:
    code, _, err = run("deadline", "2025-01-24", "20")
    assert code == 2 and "写成 20wd（工作日）、30d（自然日）、1m（月）或 48h（小时）" in err and not english(err)


def test_a_demo_that_cannot_be_written_ends_in_advice(run: Run) -> None:
    code, _, err = run("demo", "/proc/x")
    assert code == 2 and "写不进" in err


def test_a_console_that_lacks_a_sign_shows_another(tmp_path: Path) -> None:
    """As on a Chinese Windows, where output into a file is in GBK: a space from a web page is no sign of it."""
    (tmp_path / "依申请公开台账.csv").write_text("申请编号,收到\xa0日期\U0001f600\nA1,2025-03-03\n", "utf-8")
    ended = subprocess.run(
        [sys.executable, "-m", "auditor", "check", str(tmp_path)],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "gbk"},
        timeout=120,
    )
    assert ended.returncode == 0 and b"Traceback" not in ended.stderr
    assert "依申请公开台账" in ended.stdout.decode("gbk")
