"""One rule as a person reads it."""

from collections.abc import Mapping
from typing import Any

import yaml

from auditor.rulebook.book import Rulebook
from auditor.rulebook.describing import Describer
from auditor.rulebook.judgements import Judgement
from auditor.rulebook.references import settings_of
from auditor.rulebook.rules import DUTY_ZH, Case


def show_rule(book: Rulebook, rule_id: str) -> str:
    """Clause, duty, readings and cases of one rule, in Chinese."""
    placed = book.placed[rule_id]
    rule = placed.rule
    first, last = book.in_force(rule)
    lines = [
        f"{rule.id}　{rule.title}",
        f"制度：{placed.regulation.name}（{placed.regulation.document}）{rule.clause}",
        f"义务：{DUTY_ZH[rule.duty]}　程度：{rule.severity.zh}",
        f"施行：{first} 起" + (f"，至 {last}" if last else ""),
    ]
    if rule.log:
        lines.append(f"台账：{book.logs.logs[rule.log].zh}（{rule.log}）")
    describer = Describer(book)
    lines.append(f"要求：{describer.duty(rule)}")
    if rule.when is not None:
        lines.append(f"适用于：{describer.condition(rule.when, rule)}")
    if rule.excused_if is not None:
        lines.append(f"免责：{describer.condition(rule.excused_if, rule)}")
    for name, text in (("人工核查", rule.attest), ("责任", rule.liable), ("整改", rule.remedy)):
        if text:
            lines.append(f"{name}：{text}")
    if rule.tariff:
        lines.append(f"收费标准：{book.tariffs[rule.tariff.table].zh}（tariffs.yaml）")
    for key in sorted({*settings_of(rule), *book.clock_readings(rule)}):
        setting = book.settings[key]
        chosen = book.values[key] if setting.type != "dates" else setting.shown(book.values[key])
        basis = "（本级配置标准，非制度明文）" if setting.is_own_standard else ""
        lines.append(f"口径：{key} = {chosen}　{setting.question}{basis}")
    lines += [f"案例{number}：{_case(case)}" for number, case in enumerate(rule.cases, start=1)]
    lines.append(f"出处：{placed.file} 第{placed.line}行")
    return "\n".join(lines)


def show_judgement(judgement: Judgement) -> str:
    """One judgement as its file has it, with its reason before it."""
    written = judgement.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    parts = {name: written[name] for name in ("needs", "if", "unless", "then", "cases") if name in written}
    return "\n".join(
        [
            f"{judgement.id}　{judgement.title}",
            f"理由：{judgement.reason}",
            yaml.safe_dump(parts, allow_unicode=True, sort_keys=False, width=120).rstrip(),
        ]
    )


def _case(case: Case) -> str:
    """A case on one line: what is given, under which settings and on which day, what follows and why."""
    given = _written(case.given) or "无记录"
    linked = "".join(f"；{log}：{_written(row)}" for log, rows in case.with_.items() for row in rows)
    settings = f"；设置：{_written(case.settings)}" if case.settings else ""
    as_of = f"；审计日：{case.as_of}" if case.as_of != Case.model_fields["as_of"].default else ""
    because = f"　{case.because}" if case.because else ""
    return f"{given}{linked}{settings}{as_of} → {case.expect}{because}"


def _written(record: Mapping[str, Any]) -> str:
    return "，".join(f"{name}={'（空）' if value is None else value}" for name, value in record.items())
