"""`auditor ledger`: findings from one audit to the next, until somebody has checked that they are put right."""

import json
from datetime import date
from pathlib import Path

import click

from auditor.cli.chinese import ChineseGroup
from auditor.cli.options import ONE_PATH, THERE, format_option, ledger_option, on_option, today_unless

_RULES = click.option(
    "--rules", "rule_folders", type=THERE, multiple=True, help="规则目录；其中有 ledger.yaml 的，办理步骤以它为准。"
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


@command.command("export", help="写出一个责任单位尚未办结的整改台账，黄色单元格由其填写。")
@click.option("--unit", required=True, help="责任单位，与问题清单上写的一致。")
@click.option(
    "--role", default="责任单位", show_default=False, help="由谁填写：责任单位（默认）、核实人、复核人、负责人。"
)
@click.option("--out", type=ONE_PATH, help="文件名，默认 整改台账-<单位>.xlsx；已有的文件不覆盖。")
@ledger_option
@on_option
@_RULES
def export(unit: str, role: str, out: Path | None, place: str, on: date | None, rule_folders: tuple[Path, ...]) -> None:
    from auditor.audit.unitledger import export_unit
    from auditor.rulebook.rectification import load_steps

    target = out or Path(f"整改台账-{unit.replace('/', '／')}.xlsx")
    number, held_back = export_unit(place, load_steps(rule_folders), unit, role, today_unless(on), target)
    click.echo(f"已写出 {target}：{number}个尚未办结的问题")
    if held_back:
        click.echo(
            f"注意：另有{held_back}个问题没有写入：涉及检举控告，可能告知被检举控告的单位或者人员。"
            "由审计机构直接核查，用 auditor ledger move、close 办理，不要转给该单位"
        )


@command.command(
    "import", help="收回填好的整改台账 FILE；改动逐格合并，冲突逐条列出，一处也不覆盖。有冲突时退出码为 1。"
)
@click.argument("file", type=THERE)
@click.option("--by", default="", help="办理人姓名；责任单位填写的可以不写，以各行的“责任人”为准。")
@ledger_option
@on_option
@format_option
@_RULES
def import_file(file: Path, by: str, place: str, on: date | None, shape: str, rule_folders: tuple[Path, ...]) -> int:
    from dataclasses import asdict

    from auditor.audit.unitledger import conflict_lines, import_unit
    from auditor.rulebook.rectification import load_steps

    merged = import_unit(place, load_steps(rule_folders), file, by, today_unless(on))
    if shape == "json":
        click.echo(json.dumps(asdict(merged), ensure_ascii=False))
    else:
        for line in conflict_lines(merged):
            click.echo(line)
        if merged.lacking:
            click.echo(f"缺少列：{'、'.join(merged.lacking)}。这些列里的内容没有收入；请在原来发出的文件里填写后再交")
        click.echo(
            f"按{merged.role}填写收入：读到{merged.rows}行，收入{merged.cells}处填写、{merged.steps}步办理，冲突{len(merged.conflicts)}处"
            f"（冲突的一处也没有改），没有交回的问题{merged.absent}个"
        )
    return int(bool(merged.conflicts))


def _chosen(place: str, ids: tuple[str, ...], unit: str | None, state: str | None) -> list[str]:
    from auditor.errors import UsageError
    from auditor.ledger.overview import those_in

    if bool(ids) == bool(unit):
        raise UsageError("写明问题编号，或者用 --unit 写明责任单位，二者取一")
    return list(ids) or those_in(place, unit or "", state)


@command.command(
    "close", help="复核后销号：问题 ID...（须在待复核，复核的人不得是整改的人），或一个单位全部待复核的问题。"
)
@click.argument("ids", nargs=-1, metavar="[ID...]")
@click.option("--unit", help="该单位全部待复核的问题。")
@click.option("--by", required=True, help="复核人姓名。")
@click.option("--why", required=True, help="怎样复核的。")
@ledger_option
@on_option
@_RULES
def close(
    ids: tuple[str, ...],
    unit: str | None,
    by: str,
    why: str,
    place: str,
    on: date | None,
    rule_folders: tuple[Path, ...],
) -> None:
    from auditor.ledger.stepping import Act, take_step
    from auditor.rulebook.rectification import load_steps

    steps = load_steps(rule_folders)
    closed, waiting = steps.only["closed"], steps.only["waiting"]
    role = next((role for step in steps.steps if step.to == closed for role in step.by), "")
    act = Act(closed, by, role, today_unless(on).isoformat(), why)
    number = take_step(place, steps, _chosen(place, ids, unit, waiting), act)
    click.echo(f"已销号{number}个")


@command.command("move", help="办理一步：把问题 ID...（或一个单位处于 --from 状态的问题）改为 --to 状态。")
@click.argument("ids", nargs=-1, metavar="[ID...]")
@click.option("--unit", help="该单位的全部问题，须与 --from 同用。")
@click.option("--from", "before", help="只办理现为这个状态的。")
@click.option("--to", required=True, help="改为哪个状态。")
@click.option("--by", required=True, help="办理人姓名。")
@click.option("--role", required=True, help="以什么身份办理：核实人、责任单位、复核人、负责人。")
@click.option("--why", default="", help="理由。")
@click.option("--public", default="", help="怎样向社会说明情况（暂缓整改须写）。")
@ledger_option
@on_option
@_RULES
def move(
    ids: tuple[str, ...],
    unit: str | None,
    before: str | None,
    to: str,
    by: str,
    role: str,
    why: str,
    public: str,
    place: str,
    on: date | None,
    rule_folders: tuple[Path, ...],
) -> None:
    from auditor.errors import UsageError
    from auditor.ledger.stepping import Act, take_step
    from auditor.rulebook.rectification import load_steps

    if unit and not before:
        raise UsageError("用 --unit 时须用 --from 写明现在的状态")
    steps = load_steps(rule_folders)
    act = Act(to, by, role, today_unless(on).isoformat(), why, public)
    click.echo(f"已办理{take_step(place, steps, _chosen(place, ids, unit, before), act)}个：{to}")


@command.command("history", help="一个问题从发现到现在的全部记录。")
@click.argument("name", metavar="ID")
@ledger_option
def history(name: str, place: str) -> None:
    from auditor.errors import UsageError
    from auditor.ledger.stepping import story_of
    from auditor.reporting.unitledger import unit_ledger_words

    entries = story_of(place, name)
    if not entries:
        raise UsageError(f"问题库里没有“{name}”。请检查编号")
    headings = {column.key: column.heading for column in unit_ledger_words().columns}
    for each in entries:
        what = "" if each.field == "state" else f"{headings.get(each.field, each.field)} "
        click.echo(
            f"{each.on}　{each.who}（{each.role}）　{what}“{each.before}”→“{each.after}”　{each.why}".rstrip("　")
        )
