"""The duties a rule may state, each one concept of law."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema, model_validator

from auditor.domain.limit import Limit, parse_limit
from auditor.domain.obligation import DayType, Severity
from auditor.domain.period import Cadence
from auditor.rulebook.conditionfield import Condition
from auditor.rulebook.conditions import SettingTest, fault, parse_condition


class Strict(BaseModel):
    """Frozen, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class LimitFromSetting(Strict):
    """A limit that the text does not give, or leaves open: the setting says it."""

    setting: str
    unit: Literal["working days", "calendar days", "months", "hours"] | None = None


class LimitFromField(Strict):
    """A limit recorded for the single case, e.g. 15 or 30 days of a hard case; others than `among` do not count."""

    field: str
    unit: Literal["working days", "calendar days"]
    otherwise: "Within"
    among: tuple[int, ...] = ()

    def accepted(self, given: int | None) -> int | None:
        """The number recorded for a case, if the rule knows it."""
        return given if not self.among or given in self.among else None


def _within(raw: Any) -> Limit | LimitFromSetting | LimitFromField:
    if isinstance(raw, Limit | LimitFromSetting | LimitFromField):
        return raw
    if isinstance(raw, dict):
        return LimitFromField.model_validate(raw) if "field" in raw else LimitFromSetting.model_validate(raw)
    try:
        return parse_limit(raw)
    except ValueError as error:
        problem, _, mend = str(error).partition("|")
        raise fault((), problem, mend) from None


_WITHIN_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {
            "type": "string",
            "pattern": r"^(same day|\d+ ?(working days?|calendar days?|days?|months?|hours?|wd|d|m|h))$",
        },
        {"type": "object"},
    ]
}
Within = Annotated[Limit | LimitFromSetting | LimitFromField, PlainValidator(_within), WithJsonSchema(_WITHIN_SCHEMA)]
LimitFromField.model_rebuild()


def _names(raw: Any) -> tuple[str, ...]:
    names = (raw,) if isinstance(raw, str) else raw
    if not isinstance(names, list | tuple) or not names or not all(isinstance(name, str) for name in names):
        raise fault((), f"这里应为字段名，现为“{raw}”", "写一个字段名，或字段名的列表")
    return tuple(names)


Fields = Annotated[
    tuple[str, ...],
    PlainValidator(_names),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}),
]


def _reading(raw: Any) -> SettingTest:
    node = raw if isinstance(raw, SettingTest) else parse_condition(raw)
    if not isinstance(node, SettingTest):
        raise fault((), "这里只能写一项设置的取值", "写成 {setting: 键, is: 值}")
    return node


Reading = Annotated[SettingTest, PlainValidator(_reading), WithJsonSchema({"type": "object", "required": ["setting"]})]


class StartIf(Strict):
    """Another event that starts the clock where a condition holds; unknown leaves the one before it."""

    if_: Annotated[Condition, Field(alias="if")]
    from_: Annotated[Fields, Field(alias="from")]


class WithinIf(Strict):
    """Another limit where a condition holds; unknown leaves the rule's own."""

    if_: Annotated[Condition, Field(alias="if")]
    within: Annotated[Limit | LimitFromSetting, PlainValidator(_within), WithJsonSchema(_WITHIN_SCHEMA)]


class OrWithin(Strict):
    """Another clock that runs beside: the act is not due before it, too, has run out."""

    from_: Annotated[Fields, Field(alias="from")]
    within: Annotated[Limit | LimitFromSetting, PlainValidator(_within), WithJsonSchema(_WITHIN_SCHEMA)]


class StandIn(Strict):
    """Another act that complies if it falls in time; `within` a shorter time of its own, where one is configured."""

    act: Fields
    within: Within | None = None
    if_: Annotated[Reading | None, Field(alias="if")] = None


StandsIn = Annotated[
    StandIn,
    BeforeValidator(lambda raw: raw if isinstance(raw, StandIn | dict) else {"act": raw}),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}, {"type": "object"}]}),
]


class RecordedLimit(Strict):
    """A limit of another source recorded for the case: it binds where it is `shorter`, or `instead` of the rule's."""

    field: str
    unit: Literal["working days", "calendar days"]
    take: Literal["shorter", "instead"]
    if_: Annotated[Reading | None, Field(alias="if")] = None


