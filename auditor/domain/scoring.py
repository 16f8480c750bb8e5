"""The composite score (综合得分): parts by weight, deductions, bonus, veto and grade; exact until the last rounding."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

_HUNDRED = Fraction(100)


@dataclass(frozen=True)
class Grade:
    """A grade (等次) and the points from which it is given, the points themselves included."""

    zh: str
    points: Fraction


@dataclass(frozen=True)
class Scale:
    """How the parts become one score.

    `full` points are given where every part has 100; `weights` add up to 100. A part without data is left
    out and the others are re-scaled to `full`, unless less than `least_weight` is left. Bonus points count
    only *above* `bonus_above`; deductions and bonus are capped. Grades run from the best to the lowest.
    """

    full: Fraction
    weights: Mapping[str, Fraction]
    grades: Sequence[Grade]
    least_weight: Fraction = Fraction(0)
    deductions_at_most: Fraction | None = None
    bonus_above: Fraction | None = None
    bonus_at_most: Fraction | None = None


@dataclass(frozen=True)
class Scored:
    """A composite score with every step of the way: `None` where too few parts have data."""

    factor: Fraction
    points: Mapping[str, Fraction]
    base: Fraction | None
    deducted: Fraction
    bonus: Fraction
    total: Fraction | None
    grade: str | None
    vetoed: bool = False


def scored(
    scale: Scale,
    scores: Mapping[str, Fraction | None],
    deductions: Fraction = Fraction(0),
    bonus: Fraction = Fraction(0),
    *,
    vetoed: bool = False,
) -> Scored:
    """The composite of `scores` (0 to 100 each, None where a part has no data)."""
    known = {part: score for part in scale.weights if (score := scores.get(part)) is not None}
    weight = sum((scale.weights[part] for part in known), Fraction(0))
    if not weight or weight < scale.least_weight:
        return Scored(Fraction(0), {}, None, Fraction(0), Fraction(0), None, None, vetoed)
    factor = _HUNDRED / weight
    points = {part: scale.full * scale.weights[part] * score / 10_000 * factor for part, score in known.items()}
    base = sum(points.values(), Fraction(0))
    deducted = _capped(deductions, scale.deductions_at_most)
    net = max(base - deducted, Fraction(0))
    may_have_bonus = scale.bonus_above is not None and net > scale.bonus_above
    added = _capped(bonus, scale.bonus_at_most) if may_have_bonus else Fraction(0)
    total = net + added
    grade = scale.grades[-1].zh if vetoed else graded(scale.grades, total)
    return Scored(factor, points, base, deducted, added, total, grade, vetoed)


def graded(grades: Sequence[Grade], points: Fraction) -> str:
    """The best grade whose points are reached; the lowest where none is."""
    return next((grade.zh for grade in grades if points >= grade.points), grades[-1].zh)


def rounded(value: Fraction | None, decimals: int = 2) -> Decimal | None:
    """The value as it is shown: rounded half up, once, from the exact value."""
    if value is None:
        return None
    step = Decimal(1).scaleb(-decimals)
    shifted = value * 10**decimals
    whole, rest = divmod(abs(shifted.numerator), shifted.denominator)
    whole += 2 * rest >= shifted.denominator
    sign = -1 if shifted < 0 else 1
    return (Decimal(sign * whole) * step).quantize(step, rounding=ROUND_HALF_UP)


def _capped(points: Fraction, at_most: Fraction | None) -> Fraction:
    return points if at_most is None else min(points, at_most)
