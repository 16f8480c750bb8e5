"""The questions as a ruleset of durable-rules, and one part of the facts judged by it.

The library is unmaintained C and must be held by the hand; each precaution here answers a failure that was seen.
It gets small whole numbers only; the kind is the first test of every pattern; every joined attribute is asked to be
there; the last join always holds, since a failing last one reads beyond its memory; where something must be absent, a
token opens the rule and comes after all facts, since what is withdrawn later is not withdrawn; every fact passes a
first test and has its own number, since an unknown or doubled one stops a batch; there is one working memory at a time
and it is deleted only after an action ran in it. No other module imports the library, and this one only when it is
needed.
"""

import warnings
from collections.abc import Callable, Sequence
from typing import Any

from auditor.inference.encoding import DONE, FIRST_KIND, NEVER, TOKEN, Encoded, Plan
from auditor.inference.places import Asked, Place
from auditor.inference.problem import EQUAL, Join, Question

Found = list[tuple[int, tuple[int, ...]]]  # the number of the question, the facts by their place in the part
NAME = "questions"
MEMORY = "1"  # its memories are told apart by a short hash only: there is never more than this one
PLACES, JOINS, COLUMNS = 15, 24, 120  # of a question, of a pattern, of a fact: the engine's limits are 16, 29 and 252
TESTS = {EQUAL: None, "before": "$lt", "not_after": "$lte", "after": "$gt", "not_before": "$gte"}


class EngineFault(Exception):
    """The engine did not do what it was asked (why: in Chinese); nothing it said about the part is worth anything."""


class EngineMissing(EngineFault):
    """The library cannot be loaded."""


def within_limits(question: Question) -> bool:
    """Whether the engine can be asked the question at all."""
    return len(question.patterns) <= PLACES and all(len(pattern.joins) <= JOINS for pattern in question.patterns)


class Engine:
    """The ruleset of one group of questions. After a fault it must not be asked again."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self.plan = Plan(questions)
        self.fired: set[tuple[int, tuple[int, ...]]] = set()
        self.done = 0
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it uses what newer versions of Python call out of date
            try:
                import durable.engine
                import durable_rules_engine
            except Exception as error:
                raise EngineMissing(str(error)) from error
            self._library: Any = durable_rules_engine
            # Its own host starts two threads that follow deleted memories.
            host = type("QuietHost", (durable.engine.Host,), {"_run": lambda self: None})
            self._host: Any = host()
            try:
                self._host.set_rulesets({NAME: self._rules()})
            except Exception as error:
                raise EngineFault(f"规则集无法建立：{error}") from error

    def close(self) -> None:
        """Free the ruleset: nothing else does."""
        self._library.delete_ruleset(self._host.get_ruleset(NAME)._handle)

    def judge(self, encoded: Encoded) -> Found:
        """Every match within one part, sorted."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return self._judge(encoded)
        except EngineFault:
            raise
        except Exception as error:
            raise EngineFault(f"{type(error).__name__}: {getattr(error, 'message', error)}"[:200]) from error

    def _judge(self, encoded: Encoded) -> Found:
        self.fired.clear()
        self.done = 0
        facts = [self._fact(number, *fact) for number, fact in enumerate(encoded.facts)]
        if not facts:  # an empty batch is a crash
            return []
        self._host.assert_facts(NAME, facts)
        for number, kind in enumerate((TOKEN, DONE), len(facts)):
            self._host.assert_fact(NAME, {"id": f"{number:06d}", "sid": MEMORY, "kind": kind, "one": 1})
        self._check(len(facts) + 2)
        self._host.delete_state(NAME, MEMORY)
        return sorted(self.fired)

    def _check(self, asserted: int) -> None:
        """Nothing is left to do, nothing was lost on the way, nothing went wrong in silence."""
        if self.done != 1:
            raise EngineFault(f"待办没有走完（结束标记触发 {self.done} 次）")
        state = self._host.get_state(NAME, MEMORY)
        if "exception" in state:
            raise EngineFault(f"动作出错：{state['exception']}"[:200])
        held = len(self._host.get_facts(NAME, MEMORY))
        if held != asserted:
            raise EngineFault(f"交入 {asserted} 条事实，只记住 {held} 条")

    def _fact(self, number: int, bits: int, row: tuple[int, ...]) -> dict[str, Any]:
        names = self.plan.names
        columns = self.plan.shape(bits)
        if len(columns) > COLUMNS or number > 900_000:  # the numbers are hashed, without a collision up to a million
            raise EngineFault("事实的项目过多")
        fact: dict[str, Any] = {"id": f"{number:06d}", "sid": MEMORY, **self.plan.fixed(bits)}
        fact.update(zip([names[column] for column in columns], row, strict=True))
        return fact

    def _rules(self) -> dict[str, Any]:
        """The definition of the ruleset; the library changes it, so it is made anew each time."""
        rules = {f"q{number}": self._rule(number, one) for number, one in enumerate(self.plan.asked)}
        rules["done"] = {"all": [{"d": {"kind": DONE}}], "pri": 9, "run": self._count}
        # Every fact passes the first test, so that none is unknown; nothing ever passes the second.
        rules["known"] = {"all": [{"x": {"one": 1}}, {"y": {"kind": NEVER}}], "run": self._wrong}
        return rules

    def _rule(self, number: int, one: Asked) -> dict[str, Any]:
        patterns: list[dict[str, Any]] = [{"t": {"kind": TOKEN}}] if one.empty else []
        for place in (*one.filled, *one.empty):
            alias = self._alias(one, place)
            patterns.append({alias + "$not" if place.pattern.absent else alias: self._tests(one, place, patterns)})
        return {"all": patterns, "run": self._collector(number, len(one.filled))}

    def _tests(self, one: Asked, place: Place, earlier: Sequence[dict[str, Any]]) -> dict[str, Any]:
        tests: list[dict[str, Any]] = [{"kind": FIRST_KIND + self.plan.kinds.index(place.pattern.kind)}]
        tests.append({f"p{place.number}": 1})
        tests += [{"$ex": {name: 1}} for name in self.plan.of_place(place)]
        tests += [self._join(one, join) for join in place.pattern.joins]
        if earlier:
            tests.append({"one": {next(iter(earlier[0])): "one"}})
        return {"$and": tests}

    def _join(self, one: Asked, join: Join) -> dict[str, Any]:
        test = TESTS[join.operator]
        own, other = self.plan.column(join, join.attribute), self.plan.column(join, join.other)
        joined = {own: {f"m{one.slots[join.alias]}": other}}
        return {test: joined} if test else joined

    def _alias(self, one: Asked, place: Place) -> str:
        return f"n{place.number}" if place.pattern.absent else f"m{one.slots[place.pattern.alias]}"

    # An action must have exactly one parameter: one with two is taken for asynchronous and never ends.
    def _collector(self, number: int, size: int) -> Callable[[Any], None]:
        aliases = [f"m{slot}" for slot in range(size)]

        def collect(found: Any) -> None:
            self.fired.add((number, tuple([int(found._m[alias]["id"]) for alias in aliases])))

        return collect

    def _count(self, found: Any) -> None:
        self.done += 1

    def _wrong(self, found: Any) -> None:
        raise EngineFault("不应触发的规则触发了")