class Unsure(Strict):
    """An act in time proves nothing where `if` holds, and the verdict is unverifiable.

    With `act` and `beyond` only where that act, and the one of the rule, came later than this limit.
    """

    if_: Annotated[Condition, Field(alias="if")]
    say: str
    act: str | None = None
    beyond: Within | None = None

    @model_validator(mode="after")
    def _both_or_neither(self) -> "Unsure":
        if (self.act is None) != (self.beyond is None):
            raise ValueError("act 与 beyond 要一起写|补上另一个，或者都删去")
        return self


class LeftOut(Strict):
    """Letters that stop nothing: those whose `field` has one of these values."""

    field: str
    values: tuple[str, ...]
    if_: Annotated[Reading | None, Field(alias="if")] = None


class Restart(Strict):
    """A correction (补正): the clock stands once `notice` is given and starts anew on `received`.

    By `effect` it may also go on where it stood (`suspend`), or never have stood (`none`).
    """

    notice: str
    received: str
    effect: LimitFromSetting | Literal["restart", "suspend", "none"] = "restart"


class Tolling(Strict):
    """Letters in another log that stop the clock (征求意见期间不计).

    The cap holds for an `unanswered` letter, or `always`.
    """

    log: str
    by: str
    sent: str
    answered: str
    unanswered_cap: Annotated[int, Field(ge=0)] = 15
    capped: LimitFromSetting | Literal["unanswered", "always"] = "unanswered"
    leaves_out: LeftOut | None = None


class Extend(Strict):
    """An extension (延期) and what it needs to count; `always` measures what it allows at most."""

    approved: str
    notified: str
    days: str
    at_most: Annotated[int, Field(ge=0)] = 20
    late_notice: LimitFromSetting | Literal["void", "counts"] = "void"
    always: bool = False


class Doubt(Strict):
    """Between the shortest limit and this one the verdict hangs on a field that is not recorded."""

    until: Within
    missing: Fields
    if_: Annotated[Reading | None, Field(alias="if")] = None


class FixedDay(Strict):
    """A date of the calendar, e.g. 31 January of the year after the one recorded. It does not roll."""

    month: Annotated[int, Field(ge=1, le=12)]
    day: Annotated[int, Field(ge=1, le=31)]
    year: str
    years_later: int = 0
    rest_day_severity: Literal["critical", "major", "minor", "info"] | None = None


