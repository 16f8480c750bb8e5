"""`auditor deadline`: the clock on its own."""

import json
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

import click

from auditor.cli.chinese import ChineseCommand
from auditor.cli.options import ONE_PATH, format_option, limit_of
from auditor.domain.limit import Limit
from auditor.domain.obligation import DayType
from auditor.errors import UsageError


@click.command(
    "deadline",
    cls=ChineseCommand,
    help="从 START（2020-09-22）起算 LIMIT（20wd 工作日、30d 自然日、1m 月、48h 小时）。",
)
@click.argument("start")
@click.argument("limit")
@click.option(
    "--rules", "rule_folders", type=ONE_PATH, multiple=True, help="另加的规则目录（放假通知在其中的 calendar）。"
)
@click.option("--settings", "settings_file", type=ONE_PATH, help="本级设置文件（YAML）：工作日按其中的口径计算。")
@format_option
def command(start: str, limit: str, rule_folders: tuple[Path, ...], settings_file: Path | None, shape: str) -> None:
    length = limit_of(limit)
    try:
        begins = datetime.fromisoformat(start)
    except ValueError:
        raise UsageError(f"“{start}”不是日期，写成 2020-09-22（按小时计的写成 2020-09-22T08:30）") from None
    hours = length.day_type is DayType.HOURS
    answer = _in_hours(begins, length) if hours else _in_days(begins.date(), length, rule_folders, settings_file)
    click.echo(json.dumps(answer, ensure_ascii=False, indent=1) if shape == "json" else _text(answer, length))


def _in_hours(start: datetime, limit: Limit) -> dict[str, object]:
    from auditor.domain.clock import due_time

    try:
        due = due_time(start, limit).isoformat(timespec="minutes")
    except OverflowError:
        raise UsageError(f"{start.date()} 起{limit.zh}，超出能计算的日期") from None
    return {"start_on": start.isoformat(timespec="minutes"), "due_on": due, "provisional": False, "days": []}


def _in_days(
    start: date, limit: Limit, rule_folders: tuple[Path, ...], settings_file: Path | None
) -> dict[str, object]:
    from auditor.domain.clock import count
    from auditor.rulebook.calendar_files import calendar_for
    from auditor.rulebook.loading import load_rulebook

    calendar = load_rulebook(rule_folders, settings_file).calendar if settings_file else calendar_for(rule_folders)
    if not calendar.covers(start):
        raise UsageError(f"{start} 不在日历范围内（{calendar.first} 至 {calendar.last}）")
    counted = count(calendar, start, limit)
    return {
        "start_on": counted.start_on.isoformat(),
        "due_on": counted.due_on.isoformat(),
        "provisional": counted.provisional,
        "days": [{**asdict(day), "date": day.date.isoformat()} for day in counted.days],
    }


def _text(answer: dict[str, object], limit: Limit) -> str:
    end = "" if limit.day_type is DayType.HOURS else "（当日24时）"
    lines = [f"{answer['start_on']} 起{limit.zh}，到期日：{answer['due_on']}{end}"]
    if answer["provisional"]:
        lines.append("暂定：计算跨入放假通知尚未发布的年份，通知发布后可能变动。")
    days = answer["days"]
    assert isinstance(days, list)
    lines += [f"  {day['date']}  {'计入' if day['counted'] else '不计'}  {day['why']}" for day in days]
    return "\n".join(lines)
