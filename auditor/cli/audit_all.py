"""`auditor audit-all`: every bureau of a folder, and the overview of them."""

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.audit import proved_template
from auditor.cli.chinese import ChineseCommand
from auditor.cli.options import ONE_PATH, THERE, Number, audit_options, today_unless
from auditor.cli.progress import progress
from auditor.domain.obligation import Severity, Status
from auditor.domain.period import Period
from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.audit.bureaus.run import Ran

_WHERE = ("--out", "--workers", "--scheduler")  # where and by whom it is done is no part of what is done
_REASON_LINES = 2


@click.command(
    "audit-all",
    cls=ChineseCommand,
    help="审计 DIR 下的每个单位：一个子文件夹是一个单位的台账。写出各单位的结果和总览。",
)
@click.argument("folder", type=THERE, metavar="DIR")
@audit_options
@click.option("--out", type=ONE_PATH, help="结果文件夹，默认 audit-all-<基准日>；其中每个单位一个文件夹。")
@click.option("--workers", type=Number(1, 256, "4"), metavar="个数", help="用几个工作进程；不写则都在本进程里做。")
@click.option("--scheduler", metavar="地址", help="交给 dask.distributed 集群，如 tcp://10.0.0.1:8786。")
def command(
    folder: Path,
    as_of: date | None,
    period: Period | None,
    profile: Path | None,
    rule_folders: tuple[Path, ...],
    settings_file: Path | None,
    fail_on: str,
    internal: bool,
    template_file: Path | None,
    formats: tuple[str, ...],
    no_documents: bool,
    notable_only: bool,
    out: Path | None,
    workers: int | None,
    scheduler: str | None,
) -> int:
    from auditor.audit.bureaus.orders import Terms
    from auditor.audit.bureaus.run import audit_bureaus
    from auditor.reading.mapping import load_profile
    from auditor.rulebook.loading import load_rulebook

    if workers is not None and scheduler is not None:
        raise UsageError("--workers 与 --scheduler 不能同用。请去掉其中一个")
    template = proved_template(template_file, no_documents)
    day = today_unless(as_of)
    target = out or Path(f"audit-all-{day}")
    book = load_rulebook(rule_folders, settings_file, shipped_cases=False)
    if profile is not None:
        load_profile(profile, book.logs)  # a fault of it is nobody's but the caller's
    terms = Terms(
        as_of=day,
        period=period,
        command=without_place(sys.argv[1:]),
        internal=internal,
        profile=profile.absolute() if profile else None,
        documents=not no_documents,
        notable_only=notable_only,
        formats=formats,
        template=template,
    )
    try:
        ran = audit_bureaus(
            folder, target, terms, book, workers=workers, scheduler=scheduler, listener=progress("审计各单位")
        )
    except KeyboardInterrupt:
        click.echo(f"\n已中断。做完的单位已写入 {target}，再运行一次只做没有做完的。", err=True)
        return 130
    click.echo("\n".join(say_how_it_went(ran)))
    click.echo(f"总览：{target / 'overview.html'}")
    for trace in ran.traces:
        click.echo(trace, err=True)
    for line in say_what_is_missing(ran):
        click.echo(line, err=True)
    return ran.overview.exit_code(fail_on)


def without_place(words: Sequence[str]) -> tuple[str, ...]:
    """The command without the options that say where and by whom it is done."""
    kept: list[str] = []
    skip = False
    for word in words:
        if not skip and word.partition("=")[0] not in _WHERE:
            kept.append(word)
        skip = not skip and word in _WHERE
    return tuple(kept)


def say_how_it_went(ran: "Ran") -> list[str]:
    """The run in a few lines."""
    overview = ran.overview
    total = len(overview.audited) + len(overview.not_audited)
    kept = len(overview.audited) - len(ran.fresh)
    breaches = {
        severity: sum(each.found(Status.BREACHED, severity) for each in overview.audited) for severity in Severity
    }
    by_severity = "，".join(f"{severity.zh}{number}" for severity, number in breaches.items())
    as_if = [f"推演：按各项制度自 {overview.as_if_from} 起已经施行计算。"] if overview.as_if_from else []
    return [
        f"审计基准日：{overview.as_of}" + (f"，期间：{overview.period}" if overview.period else ""),
        *as_if,
        f"单位：共{total}个，已审计{len(overview.audited)}个"
        f"（本次{len(ran.fresh)}个，没有变化沿用{kept}个），未能审计{len(overview.not_audited)}个",
        f"问题：违反{sum(breaches.values())}个（{by_severity}）",
        *(f"注意：{remark}" for remark in overview.remarks),
    ]


def say_what_is_missing(ran: "Ran") -> list[str]:
    """The bureaus that were not audited, or not wholly, each with the reason."""
    lines = [f"无法读取：{each.bureau}：{file}" for each in ran.overview.audited for file in each.unreadable]
    for each in ran.overview.not_audited:
        reason = each.reason.splitlines()
        lines.append(f"未能审计：{each.bureau}：{' '.join(reason[:_REASON_LINES])}")
    return lines
