"""The rulebook as loaded: rules, settings with the values in use, logs, calendar, and what they hash to."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from auditor.domain.calendar import Calendar, as_read
from auditor.domain.limit import Limit, parse_limit
from auditor.domain.obligation import DayType
from auditor.domain.period import Cadence
from auditor.errors import UsageError
from auditor.rulebook.conditions import Place
from auditor.rulebook.duties import CadenceFromSetting
from auditor.rulebook.inuse import in_use
from auditor.rulebook.judgements import JudgementFile
from auditor.rulebook.limits import LimitFromField, LimitFromSetting
from auditor.rulebook.located import Lines, line_in
from auditor.rulebook.logs import LogCatalogue
from auditor.rulebook.requirements import How
from auditor.rulebook.rules import DayFromSetting, Regulation, Rule
from auditor.rulebook.settings import CLOCK_SETTINGS, Setting
from auditor.rulebook.tariffs import Tariff
from auditor.rulebook.textdefectfile import DefectEntry

_UNITS = {
    "working days": DayType.WORKING,
    "calendar days": DayType.CALENDAR,
    "months": DayType.MONTH,
    "hours": DayType.HOURS,
}


@dataclass(frozen=True)
class SameFact:
    """Rules that one failure breaks together, the most specific first (AMB-56)."""

    fact: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class PlacedRule:
    """A rule with its regulation and the place where it stands."""

    rule: Rule
    regulation: Regulation
    file: str
    line: int
    lines: Lines | None = field(default=None, repr=False, compare=False)

    def line_of(self, place: Place) -> int:
        """The line of a part of the rule, of the rule itself where the lines were left aside."""
        return self.line if self.lines is None else line_in(self.lines, place)


@dataclass(frozen=True)
class Rulebook:
    """Everything an audit holds the logs against."""

    placed: Mapping[str, PlacedRule]
    settings: Mapping[str, Setting]
    values: Mapping[str, Any]
    logs: LogCatalogue
    notices: Calendar
    same_facts: tuple[SameFact, ...] = ()
    requirements: Mapping[str, How] = field(default_factory=dict)
    recorded_defects: tuple[DefectEntry, ...] = ()
    hashes: Mapping[str, str] = field(default_factory=dict)
    tariffs: Mapping[str, Tariff] = field(default_factory=dict)
    judgements: JudgementFile = field(default_factory=JudgementFile)

    @cached_property
    def calendar(self) -> Calendar:
        """The calendar of the notices, as this office reads "working day"."""
        return as_read(
            self.notices,
            weekdays=self.values.get("clock.workday") == "weekdays",
            first_day_counts=self.values.get("clock.first_day") == "same",
            extra=self.values.get("clock.extra") or (),
        )

    def check_day(self, day: date) -> None:
        """Raises `UsageError` where the calendar says nothing of the day on which an audit stands."""
        if not self.calendar.covers(day):
            reach = f"{self.calendar.first} 至 {self.calendar.last}"
            raise UsageError(f"{day} 不在日历范围内（{reach}）。请核对 --as-of")

    def is_default(self, key: str) -> bool:
        """Whether a setting has the value that the rulebook ships."""
        setting = self.settings[key]
        return bool(self.values[key] == setting.accept(setting.default))

    def clock_readings(self, rule: Rule) -> list[str]:
        """The readings of the clock that differ from the default and that a limit of the rule follows."""
        deadline = rule.deadline
        counted = {self._day_type(rule.interval.at_least)} if rule.interval else set()
        rolls = False
        if deadline is not None:
            counted |= {
                self._day_type(deadline.within),
                self._day_type(deadline.doubt.until if deadline.doubt else None),
            }
            rolls = deadline.fixed_day is not None and deadline.fixed_day.rest_day_severity is not None
        working = DayType.WORKING in counted
        dated = working or DayType.MONTH in counted or rolls
        bearing = {"clock.workday": dated, "clock.first_day": working, "clock.extra": dated}
        return [key for key in CLOCK_SETTINGS if key in self.settings and bearing[key] and not self.is_default(key)]

    def _day_type(self, within: Limit | LimitFromSetting | LimitFromField | None) -> DayType | None:
        if isinstance(within, LimitFromField):
            return self.field_limit(within)[1]
        return self.limit(within).day_type if within is not None else None

    @property
    def rules(self) -> list[Rule]:
        """All rules in the order of their files."""
        return [placed.rule for placed in self.placed.values()]

    @cached_property
    def in_use(self) -> Mapping[str, Rule]:
        """Every rule under the settings in use: what hangs on a setting alone is decided."""
        return {name: in_use(placed.rule, self.values) for name, placed in self.placed.items()}

    @property
    def office(self) -> str:
        """The unit that answers where a record names none."""
        return str(self.values["org.office"])

    @property
    def as_if_from(self) -> date | None:
        """The day of a what-if run, from which every rule is held to be in force."""
        return self.values.get("effective.as_if_from")

    def in_force_from(self, regulation: Regulation) -> date:
        """From which day the regulation holds."""
        start = regulation.in_force_from
        day: date = self.values[start.setting] if isinstance(start, DayFromSetting) else start
        return day

    def in_force(self, rule: Rule) -> tuple[date, date | None]:
        """From which day to which day (or open) events fall under the rule."""
        start = rule.in_force_from or self.in_force_from(self.placed[rule.id].regulation)
        if self.as_if_from is not None:
            start = min(start, self.as_if_from)
        return start, rule.in_force_until

    def value(self, key: str, of: str | None = None) -> Any:
        """The value in use; of a setting that holds lists by name the list `of`, or all lists together."""
        value = self.values[key]
        if not isinstance(value, Mapping):
            return value
        return value[of] if of else tuple(word for listed in value.values() for word in listed)

    def limit(self, within: Limit | LimitFromSetting) -> Limit:
        """The limit in use, settings resolved."""
        if isinstance(within, Limit):
            return within
        value = self.values[within.setting]
        if within.unit is None:
            return parse_limit(value)
        return Limit(int(value), _UNITS[within.unit])

    def limit_of(self, key: str) -> Limit:
        """The limit that a setting holds."""
        return parse_limit(self.values[key])

    def cadence(self, every: Cadence | CadenceFromSetting) -> Cadence:
        """How often, settings resolved."""
        return every if isinstance(every, Cadence) else Cadence(self.values[every.setting])

    def field_limit(self, within: LimitFromField) -> tuple[str, DayType, Limit]:
        """The field that may set the limit, its day type, and the limit where it is blank."""
        otherwise = within.otherwise
        if isinstance(otherwise, LimitFromField):
            raise TypeError("limits from fields do not nest")
        return within.field, _UNITS[within.unit], self.limit(otherwise)

    def with_values(self, changed: Mapping[str, Any]) -> "Rulebook":
        """The same rulebook with other values for some settings; values are checked by `Setting.accept`."""
        accepted = {key: self.settings[key].accept(value) for key, value in changed.items()}
        return replace(self, values={**self.values, **accepted})
