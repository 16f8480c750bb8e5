"""Judgements (研判): what breaches mean together, declared in `rules/judgements.yaml`.

A judgement looks for facts of certain kinds (`if`), for the absence of others (`unless`), and says what follows
(`then`). A pattern is a condition of the same grammar as the rules; a test against `{field: alias.attribute}` of an
earlier pattern joins the two. Kinds that other judgements conclude are complete before a judgement reads them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field, model_validator

from auditor.domain.obligation import Severity, Status
from auditor.inference.problem import EQUAL, ORDERS, Join
from auditor.rulebook.conditions import FieldOperand, Node, Test, fault, parse_condition, settings_read, tests
from auditor.rulebook.conditions import Join as Joined
from auditor.rulebook.strict import Fields, Strict

_OBLIGATION = ("rule", "title", "regulation", "log", "record", "about", "unit", "severity", "late", "day_type")
_DAYS = ("start_on", "due_on", "done_on", "happened_on")
BREACH, KEPT, FINDING, UNIT, DELAY, CARRIER = "breach", "kept", "finding", "unit", "delay", "carrier"
# The facts that an audit gives; besides these every log is a kind, with the fields of its records.
GIVEN: Mapping[str, tuple[str, ...]] = {
    BREACH: (*_OBLIGATION, *_DAYS, "superior", "same_fact", "place", "extension", "case_overdue"),
    KEPT: (*_OBLIGATION, *_DAYS, "status"),
    FINDING: ("rule", "title", "regulation", "log", "about", "unit", "severity", "late"),
    UNIT: ("unit", "obligations", "breached", "unverifiable", "unverifiable_percent", "rule", "missing"),
    DELAY: ("log", "about", "unit", "late", "steps", "shares", "answerable"),
    CARRIER: ("about", "log", "record", "title"),
}
WITH_FINDING = (BREACH, FINDING, DELAY)  # facts that a finding stands behind
RECORD = "record"  # the key of a record, whatever its log calls it


@dataclass(frozen=True)
class Sought:
    """One pattern: the kind, the tests of the fact alone, and the joins with earlier patterns."""

    alias: str
    kind: str
    own: Node | None
    joins: tuple[Join, ...]
    absent: bool


class Effect(Strict):
    """What follows: something `on` the finding of a fact, a further `finding`, or a fact that it `concludes`.

    `on`: `join` takes the breaches of other patterns into the same finding, led by this one; `severity` is the least
    it weighs. `finding`: the rule that leads it, as its id, as `{alias.attribute}`, or by the value of an attribute;
    `of` the pattern that it is about. `heavier`: so many degrees above the heaviest breach behind it. `one_up`: the
    next in the line of responsibility answers. `masks`: nothing of what the record says is shown.
    """

    on: str | None = None
    finding: str | Mapping[str, str] | None = None
    concludes: str | None = None
    of: str | None = None
    with_: Annotated[Mapping[str, str], Field(alias="with")] = {}
    join: Fields | None = None
    shows: Fields | None = None
    severity: Severity | None = None
    heavier: int = 0
    status: Status = Status.BREACHED
    title: str = ""
    says: str = ""
    liable: str = ""
    one_up: bool = False
    remedy: str = ""
    masks: bool = False

    @model_validator(mode="after")
    def _one_of_three(self) -> "Effect":
        given = [name for name in ("on", "finding", "concludes") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"结论须且只须写 on、finding、concludes 之一，现有：{'、'.join(given) or '无'}|分成几项写")
        if self.on is None and self.of is None:
            raise ValueError("finding 和 concludes 须写明是关于哪个模式的（of）|补上 of: 别名")
        return self

    @property
    def aliases(self) -> Iterator[str]:
        """The patterns named, besides those inside texts."""
        yield from (name for name in (self.on, self.of) if name is not None)
        yield from (*(self.join or ()), *(self.shows or ()))


class ExpectedFinding(Strict):
    """A finding that a case must give; what is not written is not compared. `says` must be part of the sentence."""

    rule: str
    also: tuple[str, ...] | None = None
    status: Status = Status.BREACHED
    severity: Severity | None = None
    unit: str | None = None
    records: tuple[str, ...] | None = None
    judgements: tuple[str, ...] | None = None
    says: str | None = None
    liable: str | None = None


class JudgementCase(Strict):
    """Facts, each `{kind: attributes}`, and exactly the findings that all judgements together make of them."""

    facts: tuple[Mapping[str, Mapping[str, Any]], ...]
    settings: Mapping[str, Any] = {}
    as_of: date = date(2026, 6, 30)
    expect: tuple[ExpectedFinding, ...]
    because: str = ""


class Judgement(Strict):
    """One judgement. `needs` are logs without which it cannot be made."""

    id: str
    title: str
    reason: str
    needs: tuple[str, ...] = ()
    if_: Annotated[Mapping[str, Mapping[str, Any]], Field(alias="if")]
    unless: Mapping[str, Mapping[str, Any]] = {}
    then: tuple[Effect, ...]
    cases: tuple[JudgementCase, ...] = ()

    @model_validator(mode="after")
    def _patterns_are_sound(self) -> "Judgement":
        if not self.if_ or not self.then:
            raise ValueError(f"研判规则“{self.id}”缺少 if 或 then|两者都要写")
        earlier: dict[str, str] = {}
        for each in self.sought:
            for join in each.joins:
                if join.alias not in earlier:
                    place = ("unless" if each.absent else "if", each.alias)
                    raise fault(place, f"“{each.alias}”联系的“{join.alias}”不是前面的模式", "先写被联系的模式")
            if not each.absent:
                earlier[each.alias] = each.kind
        for number, effect in enumerate(self.then):
            for name in effect.aliases:
                if name not in earlier:
                    raise fault(("then", number), f"结论里的“{name}”不是 if 中的模式", f"可用：{'、'.join(earlier)}")
        return self

    @cached_property
    def sought(self) -> tuple[Sought, ...]:
        """The patterns in order, those of what must be absent last."""
        written = [(alias, raw, False, ("if", alias)) for alias, raw in self.if_.items()]
        written += [(alias, raw, True, ("unless", alias)) for alias, raw in self.unless.items()]
        return tuple(_sought(alias, raw, absent, place) for alias, raw, absent, place in written)

    @property
    def kinds(self) -> set[str]:
        """The kinds of facts that it reads."""
        return {each.kind for each in self.sought}

    @property
    def concluded(self) -> set[str]:
        """The kinds of facts that it concludes."""
        return {effect.concludes for effect in self.then if effect.concludes}

    @property
    def joins_breaches(self) -> bool:
        """Whether it makes one finding of several breaches."""
        return any(effect.join for effect in self.then)


class Counted(Strict):
    """Facts of one kind counted by attributes, as facts of a new kind with `number` and the heaviest `severity`."""

    of: str
    by: Fields
    where: Mapping[str, Any] | None = None

    @cached_property
    def condition(self) -> Node | None:
        """Which of them are counted."""
        return parse_condition(self.where, ("where",)) if self.where else None


class Delay(Strict):
    """An act in steps: the late act, and what the lateness of each step before it is called."""

    late: tuple[str, ...]
    steps: Mapping[str, str]
    rest: str


class Carried(Strict):
    """Records of the log `of` that records of other logs carry out: these name its `title`, whole, in theirs (`by`).

    A title of fewer than `at_least` characters may stand in others by chance and is not looked for.
    """

    of: str
    title: str
    by: Mapping[str, str]
    at_least: int


class Responsibility(Strict):
    """Who answers: the line from the section upwards, and the post for each body that rules call `liable`.

    A body of which `unit` is `own` is the unit of the record.
    """

    class Post(Strict):
        """A post in a unit."""

        post: str = ""
        unit: str = ""

    line: Mapping[str, str] = {}
    posts: Mapping[str, Post] = {}


class JudgementFile(Strict):
    """`judgements.yaml`."""

    responsibility: Responsibility = Field(default_factory=Responsibility)
    delays: tuple[Delay, ...] = ()
    carriers: tuple[Carried, ...] = ()
    counts: Mapping[str, Counted] = {}
    judgements: tuple[Judgement, ...] = ()

    def with_overlay(self, other: "JudgementFile") -> "JudgementFile":
        """The judgements of both; of the same id the other's, and its line of responsibility where it gives one."""
        judgements = {each.id: each for each in (*self.judgements, *other.judgements)}
        return JudgementFile(
            responsibility=other.responsibility if other.responsibility.line else self.responsibility,
            delays=other.delays or self.delays,
            carriers=other.carriers or self.carriers,
            counts={**self.counts, **other.counts},
            judgements=tuple(judgements.values()),
        )

    @cached_property
    def attributes(self) -> Mapping[str, tuple[str, ...]]:
        """The attributes of every kind but the logs."""
        found = dict(GIVEN)
        found |= {
            kind: (*counted.by, "number", "severity", "title", "regulation") for kind, counted in self.counts.items()
        }
        for judgement in self.judgements:
            for effect in judgement.then:
                if effect.concludes:
                    found[effect.concludes] = tuple(dict.fromkeys([*found.get(effect.concludes, ()), *effect.with_]))
        return found

    @cached_property
    def stages(self) -> tuple[tuple[Judgement, ...], ...]:
        """The judgements in turns: what one reads, those of the turns before have concluded.

        Raises `ValueError` where judgements wait for each other.
        """
        left, stages = list(self.judgements), list[tuple[Judgement, ...]]()
        while left:
            ready = [each for each in left if all(self._is_complete(kind, left) for kind in each.kinds)]
            if not ready:
                raise ValueError(f"研判规则互相等待：{'、'.join(each.id for each in left)}|去掉其中一处依据")
            stages.append(tuple(ready))
            left = [each for each in left if each not in ready]
        return tuple(stages)

    def _is_complete(self, kind: str, left: list[Judgement]) -> bool:
        if kind in self.counts:
            return self._is_complete(self.counts[kind].of, left)
        if kind == FINDING:
            return not any(each.joins_breaches for each in left)
        return not any(kind in each.concluded for each in left)


