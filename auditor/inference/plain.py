"""The questions answered in plain Python: what the engine is held against, and what answers where it cannot.

Facts are looked up by the values that joins want equal; among those, the first order asked for cuts a sorted list.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from operator import ge, gt, le, lt
from typing import Any

from auditor.inference.places import Asked, Place, ask, equals, fill, orders
from auditor.inference.problem import Fact, Match, Question

Chosen = tuple[int, ...]
Found = set[tuple[str, Chosen]]  # judgements with the positions of their facts
Recorded = Sequence[Mapping[str, Any]]  # texts and numbers; a join on order is asked of numbers only
HOLDS = {"before": lt, "not_after": le, "after": gt, "not_before": ge}


def evaluate(questions: Sequence[Question], facts: Sequence[Fact]) -> tuple[Match, ...]:
    """Every match of every question, sorted."""
    asked = ask(questions)
    filled = fill(asked, facts)
    recorded = [fact.values for fact in facts]
    found = {(one.question.judgement, chosen) for one in asked for chosen in answers(one, filled, recorded)}
    return tuple(Match(judgement, chosen) for judgement, chosen in sorted(found))


def evaluate_among(questions: Sequence[Question], members: Sequence[tuple[int, int]], recorded: Recorded) -> Found:
    """The matches among some facts, each given by its position with the only places that it may fill."""
    asked = ask(questions)
    filled: list[list[int]] = [[] for one in asked for _ in one.question.patterns]
    for position, bits in members:
        for number, positions in enumerate(filled):
            if bits >> number & 1:
                positions.append(position)
    return {(one.question.judgement, chosen) for one in asked for chosen in answers(one, filled, recorded)}


def answers(asked: Asked, filled: Sequence[Sequence[int]], recorded: Recorded) -> Iterator[Chosen]:
    """The positions of the facts of each match of one question."""
    first, *others = asked.filled
    if not all(filled[place.number] for place in asked.filled):
        return iter(())
    found: Iterator[Chosen] = ((position,) for position in filled[first.number])
    slots = asked.slots
    for place in others:
        found = _joined(found, Candidates(place, slots, filled[place.number], recorded))
    for place in asked.empty:
        if filled[place.number]:
            found = _left(found, Candidates(place, slots, filled[place.number], recorded))
    return found


def _joined(found: Iterator[Chosen], candidates: "Candidates") -> Iterator[Chosen]:
    for chosen in found:
        for position in candidates.of(chosen):
            if position not in chosen:
                yield (*chosen, position)


def _left(found: Iterator[Chosen], candidates: "Candidates") -> Iterator[Chosen]:
    for chosen in found:
        for position in candidates.of(chosen):
            if position not in chosen:
                break
        else:
            yield chosen


class Candidates:
    """The facts that can fill a place, to be had by the facts already chosen."""

    def __init__(self, place: Place, slots: Mapping[str, int], positions: Sequence[int], recorded: Recorded) -> None:
        self.recorded = recorded
        same, order = equals(place.pattern.joins), orders(place.pattern.joins)
        self.same = [(slots[join.alias], join.other) for join in same]
        self.order = [(join.attribute, join.operator, slots[join.alias], join.other) for join in order]
        attributes = [join.attribute for join in same]
        self.groups: dict[tuple[Any, ...], list[int]] = {}
        for position in positions:
            values = recorded[position]
            self.groups.setdefault(tuple([values[name] for name in attributes]), []).append(position)
        self.numbers: dict[tuple[Any, ...], list[Any]] = {}
        if order:
            by = order[0].attribute
            for key, group in self.groups.items():
                group.sort(key=lambda position: recorded[position][by])
                self.numbers[key] = [recorded[position][by] for position in group]

    def of(self, chosen: Chosen) -> Sequence[int]:
        """The facts whose every join with the chosen ones holds; they may be among the chosen."""
        recorded = self.recorded
        # None where the earlier fact lacks the attribute: no group has it in its key.
        key = tuple([recorded[chosen[slot]].get(other) for slot, other in self.same])
        group = self.groups.get(key)
        if group is None or not self.order:
            return group or ()
        bounds: list[Any] = [recorded[chosen[slot]].get(other) for _, _, slot, other in self.order]
        if not all(isinstance(bound, int) for bound in bounds):
            return ()
        group = _cut(group, self.numbers[key], self.order[0][1], bounds[0])
        for (attribute, operator, _, _), bound in zip(self.order[1:], bounds[1:], strict=True):
            holds = HOLDS[operator]
            group = [position for position in group if holds(recorded[position][attribute], bound)]
        return group


def _cut(group: list[int], numbers: list[Any], operator: str, bound: Any) -> list[int]:
    """The part of a group, sorted by its numbers, that stands in the order to the bound."""
    if operator == "before":
        return group[: bisect_left(numbers, bound)]
    if operator == "not_after":
        return group[: bisect_right(numbers, bound)]
    if operator == "after":
        return group[bisect_right(numbers, bound) :]
    return group[bisect_left(numbers, bound) :]
