"""Facts split into parts that can be judged each by itself: every match lies within one part.

Questions that tie facts by the same attributes are asked together, so that those that look within one record are not
held up by those that look across a unit. Facts of which a match could need both are tied; what is tied together is a
component. A fact that can only be in the way (an absent pattern's) ties nothing: it is copied to wherever it could be
in the way, which changes nothing else, since no join leads on from it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from auditor.inference.places import Asked, Place, ask, equals, fill, orders
from auditor.inference.problem import Fact, Join, Question, Value

LIMIT = 2_000  # facts in a part; the engine's time and memory grow faster than its facts
COMBINATIONS = 100_000  # of facts that a part may make the engine try; each costs it a frame in memory
PATTERNS = 40  # of questions asked together; the engine refuses a fact that meets more than 64 tests at once

Key = tuple[Value, ...]
Rivals = dict[tuple[int, Key], list[int]]  # the facts of an absent pattern by its place and linked values


@dataclass(frozen=True)
class Part:
    """Facts by position, each with the set of places (of its group's questions) that it is to fill, as one number.

    What is `too_large` must not reach the engine.
    """

    group: int
    members: tuple[tuple[int, int], ...]
    too_large: bool


def groups_of(questions: Sequence[Question]) -> tuple[tuple[Question, ...], ...]:
    """The questions that are asked together."""
    alike: dict[frozenset[tuple[str, ...]], list[Question]] = {}
    for question in questions:
        ties = frozenset(
            tuple(sorted(join.other for join in link(pattern.joins)))
            for pattern in question.patterns[1:]
            if not pattern.absent
        )
        alike.setdefault(ties, []).append(question)
    return tuple(chunk for together in alike.values() for chunk in _chunks(together))


def _chunks(questions: Sequence[Question]) -> Iterator[tuple[Question, ...]]:
    chunk: list[Question] = []
    size = 0
    for question in questions:
        if chunk and size + len(question.patterns) > PATTERNS:
            yield tuple(chunk)
            chunk, size = [], 0
        chunk.append(question)
        size += len(question.patterns)
    yield tuple(chunk)


def link(joins: Sequence[Join]) -> tuple[Join, ...]:
    """The joins on equal values with one earlier pattern: with the one that has most of them, then the first.

    One earlier pattern is enough: it is tied to its own, so the facts of a match hang together.
    """
    by_alias: dict[str, list[Join]] = {}
    for join in equals(joins):
        by_alias.setdefault(join.alias, []).append(join)
    most = max((len(own) for own in by_alias.values()), default=0)
    return next((tuple(own) for own in by_alias.values() if len(own) == most), ())


def split(group: int, questions: Sequence[Question], facts: Sequence[Fact]) -> tuple[Part, ...]:
    """The parts of the facts in which a question of the group can fire at all; the same in any order of the facts."""
    return _Splitting(group, ask(questions), facts).parts()


@dataclass
class _Component:
    """What is tied together: its facts with their places, and which facts in the way are copied to it."""

    members: dict[int, int] = field(default_factory=dict)
    in_the_way: dict[tuple[int, Key], None] = field(default_factory=dict)  # a set that keeps its order
    combinations: int = 0


class _Splitting:
    """One group's questions and facts being split."""

    def __init__(self, group: int, asked: Sequence[Asked], facts: Sequence[Fact]) -> None:
        self.group, self.asked = group, asked
        self.recorded = [fact.values for fact in facts]
        self.filled = fill(asked, facts)
        for one in asked:
            self._pair(one)
        self.filled = self._in_order(self.filled)
        self.parents = list(range(len(facts)))

    def parts(self) -> tuple[Part, ...]:
        """Tie, keep what can fire, copy what can be in the way, pack."""
        for one in self.asked:
            self._tie(one)
        components = self._components()
        rivals = self._rivals(components)
        return tuple(_pack(self.group, list(components.values()), rivals))

    def _pair(self, one: Asked) -> None:
        """Of linked places, leave only facts whose linked values another fact has: the facts of a match all differ."""
        for place in one.filled[1:]:
            if joins := link(place.pattern.joins):
                earlier = _linked(one, joins)
                own = self._by_key(place, [join.attribute for join in joins])
                others = self._by_key(earlier, [join.other for join in joins])
                alone = [key for key, found in own.items() if len(found) == 1 and others.get(key) == found]
                shared = (own.keys() & others.keys()).difference(alone)
                self.filled[place.number] = [position for key in shared for position in own[key]]
                self.filled[earlier.number] = [position for key in shared for position in others[key]]

    def _by_key(self, place: Place, attributes: Sequence[str]) -> dict[Key, list[int]]:
        found: dict[Key, list[int]] = {}
        for key, position in self._keys(place, attributes):
            found.setdefault(key, []).append(position)
        return found

    def _in_order(self, filled: list[list[int]]) -> list[list[int]]:
        """The positions in an order that does not depend on that of the facts: by places, then by joined values."""
        joins = [join for one in self.asked for pattern in one.question.patterns for join in pattern.joins]
        attributes = sorted({name for join in joins for name in (join.attribute, join.other)})
        places: dict[int, int] = {}
        for number, positions in enumerate(filled):
            for position in positions:
                places[position] = places.get(position, 0) | 1 << number
        ranked = []
        for position, bits in places.items():
            values = [self.recorded[position].get(name) for name in attributes]
            # Numbers and texts do not compare: what kind of value stands where comes first.
            kinds = tuple([0 if value is None else 1 if isinstance(value, int) else 2 for value in values])
            ranked.append((bits, kinds, tuple([value for value in values if value is not None]), position))
        ranked.sort()
        rank = {entry[-1]: number for number, entry in enumerate(ranked)}
        return [sorted(positions, key=rank.__getitem__) for positions in filled]

    def _keys(self, place: Place, attributes: Sequence[str]) -> Iterator[tuple[Key, int]]:
        """The facts of a place that have recorded all the attributes, with their values."""
        for position in self.filled[place.number]:
            values = self.recorded[position]
            key = tuple([values[name] for name in attributes if name in values])
            if len(key) == len(attributes):
                yield key, position

    def _root(self, position: int) -> int:
        parents = self.parents
        while parents[position] != position:
            parents[position] = parents[parents[position]]
            position = parents[position]
        return position

    def _tie(self, one: Asked) -> None:
        """Tie the facts of each place to those of the earlier place that it is linked to, where the values agree.

        A place without a link has the empty key, so that all its facts and all those of the first place agree.
        """
        for place in one.filled[1:]:
            joins = link(place.pattern.joins)
            earlier = self._by_key(_linked(one, joins), [join.other for join in joins])
            for key, position in self._keys(place, [join.attribute for join in joins]):
                if key in earlier:
                    root = self._root(position)
                    for other in earlier[key]:
                        self.parents[self._root(other)] = root
                    earlier[key] = [position]  # the others are tied to it by now

    def _components(self) -> dict[int, _Component]:
        """What is tied together, without the places of questions that cannot fire there."""
        tied: dict[int, dict[int, int]] = {}
        for one in self.asked:
            for place in one.filled:
                for position in self.filled[place.number]:
                    members = tied.setdefault(self._root(position), {})
                    members[position] = members.get(position, 0) | place.bit
        components: dict[int, _Component] = {}
        for root, members in tied.items():
            if firing := self._firing(members):
                kept = {position: bits & firing for position, bits in members.items() if bits & firing}
                components[root] = _Component(kept)
        for one in self.asked:
            for position, count in self._combinations(one).items():
                if component := components.get(self._root(position)):
                    component.combinations += count
        return components

    def _firing(self, members: dict[int, int]) -> int:
        """The places of the questions that can fire: each of their places has a fact, and there are enough of them."""
        present = reduce(or_, members.values())
        return sum(one.bits for one in self.asked if one.bits & present == one.bits and len(one.filled) <= len(members))

    def _combinations(self, one: Asked) -> dict[int, int]:
        """For each fact of the first place, in how many combinations the links let it stand, whole or unfinished."""
        counts = {place.number: dict.fromkeys(self.filled[place.number], 1) for place in one.filled}
        for place in reversed(one.filled[1:]):
            joins = link(place.pattern.joins)
            below: dict[Key, int] = {}
            for key, position in self._keys(place, [join.attribute for join in joins]):
                below[key] = below.get(key, 0) + counts[place.number][position]
            earlier = _linked(one, joins)
            for key, position in self._keys(earlier, [join.other for join in joins]):
                counts[earlier.number][position] *= max(1, below.get(key, 1))
        return counts[one.filled[0].number]

    def _rivals(self, components: dict[int, _Component]) -> Rivals:
        """The facts that can be in the way, by place and linked values; the components learn which concern them."""
        rivals: Rivals = {}
        for one in self.asked:
            for place in one.empty:
                joins = link(place.pattern.joins)
                linked = [join.attribute for join in joins]
                for position in self._telling(place, len(one.filled) + 1):
                    key = tuple([self.recorded[position][name] for name in linked])
                    rivals.setdefault((place.number, key), []).append(position)
                earlier = _linked(one, joins)
                for key, position in self._keys(earlier, [join.other for join in joins]):
                    component = components.get(self._root(position))
                    if component and component.members.get(position, 0) & earlier.bit and (place.number, key) in rivals:
                        component.in_the_way[place.number, key] = None
        return rivals

    def _telling(self, place: Place, enough: int) -> Iterator[int]:
        """The facts of an absent pattern that tell as much as all of them.

        Of facts that differ in the first ordered number at most, those furthest on its side come before the others;
        one more than a match has facts is enough, since one of them at least is not of the match.
        """
        same, order = equals(place.pattern.joins), orders(place.pattern.joins)
        alike: dict[Key, int] = {}
        found = list(self._keys(place, [join.attribute for join in (*same, *order[1:])]))
        if order:
            by, first = order[0].attribute, order[0].operator in ("before", "not_after")
            found.sort(key=lambda entry: self.recorded[entry[1]][by], reverse=not first)
        for key, position in found:
            alike[key] = alike.get(key, 0) + 1
            if alike[key] <= enough:
                yield position


def _linked(one: Asked, joins: Sequence[Join]) -> Place:
    """The earlier place that the joins lead to, or the first."""
    return one.filled[one.slots[joins[0].alias]] if joins else one.filled[0]


@dataclass
class _Bin:
    """Components put together, and what is in their way."""

    members: dict[int, int] = field(default_factory=dict)
    in_the_way: dict[tuple[int, Key], None] = field(default_factory=dict)
    size: int = 0
    combinations: int = 0

    def grown(self, component: _Component, rivals: Rivals) -> int:
        """How many facts there would be with the component; a fact that is there twice may count twice."""
        new = sum(len(rivals[key]) for key in component.in_the_way if key not in self.in_the_way)
        return self.size + len(component.members) + new

    def add(self, component: _Component, rivals: Rivals) -> None:
        """Put a component to the others."""
        self.size = self.grown(component, rivals)
        self.members |= component.members
        self.in_the_way |= component.in_the_way
        self.combinations += component.combinations

    def part(self, group: int, rivals: Rivals) -> Part:
        """The part that the components make."""
        members = dict(self.members)
        for key in self.in_the_way:
            for position in rivals[key]:
                members[position] = members.get(position, 0) | 1 << key[0]
        return Part(group, tuple(members.items()), self.size > LIMIT or self.combinations > COMBINATIONS)


def _pack(group: int, components: Sequence[_Component], rivals: Rivals) -> Iterator[Part]:
    """Components put together as long as the whole is small enough; those that are too large alone make one part."""
    large, open_bin = _Bin(), _Bin()
    for component in components:
        if _Bin().grown(component, rivals) > LIMIT or component.combinations > COMBINATIONS:
            large.add(component, rivals)
            continue
        combinations = open_bin.combinations + component.combinations
        if open_bin.grown(component, rivals) > LIMIT or combinations > COMBINATIONS:
            yield open_bin.part(group, rivals)
            open_bin = _Bin()
        open_bin.add(component, rivals)
    for left in (open_bin, large):
        if left.members:
            yield left.part(group, rivals)
