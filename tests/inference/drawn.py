"""Questions and facts drawn at random from a seed, small worlds in which much joins, and matches found the slow way."""

from itertools import permutations
from random import Random

from auditor.inference.problem import EQUAL, ORDERS, Fact, Join, Match, Pattern, Question, Value

TEXTS = ("", "1", "0", "甲", "甲 ", '"', "\\", "'", "\ud800", "\U0001f600", "\x00", "null", "{}", "a" * 300, "公文\n")
NUMBERS = (0, 1, -1, 7, 2**31, 2**53 + 1, 2**53 + 2, 2**63, 2**63 + 1, -(2**64), 10**30)
ATTRIBUTES = ("unit", "record", "day", "due")
KINDS = ("breach", "case", "案“件”")


def draw_question(random: Random, name: str) -> Question:
    """One to four patterns, joined to earlier ones by equal values, orders, both or nothing."""
    filled = random.choice((1, 1, 2, 2, 2, 3))
    absent = random.choice((0, 0, 1, 1, 2))
    patterns: list[Pattern] = []
    for number in range(filled + absent):
        earlier = [pattern.alias for pattern in patterns if not pattern.absent]
        joins = [
            Join(
                random.choice(ATTRIBUTES),
                EQUAL if random.random() < 0.7 else random.choice(ORDERS),
                random.choice(earlier),
                random.choice(ATTRIBUTES),
            )
            for _ in range(random.choice((0, 1, 1, 1, 2, 2, 3)) if earlier else 0)
        ]
        patterns.append(Pattern(f"别名 {number}", random.choice(KINDS), tuple(joins), absent=number >= filled))
    return Question(name, tuple(patterns))


def draw_problem(seed: int, sizes: tuple[int, ...] = (0, 1, 3, 6, 10, 16)) -> tuple[list[Question], list[Fact]]:
    """Some questions, and facts that fit their patterns at random."""
    random = Random(seed)
    questions = [draw_question(random, f"判断“{number}”") for number in range(random.choice((1, 2, 3, 5)))]
    pool: list[Value] = [*random.sample(TEXTS, 2), *random.sample(NUMBERS, 3), *random.choices((3, 4, 5), k=2)]
    pool += random.choice(((), (), (1, "1"), (0, "0", "")))  # what other languages hold equal
    names = [(question.judgement, pattern.alias) for question in questions for pattern in question.patterns]
    facts = []
    for _ in range(random.choice(sizes)):
        values = {name: random.choice(pool) for name in ATTRIBUTES if random.random() < 0.8}
        fits = frozenset(name for name in names if random.random() < 0.6)
        facts.append(Fact(random.choice(KINDS), values, fits))
    return questions, facts


def slowly(questions: list[Question], facts: list[Fact]) -> tuple[Match, ...]:
    """Every match, by trying all facts for all patterns: the meaning of a question written down once more."""
    found = []
    for question in questions:
        filled = [pattern for pattern in question.patterns if not pattern.absent]
        absent = [pattern for pattern in question.patterns if pattern.absent]
        for chosen in permutations(range(len(facts)), len(filled)):
            by_alias = {pattern.alias: facts[position] for pattern, position in zip(filled, chosen, strict=True)}
            if not all(suits(question, pattern, by_alias[pattern.alias], by_alias) for pattern in filled):
                continue
            others = [fact for position, fact in enumerate(facts) if position not in chosen]
            if not any(suits(question, pattern, fact, by_alias) for pattern in absent for fact in others):
                found.append(Match(question.judgement, chosen))
    return tuple(sorted(found))


def suits(question: Question, pattern: Pattern, fact: Fact, by_alias: dict[str, Fact]) -> bool:
    """Whether the fact is what the pattern looks for beside the others."""
    if fact.kind != pattern.kind or (question.judgement, pattern.alias) not in fact.fits:
        return False
    return all(holds(join, fact, by_alias[join.alias]) for join in pattern.joins)


def holds(join: Join, fact: Fact, other: Fact) -> bool:
    """Whether a join holds between two facts."""
    if join.attribute not in fact.values or join.other not in other.values:
        return False
    left, right = fact.values[join.attribute], other.values[join.other]
    if join.operator == "is":
        return type(left) is type(right) and left == right
    if not isinstance(left, int) or not isinstance(right, int):
        return False
    return {"before": left < right, "not_after": left <= right, "after": left > right, "not_before": left >= right}[
        join.operator
    ]
