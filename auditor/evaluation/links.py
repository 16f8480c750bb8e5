"""Links between logs: whether a counterpart exists, and values looked up in linked records.

Both are joined once and become columns of the looking log, before its rules are evaluated.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from operator import and_

import polars as pl

from auditor.evaluation.conditions import compile_condition
from auditor.evaluation.scope import Derived, Scope
from auditor.rulebook.conditions import FieldOperand, Node, tests
from auditor.rulebook.duties import Counterpart, Lookup
from auditor.rulebook.references import links_of
from auditor.rulebook.rules import Rule
from auditor.tables import LISTS, SOURCE, UNREAD, LogTable

INDEX = "_index"
_OTHER, _HOME, _HOLDS = "other:", "home:", "holds"


def counterpart_column(rule: Rule) -> str:
    """The column that says whether the rule's counterpart exists: true, false or unknown."""
    return f"counterpart:{rule.id}"


def lookup_column(rule: Rule, name: str) -> str:
    """The column that holds a looked-up value."""
    return f"lookup:{rule.id}:{name}"


def join_links(
    frame: pl.DataFrame, scope: Scope, rules: Iterable[Rule], tables: Mapping[str, LogTable]
) -> pl.DataFrame:
    """Add a column for every counterpart and look-up of `rules` whose other log is supplied."""
    columns: list[pl.DataFrame] = []
    for rule in rules:
        if rule.counterpart and rule.counterpart.log in tables:
            columns.append(_counterpart(frame, scope, rule, rule.counterpart, tables[rule.counterpart.log]))
        for name, lookup in rule.lookup.items():
            if lookup.log in tables:
                columns.append(_lookup(frame, scope, lookup, tables[lookup.log], lookup_column(rule, name)))
    for column in columns:
        frame = frame.join(column, on=INDEX, how="left")
    return frame


def near_by(frame: pl.DataFrame, rules: Iterable[Rule], tables: Mapping[str, LogTable]) -> dict[str, LogTable]:
    """The logs that rules look into, of each no more than what may be linked to these rows: a link may be blank."""
    ways: dict[str, list[Mapping[str, str]]] = {name: [] for name in tables}
    for link in (link for rule in rules for link in links_of(rule)):
        if link.log in ways and link.by not in ways[link.log]:
            ways[link.log].append(link.by)
    return {name: _near(table, frame, ways[name]) for name, table in tables.items()}


def _near(table: LogTable, frame: pl.DataFrame, ways: Sequence[Mapping[str, str]]) -> LogTable:
    """The rows of a log of which, in one of these ways, every field of the link is blank or stands in the frame."""
    there = table.frame
    found = pl.Series([False]).new_from_index(0, there.height)
    for by in ways:
        if not set(by) <= set(frame.columns) or not set(by.values()) <= set(there.columns):
            continue
        same = [there[other].is_null() | there[other].is_in(frame[own].unique().implode()) for own, other in by.items()]
        found |= reduce(and_, same)
    return replace(table, rows=there.filter(found))


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
            column = lookup_column(rule, name)
            linked = pl.col(f"{column}:found").fill_null(False)
            unsure = pl.col(f"{column}:open").fill_null(False)
            supplied = linked | own_supplied if lookup.otherwise else linked | ~unsure
            derived[name] = Derived(pl.coalesce(pl.col(column), own), supplied)
        else:
            derived[name] = Derived(own, own_supplied)
    return derived


def _joined(
    frame: pl.DataFrame, scope: Scope, other: LogTable, by: Mapping[str, str], where: Node | None, *read: str
) -> tuple[pl.DataFrame, Scope]:
    """Rows of this log beside the linked rows of the other, and the other log's scope over them.

    Only the columns that the link, the condition and `read` need are carried.
    """
    tested = list(tests(where)) if where else []
    operands = [test.operand.name for test in tested if isinstance(test.operand, FieldOperand)]
    mine = _with_marks([*by, *operands])
    theirs = _with_marks([*by.values(), *read, *operands, *(test.name for test in tested)])
    left = frame.select(INDEX, *(pl.col(name).alias(f"{_HOME}{name}") for name in mine if name in frame.columns))
    right = other.frame.select(pl.col(name).alias(f"{_OTHER}{name}") for name in theirs if name in other.frame.columns)
    home = replace(scope, prefix=_HOME)
    definition = scope.book.logs.logs[other.log]
    inner = Scope(scope.book, definition, other, scope.as_of, prefix=_OTHER, home=home)
    if any(f"{_HOME}{name}" not in left.columns for name in by) or any(
        f"{_OTHER}{name}" not in right.columns for name in by.values()
    ):
        return left.join(right, how="cross").clear(), inner
    own, others = [f"{_HOME}{name}" for name in by], [f"{_OTHER}{name}" for name in by.values()]
    return left.join(right, how="inner", coalesce=False, left_on=own, right_on=others), inner


