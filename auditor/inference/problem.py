"""What an inference is asked: patterns over facts, joined on attributes; nothing here counts, dates or reads text."""

from collections.abc import Mapping
from dataclasses import dataclass

Value = int | str
EQUAL = "is"
ORDERS = ("before", "not_after", "after", "not_before")  # of numbers: days are counted from a fixed day


@dataclass(frozen=True)
class Join:
    """`attribute` of the pattern's fact held against `other` of the fact that an earlier pattern `alias` found.

    `operator` is `is` or one of `ORDERS`. A join holds only where both are recorded; orders compare numbers only.
    """

    attribute: str
    operator: str
    alias: str
    other: str


@dataclass(frozen=True)
class Pattern:
    """One fact of a kind that a judgement looks for, or (`absent`) that there must be none of.

    An alias in `joins` is that of an earlier pattern that is not absent. Absent patterns come last.
    """

    alias: str
    kind: str
    joins: tuple[Join, ...] = ()
    absent: bool = False


@dataclass(frozen=True)
class Question:
    """The patterns of one judgement; the first is not absent."""

    judgement: str
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact. `values` holds what is recorded and nothing else; `fits` the patterns, as (judgement, alias), whose
    own tests it meets: the joins are all that is left to ask."""

    kind: str
    values: Mapping[str, Value]
    fits: frozenset[tuple[str, str]]


@dataclass(frozen=True, order=True)
class Match:
    """A judgement that fires: the positions of the facts, one for each pattern that is not absent, all different."""

    judgement: str
    facts: tuple[int, ...]
