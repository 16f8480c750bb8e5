"""The office's scheme of the yearly evaluation (评分办法): what `evaluation.yaml` may say."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from auditor.domain.scoring import Grade, Scale
from auditor.rulebook.located import Place
from auditor.rulebook.strict import Strict

CONTENTS = ("e1", "e2", "e3", "e4", "e5")
PARTS = ("questionnaire", "panel", "supervision", "inspection")
COMPONENTS = ("audit", "complaints", "rectification")
ANSWERS = ("满意", "基本满意", "不满意")
UNAWARE = "不了解"


def _exact(raw: Any) -> Any:
    """A number as written: 0.1 is a tenth, not the nearest binary fraction."""
    return Fraction(str(raw)) if isinstance(raw, int | float) and not isinstance(raw, bool) else raw


Points = Annotated[Fraction, BeforeValidator(_exact), Field(ge=0), WithJsonSchema({"type": "number", "minimum": 0})]


def sum_to_hundred(parts: Any) -> Any:
    """Weights of 100 in all; anything else stops the loading."""
    total = sum((part if isinstance(part, Fraction) else part.weight for part in parts.values()), Fraction(0))
    if total != 100:
        shown = "+".join(f"{float(p if isinstance(p, Fraction) else p.weight):g}" for p in parts.values())
        raise ValueError(f"权重之和应为100，现为{float(total):g}（{shown}）|调整权重，使其之和为100")
    return parts


def _exactly(names: Sequence[str]) -> Any:
    def check(parts: Any) -> Any:
        if set(parts) != set(names):
            raise ValueError(f"应恰好有{'、'.join(names)}，现为{'、'.join(map(str, parts))}|补齐缺少的，删去多余的")
        return parts

    return AfterValidator(check)


class Weighted(Strict):
    """A part and its weight of 100."""

    zh: str
    weight: Points


class ByRules(Strict):
    """Something measured by obligations of rules: `GID-4` stands for `GID-4-1`, `GID-4.2-1` and so on."""

    zh: str
    rules: Annotated[tuple[str, ...], Field(min_length=1)]


class Content(ByRules):
    """One of the five contents of evaluation (评议内容) with the rules whose fulfilment speaks of it."""

    weight: Points
    question: str


class Component(Weighted):
    """A component of the supervision part; without `rules` it is the audit by contents."""

    rules: tuple[str, ...] = ()


class Veto(ByRules):
    """A single failing that decides the grade alone (单项否决)."""

    at_least: Annotated[int, Field(ge=1)] = 1


class Deduction(ByRules):
    """Points off for each finding, up to a cap."""

    each: Points
    at_most: Points


class BonusItem(ByRules):
    """Points for obligations all met, where there were at least so many."""

    points: Points
    at_least: Annotated[int, Field(ge=1)] = 1


class Deductions(Strict):
    """All deductions with their common cap."""

    at_most: Points
    items: tuple[Deduction, ...]


class Bonus(Strict):
    """All bonus items: they count only above so many points."""

    above: Points
    at_most: Points
    items: tuple[BonusItem, ...] = ()


class GradeLine(Strict):
    """A grade and the points from which it is given."""

    zh: str
    points: Points


def _falling(grades: tuple[GradeLine, ...]) -> tuple[GradeLine, ...]:
    if not grades or grades[-1].points != 0 or any(low.points >= high.points for high, low in pairwise(grades)):
        raise ValueError("等次应从高到低，最后一等从0分起|按分数从高到低排列，最后一等写 points: 0")
    return grades


Grades = Annotated[tuple[GradeLine, ...], AfterValidator(_falling)]


class Precautions(Strict):
    """When figures are withheld, not ranked, called chance, or shown as outliers, and opinions withheld.

    An opinion with one of the `confidential_words` accuses somebody or asks for silence.
    """

    suppress_below: Annotated[int, Field(ge=2)]
    rank_from: Annotated[int, Field(ge=2)]
    confidence: Annotated[float, Field(ge=0.5, le=0.999)]
    outlier_fence: Annotated[float, Field(ge=0)]
    decimals: Annotated[int, Field(ge=0, le=6)]
    confidential_words: tuple[str, ...] = ()


class Procedure(Strict):
    """The rules on the evaluation itself, and those that set the clock of an opinion, by name as elsewhere."""

    rules: tuple[str, ...]
    opinions: tuple[str, ...]


class Scheme(Strict):
    """The scheme that the office applies."""

    zh: str
    notice: str
    full: Points
    groups: Annotated[tuple[str, ...], Field(min_length=1)]
    answers: Annotated[Mapping[str, Points], _exactly(ANSWERS)]
    contents: Annotated[Mapping[str, Content], _exactly(CONTENTS), AfterValidator(sum_to_hundred)]
    parts: Annotated[Mapping[str, Weighted], _exactly(PARTS), AfterValidator(sum_to_hundred)]
    supervision: Annotated[Mapping[str, Component], _exactly(COMPONENTS), AfterValidator(sum_to_hundred)]
    least_weight: Points
    procedure: Procedure
    vetoes: tuple[Veto, ...] = ()
    deductions: Deductions
    bonus: Bonus
    grades: Grades
    precautions: Precautions

    @model_validator(mode="after")
    def _answers_within_a_hundred(self) -> "Scheme":
        if any(points > 100 for points in self.answers.values()):
            raise ValueError("一种回答最多折算100分|改正 answers")
        return self

    @property
    def scale(self) -> Scale:
        """The scheme as the domain counts with it."""
        return Scale(
            self.full,
            {name: part.weight for name, part in self.parts.items()},
            grades_of(self.grades),
            self.least_weight,
            self.deductions.at_most,
            self.bonus.above,
            self.bonus.at_most,
        )

    def named_rules(self) -> Iterator[tuple[Place, str]]:
        """Every place that names rules, with the name."""
        groups: list[tuple[Place, Sequence[str]]] = [(("contents", k), c.rules) for k, c in self.contents.items()]
        groups += [(("supervision", key), each.rules) for key, each in self.supervision.items()]
        for number, rule in enumerate(self.procedure.opinions):
            yield ("procedure", "opinions", number), rule
        groups += [(("procedure",), self.procedure.rules)]
        groups += [(("vetoes", n), each.rules) for n, each in enumerate(self.vetoes)]
        groups += [(("deductions", "items", n), each.rules) for n, each in enumerate(self.deductions.items)]
        groups += [(("bonus", "items", n), each.rules) for n, each in enumerate(self.bonus.items)]
        for place, rules in groups:
            for number, rule in enumerate(rules):
                yield (*place, "rules", number), rule


def covers(name: str, rule: str) -> bool:
    """Whether the name of a rule, an article or a regulation takes in a rule."""
    return rule == name or (rule.startswith(name) and rule[len(name)] in "-.")


def claimed(rule: str, names: Mapping[str, Sequence[str]]) -> str | None:
    """The key under which a rule counts: that of the longest name which takes it in."""
    found = [(len(name), key) for key, listed in names.items() for name in listed if covers(name, rule)]
    return max(found)[1] if found else None


def grades_of(lines: Sequence[GradeLine]) -> tuple[Grade, ...]:
    """The grades as the domain counts with them."""
    return tuple(Grade(line.zh, line.points) for line in lines)
