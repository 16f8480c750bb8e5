"""`auditor evaluate`: the yearly democratic evaluation."""

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.chinese import ChineseCommand
from auditor.cli.options import (
    ONE_PATH,
    THERE,
    Number,
    day_in_year,
    say_unreadable,
    today_unless,
    yearly_options,
)
from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.assessment.entered import Difference
    from auditor.domain.appraisal import Appraisal

_SHOWN = 30  # differences on the terminal; the file has them all


@click.command("evaluate", cls=ChineseCommand, help="年度民主评议：统计问卷、代表评分和本年度审计结果，写出评议报告。")
@click.argument("paths", nargs=-1, type=THERE, metavar="[PATH...]")
@yearly_options
@click.option("--out", type=ONE_PATH, help="结果文件夹，默认 evaluation-<年度>。")
@click.option("--internal", is_flag=True, help="内部资料：不隐去个人信息。")
@click.option("--plan", is_flag=True, help="写出评议方案、编号的评议表（打印）和问卷录入表，不需要 PATH。")
@click.option("--forms", type=Number(1, 2000, "100"), default=100, metavar="份数", help="评议表的份数，默认100。")
@click.option("--unit", "units", multiple=True, metavar="科室", help="方案中的评议对象（科室），可重复。")
@click.option("--hot", multiple=True, metavar="问题", help="方案中群众反映的热点问题，可重复。")
@click.option("--entered", type=THERE, help="两人录完的问卷录入表：逐格比对，一致的写成评议问卷，不需要 PATH。")
def command(
    paths: tuple[Path, ...],
    year: int,
    as_of: date | None,
    profile: Path | None,
    rule_folders: tuple[Path, ...],
    settings_file: Path | None,
    out: Path | None,
    internal: bool,
    plan: bool,
    forms: int,
    units: tuple[str, ...],
    hot: tuple[str, ...],
    entered: Path | None,
) -> int:
    if plan + (entered is not None) + bool(paths) != 1:
        raise UsageError("请写台账的位置（PATH）、--plan、--entered 三者之一")
    if not paths and (internal or profile is not None or settings_file is not None):
        raise UsageError("--internal、--profile、--settings 只用于评议，不能与 --plan、--entered 同用")
    if plan:
        return _plan(year, today_unless(as_of), forms, units, hot, rule_folders, out)
    if entered is not None:
        return _entered(entered, year, today_unless(as_of), rule_folders, out)
    from auditor.audit.bundle import check_bundle
    from auditor.audit.evaluation_outputs import KIND, write_evaluation
    from auditor.rulebook.loading import load_rulebook
    from auditor.rulebook.schemefile import load_scheme

    day = day_in_year(year, as_of)
    folder = out or Path(f"evaluation-{year}")
    check_bundle(folder, KIND)
    scheme = load_scheme(rule_folders)
    book = load_rulebook(rule_folders, settings_file, shipped_cases=False)
    from auditor.audit.appraise import appraise  # pandas comes with it, and only where it has work

    appraisal, logs = appraise(paths, book, scheme, year, day, internal=internal, profile=profile)
    write_evaluation(appraisal, book, folder, sys.argv[1:])
    click.echo("\n".join(say_what_came_out(appraisal)))
    click.echo(f"结果：{folder}")
    say_unreadable(logs.unreadable)
    return 3 if logs.unreadable else 0


def _plan(
    year: int,
    day: date,
    forms: int,
    units: tuple[str, ...],
    hot: tuple[str, ...],
    rule_folders: tuple[Path, ...],
    out: Path | None,
) -> int:
    """Write the plan and its forms."""
    from auditor.audit.planning import write_plan
    from auditor.rulebook.schemefile import load_scheme

    folder = out or Path(f"evaluation-plan-{year}")
    write_plan(load_scheme(rule_folders).scheme, year, day, forms, units, hot, folder, sys.argv[1:])
    click.echo(f"评议方案、评议测评表（{forms}份）和问卷录入表：{folder}")
    click.echo("评分办法是本单位自定的，印发前请核对 rules/evaluation.yaml；方案和评议表应在评议开始前向社会公布。")
    return 0


def _entered(path: Path, year: int, day: date, rule_folders: tuple[Path, ...], out: Path | None) -> int:
    """Compare what two people typed."""
    from auditor.audit.planning import take_entries
    from auditor.rulebook.loading import load_rulebook

    folder = out or Path(f"evaluation-entry-{year}")
    entered = take_entries(path, load_rulebook(rule_folders, shipped_cases=False), year, day, folder, sys.argv[1:])
    for each in entered.differences[:_SHOWN]:
        click.echo(_put_right(each))
    if len(entered.differences) > _SHOWN:
        click.echo(f"其余{len(entered.differences) - _SHOWN}处见 {folder / '录入核对.json'}")
    if entered.differences:
        click.echo(
            f"录入一致{len(entered.forms)}份，须改正{len(entered.differences)}处；对照原票改正后再比对，现在没有写评议问卷。"
        )
        return 1
    click.echo(f"录入一致{len(entered.forms)}份，已写成 {folder / '评议问卷.xlsx'}，与其他台账放在一起评议。")
    return 0


def _put_right(each: "Difference") -> str:
    """A cell that is to be put right, in a line."""
    if each.why:
        return f"须改正：{each.number} {each.column}（{each.cell}）：两张表都录“{each.first}”，{each.why}"
    one, other = each.first or "空", each.second or "空"
    return f"不一致：{each.number} {each.column}（{each.cell}）：录入一“{one}”，录入二“{other}”"


def say_what_came_out(appraisal: "Appraisal") -> list[str]:
    """The evaluation in a few lines."""
    from auditor.domain.scoring import rounded
    from auditor.reporting.evaluation_rows import share

    forms, scored = appraisal.questionnaires, appraisal.composite.scored
    rates = "，".join(f"{each.zh}{share(each.rate, each.n)}" for each in forms.contents)
    lines = [
        f"评议年度：{appraisal.year}，基准日：{appraisal.as_of}",
        f"问卷：收回{forms.returned}份，有效{forms.valid}份，不计入{len(forms.set_aside)}份",
        f"满意率：{rates}",
        f"代表评议：{appraisal.panel.representatives}人"
        + (f"，另有{appraisal.panel.unnamed}个得分没有登记代表姓名" if appraisal.panel.unnamed else ""),
    ]
    if scored.total is None:
        lines.append("综合评定：有数据的部分不足，没有评定")
    else:
        veto = f"（单项否决{len(appraisal.composite.vetoes)}项）" if appraisal.composite.vetoes else ""
        lines.append(f"综合得分：{rounded(scored.total, appraisal.decimals)}，等次：{scored.grade}{veto}")
    late = sum(each.is_late for each in appraisal.suggestions)
    lines.append(f"评议意见：{len(appraisal.suggestions)}条，逾期{late}条")
    return [*lines, *(f"注意：{caution}" for caution in appraisal.cautions)]
