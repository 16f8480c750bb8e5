"""The audit for other programs: findings as JSON lines, the summary as JSON, rejects as CSV."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from auditor.domain.finding import Finding

BOM = "\ufeff"
REJECT_COLUMNS = ("file", "sheet", "row", "column", "value", "reason")
# What a spreadsheet may take for the start of a formula, full-width forms included.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
# Line ends of Unicode that are not line ends of JSON: readers that split on them would break a line.
_LINE_ENDS = (("\x85", "\\u0085"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029"))


def findings_jsonl(findings: Iterable[Finding]) -> str:
    """One finding a line, keys in the model's order; an unused key is null or empty, never left out."""
    return "".join(dumped(finding.model_dump(mode="json")) + "\n" for finding in findings)


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
    text = json.dumps(value, ensure_ascii=False, default=_plain, **options)
    for line_end, escaped in _LINE_ENDS:
        text = text.replace(line_end, escaped)
    return encodable(text)


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def encodable(text: str) -> str:
    """Half characters (lone surrogates) as escapes: no file in UTF-8 can hold them."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
