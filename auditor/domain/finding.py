"""Finding (审计发现): what needs attention, with the proof. One model feeds every document."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from auditor.domain.obligation import Severity, Status


@dataclass(frozen=True, slots=True)
class Evidence:
    """One cell the verdict rests on (证据). `value` is None where the cell is blank or the column lacking."""

    field: str
    heading: str = ""
    value: str | None = None
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One day of the clock: counted or not, and why."""

    date: date
    counted: bool
    why: str


@dataclass(frozen=True, slots=True)
class Ground:
    """A judgement that fired, and the broken obligations (rule, record) that it rests on."""

    judgement: str
    title: str
    obligations: tuple[tuple[str, str], ...] = ()


class Finding(BaseModel):
    """One thing that needs attention: a breach, or what cannot be verified, or what an inspector must answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    rule: str
    also: tuple[str, ...] = ()
    status: Status
    severity: Severity
    log: str
    records: tuple[str, ...]
    unit: str
    start_on: str | None = None
    due_on: str | None = None
    done_on: str | None = None
    late: int | None = None
    provisional: bool = False
    title: str
    regulation: str
    article: str
    detail: str
    evidence: tuple[Evidence, ...] = ()
    days: tuple[CountedDay, ...] = ()
    met_if: str | None = None
    judgements: tuple[str, ...] = ()
    grounds: tuple[Ground, ...] = ()
    liable: str = ""
    remedy: str = ""
    rectify_by: str | None = None
    first_seen: str | None = None  # the day of the first audit that showed it; these three need a ledger
    last_seen: str | None = None  # that of the last one before this
    recurrence: int | None = None  # how often it had been put right or closed, and came back
    waiver: str | None = None  # the explanation (情况说明) that covers it; it counts as before

    @classmethod
    def made(cls, **values: Any) -> Self:
        """A finding of values that have the types of its fields already: they are kept as they are, without a proof.

        Audits make many: what several of them hold, as the days of one limit, is there once. Raises `TypeError` where
        a field is lacking or unknown.
        """
        fields = _BLANK | values
        if len(fields) != len(_BLANK) or not values.keys() >= _REQUIRED:
            raise TypeError(f"not the fields of a finding: {', '.join(sorted(values.keys() ^ _REQUIRED))}")
        finding = cls.__new__(cls)
        _set(finding, "__dict__", fields)
        _set(finding, "__pydantic_extra__", None)
        _set(finding, "__pydantic_private__", None)
        finding.model_post_init(None)
        return finding

    def model_post_init(self, context: object) -> None:
        """All findings share one set of the names of their fields: one each would weigh more than the rest of it."""
        _set(self, "__pydantic_fields_set__", _FIELDS)


_set = object.__setattr__
_FIELDS = set(Finding.model_fields)
_REQUIRED = {name for name, field in Finding.model_fields.items() if field.is_required()}
_BLANK = {name: None if field.is_required() else field.default for name, field in Finding.model_fields.items()}
