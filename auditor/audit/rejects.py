"""What was not used, fit to be shown: a rejected cell may hold anybody's name, whatever its column."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import polars as pl

from auditor.judgement.masking import GUARDS, HIDDEN, Masker, mask_personal
from auditor.rulebook.logs import FieldType, LogCatalogue, LogDefinition
from auditor.tables import ROW, SOURCE, Logs, Reject, Source

_NAME = re.compile(r"[一-龥]{2,4}")  # two to four characters where a date or a number should be: perhaps a name
_NEVER_WORDS = (FieldType.DATE, FieldType.TIME, FieldType.FLAG, FieldType.COUNT, FieldType.MONEY)
_REPEATED = "重复"


class _Record(NamedTuple):
    """What masking asks of the record of a rejected cell, with its log."""

    log: LogDefinition
    source: Source
    values: Mapping[str, object]


def shown_rejects(logs: Logs, catalogue: LogCatalogue, masker: Masker) -> tuple[Reject, ...]:
    """The rejects with personal data masked, unless the masker is for internal use."""
    if masker.internal:
        return logs.rejects
    known = _Known(logs, catalogue)
    return tuple(_shown(reject, known, masker) for reject in logs.rejects)


def _shown(reject: Reject, known: "_Known", masker: Masker) -> Reject:
    value = _value(reject, known, masker)
    return reject if value == reject.value else replace(reject, value=value)


def _value(reject: Reject, known: "_Known", masker: Masker) -> str:
    if not reject.value:
        return ""
    if not reject.column:  # a whole row: the key of a repeated one, else cells that nobody could tell apart
        return reject.value if reject.reason.startswith(_REPEATED) else HIDDEN
    record = known.record(reject)
    if record is None:
        return masker.cell(reject.column, reject.value)
    if _may_be_a_name(reject, record):
        return mask_personal("name", reject.value)
    return masker.cell(reject.column, reject.value, record.log.name, record.values)


def _may_be_a_name(reject: Reject, record: _Record) -> bool:
    log = record.log
    if not any(field.personal for field in log.fields.values()) or not _NAME.fullmatch(reject.value.strip()):
        return False
    fields = [log.fields[name] for name, column in record.source.columns.items() if column.heading == reject.column]
    return any(field.type in _NEVER_WORDS for field in fields)


class _Known:
    """The records of which a cell was rejected, by their place; of a long log they are many, and stay in columns."""

    def __init__(self, logs: Logs, catalogue: LogCatalogue) -> None:
        wanted: dict[tuple[str, str], set[int]] = {}
        for reject in logs.rejects:
            if reject.column:
                wanted.setdefault((reject.file, reject.sheet), set()).add(reject.row)
        self._sheets: dict[tuple[str, str], list[_Sheet]] = {}
        for table in logs.tables.values():
            log = catalogue.logs[table.log]
            asked = {*GUARDS, *(name for name, field in log.fields.items() if field.personal)}
            named = [name for name in table.columns if name in asked]
            asked_of = [wanted.get((source.file, source.sheet), set()) for source in table.sources]
            rejected = pl.Series(sorted(set().union(*asked_of)), dtype=pl.UInt32).implode()
            rows = table.where(pl.col(ROW).is_in(rejected), SOURCE, ROW, *named)
            for at, source in enumerate(table.sources):
                own = rows.filter(pl.col(SOURCE) == at).sort(ROW)
                self._sheets.setdefault((source.file, source.sheet), []).append(_Sheet(log, source, own))

    def record(self, reject: Reject) -> _Record | None:
        """The record of a rejected cell; None where its row was not used either."""
        for sheet in self._sheets.get((reject.file, reject.sheet), ()):
            at = sheet.places.get(reject.row)
            if at is not None:
                return _Record(sheet.log, sheet.source, sheet.rows.row(at, named=True))
        return None


class _Sheet:
    """The records of one table of a sheet, and at which place the record of a row stands."""

    def __init__(self, log: LogDefinition, source: Source, rows: pl.DataFrame) -> None:
        self.log, self.source, self.rows = log, source, rows
        self.places = {row: at for at, row in enumerate(rows[ROW].to_list())}
