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
@click.option(
    "--annotate", "folder", type=ONE_PATH, metavar="DIR", help="另存副本到 DIR，没看懂的单元格标颜色、写批注。"
)
def command(
    paths: tuple[Path, ...],
    profile: Path | None,
    rule_folders: tuple[Path, ...],
    settings_file: Path | None,
    shape: str,
    folder: Path | None,
) -> int:
    from auditor.audit.reach import reach_of
    from auditor.reading import read_logs
    from auditor.rulebook.loading import load_rulebook

    book = load_rulebook(rule_folders, settings_file, shipped_cases=False)
    logs = read_logs(paths, book.logs, profile=profile)
    reach = reach_of(book, logs)
    found, lines = reach.as_json(), [reach.as_text()]
    if folder is not None:
        from auditor.audit.annotate import annotate, as_text

        copies = annotate(paths, logs, folder)
        found["annotated"] = [vars(each) for each in copies]
        lines += as_text(copies, folder)
    click.echo(json.dumps(found, ensure_ascii=False, indent=1) if shape == "json" else "\n".join(lines))
    return 3 if logs.unreadable else 0
