"""The plain evaluator against the meaning of a question written down a second time, and the corners one by one."""

import pytest

from auditor.inference.plain import evaluate
from auditor.inference.problem import Fact, Join, Match, Pattern, Question, Value
from tests.inference.drawn import draw_problem, slowly


@pytest.mark.parametrize("block", range(10))
def test_it_finds_what_trying_everything_finds(block: int) -> None:
    found = 0
    for seed in range(block * 100, block * 100 + 100):
        questions, facts = draw_problem(seed)
        matches = evaluate(questions, facts)
        assert matches == slowly(questions, facts), seed
        found += len(matches)
    assert found > 50  # the worlds drawn are not empty


def pair(operator: str, *, absent: bool = False) -> Question:
    """A fact, and another one (not) joined to it."""
    join = Join("value", operator, "one", "value")
    return Question("判断", (Pattern("one", "left"), Pattern("two", "right", (join,), absent=absent)))


def fact(kind: str, alias: str, *value: Value) -> Fact:
    return Fact(kind, {"value": value[0]} if value else {}, frozenset({("判断", alias)}))


@pytest.mark.parametrize(
    ("operator", "left", "right", "holds"),
    [
        ("is", 1, 1, True),
        ("is", 1, "1", False),
        ("is", "", "", True),
        ("is", 2**70, 2**70, True),
        ("is", 2**70, 2**70 + 1, False),
        ("before", 2, 1, True),
        ("before", 1, 1, False),
        ("not_after", 1, 1, True),
        ("after", 1, 1, False),
        ("after", 2**63, 2**63 + 1, True),
        ("not_before", 1, 1, True),
        ("not_before", 1, 0, False),
        ("before", "2", "1", False),
        ("after", 1, "2", False),
    ],
)
def test_a_join_reads_from_the_later_fact_to_the_earlier(operator: str, left: Value, right: Value, holds: bool) -> None:
    facts = [fact("left", "one", left), fact("right", "two", right)]
    assert evaluate([pair(operator)], facts) == ((Match("判断", (0, 1)),) if holds else ())
    assert evaluate([pair(operator, absent=True)], facts) == (() if holds else (Match("判断", (0,)),))


@pytest.mark.parametrize("operator", ["is", "before", "not_before"])
@pytest.mark.parametrize("values", [((), (1,)), ((1,), ()), ((), ())])
def test_a_join_on_what_is_not_recorded_never_holds(operator: str, values: tuple[tuple[int, ...], ...]) -> None:
    facts = [fact("left", "one", *values[0]), fact("right", "two", *values[1])]
    assert evaluate([pair(operator)], facts) == ()
    assert evaluate([pair(operator, absent=True)], facts) == (Match("判断", (0,)),)


def test_a_fact_is_not_in_its_own_way_and_not_its_own_partner() -> None:
    joins = (Join("value", "is", "one", "value"),)
    both = frozenset({("判断", "one"), ("判断", "two")})
    for absent, alone, together in ((False, [], [(0, 1), (1, 0)]), (True, [(0,)], [])):
        question = Question("判断", (Pattern("one", "left"), Pattern("two", "left", joins, absent=absent)))
        facts = [Fact("left", {"value": 1}, both)] * 2
        assert [match.facts for match in evaluate([question], facts[:1])] == alone
        assert [match.facts for match in evaluate([question], facts)] == together


def test_a_fact_of_another_kind_or_without_the_fit_is_not_looked_at() -> None:
    facts = [fact("other", "one", 1), fact("left", "two", 1), fact("left", "one", 1)]
    assert evaluate([Question("判断", (Pattern("one", "left"),))], facts) == (Match("判断", (2,)),)
