"""What was not used, fit to be shown: a rejected cell may hold anybody's name, whatever its column."""

import re
from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from auditor.judgement.masking import GUARDS, HIDDEN, Masker, mask_personal
from auditor.rulebook.logs import FieldType, LogCatalogue, LogDefinition
from auditor.tables import ROW, SOURCE, Logs, LogTable, Reject, Source

_NAME = re.compile(r"[一-龥]{2,4}")  # two to four characters where a date or a number should be: perhaps a name
_NEVER_WORDS = (FieldType.DATE, FieldType.TIME, FieldType.FLAG, FieldType.COUNT, FieldType.MONEY)
_REPEATED = "重复"

Place = tuple[str, str, int]


def shown_rejects(logs: Logs, catalogue: LogCatalogue, masker: Masker) -> tuple[Reject, ...]:
    """The rejects with personal data masked, unless the masker is for internal use."""
    if masker.internal:
        return logs.rejects
    known = _known(logs, catalogue)
    return tuple(replace(reject, value=_value(reject, known, catalogue, masker)) for reject in logs.rejects)


def _value(
    reject: Reject, known: dict[Place, tuple[LogTable, dict[str, object]]], catalogue: LogCatalogue, masker: Masker
) -> str:
    if not reject.value:
        return ""
    if not reject.column:  # a whole row: the key of a repeated one, else cells that nobody could tell apart
        return reject.value if reject.reason.startswith(_REPEATED) else HIDDEN
    found = known.get((reject.file, reject.sheet, reject.row))
    if found is None:
        return masker.cell(reject.column, reject.value)
    table, record = found
    log = catalogue.logs[table.log]
    if _may_be_a_name(reject, log, table.sources[int(str(record[SOURCE]))]):
        return mask_personal("name", reject.value)
    return masker.cell(reject.column, reject.value, table.log, record)


def _may_be_a_name(reject: Reject, log: LogDefinition, source: Source) -> bool:
    if not any(field.personal for field in log.fields.values()) or not _NAME.fullmatch(reject.value.strip()):
        return False
    fields = [log.fields[name] for name, column in source.columns.items() if column.heading == reject.column]
    return any(field.type in _NEVER_WORDS for field in fields)


def _known(logs: Logs, catalogue: LogCatalogue) -> dict[Place, tuple[LogTable, dict[str, object]]]:
    """By place what masking asks of the record of every row of which a cell was rejected."""
    return {
        place: found
        for table in logs.tables.values()
        for place, found in _places(table, catalogue.logs[table.log], logs.rejects)
    }


def _places(
    table: LogTable, log: LogDefinition, rejects: tuple[Reject, ...]
) -> Iterator[tuple[Place, tuple[LogTable, dict[str, object]]]]:
    wanted = {(reject.file, reject.sheet, reject.row) for reject in rejects if reject.column}
    asked = {*GUARDS, *(name for name, field in log.fields.items() if field.personal)}
    named = [name for name in table.columns if name in asked]
    rows = table.lazy.filter(pl.col(ROW).is_in(sorted({row for _, _, row in wanted}))).select(SOURCE, ROW, *named)
    for record in rows.collect().to_dicts():
        source = table.sources[record[SOURCE]]
        place = (source.file, source.sheet, record[ROW])
        if place in wanted:
            yield place, (table, record)
