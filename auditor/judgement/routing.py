"""Routing (送达范围): a finding about a complaint is never sent to the unit that the complaint accuses."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import polars as pl

from auditor.domain.audit import Audience
from auditor.domain.finding import Finding
from auditor.judgement.masking import ACCUSATION, ACCUSED, KIND
from auditor.rulebook.logs import LogCatalogue
from auditor.tables import RECORD, ROW, SOURCE, LogTable

Place = tuple[str, ...]
# By record (log, key) and by row (file, sheet, row): who stands accused; empty where nobody is named.
Accusations = Mapping[Place, frozenset[str]]


def audience(finding: Finding, accusations: Accusations, units: Collection[str]) -> Audience:
    """Who may read of a finding.

    Where it touches an accusation its own unit is told only if all that stand accused are `units` of this audit,
    and others than itself: a person who is accused may belong to any unit.
    """
    touched = [accusations[place] for place in _places(finding) if place in accusations] if accusations else []
    if not touched:
        return Audience.EVERYBODY
    safe = all(accused and accused <= set(units) - {finding.unit} for accused in touched)
    return Audience.UNIT if safe else Audience.OFFICE


def accusations_in(catalogue: LogCatalogue, tables: Mapping[str, LogTable]) -> Accusations:
    """The records that accuse somebody."""
    found: dict[Place, frozenset[str]] = {}
    for log, table in tables.items():
        if log not in catalogue.logs or ACCUSED not in catalogue.logs[log].fields:
            continue  # `kind` means other things in other logs
        for row in _accusing(table).to_dicts():
            for place in ((log, row[RECORD]), _row(table, row)):
                found[place] = found.get(place, frozenset()) | _accused(row)
    return found


def _accusing(table: LogTable) -> pl.DataFrame:
    tests = {KIND: pl.col(KIND) == ACCUSATION, ACCUSED: pl.col(ACCUSED).list.len() > 0}
    asked = {name: test for name, test in tests.items() if name in table.columns}
    accuses = pl.any_horizontal([pl.lit(False), *asked.values()]).fill_null(False)
    return table.lazy.filter(accuses).select(RECORD, SOURCE, ROW, *asked).collect()


def _accused(row: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(str(name).strip() for name in row.get(ACCUSED) or ())


def _row(table: LogTable, row: Mapping[str, Any]) -> Place:
    source = table.sources[row[SOURCE]]
    return source.file, source.sheet, str(row[ROW])


def _places(finding: Finding) -> Iterable[Place]:
    yield from ((finding.log, record) for record in finding.records)
    yield from {(cell.file, cell.sheet, str(cell.row)) for cell in finding.evidence}
