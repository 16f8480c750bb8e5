"""`auditor annual-report`: the tables of the yearly report, counted from the logs and checked."""

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.chinese import ChineseCommand
from auditor.cli.options import (
    ONE_PATH,
    THERE,
    day_in_year,
    say_unreadable,
    yearly_options,
)

if TYPE_CHECKING:
    from auditor.domain.annualreport import AnnualReport

_SHOWN = 20  # disagreements on the terminal; the files have them all


@click.command("annual-report", cls=ChineseCommand, help="年度报告：由台账计算各张表和第十九条各项，核对勾稽关系。")
@click.argument("paths", nargs=-1, required=True, type=THERE, metavar="PATH...")
@yearly_options
@click.option("--out", type=ONE_PATH, help="结果文件夹，默认 annual-report-<年度>。")
@click.option("--check", "filled", type=THERE, help="已经填好的年度报告（xlsx 等表格）：逐格核对，不一致的指出单元格。")
def command(
    paths: tuple[Path, ...],
    year: int,
    as_of: date | None,
    profile: Path | None,
    rule_folders: tuple[Path, ...],
    settings_file: Path | None,
    out: Path | None,
    filled: Path | None,
) -> int:
    from auditor.audit.annual import annual_report
    from auditor.audit.annual_outputs import KIND, write_annual
    from auditor.audit.bundle import check_bundle
    from auditor.rulebook.loading import load_rulebook
    from auditor.rulebook.reportforms import load_report_form

    day = day_in_year(year, as_of)
    folder = out or Path(f"annual-report-{year}")
    check_bundle(folder, KIND)
    form = load_report_form(rule_folders)
    book = load_rulebook(rule_folders, settings_file, shipped_cases=False)
    report, logs = annual_report(paths, book, form, year, day, profile=profile, filled=filled)
    write_annual(report, form, book, folder, sys.argv[1:])
    click.echo("\n".join(say_what_was_counted(report)))
    click.echo(f"结果：{folder}")
    say_unreadable(logs.unreadable)
    if logs.unreadable:
        return 3
    return int(bool(report.compared and report.compared.disagreements))


def say_what_was_counted(report: "AnnualReport") -> list[str]:
    """The report in a few lines, and every cell of a filled-in one that does not agree."""
    from auditor.domain.annualreport import REQUESTS
    from auditor.rulebook.reportforms import KEYS, TOTAL

    values = {key: report.figures[REQUESTS, key, TOTAL].value for key in KEYS}
    counts = "，".join(f"{key}{'须填写' if value is None else value}" for key, value in values.items())
    failed = [each for each in (*report.checks, *report.across) if not each.ok]
    lines = [
        f"报告年度：{report.year}，基准日：{report.as_of}",
        f"申请（件）：{counts}",
        f"勾稽关系：{len(report.checks)}项，不成立{sum(not each.ok for each in report.checks)}项；"
        f"与其他记载核对{len(report.across)}项，不一致{sum(not each.ok for each in report.across)}项",
        *(f"不一致：{each.name}（左{each.left}，右{each.right}）" for each in failed),
    ]
    if report.doubts:
        lines.append(f"待核实的记录：{len(report.doubts)}处")
    if report.compared is not None:
        found = report.compared.disagreements
        lines.append(f"填报核对：{report.compared.file} 认出{report.compared.cells}个数，不一致{len(found)}格")
        for each in found[:_SHOWN]:
            stated, expected = each.stated or "空", f"，应为{each.expected}" if each.expected else ""
            table, row, column = each.place
            lines.append(f"  {each.sheet}!{each.cell}（{table}，{row}，{column}）：填{stated}{expected}。{each.why}")
        if len(found) > _SHOWN:
            lines.append(f"  其余{len(found) - _SHOWN}格见结果文件")
    return [*lines, *(f"注意：{caution}" for caution in report.cautions)]
