"""`auditor init`: empty logs to fill in."""

from pathlib import Path

import click

from auditor.cli.chinese import ChineseCommand
from auditor.cli.options import ONE_PATH, rulebook_options


@click.command("init", cls=ChineseCommand, help="在 DIR 写出各种台账的空白模板（xlsx），每种一个文件，不覆盖已有文件。")
@click.argument("folder", type=ONE_PATH, metavar="DIR")
@rulebook_options
def command(folder: Path, rule_folders: tuple[Path, ...], settings_file: Path | None) -> None:
    from auditor.audit.templates import write_templates
    from auditor.rulebook.loading import load_rulebook

    names = write_templates(load_rulebook(rule_folders, settings_file), folder)
    click.echo(f"已在 {folder} 写出{len(names)}种台账的模板，填法见各文件的“填写说明”：")
    for name in names:
        click.echo(f"  {name}")
    click.echo("没有用到的模板可以删去，留着不填也不会被当作台账。")
