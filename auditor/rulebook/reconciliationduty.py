"""The reconciliation duty (勾稽): figures of a yearly report that must agree."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from auditor.domain.obligation import Severity
from auditor.rulebook.conditionfield import Condition
from auditor.rulebook.strict import Fields, Strict


class Figure(Strict):
    """One number of a year.

    Without `log` the sum of `field` over the year's own records; with `log` the number of that log's
    records `dated` in the year by the first of these days that is recorded, or the sum of `field` over its
    records of the year that `year` names.
    `rows` is how many records a sum must have to be whole; `years_back` looks at an earlier year.
    An `optional` figure may be nothing: unknown, it leaves open only what falls short without it.
    """

    field: str | None = None
    log: str | None = None
    dated: Fields | None = None
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
