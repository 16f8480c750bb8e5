"""Tables inside web pages: what many systems save under the name .xls."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import zip_longest

import polars as pl

from auditor.reading import limits
from auditor.reading.grid import BLANKS, Grid, Unreadable, grid_of_columns

_SILENT = {"script", "style", "title"}
_NEW_LINE = {"br", "p", "div", "li"}
_TOO_LARGE = "网页里的表格太大；请用 WPS 或 Excel 打开后另存为 xlsx，或分成几个文件"
_SPACE = re.compile(r"[ \t\r\n\f]+")


def read_web_page(text: str, file: str) -> list[Grid]:
    """Every table of a page as a sheet. Raises `Unreadable` where there is none.

    A cell that spans rows says the same in each of them. A cell that spans columns stands in the first of them.
    """
    page = _Page()
    page.feed(text)
    page.close()
    tables = [table for table in page.tables if any(text.strip(BLANKS) for row in table.rows for text in row.values())]
    if not tables:
        raise Unreadable("内容是网页，里面没有表格；请在浏览器里打开，把表格复制到 WPS 或 Excel，另存为 xlsx")
    return [_grid(table, file, f"第{number}个表" if len(tables) > 1 else "") for number, table in enumerate(tables, 1)]


def _grid(table: "_Table", file: str, sheet: str) -> Grid:
    width = 1 + max((max(row, default=-1) for row in table.rows), default=-1)
    if width * len(table.rows) > limits.CELLS:
        raise Unreadable(_TOO_LARGE)
    rows = [[row.get(at, "") for at in range(width)] for row in table.rows]
    columns = [pl.Series(cells, dtype=pl.String) for cells in zip_longest(*rows, fillvalue="")]
    return grid_of_columns(file, sheet, columns, range(1, len(rows) + 1))


@dataclass
class _Table:
    """Rows as texts by column; `below` is what reaches into coming rows: how many, and the text."""

    rows: list[dict[int, str]] = field(default_factory=list)
    below: dict[int, tuple[int, str]] = field(default_factory=dict)
    at: int = 0
    cell: list[str] | None = None
    down: int = 1
    across: int = 1

    def new_row(self) -> None:
        self.end_cell()
        self.rows.append({column: text for column, (_, text) in self.below.items()})
        self.below = {column: (left - 1, text) for column, (left, text) in self.below.items() if left > 1}
        self.at = 0

    def new_cell(self, down: int, across: int) -> None:
        self.end_cell()
        if not self.rows:
            self.new_row()
        while self.at in self.rows[-1]:
            self.at += 1
        self.cell, self.down, self.across = [], down, across

    def end_cell(self) -> None:
        if self.cell is None:
            return
        text = "".join(self.cell).strip(BLANKS)
        for step in range(self.across):
            self.rows[-1][self.at + step] = "" if step else text
            if self.down > 1:
                self.below[self.at + step] = (self.down - 1, "" if step else text)
        self.at += self.across
        self.cell = None


class _Page(HTMLParser):
    """The tables of a page in the order in which they begin; a table inside a cell is a table of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self.open: list[_Table] = []
        self.silent = 0
        self.cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append(_Table())
            self.open.append(self.tables[-1])
        elif tag in _SILENT:
            self.silent += 1
        elif self.open and tag == "tr":
            self._count(len(self.open[-1].below))
            self.open[-1].new_row()
        elif self.open and tag in ("td", "th"):
            asked = dict(attrs)
            across = _span(asked.get("colspan"), 1_000)
            self._count(across)
            self.open[-1].new_cell(_span(asked.get("rowspan"), 65_534), across)
        elif tag in _NEW_LINE:
            self._write("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        elif self.open and tag == "table":
            self.open.pop().end_cell()
        elif self.open and tag in ("td", "th", "tr"):
            self.open[-1].end_cell()

    def handle_data(self, data: str) -> None:
        self._write(_SPACE.sub(" ", data))

    def close(self) -> None:
        super().close()
        while self.open:
            self.open.pop().end_cell()

    def _count(self, cells: int) -> None:
        """A cell that spans many others is held as all of them."""
        self.cells += cells
        if self.cells > limits.PAGE_CELLS:
            raise Unreadable(_TOO_LARGE)

    def _write(self, text: str) -> None:
        if self.open and not self.silent and self.open[-1].cell is not None:
            self.open[-1].cell.append(text)


def _span(written: str | None, most: int) -> int:
    written = (written or "").strip()
    return min(max(1, int(written)), most) if written.isdecimal() and len(written) < 9 else 1
