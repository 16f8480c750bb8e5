"""`auditor ledger`: findings from one audit to the next, until somebody has checked that they are put right."""

import json
from datetime import date
from pathlib import Path

import click

from auditor.cli.chinese import ChineseGroup
from auditor.cli.options import ONE_PATH, format_option, ledger_option, on_option, today_unless

_RULES = click.option(
    "--rules", "rule_folders", type=ONE_PATH, multiple=True, help="规则目录；其中有 ledger.yaml 的，办理步骤以它为准。"
)


@click.group("ledger", cls=ChineseGroup, help="问题库：收入审计结果，发出、收回整改台账，复核销号。")
def command() -> None:
    pass


@command.command("open", help="把审计结果文件夹 AUDIT_DIR 收入问题库，分清新增、延续、已改待复核、复发和无法判断。")
@click.argument("audit_dir", type=ONE_PATH)
@ledger_option
@on_option
@_RULES
def open_audit(audit_dir: Path, place: str, on: date | None, rule_folders: tuple[Path, ...]) -> None:
    from auditor.audit.takingin import take_in_folder
    from auditor.rulebook.rectification import load_steps

    click.echo(take_in_folder(audit_dir, place, today_unless(on), load_steps(rule_folders)).as_text())


@command.command("show", help="最近一次审计的新增、延续等各有多少，全部问题现在各在什么状态。")
@ledger_option
@format_option
@_RULES
def show(place: str, shape: str, rule_folders: tuple[Path, ...]) -> None:
    from auditor.ledger.overview import overview
    from auditor.rulebook.rectification import load_steps

    seen = overview(place, load_steps(rule_folders))
    click.echo(json.dumps(seen.as_json(), ensure_ascii=False) if shape == "json" else "\n".join(seen.as_text()))
