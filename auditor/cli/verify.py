"""`auditor verify`: do files still match their receipt, is a ledger what it was when it was written."""

from pathlib import Path

import click

from auditor.cli.chinese import ChineseCommand
from auditor.errors import DataError


@click.command(
    "verify", cls=ChineseCommand, help="核对 TARGET：审计结果文件夹与回执是否一致；问题库（文件或地址）是否被改动过。"
)
@click.argument("target")
def command(target: str) -> int:
    from auditor.ledger.store import is_shared
    from auditor.receipt import (
        NOTICES,
        RECEIPT,
        added_files,
        altered,
        bundled,
        changed_files,
        lacking,
        missing_files,
    )

    if is_shared(target) or Path(target).is_file():
        return _ledger(target)
    folder = Path(target)
    if not (folder / RECEIPT).is_file():
        raise DataError(f"{folder} 里没有 {RECEIPT}，不是审计结果文件夹。请检查路径")
    bundle = bundled(folder)
    added: list[str] = []
    if bundle is not None:
        changed, missing = altered(folder, bundle), lacking(folder, bundle)
    else:
        changed, missing, added = changed_files(folder), missing_files(folder), added_files(folder)
    letters = [name for name in added if name.startswith(f"{NOTICES}/")]  # anybody would take them for the audit's own
    lines = [f"已改动：{name}" for name in changed] + [f"缺少：{name}" for name in missing]
    lines += [f"不是本次审计写出的：{name}" for name in letters]
    click.echo("\n".join(lines) if lines else f"{folder}：与回执一致")
    if others := [name for name in added if name not in letters]:
        click.echo(f"另有回执里没有的文件：{'、'.join(others)}")
    return int(bool(lines))


def _ledger(target: str) -> int:
    from auditor.ledger.soundness import faults_of
    from auditor.ledger.store import shown

    faults = faults_of(target)
    click.echo("\n".join(faults) if faults else f"{shown(target)}：历史记录完整，没有被改动过")
    return int(bool(faults))
