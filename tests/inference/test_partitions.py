"""Parts lose no match and make none, are the same in any order of the facts, and stay small."""

from collections import Counter
from random import Random

import pytest

from auditor.inference import partitions
from auditor.inference.partitions import LIMIT, groups_of, split
from auditor.inference.places import ask
from auditor.inference.plain import evaluate
from auditor.inference.problem import Fact, Join, Match, Pattern, Question
from tests.inference.drawn import draw_problem

UNIT, RECORD = Join("unit", "is", "one", "unit"), Join("record", "is", "one", "record")


def by_parts(questions: list[Question], facts: list[Fact]) -> tuple[Match, ...]:
    """The matches of the parts, each evaluated with nothing but its own facts in its own places."""
    found = []
    for number, group in enumerate(groups_of(questions)):
        names = {
            place.number: (place.judgement, place.pattern.alias)
            for one in ask(group)
            for place in (*one.filled, *one.empty)
        }
        for part in split(number, group, facts):
            positions = [position for position, _ in part.members]
            held = [
                Fact(
                    facts[position].kind,
                    facts[position].values,
                    frozenset(name for place, name in names.items() if bits >> place & 1),
                )
                for position, bits in part.members
            ]
            for match in evaluate(group, held):
                found.append(Match(match.judgement, tuple(positions[place] for place in match.facts)))
    assert len(found) == len(set(found)), "a match in two parts"
    return tuple(sorted(found))


@pytest.mark.parametrize("limit", [2, 5, LIMIT])
def test_the_matches_of_the_parts_are_the_matches_of_the_whole(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "LIMIT", limit)
    found = parts = 0
    for seed in range(10_000, 10_400):
        questions, facts = draw_problem(seed, (3, 8, 16, 30))
        matches = evaluate(questions, facts)
        assert by_parts(questions, facts) == matches, seed
        found += len(matches)
        parts += sum(len(split(0, group, facts)) for group in groups_of(questions))
    assert found > 1_000
    assert parts > 400


def test_the_parts_do_not_depend_on_the_order_of_the_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "LIMIT", 4)
    for seed in range(200):
        questions, facts = draw_problem(seed, (16, 30))
        order = list(range(len(facts)))
        Random(seed).shuffle(order)
        shuffled = [facts[position] for position in order]
        for group in groups_of(questions):
            assert contents(group, facts) == contents(group, shuffled), seed


def contents(group: tuple[Question, ...], facts: list[Fact]) -> list[tuple[bool, Counter[object]]]:
    """What is in each part, by all that a join can see of it."""
    joins = [join for question in group for pattern in question.patterns for join in pattern.joins]
    seen = {name for join in joins for name in (join.attribute, join.other)}
    return [
        (
            part.too_large,
            Counter(
                (bits, frozenset((name, value) for name, value in facts[position].values.items() if name in seen))
                for position, bits in part.members
            ),
        )
        for part in split(0, group, facts)
    ]


def test_many_facts_of_one_unit_split_by_record() -> None:
    questions = [
        Question("同一记录", (Pattern("one", "breach"), Pattern("two", "breach", (RECORD, UNIT)))),
        Question("无案件", (Pattern("one", "breach"), Pattern("case", "case", (UNIT,), absent=True))),
    ]
    fits = frozenset({("同一记录", "one"), ("同一记录", "two"), ("无案件", "one")})
    facts = [Fact("breach", {"unit": "局", "record": f"{number // 2}"}, fits) for number in range(20_000)]
    facts += [
        Fact("case", {"unit": "局", "number": number}, frozenset({("无案件", "case")})) for number in range(5_000)
    ]
    for number, group in enumerate(groups_of(questions)):
        parts = split(number, group, facts)
        assert not any(part.too_large for part in parts)
        assert all(len(part.members) <= LIMIT for part in parts)
        assert len(parts) <= 11  # packed, not one for each record


def test_what_cannot_fire_is_left_out() -> None:
    question = Question("同一记录", (Pattern("one", "breach"), Pattern("two", "breach", (RECORD,))))
    fits = frozenset({("同一记录", "one"), ("同一记录", "two")})
    facts = [Fact("breach", {"record": number}, fits) for number in (1, 2, 3, 2)] + [Fact("breach", {}, fits)]
    (part,) = split(0, [question], facts)
    assert {position for position, _ in part.members} == {1, 3}


def test_too_many_facts_tied_together_are_too_large_and_so_are_too_many_combinations() -> None:
    question = Question("同一单位", (Pattern("one", "breach"), Pattern("two", "case", (UNIT,))))
    breach, case = frozenset({("同一单位", "one")}), frozenset({("同一单位", "two")})
    small = [Fact("breach", {"unit": "小"}, breach), Fact("case", {"unit": "小"}, case)]
    for breaches, cases in ((LIMIT, 1), (400, 400)):
        large = [Fact("breach", {"unit": "大"}, breach)] * breaches + [Fact("case", {"unit": "大"}, case)] * cases
        parts = split(0, [question], small + large)
        assert [(part.too_large, len(part.members)) for part in parts] == [(False, 2), (True, breaches + cases)]


def test_questions_that_look_within_a_record_are_not_asked_with_those_that_look_across_a_unit() -> None:
    record = Question("同一记录", (Pattern("one", "breach"), Pattern("two", "breach", (RECORD,))))
    unit = Question("同一单位", (Pattern("one", "breach"), Pattern("two", "breach", (UNIT,))))
    assert groups_of([record, unit]) == ((record,), (unit,))
    assert all(sum(len(one.patterns) for one in group) <= 40 for group in groups_of([unit] * 100))


def test_many_different_rivals_do_not_multiply() -> None:
    """An absent pattern joined by nothing but an order could be in the way of every record."""
    joins = (Join("day", "before", "one", "day"), Join("due", "after", "one", "due"))
    question = Question("此前没有", (Pattern("one", "breach"), Pattern("earlier", "case", joins, absent=True)))
    breaches = [Fact("breach", {"day": day, "due": day}, frozenset({("此前没有", "one")})) for day in range(5_000)]
    cases = [Fact("case", {"day": day, "due": day}, frozenset({("此前没有", "earlier")})) for day in range(5_000)]
    parts = split(0, [question], breaches + cases)
    assert sum(len(part.members) for part in parts) <= 10_000


def test_of_many_rivals_the_one_that_is_in_the_way_is_kept() -> None:
    """The first by day are all too late to be due before; the one that is in the way comes last."""
    joins = (Join("day", "before", "one", "day"), Join("due", "before", "one", "due"))
    for turned in (joins, joins[::-1]):
        question = Question("此前没有", (Pattern("one", "breach"), Pattern("earlier", "case", turned, absent=True)))
        facts = [Fact("breach", {"day": 100, "due": 100}, frozenset({("此前没有", "one")}))]
        for day, due in [*((number, 200 - number) for number in range(20)), (50, 50)]:
            facts.append(Fact("case", {"day": day, "due": due}, frozenset({("此前没有", "earlier")})))
        assert by_parts([question], facts) == ()
        assert by_parts([question], facts[:-1]) == evaluate([question], facts[:-1]) != ()
