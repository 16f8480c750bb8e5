"""The yearly evaluation for other programs: `evaluation.json`."""

import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from auditor.domain.appraisal import Adjustment, Answers, Appraisal, Composite, Duties, Part, SetAside, Slice
from auditor.domain.scoring import rounded
from auditor.reporting.evaluation_rows import lost_points


def evaluation_json(appraisal: Appraisal) -> str:
    """Rates and means in full precision, points rounded as the report shows them."""
    return json.dumps(_content(appraisal), ensure_ascii=False, indent=1) + "\n"


def _content(appraisal: Appraisal) -> dict[str, Any]:
    forms, panel, scored = appraisal.questionnaires, appraisal.panel, appraisal.composite.scored
    return {
        "year": appraisal.year,
        "as_of": appraisal.as_of.isoformat(),
        "questionnaires": {"returned": forms.returned, "valid": forms.valid, "set_aside": len(forms.set_aside)},
        "contents": {each.content: _answers(each) for each in forms.contents},
        "panel": {each.content: {"n": each.n, "mean": _float(each.mean)} for each in panel.contents},
        "composite": _points(scored.total, appraisal.decimals),
        "grade": scored.grade,
        "set_aside": [_aside(each) for each in (*forms.set_aside, *panel.set_aside)],
        "intervals": {each.content: _compared(each) for each in forms.contents},
        "groups": [_slice(each) for each in forms.groups],
        "units": [_slice(each) for each in forms.units],
        "panel_spread": {
            each.content: {
                "deviation": each.deviation,
                "low": each.low,
                "first_quartile": each.first_quartile,
                "median": each.median,
                "third_quartile": each.third_quartile,
                "high": each.high,
                "outliers": [vars(outlier) for outlier in each.outliers],
            }
            for each in panel.contents
        },
        "supervision": {
            each.key: _duties(each)
            for each in (
                *appraisal.supervision.contents,
                *appraisal.supervision.components,
                appraisal.supervision.inspection,
            )
        },
        "complaints": dict(appraisal.supervision.complaints),
        "composite_detail": _composite(appraisal.composite, appraisal.decimals),
        "unit_composites": [{"unit": each.unit, **_composite(each, appraisal.decimals)} for each in appraisal.units],
        "procedure": [
            {"rule": each.rule, "counts": dict(each.counts), "not_assessed": each.not_assessed}
            for each in appraisal.procedure
        ],
        "suggestions": [{key: _plain(value) for key, value in vars(each).items()} for each in appraisal.suggestions],
        "opinions": [vars(each) for each in appraisal.opinions],
        "lost": [
            {"where": row[0], "finding": row[1], "unit": row[2], "rule": row[3]}
            for row in lost_points(appraisal)
            if row[1]
        ],
        "scheme": dict(appraisal.scheme),
        "cautions": list(appraisal.cautions),
        "inputs": dict(sorted(appraisal.inputs.items())),
        "version": appraisal.version,
    }


def _answers(each: Answers) -> dict[str, Any]:
    return {**each.counts, "n": each.n, "rate": _float(each.rate)}


def _compared(each: Answers) -> dict[str, Any]:
    found: dict[str, Any] = {"low": each.low, "high": each.high, "unanswered": each.unanswered, "change": None}
    if each.change:
        found["change"] = {
            "last_rate": _float(each.change.last_rate),
            "last_n": each.change.last_n,
            "difference": each.change.difference,
            "low": each.change.low,
            "high": each.change.high,
            "more_than_chance": each.change.more_than_chance,
        }
    return found


def _slice(each: Slice) -> dict[str, Any]:
    return {
        "names": list(each.names),
        "forms": each.forms,
        "withheld": each.is_withheld,
        "contents": {answers.content: _answers(answers) for answers in each.answers},
        "n": None if each.is_withheld else each.n,
        "rate": _float(each.rate),
        "rank": each.rank,
    }


def _duties(each: Duties) -> dict[str, Any]:
    return {"zh": each.zh, **each.counts, "rate": _float(each.rate), "findings": list(each.findings)}


def _composite(each: Composite, decimals: int) -> dict[str, Any]:
    return {
        "base": _points(each.scored.base, decimals),
        "factor": _float(each.scored.factor),
        "deducted": _points(each.scored.deducted, decimals),
        "bonus": _points(each.scored.bonus, decimals),
        "composite": _points(each.scored.total, decimals),
        "grade": each.scored.grade,
        "vetoed": each.scored.vetoed,
        "parts": {part.key: _part(part, decimals) for part in each.parts},
        "deductions": [_adjustment(one, decimals) for one in each.deductions],
        "bonus_items": [_adjustment(one, decimals) for one in each.bonus],
        "vetoes": [_adjustment(one, decimals) for one in each.vetoes],
    }


def _part(part: Part, decimals: int) -> dict[str, Any]:
    return {
        "weight": float(part.weight),
        "score": _points(part.score, decimals),
        "points": _points(part.points, decimals),
        "lost": _points(part.lost, decimals),
        "why": part.why,
        "findings": list(part.findings),
    }


def _adjustment(each: Adjustment, decimals: int) -> dict[str, Any]:
    return {"zh": each.zh, "points": _points(each.points, decimals), "why": each.why, "findings": list(each.findings)}


def _aside(each: SetAside) -> Mapping[str, Any]:
    return dict(vars(each))


def _points(value: Fraction | None, decimals: int) -> float | None:
    shown = rounded(value, decimals)
    return None if shown is None else float(shown)


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _plain(value: object) -> Any:
    return value if value is None or isinstance(value, bool | int | str | Decimal) else str(value)
