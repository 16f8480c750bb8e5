"""`auditor audit`: the main job."""

import sys
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.chinese import ChineseCommand
from auditor.cli.options import ONE_PATH, THERE, audit_options, say_unreadable, today_unless
from auditor.cli.progress import stages
from auditor.domain.obligation import Severity, Status
from auditor.domain.period import Period
from auditor.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from auditor.audit.trip import Audited
    from auditor.domain.audit import Audit
    from auditor.reporting.official.template import Template
    from auditor.rulebook.book import Rulebook


@click.command("audit", cls=ChineseCommand, help="审计 PATH（文件或文件夹）中的台账，写出全部结果。")
@click.argument("paths", nargs=-1, required=True, type=THERE, metavar="PATH...")
@audit_options
@click.option("--out", type=ONE_PATH, help="结果文件夹，默认 audit-<基准日>。")
@click.option(
    "--since",
    metavar="LEDGER",
    help="问题库，或者上次审计的结果文件夹：与上次审计比较；用问题库时还写明每个问题首次、上次发现于哪次审计，复发几次。",
)
@click.option("--waivers", type=ONE_PATH, help="情况说明（YAML）：有说明的问题照常列出、照常计数，并附说明。")
def command(
    paths: tuple[Path, ...],
    as_of: date | None,
    period: Period | None,
    profile: Path | None,
    rule_folders: tuple[Path, ...],
    settings_file: Path | None,
    out: Path | None,
    fail_on: str,
    internal: bool,
    template_file: Path | None,
    formats: tuple[str, ...],
    no_documents: bool,
    notable_only: bool,
    since: str | None,
    waivers: Path | None,
) -> int:
    from auditor.audit.outputs import check_writable, write_outputs
    from auditor.audit.trip import audit_logs
    from auditor.rulebook.loading import load_rulebook

    template = proved_template(template_file, no_documents)
    day = today_unless(as_of)
    folder = out or Path(f"audit-{day}")
    check_writable(folder)
    book = load_rulebook(rule_folders, settings_file, shipped_cases=False)
    additions = [*_explained(waivers, book), *_remembered(since, day, rule_folders)]
    with stages() as begin:
        audited = audit_logs(
            paths, book, day, period, internal=internal, profile=profile, notable_only=notable_only, stages=begin
        )
        for add in additions:
            audited = add(audited)
        begin("写出结果", "")
        write_outputs(
            audited,
            folder,
            sys.argv[1:],
            documents=not no_documents,
            formats=formats,
            notable_only=notable_only,
            template=template,
        )
    click.echo("\n".join(say_what_was_found(audited.audit)))
    _say_left_empty(template, audited.audit)
    click.echo(f"结果：{folder}")
    say_unreadable(audited.logs.unreadable)
    return exit_code(audited.audit, fail_on, bool(audited.logs.unreadable))


def _explained(waivers: Path | None, book: "Rulebook") -> "Iterator[Callable[[Audited], Audited]]":
    """What lays the office's explanations over an audit, where there are any; they are proved before it begins."""
    if waivers is None:
        return
    from auditor.audit.remembering import with_waivers
    from auditor.receipt import digest_of
    from auditor.rulebook.waivers import load_waivers

    yield partial(with_waivers, file=load_waivers(waivers, book), digest=digest_of(waivers) or "")


def _remembered(
    since: str | None, day: date, rule_folders: tuple[Path, ...]
) -> "Iterator[Callable[[Audited], Audited]]":
    """What adds to an audit what came before it, where that is asked for; read before the audit begins."""
    if since is None:
        return
    from auditor.audit.remembering import earlier_of, with_earlier, with_memory
    from auditor.rulebook.rectification import load_steps

    known, earlier = earlier_of(since, day)
    if known is not None:
        yield partial(with_memory, known=known, steps=load_steps(rule_folders))
    yield partial(with_earlier, earlier=earlier)


def proved_template(path: Path | None, no_documents: bool) -> "Template | None":
    """The office's template, proved before the audit begins."""
    if path is None:
        return None
    if no_documents:
        raise UsageError("--template 与 --no-documents 不能同用：不写文件就用不到模板。请去掉其中一个")
    from auditor.reporting.official.template import read_template

    return read_template(path)


def _say_left_empty(template: "Template | None", audit: "Audit") -> None:
    """Name the settings that the template asks for in vain."""
    if template is None:
        return
    from auditor.reporting.official.filling import left_empty

    if unset := left_empty(template, audit):
        click.echo(f"注意：设置 {'、'.join(unset)} 没有填写，通报中用到的地方空着，印发前请补上")


def exit_code(audit: "Audit", fail_on: str, unreadable: bool) -> int:
    """3 where an input could not be read, else 1 where a breach weighs at least `fail_on`, else 0."""
    if unreadable:
        return 3
    if fail_on == "never":
        return 0
    heaviest = Severity(fail_on).rank
    found = any(each.status is Status.BREACHED and each.severity.rank <= heaviest for each in audit.findings)
    return int(found)


def say_what_was_found(audit: "Audit") -> list[str]:
    """The audit in ten lines."""
    summary = audit.summary
    totals = {status.value: 0 for status in Status}
    for counts in summary["rules"].values():
        for status, number in counts.items():
            totals[status] += number
    logs = summary["logs"].values()
    breaches = [each for each in audit.findings if each.status is Status.BREACHED]
    by_severity = "，".join(
        f"{severity.zh}{sum(each.severity is severity for each in breaches)}" for severity in Severity
    )
    counted = {each.rule: 0 for each in breaches}
    for each in breaches:
        counted[each.rule] += 1
    worst = sorted(counted, key=lambda rule: (-counted[rule], rule))[:2]
    return [
        f"审计基准日：{audit.as_of}" + (f"，期间：{audit.period}" if audit.period else ""),
        f"台账：{len(summary['logs'])}种，读取{sum(each['read'] for each in logs)}行，"
        f"采用{sum(each['accepted'] for each in logs)}行，未采用{sum(each['rejected'] for each in logs)}行"
        f"（未用的行和单元格见 rejects.csv，共{len(audit.rejects)}处）",
        f"规则：已审计{len(summary['rules'])}条，未审计{len(summary['not_assessed'])}条",
        f"义务：共{sum(totals.values())}项，"
        + "，".join(f"{status.zh}{totals[status.value]}" for status in Status if totals[status.value]),
        f"问题：违反{len(breaches)}个（{by_severity}），"
        f"无法核实{sum(each.status is Status.UNVERIFIABLE for each in audit.findings)}组",
        *(f"较多的问题：{rule} {audit.rules[rule].title}（{counted[rule]}个）" for rule in worst),
        *(f"注意：{caution}" for caution in audit.cautions[:2]),
        *(f"注意：{caution}" for caution in audit.cautions[2:] if "情况说明" in caution),
        *(f"注意：{note}" for note in audit.notes),
    ]
