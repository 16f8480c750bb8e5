"""`auditor due`: what falls due soon, by unit."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from auditor.cli.chinese import ChineseCommand
from auditor.cli.options import (
    ONE_PATH,
    THERE,
    as_of_option,
    format_option,
    limit_of,
    profile_option,
    rulebook_options,
    say_unreadable,
    today_unless,
)
from auditor.errors import UsageError


@click.command("due", cls=ChineseCommand, help="PATH 的台账中即将到期而还没有办的事项，按责任单位列出。")
@click.argument("paths", nargs=-1, required=True, type=THERE, metavar="PATH...")
@as_of_option
@click.option("--within", help="多久之内到期，如 3wd（3个工作日）、7d、1m；不写则按设置 due.within（3个工作日）。")
@click.option("--xlsx", "sheet", type=ONE_PATH, help="另写成工作簿。")
@click.option("--ics", "calendar", type=ONE_PATH, help="另写成日历文件，可导入各种日历软件。")
@profile_option
@rulebook_options
@format_option
def command(
    paths: tuple[Path, ...],
    as_of: date | None,
    within: str | None,
    sheet: Path | None,
    calendar: Path | None,
    profile: Path | None,
    rule_folders: tuple[Path, ...],
    settings_file: Path | None,
    shape: str,
) -> int:
    from auditor.audit.duesoon import due_soon
    from auditor.audit.folders import written_file
    from auditor.domain.obligation import DayType
    from auditor.reporting.duelist import due_calendar, due_text, write_due_sheet
    from auditor.rulebook.loading import load_rulebook

    limit = limit_of(within) if within is not None else None
    if limit is not None and limit.day_type is DayType.HOURS:
        raise UsageError("--within 以日计，写成 3wd、7d 或 1m")
    day = today_unless(as_of)
    book = load_rulebook(rule_folders, settings_file, shipped_cases=False)
    soon, unreadable = due_soon(paths, book, day, limit, profile)
    if sheet is not None:
        with written_file(sheet) as target:
            write_due_sheet(soon, target)
    if calendar is not None:
        with written_file(calendar) as target:
            target.write_text(due_calendar(soon.items, soon.as_of), encoding="utf-8", newline="")
    if shape == "json":
        items = [
            {**asdict(each), "due_on": each.due_on.isoformat(), "day_type": each.day_type.value} for each in soon.items
        ]
        about = {"as_of": soon.as_of.isoformat(), "until": soon.until.isoformat()}
        click.echo(json.dumps({**about, "items": items}, ensure_ascii=False, indent=1))
    else:
        click.echo(f"{soon.as_of} 至 {soon.until} 到期：{len(soon.items)}件")
        for line in due_text(soon.items):
            click.echo(line)
    say_unreadable(unreadable)
    return 3 if unreadable else 0
