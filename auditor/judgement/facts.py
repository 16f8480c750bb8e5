"""The facts that judgements speak of: breaches, limits that were kept, records, units; dated and counted already."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from auditor.domain.clock import due_day
from auditor.domain.limit import Limit
from auditor.domain.obligation import Status
from auditor.domain.period import Cadence
from auditor.judgement.proof import Records, extension_fault
from auditor.judgement.wording import say
from auditor.rulebook.book import Rulebook
from auditor.rulebook.judgements import BREACH, CARRIER, DELAY, KEPT, RECORD, UNIT
from auditor.rulebook.logs import LogDefinition
from auditor.tables import RECORD as RECORD_COLUMN
from auditor.tables import LogTable

Obligation = Mapping[str, Any]
_SHOWN_GAPS = 5


@dataclass(frozen=True, slots=True)
class Known:
    """One fact: its kind, what is recorded of it, the breaches behind it by position, and the record it is, if any."""

    kind: str
    values: Mapping[str, Any]
    grounds: tuple[int, ...] = ()
    record: tuple[str, str] | None = None


def value_of(name: str, found: Mapping[str, Known]) -> Any:
    """What `alias.attribute` stands for among the facts that a judgement found."""
    alias, _, attribute = name.partition(".")
    return found[alias].values.get(attribute)


def due_daily(book: Rulebook) -> frozenset[str]:
    """The rules by which something is due every day."""
    every = {rule.id: rule.frequency.every for rule in book.rules if rule.frequency is not None}
    return frozenset(name for name, often in every.items() if book.cadence(often) is Cadence.DAY)


@dataclass(frozen=True)
class FactsOf:
    """Makes the facts of one audit."""

    book: Rulebook
    as_of: date
    records: Records | None = None
    _overdue: dict[date, bool] = field(default_factory=dict, init=False)

    @cached_property
    def _places(self) -> Mapping[str, tuple[str, int]]:
        """The group of same facts in which a rule stands, and its place there."""
        return {rule: (group.fact, place) for group in self.book.same_facts for place, rule in enumerate(group.rules)}

    @cached_property
    def _of_rules(self) -> Mapping[str, Mapping[str, Any]]:
        """What a breach has from its rule."""
        own = {}
        for name, placed in self.book.placed.items():
            group, place = self._places.get(name, (name, 0))
            superior = placed.rule.superior
            one_fact = superior and self._places.get(superior, ("",))[0] == group
            own[name] = {"superior": None if one_fact else superior, "same_fact": group, "place": place}
        return own

    @cached_property
    def _case_limit(self) -> Limit:
        return self.book.limit_of("judge.accountability_within")

    def _case_overdue(self, happened: date) -> bool:
        """Whether a case of what happened on a day should have been opened by now; asked once a day."""
        if happened not in self._overdue:
            self._overdue[happened] = due_day(self.book.calendar, happened, self._case_limit) < self.as_of
        return self._overdue[happened]

    def breaches(self, rows: Sequence[Obligation]) -> list[Known]:
        """A fact for each breached obligation; its ground is its position."""
        return [Known(BREACH, self._breach(row), (position,)) for position, row in enumerate(rows)]

    def kept(self, rows: Iterable[Obligation]) -> list[Known]:
        """Facts of obligations of superior rules that were not broken, for records that broke the local rule."""
        return [Known(KEPT, {**self._obligation(row), "status": row["status"]}) for row in rows]

    def delays(self, breaches: Sequence[Known]) -> Iterator[Known]:
        """For a late act in steps: how much of its lateness each step makes, in the days of its limit."""
        for delay in self.book.judgements.delays:
            steps: dict[tuple[str, str], list[Known]] = {}
            for each in breaches:
                if each.values["rule"] in delay.steps and each.values["late"] is not None:
                    steps.setdefault((each.values["log"], each.values["about"]), []).append(each)
            seen = set()
            for each in breaches:
                key = (each.values["log"], each.values["about"])
                if each.values["rule"] not in delay.late or each.values["late"] is None or key in seen:
                    continue
                seen.add(key)
                if key in steps:
                    yield self._delay(each, steps[key], delay.steps, delay.rest)

    def _delay(self, late: Known, steps: Sequence[Known], names: Mapping[str, str], rest: str) -> Known:
        """Steps take their own lateness, in their order, as far as the whole lateness goes; the rest is the last's."""
        order = list(names)
        left, shares, bodies = late.values["late"], [], []
        for step in sorted(steps, key=lambda each: order.index(each.values["rule"])):
            days = min(step.values["late"], left)
            left -= days
            if days:
                body = self.book.placed[step.values["rule"]].rule.liable
                shares.append(say("share", step=names[step.values["rule"]], days=days, body=body))
                bodies.append(body)
        if left:
            body = self.book.placed[late.values["rule"]].rule.liable
            shares.append(say("share", step=rest, days=left, body=body))
            bodies.append(body)
        values = {
            **{name: late.values[name] for name in ("log", "about", "unit", "late")},
            "steps": len(shares),
            "shares": "，".join(shares),
            "answerable": "、".join(dict.fromkeys(bodies)),
        }
        return Known(DELAY, values, (*late.grounds, *(ground for step in steps for ground in step.grounds)))

    def _obligation(self, row: Obligation) -> dict[str, Any]:
        done, due, start = row.get("done_on"), row.get("due_on"), row.get("start_on")
        return {
            "rule": row["rule"],
            "title": self.book.placed[row["rule"]].rule.title,
            "regulation": self.book.placed[row["rule"]].regulation.code,
            "log": row["log"],
            "record": row["record"],
            "about": row["about"],
            "unit": row["unit"],
            "severity": row["severity"],
            "late": row.get("late"),
            "day_type": row.get("day_type"),
            "start_on": start,
            "due_on": due,
            "done_on": done,
            "happened_on": done or due or start,
        }

    def _breach(self, row: Obligation) -> dict[str, Any]:
        values = {**self._obligation(row), **self._of_rules[row["rule"]]}
        happened, rule = values["happened_on"], self.book.placed[row["rule"]].rule
        values["case_overdue"] = None if happened is None else self._case_overdue(happened)
        values["extension"] = row.get("extension") or (
            extension_fault(rule, row, self.records, self.as_of) if self.records else None
        )
        return values