def _with_marks(fields: Sequence[str]) -> list[str]:
    """The columns of fields, with those that tell which of their cells could be read and which lists they hold."""
    marks = [f"{mark}{name}" for mark in (UNREAD, LISTS) for name in fields]
    return list(dict.fromkeys([SOURCE, *fields, *marks]))


def _counterpart(
    frame: pl.DataFrame, scope: Scope, rule: Rule, counterpart: Counterpart, other: LogTable
) -> pl.DataFrame:
    """Whether a counterpart exists, and which fields left that open.

    A record of the other log that names no link may be anybody's counterpart: where one such record
    could serve, not finding a linked one is unknown.
    """
    joined, inner = _joined(frame, scope, other, counterpart.by, counterpart.where)
    where = compile_condition(counterpart.where, inner, duty=True) if counterpart.where else None
    holds = where.holds if where else pl.lit(True)
    missing = where.missing if where else {}
    found = joined.group_by(INDEX).agg(
        holds.any(ignore_nulls=False).alias("found"),
        *((flag & holds.is_null()).any().alias(f"{counterpart_column(rule)}:{name}") for name, flag in missing.items()),
    )
    loose = _loose_ends(other, counterpart.by, joined, holds)
    absent = pl.lit(None, dtype=pl.Boolean) if loose else pl.lit(False)
    answer = pl.when(_has_keys(frame, other, counterpart.by)).then(
        pl.when(pl.col("_hit"))
        .then(pl.when(pl.col("found").eq(False)).then(absent).otherwise("found"))
        .otherwise(absent)
    )
    flags = [f"{counterpart_column(rule)}:{name}" for name in missing]
    return (
        frame.select(INDEX, *(name for name in counterpart.by if name in frame.columns))
        .join(found.with_columns(pl.lit(True).alias("_hit")), on=INDEX, how="left")
        .select(INDEX, answer.alias(counterpart_column(rule)), *(pl.col(flag).fill_null(False) for flag in flags))
    )


def _loose_ends(other: LogTable, by: Mapping[str, str], joined: pl.DataFrame, holds: pl.Expr) -> bool:
    """Whether a record of the other log that leaves its link blank could serve, for all that is known of it."""
    blank = [pl.col(name).is_null() for name in by.values() if other.supplies(name)]
    loose = other.frame.filter(pl.any_horizontal([pl.lit(False), *blank]))
    if loose.is_empty():
        return False
    theirs = [name for name in joined.columns if name.startswith(_OTHER)]
    nobody = [pl.lit(None, dtype=kind).alias(name) for name, kind in joined.schema.items() if name.startswith(_HOME)]
    beside = loose.select(pl.col(name.removeprefix(_OTHER)).alias(name) for name in theirs).with_columns(nobody)
    return bool(beside.select(holds.fill_null(True).any()).item())


def _has_keys(frame: pl.DataFrame, other: LogTable, by: Mapping[str, str]) -> pl.Expr:
    """Whether both sides have the key columns and this row's are recorded."""
    if any(name not in frame.columns for name in by) or not all(other.supplies(name) for name in by.values()):
        return pl.lit(False)
    return pl.all_horizontal([pl.col(name).is_not_null() for name in by])


def _lookup(frame: pl.DataFrame, scope: Scope, lookup: Lookup, other: LogTable, column: str) -> pl.DataFrame:
    joined, inner = _joined(frame, scope, other, lookup.by, lookup.where, lookup.field)
    holds = compile_condition(lookup.where, inner).holds if lookup.where else pl.lit(True)
    joined = joined.with_columns(holds.alias(_HOLDS))
    value = pl.when(pl.col(_HOLDS)).then(inner.day(lookup.field))
    taken = value.min() if lookup.take == "earliest" else value.max()
    found = (inner.supplied(lookup.field) & pl.col(_HOLDS).fill_null(False)).any()
    return joined.group_by(INDEX).agg(
        taken.alias(column), found.alias(f"{column}:found"), pl.col(_HOLDS).is_null().any().alias(f"{column}:open")
    )
