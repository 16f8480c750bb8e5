"""The logs (台账) an office exports: their fields, types, headings and aliases, from `rules/logs.yaml`."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from auditor.rulebook.valuewords import ValueWords, shipped_value_words

CHECKLIST = "checklist"  # the log of an inspector's answers, which no export of the office is
EXAMPLE = "示例"  # a cell that holds this and nothing else marks the example row of a template
EXPLANATION = "填写说明"  # the sheet of a template that explains it, and the first word on that sheet


class FieldType(StrEnum):
    """What a cell of the field may hold."""

    TEXT = "text"
    FLAG = "flag"
    DATE = "date"
    TIME = "time"
    COUNT = "count"
    MONEY = "money"
    LIST = "list"
    ONE_OF = "one of"


class LogField(BaseModel):
    """One field of a log.

    `blank` says what an empty cell means where the export has the column: a value that stands for
    it, or `unknown` for a flag whose blank is not 否. `personal` and `content` drive masking;
    `planned` marks dates that may lie in the future. `same_day_as` names the date of the record that
    words like 当场答复 refer to. `synonyms` holds other ways to write an option, from `value_words.yaml`.
    `looks_like` says how its values are written, `telling_values` are some that hardly any other log would have.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    zh: str
    type: FieldType
    options: tuple[str, ...] = ()
    blank: str | None = None
    aliases: tuple[str, ...] = ()
    weak_aliases: tuple[str, ...] = ()
    personal: Literal["name", "phone", "address", "id", "contact"] | None = None
    content: bool = False
    planned: bool = False
    same_day_as: str | None = None
    synonyms: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    looks_like: Literal["document_no", "section"] | None = None
    telling_values: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _options_are_a_type(cls, raw: object) -> object:
        if isinstance(raw, dict) and isinstance(raw.get("type"), list):
            options = tuple(str(option) for option in raw["type"])
            return {**raw, "type": FieldType.ONE_OF, "options": options}
        return raw


class UnitLink(BaseModel):
    """Where a record names no unit: the log and key of the linked record that does."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    log: str
    by: str
    unit: str = "unit"


class LogDefinition(BaseModel):
    """One log: its names, its key, its fields; `unit` is the field that names the unit answerable.

    `subjects` are words for what the log is about, which may stand before any of its headings.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    name: str
    zh: str
    key: str
    names: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    identity: tuple[str, ...] = ()
    about: str = ""
    unit: str = "unit"
    unit_of: UnitLink | None = None
    fields: Mapping[str, LogField]
    ignored_headings: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _key_is_a_field(self) -> "LogDefinition":
        for name in (self.key, *self.identity):
            if name not in self.fields:
                raise ValueError(f"台账 {self.name} 的键“{name}”不是它的字段|补上该字段，或改用已有字段")
        return self

    @model_validator(mode="after")
    def _same_day_is_a_date(self) -> "LogDefinition":
        for name, each in self.fields.items():
            other = self.fields.get(each.same_day_as) if each.same_day_as else None
            if each.same_day_as and (other is None or other.type != each.type or other.same_day_as):
                raise ValueError(
                    f"台账 {self.name} 的字段“{name}”的 same_day_as 应为同类型的日期字段，现为“{each.same_day_as}”"
                    "|改为本台账中收到日期一类的字段"
                )
        return self


class LogCatalogue(BaseModel):
    """All logs by name; the fields that every log carries are merged into each.

    `words` says what offices write instead of a value; where none are given, those that come with the program.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    common_fields: Mapping[str, LogField] = Field(default_factory=dict)
    logs: Mapping[str, LogDefinition]
    words: ValueWords = Field(default_factory=shipped_value_words)

    @field_validator("logs", mode="before")
    @classmethod
    def _names_from_keys(cls, raw: object) -> object:
        if not isinstance(raw, dict):
            return raw
        return {name: {**entry, "name": name} if isinstance(entry, dict) else entry for name, entry in raw.items()}

    @model_validator(mode="after")
    def _merge_common_fields(self) -> "LogCatalogue":
        merged = {
            name: log.model_copy(update={"fields": {**self.common_fields, **log.fields}})
            for name, log in self.logs.items()
        }
        object.__setattr__(self, "logs", merged)
        return self
