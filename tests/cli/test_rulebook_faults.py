"""A fault in the rulebook ends every command that needs it with code 4, and shows where it stands."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run

RULES = """\
regulation: {code: TST, name: 试验制度, in_force_from: 2020-12-02}
rules:
- id: TST-1
  clause: 第一条
  title: 二十日内答复
  severity: major
  log: requests
  when: {outcom: 予以公开}
  deadline:
    from: received_on
    to: replied_on
    within: 20 workdays
"""


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """A folder of rules with a wrong limit."""
    folder = tmp_path / "本级"
    folder.mkdir()
    (folder / "x.yaml").write_text(RULES.replace("outcom:", "outcome:"), "utf-8")
    return folder


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """One log to audit."""
    path = tmp_path / "依申请公开台账.csv"
    path.write_text("申请编号,申请人,收到申请日期,答复日期\nA1,甲,2025-03-03,2025-03-04\n", "utf-8")
    return path


def test_lint_shows_file_line_fault_and_suggestion(run: Run, faulty: Path) -> None:
    code, out, err = run("rules", "lint", "--rules", faulty)
    assert (code, out) == (4, "")
    assert "本级/x.yaml" in err and "第12行" in err
    assert "20 workdays" in err and "5 working days" in err
    assert "Traceback" not in err


def test_lint_shows_every_fault_of_what_the_rules_say(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "本级"
    folder.mkdir()
    (folder / "x.yaml").write_text(RULES.replace("20 workdays", "20 working days"), "utf-8")
    code, _, err = run("rules", "lint", "--rules", folder)
    assert code == 4
    assert "第8行" in err and "outcom" in err and "outcome" in err


def test_a_case_that_does_not_hold_ends_with_code_4_and_says_what_came_instead(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "本级"
    folder.mkdir()
    case = "  cases:\n  - {given: {received_on: 2025-03-03, replied_on: 2025-04-01}, expect: met}\n"
    sound = RULES.replace("20 workdays", "20 working days").replace("  when: {outcom: 予以公开}\n", "")
    (folder / "x.yaml").write_text(sound + case, "utf-8")
    code, out, _ = run("rules", "test", "TST-1", "--rules", folder)
    assert code == 4
    assert "TST-1" in out and "met" in out and "breached" in out


@pytest.mark.parametrize(
    "command",
    ["rules list", "rules show TST-1", "rules test", "rules lint", "check {logs}", "audit {logs} --out 结果"],
)
def test_no_command_goes_on_with_a_faulty_rulebook(
    command: str, run: Run, faulty: Path, logs: Path, tmp_path: Path
) -> None:
    code, out, err = run(*(each.format(logs=logs) for each in command.split()), "--rules", faulty)
    assert (code, out) == (4, "")
    assert "x.yaml" in err and "Traceback" not in err
    assert {path.name for path in tmp_path.iterdir()} == {"本级", logs.name}


def test_a_settings_file_with_an_unknown_key_stops_the_audit(run: Run, logs: Path, tmp_path: Path) -> None:
    (tmp_path / "设置.yaml").write_text("report.dedup: separate\n", "utf-8")
    code, _, err = run("audit", logs, "--settings", "设置.yaml", "--out", "结果", "--as-of", "2025-12-31")
    assert code == 4
    assert "设置.yaml" in err and "第1行" in err and "report.dedupe" in err
    assert not (tmp_path / "结果").exists()


def test_a_malformed_notice_stops_the_audit(run: Run, logs: Path, tmp_path: Path) -> None:
    (tmp_path / "本级" / "calendar").mkdir(parents=True)
    (tmp_path / "本级" / "calendar" / "2027.yaml").write_text("year: 2027\nnotces: []\n", "utf-8")
    code, _, err = run("audit", logs, "--rules", "本级", "--out", "结果", "--as-of", "2025-12-31")
    assert code == 4
    assert "2027.yaml" in err and "第2行" in err and "notices" in err
    assert not (tmp_path / "结果").exists()


def test_a_wrong_call_weighs_more_than_a_faulty_rulebook(run: Run, faulty: Path) -> None:
    code, _, err = run("audit", "没有.csv", "--rules", faulty, "--as-of", "2025-12-31")
    assert code == 2 and "没有.csv" in err


def test_a_faulty_rulebook_weighs_more_than_unreadable_data(run: Run, faulty: Path, tmp_path: Path) -> None:
    (tmp_path / "依申请公开台账.xlsx").write_bytes(b"PK\x03\x04 broken")
    code, _, _ = run("audit", "依申请公开台账.xlsx", "--rules", faulty, "--as-of", "2025-12-31")
    assert code == 4


WEAK = """\
regulation: {code: TST, name: 试验制度, in_force_from: 2020-12-02}
rules:
- id: TST-1
  clause: 第一条
  title: 五日内答复
  severity: major
  log: requests
  when: {outcome: [予以公开, 部分公开]}
  deadline: {from: received_on, to: replied_on, within: 5 working days}
  cases:
  - {given: {received_on: 2025-03-03, replied_on: 2025-03-10, outcome: 予以公开}, expect: met, severity: major}
  - {given: {received_on: 2025-03-03, replied_on: 2025-03-11, outcome: 予以公开}, expect: breached, late: 1}
  - {given: {received_on: 2025-03-03, replied_on: 2025-03-11, outcome: 信息不存在}, expect: none}
  - {given: {received_on: 2020-12-02, replied_on: , outcome: 予以公开}, expect: breached}
  - {given: {received_on: 2020-12-01, replied_on: , outcome: 予以公开}, expect: none}
"""


def test_a_change_that_no_case_notices_is_shown_on_its_line_and_ends_with_code_4(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "本级"
    folder.mkdir()
    (folder / "x.yaml").write_text(WEAK, "utf-8")
    assert run("rules", "test", "TST-1", "--rules", folder)[0] == 0
    code, out, _ = run("rules", "test", "--mutate", "TST-1", "--rules", folder)
    assert code == 4
    assert "本级/x.yaml 第8行：TST-1 没有案例察觉" in out and "部分公开" in out
    assert "1处没有案例察觉" in out
    more = "  - {given: {received_on: 2025-03-03, replied_on: 2025-03-11, outcome: 部分公开}, expect: breached}\n"
    (folder / "x.yaml").write_text(WEAK + more, "utf-8")
    code, out, _ = run("rules", "test", "--mutate", "TST-1", "--rules", folder)
    assert (code, "处处有案例察觉" in out) == (0, True)


def test_many_rules_are_spread_over_processes_and_told_in_their_order(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "本级"
    folder.mkdir()
    head, _, rule = WEAK.partition("- id: TST-1\n")
    (folder / "x.yaml").write_text(head + "".join(f"- id: TST-{n}\n{rule}" for n in range(1, 11)), "utf-8")
    ids = [f"TST-{n}" for n in range(1, 11)]
    code, out, _ = run("rules", "test", "--mutate", *ids, "--rules", folder)
    survivors = [line for line in out.splitlines() if "没有案例察觉：" in line]
    assert code == 4
    assert [line.partition("：")[2].split()[0] for line in survivors] == ids
