"""Cases must fit the logs and the settings as the rules do: a case that says nothing proves nothing."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from auditor.errors import Fault
from auditor.rulebook.conditions import Place
from auditor.rulebook.located import Located, nearest
from auditor.rulebook.logs import FieldType, LogCatalogue, LogDefinition, LogField
from auditor.rulebook.rules import Case, Rule
from auditor.rulebook.settings import Setting

Problem = tuple[Place, str, str]


def check_cases(
    rule: Rule, logs: LogCatalogue, settings: Mapping[str, Setting], located: Located, number: int
) -> list[Fault]:
    """Every fault of the cases of one rule, each with its line."""
    return [
        Fault(located.file, located.line(("rules", number, "cases", position, *place)), problem, mend)
        for position, case in enumerate(rule.cases)
        for place, problem, mend in _case(rule, case, logs, settings)
    ]


def _case(rule: Rule, case: Case, logs: LogCatalogue, settings: Mapping[str, Setting]) -> Iterator[Problem]:
    if rule.log is not None and rule.log in logs.logs:
        yield from _record(case.given, logs.logs[rule.log], ("given",))
    for log, rows in case.with_.items():
        if log not in logs.logs:
            yield ("with", log), f"不认识的台账“{log}”", nearest(log, dict(logs.logs))
            continue
        for position, row in enumerate(rows):
            yield from _record(row, logs.logs[log], ("with", log, position))
    for key, value in case.settings.items():
        if key not in settings:
            yield ("settings", key), f"不认识的设置“{key}”", nearest(key, dict(settings))
            continue
        try:
            settings[key].accept(value)
        except ValueError as error:
            problem, _, mend = str(error).partition("|")
            yield ("settings", key), problem, mend


def _record(record: Mapping[str, Any], log: LogDefinition, place: Place) -> Iterator[Problem]:
    for name, value in record.items():
        if name not in log.fields:
            yield (*place, name), f"台账“{log.name}”没有字段“{name}”", nearest(name, dict(log.fields))
        elif value is not None and not _fits(value, log.fields[name]):
            yield (*place, name), f"“{name}”不能是“{value}”", _expected(log.fields[name])


def _fits(value: Any, field: LogField) -> bool:
    match field.type:
        case FieldType.ONE_OF:
            return value in field.options
        case FieldType.FLAG:
            return value in (True, False, "是", "否")
        case FieldType.DATE:
            return isinstance(value, date)
        case FieldType.TIME:
            return isinstance(value, date) or (isinstance(value, str) and _is_time(value))
        case FieldType.COUNT:
            return isinstance(value, int) and not isinstance(value, bool)
        case FieldType.MONEY:
            return isinstance(value, int | float) and not isinstance(value, bool)
        case _:
            return True


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _expected(field: LogField) -> str:
    match field.type:
        case FieldType.ONE_OF:
            return "可选：" + "、".join(field.options)
        case FieldType.FLAG:
            return "写成 是 或 否"
        case FieldType.DATE:
            return "写成 2020-12-02"
        case FieldType.TIME:
            return "写成 2020-12-02 09:30"
        case _:
            return "写成数字"
