"""The obligations of all rules, gathered while the logs are gone through: every one, or those that are kept."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

import polars as pl

from auditor.evaluation.obligations import SCHEMA
from auditor.rulebook.book import Rulebook

Change = Callable[[pl.DataFrame], pl.DataFrame]
ORDER = ("record", "file", "sheet", "row")
_NONE = pl.DataFrame(schema=SCHEMA)


class Gathering(Protocol):
    """Where obligations are added as they are found; in the end `all` are sorted by rule and record."""

    sorts_all: bool  # the order in which obligations are added is of no account

    def add(self, found: Mapping[str, pl.DataFrame], *, in_order: bool = True) -> None:
        """Add obligations by rule; unless they are `in_order` they are sorted in the end."""

    def all(self) -> pl.DataFrame:
        """Everything that was added, or what was kept of it."""


class Everything:
    """Every obligation, held by rule; `settled` is what becomes of all of them together."""

    sorts_all = False

    def __init__(self, book: Rulebook, settled: Change) -> None:
        self._settled = settled
        self._of_rules: dict[str, list[pl.DataFrame]] = {rule.id: [] for rule in book.rules}
        self._unsorted: set[str] = set()

    def add(self, found: Mapping[str, pl.DataFrame], *, in_order: bool = True) -> None:
        """As of a `Gathering`."""
        for name, frame in found.items():
            self._of_rules[name].append(frame)
        self._unsorted |= set() if in_order else found.keys()

    def all(self) -> pl.DataFrame:
        """Everything, by rule and record."""
        for name in self._unsorted:
            self._of_rules[name] = [pl.concat(self._of_rules[name]).sort(*ORDER, nulls_last=True)]
        return self._settled(pl.concat([_NONE, *(frame for frames in self._of_rules.values() for frame in frames)]))


class Some:
    """What `keep` gives back of each lot of obligations, `settled` before; that is done while the next are found."""

    sorts_all = True

    def __init__(self, book: Rulebook, settled: Change, keep: Change) -> None:
        self._settled, self._keep = settled, keep
        self._places = {rule.id: place for place, rule in enumerate(book.rules)}
        self._kept: list[Future[pl.DataFrame]] = []
        self._thread = ThreadPoolExecutor(1)  # one: the lots are kept in the order in which they were found

    def add(self, found: Mapping[str, pl.DataFrame], *, in_order: bool = True) -> None:
        """As of a `Gathering`."""
        if self._kept:
            self._kept[-1].result()  # no more than one lot waits: they take memory
        self._kept.append(self._thread.submit(self._keep_of, pl.concat([_NONE, *found.values()])))

    def _keep_of(self, obligations: pl.DataFrame) -> pl.DataFrame:
        return self._keep(self._settled(obligations))

    def all(self) -> pl.DataFrame:
        """What was kept, by rule and record."""
        kept = [each.result() for each in self._kept]
        self._thread.shutdown()
        rank = pl.col("rule").cast(pl.String).replace_strict(self._places, return_dtype=pl.UInt32)
        return pl.concat([_NONE, *kept]).sort(rank, *ORDER, nulls_last=True)
