"""Links between logs: whether a counterpart exists, and values looked up in linked records.

Both become columns of the looking log before its rules are evaluated.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from auditor.evaluation.certain import ALWAYS
from auditor.evaluation.conditions import Compiled, compile_condition
from auditor.evaluation.near import near
from auditor.evaluation.plans import AS_WRITTEN
from auditor.evaluation.scope import Derived, Scope
from auditor.rulebook.conditions import FieldOperand, Node, tests
from auditor.rulebook.duties import Counterpart, Lookup
from auditor.rulebook.rules import Rule
from auditor.tables import LISTS, SOURCE, UNREAD, LogTable

INDEX = "_index"
_OTHER, _HOME, _HOLDS = "other:", "home:", "holds:"
_HIT = "_hit"


@dataclass(frozen=True)
class _Answer:
    """What is asked of linked records: the column, what one of them says, and what all of them say together."""

    column: str
    of_one: pl.Expr
    of_all: pl.Expr


def counterpart_column(counterpart: Counterpart) -> str:
    """The column that says whether the counterpart exists: true, false or unknown. Rules that ask the same share it."""
    return f"counterpart:{_told(counterpart)}"


def lookup_column(lookup: Lookup) -> str:
    """The column that holds a looked-up value. Rules that ask the same share it."""
    return f"lookup:{_told(lookup)}:{lookup.field}:{lookup.take}"


def _told(link: Counterpart | Lookup) -> str:
    return f"{link.log}:{link.by}:{link.where}"


class Links:
    """What the rules of a log ask of other logs, made ready once; `scope` is the log's own.

    The logs are joined once for all that goes the same way.
    """

    def __init__(self, scope: Scope, rules: Iterable[Rule], tables: Mapping[str, LogTable]) -> None:
        ways: dict[str, _Asked] = {}
        for rule in rules:
            links: list[Counterpart | Lookup] = [*rule.lookup.values()]
            for link in [*links, rule.counterpart] if rule.counterpart else links:
                if link.log in tables:
                    by_pair = _looks_back(link.where)
                    asked = ways.setdefault(f"{link.log}:{link.by}:{by_pair}", _Asked(link.log, link.by, by_pair))
                    if isinstance(link, Counterpart):
                        asked.counterparts[counterpart_column(link)] = link
                    else:
                        asked.lookups[lookup_column(link)] = link
        self._ways = [_Way(scope, asked, tables[asked.log]) for asked in ways.values()]

    def beside(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Some rows of the log with a column for every counterpart and look-up whose other log is supplied."""
        for way in self._ways:
            frame = frame.hstack(way.answers(frame))
        return frame


@dataclass(frozen=True)
class _Asked:
    """What is asked of the records of a log that are linked in one way, by the column of the answer.

    `by_pair` where it depends on the record that looks: else records linked alike give everybody the same answer.
    """

    log: str
    by: Mapping[str, str]
    by_pair: bool
    counterparts: dict[str, Counterpart] = field(default_factory=dict)
    lookups: dict[str, Lookup] = field(default_factory=dict)

    @property
    def conditions(self) -> dict[str, Node | None]:
        """The conditions on linked records, by the column of the answer."""
        by_column = {column: counterpart.where for column, counterpart in self.counterparts.items()}
        return by_column | {column: lookup.where for column, lookup in self.lookups.items()}


def derived_fields(rule: Rule, scope: Scope, tables: Mapping[str, LogTable]) -> dict[str, Derived]:
    """The rule's look-ups as fields: the linked value first, else this log's own field.

    Supplied means that a linked record was found whose export has the field, or that this log has its own;
    without an own field, that there is no linked record is itself known, unless one may be it for all that is known.
    """
    derived: dict[str, Derived] = {}
    for name, lookup in rule.lookup.items():
        own = scope.day(lookup.otherwise) if lookup.otherwise else pl.lit(None, dtype=pl.Date)
        own_supplied = scope.supplied(lookup.otherwise) if lookup.otherwise else pl.lit(False)
        if lookup.log in tables and tables[lookup.log].supplies(lookup.field):
            column = lookup_column(lookup)
            linked = pl.col(f"{column}:found").fill_null(False)
            unsure = pl.col(f"{column}:open").fill_null(False)
            supplied = linked | own_supplied if lookup.otherwise else linked | ~unsure
            derived[name] = Derived(pl.coalesce(pl.col(column), own), supplied)
        else:
            derived[name] = Derived(own, own_supplied)
    return derived


