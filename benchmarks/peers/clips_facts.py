"""The sixteen request rules in CLIPS, one fact at a time."""

from collections.abc import Iterator
from pathlib import Path

import clips

from peers.request_facts import CLAUSES, Breach, Fact, Field, timed


def definition(name: str, rule: str, breach: Breach) -> str:
    """A breach as a CLIPS rule."""
    slots, tests = {"number": "?number"}, []
    for field, sign, value in breach:
        if sign == "=":
            slots[field] = f'"{value}"' if isinstance(value, str) else str(value)
            continue
        slots[field] = f"?{field}"
        if isinstance(value, Field):
            slots[value.name] = f"?{value.name}"
        tests.append(f"(test (> ?{field} {f'?{value.name}' if isinstance(value, Field) else value}))")
    pattern = " ".join(f"({slot} {constraint})" for slot, constraint in slots.items())
    return f'(defrule {name} (request {pattern}) {" ".join(tests)} => (breached "{rule}" ?number))'


def judge(facts: list[Fact]) -> Iterator[tuple[str, int]]:
    """Every breach."""
    found: list[tuple[str, int]] = []
    environment = clips.Environment()
    environment.define_function(lambda rule, number: found.append((rule, number)), name="breached")
    slots = " ".join(f"(slot {name})" for name in facts[0])
    environment.build(f"(deftemplate request {slots})")
    for place, (rule, breach) in enumerate(CLAUSES):
        environment.build(definition(f"rule-{place}", rule, breach))
    template = environment.find_template("request")
    for fact in facts:
        asserted = template.assert_fact(**fact)
        environment.run()
        asserted.retract()
    return iter(found)


def run(facts: Path, out: Path) -> None:
    """Judge the facts of a file."""
    timed(facts, out, judge)
