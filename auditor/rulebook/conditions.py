"""The condition grammar: field tests joined by all, any, not, unclear. Three-valued when evaluated; nothing executes.

    {attribute: 主动公开, document_id: {recorded: false}}        every test must hold
    {any: [{...}, {...}]}   {not: {...}}   {all: [...]}
    {unclear: {...}}                                             where this holds, nobody can tell
    {setting: req.scope, is: national}                           a reading, known before the audit

A test is a value (equal), a list (one of), or operators. An operand is a value, `{field: name}` of
the same record, `{home: name}` of the record that looks at this one, or `{setting: key}`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pydantic_core import PydanticCustomError

from auditor.rulebook.located import nearest

Place = tuple[str | int, ...]
Scalar = str | bool | int | float | date | datetime

DUE_DAY = "due_day"  # in what satisfies, excuses or weighs a deadline: the day on which it falls due
ROLLED_DUE_DAY = "rolled_due_day"  # in what excuses or weighs one: the same, or the working day after a rest day
COMPARISONS = {
    "before": "早于",
    "not_after": "不晚于",
    "after": "晚于",
    "not_before": "不早于",
    "same_day": "同日于",
    "at_least": "不少于",
    "at_most": "不多于",
    "more_than": "多于",
    "less_than": "少于",
}
OPERATORS = {
    "recorded": "已登记",
    "known": "可知",
    "is": "为",
    "is_not": "不为",
    "in": "为其中之一",
    "not_in": "不为其中任何一个",
    "has": "包含全部",
    "has_any": "包含任一",
    "has_none": "不含任何",
    "has_only": "只含",
    "items_at_least": "项数不少于",
    "shares_any": "与之有相同项",
    "mentions": "写有",
    "ends_with": "末尾是",
    "reveals": "写有",
    "clocked": "写明钟点",
    "like_a_name": "像人名",
    **COMPARISONS,
}
_YES_OR_NO = ("recorded", "known", "clocked", "like_a_name")
_SEVERAL = ("in", "not_in", "has", "has_any", "has_none", "has_only", "ends_with", "reveals")


@dataclass(frozen=True)
class FieldOperand:
    """The value of another field: of the same record, or (`home`) of the record that looks at this one."""

    name: str
    home: bool = False


@dataclass(frozen=True)
class SettingOperand:
    """The value chosen for a setting; of a setting that holds lists by name one of them, or all together."""

    key: str
    of: str | None = None


Operand = Scalar | FieldOperand | SettingOperand | tuple[Scalar, ...]


@dataclass(frozen=True)
class Test:
    """One field held against one operand."""

    name: str
    operator: str
    operand: Operand
    place: Place = field(default=(), compare=False)

    @property
    def field_place(self) -> Place:
        """Where the field is named: before its operator, where one is written."""
        return self.place[:-1] if self.place[-2:] == (self.name, self.operator) else self.place


@dataclass(frozen=True)
class SettingTest:
    """A setting held against the values for which the condition is meant."""

    key: str
    values: tuple[Scalar, ...]
    place: Place = field(default=(), compare=False)
    value_place: Place = field(default=(), compare=False)


@dataclass(frozen=True)
class Join:
    """`all` or `any` of several conditions."""

    kind: str
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Negation:
    """`not` of a condition."""

    part: "Node"


@dataclass(frozen=True)
class Unclear:
    """What cannot be told where a condition holds: unknown there and where the condition is unknown, else false."""

    part: "Node"


Node = Test | SettingTest | Join | Negation | Unclear


def tests(node: Node) -> Iterator[Test]:
    """Every field test inside a condition."""
    match node:
        case Test():
            yield node
        case Join(parts=parts):
            for part in parts:
                yield from tests(part)
        case Negation(part=part) | Unclear(part=part):
            yield from tests(part)


def settings_read(node: Node) -> Iterator[tuple[str, Place]]:
    """Every setting that a condition reads, with its place."""
    match node:
        case SettingTest():
            yield node.key, node.place
        case Test(operand=SettingOperand(key=key)):
            yield key, node.place
        case Join(parts=parts):
            for part in parts:
                yield from settings_read(part)
        case Negation(part=part) | Unclear(part=part):
            yield from settings_read(part)


def resolved(node: Node, values: Mapping[str, Any]) -> "Node | bool":
    """A condition with its tests of settings decided: true, false, or what is left to ask of a record."""
    match node:
        case SettingTest(key=key, values=wanted):
            return values[key] in wanted
        case Negation(part=part):
            inner = resolved(part, values)
            return not inner if isinstance(inner, bool) else Negation(inner)
        case Unclear(part=part):
            inner = resolved(part, values)
            # What no record can settle stays a question that none can answer.
            return node if inner is True else inner if inner is False else Unclear(inner)
        case Join(kind=kind, parts=parts):
            settles = kind == "any"  # one true part settles `any`, one false part `all`
            found = [resolved(part, values) for part in parts]
            left = tuple(each for each in found if not isinstance(each, bool))
            if settles in found or not left:
                return settles if settles in found else not settles
            return left[0] if len(left) == 1 else Join(kind, left)
        case _:
            return node


def parse_condition(raw: Any, place: Place = ()) -> Node:
    """Read a condition; raises a located error for anything that the grammar does not know."""
    if isinstance(raw, Node):
        return raw
    if not isinstance(raw, Mapping) or not raw:
        raise fault(place, "条件应写成“字段: 值”的形式", "例如 {attribute: 主动公开}")
    if "setting" in raw:
        return _setting_test(raw, place)
    parts = tuple(_entry(key, value, (*place, key)) for key, value in raw.items())
    return parts[0] if len(parts) == 1 else Join("all", parts)


def _entry(key: Any, value: Any, place: Place) -> Node:
    if key in ("all", "any"):
        if not isinstance(value, list) or not value:
            raise fault(place, f"“{key}”后应为条件的列表", "每个条件前写短横")
        return Join(key, tuple(parse_condition(part, (*place, n)) for n, part in enumerate(value)))
    if key == "not":
        return Negation(parse_condition(value, place))
    if key == "unclear":
        return Unclear(parse_condition(value, place))
    return _field_tests(str(key), value, place)


def _setting_test(raw: Mapping[str, Any], place: Place) -> SettingTest:
    extra = set(raw) - {"setting", "is", "in"}
    if extra or ("is" in raw) == ("in" in raw):
        raise fault(
            place, "设置条件应写成 {setting: 键, is: 值} 或 {setting: 键, in: [值…]}", "与字段条件并用时放进 all"
        )
    word = "in" if "in" in raw else "is"
    values = tuple(raw[word]) if isinstance(raw[word], list) else (raw[word],)
    if any(isinstance(value, list | dict) for value in values):
        raise fault((*place, word), f"“{word}”后应为值", "写成 {setting: 键, is: 值}")
    return SettingTest(str(raw["setting"]), values, (*place, "setting"), (*place, word))


def _field_tests(name: str, value: Any, place: Place) -> Node:
    if isinstance(value, list):
        return _operation(name, "in", value, place)
    if not isinstance(value, Mapping):
        if value is None:
            raise fault(place, f"字段“{name}”后没有写值", "判断空值请写 {recorded: false}")
        return Test(name, "is", value, place)
    parts = tuple(_operation(name, word, operand, (*place, word)) for word, operand in value.items())
    if not parts:
        raise fault(place, f"字段“{name}”后没有写判断", "例如 {recorded: true}")
    return parts[0] if len(parts) == 1 else Join("all", parts)


def _operation(name: str, word: Any, raw: Any, place: Place) -> Test:
    if isinstance(raw, list) and any(isinstance(each, list | dict) for each in raw):
        raise fault(place, f"“{word}”后的列表里应为值", "写成 [值, 值]")
    if word not in OPERATORS:
        raise fault(
            place, f"不认识的判断词“{word}”", nearest(str(word), dict(OPERATORS)) or "可用：" + "、".join(OPERATORS)
        )
    if word in _YES_OR_NO and not isinstance(raw, bool):
        raise fault(place, f"“{word}”后只能写 true 或 false", "")
    if isinstance(raw, Mapping):
        return Test(name, word, _reference(raw, place), place)
    if isinstance(raw, list):
        if word not in _SEVERAL:
            raise fault(place, f"“{word}”后只能写一个值", "")
        return Test(name, word, tuple(raw), place)
    if word in ("mentions", "shares_any"):
        raise fault(place, f"“{word}”后应写另一个字段", "写成 {field: 字段}")
    if word in _SEVERAL:
        return Test(name, word, (raw,), place)
    return Test(name, word, raw, place)


def _reference(raw: Mapping[str, Any], place: Place) -> FieldOperand | SettingOperand:
    if len(raw) == 1:
        kind, name = next(iter(raw.items()))
        if kind in ("field", "home"):
            return FieldOperand(str(name), home=kind == "home")
        if kind == "setting":
            return SettingOperand(str(name))
    if set(raw) == {"setting", "of"}:
        return SettingOperand(str(raw["setting"]), str(raw["of"]))
    raise fault(place, "这里应为一个值、{field: 字段}、{home: 字段} 或 {setting: 键}", "")


def fault(place: Place, problem: str, suggestion: str) -> PydanticCustomError:
    """A validation error that knows where inside a condition it arose."""
    return PydanticCustomError(
        "condition", "{problem}|{suggestion}", {"problem": problem, "suggestion": suggestion, "place": list(place)}
    )
