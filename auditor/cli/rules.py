"""`auditor rules`: the rulebook, read, checked and tested."""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.chinese import ChineseGroup
from auditor.cli.options import (
    ONE_PATH,
    THERE,
    as_of_option,
    format_option,
    rulebook_options,
    say_unreadable,
    today_unless,
)
from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.rulebook.book import Rulebook
    from auditor.rulebook.rules import Rule


@click.group("rules", cls=ChineseGroup, help="规则库：列出、查看、检查、运行案例。")
def command() -> None:
    pass


@command.command("list", help="列出全部规则。")
@rulebook_options
def list_rules(rule_folders: tuple[Path, ...], settings_file: Path | None) -> None:
    from auditor.domain.obligation import Severity
    from auditor.rulebook.loading import load_rulebook
    from auditor.rulebook.rules import DUTY_ZH

    book = load_rulebook(rule_folders, settings_file)
    for placed in book.placed.values():
        rule = placed.rule
        severity = Severity(rule.severity).zh
        click.echo(f"{rule.id}\t{severity}\t{DUTY_ZH[rule.duty]}\t{placed.regulation.name}{rule.clause}\t{rule.title}")
    click.echo(f"共{len(book.placed)}条", err=True)


@command.command("show", help="查看一条规则：条款、义务、口径、案例；或一条研判规则。")
@click.argument("rule_id", metavar="ID")
@rulebook_options
def show(rule_id: str, rule_folders: tuple[Path, ...], settings_file: Path | None) -> None:
    from auditor.rulebook.loading import load_rulebook
    from auditor.rulebook.located import nearest
    from auditor.rulebook.showing import show_judgement, show_rule

    book = load_rulebook(rule_folders, settings_file)
    judgements = {each.id: each for each in book.judgements.judgements}
    if rule_id in judgements:
        click.echo(show_judgement(judgements[rule_id]))
        return
    if rule_id not in book.placed:
        raise UsageError(f"没有规则“{rule_id}”。{nearest(rule_id, {*book.placed, *judgements})}")
    click.echo(show_rule(book, rule_id))


@command.command("lint", help="检查规则文件是否周全：缺案例、缺说明、设置无人使用等。")
@rulebook_options
def lint(rule_folders: tuple[Path, ...], settings_file: Path | None) -> int:
    from auditor.rulebook.lint import lint_rulebook
    from auditor.rulebook.loading import load_rulebook
    from auditor.rulebook.textdefects import text_defects

    book = load_rulebook(rule_folders, settings_file)
    faults = lint_rulebook(book)
    for fault in faults:
        click.echo(str(fault))
    defects = text_defects(book)
    if defects:
        click.echo(f"制度文本瑕疵{len(defects)}处（供制度起草单位参考，不是工作人员的问题）：")
    for number, defect in enumerate(defects, start=1):
        click.echo(f"  {number}. {defect}")
    found = f"有{len(faults)}处要改" if faults else "没有发现问题"
    click.echo(f"规则{len(book.placed)}条，设置{len(book.settings)}项，{found}。")
    return 4 if faults else 0


@command.command("test", help="运行规则自带的案例，以及程序由期限推得的边界案例；核对每个设置选项都有作用。")
@click.argument("rule_ids", nargs=-1, metavar="[ID...]")
@click.option("--mutate", is_flag=True, help="再逐处改动规则，看有没有案例察觉，列出没有案例察觉的改动。")
@rulebook_options
def test(rule_ids: tuple[str, ...], mutate: bool, rule_folders: tuple[Path, ...], settings_file: Path | None) -> int:
    from auditor.audit.judgementcases import run_judgement_cases
    from auditor.evaluation.proof import prove
    from auditor.rulebook.loading import load_rulebook

    book = load_rulebook(rule_folders, settings_file)
    unknown = [rule for rule in rule_ids if rule not in book.placed]
    if unknown:
        raise UsageError(f"没有规则：{'、'.join(unknown)}")
    rules = [book.placed[rule].rule for rule in dict.fromkeys(rule_ids)] or book.rules
    proof = prove(book, rules)
    for why, by_hand in proof.by_hand.items():
        click.echo(f"边界案例须手写（{why}）：{'、'.join(by_hand)}")
    for failure in proof.failures:
        click.echo(failure)
    outcome = f"{len(proof.failures)}处不符" if proof.failures else "全部相符"
    click.echo(f"规则{len(rules)}条，案例{proof.written}个，程序推得的边界案例{proof.made}个，{outcome}。")
    cases, failures = (0, []) if rule_ids else run_judgement_cases(book)
    for failed in failures:
        click.echo(failed)
    if cases:
        outcome = f"{len(failures)}处不符" if failures else "全部相符"
        click.echo(f"研判规则{len(book.judgements.judgements)}条，案例{cases}个，{outcome}。")
    faults = [] if rule_ids else _work_scheme(rule_folders)
    if proof.failures or failures or faults:
        return 4
    return _mutate(book, rules) if mutate else 0


