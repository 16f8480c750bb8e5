"""The audit for other programs: findings as JSON lines, the summary as JSON, rejects as CSV."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from json.encoder import encode_basestring as _quoted
from typing import Any

from auditor.domain.finding import CountedDay, Evidence, Finding, Ground

BOM = "\ufeff"
REJECT_COLUMNS = ("file", "sheet", "row", "column", "value", "reason")
# What a spreadsheet may take for the start of a formula, full-width forms included.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
# Line ends of Unicode that are not line ends of JSON: readers that split on them would break a line.
_LINE_ENDS = (("\x85", "\\u0085"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029"))


def finding_lines(findings: Iterable[Finding]) -> Iterator[str]:
    """One finding a line, keys in the model's order; an unused key is null or empty, never left out."""
    encode = json.JSONEncoder(ensure_ascii=False, default=_plain, check_circular=False).encode
    for finding in findings:
        # Cells and days are most of a line. No text of the finding holds the place where they belong: its quotes would
        # be escaped there.
        text = encode(vars(finding) | {"evidence": (), "days": ()})
        cells, days = ", ".join(map(_cell, finding.evidence)), ", ".join(map(_counted_day, finding.days))
        yield (
            _in_one_piece(text.replace('"evidence": [], "days": []', f'"evidence": [{cells}], "days": [{days}]')) + "\n"
        )


def _cell(cell: Evidence) -> str:
    value, row = "null" if cell.value is None else _quoted(cell.value), "null" if cell.row is None else cell.row
    return (
        f'{{"field": {_quoted(cell.field)}, "heading": {_quoted(cell.heading)}, "value": {value}, '
        f'"file": {_quoted(cell.file)}, "sheet": {_quoted(cell.sheet)}, "row": {row}, '
        f'"column": {_quoted(cell.column)}}}'
    )


@lru_cache(maxsize=2**16)
def _counted_day(day: CountedDay) -> str:
    """A few thousand days are counted in all findings together."""
    return json.dumps({"date": day.date.isoformat(), "counted": day.counted, "why": day.why}, ensure_ascii=False)


def summary_json(summary: Mapping[str, Any]) -> str:
    """The summary with its keys sorted, so that equal summaries are equal files."""
    return dumped(summary, sort_keys=True, indent=1) + "\n"


def rejects_csv(rejects: Iterable[Mapping[str, Any]]) -> str:
    """The rejects for a spreadsheet: BOM first, and no cell that would be read as a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(REJECT_COLUMNS)
    for reject in rejects:
        writer.writerow([safe_cell(reject[column]) for column in REJECT_COLUMNS])
    return BOM + encodable(out.getvalue())


def safe_cell(value: Any) -> str:
    """A value as a cell of a CSV file that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def dumped(value: Any, **options: Any) -> str:
    """A value as JSON that every reader of lines keeps in one piece."""
    return _in_one_piece(json.dumps(value, ensure_ascii=False, default=_plain, **options))


def _in_one_piece(text: str) -> str:
    for line_end, escaped in _LINE_ENDS:
        text = text.replace(line_end, escaped)
    return encodable(text)


def _plain(value: object) -> object:
    if isinstance(value, Ground):
        return {"judgement": value.judgement, "title": value.title, "obligations": value.obligations}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def encodable(text: str) -> str:
    """Half characters (lone surrogates) as escapes: no file in UTF-8 can hold them."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text
