"""Two audits side by side (对比): what they were made by comes first, because it explains differences."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from auditor.audit.readings import changed_readings, listed
from auditor.audit.written import WrittenAudit
from auditor.domain.finding import Finding
from auditor.domain.rectification import Standing
from auditor.ledger.standing import behind, candidates, unseen
from auditor.reporting.tally import percent


@dataclass(frozen=True)
class Rate:
    """A rate of compliance (履行率) with what it is made of."""

    met: int
    breached: int

    @property
    def of(self) -> int:
        """The denominator."""
        return self.met + self.breached

    def __str__(self) -> str:
        return f"{self.met}/{self.of}" + (f"＝{percent(self.met, self.of)}" if self.of else "（无）")


@dataclass(frozen=True)
class Comparison:
    """What differs between two audits."""

    old: WrittenAudit
    new: WrittenAudit
    made_by: tuple[str, ...]
    rates: tuple[tuple[str, Rate, Rate], ...]
    appeared: tuple[Finding, ...]
    back: tuple[Finding, ...]
    gone: Mapping[Standing, tuple[Finding, ...]]
    both: int


def compare(old: WrittenAudit, new: WrittenAudit) -> Comparison:
    """Hold two audits against each other. What came back is known only where the new one was made with `--since`."""
    before, after = ({each.id: each for each in audit.findings} for audit in (old, new))
    fresh = [each for name, each in after.items() if name not in before]
    lost = [each for name, each in before.items() if name not in after]
    asked = {pair: each.log for each in lost for pair in candidates(each)}
    was = old.obligations.statuses(asked.keys())
    now = new.told(set(asked), asked)
    gone: dict[Standing, list[Finding]] = {}
    for each in lost:
        gone.setdefault(unseen(each.status.value, each.log, behind(each, was), now), []).append(each)
    return Comparison(
        old=old,
        new=new,
        made_by=tuple(_made_by(old, new)),
        rates=tuple(_rates(old, new)),
        appeared=tuple(each for each in fresh if not each.recurrence),
        back=tuple(each for each in fresh if each.recurrence),
        gone={standing: tuple(found) for standing, found in gone.items()},
        both=len(after) - len(fresh),
    )


def _made_by(old: WrittenAudit, new: WrittenAudit) -> Iterator[str]:
    """What the two audits were made by, where that differs."""
    yield from changed_readings(old.receipt, new.receipt)
    for key, name in (("version", "程序版本"), ("beside", "情况说明")):
        first, second = (audit.receipt.get(key) for audit in (old, new))
        if first != second:
            yield f"{name}：{first} → {second}" if key == "version" else f"{name}有改动"
    for key, name in (("period", "审计期间"), ("as_if_from", "推演起始日")):
        first, second = (audit.summary.get(key) or "全部" for audit in (old, new))
        if first != second:
            yield f"{name}：{first} → {second}"
    logs = [set(audit.summary.get("logs", ())) for audit in (old, new)]
    if logs[0] != logs[1]:
        yield f"提供的台账：增加{listed(logs[1] - logs[0])}，减少{listed(logs[0] - logs[1])}"


def _rates(old: WrittenAudit, new: WrittenAudit) -> Iterator[tuple[str, Rate, Rate]]:
    """The rate over all, of every unit, and of the rules whose rate changed."""
    rules = [audit.summary["rules"] for audit in (old, new)]
    units = [audit.summary["units"] for audit in (old, new)]
    yield "全部", _rate(_sum(rules[0])), _rate(_sum(rules[1]))
    for unit in sorted({*units[0], *units[1]}):
        yield unit, _rate(units[0].get(unit, {})), _rate(units[1].get(unit, {}))
    for rule in sorted({*rules[0], *rules[1]}):
        first, second = _rate(rules[0].get(rule, {})), _rate(rules[1].get(rule, {}))
        if first.met * second.of != second.met * first.of or bool(first.of) != bool(second.of):
            yield rule, first, second


def _sum(rules: Mapping[str, Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for counts in rules.values():
        total.update(counts)
    return total


def _rate(counts: Mapping[str, int]) -> Rate:
    return Rate(counts.get("met", 0), counts.get("breached", 0))


def as_json(found: Comparison) -> dict[str, Any]:
    """For programs."""
    return {
        "old": found.old.as_of,
        "new": found.new.as_of,
        "made_by": list(found.made_by),
        "rates": {
            name: {side: {"met": rate.met, "of": rate.of} for side, rate in (("old", first), ("new", second))}
            for name, first, second in found.rates
        },
        "new_findings": [each.id for each in found.appeared],
        "back": [each.id for each in found.back],
        "gone": {standing.value: [each.id for each in group] for standing, group in found.gone.items()},
        "both": found.both,
    }


_SHOWN = 20


def as_text(found: Comparison) -> Iterator[str]:
    """For the terminal: what differs in the making first, then rates, then findings."""
    yield f"对比：基准日 {found.old.as_of} → {found.new.as_of}"
    if found.made_by:
        yield "两次审计的依据不同，以下差别可能由此而来："
        yield from (f"  {each}" for each in found.made_by)
    else:
        yield "两次审计的规则、设置、日历相同。"
    yield "履行率（已履行÷（已履行＋违反））："
    yield from (f"  {name}：{first} → {second}" for name, first, second in found.rates)
    if not any(each.recurrence is not None for each in found.new.findings):
        yield "注意：新的一次审计没有用 --since 问题库，复发的问题列在新增里。"
    yield from _group(f"新增{len(found.appeared)}个", found.appeared)
    yield from _group(f"复发{len(found.back)}个", found.back)
    for standing in (Standing.PUT_RIGHT, Standing.CONTINUING, Standing.CANNOT_TELL):
        group = found.gone.get(standing, ())
        yield from _group(f"不再列出{len(group)}个，{_GONE[standing]}", group)
    yield f"两次都有{found.both}个"


_GONE = {
    Standing.PUT_RIGHT: "台账显示已改",
    Standing.CONTINUING: "仍然违反，并入其他问题",
    Standing.CANNOT_TELL: "新的台账里没有相应记录或者登记不全，无法判断",
}


def _group(heading: str, findings: tuple[Finding, ...]) -> Iterator[str]:
    yield heading
    for each in findings[:_SHOWN]:
        yield f"  {each.id}　{each.severity.zh}　{each.unit}　{each.rule} {each.title}"
    if len(findings) > _SHOWN:
        yield f"  ……其余{len(findings) - _SHOWN}个见 --format json"
