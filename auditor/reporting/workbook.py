"""The audit as a workbook (台账): everything is text or a number, nothing is ever a formula.

The only links are those from a rule's number to its row on the sheet of rules.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from auditor.reporting.layout import Formats, row_height
from auditor.reporting.report import Report
from auditor.reporting.sheets import Row, Sheet, sheets
from auditor.reporting.text import clean
from auditor.reporting.words import ColumnWords, SheetWords, TableWords, words, workbook_words

_ENTERED = ("entry", "choice", "date")
_ALLOWED = {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True, "format_cells": True}
CELL_LIMIT = 32_767
_HEADINGS = 3  # title, particulars, headings: rows 0 to 2 where the sheet holds one table
_PAPER = {"A3": 8, "A4": 9}
_OPTIONS = {
    "constant_memory": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write_workbook(report: Report, path: Path) -> None:
    """Write the workbook; the same audit gives the same bytes."""
    with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
        book.set_properties(
            {
                "title": clean(workbook_words().sheets["about"].title),
                "created": datetime.fromisoformat(report.as_of),
            }
        )
        formats = Formats(book)
        rows = {row.ref.id: line for line, row in enumerate(report.rules, start=_HEADINGS + 1)}
        for sheet in sheets(report):
            _Writer(book.add_worksheet(_layout(sheet).name), sheet, report, formats, rows).write()


def _layout(sheet: Sheet) -> SheetWords:
    return workbook_words().sheets[sheet.key]


class _Writer:
    """Writes one sheet from top to bottom; `line` is the next free row."""

    def __init__(
        self, page: Worksheet, sheet: Sheet, report: Report, formats: Formats, rule_rows: Mapping[str, int]
    ) -> None:
        self.page, self.sheet, self.report, self.formats = page, sheet, report, formats
        self.rule_rows = rule_rows
        self.layout = _shown(_layout(sheet), sheet)
        self.widths = _widths(self.layout)
        self.line = 0

    def write(self) -> None:
        self._head()
        several = len(self.layout.tables) > 1
        for key, table in self.layout.tables.items():
            rows = self.sheet.tables[key]
            if several:
                self._caption(table)
            self._table(table, rows)
        if any(column.kind in _ENTERED for table in self.layout.tables.values() for column in table.columns):
            self.page.protect("", _ALLOWED)  # no password: a guard against slips
        self.page.freeze_panes(2 if several else _HEADINGS, self.layout.freeze)
        self._set_up_page(several)

    def _head(self) -> None:
        """The title, then what the sheet is about, so that a printed page explains itself."""
        for column, wide in enumerate(self.widths):
            self.page.set_column(column, column, wide)
        say = workbook_words()
        meta = say.meta.format(as_of=self.report.as_of, period=self.report.period, version=self.report.version)
        self._text(0, 0, self.layout.title, self.formats.named("title"))
        remark = self.layout.remark.format(**self.sheet.figures) if self.sheet.figures else self.layout.remark
        self._text(1, 0, f"{meta}　{remark}".strip(), self.formats.named("meta"))
        self.page.set_row(0, 30)
        self.page.set_row(1, 20)
        self.line = 2

    def _caption(self, table: TableWords) -> None:
        caption = table.caption.format(**self.sheet.figures) if self.sheet.figures else table.caption
        self._text(self.line, 0, caption, self.formats.named("caption"))
        self.page.set_row(self.line, 24)
        self.line += 1

    def _table(self, table: TableWords, rows: Sequence[Row]) -> None:
        head, columns = self.line, table.columns
        headings = [column.heading for column in columns]
        rooms = [sum(self.widths[place : place + c.span]) for place, c in enumerate(columns)]
        for place, column in enumerate(columns):
            self._merge(head, place, column, self.formats.named("heading"))
            self._text(head, place, column.heading, self.formats.named("heading"))
        self.page.set_row(head, row_height(headings, rooms))
        for number, row in enumerate(rows, start=head + 1):
            texts = self._row(number, columns, row)
            self.page.set_row(number, row_height(texts, rooms))
        last = head + len(rows)
        if self.layout.filter and rows and table is list(self.layout.tables.values())[-1]:
            self.page.autofilter(head, 0, last, len(columns) - 1)
        if rows:
            self._entries(columns, head + 1, last)
        self.line = last + 2

    def _row(self, line: int, columns: Sequence[ColumnWords], row: Row) -> list[str]:
        """Write a row; hands back what its cells show."""
        shown = []
        for place, column in enumerate(columns):
            value = row.get(column.key)
            linked = column.kind == "rule" and value in self.rule_rows
            cell = self.formats.of("text" if column.kind == "rule" and not linked else column.kind, value)
            self._merge(line, place, column, cell)
            if isinstance(value, int):
                self.page.write_number(line, place, value, cell)
            elif linked:
                target = f"internal:'{workbook_words().sheets['rules'].name}'!A{self.rule_rows[str(value)]}"
                self.page.write_url(line, place, target, cell, string=str(value))
            else:
                self._text(line, place, value or "", cell)
            shown.append("" if value is None else str(value))
        return shown

    def _merge(self, line: int, place: int, column: ColumnWords, cell: Any) -> None:
        if column.span > 1:
            self.page.merge_range(line, place, line, place + column.span - 1, "", cell)

    def _text(self, line: int, place: int, text: str, cell: Any) -> None:
        if text:
            self.page.write_string(line, place, fitting(text), cell)
        else:
            self.page.write_blank(line, place, None, cell)

    def _entries(self, columns: Sequence[ColumnWords], start: int, end: int) -> None:
        """What a person may enter: one of a list, or a day."""
        say = workbook_words()
        for place, column in enumerate(columns):
            if column.kind == "choice":
                message = say.entry_error.format(options="、".join(column.options))
                check: dict[str, Any] = {"validate": "list", "source": list(column.options)}
            elif column.kind == "date":
                day = datetime.fromisoformat(self.report.as_of)
                message = say.date_error.format(as_of=self.report.as_of)
                check = {"validate": "date", "criteria": ">=", "value": day}
            else:
                continue
            self.page.data_validation(start, place, end, place, {**check, "error_message": message})

    def _set_up_page(self, several: bool) -> None:
        page, say = self.page, workbook_words()
        page.set_landscape()
        page.set_paper(_PAPER[self.layout.paper])
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        if not several:
            page.repeat_rows(_HEADINGS - 1)
        internal = f"&L{say.internal}" if self.report.internal else ""
        page.set_header(f"{internal}&C{self.layout.name}&R{self.report.as_of}")
        page.set_footer(f"&C{say.page}")


def fitting(text: str) -> str:
    """The text as a cell can hold it: cleaned, and cut with a word about it where it is too long."""
    text = clean(text)
    return text if len(text) <= CELL_LIMIT else text[: CELL_LIMIT - len(words().cut)] + words().cut


def _shown(layout: SheetWords, sheet: Sheet) -> SheetWords:
    """The layout without the optional columns in which nothing stands."""
    tables = {}
    for key, table in layout.tables.items():
        filled = {name for row in sheet.tables[key] for name, value in row.items() if value not in (None, "")}
        columns = tuple(column for column in table.columns if not column.optional or column.key in filled)
        tables[key] = table.model_copy(update={"columns": columns})
    return layout.model_copy(update={"tables": tables})


def _widths(layout: SheetWords) -> list[int]:
    """The width of each column: the widest that any of the sheet's tables asks for."""
    tables = [[column.width for column in table.columns] for table in layout.tables.values()]
    longest = max(len(table) for table in tables)
    return [max(table[place] for table in tables if place < len(table)) for place in range(longest)]
