"""Rows of the report on the yearly evaluation, and how its figures are written."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from auditor.domain.appraisal import Adjustment, Appraisal, Duties, ProcedureLine
from auditor.domain.finding import Finding
from auditor.domain.obligation import Status
from auditor.domain.scoring import rounded
from auditor.reporting.blocks import Cell, document_words
from auditor.reporting.official.phrases import fact_and_standard
from auditor.reporting.tally import percent

WORDS = "evaluation.yaml"


def lost_points(appraisal: Appraisal) -> list[tuple[Cell, ...]]:
    """Every finding behind points lost by the office, under each head where it counted."""
    supervision = appraisal.supervision
    heads: list[tuple[str, Duties]] = [(f"监督评议：{each.zh}", each) for each in supervision.contents]
    heads += [(f"监督评议：{each.zh}", each) for each in supervision.components]
    heads.append((supervision.inspection.zh, supervision.inspection))
    rows = [row for head, duties in heads for row in _cited(head, duties.findings, appraisal.findings)]
    composite = appraisal.composite
    adjusted: list[tuple[str, Sequence[Adjustment]]] = [
        ("单项否决", composite.vetoes),
        ("扣分", composite.deductions),
        ("未加分", composite.bonus),
    ]
    for kind, adjustments in adjusted:
        for each in adjustments:
            rows += _cited(f"{kind}：{each.zh}", each.findings, appraisal.findings)
    return rows


def _cited(head: str, names: Sequence[str], findings: Mapping[str, Finding]) -> Iterator[tuple[Cell, ...]]:
    """The findings one by one; of those that not everybody may read of, how many there are."""
    for name in names:
        if name not in findings:
            continue
        each = findings[name]
        records = "、".join(each.records[:3]) + (f"等{len(each.records)}条" if len(each.records) > 3 else "")
        yield (head, each.id, each.unit, each.rule, each.title, each.severity.zh, records)
    if hidden := sum(name not in findings for name in names):
        yield (head, "", "", "", document_words(WORDS).terms["confidential"].format(count=hidden), "", "")


def duties_row(each: Duties) -> tuple[Cell, ...]:
    """Obligations under one head, with the rate of those met."""
    met = each.counts[Status.MET.value]
    rate = f"{met}/{each.settled}（{percent(met, each.settled)}）" if each.settled else "—"
    return (each.zh, rate, *(each.counts[status.value] for status in Status), len(each.findings))


def procedure_row(each: ProcedureLine) -> tuple[Cell, ...]:
    """A rule of the procedure and what became of it, without the readings."""
    counted = "，".join(f"{status.zh}{each.counts[status.value]}" for status in Status if each.counts[status.value])
    outcome = "未核对" if each.not_assessed else counted or "本年度没有发生"
    return (
        each.rule,
        each.article,
        each.title,
        outcome,
        each.not_assessed or "\n".join("".join(fact_and_standard(text)) for text in each.says),
    )


def share(rate: Fraction | None, n: int) -> str:
    """A rate with its numerator and denominator; a dash of nothing."""
    if rate is None or not n:
        return "—"
    hits = int(rate * n)
    return f"{percent(hits, n)}（{hits}/{n}）"


def ratio(factor: Fraction) -> str:
    """A factor as it is written by hand."""
    return f"{factor.numerator}/{factor.denominator}"


def two_places(value: float | None) -> Decimal | None:
    """A measure of spread with two decimals."""
    return None if value is None else rounded(Fraction(value), 2)


def shown_day(day: date | None) -> str:
    """A day, or nothing."""
    return day.isoformat() if day else ""
