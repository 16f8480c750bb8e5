"""The composite (综合评定) of the office or one unit: every part with its score, and why points were lost."""

from collections.abc import Sequence
from fractions import Fraction

from auditor.assessment.panel import mean_of
from auditor.assessment.supervision import Duty, YearAudit, duties_of
from auditor.domain.appraisal import Adjustment, Answers, Composite, Duties, Part, Supervision
from auditor.domain.finding import Finding
from auditor.domain.obligation import Status
from auditor.domain.scoring import scored
from auditor.rulebook.schemes import BonusItem, ByRules, Scheme, covers

_Score = tuple[Fraction | None, str, tuple[str, ...]]  # the score of a part, why it is not full, the findings
_NO_DATA = "没有数据，权重按比例归入其他部分"


def compose(
    unit: str,
    scheme: Scheme,
    answers: Sequence[Answers],
    panel: dict[str, list[int]],
    supervision: Supervision,
    audit: YearAudit,
) -> Composite:
    """The composite; `panel` holds the representatives' scores by content."""
    found: dict[str, _Score] = {
        "questionnaire": _questionnaire(scheme, answers),
        "panel": _panel(scheme, panel),
        "supervision": _supervision(scheme, supervision),
        "inspection": _inspection(supervision.inspection),
    }
    vetoes = [each for each in (_veto(item, item.at_least, audit) for item in scheme.vetoes) if each]
    deductions = [_deduction(item, item.each, item.at_most, audit) for item in scheme.deductions.items]
    bonus = [_bonus(item, audit) for item in scheme.bonus.items]
    result = scored(
        scheme.scale,
        {key: score for key, (score, _, _) in found.items()},
        sum((each.points for each in deductions), Fraction(0)),
        sum((each.points for each in bonus), Fraction(0)),
        vetoed=bool(vetoes),
    )
    parts = []
    for key, (score, why, findings) in found.items():
        weight, points = scheme.parts[key].weight, result.points.get(key)
        lost = scheme.full * weight / 100 * result.factor - points if points is not None else None
        why = why if score is not None else _NO_DATA
        parts.append(Part(key, scheme.parts[key].zh, weight, score, points, lost, why, findings))
    return Composite(unit, result, tuple(parts), tuple(deductions), tuple(bonus), tuple(vetoes))


def _questionnaire(scheme: Scheme, answers: Sequence[Answers]) -> _Score:
    score = _weighted([(scheme.contents[each.content].weight, each.points) for each in answers])
    short = {
        option: sum(each.counts[option] for each in answers)
        for option, points in scheme.answers.items()
        if points < 100
    }
    why = "、".join(f"“{option}”{count}项次" for option, count in short.items() if count)
    return score, f"有{why}的回答" if why else "", ()


def _panel(scheme: Scheme, panel: dict[str, list[int]]) -> _Score:
    score = _weighted([(scheme.contents[key].weight, mean_of(points)) for key, points in panel.items()])
    short = sum(points < 100 for listed in panel.values() for points in listed)
    return score, f"有{short}个得分低于100分" if short else "", ()


def _supervision(scheme: Scheme, supervision: Supervision) -> _Score:
    audit = _weighted([(scheme.contents[each.key].weight, each.rate) for each in supervision.contents])
    rates = {"audit": audit, **{each.key: each.rate for each in supervision.components}}
    score = _weighted([(scheme.supervision[key].weight, rate) for key, rate in rates.items()])
    heads = (*supervision.contents, *supervision.components)
    findings = tuple(dict.fromkeys(name for each in heads for name in each.findings))
    short = "，".join(_short(each) for each in heads if each.counts[Status.BREACHED.value])
    return (score * 100 if score is not None else None), f"违反：{short}" if short else "", findings


def _inspection(duties: Duties) -> _Score:
    score = duties.rate * 100 if duties.rate is not None else None
    breached = duties.counts[Status.BREACHED.value]
    return score, f"检查核查不符合{breached}项" if breached else "", duties.findings


def _short(duties: Duties) -> str:
    return f"{duties.zh}{duties.counts[Status.BREACHED.value]}项"


def _weighted(parts: Sequence[tuple[Fraction, Fraction | None]]) -> Fraction | None:
    """The mean by weight of the parts that have data; a part without any is left out."""
    known = [(weight, value) for weight, value in parts if value is not None]
    total = sum((weight for weight, _ in known), Fraction(0))
    return sum((weight * value for weight, value in known), Fraction(0)) / total if total else None


def _matching(item: ByRules, audit: YearAudit) -> list[Finding]:
    """Breaches under the rules of an item: one failing is one finding, however many rules it breaks."""
    return [
        each
        for each in audit.findings
        if each.status is Status.BREACHED
        and any(covers(name, rule) for name in item.rules for rule in (each.rule, *each.also))
    ]


def _veto(item: ByRules, at_least: int, audit: YearAudit) -> Adjustment | None:
    found = _matching(item, audit)
    if len(found) < at_least:
        return None
    return Adjustment(item.zh, Fraction(0), f"有{len(found)}个问题", tuple(each.id for each in found))


def _deduction(item: ByRules, each: Fraction, at_most: Fraction, audit: YearAudit) -> Adjustment:
    found = _matching(item, audit)
    points = min(each * len(found), at_most)
    capped = f"，以{float(at_most):g}分为限" if each * len(found) > at_most else ""
    why = f"{len(found)}个问题×{float(each):g}分{capped}" if found else "没有发现问题"
    return Adjustment(item.zh, points, why, tuple(finding.id for finding in found))


def _bonus(item: BonusItem, audit: YearAudit) -> Adjustment:
    duties: list[Duty] = [each for each in audit.duties if any(covers(name, each.rule) for name in item.rules)]
    counted = duties_of("", item.zh, duties, audit.breaches())
    met, breached = counted.counts[Status.MET.value], counted.counts[Status.BREACHED.value]
    if breached:
        return Adjustment(item.zh, Fraction(0), f"有{breached}项没有做到，不加分", counted.findings)
    if met < item.at_least:
        return Adjustment(item.zh, Fraction(0), f"只有{met}项，不足{item.at_least}项，不加分")
    return Adjustment(item.zh, item.points, f"{met}项全部做到")
