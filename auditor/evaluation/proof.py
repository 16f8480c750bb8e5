"""What `auditor rules test` asks of a rulebook: the written cases, the boundaries of its limits, the options."""

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.evaluation.boundaries import BoundaryRun, run_boundaries
from auditor.evaluation.cases import run_rule
from auditor.evaluation.days import DayTables
from auditor.evaluation.readings import idle_options
from auditor.evaluation.spread import spread
from auditor.rulebook.book import Rulebook
from auditor.rulebook.rules import Rule


@dataclass(frozen=True)
class Proof:
    """How many cases were written and made, all that is wrong, and what the program could not make and why."""

    written: int
    made: int
    failures: Sequence[str]
    by_hand: dict[str, list[str]]  # why → rules whose boundary cases are written by hand


def prove(book: Rulebook, rules: Sequence[Rule]) -> Proof:
    """Run everything that holds for `rules`."""
    failures: list[str] = []
    by_hand: dict[str, list[str]] = {}
    made = 0
    ids = [rule.id for rule in rules]
    for id_, (wrong, boundaries) in zip(
        ids, spread(book, _of_rule, ids, lambda id_: len(book.placed[id_].rule.cases)), strict=True
    ):
        failures += wrong
        if boundaries is not None:
            made += boundaries.made
            failures += boundaries.failures
            if boundaries.by_hand:
                by_hand.setdefault(boundaries.by_hand, []).append(id_)
    failures += idle_options(book, rules, DayTables())
    return Proof(sum(len(rule.cases) for rule in rules), made, failures, by_hand)


def _of_rule(book: Rulebook, days: DayTables, id_: str) -> tuple[list[str], BoundaryRun | None]:
    """What is wrong with the cases of one rule, and what became of its boundaries."""
    run = run_rule(book, book.placed[id_].rule, days)
    return [str(failure) for failure in run.failures], run_boundaries(book, run, days)
