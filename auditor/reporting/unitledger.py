"""The rectification ledger that a unit fills in (整改台账.xlsx): yellow cells are open, all others locked.

Everything is text; nothing is ever a formula or a link. Where it came from stands on a hidden sheet.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Literal

import xlsxwriter
import yaml
from pydantic import BaseModel, ConfigDict
from xlsxwriter.worksheet import Worksheet

from auditor.domain.rectification import SheetRow, UnitSheet
from auditor.reporting.layout import Formats, row_height
from auditor.reporting.text import clean
from auditor.reporting.workbook import fitting
from auditor.shipped import shipped

_HEAD = 2  # the row of the headings: title and remark stand above
_A3 = 8
_OPTIONS = {
    "constant_memory": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_OPEN = ("choice", "entry", "date")


class _Words(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(_Words):
    """A column: which value it shows, its heading and width, and whether it is filled in."""

    key: str
    heading: str
    width: int
    kind: Literal["text", "severity", "choice", "entry", "date"] = "text"


class UnitLedgerWords(_Words):
    """`reports/rectification.yaml`."""

    name: str
    marks: str
    title: str
    remark: str
    entry_error: str
    date_error: str
    footer: str
    columns: tuple[Column, ...]


@cache
def unit_ledger_words() -> UnitLedgerWords:
    """The words and columns of the sheet."""
    text = (shipped("reports") / "rectification.yaml").read_text("utf-8")
    return UnitLedgerWords.model_validate(yaml.safe_load(text))


def write_unit_ledger(
    sheet: UnitSheet, path: Path, marks: Mapping[str, str], row_marks: Sequence[str], may_fill: Collection[str]
) -> None:
    """Write the workbook; the same sheet gives the same bytes. `may_fill` are the cells that are open."""
    with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
        say = unit_ledger_words()
        title = clean(say.title.format(unit=sheet.unit))
        book.set_properties({"title": title, "created": datetime.fromisoformat(sheet.made_on)})
        formats = Formats(book)
        for kind in _OPEN:
            formats.named(kind).set_locked(False)
        page = book.add_worksheet(say.name)
        _Writer(page, sheet, formats, may_fill).write(title)
        hidden = book.add_worksheet(say.marks)
        _write_marks(hidden, sheet, marks, row_marks)
        hidden.very_hidden()


def _write_marks(page: Worksheet, sheet: UnitSheet, marks: Mapping[str, str], row_marks: Sequence[str]) -> None:
    for line, (name, value) in enumerate(marks.items()):
        page.write_string(line, 0, name)
        page.write_string(line, 1, value)
    for line, (row, told) in enumerate(zip(sheet.rows, row_marks, strict=True), start=len(marks)):
        page.write_string(line, 0, row.id)
        page.write_string(line, 1, told)


class _Writer:
    """Writes the sheet from top to bottom."""

    def __init__(self, page: Worksheet, sheet: UnitSheet, formats: Formats, may_fill: Collection[str]) -> None:
        self.page, self.sheet, self.formats = page, sheet, formats
        self.say = unit_ledger_words()
        self.open = {column.key for column in self.say.columns if column.kind in _OPEN and column.key in may_fill}

    def write(self, title: str) -> None:
        """Title, headings, rows, then what may be entered and how it is printed."""
        page, sheet, columns = self.page, self.sheet, self.say.columns
        remark = self.say.remark.format(on=sheet.made_on, audit=sheet.audit, role=sheet.role)
        page.write_string(0, 0, title, self.formats.named("title"))
        page.write_string(1, 0, remark, self.formats.named("meta"))
        page.set_row(0, 30)
        page.set_row(1, 20)
        for place, column in enumerate(columns):
            page.set_column(place, place, column.width)
            page.write_string(_HEAD, place, column.heading, self.formats.named("heading"))
        page.set_row(_HEAD, 32)
        for line, row in enumerate(sheet.rows, start=_HEAD + 1):
            self._row(line, row)
        self._entries()
        self._set_up_page()

    def _row(self, line: int, row: SheetRow) -> None:
        shown = []
        for place, column in enumerate(self.say.columns):
            text = fitting(row.locked.get(column.key) or row.entries.get(column.key) or "")
            kind = column.kind if column.key in self.open or column.kind == "severity" else "text"
            cell = self.formats.of(kind, text)
            if text:
                self.page.write_string(line, place, text, cell)
            else:
                self.page.write_blank(line, place, None, cell)
            shown.append(text)
        self.page.set_row(line, row_height(shown, [column.width for column in self.say.columns]))

    def _entries(self) -> None:
        """A list for each stretch of rows with the same steps ahead, and a check of the dates."""
        rows, first = self.sheet.rows, _HEAD + 1
        for place, column in enumerate(self.say.columns):
            if column.key not in self.open or not rows:
                continue
            if column.kind == "date":
                day = datetime(2007, 1, 1)
                check = {"validate": "date", "criteria": ">=", "value": day, "error_message": self.say.date_error}
                self.page.data_validation(first, place, _HEAD + len(rows), place, check)
            if column.kind == "choice":
                for start, end in _stretches([row.choices for row in rows]):
                    options = list(rows[start].choices)
                    message = self.say.entry_error.format(options="、".join(options))
                    check = {"validate": "list", "source": options, "error_message": message}
                    if options:
                        self.page.data_validation(first + start, place, first + end, place, check)

    def _set_up_page(self) -> None:
        page, columns = self.page, self.say.columns
        page.freeze_panes(_HEAD + 1, 2)
        if self.sheet.rows:
            page.autofilter(_HEAD, 0, _HEAD + len(self.sheet.rows), len(columns) - 1)
        page.protect("", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True})
        page.set_landscape()
        page.set_paper(_A3)
        page.fit_to_pages(1, 0)
        page.repeat_rows(_HEAD)
        page.set_footer(f"&C{self.say.footer}")


def _stretches(choices: Sequence[tuple[str, ...]]) -> list[tuple[int, int]]:
    """First and last place of every run of equals."""
    starts = [place for place, each in enumerate(choices) if place == 0 or each != choices[place - 1]]
    return list(zip(starts, [*(start - 1 for start in starts[1:]), len(choices) - 1], strict=True))
