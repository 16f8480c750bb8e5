"""What a rule sees of one log: values as of the audit's day, and which columns the export has."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from auditor.evaluation.certain import ALWAYS, NEVER, both
from auditor.evaluation.days import numbers
from auditor.rulebook.book import Rulebook
from auditor.rulebook.logs import FieldType, LogDefinition
from auditor.tables import FIELD_TYPES, LISTS, SOURCE, UNREAD, LogTable

Unit = Callable[[pl.Expr], pl.Expr]  # days or moments: what a limit is counted in


class Workbench:
    """Columns that several others of a rule are made of, worked out once.

    Conditions of application come first, over every row of the log. Of the rows that they leave, the rest is
    worked out layer upon layer; a layer may use the columns of the layers below it. Without them the common
    parts of a verdict (start, due day, status) would be worked out anew in every column that uses them.
    """

    def __init__(self) -> None:
        self.conditions: list[pl.Expr] = []
        self.layers: list[list[pl.Expr]] = []

    def ask(self, condition: pl.Expr) -> pl.Expr:
        """A condition of application as a column."""
        if condition is ALWAYS:
            return condition
        name = f"asked:{len(self.conditions)}"
        self.conditions.append(condition.alias(name))
        return pl.col(name)

    def keep(self, layer: int, expression: pl.Expr) -> pl.Expr:
        """The expression as a column of its layer; what holds for all rows as it is."""
        if expression is ALWAYS or expression is NEVER:
            return expression
        while len(self.layers) <= layer:
            self.layers.append([])
        name = f"kept:{layer}:{len(self.layers[layer])}"
        self.layers[layer].append(expression.alias(name))
        return pl.col(name)


@dataclass(frozen=True)
class Derived:
    """A value taken from linked records: its expression, and whether the exports could supply it."""

    value: pl.Expr
    supplied: pl.Expr


@dataclass(frozen=True)
class Held:
    """A list field by its distinct lists: each row has the number of its list, null where nothing is recorded."""

    at: pl.Expr
    lists: Sequence[frozenset[str]]

    def of(self, holds: Callable[[frozenset[str], frozenset[str]], bool], asked: frozenset[str]) -> pl.Expr:
        """Whether `holds` is true of each row's list and what is asked; worked out once for each distinct list."""
        return pl.lit(pl.Series([holds(each, asked) for each in self.lists], dtype=pl.Boolean)).gather(self.at)


