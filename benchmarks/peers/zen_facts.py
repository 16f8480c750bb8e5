"""The sixteen request rules as expressions of zen-engine, one fact at a time."""

from collections.abc import Iterator
from pathlib import Path

import zen

from peers.request_facts import BREACHES, Breach, Fact, Field, timed


def expression(breaches: list[Breach]) -> str:
    """The breaches of a rule as one expression."""

    def test(name: str, sign: str, value: str | int | Field) -> str:
        other = value.name if isinstance(value, Field) else f"'{value}'" if isinstance(value, str) else str(value)
        return f"{name} {'==' if sign == '=' else sign} {other}"

    return " or ".join("(" + " and ".join(test(*each) for each in breach) + ")" for breach in breaches)


def judge(facts: list[Fact]) -> Iterator[tuple[str, int]]:
    """Every breach."""
    rules = {rule: zen.compile_expression(expression(breaches)) for rule, breaches in BREACHES.items()}
    for fact in facts:
        for rule, compiled in rules.items():
            if compiled.evaluate(fact):
                yield rule, fact["number"]


def run(facts: Path, out: Path) -> None:
    """Judge the facts of a file."""
    timed(facts, out, judge)
