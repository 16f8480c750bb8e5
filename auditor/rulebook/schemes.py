"""The office's scheme of the yearly evaluation (评分办法) of `evaluation.yaml`, loaded strictly like the rules."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from auditor.domain.scoring import Grade, Scale, scored
from auditor.errors import Fault, RulebookError
from auditor.rulebook.located import Located, Place, build, nearest, read_located
from auditor.rulebook.strict import Strict
from auditor.shipped import shipped

SCHEME = "evaluation.yaml"
CONTENTS = ("e1", "e2", "e3", "e4", "e5")
PARTS = ("questionnaire", "panel", "supervision", "inspection")
COMPONENTS = ("audit", "complaints", "rectification")
ANSWERS = ("满意", "基本满意", "不满意")
UNAWARE = "不了解"


def _exact(raw: Any) -> Any:
    """A number as written: 0.1 is a tenth, not the nearest binary fraction."""
    return Fraction(str(raw)) if isinstance(raw, int | float) and not isinstance(raw, bool) else raw


Points = Annotated[Fraction, BeforeValidator(_exact), Field(ge=0), WithJsonSchema({"type": "number", "minimum": 0})]


def _hundred(parts: Any) -> Any:
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
    """When figures are withheld, not ranked, called chance, or shown as outliers."""

    suppress_below: Annotated[int, Field(ge=2)]
    rank_from: Annotated[int, Field(ge=2)]
    confidence: Annotated[float, Field(ge=0.5, le=0.999)]
    outlier_fence: Annotated[float, Field(ge=0)]
    decimals: Annotated[int, Field(ge=0, le=6)]


class Scheme(Strict):
    """The scheme that the office applies."""

    zh: str
    notice: str
    full: Points
    groups: Annotated[tuple[str, ...], Field(min_length=1)]
    answers: Annotated[Mapping[str, Points], _exactly(ANSWERS)]
    contents: Annotated[Mapping[str, Content], _exactly(CONTENTS), AfterValidator(_hundred)]
    parts: Annotated[Mapping[str, Weighted], _exactly(PARTS), AfterValidator(_hundred)]
    supervision: Annotated[Mapping[str, Component], _exactly(COMPONENTS), AfterValidator(_hundred)]
    least_weight: Points
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
            _grades(self.grades),
            self.least_weight,
            self.deductions.at_most,
            self.bonus.above,
            self.bonus.at_most,
        )

    def named_rules(self) -> Iterator[tuple[Place, str]]:
        """Every place that names rules, with the name."""
        groups: list[tuple[Place, Sequence[str]]] = [(("contents", k), c.rules) for k, c in self.contents.items()]
        groups += [(("supervision", key), each.rules) for key, each in self.supervision.items()]
        groups += [(("vetoes", n), each.rules) for n, each in enumerate(self.vetoes)]
        groups += [(("deductions", "items", n), each.rules) for n, each in enumerate(self.deductions.items)]
        groups += [(("bonus", "items", n), each.rules) for n, each in enumerate(self.bonus.items)]
        for place, rules in groups:
            for number, rule in enumerate(rules):
                yield (*place, "rules", number), rule


class CaseBonus(Strict):
    """The bonus of a case."""

    above: Points
    at_most: Points


class Expected(Strict):
    """What a case must come to, as the report would print it."""

    base: Points | None = None
    composite: Points | None = None
    grade: str | None = None


class SchemeCase(Strict):
    """A scheme worked by hand, with scores and what they come to."""

    zh: str
    full: Points = Fraction(100)
    weights: Annotated[Mapping[str, Points], AfterValidator(_hundred)]
    least_weight: Points = Fraction(0)
    deductions_at_most: Points | None = None
    bonus: CaseBonus | None = None
    grades: Grades
    scores: Mapping[str, Points | None]
    deducted: Points = Fraction(0)
    extra: Points = Fraction(0)
    vetoed: bool = False
    expect: Expected

    @model_validator(mode="after")
    def _scores_of_all_parts(self) -> "SchemeCase":
        if set(self.scores) != set(self.weights):
            raise ValueError("scores 与 weights 的各项不一致|每一部分写一个得分，没有数据的留空")
        return self

    @property
    def scale(self) -> Scale:
        """The case's scheme as the domain counts with it."""
        above, at_most = (self.bonus.above, self.bonus.at_most) if self.bonus else (None, None)
        return Scale(
            self.full,
            self.weights,
            _grades(self.grades),
            self.least_weight,
            self.deductions_at_most,
            above,
            at_most,
        )


class SchemeFile(Strict):
    """`evaluation.yaml`."""

    scheme: Scheme
    cases: tuple[SchemeCase, ...] = ()


@dataclass(frozen=True)
class PlacedScheme:
    """The scheme, its cases, and the file they stand in."""

    scheme: Scheme
    cases: tuple[SchemeCase, ...]
    located: Located

    def checked(self, rules: Sequence[str]) -> "PlacedScheme":
        """The scheme held against the rulebook: every rule that it names must be there."""
        faults = []
        owner: dict[str, Place] = {}
        for place, name in self.scheme.named_rules():
            line = self.located.line(("scheme", *place))
            if not any(covers(name, rule) for rule in rules):
                faults.append(Fault(self.located.file, line, f"没有规则“{name}”", nearest(name, list(rules))))
            if place[0] in ("contents", "supervision") and owner.setdefault(name, place) != place:
                faults.append(Fault(self.located.file, line, f"规则“{name}”在评分中写了两次", "一条规则只算一次"))
        if faults:
            raise RulebookError(faults)
        return self


def load_scheme(extra: Sequence[Path] = ()) -> PlacedScheme:
    """The scheme of the last folder that has one, else the shipped one. Raises `RulebookError`."""
    path = next((each for folder in reversed(extra) if (each := folder / SCHEME).is_file()), shipped("rules") / SCHEME)
    located = read_located(path, f"rules/{SCHEME}" if path.parent == shipped("rules") else None)
    file = build(SchemeFile, located)
    return PlacedScheme(file.scheme, file.cases, located)


def failed_cases(placed: PlacedScheme) -> list[str]:
    """The cases that do not come to what they say, each with its line and what it came to."""
    failures = []
    for number, case in enumerate(placed.cases):
        result = scored(case.scale, case.scores, case.deducted, case.extra, vetoed=case.vetoed)
        found = {"base": result.base, "composite": result.total, "grade": result.grade}
        wrong = {key: value for key, value in found.items() if value != getattr(case.expect, key)}
        if wrong:
            came = "，".join(f"{key} 应为{_shown(getattr(case.expect, key))}，得{_shown(wrong[key])}" for key in wrong)
            line = placed.located.line(("cases", number, "zh"))
            failures.append(f"{placed.located.file} 第{line}行：{case.zh}：{came}")
    return failures


def _shown(value: Fraction | str | None) -> str:
    return "空" if value is None else f"{float(value):g}" if isinstance(value, Fraction) else value


def covers(name: str, rule: str) -> bool:
    """Whether the name of a rule, an article or a regulation takes in a rule."""
    return rule == name or (rule.startswith(name) and rule[len(name)] in "-.")


def claimed(rule: str, names: Mapping[str, Sequence[str]]) -> str | None:
    """The key under which a rule counts: that of the longest name which takes it in."""
    found = [(len(name), key) for key, listed in names.items() for name in listed if covers(name, rule)]
    return max(found)[1] if found else None


def _grades(lines: Sequence[GradeLine]) -> tuple[Grade, ...]:
    return tuple(Grade(line.zh, line.points) for line in lines)
