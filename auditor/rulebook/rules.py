"""Rule (规则): one requirement of one clause, with its duty, its law and its own cases."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from auditor.domain.obligation import Severity
from auditor.rulebook.conditionfield import Condition
from auditor.rulebook.deadlineduty import Deadline
from auditor.rulebook.duties import Charge, Counterpart, Frequency, Interval, Lookup, Order
from auditor.rulebook.reconciliationduty import Reconciliation
from auditor.rulebook.strict import Fields, Strict

DUTIES = (
    "deadline",
    "content",
    "prohibition",
    "interval",
    "order",
    "counterpart",
    "frequency",
    "tariff",
    "reconciliation",
    "attestation",
    "not_auditable",
)
DUTY_ZH = {
    "deadline": "期限",
    "content": "内容",
    "prohibition": "禁止",
    "interval": "间隔",
    "order": "程序",
    "counterpart": "对应记录",
    "frequency": "频次",
    "tariff": "收费标准",
    "reconciliation": "勾稽",
    "attestation": "人工核查",
    "not_auditable": "不可审计",
}


class DayFromSetting(Strict):
    """A day on which opinions differ: the setting says it."""

    setting: str


class Renumbering(Strict):
    """Other article numbers for citing, where a reading calls for them: each article as printed → as cited."""

    setting: str
    is_: Annotated[str, Field(alias="is")]
    articles: Mapping[str, str]

    def cited(self, clause: str) -> str:
        """The clause with its article renumbered."""
        for printed, number in self.articles.items():
            if clause.startswith(printed):
                return number + clause.removeprefix(printed)
        return clause


class Regulation(Strict):
    """The instrument (制度) that the rules of a file encode."""

    code: str
    name: str
    document: str = ""
    in_force_from: date | DayFromSetting
    renumbered: Renumbering | None = None

    @property
    def settings(self) -> list[tuple[str, str]]:
        """The settings that the regulation itself rests on, each with the key that names it."""
        start = (
            [("in_force_from", self.in_force_from.setting)] if isinstance(self.in_force_from, DayFromSetting) else []
        )
        return [*start, *([("renumbered", self.renumbered.setting)] if self.renumbered else [])]


class SeverityIf(Strict):
    """Another severity where a condition holds; the first that holds wins."""

    if_: Annotated[Condition, Field(alias="if")]
    severity: Severity


class Advice(Strict):
    """Something to know about an obligation that was met (提示)."""

    if_: Annotated[Condition, Field(alias="if")]
    say: str


def _written(value: Any) -> Any:
    return value if value is None else str(value)


class Case(Strict):
    """A small record and the verdict that the rule must give: a key left out is a column that the export lacks.

    `period` is the period that a case of a recurring duty is about, where it is not the one of `given`.
    """

    given: Mapping[str, Any]
    with_: Annotated[Mapping[str, tuple[Mapping[str, Any], ...]], Field(alias="with")] = {}
    settings: Mapping[str, Any] = {}
    as_of: date = date(2026, 6, 30)
    period: Annotated[str | None, BeforeValidator(_written)] = None  # YAML reads 2025 as a number
    expect: Literal["met", "breached", "pending", "excused", "unverifiable", "manual", "none"]
    late: int | None = None
    due_on: date | None = None
    severity: Severity | None = None
    missing: tuple[str, ...] | None = None
    says: str | None = None
    because: str = ""


class Rule(Strict):
    """One rule. `trigger` is the event that calls for the duty; for a deadline it is `deadline.from`.

    `superior` is the rule of higher rank on the same matter, against which the limit is held.
    """

    id: str
    clause: str
    title: str
    severity: Severity
    log: str | None = None
    trigger: Fields | None = None
    lookup: Mapping[str, Lookup] = {}
    when: Condition | None = None
    deadline: Deadline | None = None
    content: Condition | None = None
    prohibition: Condition | None = None
    interval: Interval | None = None
    order: Order | None = None
    counterpart: Counterpart | None = None
    frequency: Frequency | None = None
    tariff: Charge | None = None
    reconciliation: Reconciliation | None = None
    attestation: str | None = None
    not_auditable: str | None = None
    excused_if: Condition | None = None
    severity_if: tuple[SeverityIf, ...] = ()
    advise: tuple[Advice, ...] = ()
    fault: str = ""
    attest: str = ""
    liable: str = ""
    remedy: str = ""
    settings: tuple[str, ...] = ()
    superior: str | None = None
    in_force_from: date | None = None
    in_force_until: date | None = None
    cases: tuple[Case, ...] = ()

    @model_validator(mode="after")
    def _one_duty(self) -> "Rule":
        given = [name for name in DUTIES if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"规则须且只须写一种义务，现有：{'、'.join(given) or '无'}|可写：{'、'.join(DUTIES)}")
        if self.duty not in ("not_auditable", "attestation") and self.log is None:
            raise ValueError("规则没有写所看的台账 log|补上 rules/logs.yaml 中的台账名")
        needs_trigger = ("content", "prohibition", "interval", "order", "counterpart", "tariff")
        if self.duty in needs_trigger and self.trigger is None:
            raise ValueError("规则没有写触发事件 trigger|写出从哪个日期字段起有此义务")
        return self

    @property
    def duty(self) -> str:
        """The name of the one duty that the rule states."""
        return next(name for name in DUTIES if getattr(self, name) is not None)


class RuleFile(Strict):
    """One file: the regulation and its rules in the order of the text."""

    regulation: Regulation
    rules: tuple[Rule, ...]
