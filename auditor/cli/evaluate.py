"""`auditor evaluate`: the yearly democratic evaluation."""

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.chinese import ChineseCommand
from auditor.cli.options import (
    ONE_PATH,
    as_of_option,
    existing,
    profile_option,
    rulebook_options,
    today_unless,
    year_option,
)
from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.domain.appraisal import Appraisal


@click.command("evaluate", cls=ChineseCommand, help="年度民主评议：统计问卷、代表评分和本年度审计结果，写出评议报告。")
@click.argument("paths", nargs=-1, required=True, type=ONE_PATH, metavar="PATH...")
@year_option
@as_of_option
@profile_option
@rulebook_options
@click.option("--out", type=ONE_PATH, help="结果文件夹，默认 evaluation-<年度>。")
@click.option("--internal", is_flag=True, help="内部资料：不隐去个人信息。")
def command(
    paths: tuple[Path, ...],
    year: int,
    as_of: date | None,
    profile: Path | None,
    rule_folders: tuple[Path, ...],
    settings_file: Path | None,
    out: Path | None,
    internal: bool,
) -> int:
    from auditor.audit.bundle import check_bundle
    from auditor.audit.evaluation_outputs import KIND, write_evaluation
    from auditor.rulebook.loading import load_rulebook
    from auditor.rulebook.schemes import load_scheme

    existing(paths)
    day = today_unless(as_of)
    if date(year, 1, 1) > day:
        raise UsageError(f"{year}年度在基准日 {day} 还没有开始。请核对 --year 和 --as-of")
    folder = out or Path(f"evaluation-{year}")
    check_bundle(folder, KIND)
    scheme = load_scheme(rule_folders)
    book = load_rulebook(rule_folders, settings_file, shipped_cases=False)
    from auditor.audit.appraise import appraise  # pandas comes with it, and only where it has work

    appraisal, logs = appraise(paths, book, scheme, year, day, internal=internal, profile=profile)
    write_evaluation(appraisal, book, folder, sys.argv[1:])
    click.echo("\n".join(say_what_came_out(appraisal)))
    click.echo(f"结果：{folder}")
    for message in logs.unreadable:
        click.echo(f"无法读取：{message}", err=True)
    return 3 if logs.unreadable else 0


def say_what_came_out(appraisal: "Appraisal") -> list[str]:
    """The evaluation in a few lines."""
    from auditor.domain.scoring import rounded

    forms, scored = appraisal.questionnaires, appraisal.composite.scored
    rates = "，".join(
        f"{each.zh}{float(each.rate):.1%}" if each.rate is not None else f"{each.zh}—" for each in forms.contents
    )
    lines = [
        f"评议年度：{appraisal.year}，基准日：{appraisal.as_of}",
        f"问卷：收回{forms.returned}份，有效{forms.valid}份，不计入{len(forms.set_aside)}份",
        f"满意率：{rates}",
        f"代表评议：{appraisal.panel.representatives}人",
    ]
    if scored.total is None:
        lines.append("综合评定：有数据的部分不足，没有评定")
    else:
        veto = f"（单项否决{len(appraisal.composite.vetoes)}项）" if appraisal.composite.vetoes else ""
        lines.append(f"综合得分：{rounded(scored.total, appraisal.decimals)}，等次：{scored.grade}{veto}")
    late = sum(each.is_late for each in appraisal.suggestions)
    lines.append(f"评议意见：{len(appraisal.suggestions)}条，逾期{late}条")
    return [*lines, *(f"注意：{caution}" for caution in appraisal.cautions)]
