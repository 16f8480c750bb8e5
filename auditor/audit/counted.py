"""Met obligations that are counted and not kept (`--notable-only`): of a long log they are nearly all that there is."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from auditor.audit.figures import figures, reply_rules, together
from auditor.domain.figures import Figures
from auditor.domain.obligation import Status
from auditor.domain.period import Period
from auditor.evaluation.obligations import hour_rules, within_period
from auditor.judgement.discretion import Discretion
from auditor.judgement.naming import Naming
from auditor.judgement.routing import Accusations
from auditor.rulebook.book import Rulebook

_AT_ONCE = 1_000_000  # obligations that wait to be counted
_COUNTED = (
    *("rule", "log", "record", "unit", "status", "start_on", "due_on", "done_on"),
    *("day_type", "provisional", "detail", "file", "sheet", "row"),
)


@dataclass
class Counted:
    """How many obligations were met and not kept, as they belong to the audit's period.

    `by_unit` names units as everybody may read of them, `of_units` counts what is no accusation, as what is said of a
    unit rests upon it. `units` are all units of any period.
    """

    by_rule: Counter[str] = field(default_factory=Counter)
    by_unit: Counter[str] = field(default_factory=Counter)
    of_units: Counter[str] = field(default_factory=Counter)
    units: set[str] = field(default_factory=set)
    in_hours: set[str] = field(default_factory=set)
    provisional: int = 0
    figures: Figures = field(default_factory=Figures)

    def named(self, naming: Naming) -> "Counted":
        """What is shown of it, with the units named as everybody may read them."""
        crossed = naming.counts(self.figures.crossed)
        by_unit = Counter(naming.counts(self.by_unit))
        return replace(self, by_unit=by_unit, figures=replace(self.figures, crossed=crossed))


class Keeper:
    """Keeps what an audit has more to say of, and counts the rest.

    Met obligations are kept where they have a remark. Of a record with a breach or a remark those are kept besides
    that are told together with others: replies, limits of superior rules, acts of a period.
    """

    def __init__(
        self, book: Rulebook, as_of: date, period: Period | None, accusations: Accusations, *, internal: bool
    ) -> None:
        self._book, self._as_of, self._period = book, as_of, period
        self._discretion = Discretion(accusations, (), internal=internal)
        self._counted = Counted()
        self._waiting: list[pl.DataFrame] = []
        superiors = {rule.superior for rule in book.rules if rule.superior is not None}
        periods = {rule.id for rule in book.rules if rule.frequency is not None}
        self._together = sorted({*reply_rules(book), *superiors, *periods})

    def __call__(self, obligations: pl.DataFrame) -> pl.DataFrame:
        """The obligations that are kept of some, among which are all of a record or none."""
        self._counted.units |= set(obligations["unit"].unique().drop_nulls())
        is_met = pl.col("status") == Status.MET.value
        remarked = is_met & (pl.col("detail") != "")
        records = obligations.filter(remarked | (pl.col("status") == Status.BREACHED.value))["record"].unique()
        beside = pl.col("rule").is_in(self._together) & pl.col("record").is_in(records.implode())
        is_kept = obligations.select(~is_met | remarked | beside).to_series()
        self._waiting.append(within_period(obligations.filter(~is_kept), self._period).select(_COUNTED).rechunk())
        if sum(each.height for each in self._waiting) > _AT_ONCE:
            self._count()
        # In one piece: cut from many, it would hold on to far more memory than its rows take.
        return obligations.filter(is_kept).rechunk()

    def counted(self) -> Counted:
        """What was not kept so far."""
        self._count()
        return self._counted

    def _count(self) -> None:
        if not self._waiting:
            return
        met, counted = pl.concat(self._waiting), self._counted
        self._waiting = []
        told = self._discretion.obligations(met)
        counted.by_rule += _numbers(met.lazy(), "rule")
        counted.by_unit += _numbers(told.lazy(), "unit")
        counted.of_units += _numbers(self._discretion.others(met), "unit")
        counted.in_hours |= hour_rules(met)
        counted.provisional += int(met["provisional"].sum())
        counted.figures = together(counted.figures, figures(self._book, told, self._as_of))


def _numbers(obligations: pl.LazyFrame, column: str) -> Counter[str]:
    return Counter(dict(obligations.group_by(column).len().collect().iter_rows()))
