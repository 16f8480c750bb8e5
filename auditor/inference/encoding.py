"""A part of the facts as small whole numbers: all that the engine gets to see.

Values that are held equal become running numbers, the same for the same value, a text never that of a number. Numbers
that are ordered become their ranks among all ordered numbers of the part. So neither the content of a text nor the
size of a number ever reaches the engine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from auditor.inference.partitions import Part
from auditor.inference.places import Asked, Place, ask
from auditor.inference.problem import EQUAL, Fact, Join, Question, Value

SAME, LOW, HIGH = "e", "l", "h"
MISSING = 0  # no value's number: they run from 1
SIDES = {EQUAL: SAME, "before": LOW, "not_after": LOW, "after": HIGH, "not_before": HIGH}


class Column(NamedTuple):
    """An attribute as the joins of one side see it.

    What is missing is 0 where equality or a smaller number is asked for, and above all ranks where a larger one is:
    the join holds for nothing. Only absent patterns ever look at that.
    """

    side: str
    attribute: str


@dataclass(frozen=True)
class Encoded:
    """For each fact its places as a set of bits and the numbers in the columns of those places."""

    group: int
    facts: tuple[tuple[int, tuple[int, ...]], ...]


class Plan:
    """The columns that one group of questions asks of the facts."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self.asked = ask(questions)
        self.columns = sorted({column for one in self.asked for own in _columns(one).values() for column in own})
        self.names = {column: f"{column.side}{number}" for number, column in enumerate(self.columns)}
        self.kinds = sorted({pattern.kind for one in self.asked for pattern in one.question.patterns})
        self._of_place: dict[int, list[Column]] = {}
        self._place: dict[int, Place] = {}
        for one in self.asked:
            columns = _columns(one)
            for place in (*one.filled, *one.empty):
                self._of_place[place.number] = columns[place.pattern.alias]
                self._place[place.number] = place
        self._shapes: dict[int, list[Column]] = {}

    def of_place(self, place: Place) -> list[str]:
        """The names of the columns that a fact in the place has."""
        return [self.names[column] for column in self._of_place[place.number]]

    def shape(self, bits: int) -> list[Column]:
        """The columns that a fact in these places has."""
        if bits not in self._shapes:
            places = [number for number in self._of_place if bits >> number & 1]
            self._shapes[bits] = sorted({column for number in places for column in self._of_place[number]})
        return self._shapes[bits]

    def fixed(self, bits: int) -> dict[str, int]:
        """What all facts in these places have in common: their kind's number and a mark for each place."""
        places = [number for number in self._place if bits >> number & 1]
        kind = self.kinds.index(self._place[places[0]].pattern.kind)
        return {"kind": FIRST_KIND + kind, "one": 1} | {f"p{number}": 1 for number in places}

    def column(self, join: Join, attribute: str) -> str:
        """The name of the column that a join looks at on one of its sides."""
        return self.names[Column(SIDES[join.operator], attribute)]

    def encode(self, part: Part, facts: Sequence[Fact]) -> Encoded:
        """The facts of a part as numbers."""
        ranks = self._ranks(part, facts)
        numbers: dict[Value, int] = {}
        above = len(ranks) + 1
        encoded = []
        for position, bits in part.members:
            values = facts[position].values
            row = []
            for side, attribute in self.shape(bits):
                value = values.get(attribute)
                if side == SAME:
                    row.append(MISSING if value is None else numbers.setdefault(value, len(numbers) + 1))
                elif isinstance(value, int):
                    row.append(ranks[value])
                else:
                    row.append(MISSING if side == LOW else above)
            encoded.append((bits, tuple(row)))
        return Encoded(part.group, tuple(encoded))

    def _ranks(self, part: Part, facts: Sequence[Fact]) -> dict[int, int]:
        ordered: set[int] = set()
        for position, bits in part.members:
            values = facts[position].values
            for side, attribute in self.shape(bits):
                value = values.get(attribute) if side != SAME else None
                if isinstance(value, int):
                    ordered.add(value)
        return {value: rank for rank, value in enumerate(sorted(ordered), 1)}


NEVER, TOKEN, DONE, FIRST_KIND = 1, 2, 3, 4  # kinds: of no fact, of the two that end a part, of the facts


def _columns(one: Asked) -> dict[str, list[Column]]:
    """The columns by alias: for a pattern's own joins and for the later ones that look back at it."""
    columns: dict[str, set[Column]] = {pattern.alias: set() for pattern in one.question.patterns}
    for pattern in one.question.patterns:
        for join in pattern.joins:
            side = SIDES[join.operator]
            columns[pattern.alias].add(Column(side, join.attribute))
            columns[join.alias].add(Column(side, join.other))
    return {alias: sorted(own) for alias, own in columns.items()}