def carriers(breaches: Sequence[Known], records: Records) -> Iterator[Known]:
    """Records of other logs whose title names a broken record of `carriers` in the judgements, whole."""
    for carried in records.book.judgements.carriers:
        titles: dict[str, list[str]] = {}
        for record in sorted({each.values["record"] for each in breaches if each.values["log"] == carried.of}):
            title = records.row(carried.of, record).get(carried.title)
            if title and len(title) >= carried.at_least:
                titles.setdefault(title, []).append(record)
        for log, name in carried.by.items() if titles else ():
            table = records.tables.get(log)
            if table is not None and name in table.columns:
                yield from _carriers_in(table, name, titles)


def _carriers_in(table: LogTable, name: str, titles: Mapping[str, Sequence[str]]) -> Iterator[Known]:
    named = pl.col(name).str.extract_many(list(titles), overlapping=True).alias("named")
    rows = table.lazy.select(RECORD_COLUMN, name, named).filter(pl.col("named").list.len() > 0).collect()
    for record, title, found in rows.sort(RECORD_COLUMN).iter_rows():
        for about_record in (each for whole in dict.fromkeys(found) for each in titles[whole]):
            values = {"about": about_record, "log": table.log, "record": record, "title": title}
            yield Known(CARRIER, values, (), (table.log, record))


def unit_facts(book: Rulebook, obligations: pl.LazyFrame, met: Mapping[str, int]) -> list[Known]:
    """A fact for each unit: how many obligations it had, how many were broken, how many could not be verified.

    `met` are met obligations of units beside those given.
    """
    statuses: dict[str, Counter[str]] = defaultdict(Counter)
    for unit, number in met.items():
        statuses[unit][Status.MET.value] = number
    for unit, status, number in obligations.group_by("unit", "status").len().collect().iter_rows():
        if status != Status.MANUAL.value:
            statuses[unit][status] += number
    rules: dict[str, Counter[str]] = defaultdict(Counter)
    gaps: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    open_ = obligations.filter(pl.col("status") == Status.UNVERIFIABLE.value).group_by("unit", "rule", "log", "missing")
    for unit, rule, log, missing, number in open_.len().collect().iter_rows():
        rules[unit][rule] += number
        for name in missing or ():
            gaps[unit][log, name] += number
    return [_unit_fact(book, unit, statuses[unit], rules[unit], gaps[unit]) for unit in sorted(statuses)]


def _unit_fact(
    book: Rulebook, unit: str, statuses: Mapping[str, int], rules: Counter[str], gaps: Counter[tuple[str, str]]
) -> Known:
    total, unverifiable = sum(statuses.values()), statuses.get(Status.UNVERIFIABLE.value, 0)
    values = {
        "unit": unit,
        "obligations": total,
        "breached": statuses.get(Status.BREACHED.value, 0),
        "unverifiable": unverifiable,
        "unverifiable_percent": 100 * unverifiable // total,
        "rule": next(iter(_most(rules, 1)), None),
        "missing": "、".join(
            say("gap", field=_field(book, log, name), count=gaps[log, name]) for log, name in _most(gaps, _SHOWN_GAPS)
        ),
    }
    return Known(UNIT, values)


def _most(counted: Counter[Any], number: int) -> list[Any]:
    """What was counted most often, in a fixed order."""
    return sorted(counted, key=lambda each: (-counted[each], each))[:number]


def _field(book: Rulebook, log: str, name: str) -> str:
    other, dot, field_name = name.rpartition(".")
    definition = book.logs.logs.get(other if dot else log)
    if definition is None or field_name not in definition.fields:
        return name
    return f"{definition.zh}的{definition.fields[field_name].zh}"


def record_fact(log: LogDefinition, row: Mapping[str, Any]) -> Known:
    """A record of a log as a fact: its fields as the log calls them, and its key as `record`."""
    values = {name: row.get(name) for name in log.fields}
    return Known(
        log.name, {**values, RECORD: row.get(RECORD_COLUMN, row.get(RECORD))}, (), (log.name, row[RECORD_COLUMN])
    )


def records_joined(table: LogTable, attribute: str, values: set[Any]) -> list[dict[str, Any]]:
    """The rows of a log of which `attribute` (a field, or the record's key) holds one of `values`."""
    column = RECORD_COLUMN if attribute == RECORD else attribute
    if column not in table.columns:
        return []
    wanted = sorted({str(value) for value in values})
    return table.where(pl.col(column).cast(pl.String).is_in(wanted)).sort(RECORD_COLUMN).to_dicts()


def as_number(value: Any) -> int | str | None:
    """A value as an inference takes it: days and flags are numbers, lists do not join."""
    if isinstance(value, str):
        return value
    if isinstance(value, date):  # a moment is one too
        return value.toordinal()
    return int(value) if isinstance(value, int) else None
