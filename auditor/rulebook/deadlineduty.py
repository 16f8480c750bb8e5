"""The deadline duty (期限) and its parts."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from auditor.domain.limit import Limit
from auditor.domain.obligation import DayType
from auditor.rulebook.conditionfield import Condition
from auditor.rulebook.limits import FixedWithin, LimitFromField, LimitFromSetting, Within
from auditor.rulebook.strict import Fields, Reading, Strict


class StartIf(Strict):
    """Another event that starts the clock where a condition holds; unknown leaves the one before it."""

    if_: Annotated[Condition, Field(alias="if")]
    from_: Annotated[Fields, Field(alias="from")]


class WithinIf(Strict):
    """Another limit where a condition holds; unknown leaves the rule's own."""

    if_: Annotated[Condition, Field(alias="if")]
    within: FixedWithin


class OrWithin(Strict):
    """Another clock that runs beside: the act is not due before it, too, has run out."""

    from_: Annotated[Fields, Field(alias="from")]
    within: FixedWithin


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

    With `late` it is an act too late, or none, that proves nothing. With `act` and `beyond` only where that
    act, and the one of the rule, came later than this limit. `missing` are the fields that would tell.
    """

    if_: Annotated[Condition, Field(alias="if")]
    say: str
    late: bool = False
    missing: Fields = ()
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
    """Between the shortest limit and this one the verdict hangs on a field that is not recorded.

    Where something is recorded in it that could not be read, it hangs on it however late the act: the field may
    hold what has no limit at all.
    """

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
