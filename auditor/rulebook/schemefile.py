"""`evaluation.yaml` loaded as strictly as the rules: the scheme, and schemes worked by hand as its cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, model_validator

from auditor.domain.scoring import Scale, scored
from auditor.errors import Fault, RulebookError
from auditor.rulebook.located import Located, Place, build, nearest, read_located
from auditor.rulebook.schemes import Grades, Points, Scheme, covers, grades_of, sum_to_hundred
from auditor.rulebook.sources import check_folders
from auditor.rulebook.strict import Strict
from auditor.shipped import shipped

SCHEME = "evaluation.yaml"


class CaseBonus(Strict):
    """The bonus of a case."""

    above: Points
    at_most: Points


class Expected(Strict):
    """What a case must come to, exactly; what is left out cannot be told."""

    base: Points | None = None
    composite: Points | None = None
    grade: str | None = None


class SchemeCase(Strict):
    """A scheme worked by hand, with scores and what they come to."""

    zh: str
    full: Points = Fraction(100)
    weights: Annotated[Mapping[str, Points], AfterValidator(sum_to_hundred)]
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
            grades_of(self.grades),
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
    check_folders(extra)
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
