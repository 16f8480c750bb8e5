"""What a rule sees of one log: values as of the audit's day, and which columns the export has."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from auditor.evaluation.certain import ALWAYS, NEVER, both, negated
from auditor.evaluation.days import numbers
from auditor.rulebook.book import Rulebook
from auditor.rulebook.conditions import DUE_DAY, ROLLED_DUE_DAY
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
        if condition is ALWAYS or condition.meta.is_column():
            return condition
        name = f"asked:{len(self.conditions)}"
        self.conditions.append(condition.alias(name))
        return pl.col(name)

    def keep(self, layer: int, expression: pl.Expr) -> pl.Expr:
        """The expression as a column of its layer; what is a column or holds for all rows as it is."""
        if expression is ALWAYS or expression is NEVER or expression.meta.is_column():
            return expression
        while len(self.layers) <= layer:
            self.layers.append([])
        name = f"kept:{layer}:{len(self.layers[layer])}"
        self.layers[layer].append(expression.alias(name))
        return pl.col(name)


class SharedColumns:
    """Columns that several rules of a log have in common; one may be made of others that were added before it."""

    def __init__(self) -> None:
        self.layers: list[list[pl.Expr]] = []
        self._layer_of: dict[str, int] = {}
        self._by_key: dict[Hashable, pl.Expr] = {}

    def column(self, key: Hashable, make: Callable[[], pl.Expr]) -> pl.Expr:
        """The column known by its key, made where it is not there yet; what is a column already stays what it is."""
        if key not in self._by_key:
            made = make()
            self._by_key[key] = made if made.meta.is_column() else self._add(made)
        return self._by_key[key]

    def _add(self, expression: pl.Expr) -> pl.Expr:
        name = f"shared:{len(self._layer_of)}"
        layer = max((self._layer_of.get(root, -1) + 1 for root in expression.meta.root_names()), default=0)
        self._layer_of[name] = layer
        if layer == len(self.layers):
            self.layers.append([])
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
    rule over the log's own rows, `shared` those that its rules have in common.
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
    shared: SharedColumns = field(default_factory=SharedColumns)

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
        """The field as of the audit's day: what lies after it has not happened, unless it is a plan or falls due."""
        raw = self.raw(name)
        planned = name in (DUE_DAY, ROLLED_DUE_DAY) or (name in self.log.fields and self.log.fields[name].planned)
        if planned or not self.is_dated(name):
            return raw
        return self.share(("known", name), lambda: pl.when(raw.cast(pl.Date) <= self.as_of).then(raw), name)

    def share(self, key: Hashable, make: Callable[[], pl.Expr], *names: str) -> pl.Expr:
        """What a rule reads of fields of its own log, as a column that the log's other rules read too.

        The key says all that the expression is made of, `names` of which fields. Nothing is shared of what the rule
        looks up for itself.
        """
        if self.bench is None or not self.derived.keys().isdisjoint(names):
            return make()
        return self.shared.column(key, make)

    def is_recorded(self, name: str) -> pl.Expr:
        """Whether anything stands in the field, as of the audit's day."""
        return ~self.is_blank(name)

    def is_blank(self, name: str) -> pl.Expr:
        """Whether nothing stands in the field, as of the audit's day."""
        held = self.held(name)  # the number of a list is a narrower column than the list
        return self.share(("blank", name), lambda: (held.at if held is not None else self.value(name)).is_null(), name)

    def day(self, name: str) -> pl.Expr:
        """A date or time field, as of the audit's day, as a Date."""
        value = self.value(name)
        return self.share(("day", name), lambda: value.cast(pl.Date), name) if self.is_timed(name) else value

    def number(self, name: str) -> pl.Expr:
        """A date or time field, as of the audit's day, as a day number."""
        return self.share(("number", name), lambda: numbers(self.day(name)), name)

    def raw_number(self, name: str) -> pl.Expr:
        """A date or time field, later than the audit's day or not, as a day number."""
        day = self.raw(name).cast(pl.Date) if self.is_timed(name) else self.raw(name)
        return self.share(("raw", name), lambda: numbers(day), name)

    def counted(self, name: str, unit: Unit) -> pl.Expr:
        """A date or time field, as of the audit's day, in what a limit is counted in."""
        if unit is numbers:
            return self.number(name)
        return self.share(("moment", name), lambda: unit(self.value(name)), name)

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

    def is_unread(self, name: str) -> pl.Expr:
        """Whether something stands in the field that could not be read: it is not recorded, and not blank either."""
        return pl.col(f"{self.prefix}{UNREAD}{name}").fill_null(False) if name in self.table.unread else NEVER

    def supplied(self, name: str) -> pl.Expr:
        """Whether each row's export has the column, with a cell that could be read."""
        if name in self.derived:
            return self.derived[name].supplied
        sources = self.table.supplies(name)
        if not sources:
            return NEVER
        has_column = ALWAYS if self.table.is_supplied(name) else pl.col(f"{self.prefix}{SOURCE}").is_in(sources)
        unread = self.is_unread(name)
        if unread is NEVER:
            return has_column
        return self.share(("supplied", name), lambda: both(has_column, negated(unread)), name)
