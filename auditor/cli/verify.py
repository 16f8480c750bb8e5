"""`auditor verify`: do the files of an audit, an evaluation or a yearly report still match their receipt."""

from pathlib import Path

import click

from auditor.cli.chinese import ChineseCommand
from auditor.cli.options import ONE_PATH
from auditor.errors import DataError


@click.command("verify", cls=ChineseCommand, help="核对文件夹 FOLDER 中的审计结果与回执 receipt.json 是否一致。")
@click.argument("folder", type=ONE_PATH)
def command(folder: Path) -> int:
    from auditor.receipt import RECEIPT, bundled, changed_files, digest_of, missing_files

    if not (folder / RECEIPT).is_file():
        raise DataError(f"{folder} 里没有 {RECEIPT}，不是审计结果文件夹。请检查路径")
    bundle = bundled(folder)
    if bundle is not None:
        found = {name: digest_of(folder / name) for name in bundle}
        changed = [name for name, digest in found.items() if digest not in (bundle[name], None)]
        missing = [name for name, digest in found.items() if digest is None]
    else:
        changed, missing = changed_files(folder), missing_files(folder)
    lines = [f"已改动：{name}" for name in changed] + [f"缺少：{name}" for name in missing]
    click.echo("\n".join(lines) if lines else f"{folder}：与回执一致")
    return int(bool(lines))
