"""Mutants (变异): a rule with one thing changed that should matter. The rule's cases must tell each from the rule.

The walk goes over the models, not over the names of duties: a limit or a number moves by one, a
choice takes another value, a key that may be left out is left out, a list loses one entry, a condition
loses a test, turns one round, trades an operator for its neighbour, `all` for `any`. A duty added to
the models is changed in the same ways without a word here.

Left out, because no case could tell them from the rule: `has` for `has_any` with one value, a list's
only value, `take` where one record at most is linked or where it only matters that there is one, and in
`satisfied_if` whether an act on its very first day lies before or after its start: it is in time anyhow;
the very moment of a comparison beside which `same_day` holds too; a longer time for another act
(`stands_in`) than the rule's own.
Left out too: a choice or number that is not written, whose default is the program's own (`early`,
`every`), and the values of a list that a setting keeps.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import Enum
from typing import Any, Literal, NamedTuple, get_args, get_origin

from pydantic import BaseModel, ValidationError

from auditor.domain.limit import Limit, parse_limit
from auditor.domain.obligation import DayType, Severity
from auditor.rulebook.book import Rulebook
from auditor.rulebook.conditions import (
    FieldOperand,
    Join,
    Negation,
    Node,
    Operand,
    Place,
    SettingOperand,
    SettingTest,
    Test,
    Unclear,
    tests,
)
from auditor.rulebook.deadlineduty import FixedDay
from auditor.rulebook.limits import LimitFromSetting
from auditor.rulebook.references import conditions_of, fields_of, links_of, settings_with_places
from auditor.rulebook.rules import Rule

_NEIGHBOURS: Mapping[str, tuple[str, ...]] = {
    "before": ("not_after",),
    "not_after": ("before",),
    "after": ("not_before",),
    "not_before": ("after",),
    "same_day": ("not_after", "not_before"),
    "at_least": ("more_than",),
    "more_than": ("at_least",),
    "at_most": ("less_than",),
    "less_than": ("at_most",),
    "has": ("has_any",),
    "has_any": ("has",),
}
# A number moved this way is not what the operator's neighbour already says of whole numbers.
_STEPS: Mapping[str, tuple[int, ...]] = {
    "at_least": (-1,),
    "more_than": (1,),
    "at_most": (1,),
    "less_than": (-1,),
    "items_at_least": (1, -1),
}
_UNITS = {
    DayType.WORKING: "working days",
    DayType.CALENDAR: "calendar days",
    DayType.MONTH: "months",
    DayType.HOURS: "hours",
}
_SEQUENCES = ("steps",)  # lists whose order is what they say
_TOLD_BY_SILENCE = ("take",)  # choices that a rule makes by not writing them
_NO_LAW = ("cases", "settings", "superior")  # keys of a rule that no verdict comes from
_EXCHANGED = (("equals", "at_least"),)  # keys of which a rule writes one
_DECIDED = "补一个靠它才得出结论的案例"
_LONGEST = 70  # characters of a condition shown
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Mutant:
    """A rule with one change; `values` are settings moved with it, `place` is where the change stands in the rule."""

    rule: Rule
    place: Place
    change: str
    case: str  # which case would tell it from the rule
    values: Mapping[str, Any] = field(default_factory=dict)


class _Change(NamedTuple):
    """Another value for a part of a rule; `None` in `value` leaves the key out.

    `place` are the keys of the rule down to the part, `inside` the way on within a condition or a list.
    """

    place: Place
    change: str
    case: str
    value: Any
    inside: Place = ()
    exchanged: bool = False  # an operator for its neighbour


def mutants_of(book: Rulebook, rule: Rule) -> list[Mutant]:
    """Every mutant of `rule`; none where it is not evaluated."""
    if rule.not_auditable is not None:
        return []
    idle = {*_takes_the_only(book, rule), *_compares_in_time(rule)}
    changed = [
        Mutant(each.value, (*each.place, *each.inside), f"{_path(each.place)}：{each.change}", each.case)
        for each in _of_model(rule, leave=_NO_LAW)
        if (*each.place, *each.inside, each.exchanged) not in idle
    ]
    moved = _moved_settings(book, rule)
    return [mutant for mutant in (*changed, *moved) if not _outlasts(book, rule, mutant)]


def _outlasts(book: Rulebook, rule: Rule, mutant: Mutant) -> bool:
    """Whether another act has no less time than the rule's own, before the change and after: the rule's own binds."""
    if mutant.place[:3] != ("deadline", "stands_in", "within") or rule.deadline is None:
        return False
    own = rule.deadline.within
    changed = replace(book, values={**book.values, **mutant.values})
    times = [(book, rule.deadline.stands_in), (changed, mutant.rule.deadline and mutant.rule.deadline.stands_in)]
    for each, stand_in in times:
        if stand_in is None or not isinstance(own, Limit | LimitFromSetting):
            return False
        if stand_in.within is None:
            continue
        if not isinstance(stand_in.within, Limit | LimitFromSetting):
            return False
        limit, longest = each.limit(stand_in.within), each.limit(own)
        if limit.day_type is not longest.day_type or limit.number < longest.number:
            return False
    return True


_Idle = tuple[str | int | bool, ...]  # where a change stands, and whether it exchanges an operator


def _takes_the_only(book: Rulebook, rule: Rule) -> Iterator[_Idle]:
    """Where `take` chooses nothing: one record is linked at most, or it only matters that there is one."""
    nodes = [node for _, node in conditions_of(rule)] + [link.where for link in links_of(rule) if link.where]
    tested = [test for node in nodes for test in tests(node)]
    valued = {test.name for test in tested if test.operator not in ("recorded", "known")}
    valued |= {test.operand.name for test in tested if isinstance(test.operand, FieldOperand)}
    valued |= {name for _, name in fields_of(rule)} | {name for link in links_of(rule) for name in link.by}
    for name, lookup in rule.lookup.items():
        if name not in valued or book.logs.logs[lookup.log].key in lookup.by.values():
            yield "lookup", name, "take", False


def _compares_in_time(rule: Rule) -> Iterator[_Idle]:
    """Where a deadline is satisfied by comparing the act with its start: on the same day the act is in time."""
    deadline = rule.deadline
    if deadline is None or deadline.satisfied_if is None or deadline.from_ is None or deadline.within is None:
        return
    first = deadline.from_[0]
    for test in tests(deadline.satisfied_if):
        if isinstance(test.operand, FieldOperand):
            compared = (test.name, test.operand.name)
            if first in compared and set(compared) & set(deadline.to):
                yield "deadline", "satisfied_if", *test.place, True


def _path(place: Place) -> str:
    """`severity_if.第1项.if`: the keys down to what was changed."""
    return ".".join(step if isinstance(step, str) else f"第{step + 1}项" for step in place)


def _of_model(model: BaseModel, leave: Sequence[str] = ()) -> Iterator[_Change]:
    """The model with one change anywhere inside it, where the models allow the change."""
    written = {name: getattr(model, name) for name in model.model_fields_set}
    if isinstance(model, FixedDay):
        leave = (*leave, "month", "day")
        for each in _moved_day(model):
            yield from _built(model, {**written, **each.value}, each)
    for name, info in type(model).model_fields.items():
        if name in leave:
            continue
        key = info.alias or name
        for each in _of_value(model, name):
            changed = {**written, name: each.value}
            if each.value is None or each.value == info.default:
                del changed[name]
            yield from _built(model, changed, each._replace(place=(key, *each.place)))
    for one, other in (*_EXCHANGED, *(pair[::-1] for pair in _EXCHANGED)):
        if written.get(one) is not None and other in type(model).model_fields:
            changed = {name: value for name, value in written.items() if name != one}
            change = _Change((one,), f"改为 {other}", "补一个恰好在界上的案例", None)
            yield from _built(model, {**changed, other: written[one]}, change)


def _built(model: BaseModel, content: Mapping[str, Any], each: _Change) -> Iterator[_Change]:
    """The change with the whole model in place of the part, unless such a model is refused."""
    try:
        yield each._replace(value=type(model).model_validate(content))
    except ValidationError:
        return


def _of_value(model: BaseModel, name: str) -> Iterator[_Change]:
    """Other values for one key of a model."""
    value, info = getattr(model, name), type(model).model_fields[name]
    chosen = [option for option in _options(info.annotation) if option != value]
    told = name in model.model_fields_set or name in _TOLD_BY_SILENCE
    if told and not info.is_required() and info.default is None and value is not None and not isinstance(value, tuple):
        yield _Change((), "去掉", _DECIDED, None)
    match value:
        case Test() | SettingTest() | Join() | Negation() | Unclear():
            yield from _of_condition(value)
        case Limit():
            yield from _of_limit(value)
        case BaseModel():
            yield from _of_model(value)
        case bool():
            if told:
                yield _Change((), f"{_shown(value)} 改为 {_shown(not value)}", _DECIDED, not value)
        case Enum():
            yield from _of_scale(value, f"在案例中写明 {name}: {value}" if isinstance(value, Severity) else _DECIDED)
        case int() if told:
            for step in (1, -1):
                yield _Change((), f"{value} 改为 {value + step}", "补恰好在界上和超出一个单位的案例", value + step)
        case date():
            for step in (1, -1):
                moved = value + step * _ONE_DAY
                yield _Change((), f"{value} 改为 {moved}", "补当日和前后一日的案例", moved)
        case str() if told:
            for option in chosen:
                yield _Change((), f"{value} 改为 {option}", "补一个二者结论不同的案例", option)
        case tuple():
            yield from _of_list(value, name, info.default)
        case Mapping():
            yield from _of_mapping(value)


def _options(annotation: Any) -> list[str]:
    """The words among which a key chooses; none where it holds anything else."""
    if get_origin(annotation) is Literal:
        return [word for word in get_args(annotation) if isinstance(word, str)]
    return [word for part in get_args(annotation) for word in _options(part)]


def _of_limit(limit: Limit) -> Iterator[_Change]:
    for step in (1, -1):
        if limit.number + step >= 0:
            moved = Limit(limit.number + step, limit.day_type)
            yield _Change((), f"{limit.zh}改为{moved.zh}", "补到期当日和次日的案例", moved)
    other = {DayType.WORKING: DayType.CALENDAR, DayType.CALENDAR: DayType.WORKING}.get(limit.day_type)
    if other and limit.number:
        moved = Limit(limit.number, other)
        yield _Change((), f"{limit.zh}改为{moved.zh}", "补一个跨休息日的案例", moved)


def _of_scale(value: Enum, case: str) -> Iterator[_Change]:
    """The neighbours on a scale: heavier and lighter, more and less often."""
    scale = list(type(value))
    position = scale.index(value)
    for other in scale[max(position - 1, 0) : position + 2]:
        if other is not value:
            yield _Change((), f"{value.value} 改为 {other.value}", case, other)


def _moved_day(fixed: FixedDay) -> Iterator[_Change]:
    for step in (1, -1):
        day = date(2001, fixed.month, fixed.day) + step * _ONE_DAY
        text = f"{fixed.month}月{fixed.day}日改为{day.month}月{day.day}日"
        yield _Change(("day",), text, "补到期当日和次日的案例", {"month": day.month, "day": day.day})


def _of_list(values: tuple[Any, ...], name: str, default: Any) -> Iterator[_Change]:
    """One entry less, one entry changed, two neighbours exchanged where the order counts."""
    for n, value in enumerate(values):
        fewer = values[:n] + values[n + 1 :]
        if fewer or default == () or default is None:
            if isinstance(value, BaseModel):
                yield _Change((n,), "去掉", _DECIDED, fewer or default)
            else:
                yield _Change((), f"去掉 {value}", f"补一个靠 {value} 才得出结论的案例", fewer or default, (n,))
        if isinstance(value, BaseModel):
            for each in _of_model(value):
                changed = (*values[:n], each.value, *values[n + 1 :])
                yield each._replace(place=(n, *each.place), value=changed)
    if name in _SEQUENCES:
        for n in range(len(values) - 1):
            swapped = (*values[:n], values[n + 1], values[n], *values[n + 2 :])
            yield _Change((), f"{values[n]} 与 {values[n + 1]} 对调", "补一个只有这两步先后颠倒的案例", swapped, (n,))


def _of_mapping(values: Mapping[str, Any]) -> Iterator[_Change]:
    for key, value in values.items():
        if isinstance(value, BaseModel):
            for each in _of_model(value):
                yield each._replace(place=(key, *each.place), value={**values, key: each.value})
            continue
        if isinstance(value, tuple):
            for each in _of_list(value, key, ()):
                yield each._replace(place=(key, *each.place), value={**values, key: each.value})
        if len(values) > 1:
            fewer = {other: values[other] for other in values if other != key}
            yield _Change((), f"去掉 {key}", f"补一个只有 {key} 不同的案例", fewer, (key,))


def _of_condition(node: Node) -> Iterator[_Change]:
    """The condition with one change: a test, a value, an operator, a `not`, `all` or `any`."""
    place, words = _start(node), _words(node)
    match node:
        case Test():
            yield _Change((), f"{words} 取反", "补一个由这一项决定结论的案例", Negation(node), place)
            for each in _of_test(node):
                yield each._replace(change=f"{words} {each.change}", inside=place)
        case SettingTest(values=values):
            yield _Change((), f"{words} 取反", "为各选项各补一个案例", Negation(node), place)
            for n, value in enumerate(values if len(values) > 1 else ()):
                fewer = replace(node, values=values[:n] + values[n + 1 :])
                yield _Change((), f"{words} 去掉 {value}", f"补一个设置为 {value} 的案例", fewer, place)
        case Negation(part=part):
            yield _Change((), f"{words} 去掉 not", "补一个由这一项决定结论的案例", part, place)
            for each in _of_condition(part):
                yield each._replace(value=Negation(each.value))
        case Unclear(part=part):
            yield _Change((), f"{words} 去掉 unclear", "补一个由这一项致使无法断定的案例", part, place)
            for each in _of_condition(part):
                yield each._replace(value=Unclear(each.value))
        case Join():
            yield from _of_join(node)


def _of_join(node: Join) -> Iterator[_Change]:
    other = "any" if node.kind == "all" else "all"
    text = f"{_words(node)} {node.kind} 改为 {other}"
    yield _Change((), text, "补一个只符合其中一项的案例", Join(other, node.parts), _start(node))
    for n, part in enumerate(node.parts):
        before, after = node.parts[:n], node.parts[n + 1 :]
        fewer = (*before, *after)
        left = fewer[0] if len(fewer) == 1 else Join(node.kind, fewer)
        yield _Change((), f"去掉 {_words(part)}", "补一个只有这一项不符的案例", left, _start(part))
        for each in _of_condition(part):
            if not (each.exchanged and node.kind == "any" and _equals_aside(part, fewer)):
                yield each._replace(value=Join(node.kind, (*before, each.value, *after)))


def _equals_aside(part: Node, others: Iterable[Node]) -> bool:
    """Whether "on the same day" stands beside a comparison: then it decides for what is equal, not the operator."""
    return isinstance(part, Test) and any(
        isinstance(other, Test) and (other.name, other.operator, other.operand) == (part.name, "same_day", part.operand)
        for other in others
    )


def _of_test(test: Test) -> Iterator[_Change]:
    """Other operators and operands for one test."""
    operand = test.operand
    several = len(operand) > 1 if isinstance(operand, tuple) else isinstance(operand, SettingOperand)
    for other in _NEIGHBOURS.get(test.operator, ()):
        if several or not test.operator.startswith("has"):
            exchanged = replace(test, operator=other)
            yield _Change((), f"改为 {other}", "补一个恰好在界上的案例", exchanged, exchanged=True)
    for step in _STEPS.get(test.operator, ()):
        if isinstance(operand, int) and not isinstance(operand, bool):
            moved = replace(test, operand=operand + step)
            yield _Change((), f"改为 {operand + step}", "补恰好在界上和超出一个单位的案例", moved)
    if isinstance(operand, tuple) and several:
        for n, value in enumerate(operand):
            fewer = replace(test, operand=operand[:n] + operand[n + 1 :])
            yield _Change((), f"去掉“{value}”", f"补一个 {test.name} 为“{value}”的案例", fewer)


def _start(node: Node) -> Place:
    """Where the first test of a condition stands."""
    match node:
        case Join(parts=parts):
            return _start(parts[0])
        case Negation(part=part) | Unclear(part=part):
            return _start(part)
        case _:
            return node.place


def _words(node: Node) -> str:
    """A condition as it is written, shortened."""
    text = _written(node)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _written(node: Node) -> str:
    match node:
        case Test(name=name, operator="is", operand=operand):
            return f"{{{name}: {_shown(operand)}}}"
        case Test(name=name, operator=operator, operand=operand):
            return f"{{{name}: {{{operator}: {_shown(operand)}}}}}"
        case SettingTest(key=key, values=values):
            return f"{{setting: {key}, {f'is: {values[0]}' if len(values) == 1 else f'in: {_shown(values)}'}}}"
        case Negation(part=part):
            return f"{{not: {_written(part)}}}"
        case Unclear(part=part):
            return f"{{unclear: {_written(part)}}}"
        case Join(kind=kind, parts=parts):
            return f"{{{kind}: [{', '.join(_written(part) for part in parts)}]}}"


def _shown(operand: Operand) -> str:
    match operand:
        case FieldOperand(name=name, home=home):
            return f"{{{'home' if home else 'field'}: {name}}}"
        case SettingOperand(key=key):
            return f"{{setting: {key}}}"
        case tuple():
            return f"[{', '.join(map(_shown, operand))}]"
        case bool():
            return str(operand).lower()
        case _:
            return str(operand)


def _moved_settings(book: Rulebook, rule: Rule) -> Iterator[Mutant]:
    """The rule as it stands, beside settings whose limit, number or day is moved by one."""
    read: dict[str, Place] = {}
    for key, place in settings_with_places(rule):
        if place[0] != "settings":
            read.setdefault(key, place)
    for key, place in read.items():
        for step in (1, -1):
            moved = _moved(book.settings[key].type, book.values[key], step)
            if moved is not None:
                change = f"{_path(place[:2])}：设置 {key} 由 {book.values[key]} 改为 {moved}"
                yield Mutant(rule, place, change, "补到期当日和次日的案例", {key: moved})


def _moved(kind: str, value: Any, step: int) -> Any:
    """A setting's value one further: a reading that counts days is moved past its options too."""
    if kind == "limit":
        limit = parse_limit(value)
        return f"{limit.number + step} {_UNITS[limit.day_type]}" if limit.number + step >= 0 else None
    if isinstance(value, date):
        return value + step * _ONE_DAY
    if isinstance(value, int) and not isinstance(value, bool):
        return value + step
    return None
