"""Coverage (条款覆盖): every requirement of the text, and which rule holds the office to it, and how."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from auditor.rulebook.rules import Rule
from auditor.rulebook.strict import Strict


class How(StrEnum):
    """In what way a requirement is audited."""

    EVALUATED = "evaluated"
    EVALUATED_AND_ATTESTED = "evaluated_and_attested"
    ATTESTED = "attested"
    NOT_AUDITABLE = "not_auditable"

    @property
    def zh(self) -> str:
        """As the office says it."""
        return _HOW_ZH[self]


_HOW_ZH = {
    How.EVALUATED: "依台账判定",
    How.EVALUATED_AND_ATTESTED: "依台账判定并人工核查",
    How.ATTESTED: "人工核查",
    How.NOT_AUDITABLE: "不可审计",
}


class RequirementFile(Strict):
    """`requirements.yaml`: every requirement in the order of the text, and how it can be audited."""

    requirements: Mapping[str, How]


@dataclass(frozen=True)
class Covered:
    """One requirement: how it is audited and by which rules; nothing where no rule answers for it."""

    requirement: str
    possible: How
    how: How | None
    rules: tuple[str, ...]

    @property
    def is_attested_instead(self) -> bool:
        """Whether an inspector answers what the inventory thought a log could tell."""
        return self.how is How.ATTESTED and self.possible in (How.EVALUATED, How.EVALUATED_AND_ATTESTED)


def how_audited(rule: Rule) -> How:
    """In what way a rule is audited."""
    if rule.not_auditable is not None:
        return How.NOT_AUDITABLE
    if rule.attestation is not None:
        return How.ATTESTED
    return How.EVALUATED_AND_ATTESTED if rule.attest else How.EVALUATED


def coverage(requirements: Mapping[str, How], rules: Mapping[str, Rule]) -> list[Covered]:
    """Every requirement with the rule that bears its number."""
    covered = []
    for requirement, possible in requirements.items():
        rule = rules.get(requirement)
        how = how_audited(rule) if rule else None
        covered.append(Covered(requirement, possible, how, (rule.id,) if rule else ()))
    return covered
