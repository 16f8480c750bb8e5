"""Settings (解释口径): readings of ambiguous text and numbers that the text does not give."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from pydantic import model_validator

from auditor.domain.limit import parse_limit
from auditor.domain.obligation import DayType
from auditor.domain.period import Cadence
from auditor.personaldata import PersonalKind
from auditor.rulebook.strict import Strict

Value = str | int | bool | date | tuple[str, ...] | tuple[date, ...] | Mapping[str, tuple[str, ...]] | None


class Setting(Strict):
    """One reading: the question, the options, the default, and whether the value stands in the text.

    Of the limits those of type `days` end on a day: hours mean nothing there.
    """

    key: str
    ambiguity: str = ""
    question: str
    type: Literal["option", "limit", "days", "cadence", "number", "date", "dates", "list", "names", "text"] = "option"
    options: Mapping[str | int | bool, str] = {}
    default: Any = None
    in_text: bool = False

    @model_validator(mode="after")
    def _default_is_allowed(self) -> "Setting":
        self.accept(self.default)
        return self

    @property
    def is_own_standard(self) -> bool:
        """Whether the number in use is the office's own, not the text's (本级配置标准,非制度明文)."""
        return not self.in_text and self.type in ("limit", "days", "cadence", "number")

    def shown(self, value: Any) -> str:
        """A value in the words of the office."""
        if self.type in ("limit", "days"):
            return parse_limit(value).zh
        if self.type == "cadence":
            return Cadence(value).zh
        if self.type == "names":
            return f"{len(value)}类，各有若干写法"
        if self.type == "option":
            return self.options.get(value, str(value))
        return ("、".join(map(_in_words, value)) or "无") if isinstance(value, list | tuple) else str(value)

    def accept(self, value: Any) -> Value:
        """`value` if the setting may take it; `ValueError` with a Chinese message otherwise."""
        if value is None and self.default is None:
            return None
        if self.type == "option" and (isinstance(value, list | dict) or value not in self.options):
            options = "、".join(map(str, self.options))
            raise ValueError(f"设置“{self.key}”不能取“{value}”|可选：{options}")
        if self.type in ("limit", "days") and parse_limit(value).day_type is DayType.HOURS and self.type == "days":
            raise ValueError(f"设置“{self.key}”以日计，现为“{value}”|写成 3 working days、7 days 或 1 month")
        if self.type == "names":
            return self._names(value)
        if self.type == "cadence" and value not in list(Cadence):
            raise ValueError(f"设置“{self.key}”不能取“{value}”|可选：{'、'.join(Cadence)}")
        if self.type == "text" and (not isinstance(value, str) or not value.strip()):
            raise ValueError(f"设置“{self.key}”应为文字，现为“{value}”|写成一段文字")
        if self.type == "number" and (isinstance(value, bool) or not isinstance(value, int)):
            raise ValueError(f"设置“{self.key}”应为整数，现为“{value}”|写成数字，如 5")
        if self.type == "date" and not isinstance(value, date):
            raise ValueError(f"设置“{self.key}”应为日期，现为“{value}”|写成 2020-12-02，不加引号")
        if self.type == "dates":
            if not isinstance(value, list | tuple) or any(type(item) is not date for item in value):
                raise ValueError(f"设置“{self.key}”应为日期的列表，现为“{value}”|写成 [2025-03-03, 2025-03-04]")
            return tuple(value)
        if self.type == "list":
            if not isinstance(value, list | tuple) or any(isinstance(item, list | dict) for item in value):
                raise ValueError(f"设置“{self.key}”应为列表，现为“{value}”|写成 [值, 值]")
            return tuple(str(item) for item in value)
        return value  # type: ignore[no-any-return]

    def _names(self, value: Any) -> Mapping[str, tuple[str, ...]]:
        """Lists by name; an office that changes one of them keeps the others."""
        if not isinstance(value, Mapping) or not all(isinstance(listed, list | tuple) for listed in value.values()):
            raise ValueError(f"设置“{self.key}”应为名称和写法的列表|写成 {{名称: [写法, 写法]}}")
        unknown = [name for name in value if name not in self.default]
        if unknown:
            raise ValueError(f"设置“{self.key}”没有“{unknown[0]}”|可选：{'、'.join(map(str, self.default))}")
        return {name: tuple(map(str, value.get(name, listed))) for name, listed in self.default.items()}


# Readings that every limit follows, whether or not its rule names them (AMB-03, AMB-54).
CLOCK_SETTINGS = ("clock.workday", "clock.first_day", "clock.extra")
_READ_BY_PROGRAM = {"org.office", "effective.as_if_from", "report.dedupe", "logic.missing", *CLOCK_SETTINGS}
_GROUPS_READ_BY_PROGRAM = ("rectify.", "judge.", "circular.", "waiver.", "due.")


def is_read_by_program(key: str) -> bool:
    """Whether the program itself asks for the setting; a rulebook that lacks it has the one that comes with it."""
    return key in _READ_BY_PROGRAM or key.startswith(_GROUPS_READ_BY_PROGRAM)


def flatten(raw: Mapping[str, Any], known: Mapping[str, Setting], prefix: str = "") -> dict[str, Any]:
    """`int.ranges: {hard_limit: 7}` and `int.ranges.hard_limit: 7` are the same."""
    flat: dict[str, Any] = {}
    for key, value in raw.items():
        full = f"{prefix}{key}"
        if isinstance(value, Mapping) and full not in known:
            flat.update(flatten(value, known, f"{full}."))
        else:
            flat[full] = value
    return flat


def _in_words(value: object) -> str:
    """One of a list of values; a kind of personal data as the office calls it."""
    return PersonalKind(str(value)).zh if value in list(PersonalKind) else str(value)
