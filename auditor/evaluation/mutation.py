"""Mutation (变异测试): a change in a rule that no case of the rule notices is a change that nobody would notice.

All mutants of a rule go through one evaluation side by side, over tables made once; a mutant that a
group of cases has caught goes no further. The rules are spread over the processors.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby

from auditor.errors import Fault
from auditor.evaluation.cases import CaseGroup, Rows, difference_of, groups_of
from auditor.evaluation.days import DayTables
from auditor.evaluation.spread import spread
from auditor.rulebook.book import Rulebook
from auditor.rulebook.mutants import Mutant, mutants_of
from auditor.rulebook.rules import Rule

_AT_ONCE = 60  # mutants in one evaluation: a wider one gains nothing


@dataclass(frozen=True)
class MutationTest:
    """How many changes were tried, and those that no case noticed, each with its place."""

    tried: int
    unnoticed: Sequence[Fault]


def mutation_test(book: Rulebook, rules: Sequence[Rule]) -> MutationTest:
    """Try every mutant of `rules`, and the day of entry in force of every regulation whose rules are all there."""
    tasks = [(rule.id,) for rule in rules] + _whole_regulations(book, rules)
    tried, faults = 0, []
    outcomes = spread(book, _outcome, tasks, lambda task: len(book.placed[task[-1]].rule.cases))
    for task, (number, survivors) in zip(tasks, outcomes, strict=True):
        tried += number
        if survivors:
            mutants = _mutants(book, task)
            faults += [_fault(book, task[0], mutants[n]) for n in survivors]
    return MutationTest(tried, faults)


def unnoticed(book: Rulebook, rule: Rule, mutants: Sequence[Mutant], days: DayTables | None = None) -> list[Mutant]:
    """The mutants under which every case of `rule` still has the verdict that it expects."""
    waiting = list(mutants)
    for group in sorted(groups_of(book, rule, days or DayTables()), key=lambda group: -len(group.cases)):
        if waiting:
            caught = {id(mutant) for mutant in _caught(group, waiting)}
            waiting = [mutant for mutant in waiting if id(mutant) not in caught]
    return waiting


def _fault(book: Rulebook, name: str, mutant: Mutant) -> Fault:
    placed = book.placed[mutant.rule.id]
    return Fault(placed.file, placed.line_of(mutant.place), f"{name} 没有案例察觉：{mutant.change}", mutant.case)


def _caught(group: CaseGroup, mutants: Sequence[Mutant]) -> Iterator[Mutant]:
    """The mutants under which a case of the group has another verdict than it expects."""
    for _, same_values in groupby(sorted(mutants, key=_values), key=_values):
        alike = list(same_values)
        for first in range(0, len(alike), _AT_ONCE):
            yield from _differing(group, alike[first : first + _AT_ONCE])


def _values(mutant: Mutant) -> str:
    return str(mutant.values)


def _differing(group: CaseGroup, mutants: list[Mutant]) -> list[Mutant]:
    """What the program refuses to evaluate is noticed too, and must not spoil the rest."""
    book = replace(group.book, values={**group.book.values, **mutants[0].values})  # past the options of a setting too
    try:
        rows = group.rows_of([mutant.rule for mutant in mutants], book)
    except Exception:
        return mutants if len(mutants) == 1 else [each for one in mutants for each in _differing(group, [one])]
    return [mutant for mutant, found in zip(mutants, rows, strict=True) if _differs(group, found)]


def _differs(group: CaseGroup, rows: Rows) -> bool:
    return any(difference_of(case, rows.get(number)) for number, case in group.cases)


# ---- Tasks: the mutants of one rule, or one change that any of several rules may notice ----

Task = tuple[str, ...]  # one rule; or the regulation's code, then its rules
Outcome = tuple[int, list[int]]  # how many mutants, and which of them went unnoticed


def _whole_regulations(book: Rulebook, rules: Sequence[Rule]) -> list[Task]:
    """The rules that share their regulation's day of entry in force: one case of one of them is enough."""
    tested = {rule.id for rule in rules}
    sharing: dict[str, list[str]] = {}
    for id_, placed in book.placed.items():
        if placed.rule.in_force_from is None and placed.rule.log is not None:
            sharing.setdefault(placed.regulation.code, []).append(id_)
    return [(code, *ids) for code, ids in sharing.items() if tested.issuperset(ids)]


def _mutants(book: Rulebook, task: Task) -> list[Mutant]:
    if len(task) == 1:
        return mutants_of(book, book.placed[task[0]].rule)
    return _moved_start(book, task[1])


def _moved_start(book: Rulebook, id_: str) -> list[Mutant]:
    """The rule in force from a day later, and from a day earlier, than its regulation says."""
    placed = book.placed[id_]
    day = book.in_force_from(placed.regulation)
    moved = (day + timedelta(days=1), day - timedelta(days=1))
    return [
        Mutant(
            placed.rule.model_copy(update={"in_force_from": other}),
            (),
            f"{placed.regulation.name}的 in_force_from：{day} 改为 {other}",
            "在任一规则中补施行当日和前一日的案例",
        )
        for other in moved
    ]


def _outcome(book: Rulebook, days: DayTables, task: Task) -> Outcome:
    if len(task) == 1:
        mutants = _mutants(book, task)
        rule = book.placed[task[0]].rule
        left = {id(mutant) for mutant in unnoticed(book, rule, mutants, days)}
        return len(mutants), [n for n, mutant in enumerate(mutants) if id(mutant) in left]
    waiting = {0, 1}
    for id_ in task[1:]:
        mutants = _moved_start(book, id_)
        tried = [mutants[n] for n in sorted(waiting)]
        left = {id(mutant) for mutant in unnoticed(book, book.placed[id_].rule, tried, days)}
        waiting = {n for n in waiting if id(mutants[n]) in left}
        if not waiting:
            break
    return 2, sorted(waiting)