def settings_of_judgements(file: JudgementFile) -> set[str]:
    """The settings that conditions of judgements read."""
    nodes = [each.own for judgement in file.judgements for each in judgement.sought]
    nodes += [counted.condition for counted in file.counts.values()]
    return {key for node in nodes if node is not None for key, _ in settings_read(node)}


def _sought(alias: str, raw: Mapping[str, Any], absent: bool, place: tuple[str | int, ...]) -> Sought:
    if len(raw) != 1:
        raise fault(place, f"模式“{alias}”应写成 {{种类: 条件}}", "例如 {breach: {rule: GID-9-1}}")
    kind, written = next(iter(raw.items()))
    node = parse_condition(written, (*place, kind)) if written else None
    parts = node.parts if isinstance(node, Joined) and node.kind == "all" else ((node,) if node else ())
    joins = [part for part in parts if isinstance(part, Test) and isinstance(part.operand, FieldOperand)]
    own = [part for part in parts if part not in joins]
    for part in own:
        if any(isinstance(test.operand, FieldOperand) for test in tests(part)):
            raise fault(place, f"模式“{alias}”与其他模式的联系不能写在 any、not 里", "放到最外层")
    return Sought(
        alias,
        str(kind),
        (own[0] if len(own) == 1 else Joined("all", tuple(own))) if own else None,
        tuple(_join(alias, part, place) for part in joins),
        absent,
    )


def _join(alias: str, test: Test, place: tuple[str | int, ...]) -> Join:
    operand = test.operand
    assert isinstance(operand, FieldOperand)
    other, dot, attribute = operand.name.partition(".")
    if not dot or operand.home:
        raise fault(place, f"模式“{alias}”的联系应写成 {{field: 别名.属性}}", "例如 {is: {field: late.about}}")
    if test.operator != EQUAL and test.operator not in ORDERS:
        raise fault(place, f"模式“{alias}”的联系不能用“{test.operator}”", f"可用：{EQUAL}、{'、'.join(ORDERS)}")
    return Join(test.name, test.operator, other, attribute)
