"""`auditor map`: save which column is which field, for files whose headings say it badly."""

from pathlib import Path

import click

from auditor.cli.chinese import ChineseCommand
from auditor.cli.options import ONE_PATH, rulebook_options
from auditor.errors import UsageError


@click.command("map", cls=ChineseCommand, help="为 FILE 保存列对照：--log 台账名，--set 列名=字段（可重复）。")
@click.argument("file", type=ONE_PATH)
@click.option("--log", "log", required=True, help="台账，如 publications 或 信息发布台账。")
@click.option("--set", "pairs", multiple=True, required=True, metavar="列名=字段", help="字段可写英文名或中文名。")
@click.option("--sheet", help="只对这一张工作表。")
@rulebook_options
def command(
    file: Path,
    log: str,
    pairs: tuple[str, ...],
    sheet: str | None,
    rule_folders: tuple[Path, ...],
    settings_file: Path | None,
) -> None:
    from auditor.reading import save_mapping
    from auditor.rulebook.loading import load_rulebook
    from auditor.rulebook.located import nearest

    if not file.is_file():
        raise UsageError(f"没有文件 {file}")
    logs = load_rulebook(rule_folders, settings_file, shipped_cases=False).logs.logs
    chosen = next((each for each in logs.values() if log in (each.name, each.zh)), None)
    if chosen is None:
        raise UsageError(f"没有“{log}”这种台账。{nearest(log, [*logs, *(each.zh for each in logs.values())])}")
    names = {each.zh: name for name, each in chosen.fields.items()} | {name: name for name in chosen.fields}
    columns: dict[str, str] = {}
    for pair in pairs:
        heading, equals, field = pair.partition("=")
        if not equals or field not in names:
            raise UsageError(f"“{pair}”应写成 列名=字段。{nearest(field, names)}")
        columns[heading] = names[field]
    click.echo(f"已保存：{save_mapping(file, chosen.name, columns, sheet)}")