class _Way:
    """Records of another log, and what they answer to those that are linked to them in one way."""

    def __init__(self, scope: Scope, asked: _Asked, other: LogTable) -> None:
        self._asked, self._scope = asked, scope
        self._has_link = set(asked.by) <= set(scope.table.columns) and all(map(other.supplies, asked.by.values()))
        tested = [test for where in asked.conditions.values() if where for test in tests(where)]
        operands = [test.operand.name for test in tested if isinstance(test.operand, FieldOperand)]
        read = [lookup.field for lookup in asked.lookups.values()]
        self._mine = [name for name in _with_marks([*asked.by, *operands]) if name in scope.table.columns]
        others = _with_marks([*asked.by.values(), *read, *operands, *(test.name for test in tested)])
        self._theirs = other.frame.select(
            pl.col(name).alias(f"{_OTHER}{name}") for name in others if name in other.frame.columns
        )
        home = replace(scope, prefix=_HOME)
        inner = Scope(scope.book, scope.book.logs.logs[other.log], other, scope.as_of, prefix=_OTHER, home=home)
        self._conditions = {
            column: compile_condition(where, inner, duty=column in asked.counterparts)
            if where
            else Compiled(ALWAYS, {})
            for column, where in asked.conditions.items()
        }
        self._told = [each for column in asked.counterparts for each in _whether(column, self._conditions[column])]
        self._told += [each for column, lookup in asked.lookups.items() for each in _value(column, lookup, inner)]
        self._by = {own: f"{_OTHER}{name}" for own, name in asked.by.items()}
        self._found = self._alike().collect() if self._has_link and not asked.by_pair else None
        schema = scope.table.lazy.collect_schema()
        nobody = [pl.lit(None, dtype=schema[name]).alias(f"{_HOME}{name}") for name in self._mine]
        blank = [pl.col(f"{_OTHER}{name}").is_null() for name in asked.by.values() if other.supplies(name)]
        loose = self._theirs.filter(pl.any_horizontal([pl.lit(False), *blank])).with_columns(nobody)
        self._is_loose = {column: _may_serve(loose, self._conditions[column].holds) for column in asked.counterparts}

    def answers(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The columns of the answers for each row of a frame."""
        asked = self._asked
        if self._found is not None:
            own, keys = [*self._by], [*self._by.values()]
            found = near(self._found, frame, self._by, self._scope).lazy()
        else:
            own, keys = [INDEX], [INDEX]
            found = self._of_pairs(frame)
        existing = [
            _exists(column, asked.by, has_link=self._has_link, is_loose=is_loose)
            for column, is_loose in self._is_loose.items()
        ]
        flags = [f"{column}:{name}" for column in asked.counterparts for name in self._conditions[column].missing]
        return (
            frame.lazy()
            .select(name for name in frame.columns if name in {*own, *asked.by})
            .join(found, left_on=own, right_on=keys, how="left", maintain_order="left")
            .with_columns(*existing, *(pl.col(flag).fill_null(False) for flag in flags))
            .select(each.column for each in self._told)
            .collect(optimizations=AS_WRITTEN)
        )

    def _alike(self) -> pl.LazyFrame:
        """What records that are linked alike answer to everybody, by the fields of the link."""
        keys = [*self._by.values()]
        return self._together(self._theirs.lazy().filter(pl.col(name).is_not_null() for name in keys), keys)

    def _of_pairs(self, frame: pl.DataFrame) -> pl.LazyFrame:
        """What linked records answer to each row; nothing where either log lacks a field of the link."""
        mine = frame.select(INDEX, *(pl.col(name).alias(f"{_HOME}{name}") for name in self._mine))
        if not self._has_link:
            pairs = mine.clear().join(self._theirs.clear(), how="cross").lazy()
        else:
            by = {f"{_HOME}{own}": key for own, key in self._by.items()}
            theirs = near(self._theirs, mine, by, self._scope).lazy()
            pairs = mine.lazy().join(theirs, how="inner", coalesce=False, left_on=[*by], right_on=[*by.values()])
        return self._together(pairs, [INDEX])

    def _together(self, linked: pl.LazyFrame, keys: list[str]) -> pl.LazyFrame:
        return (
            linked.with_columns(each.holds.alias(f"{_HOLDS}{column}") for column, each in self._conditions.items())
            .select(*keys, *(each.of_one.alias(each.column) for each in self._told))
            .group_by(keys)
            .agg(each.of_all for each in self._told)
            .with_columns(pl.lit(True).alias(_HIT))
        )


def _with_marks(fields: Sequence[str]) -> list[str]:
    """The columns of fields, with those that tell which of their cells could be read and which lists they hold."""
    marks = [f"{mark}{name}" for mark in (UNREAD, LISTS) for name in fields]
    return list(dict.fromkeys([SOURCE, *fields, *marks]))


def _looks_back(where: Node | None) -> bool:
    """Whether a condition on linked records looks at the record that is linked to them."""
    operands = [test.operand for test in tests(where)] if where else []
    return any(isinstance(operand, FieldOperand) and operand.home for operand in operands)


def _whether(column: str, condition: Compiled) -> Iterator[_Answer]:
    """Whether a linked record serves as counterpart, and which fields left that open."""
    holds = pl.col(f"{_HOLDS}{column}")
    yield _Answer(column, holds, pl.col(column).any(ignore_nulls=False))
    for name, lacking in condition.missing.items():
        flag = f"{column}:{name}"
        yield _Answer(flag, lacking & holds.is_null(), pl.col(flag).any())


def _value(column: str, lookup: Lookup, inner: Scope) -> Iterator[_Answer]:
    """The value of the linked records that serve, whether one of them could have it, and whether another may serve."""
    holds, value = pl.col(f"{_HOLDS}{column}"), pl.col(column)
    first_or_last = value.min() if lookup.take == "earliest" else value.max()
    yield _Answer(column, pl.when(holds).then(inner.day(lookup.field)), first_or_last)
    found, is_open = f"{column}:found", f"{column}:open"
    yield _Answer(found, inner.supplied(lookup.field) & holds.fill_null(False), pl.col(found).any())
    yield _Answer(is_open, holds.is_null(), pl.col(is_open).any())


def _exists(column: str, by: Mapping[str, str], *, has_link: bool, is_loose: bool) -> pl.Expr:
    """Whether the counterpart exists; unknown where either side lacks the link.

    A record of the other log that names no link may be anybody's counterpart: where one such record
    could serve, not finding a linked one is unknown.
    """
    if not has_link:
        return pl.lit(None, dtype=pl.Boolean).alias(column)
    absent = pl.lit(None, dtype=pl.Boolean) if is_loose else pl.lit(False)
    serves = pl.when(pl.col(column).eq(False)).then(absent).otherwise(column)
    answer = pl.when(pl.col(_HIT)).then(serves).otherwise(absent)
    return pl.when(pl.all_horizontal([pl.col(name).is_not_null() for name in by])).then(answer).alias(column)


def _may_serve(loose: pl.DataFrame, holds: pl.Expr) -> bool:
    """Whether a record without a link could serve, for all that is known of it."""
    return not loose.is_empty() and bool(loose.select(holds.fill_null(True).any()).item())
