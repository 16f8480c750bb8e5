"""Conditions as column expressions, three-valued: null is unknown, and, or, not follow Kleene.

In a condition of application or an excuse, "recorded" on a column that the export lacks is simply
false. In a duty it is unknown, because a blank cell means not done and a lacking column does not.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from typing import Any

import polars as pl

from auditor.evaluation.certain import ALWAYS, NEVER, both, either, negated
from auditor.evaluation.days import alike
from auditor.evaluation.scope import Scope
from auditor.personaldata import HINT, MASKED, NAME, personal_data
from auditor.rulebook.conditions import (
    FieldOperand,
    Join,
    Negation,
    Node,
    Operand,
    SettingOperand,
    SettingTest,
    Test,
    Unclear,
)
from auditor.rulebook.logs import FieldType

Missing = Mapping[str, pl.Expr]
_BY_DAY = ("before", "not_after", "after", "not_before", "same_day")
_HAS: Mapping[str, Callable[[frozenset[str], frozenset[str]], bool]] = {
    "has": frozenset.issuperset,
    "has_any": lambda held, asked: not held.isdisjoint(asked),
    "has_none": frozenset.isdisjoint,
    "has_only": frozenset.issubset,
}
_SEARCHING = ("mentions", "reveals")  # what goes through texts is asked of the rows that a rule leaves alone
_MENTION_LENGTH = 2  # a single character proves nothing when it occurs in a text


@dataclass(frozen=True)
class Compiled:
    """A condition over a log's rows, and for each field it needs whether that field made it unknown.

    Of a `plain` one every such flag alone tells that it is unknown; of others only where `holds` is null.
    """

    holds: pl.Expr
    missing: Missing
    plain: bool = False

    @property
    def unknown(self) -> pl.Expr:
        """Where a flag tells that the field made the condition unknown."""
        return ALWAYS if self.plain else self.holds.is_null()


def compile_condition(node: Node, scope: Scope, *, duty: bool = False) -> Compiled:
    """Compile a condition; `duty` as the module says."""
    match node:
        case SettingTest(key=key, values=values):
            return Compiled(ALWAYS if scope.book.values[key] in values else NEVER, {})
        case Negation(part=part):
            inner = compile_condition(part, scope, duty=duty)
            return replace(inner, holds=negated(inner.holds))
        case Unclear(part=part):
            inner = compile_condition(part, scope, duty=duty)
            return replace(inner, holds=pl.when(negated(inner.holds)).then(pl.lit(False)))
        case Join(kind=kind, parts=parts):
            compiled = [compile_condition(part, scope, duty=duty) for part in parts]
            parts_hold = [each.holds for each in compiled]
            return Compiled(reduce(both, parts_hold) if kind == "all" else either(parts_hold), merge(compiled))
        case Test():
            return _test(node, scope, duty)


def merge(parts: list[Compiled]) -> Missing:
    """The fields that make any unknown part unknown."""
    missing: dict[str, pl.Expr] = {}
    for part in parts:
        for name, flag in part.missing.items():
            missing[name] = either([missing.get(name, NEVER), both(flag, part.unknown)])
    return missing


def _test(test: Test, scope: Scope, duty: bool) -> Compiled:
    label = f"{scope.table.log}.{test.name}" if scope.prefix else test.name
    if test.operator in ("recorded", "known"):
        present = scope.is_recorded(test.name) if test.operand else scope.is_blank(test.name)
        if not duty or test.operator == "known":
            return Compiled(present, {})
        tells = scope.tells(test.name)
        holds = present if tells is ALWAYS else pl.when(tells).then(present)
        return Compiled(holds, {label: negated(tells)}, plain=True)
    value = scope.value(test.name)
    if test.operator == "clocked":
        clocked = value != value.dt.truncate("1d")
        return Compiled(clocked if test.operand else ~clocked, {label: scope.is_blank(test.name)}, plain=True)
    missing = {label: scope.is_blank(test.name)}
    if test.operator == "like_a_name":
        named = value.str.contains(NAME)
        return Compiled(named if test.operand else ~named, missing, plain=True)
    if isinstance(test.operand, FieldOperand):
        whose = scope.home if test.operand.home and scope.home else scope
        missing[test.operand.name] = whose.is_blank(test.operand.name)
    operand = _operand(test.operand, scope)
    is_empty = isinstance(operand, tuple) and not operand  # a list of which even a blank field has nothing
    if test.operator in _SEARCHING:
        return Compiled(_compare(test, value, operand, scope), missing, plain=not is_empty)
    holds = scope.share(test, lambda: _compare(test, value, operand, scope), *missing)
    return Compiled(holds, missing, plain=not is_empty)


def _compare(test: Test, value: pl.Expr, operand: Any, scope: Scope) -> pl.Expr:
    word = test.operator
    if word in ("is", "is_not", "in", "not_in"):
        inside = _among(value, [_plain(each, test.name, scope) for each in _listed(operand)])
        return inside if word in ("is", "in") else ~inside
    if word in ("has", "has_any", "has_none", "has_only"):
        if (held := scope.held(test.name)) is not None and all(isinstance(each, str) for each in _listed(operand)):
            return held.of(_HAS[word], frozenset(_listed(operand)))
        if word == "has_only":
            return value.list.eval(_among(pl.element(), _listed(operand))).list.all()
        found = [_contains(value, each) for each in _listed(operand)]
        found = found or [pl.lit(False)]
        if word == "has":
            return pl.all_horizontal(found)
        return pl.any_horizontal(found) if word == "has_any" else ~pl.any_horizontal(found)
    if word in _BY_DAY and word != "same_day" and isinstance(test.operand, FieldOperand):
        whose = scope.home if test.operand.home and scope.home else scope
        if scope.is_timed(test.name) and whose.is_timed(test.operand.name):
            value, operand = alike(value, operand)
            return _by_moment(word, value, operand)
    if word == "mentions":
        return _mentions(test, value, operand, scope)
    return _ordered(word, value, operand)


def _mentions(test: Test, value: pl.Expr, operand: Any, scope: Scope) -> pl.Expr:
    """Whether a text contains another field's, or one of several words; of lists, an item an item."""
    if not isinstance(test.operand, FieldOperand):
        return pl.any_horizontal(
            [pl.lit(False), *(value.str.contains(str(each), literal=True) for each in _listed(operand))]
        )
    whose = scope.home if test.operand.home and scope.home else scope
    if _is_list(test.name, scope) or _is_list(test.operand.name, whose):
        return _mentioned_in_items(value, operand)
    return _mentioned(value, operand)


