"""The engine against the plain evaluator, on facts of all sorts, and the checks that do not let it lie."""

import os
from pathlib import Path
from random import Random
from typing import Any

import pytest

from auditor.inference import encoding, partitions
from auditor.inference.encoding import Encoded, Plan
from auditor.inference.engine import Engine, EngineFault
from auditor.inference.infer import infer
from auditor.inference.partitions import Part, groups_of
from auditor.inference.places import ask, fill
from auditor.inference.plain import evaluate
from auditor.inference.problem import Fact, Join, Match, Pattern, Question
from tests.inference.drawn import KINDS, draw_problem

PARTITIONS = int(os.environ.get("AUDITOR_PARTITIONS", "400"))


def judged_whole(questions: list[Question], facts: list[Fact]) -> tuple[Match, ...]:
    """All facts that can fill a place as one part, without the help of a split."""
    found = []
    for group in groups_of(questions):
        bits: dict[int, int] = {}
        for place, positions in enumerate(fill(ask(group), facts)):
            for position in positions:
                bits[position] = bits.get(position, 0) | 1 << place
        engine = Engine(group)
        part = Part(0, tuple(bits.items()), False)
        encoded = engine.plan.encode(part, facts)
        for _ in range(2):  # the second time in a memory made anew
            judged = engine.judge(encoded)
        engine.close()
        for question, chosen in judged:
            found.append(Match(group[question].judgement, tuple(part.members[place][0] for place in chosen)))
    return tuple(sorted(found))


def test_it_finds_what_the_plain_evaluator_finds_in_one_part() -> None:
    found = 0
    for seed in range(20_000, 20_000 + PARTITIONS):
        questions, facts = draw_problem(seed, (1, 4, 8, 16, 25))
        matches = evaluate(questions, facts)
        assert judged_whole(questions, facts) == matches, seed
        found += len(matches)
    assert found > PARTITIONS


def test_it_finds_what_the_plain_evaluator_finds_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "LIMIT", 12)
    seen = 0
    for seed in range(40_000, 40_000 + PARTITIONS):
        questions, facts = draw_problem(seed, (3, 10, 30))
        inferred = infer(questions, facts, processes=0)
        assert inferred.matches == evaluate(questions, facts), seed
        assert all("牵连过多" in sentence for sentence in inferred.fallbacks)
        seen += inferred.parts
    assert seen > PARTITIONS / 2


