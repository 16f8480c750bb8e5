"""Limits as a rule writes them: a number of the text, of a setting, or recorded for the case."""

from typing import Annotated, Any, Literal

from pydantic import PlainValidator, WithJsonSchema

from auditor.domain.limit import Limit, parse_limit
from auditor.rulebook.conditions import fault
from auditor.rulebook.strict import Strict


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
FixedWithin = Annotated[Limit | LimitFromSetting, PlainValidator(_within), WithJsonSchema(_WITHIN_SCHEMA)]
