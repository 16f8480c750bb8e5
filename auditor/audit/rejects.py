"""What was not used, fit to be shown: a rejected cell may hold anybody's name, whatever its column."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from auditor.judgement.masking import GUARDS, HIDDEN, Masker, mask_beside_names, mask_personal, mask_stray
from auditor.judgement.naming import Naming
from auditor.rulebook.logs import FieldType, LogCatalogue, LogDefinition, LogField
from auditor.tables import ROW, SOURCE, Logs, Reject, Source

_NAME = re.compile(r"[一-龥]{2,4}")  # two to four characters where a date or a number should be: perhaps a name
_NEVER_WORDS = (FieldType.DATE, FieldType.TIME, FieldType.FLAG, FieldType.COUNT, FieldType.MONEY)
_REPEATED = "重复"
_AHEAD = 1_000  # records read at once: rejects stand in the order of their rows


def shown_rejects(logs: Logs, catalogue: LogCatalogue, masker: Masker, naming: Naming) -> tuple[Reject, ...]:
    """The rejects with personal data masked, records named as elsewhere; as they are if the masker is internal."""
    if masker.internal:
        return logs.rejects
    sheets = _sheets(logs, catalogue)
    return tuple(_shown(reject, sheets.get((reject.file, reject.sheet), ()), masker, naming) for reject in logs.rejects)


def _shown(reject: Reject, sheets: Sequence["_Sheet"], masker: Masker, naming: Naming) -> Reject:
    is_key = not reject.column and reject.reason.startswith(_REPEATED)
    value = naming.text(reject.value) if is_key else _value(reject, sheets, masker)
    return reject if value == reject.value else replace(reject, value=value)


def _value(reject: Reject, sheets: Sequence["_Sheet"], masker: Masker) -> str:
    if not reject.value:
        return ""
    if not reject.column:  # a whole row: cells that nobody could tell apart
        return HIDDEN
    for sheet in sheets:
        record = sheet.record(reject.row)
        if record is not None:
            if reject.column in sheet.never_words and _NAME.fullmatch(reject.value.strip()):
                return mask_personal("name", reject.value)
            shown = masker.cell(reject.column, reject.value, sheet.log, record)
            words = sheet.words.get(reject.column)
            return mask_beside_names(shown) if words is None else mask_stray(shown, words)
    return mask_beside_names(masker.cell(reject.column, reject.value))  # its row was not used either


def _sheets(logs: Logs, catalogue: LogCatalogue) -> dict[tuple[str, str], list["_Sheet"]]:
    """The tables of each sheet, with the records of which a cell was rejected."""
    wanted: dict[tuple[str, str], set[int]] = {}
    for reject in logs.rejects:
        if reject.column:
            wanted.setdefault((reject.file, reject.sheet), set()).add(reject.row)
    sheets: dict[tuple[str, str], list[_Sheet]] = {}
    for table in logs.tables.values():
        log = catalogue.logs[table.log]
        asked = {*GUARDS, *(name for name, field in log.fields.items() if field.personal)}
        named = [name for name in table.columns if name in asked]
        asked_of = [wanted.get((source.file, source.sheet), set()) for source in table.sources]
        rejected = pl.Series(sorted(set().union(*asked_of)), dtype=pl.UInt32).implode()
        rows = table.where(pl.col(ROW).is_in(rejected), SOURCE, ROW, *named)
        for at, source in enumerate(table.sources):
            own = rows.filter(pl.col(SOURCE) == at).sort(ROW)
            sheets.setdefault((source.file, source.sheet), []).append(_Sheet(log, source, own))
    return sheets


class _Sheet:
    """One table of a sheet, with those of its records of which a cell was rejected.

    Of a long log they are many, and stay in columns. `never_words` are the headings of what is never a word, in a log
    that holds personal data; `words` are by heading what a column of choices may hold, in such a log.
    """

    def __init__(self, log: LogDefinition, source: Source, rows: pl.DataFrame) -> None:
        personal = any(field.personal for field in log.fields.values())
        fields = {column.heading: log.fields[name] for name, column in source.columns.items() if personal}
        self.log = log.name
        self.never_words = {heading for heading, field in fields.items() if field.type in _NEVER_WORDS}
        self.words = {heading: _words(field) for heading, field in fields.items() if field.options}
        self._rows, self._places = rows, {row: at for at, row in enumerate(rows[ROW].to_list())}
        self._first, self._read = 0, list[dict[str, Any]]()

    def record(self, row: int) -> Mapping[str, Any] | None:
        """What masking asks of the record in a row; None where the row was not used, or none of its cells rejected."""
        at = self._places.get(row)
        if at is None:
            return None
        if not self._first <= at < self._first + len(self._read):
            self._first, self._read = at, self._rows.slice(at, _AHEAD).to_dicts()
        return self._read[at - self._first]


def _words(field: LogField) -> tuple[str, ...]:
    """The options of a field, and the other ways to write them."""
    return (*field.options, *(word for words in field.synonyms.values() for word in words))
