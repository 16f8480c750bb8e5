"""Who can stand where: the places that the patterns of questions offer, and the facts that can fill each.

A fact fills the place of a pattern if it is of its kind, fits it, and has recorded what the joins that must hold ask
of it. All that is left are the joins themselves, so the engine and the plain evaluator both start from here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from auditor.inference.problem import EQUAL, Fact, Join, Pattern, Question


@dataclass(frozen=True)
class Place:
    """The place of one pattern among those of all questions that are asked together.

    `needs` are the attributes without which a fact cannot fill it, each with whether it must be a number.
    """

    number: int
    judgement: str
    pattern: Pattern
    needs: tuple[tuple[str, bool], ...]

    @property
    def bit(self) -> int:
        """The place in a set of places that is kept as one whole number."""
        return 1 << self.number


@dataclass(frozen=True)
class Asked:
    """A question with its places: those that a fact must fill, and those that must stay empty."""

    question: Question
    filled: tuple[Place, ...]
    empty: tuple[Place, ...]

    @cached_property
    def slots(self) -> dict[str, int]:
        """Where in a match each pattern's fact stands, by alias."""
        return {place.pattern.alias: slot for slot, place in enumerate(self.filled)}

    @cached_property
    def bits(self) -> int:
        """The set of places that a fact must fill."""
        return sum(place.bit for place in self.filled)


def equals(joins: Sequence[Join]) -> tuple[Join, ...]:
    """The joins on equal values."""
    return tuple(join for join in joins if join.operator == EQUAL)


def orders(joins: Sequence[Join]) -> tuple[Join, ...]:
    """The joins on the order of numbers."""
    return tuple(join for join in joins if join.operator != EQUAL)


def ask(questions: Sequence[Question]) -> tuple[Asked, ...]:
    """The questions with their places, numbered through all of them."""
    asked: list[Asked] = []
    number = 0
    for question in questions:
        places: list[Place] = []
        for pattern in question.patterns:
            places.append(Place(number, question.judgement, pattern, _needs(question, pattern)))
            number += 1
        filled = tuple(place for place in places if not place.pattern.absent)
        asked.append(Asked(question, filled, tuple(place for place in places if place.pattern.absent)))
    return tuple(asked)


def _needs(question: Question, pattern: Pattern) -> tuple[tuple[str, bool], ...]:
    needs = {(join.attribute, join.operator != EQUAL) for join in pattern.joins}
    for later in question.patterns:
        # An absent pattern makes no demand: where this fact lacks the attribute, nothing joins, and nothing is there.
        if not later.absent:
            needs |= {(join.other, join.operator != EQUAL) for join in later.joins if join.alias == pattern.alias}
    return tuple(sorted(needs))


Filling = tuple[Callable[[int], None], tuple[tuple[str, bool], ...]]


def fill(asked: Sequence[Asked], facts: Sequence[Fact]) -> list[list[int]]:
    """For each place, by its number, the positions of the facts that can fill it, ascending."""
    places = [place for one in asked for place in (*one.filled, *one.empty)]
    filled: list[list[int]] = [[] for _ in places]
    known: dict[tuple[str, frozenset[tuple[str, str]]], list[Filling]] = {}  # few combinations, many facts
    for position, fact in enumerate(facts):
        fillings = known.get((fact.kind, fact.fits))
        if fillings is None:
            fillings = known[fact.kind, fact.fits] = [
                (filled[place.number].append, place.needs)
                for place in places
                if place.pattern.kind == fact.kind and (place.judgement, place.pattern.alias) in fact.fits
            ]
        values = fact.values
        for put, needs in fillings:
            for attribute, number in needs:
                value = values.get(attribute)
                if value is None or (number and not isinstance(value, int)):
                    break
            else:
                put(position)
    return filled