class Deadline(Strict):
    """From an event to an event within a limit, with restart, tolling and extension.

    `recurring`: the act is due again within the same limit of the last time it was done.
    """

    from_: Annotated[Fields | None, Field(alias="from")] = None
    from_if: tuple[StartIf, ...] = ()
    to: Fields
    every: bool = False
    recurring: bool = False
    within: Within | None = None
    until: str | None = None
    fixed_day: FixedDay | None = None
    restart: Restart | None = None
    tolling: Tolling | None = None
    extension: Extend | None = None
    doubt: Doubt | None = None
    stands_in: StandsIn | None = None
    within_if: tuple[WithinIf, ...] = ()
    or_within: OrWithin | None = None
    recorded_limit: tuple[RecordedLimit, ...] = ()
    unsure: tuple[Unsure, ...] = ()
    satisfied_if: Condition | None = None
    breached_if: Condition | None = None
    early: Literal["contradiction", "met", "not_done"] = "contradiction"
    advise_beyond: Within | None = None
    advise_from: Fields | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> "Deadline":
        given = [name for name in ("within", "until", "fixed_day") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("期限须且只须写 within、until、fixed_day 之一|删去多余的，或补上一个")
        if isinstance(self.advise_beyond, LimitFromField):
            raise ValueError("advise_beyond 不能取自字段|写成期限，如 15 working days")
        if self.advise_from is not None and not isinstance(self.within, Limit | LimitFromSetting):
            raise ValueError("advise_from 须与 within 并用|写明期限，如 within: 10 working days")
        stopped = self.restart or self.tolling or self.extension
        if stopped and isinstance(self.within, Limit) and self.within.day_type is not DayType.WORKING:
            raise ValueError(
                "补正、征求意见、延期只能与以工作日计的期限并用|期限写成 20 working days，或删去停钟的各键"
            )
        if self.from_ is None and self.fixed_day is None:
            raise ValueError("期限缺少起算事件 from|写出从哪个日期字段起算")
        return self


class Interval(Strict):
    """At least so much time from one event (the earliest of several) to another."""

    from_: Annotated[Fields, Field(alias="from")]
    to: str
    at_least: Annotated[Limit | LimitFromSetting, PlainValidator(_within), WithJsonSchema(_WITHIN_SCHEMA)]


class Order(Strict):
    """Steps in sequence (程序): each recorded, none earlier than the one before it."""

    steps: tuple[str, ...]


class Counterpart(Strict):
    """A record in another log must exist, or must not. `by`: field of this log → field of the other."""

    log: str
    by: dict[str, str]
    where: Condition | None = None
    expect: Literal["exists", "none"] = "exists"


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


class Figure(Strict):
    """One number of a year.

    Without `log` the sum of `field` over the year's own records; with `log` the number of that log's
    records `dated` in the year, or the sum of `field` over its records of the year that `year` names.
    `rows` is how many records a sum must have to be whole; `years_back` looks at an earlier year.
    An `optional` figure may be nothing: unknown, it leaves open only what falls short without it.
    """

    field: str | None = None
    log: str | None = None
    dated: str | None = None
    year: str | None = None
    where: Condition | None = None
    rows: Annotated[int, Field(ge=1)] = 1
    years_back: Annotated[int, Field(ge=0)] = 0
    optional: bool = False

    @model_validator(mode="after")
    def _one_number(self) -> "Figure":
        if self.log is None and (self.field is None or self.dated or self.year):
            raise ValueError("数字没有写字段 field|写本台账的字段名，或写 log 与 dated")
        if self.log is not None and (self.dated is None) == (self.year is None):
            raise ValueError("取自其他台账的数字，dated 与 year 须写且只写一个|dated 按日期计件，year 按年度求和")
        if self.year is not None and self.field is None:
            raise ValueError("按年度求和的数字没有写字段 field|写要求和的字段名")
        return self


def _figures(raw: Any) -> Any:
    """A figure's name alone is the figure of that field."""
    listed = raw if isinstance(raw, list | tuple) else [raw]
    return tuple({"field": each} if isinstance(each, str) else each for each in listed)


Figures = Annotated[tuple[Figure, ...], BeforeValidator(_figures), Field(min_length=1)]


class Relation(Strict):
    """Two sums that must agree, in every group `per` of the year's own records `where`.

    An `optional` relation is left aside where a figure of it is not recorded, and the verdict says so.
    """

    of: str
    sum: Figures
    equals: Figures | None = None
    at_least: Figures | None = None
    where: Condition | None = None
    per: tuple[str, ...] = ()
    severity: Severity | None = None
    optional: bool = False

    @model_validator(mode="after")
    def _one_relation(self) -> "Relation":
        if (self.equals is None) == (self.at_least is None):
            raise ValueError("勾稽关系须且只须写 equals、at_least 之一|删去多余的，或补上一个")
        return self

    @property
    def other(self) -> tuple[Figure, ...]:
        """The other side."""
        return self.equals or self.at_least or ()


class Reconciliation(Strict):
    """Figures of a yearly report that must agree with each other and with the logs."""

    year: str
    relations: Annotated[tuple[Relation, ...], Field(min_length=1)]


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


__all__ = [
    "CadenceFromSetting",
    "Charge",
    "Counterpart",
    "Deadline",
    "Doubt",
    "Extend",
    "Fields",
    "Figure",
    "FixedDay",
    "Frequency",
    "Interval",
    "LeftOut",
    "LimitFromField",
    "LimitFromSetting",
    "Lookup",
    "OrWithin",
    "Order",
    "Reading",
    "Reconciliation",
    "RecordedLimit",
    "Relation",
    "Restart",
    "StandIn",
    "StartIf",
    "Strict",
    "Tolling",
    "Unsure",
    "Within",
    "WithinIf",
]
