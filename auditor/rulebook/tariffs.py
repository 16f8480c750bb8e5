"""The tariffs (收费标准) of `tariffs.yaml`: by which prices, by what number, from when to when."""

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Annotated

from pydantic import Field, model_validator

from auditor.domain.tariff import Step
from auditor.rulebook.located import Located, build
from auditor.rulebook.strict import Strict


class TariffStep(Strict):
    """A price and how far it holds; the last step has no end and may rise by `more` for each further `every`."""

    up_to: Annotated[int, Field(ge=1)] | None = None
    each: Annotated[int, Field(ge=0)]
    every: Annotated[int, Field(ge=1)] | None = None
    more: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _rises_without_end(self) -> "TariffStep":
        if (self.every is None) != (self.more is None):
            raise ValueError("every 与 more 要一起写|写明每增加几件、每件加收几元")
        if self.every is not None and self.up_to is not None:
            raise ValueError("逐级加价的一档不能有 up_to|只在最后一档写 every 与 more")
        return self


class TariffMethod(Strict):
    """One way to charge, and by what (`unit`).

    `running`: the number is what has come together in the month, not that of one request.
    """

    unit: str
    running: bool = False
    steps: Annotated[tuple[TariffStep, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _in_order(self) -> "TariffMethod":
        ends = [step.up_to for step in self.steps]
        if ends[-1] is not None or None in ends[:-1]:
            raise ValueError("只有最后一档、也必须是最后一档没有 up_to|前面各档写明到第几件（页）")
        given = [end for end in ends if end is not None]
        if any(later <= earlier for earlier, later in pairwise(given)):
            raise ValueError("各档的 up_to 应逐档增大|按件数（页数）从少到多排列")
        return self

    @property
    def priced(self) -> tuple[Step, ...]:
        """The steps as the domain counts with them."""
        return tuple(Step(step.up_to, step.each, step.every or 0, step.more or 0) for step in self.steps)


class TariffVersion(Strict):
    """The prices of one time, and the instrument that sets them."""

    in_force_from: date
    in_force_until: date | None = None
    basis: str
    methods: Annotated[Mapping[str, TariffMethod], Field(min_length=1)]


class Tariff(Strict):
    """A tariff and its versions, the earliest first."""

    zh: str
    versions: Annotated[tuple[TariffVersion, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _one_after_the_other(self) -> "Tariff":
        for version in self.versions:
            if version.in_force_until is not None and version.in_force_until < version.in_force_from:
                raise ValueError("施行的起止日颠倒|改正 in_force_from 与 in_force_until")
        for earlier, later in pairwise(self.versions):
            if earlier.in_force_until is None or earlier.in_force_until >= later.in_force_from:
                raise ValueError("前后两版收费标准的施行期间重叠|写明前一版的 in_force_until")
        return self

    def on(self, day: date) -> TariffVersion | None:
        """The version in force on a day."""
        for version in self.versions:
            if version.in_force_from <= day and (version.in_force_until is None or day <= version.in_force_until):
                return version
        return None


class TariffFile(Strict):
    """`tariffs.yaml`."""

    tariffs: Mapping[str, Tariff]


def load_tariffs(located: Located) -> Mapping[str, Tariff]:
    """The tariffs of one file; raises `RulebookError`."""
    return build(TariffFile, located).tariffs
