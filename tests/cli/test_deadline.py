"""`auditor deadline`: the check values, with every day explained, as text and as JSON."""

import json
from datetime import date
from pathlib import Path

import pytest

from tests.cli.conftest import Run

CHECK_VALUES = [
    ("2020-09-22", "2020-10-26"),
    ("2019-04-10", "2019-05-09"),
    ("2026-02-02", "2026-03-06"),
    ("2020-01-15", "2020-02-19"),
]
NOTICE = """\
year: 2027
notices:
- number: 国办发明电〔2026〕9号
  title: 国务院办公厅关于2027年部分节假日安排的通知
  issued_on: 2026-11-05
  source: read
  rest:
  - {from: 2027-01-01, to: 2027-01-03, holiday: 元旦}
"""


@pytest.fixture
def deadline(run: Run) -> Run:
    """Call `auditor deadline`: exit code, output, error output."""
    return lambda *arguments: run("deadline", *arguments)


@pytest.mark.parametrize(("start", "due"), CHECK_VALUES)
def test_twenty_working_days_fall_due_as_the_notices_say(start: str, due: str, deadline: Run) -> None:
    code, out, _ = deadline(start, "20wd", "--format", "json")
    answer = json.loads(out)
    assert code == 0
    assert list(answer) == ["start_on", "due_on", "provisional", "days"]
    assert (answer["start_on"], answer["due_on"], answer["provisional"]) == (start, due, False)
    days = answer["days"]
    assert all(set(day) == {"date", "counted", "why"} and day["why"] for day in days)
    assert [days[0]["date"], days[-1]["date"]] == [
        str(date.fromordinal(date.fromisoformat(start).toordinal() + 1)),
        due,
    ]
    assert sum(day["counted"] for day in days) == 20


@pytest.mark.parametrize(("start", "due"), CHECK_VALUES)
def test_the_text_gives_the_due_day_and_a_line_for_every_day(start: str, due: str, deadline: Run) -> None:
    code, out, _ = deadline(start, "20wd")
    first, *days = out.splitlines()
    assert code == 0 and due in first and "20个工作日" in first
    assert sum("计入" in day for day in days) == 20
    assert "暂定" not in out


def test_a_limit_that_runs_into_a_year_without_a_notice_is_provisional_and_says_why(deadline: Run) -> None:
    _, out, _ = deadline("2026-12-10", "20wd", "--format", "json")
    assert json.loads(out)["provisional"] is True
    _, text, _ = deadline("2026-12-10", "20wd")
    assert "暂定" in text and "通知" in text and "尚未发布" in text


def test_the_notice_of_a_new_year_makes_it_definite(deadline: Run, tmp_path: Path) -> None:
    (tmp_path / "calendar").mkdir()
    (tmp_path / "calendar" / "2027.yaml").write_text(NOTICE, "utf-8")
    _, out, _ = deadline("2026-12-10", "20wd", "--format", "json", "--rules", tmp_path)
    answer = json.loads(out)
    assert (answer["provisional"], answer["due_on"]) == (False, "2027-01-08")


def test_a_malformed_notice_ends_with_code_4_and_shows_its_line(deadline: Run, tmp_path: Path) -> None:
    (tmp_path / "calendar").mkdir()
    (tmp_path / "calendar" / "2027.yaml").write_text(NOTICE.replace("source: read", "sorce: read"), "utf-8")
    code, _, err = deadline("2026-12-10", "20wd", "--rules", tmp_path)
    assert code == 4
    assert "2027.yaml" in err and "第6行" in err and "source" in err and "Traceback" not in err


def test_a_rules_folder_that_does_not_exist_is_never_passed_over(deadline: Run, tmp_path: Path) -> None:
    code, out, err = deadline("2026-12-10", "20wd", "--rules", tmp_path / "没有")
    assert code in (2, 4)
    assert out == "" and "没有" in err and "Traceback" not in err


def test_a_limit_far_beyond_the_last_notice_is_provisional(deadline: Run) -> None:
    code, out, err = deadline("2025-04-02", "5000wd")
    assert code == 2 or "暂定" in out
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("limit", "due"),
    [
        ("30d", "2025-05-02"),
        ("30 days", "2025-05-02"),
        ("1m", "2025-05-06"),
        ("1 month", "2025-05-06"),
        ("20 working days", "2025-04-30"),
        ("same day", "2025-04-02"),
    ],
)
def test_a_limit_may_be_written_short_or_long(limit: str, due: str, deadline: Run) -> None:
    """One month from 2 April ends on 2 May, a holiday, and rolls on to 6 May."""
    code, out, err = deadline("2025-04-02", limit, "--format", "json")
    assert code == 0, err
    assert json.loads(out)["due_on"] == due


@pytest.mark.parametrize("limit", ["48h", "48 hours", "48小时"])
def test_hours_run_through_rest_days_from_the_minute(limit: str, deadline: Run) -> None:
    code, out, err = deadline("2025-10-01T08:30", limit, "--format", "json")
    assert code == 0, err
    assert json.loads(out)["due_on"] == "2025-10-03T08:30"
    assert deadline("2025-10-01T08:30", limit)[1] == "2025-10-01T08:30 起48小时，到期日：2025-10-03T08:30\n"


def test_a_limit_that_ends_after_all_days_is_wrong_usage(deadline: Run) -> None:
    code, _, err = deadline("9999-12-31T00:00", "48h")
    assert code == 2 and "超出能计算的日期" in err


@pytest.mark.parametrize(
    ("reading", "due"),
    [
        ("clock.workday: weekdays", "2025-01-31"),
        ("clock.first_day: same", "2025-02-06"),
        ("clock.extra: [2025-02-05]", "2025-02-08"),
        ("int.overlap: shortest", "2025-02-07"),
    ],
)
def test_the_settings_of_the_office_are_counted_by(reading: str, due: str, deadline: Run, tmp_path: Path) -> None:
    chosen = tmp_path / "本级设置.yaml"
    chosen.write_text(f"{reading}\n", "utf-8")
    code, out, _ = deadline("2025-01-24", "5wd", "--settings", str(chosen), "--format", "json")
    answer = json.loads(out)
    assert code == 0
    assert answer["due_on"] == due
    assert sum(day["counted"] for day in answer["days"]) == 5
