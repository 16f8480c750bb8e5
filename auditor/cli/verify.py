"""`auditor verify`: do an audit's files still match its receipt."""

from pathlib import Path

import click

from auditor.cli.chinese import ChineseCommand
from auditor.cli.options import ONE_PATH
from auditor.errors import DataError


@click.command("verify", cls=ChineseCommand, help="核对文件夹 FOLDER 中的审计结果与回执 receipt.json 是否一致。")
@click.argument("folder", type=ONE_PATH)
def command(folder: Path) -> int:
    from auditor.receipt import RECEIPT, changed_files, missing_files

    if not (folder / RECEIPT).is_file():
        raise DataError(f"{folder} 里没有 {RECEIPT}，不是审计结果文件夹。请检查路径")
    lines = [f"已改动：{name}" for name in changed_files(folder)] + [f"缺少：{name}" for name in missing_files(folder)]
    click.echo("\n".join(lines) if lines else f"{folder}：与回执一致")
    return int(bool(lines))
