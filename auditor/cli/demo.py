"""`auditor demo`: the sample logs of an invented bureau, audited, the findings kept in the embedded database."""

import shutil
from datetime import date
from pathlib import Path

import click

from auditor.cli.chinese import ChineseCommand
from auditor.cli.options import ONE_PATH

AS_OF = date(2025, 12, 31)  # the sample's last day: the demonstration is the same on every day


@click.command("demo", cls=ChineseCommand, help="在 DIR（默认 demo）写出虚构单位一年的样例台账，审计，并收入问题库。")
@click.argument("folder", type=ONE_PATH, default=Path("demo"), metavar="[DIR]")
def command(folder: Path) -> None:
    from auditor.audit.folders import told
    from auditor.audit.outputs import check_writable, write_outputs
    from auditor.audit.takingin import take_in_folder
    from auditor.audit.trip import audit_logs
    from auditor.cli.audit import say_what_was_found
    from auditor.rulebook.loading import load_rulebook
    from auditor.shipped import shipped

    logs, out = folder / "台账", folder / "审计结果"
    check_writable(out)
    with told(logs, "或另选一个文件夹"):
        logs.mkdir(parents=True, exist_ok=True)
        for path in sorted((shipped("fixtures") / "sample").iterdir()):
            if path.name != "README.md":
                shutil.copyfile(path, logs / path.name)
    audited = audit_logs([logs], load_rulebook(shipped_cases=False), AS_OF)
    write_outputs(audited, out, ["demo"])
    click.echo("\n".join(say_what_was_found(audited.audit)))
    click.echo(take_in_folder(out, folder / "auditor.db", AS_OF).as_text())
    click.echo(f"样例台账：{logs}　结果：{out}（先看 report.html、report.docx 和 ledger.xlsx）")
