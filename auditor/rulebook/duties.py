"""The duties a rule may state beside a deadline and a reconciliation, each one concept of law."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from auditor.domain.period import Cadence
from auditor.rulebook.conditionfield import Condition
from auditor.rulebook.limits import FixedWithin
from auditor.rulebook.strict import Fields, Strict


class Interval(Strict):
    """At least so much time from one event (the earliest of several) to another."""

    from_: Annotated[Fields, Field(alias="from")]
    to: str
    at_least: FixedWithin


class Order(Strict):
    """Steps in sequence (程序): each recorded, none earlier than the one before it."""

    steps: tuple[str, ...]


class Counterpart(Strict):
    """A record in another log must exist, or must not. `by`: field of this log → field of the other.

    `within` is how long after the trigger it may still be missing.
    """

    log: str
    by: dict[str, str]
    where: Condition | None = None
    expect: Literal["exists", "none"] = "exists"
    within: FixedWithin | None = None

    @model_validator(mode="after")
    def _waits_for_something(self) -> Self:
        if self.within is not None and self.expect == "none":
            raise ValueError("不得有的记录没有期限|去掉 within")
        return self


class CadenceFromSetting(Strict):
    """How often, where the text does not say it: the setting does."""

    setting: str


class Frequency(Strict):
    """An act once in each period, or (coverage) a category of content published in each.

    `done` is the day of the act, `where` which records of the log are such acts. `period` is the
    field that holds the year of a record that tells of a whole year. `doubt` marks records that may
    be such an act under another name. `elements` are the parts that the acts of a period must cover
    together: the name of each, and how else offices write it. `satisfied_if` is another way to comply.
    The periods run from the log's first record, or from its first such act (`since`).
    """

    every: Cadence | CadenceFromSetting
    done: str
    period: str | None = None
    where: Condition | None = None
    doubt: Condition | None = None
    elements: Mapping[str, tuple[str, ...]] = {}
    elements_field: str = "elements"
    since: Literal["record", "act"] = "record"
    satisfied_if: Condition | None = None


class Charge(Strict):
    """What was charged must be what a tariff of `tariffs.yaml` says.

    `count` names for each method the field that holds the number charged for.
    """

    table: str
    amount: str
    method: str
    count: dict[str, str]


class Lookup(Strict):
    """A value taken from linked records and used like a field of this log; `otherwise` is this log's own field."""

    log: str
    by: dict[str, str]
    field: str
    where: Condition | None = None
    take: Literal["earliest", "latest"] = "earliest"
    otherwise: str | None = None
