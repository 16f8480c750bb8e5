"""`auditor compare`: two audits side by side."""

import json
from pathlib import Path

import click

from auditor.cli.chinese import ChineseCommand
from auditor.cli.options import ONE_PATH, format_option


@click.command(
    "compare", cls=ChineseCommand, help="对比两次审计的结果文件夹 OLD 和 NEW：依据、履行率、新增和不再列出的问题。"
)
@click.argument("old", type=ONE_PATH)
@click.argument("new", type=ONE_PATH)
@format_option
def command(old: Path, new: Path, shape: str) -> None:
    from auditor.audit.comparing import as_json, as_text, compare
    from auditor.audit.written import read_written

    found = compare(read_written(old), read_written(new))
    if shape == "json":
        click.echo(json.dumps(as_json(found), ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(as_text(found)))
