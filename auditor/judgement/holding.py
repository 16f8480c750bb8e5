"""Whether a fact meets the tests of a pattern that speak of it alone: three-valued, as in the rules."""

import operator
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from auditor.rulebook.book import Rulebook
from auditor.rulebook.conditions import Join, Negation, Node, SettingOperand, SettingTest, Test, Unclear, resolved

Values = Mapping[str, Any]  # what is recorded of a fact; None stands for what is not
Holds = Callable[[Values], bool | None]

_COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "is": operator.eq,
    "is_not": operator.ne,
    "in": lambda value, listed: value in listed,
    "not_in": lambda value, listed: value not in listed,
    "has": lambda value, listed: set(listed) <= set(value),
    "has_any": lambda value, listed: not set(listed).isdisjoint(value),
    "has_none": lambda value, listed: set(listed).isdisjoint(value),
    "before": operator.lt,
    "not_after": operator.le,
    "after": operator.gt,
    "not_before": operator.ge,
    "same_day": operator.eq,
    "at_least": operator.ge,
    "at_most": operator.le,
    "more_than": operator.gt,
    "less_than": operator.lt,
}
_FLAGS = {"是": True, "否": False}


def holds(node: Node | None, book: Rulebook) -> Holds:
    """The condition as a question to facts; a test of what is not recorded is unknown."""
    if node is None:
        return lambda values: True
    decided = resolved(node, book.values)
    if isinstance(decided, bool):
        return lambda values: decided
    return _asked(decided, book)


def _asked(node: Node, book: Rulebook) -> Holds:
    match node:
        case Test():
            return _test(node, book)
        case Negation(part=part):
            inner = _asked(part, book)
            return lambda values: None if (found := inner(values)) is None else not found
        case Unclear(part=part):
            doubted = holds(part, book)
            return lambda values: False if doubted(values) is False else None
        case Join(kind=kind, parts=parts):
            settles = kind == "any"
            asked = [_asked(part, book) for part in parts]

            def joined(values: Values) -> bool | None:
                unknown = False
                for each in asked:
                    found = each(values)
                    if found is settles:
                        return settles
                    unknown = unknown or found is None
                return None if unknown else not settles

            return joined
        case SettingTest():  # decided before any fact is asked
            raise TypeError("settings are resolved first")


def _test(test: Test, book: Rulebook) -> Holds:
    name, operand = test.name, test.operand
    wanted = book.value(operand.key, operand.of) if isinstance(operand, SettingOperand) else operand
    if test.operator == "recorded":
        return lambda values: (values.get(name) is not None) is wanted
    compare = _COMPARED[test.operator]

    def asked(values: Values) -> bool | None:
        value = values.get(name)
        if value is None:
            return None
        if isinstance(value, bool) and isinstance(wanted, str):
            return compare(value, _FLAGS.get(wanted))
        if isinstance(value, datetime) and isinstance(wanted, date) and not isinstance(wanted, datetime):
            value = value.date()
        return compare(value, wanted)

    return asked