def test_parts_that_the_engine_failed_at_are_answered_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fact that is only in the way of others in a part must not be asked there what it is asked elsewhere."""

    def fail(self: Engine, encoded: Encoded) -> Any:
        raise EngineFault("总是出错")

    monkeypatch.setattr(Engine, "judge", fail)
    for limit in (8, 40):
        monkeypatch.setattr(partitions, "LIMIT", limit)
        for seed in range(102_300, 102_500):
            questions, facts = draw_problem(seed, (20, 40, 80))
            assert infer(questions, facts, processes=0).matches == evaluate(questions, facts), seed


def test_the_order_of_the_facts_changes_nothing() -> None:
    for seed in range(60):
        questions, facts = draw_problem(seed, (10, 20))
        order = list(range(len(facts)))
        Random(seed).shuffle(order)
        inferred = infer(questions, [facts[position] for position in order], processes=0)
        back = sorted(
            Match(match.judgement, tuple(order[position] for position in match.facts)) for match in inferred.matches
        )
        assert tuple(back) == infer(questions, facts, processes=0).matches


HOSTILE = [
    "x" * 100_000,
    "x" * 100_000 + "y",
    "x" * 34_464,  # as long as the first if lengths are kept in 16 bits
    "\ud800",
    "\udfff\ud800",
    '"}],[{"',
    "\\",
    "\\u0000",
    "\x00",
    "",
    " ",
    "é",
    "e\u0301",
    "👩‍👩‍👧",
    "null",
    "true",
    "1",
    "1.0",
    "$s",
    "{'sid': 1}",
    "unit-69288",
    "unit-471090",  # the engine's short hash takes these two for one
]


@pytest.mark.parametrize("place", ["value", "kind", "attribute", "alias", "judgement"])
def test_no_text_is_too_odd_anywhere(place: str) -> None:
    for number, text in enumerate(HOSTILE):
        names = {"value": "值", "kind": "类", "attribute": "项", "alias": "甲", "judgement": "判断"}
        names[place] = text
        values = [text, HOSTILE[number - 1], text] if place == "value" else ["同", "异", "同"]
        join = Join(names["attribute"], "is", names["alias"], names["attribute"])
        other = names["alias"] + "二"
        question = Question(
            names["judgement"], (Pattern(names["alias"], names["kind"]), Pattern(other, names["kind"], (join,)))
        )
        fits = frozenset({(names["judgement"], names["alias"]), (names["judgement"], other)})
        facts = [Fact(names["kind"], {names["attribute"]: value}, fits) for value in values]
        inferred = infer([question], facts, processes=0)
        assert [match.facts for match in inferred.matches] == [(0, 2), (2, 0)]
        assert inferred.fallbacks == ()
        assert inferred.facts == 2


def test_the_engine_sees_small_whole_numbers_only(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []
    original = Engine._fact

    def watched(self: Engine, number: int, bits: int, row: tuple[int, ...]) -> dict[str, Any]:
        seen.append(original(self, number, bits, row))
        return dict(seen[-1])

    monkeypatch.setattr(Engine, "_fact", watched)
    for seed in range(100):
        questions, facts = draw_problem(seed, (16,))
        infer(questions, facts, processes=0)
    assert len(seen) > 200
    for fact in seen:
        assert fact.pop("id").isdigit()
        assert fact.pop("sid") == "1"
        assert all(type(value) is int and 0 <= value < 1_000 for value in fact.values())
        assert all(name in ("kind", "one") or (name[0] in "pelh" and name[1:].isdigit()) for name in fact)


def simple() -> tuple[list[Question], list[Fact]]:
    """A question with something absent that fires twice."""
    join = Join("unit", "is", "one", "unit")
    question = Question("无案件", (Pattern("one", "breach"), Pattern("case", "case", (join,), absent=True)))
    facts = [Fact("breach", {"unit": unit}, frozenset({("无案件", "one")})) for unit in ("甲", "乙", "丙")]
    return [question], [*facts, Fact("case", {"unit": "乙"}, frozenset({("无案件", "case")}))]


def test_a_lost_fact_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    durable = pytest.importorskip("durable.engine")
    original = durable.Ruleset.assert_facts
    monkeypatch.setattr(durable.Ruleset, "assert_facts", lambda self, facts: original(self, facts[:-1]))
    refused("交入 6 条事实，只记住 5 条")


def test_an_agenda_that_was_left_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    durable = pytest.importorskip("durable.engine")
    monkeypatch.setattr(durable.Ruleset, "do_actions", lambda self, state, complete: complete(None, None))
    refused("待办没有走完")


def test_an_exception_that_was_swallowed_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Bad(set[Any]):
        def add(self, found: Any) -> None:
            raise RuntimeError("lost")

    original = Engine._judge

    def spoiled(self: Engine, encoded: Encoded) -> Any:
        self.fired = Bad()
        return original(self, encoded)

    monkeypatch.setattr(Engine, "_judge", spoiled)
    refused("动作出错")


def refused(why: str) -> None:
    """The engine says what is wrong; the inference says it too and is right all the same."""
    questions, facts = simple()
    engine = Engine(questions)
    with pytest.raises(EngineFault, match=why):
        engine.judge(engine.plan.encode(Part(0, ((0, 1), (1, 1), (2, 1), (3, 2)), False), facts))
    inferred = infer(questions, facts, processes=0)
    assert [match.facts for match in inferred.matches] == [(0,), (2,)]
    (sentence,) = inferred.fallbacks
    assert "「无案件」" in sentence and "自检未通过" in sentence and why in sentence
    assert (inferred.parts, inferred.facts) == (0, 0)


def test_an_empty_part_never_reaches_the_library() -> None:
    engine = Engine(simple()[0])
    assert engine.judge(Encoded(0, ())) == []
    engine.close()


def test_a_fact_in_many_places_and_many_questions_is_no_trouble() -> None:
    joins = (Join("unit", "is", "one", "unit"),)
    questions = [
        Question(f"判断 {number}", (Pattern("one", "breach"), Pattern("two", "breach", joins))) for number in range(120)
    ]
    fits = frozenset((question.judgement, pattern.alias) for question in questions for pattern in question.patterns)
    inferred = infer(questions, [Fact("breach", {"unit": "甲"}, fits)] * 3, processes=0)
    assert len(inferred.matches) == 120 * 6
    assert inferred.fallbacks == ()


def test_a_question_beyond_the_engine_is_answered_plainly_and_named() -> None:
    patterns = [Pattern("m0", "breach")]
    patterns += [Pattern(f"m{number}", "breach", (Join("day", "after", "m0", "day"),)) for number in range(1, 16)]
    fits = frozenset(("很长", pattern.alias) for pattern in patterns)
    facts = [Fact("breach", {"day": 1}, frozenset({("很长", "m0")})), Fact("breach", {"day": 2}, fits)]
    inferred = infer([Question("很长", tuple(patterns))], facts, processes=0)
    assert inferred.matches == ()
    assert inferred.fallbacks == (
        "「很长」的条件或比较过多，超出规则引擎的限度，改由内置的逐条比对得出，结果不受影响。",
    )


def test_rulesets_are_freed() -> None:
    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")

    if not Path("/proc/self/statm").exists():
        pytest.skip("no way to see the memory here")
    questions, facts = simple()
    infer(questions, facts, processes=0)
    before = resident()
    for _ in range(300):
        infer(questions, facts, processes=0)
    assert resident() - before < 20 * 1024**2  # unfreed they are 140 kB each


def test_what_is_missing_has_a_number_of_its_own_on_each_side() -> None:
    joins = (Join("day", "before", "one", "day"), Join("due", "after", "one", "due"), Join("unit", "is", "one", "unit"))
    question = Question("无", (Pattern("one", KINDS[0]), Pattern("two", KINDS[1], joins, absent=True)))
    plan = Plan([question])
    facts = [Fact(KINDS[0], {}, frozenset()), Fact(KINDS[1], {"day": 5, "due": 2**80, "unit": "甲"}, frozenset())]
    encoded = plan.encode(Part(0, ((0, 1), (1, 2)), False), facts)
    sides = [column.side for column in plan.shape(1)]
    assert sides == [encoding.SAME, encoding.HIGH, encoding.LOW]
    assert encoded.facts == ((1, (0, 3, 0)), (2, (1, 2, 1)))
