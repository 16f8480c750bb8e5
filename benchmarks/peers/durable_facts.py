"""The sixteen request rules in durable-rules, one fact at a time.

Fed as it must be: a first test on the kind in every pattern, a pattern that takes every fact and never fires (an
unmatched fact is an error), a number of its own for each fact, no threads, few facts in one working memory.
"""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from peers.request_facts import CLAUSES, Breach, Fact, Field, timed

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from durable.engine import Host

MEMORY = 500  # facts in one working memory: it looks them all through


class QuietHost(Host):
    """A host without the threads that look for work left over."""

    def _run(self) -> None:
        """Nothing runs beside."""


def expression(breach: Breach) -> dict[str, Any]:
    """A breach as a pattern."""
    tests: list[dict[str, Any]] = [{"kind": "request"}]
    for name, sign, value in breach:
        test = {name: {"$m": value.name} if isinstance(value, Field) else value}
        tests.append({"$gt": test} if sign == ">" else test)
    return {"$and": tests}


def judge(facts: list[Fact]) -> Iterator[tuple[str, int]]:
    """Every breach."""
    found: list[tuple[str, int]] = []

    def action(rule: str) -> Any:
        def fire(context: Any) -> None:
            found.append((rule, context.m.number))

        return fire

    rules: dict[str, Any] = {
        f"{rule} {place}": {"all": [{"m": expression(breach)}], "run": action(rule)}
        for place, (rule, breach) in enumerate(CLAUSES)
    }
    rules["every fact"] = {"all": [{"m": {"kind": "request"}}, {"n": {"kind": "never"}}], "run": action("")}
    host = QuietHost()
    host.set_rulesets({"requests": rules})
    for fact in facts:
        memory, place = divmod(fact["number"], MEMORY)
        host.assert_fact("requests", {**fact, "kind": "request", "id": f"{place:06}", "sid": f"{memory}"})
    return iter(found)


def run(facts: Path, out: Path) -> None:
    """Judge the facts of a file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it uses what newer versions of Python call out of date
        timed(facts, out, judge)
