"""The audit for other programs: findings as JSON lines, the summary as JSON, rejects as CSV."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from json.encoder import encode_basestring as _quoted
from typing import Any

from auditor.domain.finding import CountedDay, Evidence, Finding, Ground

BOM = "\ufeff"
REJECT_COLUMNS = ("file", "sheet", "row", "column", "value", "reason")
# What a spreadsheet may take for the start of a formula, full-width forms included.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
# Line ends of Unicode that are not line ends of JSON: readers that split on them would break a line.
_LINE_ENDS = (("\x85", "\\u0085"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029"))
_HEADS = tuple(f'"{name}": ' for name in Finding.model_fields)
_OF_TEXTS = frozenset({"also", "records", "judgements"})


def finding_lines(findings: Iterable[Finding]) -> Iterator[str]:
    """One finding a line, keys in the model's order; an unused key is null or empty, never left out.

    Half characters are left in: whoever writes the lines as UTF-8 escapes them, as `encodable` does.
    """
    lines = _Lines()
    for finding in findings:
        yield lines.line(finding)


class _Lines:
    """Findings as lines. Columns and days recur from finding to finding: what they say alike is put together once."""

    def __init__(self) -> None:
        self._encode = json.JSONEncoder(ensure_ascii=False, default=_plain, check_circular=False).encode
        self._columns: dict[tuple[str, str, str, str, str], tuple[str, str, str]] = {}
        self._days: dict[int, tuple[CountedDay, str]] = {}  # by identity, which holds as long as the day is kept

    def line(self, finding: Finding) -> str:
        """The line of a finding, with its end."""
        parts = []
        for head, (name, value) in zip(_HEADS, vars(finding).items(), strict=True):
            kind = type(value)
            if value is None:
                text = "null"
            elif kind is str:
                text = _quoted(value)
            elif kind is bool:
                text = "true" if value else "false"
            elif not value and kind is tuple:
                text = "[]"
            elif name == "evidence":
                text = f"[{', '.join([self._cell(cell) for cell in value])}]"
            elif name == "days":
                text = f"[{', '.join([self._day(day) for day in value])}]"
            elif name in _OF_TEXTS:
                text = f"[{', '.join(map(_quoted, value))}]"
            else:
                text = self._encode(value)
            parts.append(head + text)
        return f"{{{_on_one_line(', '.join(parts))}}}\n"

    def _cell(self, cell: Evidence) -> str:
        key = cell.field, cell.heading, cell.file, cell.sheet, cell.column
        column = self._columns.get(key)
        if column is None:
            field, heading, file, sheet, letter = map(_quoted, key)
            column = self._columns[key] = (
                f'{{"field": {field}, "heading": {heading}, "value": ',
                f', "file": {file}, "sheet": {sheet}, "row": ',
                f', "column": {letter}}}',
            )
        value, row = "null" if cell.value is None else _quoted(cell.value), "null" if cell.row is None else cell.row
        return f"{column[0]}{value}{column[1]}{row}{column[2]}"

    def _day(self, day: CountedDay) -> str:
        known = self._days.get(id(day))
        if known is None:
            text = f'{{"date": "{day.date.isoformat()}", "counted": {"true" if day.counted else "false"}'
            known = self._days[id(day)] = day, f'{text}, "why": {_quoted(day.why)}}}'
        return known[1]


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
    return encodable(_on_one_line(json.dumps(value, ensure_ascii=False, default=_plain, **options)))


def _on_one_line(text: str) -> str:
    for line_end, escaped in _LINE_ENDS:
        if line_end in text:  # hardly ever: to look is cheaper than to replace
            text = text.replace(line_end, escaped)
    return text


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
