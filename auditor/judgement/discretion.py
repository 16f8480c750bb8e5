"""Discretion (回避): what everybody may read names no unit where a complaint that accuses somebody is concerned.

The unit that answers is hidden too: it may be the one that stands accused, and it tells which way the complaint took.
What is counted by unit is counted of the hidden one, so that no difference between two tables tells either.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import polars as pl

from auditor.domain.audit import HIDDEN_UNIT, Audience
from auditor.domain.finding import Finding
from auditor.domain.obligation import Status
from auditor.judgement.identity import is_pattern, pattern_id, whom
from auditor.judgement.masking import ACCUSED, HIDDEN
from auditor.judgement.routing import Accusations, accusations_in, audience
from auditor.rulebook.logs import LogCatalogue
from auditor.tables import RECORD, LogTable

_AT = "_at"


@dataclass(frozen=True)
class Heard:
    """Findings as everybody may read them, who may read more of which, and what is confided to their own units."""

    findings: tuple[Finding, ...]
    audiences: Mapping[str, Audience]
    confided: tuple[Finding, ...]
    obligations: pl.DataFrame


class Discretion:
    """What may be told of accusations; with `internal` everything is, and only the letters keep silent."""

    def __init__(
        self, accusations: Accusations, units: Collection[str], *, period: str = "", internal: bool = False
    ) -> None:
        self.internal, self._period = internal, period
        self._accusations, self._units = accusations, set(units)
        self._names = sorted({unit for unit in units if len(unit) > 1}, key=lambda name: (-len(name), name))

    def hear(self, findings: Iterable[Finding], obligations: pl.DataFrame) -> Heard:
        """The findings of an audit and its obligations, as everybody may read them."""
        told, confided = list[Finding](), list[Finding]()
        audiences, concerned = dict[str, Audience](), set[tuple[str, str]]()
        for finding in findings:
            who = audience(finding, self._accusations, self._units)
            shown = finding if who is Audience.EVERYBODY else self._told(finding)
            told.append(shown)
            if who is Audience.EVERYBODY:
                continue
            audiences[shown.id] = who
            if finding.status is Status.BREACHED and not is_pattern(finding, self._period):
                concerned |= {(rule, record) for rule in (finding.rule, *finding.also) for record in finding.records}
            if who is Audience.UNIT and finding.status is Status.BREACHED:
                confided.append(finding.model_copy(update={"id": shown.id}))
        return Heard(tuple(told), audiences, tuple(confided), self.obligations(obligations, concerned))

    def obligations(self, obligations: pl.DataFrame, besides: Collection[tuple[str, str]] = ()) -> pl.DataFrame:
        """The obligations without their unit where they are about an accusation or among `besides` (rule, record)."""
        if self.internal or not self._accusations:
            return obligations
        found = obligations.with_row_index(_AT)
        hidden = self._about(found)
        if besides:
            rules, records = zip(*sorted(besides), strict=True)
            pairs = pl.DataFrame({"rule": rules, "record": records})
            near = found.filter(pl.col("rule").is_in(set(rules)) & pl.col("record").is_in(set(records)))
            named = near.select(_AT, pl.col("rule").cast(pl.String), "record")
            hidden |= set(named.join(pairs, on=["rule", "record"], how="semi")[_AT])
        if not hidden:
            return obligations
        at = sorted(hidden)  # few among many: only they are written anew
        details = [text and self._cut(text) for text in obligations["detail"].gather(at)]
        units = [HIDDEN_UNIT] * len(at)
        return obligations.with_columns(
            _written_over(obligations["unit"], at, units), _written_over(obligations["detail"], at, details)
        )

    def others(self, obligations: pl.DataFrame) -> pl.LazyFrame:
        """The obligations that are not about an accusation: what is said of a unit as a whole rests upon these."""
        if not self._accusations:
            return obligations.lazy()
        found = obligations.with_row_index(_AT)
        others = pl.repeat(True, found.height, dtype=pl.Boolean, eager=True).scatter(sorted(self._about(found)), False)
        return obligations.lazy().filter(others)

    def _about(self, found: pl.DataFrame) -> set[int]:
        """The rows that are about an accusation, by its record or by the row of the file in which it stands."""
        places: set[int] = set()
        for names, keys in self._keys.items():
            columns = dict(zip(names, zip(*keys, strict=True), strict=True))
            alike = [pl.col(name).is_in(list(set(values))) for name, values in columns.items()]
            near = found.lazy().filter(*alike).select(_AT, *names).collect()
            places |= {at for at, *key in near.iter_rows() if tuple(key) in keys}
        return places

    @cached_property
    def _keys(self) -> Mapping[tuple[str, ...], set[tuple[Any, ...]]]:
        """What names the obligations about accusations, by the columns that hold it."""
        records = {(log, record) for log, of_log in self._accusations.records.items() for record in of_log}
        rows = {(*sheet, row) for sheet, of_sheet in self._accusations.rows.items() for row in of_sheet}
        return {("log", "record"): records, ("file", "sheet", "row"): rows}

    def _told(self, finding: Finding) -> Finding:
        """The finding as everybody may read it."""
        if self.internal:
            return finding
        cells = tuple(replace(cell, value=cell.value and self._cut(cell.value)) for cell in finding.evidence)
        texts = {name: self._cut(getattr(finding, name)) for name in ("title", "detail", "liable", "remedy")}
        shown = finding.model_copy(
            update={**texts, "evidence": cells, "met_if": self._cut(finding.met_if) if finding.met_if else None}
        )
        if finding.status is not Status.BREACHED:
            return shown  # its records may be of many units: those that are told of were hidden before it was made
        changed = self._without_others(shown) if is_pattern(finding, self._period) else {}
        return shown.model_copy(update={**changed, "unit": HIDDEN_UNIT})

    def _without_others(self, finding: Finding) -> dict[str, Any]:
        """What changes of a pattern of one unit: its other records, or its id, would tell whose these are."""
        kept = tuple(
            record for record in finding.records if self._accusations.by_record(finding.log, record) is not None
        )
        grounds = tuple(
            replace(ground, obligations=tuple(pair for pair in ground.obligations if pair[1] in kept))
            for ground in finding.grounds
        )
        own = [cell for cell in finding.evidence if self._accusations.by_cell(cell) is not None]
        number = pattern_id(finding.judgements[0], finding.rule, whom(kept), self._period)
        return {"id": number, "records": kept, "grounds": grounds, "evidence": tuple(own)}

    def _cut(self, text: str) -> str:
        for name in self._names:
            text = text.replace(name, HIDDEN)
        return text


def _records(table: LogTable) -> pl.Series:
    return table.lazy.select(RECORD).collect().to_series()


def _written_over(column: pl.Series, at: Sequence[int], values: Sequence[str | None]) -> pl.Series:
    """The column with other values at ascending places, in the same chunks: else the whole table would be moved."""
    parts, first, done = [], 0, 0
    for part in column.get_chunks():
        end = bisect_left(at, first + len(part), done)
        if end > done:
            part = part.scatter([place - first for place in at[done:end]], pl.Series(values[done:end], dtype=pl.String))
        parts.append(part)
        first, done = first + len(part), end
    return pl.concat(parts, rechunk=False)


def of_earlier(
    findings: Iterable[Finding], catalogue: LogCatalogue, tables: Mapping[str, LogTable], *, internal: bool
) -> tuple[Finding, ...]:
    """Findings of an earlier audit, which may have been an internal one, as everybody may read them now.

    Whether a record that is not read any more accuses somebody, nobody can tell: then the unit is hidden too.
    """
    if internal:
        return tuple(findings)
    accusing = {name for name, log in catalogue.logs.items() if ACCUSED in log.fields}
    plain = {(log, record) for log in accusing & tables.keys() for record in _records(tables[log])}
    plain -= {(log, record) for log, of_log in accusations_in(catalogue, tables).records.items() for record in of_log}
    return tuple(
        each
        if each.log not in accusing or all((each.log, record) in plain for record in each.records)
        else each.model_copy(update={"unit": HIDDEN_UNIT})
        for each in findings
    )