@dataclass(frozen=True)
class Scope:
    """One log as its rules see it.

    `prefix` is put before column names where the log stands joined to another; `derived` are the
    look-ups of the rule at hand; `home` is the record that looks at this one. `bench` holds the columns of a
    rule over the log's own rows, `shared` those that all such rules have in common, by name.
    """

    book: Rulebook
    log: LogDefinition
    table: LogTable
    as_of: date
    prefix: str = ""
    derived: Mapping[str, Derived] = field(default_factory=dict)
    home: "Scope | None" = None
    joined: frozenset[str] = frozenset()  # columns that links to other logs added
    bench: Workbench | None = None
    shared: dict[str, pl.Expr] = field(default_factory=dict)

    def of_rule(self, derived: Mapping[str, Derived]) -> "Scope":
        """The log as one of its rules sees it, with the rule's look-ups."""
        return replace(self, derived=derived, bench=Workbench())

    def keep(self, layer: int, expression: pl.Expr) -> pl.Expr:
        """The expression as a column of the rule (`Workbench.keep`)."""
        assert self.bench is not None
        return self.bench.keep(layer, expression)

    def raw(self, name: str) -> pl.Expr:
        """The field as recorded; null where no source has the column."""
        if name in self.derived:
            return self.derived[name].value
        if name in self.table.columns:
            return pl.col(f"{self.prefix}{name}")
        return pl.lit(None, dtype=FIELD_TYPES[self.log.fields[name].type])

    def value(self, name: str) -> pl.Expr:
        """The field as of the audit's day: what lies after it has not happened, unless it is a plan."""
        known = self._known(name)
        return self._share(f"known:{name}", name, known) if self.is_dated(name) else known

    def _known(self, name: str) -> pl.Expr:
        raw = self.raw(name)
        if not self.is_dated(name) or (name in self.log.fields and self.log.fields[name].planned):
            return raw
        return pl.when(raw.cast(pl.Date) <= self.as_of).then(raw)

    def _share(self, column: str, name: str, expression: pl.Expr) -> pl.Expr:
        """What a rule reads of a field of its own log, as a column that the log's other rules read too."""
        if self.bench is None or name in self.derived:
            return expression
        self.shared.setdefault(column, expression)
        return pl.col(column)

    def is_recorded(self, name: str) -> pl.Expr:
        """Whether anything stands in the field, as of the audit's day."""
        return ~self.is_blank(name)

    def is_blank(self, name: str) -> pl.Expr:
        """Whether nothing stands in the field, as of the audit's day."""
        held = self.held(name)  # the number of a list is a narrower column than the list
        return self._share(f"blank:{name}", name, (held.at if held is not None else self._known(name)).is_null())

    def day(self, name: str) -> pl.Expr:
        """A date or time field, as of the audit's day, as a Date."""
        if not self.is_timed(name):
            return self.value(name).cast(pl.Date)  # costs nothing: it is one
        return self._share(f"day:{name}", name, self._known(name).cast(pl.Date))

    def raw_day(self, name: str) -> pl.Expr:
        """A date or time field, later than the audit's day or not, as a Date."""
        day = self.raw(name).cast(pl.Date)
        return self._share(f"raw:{name}", name, day) if self.is_timed(name) else day

    def counted(self, name: str, unit: Unit) -> pl.Expr:
        """A date or time field, as of the audit's day, in what a limit is counted in."""
        return unit(self.day(name) if unit is numbers else self.value(name))

    def is_dated(self, name: str) -> bool:
        """Whether the field holds a date or a time."""
        return name in self.derived or self.log.fields[name].type in (FieldType.DATE, FieldType.TIME)

    def held(self, name: str) -> Held | None:
        """What each row's list field holds; None where the field is no list of the log's own."""
        lists = self.table.lists.get(name)
        return Held(pl.col(f"{self.prefix}{LISTS}{name}"), lists) if lists is not None else None

    @property
    def blank_tells(self) -> bool:
        """Whether silence of a log tells that an act was not done (reading `logic.missing`, AMB-51)."""
        return bool(self.book.values.get("logic.missing") != "unknown")

    def is_timed(self, name: str) -> bool:
        """Whether the field holds a date with a clock."""
        return name not in self.derived and name in self.log.fields and self.log.fields[name].type is FieldType.TIME

    def tells(self, name: str) -> pl.Expr:
        """Whether each row tells of the act that the field records: that it was done, or that it was not.

        A blank cell tells that it was not; a lacking column tells nothing. The reading `logic.missing`
        may let silence count as not done in both cases (`breach`), or in neither (`unknown`).
        """
        reading = self.book.values.get("logic.missing")
        if reading == "breach":
            return ALWAYS
        if reading == "unknown":
            return self.value(name).is_not_null()
        return self.supplied(name)

    def supplied(self, name: str) -> pl.Expr:
        """Whether each row's export has the column, with a cell that could be read."""
        if name in self.derived:
            return self.derived[name].supplied
        sources = self.table.supplies(name)
        if not sources:
            return NEVER
        whole = len(sources) == len(self.table.sources)
        has_column = ALWAYS if whole else pl.col(f"{self.prefix}{SOURCE}").is_in(sources)
        if name not in self.table.unread:
            return has_column
        return both(has_column, ~pl.col(f"{self.prefix}{UNREAD}{name}").fill_null(False))
