"""A document of blocks as a workbook: a sheet a section; everything is text or a number, never a formula or a link."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from auditor.reporting.blocks import Bars, Cell, Document, Paragraph, Section, Table
from auditor.reporting.layout import Formats, row_height
from auditor.reporting.text import clean
from auditor.reporting.workbook import fitting

_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_LEAST_WIDTH, _A4 = 8, 9


def write_document_workbook(document: Document, path: Path) -> None:
    """Write the workbook; the same document gives the same bytes."""
    with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
        book.set_properties({"title": clean(document.title), "created": datetime.fromisoformat(document.day)})
        formats = Formats(book)
        number = book.add_format({**_CELL, "num_format": "0.00", "align": "right"})
        for section in document.sections:
            _Writer(book.add_worksheet(section.sheet), document, section, formats, number).write()


_CELL = {
    "font_name": "宋体",
    "font_size": 10,
    "valign": "vcenter",
    "border": 1,
    "border_color": "#C4CCD6",
    "text_wrap": True,
}


class _Writer:
    """Writes one section from top to bottom."""

    def __init__(self, page: Worksheet, document: Document, section: Section, formats: Formats, number: object) -> None:
        self.page, self.document, self.section, self.formats, self.number = page, document, section, formats, number
        self.widths = _widths(section)
        self.line = 0

    def write(self) -> None:
        """Title, cautions on the first sheet, blocks."""
        for place, wide in enumerate(self.widths):
            self.page.set_column(place, place, wide)
        self._line(f"{self.document.title}　{self.section.title}", "title", 28)
        self._line(self.document.meta, "meta", 18)
        if self.section is self.document.sections[0]:
            for caution in self.document.cautions:
                self._line(f"注意：{caution}", "meta", 18)
        for block in self.section.blocks:
            if isinstance(block, Paragraph):
                self._line(block.text, "caption" if block.tone == "strong" else "meta", 18)
            elif isinstance(block, Table):
                self._table(block)
            elif isinstance(block, Bars):
                continue  # the chart's numbers stand in the table beside it
        self._set_up_page()

    def _line(self, text: str, style: str, height: float) -> None:
        self.page.write_string(self.line, 0, fitting(text), self.formats.named(style))
        self.page.set_row(self.line, height)
        self.line += 1

    def _table(self, table: Table) -> None:
        self._line(table.caption, "caption", 24)
        headings = [column.heading for column in table.columns]
        for place, heading in enumerate(headings):
            self.page.write_string(self.line, place, heading, self.formats.named("heading"))
        self.page.set_row(self.line, row_height(headings, self.widths))
        for number, row in enumerate(table.rows, start=self.line + 1):
            for place, value in enumerate(row):
                self._cell(number, place, value)
            self.page.set_row(number, row_height(["" if v is None else str(v) for v in row], self.widths))
        self.line += len(table.rows) + 1
        if not table.rows:
            self._line(table.empty, "meta", 18)
        if table.note:
            self._line(table.note, "meta", 18)
        self.line += 1

    def _cell(self, line: int, place: int, value: Cell) -> None:
        if isinstance(value, int):
            self.page.write_number(line, place, value, self.formats.named("count"))
        elif isinstance(value, Decimal):
            self.page.write_number(line, place, float(value), self.number)
        elif value:
            self.page.write_string(line, place, fitting(value), self.formats.named("text"))
        else:
            self.page.write_blank(line, place, None, self.formats.named("text"))

    def _set_up_page(self) -> None:
        self.page.set_landscape()
        self.page.set_paper(_A4)
        self.page.fit_to_pages(1, 0)
        self.page.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        internal = "&L内部资料" if self.document.internal else ""
        self.page.set_header(f"{internal}&C{self.section.sheet}&R{self.document.day}")
        self.page.set_footer("&C第 &P 页，共 &N 页")


def _widths(section: Section) -> list[int]:
    tables = [[column.width for column in block.columns] for block in section.blocks if isinstance(block, Table)]
    longest = max((len(table) for table in tables), default=1)
    return [
        max((table[place] for table in tables if place < len(table)), default=_LEAST_WIDTH) for place in range(longest)
    ]
