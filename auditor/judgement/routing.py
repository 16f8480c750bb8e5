"""Routing (送达范围): a finding about a complaint is never sent to the unit that the complaint accuses."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from auditor.domain.audit import Audience
from auditor.domain.finding import Evidence, Finding
from auditor.judgement.masking import ACCUSATION, ACCUSED, KIND
from auditor.rulebook.logs import LogCatalogue
from auditor.tables import RECORD, ROW, SOURCE, LogTable

Accused = frozenset[str]


@dataclass
class Accusations:
    """Who stands accused, by record (of a log, by its key) and by row (of a file's sheet); nobody who is not named."""

    records: dict[str, dict[str, Accused]] = field(default_factory=dict)
    rows: dict[tuple[str, str], dict[int, Accused]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.records)

    def by_record(self, log: str, record: str) -> Accused | None:
        """Who stands accused in a record; None where it accuses nobody."""
        return self.records.get(log, {}).get(record)

    def by_cell(self, cell: Evidence) -> Accused | None:
        """Who stands accused in the row of a cell; None where it accuses nobody."""
        return None if cell.row is None else self.rows.get((cell.file, cell.sheet), {}).get(cell.row)


def audience(finding: Finding, accusations: Accusations, units: Collection[str]) -> Audience:
    """Who may read of a finding.

    Where it touches an accusation its own unit is told only if all that stand accused are `units` of this audit,
    and others than itself: a person who is accused may belong to any unit.
    """
    touched = list(_touched(finding, accusations)) if accusations else []
    if not touched:
        return Audience.EVERYBODY
    safe = all(accused and accused <= set(units) - {finding.unit} for accused in touched)
    return Audience.UNIT if safe else Audience.OFFICE


def _touched(finding: Finding, accusations: Accusations) -> Iterator[Accused]:
    """Those accused in the records that a finding names, and in the rows that it shows."""
    if of_log := accusations.records.get(finding.log):
        yield from (of_log[record] for record in finding.records if record in of_log)
    for cell in finding.evidence:
        accused = accusations.by_cell(cell)
        if accused is not None:
            yield accused


def accusations_in(catalogue: LogCatalogue, tables: Mapping[str, LogTable]) -> Accusations:
    """The records that accuse somebody."""
    found = Accusations()
    for log, table in tables.items():
        if log not in catalogue.logs or ACCUSED not in catalogue.logs[log].fields:
            continue  # `kind` means other things in other logs
        for row in _accusing(table).to_dicts():
            source, accused = table.sources[row[SOURCE]], _accused(row)
            records, rows = found.records.setdefault(log, {}), found.rows.setdefault((source.file, source.sheet), {})
            records[row[RECORD]] = records.get(row[RECORD], frozenset()) | accused
            rows[row[ROW]] = rows.get(row[ROW], frozenset()) | accused
    return found


def _accusing(table: LogTable) -> pl.DataFrame:
    tests = {KIND: pl.col(KIND) == ACCUSATION, ACCUSED: pl.col(ACCUSED).list.len() > 0}
    asked = {name: test for name, test in tests.items() if name in table.columns}
    accuses = pl.any_horizontal([pl.lit(False), *asked.values()]).fill_null(False)
    return table.where(accuses, RECORD, SOURCE, ROW, *asked)


def _accused(row: Mapping[str, Any]) -> Accused:
    return frozenset(str(name).strip() for name in row.get(ACCUSED) or ())
