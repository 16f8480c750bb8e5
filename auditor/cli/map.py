"""`auditor map`: say which column is which field, for files whose headings say it badly."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.chinese import ChineseCommand
from auditor.cli.options import ONE_PATH, format_option, rulebook_options
from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.reading.proposal import Proposal
    from auditor.rulebook.logs import LogCatalogue, LogDefinition

_HELP = (
    "看 FILE 的每一列被认作什么、把握如何，并保存列对照。在终端里可以逐列改；"
    "不在终端里，用 --set 列名=字段（可重复；列名= 表示不用这一列）。"
)


@click.command("map", cls=ChineseCommand, help=_HELP)
@click.argument("file", type=ONE_PATH)
@click.option("--log", "log", help="台账，如 publications 或 信息发布台账；不写则按表头判断。")
@click.option("--set", "pairs", multiple=True, metavar="列名=字段", help="字段可写英文名或中文名。")
@click.option("--sheet", help="只对这一张工作表。")
@click.option("--profile", type=ONE_PATH, help="存到这个文件夹：以后表头相同的表都照此读取，不论文件名。")
@rulebook_options
@format_option
def command(
    file: Path,
    log: str | None,
    pairs: tuple[str, ...],
    sheet: str | None,
    profile: Path | None,
    rule_folders: tuple[Path, ...],
    settings_file: Path | None,
    shape: str,
) -> None:
    from auditor.cli.mapping_talk import Talk
    from auditor.reading import propose
    from auditor.rulebook.loading import load_rulebook

    if not file.is_file():
        raise UsageError(f"没有文件 {file}")
    catalogue = load_rulebook(rule_folders, settings_file, shipped_cases=False).logs
    name = log_named(log, catalogue) if log else None
    if pairs:
        _save_pairs(file, catalogue, name, pairs, sheet, profile)
        return
    proposals = propose(file, catalogue, name, sheet, profile=profile)
    if shape == "json":
        click.echo(json.dumps([_as_json(each, catalogue) for each in proposals], ensure_ascii=False, indent=1))
        return
    alone = len(proposals) == 1 and sheet is None
    for proposal in proposals:
        if sys.stdin.isatty() and sys.stdout.isatty():
            talk = Talk(file, catalogue, proposal, profile, whole_file=alone, ask=_ask, say=click.echo)
            talk.hold()
        else:
            click.echo("\n".join(lines_of(proposal, catalogue)))
    if not sys.stdin.isatty() or not sys.stdout.isatty():
        click.echo("没有保存。要改某一列：auditor map 文件 --log 台账 --set 列名=字段；要逐列确认，请在终端里运行。")


def _ask(question: str) -> str:
    answer: str = click.prompt(question, default="", show_default=False, prompt_suffix="：")
    return answer.strip()


def log_named(log: str, catalogue: "LogCatalogue") -> str:
    """The log that a person names in English or Chinese. Raises `UsageError`."""
    from auditor.rulebook.located import nearest

    logs = catalogue.logs
    for each in logs.values():
        if log in (each.name, each.zh, *each.names):
            return each.name
    raise UsageError(f"没有“{log}”这种台账。{nearest(log, [*logs, *(each.zh for each in logs.values())])}")


def field_named(field: str, log: "LogDefinition") -> str:
    """The field that a person names in English or Chinese. Raises `UsageError`."""
    from auditor.rulebook.located import nearest

    names = {each.zh: name for name, each in log.fields.items()} | {name: name for name in log.fields}
    if field not in names:
        raise UsageError(f"{log.zh}没有字段“{field}”。{nearest(field, names)}")
    return names[field]


def _save_pairs(
    file: Path,
    catalogue: "LogCatalogue",
    log: str | None,
    pairs: tuple[str, ...],
    sheet: str | None,
    profile: Path | None,
) -> None:
    from auditor.reading import propose, save_in_profile, save_mapping
    from auditor.rulebook.located import nearest

    if log is None:
        found = {proposal.log for proposal in propose(file, catalogue, None, sheet, profile=profile)}
        if len(found) != 1 or None in found:
            raise UsageError("请用 --log 写明是哪种台账，如 --log 依申请公开台账；有几张工作表的，再加 --sheet")
        (log,) = found
    assert log is not None
    columns: dict[str, str | None] = {}
    for pair in pairs:
        heading, equals, field = pair.rpartition("=")
        if not equals or not heading:
            raise UsageError(f"“{pair}”应写成 列名=字段")
        columns[heading] = field_named(field, catalogue.logs[log]) if field else None
    chosen = [name for name in columns.values() if name]
    twice = next((name for name in chosen if chosen.count(name) > 1), None)
    if twice:
        raise UsageError(f"有两列都指定为“{catalogue.logs[log].fields[twice].zh}”，只留一个")
    proposals = propose(file, catalogue, log, sheet, columns, profile)
    fitting = [each for each in proposals if set(columns) <= set(each.headings)]
    if not fitting:
        known = list(dict.fromkeys(heading for each in proposals for heading in each.headings))
        wrong = next((each for each in columns if each not in known), next(iter(columns)))
        raise UsageError(f"表里没有列“{wrong}”。{nearest(wrong, known) or '列有：' + '、'.join(known)}")
    if profile:
        for proposal in fitting:
            click.echo(f"已保存：{save_in_profile(profile, log, proposal.headings, columns)}")
    elif any(each.part is not None for each in fitting):  # of several tables in a sheet only those that were meant
        for each in fitting:
            click.echo(f"已保存：{save_mapping(file, log, columns, each.sheet, each.headings)}")
    else:
        click.echo(f"已保存：{save_mapping(file, log, columns, sheet)}")


def lines_of(proposal: "Proposal", catalogue: "LogCatalogue") -> list[str]:
    """A proposal as lines of text: every column with its number, field, confidence and samples."""
    from auditor.audit.samples import shown_samples

    place = proposal.place
    log = catalogue.logs[proposal.log] if proposal.log else None
    if log:
        used = sum(column.field is not None for column in proposal.columns)
        lines = [f"{place} → {log.zh}（{log.name}）：{len(proposal.columns)}列中认出{used}列"]
    else:
        likely = "、".join(f"{catalogue.logs[name].zh}（{name}）" for name in proposal.likely[:3])
        lines = [f"{place}：没有认出是哪种台账" + (f"，最像：{likely}" if likely else "")]
    hidden = proposal.has_records_for_headings
    if hidden:
        lines.append("  表头像是数据，不在此列出；请检查表里有没有表头一行")
    for number, column in enumerate(proposal.columns, 1):
        place = f"{column.letter} {'' if hidden else column.heading}".strip()
        values = () if hidden else column.samples
        samples = shown_samples(catalogue, proposal.log, column.field, column.heading, values)
        shown = f"  例：{'；'.join(samples)}" if samples else "" if hidden else "  （空列）"
        if log and column.field:
            why = f"（{column.why}）" if column.why else ""
            taken = f"{log.fields[column.field].zh}（{column.field}） 把握{column.confidence}{why}"
        elif log and column.perhaps:
            taken = f"不用（也许是：{'、'.join(log.fields[name].zh for name in column.perhaps)}）"
        else:
            taken = "不用"
        lines.append(f"  {number}. {place} → {taken}{shown}")
    return lines


def _as_json(proposal: "Proposal", catalogue: "LogCatalogue") -> dict[str, object]:
    from auditor.audit.samples import shown_samples

    hidden = proposal.has_records_for_headings
    return {
        "file": proposal.file,
        "sheet": proposal.sheet,
        "place": proposal.place,
        "log": proposal.log,
        "likely": list(proposal.likely[:3]),
        "columns": [
            {
                "heading": "" if hidden else each.heading,
                "letter": each.letter,
                "field": each.field,
                "confidence": each.confidence,
                "why": each.why,
                "perhaps": list(each.perhaps),
                "samples": []
                if hidden
                else list(shown_samples(catalogue, proposal.log, each.field, each.heading, each.samples)),
            }
            for each in proposal.columns
        ],
    }
