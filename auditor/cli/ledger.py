"""`auditor ledger`: the database that remembers findings from one audit to the next."""

from pathlib import Path

import click

from auditor.cli.chinese import ChineseGroup
from auditor.cli.options import ONE_PATH

_DATABASE = click.option(
    "--database", type=ONE_PATH, default=Path("auditor.db"), help="问题库文件（SQLite），默认 auditor.db。"
)


@click.group("ledger", cls=ChineseGroup, help="问题库：收入审计结果，查看新增与延续。")
def command() -> None:
    pass


@command.command("open", help="把审计结果文件夹 AUDIT_DIR 收入问题库。")
@click.argument("audit_dir", type=ONE_PATH)
@_DATABASE
def open_audit(audit_dir: Path, database: Path) -> None:
    from auditor.ledger.intake import take_in

    click.echo(take_in(audit_dir, database).as_text())


@command.command("show", help="列出问题库中的审计和问题数。")
@_DATABASE
def show(database: Path) -> None:
    from auditor.ledger.intake import overview

    click.echo("\n".join(overview(database)))