def _work_scheme(rule_folders: tuple[Path, ...]) -> list[str]:
    """Work the cases of the evaluation's scheme; says what differs."""
    from auditor.rulebook.schemefile import failed_cases, load_scheme

    placed = load_scheme(rule_folders)
    failures = failed_cases(placed)
    for failure in failures:
        click.echo(failure)
    outcome = f"{len(failures)}处不符" if failures else "全部相符"
    click.echo(f"评分办法案例{len(placed.cases)}个，{outcome}。")
    return failures


def _mutate(book: "Rulebook", rules: "list[Rule]") -> int:
    from auditor.evaluation.mutation import mutation_test

    tested = mutation_test(book, rules)
    for survivor in tested.unnoticed:
        click.echo(str(survivor))
    outcome = f"{len(tested.unnoticed)}处没有案例察觉" if tested.unnoticed else "处处有案例察觉"
    click.echo(f"改动{tested.tried}处，{outcome}。")
    return 4 if tested.unnoticed else 0


@command.command("preview", help="规则预演：改用 --rules 的规则，PATH 的台账会有哪些结论不同。")
@click.argument("paths", nargs=-1, required=True, type=THERE, metavar="PATH...")
@as_of_option
@rulebook_options
def preview(
    paths: tuple[Path, ...], as_of: date | None, rule_folders: tuple[Path, ...], settings_file: Path | None
) -> int:
    from auditor.audit.preview import as_text
    from auditor.audit.preview import preview as compare
    from auditor.rulebook.loading import load_rulebook

    if not rule_folders and settings_file is None:
        raise UsageError("没有可比的：用 --rules 指定改过的规则目录，或用 --settings 指定设置文件")
    now, then = load_rulebook(shipped_cases=False), load_rulebook(rule_folders, settings_file, shipped_cases=False)
    day = today_unless(as_of)
    click.echo(f"审计基准日：{day}")
    found = compare(paths, now, then, day)
    click.echo("\n".join(as_text(found)))
    say_unreadable(found.unreadable)
    return 3 if found.unreadable else 0


@command.command("coverage", help="逐条核对：制度的每项要求由哪条规则、以何种方式审计。")
@rulebook_options
@format_option
def coverage(rule_folders: tuple[Path, ...], settings_file: Path | None, shape: str) -> int:
    from auditor.rulebook.loading import load_rulebook
    from auditor.rulebook.requirements import coverage as covered_by

    book = load_rulebook(rule_folders, settings_file)
    found = covered_by(book.requirements, {rule.id: rule for rule in book.rules})
    unaccounted = [each.requirement for each in found if each.how is None]
    if shape == "json":
        listed = {each.requirement: {"how": each.how, "rules": list(each.rules)} for each in found if each.how}
        click.echo(json.dumps({"requirements": listed, "unaccounted": unaccounted}, ensure_ascii=False, indent=1))
        return 4 if unaccounted else 0
    for each in found:
        remark = "（台账没有相应的字段）" if each.is_attested_instead else ""
        click.echo(f"{each.requirement}\t{each.how.zh if each.how else '没有规则'}{remark}\t{'、'.join(each.rules)}")
    click.echo(f"制度要求{len(found)}项，已有着落{len(found) - len(unaccounted)}项，没有着落{len(unaccounted)}项。")
    return 4 if unaccounted else 0


@command.command("guide", help="写出规则指南（一个网页文件，供对照制度阅读）。")
@click.option("--out", "target", type=ONE_PATH, default=Path("规则指南.html"), show_default=True, help="写到哪个文件。")
@rulebook_options
def guide(target: Path, rule_folders: tuple[Path, ...], settings_file: Path | None) -> None:
    from auditor.audit.outputs import write_page
    from auditor.reporting.guide import TITLE, render_guide
    from auditor.rulebook.loading import load_rulebook

    write_page(target, render_guide(load_rulebook(rule_folders, settings_file)), TITLE)
    click.echo(f"规则指南：{target}")


@command.command("schema", help="输出 JSON Schema：规则文件的供编辑器使用，审计发现的供其他程序读取 findings.jsonl。")
@click.option("--of", type=click.Choice(["rules", "findings"]), default="rules", show_default=True, help="哪一种。")
def schema(of: str) -> None:
    if of == "findings":
        from auditor.domain.finding import Finding

        shown = Finding.model_json_schema(mode="serialization")
    else:
        from auditor.rulebook.schema import rule_file_schema

        shown = rule_file_schema()
    click.echo(json.dumps(shown, ensure_ascii=False, indent=1))
