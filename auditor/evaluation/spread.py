"""Work on a rulebook spread over the processors: every process holds the rulebook and its days, and takes tasks."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from typing import TypeVar

from auditor.evaluation.days import DayTables
from auditor.rulebook.book import Rulebook

T = TypeVar("T")
R = TypeVar("R")
Work = Callable[[Rulebook, DayTables, T], R]

_FEW = 20  # tasks for which no further process is worth its start


def spread(book: Rulebook, work: Work[T, R], tasks: Sequence[T], weight: Callable[[T], int]) -> list[R]:
    """What `work` (a function of a module) makes of every task, in their order; the heaviest are begun first."""
    processes = os.cpu_count() or 1
    if processes == 1 or len(tasks) <= _FEW:
        days = DayTables()
        return [work(book, days, task) for task in tasks]
    order = sorted(range(len(tasks)), key=lambda n: -weight(tasks[n]))
    with ProcessPoolExecutor(processes, get_context("spawn"), _settle, (_bare(book),)) as pool:
        made = dict(zip(order, pool.map(partial(_take, work), [tasks[n] for n in order]), strict=True))
    return [made[n] for n in range(len(tasks))]


def _bare(book: Rulebook) -> Rulebook:
    """The rulebook without the text of its files."""
    return replace(book, placed={id_: replace(each, lines=None) for id_, each in book.placed.items()})


_here: tuple[Rulebook, DayTables]


def _settle(book: Rulebook) -> None:
    global _here
    _here = book, DayTables()


def _take(work: Work[T, R], task: T) -> R:
    return work(*_here, task)