def _mentioned(value: pl.Expr, sought: pl.Expr) -> pl.Expr:
    """Whether a text contains another; what is masked (张*明, 138****1234) is nobody's and stands nowhere."""
    found = pl.when(sought.str.len_chars() >= _MENTION_LENGTH).then(value.str.contains(sought, literal=True))
    return pl.when(sought.str.contains(MASKED)).then(pl.lit(False)).otherwise(found)


def _mentioned_in_items(value: pl.Expr, sought: pl.Expr) -> pl.Expr:
    """Whether an item of a list contains an item of another; a text is a list of one."""

    def mention(pairs: pl.Series) -> pl.Series:
        return pl.Series([_any_mention(pair["value"], pair["sought"]) for pair in pairs], dtype=pl.Boolean)

    return pl.struct(value.alias("value"), sought.alias("sought")).map_batches(mention, return_dtype=pl.Boolean)


def _any_mention(value: str | list[str] | None, sought: str | list[str] | None) -> bool | None:
    if value is None or sought is None:
        return None
    texts, parts = ([each] if isinstance(each, str) else each for each in (value, sought))
    long_enough = [part for part in parts if len(part) >= _MENTION_LENGTH]
    if any(part in text and not re.search(MASKED, part) for part in long_enough for text in texts):
        return True
    return False if len(long_enough) == len(parts) else None


def _among(value: pl.Expr, items: list[Any]) -> pl.Expr:
    """Whether a value is one of several, of which some may be other fields' values."""
    if len(items) > 1 and all(isinstance(each, str) for each in items):
        return value.is_in(items)
    return pl.any_horizontal([pl.lit(False), *(value == each for each in items)])


def _contains(value: pl.Expr, item: Any) -> pl.Expr:
    """Whether a list holds the item; unknown where the item is another field's value that is not recorded."""
    if isinstance(item, pl.Expr):
        return pl.when(item.is_not_null()).then(value.list.contains(item))
    return value.list.contains(str(item))


def _ordered(word: str, value: pl.Expr, operand: Any) -> pl.Expr:
    """Comparisons of lists, texts, days and numbers with one operand."""
    if word == "items_at_least":
        return value.list.len() >= pl.lit(operand)
    if word == "shares_any":
        return value.list.set_intersection(operand).list.len() > pl.lit(0)
    if word == "ends_with":
        return pl.any_horizontal([pl.lit(False), *(value.str.ends_with(str(each)) for each in _listed(operand))])
    if word == "reveals":
        return _reveals(value, frozenset(map(str, _listed(operand))))
    other: pl.Expr = operand if isinstance(operand, pl.Expr) else pl.lit(operand)
    if word in _BY_DAY:
        value, other = value.cast(pl.Date), other.cast(pl.Date)
    return _by_moment(word, value, other)


def _by_moment(word: str, value: pl.Expr, other: pl.Expr) -> pl.Expr:
    match word:
        case "before" | "less_than":
            return value < other
        case "not_after" | "at_most":
            return value <= other
        case "after" | "more_than":
            return value > other
        case "not_before" | "at_least":
            return value >= other
        case _:
            return value == other


def _reveals(value: pl.Expr, kinds: frozenset[str]) -> pl.Expr:
    """Whether a text holds personal data of these kinds; unknown where there is no text."""

    def reveal(texts: pl.Series) -> pl.Series:
        hinted = texts.str.contains(HINT)  # the rest need not be looked at one by one
        found = [not kinds.isdisjoint(_kinds_in(text)) for text in texts.filter(hinted)]
        return hinted.scatter(hinted.arg_true(), found)

    return value.map_batches(reveal, return_dtype=pl.Boolean)


@lru_cache(maxsize=10_000)
def _kinds_in(text: str) -> frozenset[str]:
    """The kinds of personal data in a text; several rules may look at the same one."""
    return frozenset(passage.kind for passage in personal_data(text))


def _operand(operand: Operand, scope: Scope) -> Any:
    if isinstance(operand, SettingOperand):
        return scope.book.value(operand.key, operand.of)
    if isinstance(operand, FieldOperand):
        whose = scope.home if operand.home and scope.home else scope
        return whose.value(operand.name)
    return operand


def _listed(operand: Any) -> list[Any]:
    return list(operand) if isinstance(operand, tuple) else [operand]


def _is_list(name: str, scope: Scope) -> bool:
    return name in scope.log.fields and scope.log.fields[name].type is FieldType.LIST


def _plain(value: Any, name: str, scope: Scope) -> Any:
    """是 and 否 may be written for a flag's true and false."""
    if name in scope.log.fields and scope.log.fields[name].type is FieldType.FLAG and value in ("是", "否"):
        return value == "是"
    return value
