"""How the workbook looks: cell formats, and row heights, which the file format does not work out itself."""

from collections.abc import Sequence
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from auditor.domain.obligation import Severity
from auditor.reporting.text import width

LINE_HEIGHT, TALLEST = 14.5, 409.0
_FONT: dict[str, Any] = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
_CELL: dict[str, Any] = {**_FONT, "border": 1, "border_color": "#C4CCD6", "text_wrap": True}
_ENTRY: dict[str, Any] = {**_CELL, "bg_color": "#FFF9C4", "num_format": "@", "locked": False}
_STYLES: dict[str, dict[str, Any]] = {
    "title": {**_FONT, "font_name": "黑体", "font_size": 16},
    "meta": {**_FONT, "font_color": "#566373"},
    "caption": {**_FONT, "font_name": "黑体", "font_size": 12, "font_color": "#174A7C"},
    "heading": {
        **_CELL,
        "font_name": "黑体",
        "bg_color": "#DDE6F0",
        "align": "center",
    },
    "text": {**_CELL, "num_format": "@"},
    "count": {**_CELL, "num_format": "0", "align": "center"},
    "entry": _ENTRY,
    "choice": {**_ENTRY, "align": "center"},
    "date": {**_ENTRY, "num_format": "yyyy-mm-dd", "align": "center"},
    "severity": {**_CELL, "align": "center"},
    "rule": {**_CELL, "num_format": "@", "font_color": "#174A7C", "underline": 1},
}
_SEVERITIES: dict[Severity, dict[str, Any]] = {
    Severity.CRITICAL: {"bg_color": "#F4C2BD", "font_color": "#7D120C", "bold": True},
    Severity.MAJOR: {"bg_color": "#FFDCC2", "font_color": "#7A2E00"},
    Severity.MINOR: {"bg_color": "#FFF2BF", "font_color": "#5C4700"},
    Severity.INFO: {"bg_color": "#E3EEFA", "font_color": "#174A7C"},
}


class Formats:
    """The formats of one workbook."""

    def __init__(self, book: Workbook) -> None:
        self._styles = {name: book.add_format(style) for name, style in _STYLES.items()}
        self._severities = {
            severity.zh: book.add_format({**_STYLES["severity"], **colours})
            for severity, colours in _SEVERITIES.items()
        }

    def named(self, name: str) -> Format:
        """A format by its name."""
        return self._styles[name]

    def of(self, kind: str, value: object) -> Format:
        """The format of a cell of this kind; severities have a colour each beside their word."""
        if kind == "severity" and value in self._severities:
            return self._severities[str(value)]
        return self._styles[kind]


def row_height(texts: Sequence[str], widths: Sequence[int]) -> float:
    """High enough for the cell that wraps most; no row can be higher than the format allows."""
    lines = max((_lines(text, wide) for text, wide in zip(texts, widths, strict=False)), default=1)
    return min(lines * LINE_HEIGHT + 4, TALLEST)


def _lines(text: str, wide: int) -> int:
    """Lines that the text wraps to; a cell keeps about one half-width character for its margins."""
    room = max(wide - 1, 2)
    if 2 * len(text) <= room and "\n" not in text:
        return 1
    return sum(max(1, -(-width(part) // room)) for part in text.split("\n"))
