"""Workbooks written as one XML file (“XML 电子表格 2003”), as older systems export them under the name .xls."""

import polars as pl

from auditor.reading import limits
from auditor.reading.faults import UNCALCULATED, SheetFacts, check_extent
from auditor.reading.grid import Grid, grid_of_columns
from auditor.reading.sheetxml import local, parse

MARK = b"urn:schemas-microsoft-com:office:spreadsheet"


def read_xml_workbook(data: bytes, file: str) -> list[Grid]:
    """Every worksheet of the file. Raises `Unreadable`."""
    book = _Book()
    pieces = (data[at : at + limits.MEGABYTE] for at in range(0, len(data), limits.MEGABYTE))
    parse(pieces, book.start, book.end, book.text)
    return [_grid(sheet, file) for sheet in book.sheets]


class _Sheet:
    def __init__(self, name: str) -> None:
        self.name, self.hidden = name, False
        self.facts = SheetFacts()
        self.cells: dict[int, dict[int, str]] = {}  # column → row → text


class _Book:
    """The sheets of the file, filled while it is parsed."""

    def __init__(self) -> None:
        self.sheets: list[_Sheet] = []
        self.row = self.column = -1
        self.across = 0
        self.formula = self.in_comment = False
        self.written: list[str] | None = None
        self.kind = ""
        self.value: str | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag, own = local(name), {local(key): value for key, value in attributes.items()}
        if tag == "Worksheet":
            self.sheets.append(_Sheet(own.get("Name", "")))
            self.row = -1
        elif tag == "Row":
            self.row = int(own["Index"]) - 1 if "Index" in own else self.row + 1
            self.column, self.across = -1, 0
        elif tag == "Cell":
            self.column = int(own["Index"]) - 1 if "Index" in own else self.column + 1 + self.across
            self.across = int(own.get("MergeAcross", "0"))
            self.formula, self.value = "Formula" in own, None
        elif tag == "Comment":
            self.in_comment = True
        elif tag == "Visible" or (tag == "Data" and not self.in_comment):
            self.kind, self.written = own.get("Type", ""), []

    def text(self, text: str) -> None:
        if self.written is not None:
            self.written.append(text)

    def end(self, name: str) -> None:
        tag = local(name)
        if tag == "Comment":
            self.in_comment = False
        elif tag == "Data" and self.written is not None:
            self.value, self.written = _as_written("".join(self.written), self.kind), None
        elif tag == "Visible" and self.written is not None and self.sheets:
            self.sheets[-1].hidden, self.written = "".join(self.written) != "SheetVisible", None
        elif tag == "Cell" and self.sheets:
            self._close()

    def _close(self) -> None:
        sheet = self.sheets[-1]
        sheet.facts.formulas += self.formula
        if self.formula and self.value is None:
            self.value = UNCALCULATED
        if self.value:
            if self.row < 0 or self.column < 0:
                raise ValueError
            sheet.facts.reach(self.row, self.column)
            check_extent({each.name: each.facts for each in self.sheets})
            sheet.cells.setdefault(self.column, {})[self.row] = self.value


def _as_written(text: str, kind: str) -> str:
    if kind == "DateTime":  # 2020-12-02T00:00:00.000
        day, _, clock = text.partition("T")
        clock = clock.partition(".")[0]
        return day if clock in ("", "00:00:00") else f"{day} {clock}"
    if kind == "Boolean":
        return {"1": "True", "0": "False"}.get(text, text)
    return text


def _grid(sheet: _Sheet, file: str) -> Grid:
    rows, columns = sheet.facts.rows, sheet.facts.columns
    series = [
        pl.Series([cells.get(row) for row in range(rows)], dtype=pl.String)
        for cells in (sheet.cells.get(at, {}) for at in range(columns))
    ]
    return grid_of_columns(
        file, sheet.name, series, range(1, rows + 1), hidden=sheet.hidden, formulas=sheet.facts.formulas
    )
