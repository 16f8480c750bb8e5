"""`auditor check`: read the logs only, and say what was understood."""

import json
from pathlib import Path

import click

from auditor.cli.chinese import ChineseCommand
from auditor.cli.options import ONE_PATH, format_option, profile_option, rulebook_options


@click.command("check", cls=ChineseCommand, help="只读 PATH 中的台账：认出了什么，没认出什么，什么没有采用、为什么。")
@click.argument("paths", nargs=-1, required=True, type=ONE_PATH, metavar="PATH...")
@profile_option
@rulebook_options
@format_option
def command(
    paths: tuple[Path, ...],
    profile: Path | None,
    rule_folders: tuple[Path, ...],
    settings_file: Path | None,
    shape: str,
) -> int:
    from auditor.audit.reach import reach_of
    from auditor.reading import read_logs
    from auditor.rulebook.loading import load_rulebook

    book = load_rulebook(rule_folders, settings_file, shipped_cases=False)
    logs = read_logs(paths, book.logs, profile)
    reach = reach_of(book, logs)
    click.echo(json.dumps(reach.as_json(), ensure_ascii=False, indent=1) if shape == "json" else reach.as_text())
    return 3 if logs.unreadable else 0
