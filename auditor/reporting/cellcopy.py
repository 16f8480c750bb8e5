"""A file that is no XLSX workbook, shown as one: the same cells as text, marked and with notes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import xlsxwriter

from auditor.reporting.annotation import AUTHOR, NOTES_SHOWN, Colour, Mark
from auditor.reporting.text import clean
from auditor.reporting.workbook import fitting

_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\\\", "_"))
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_DAY = datetime(2000, 1, 1)  # the same file gives the same copy on every day


@dataclass(frozen=True)
class CopiedSheet:
    """A sheet to copy: rows from 0 in ascending order with their cells, and the marks on them.

    `numbers` are shown in a column of their own before the cells, by row; marks count columns without it.
    """

    name: str
    rows: Iterable[tuple[int, Sequence[str | None]]]
    marks: Sequence[Mark]
    numbers: dict[int, str] | None = None


def write_copy(sheets: Sequence[CopiedSheet], path: Path) -> None:
    """Write the sheets as a new workbook."""
    with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
        book.set_properties({"created": _DAY})
        plain = book.add_format({"num_format": "@"})
        colours = {each: book.add_format({"num_format": "@", "bg_color": f"#{each.value[2:]}"}) for each in Colour}
        taken: set[str] = set()
        for sheet in sheets:
            page = book.add_worksheet(_sheet_name(sheet.name, taken))
            shift = 0 if sheet.numbers is None else 1
            marks: dict[int, list[Mark]] = {}
            for mark in sheet.marks:
                marks.setdefault(mark.row or 0, []).append(mark)
            notes = 0
            for row, cells in sheet.rows:
                if sheet.numbers is not None:
                    page.write_string(row, 0, sheet.numbers.get(row, ""), plain)
                placed = _by_column(marks.get(row, ()), cells)
                for column in range(max([len(cells), *(at + 1 for at in placed)])):
                    text = cells[column] if column < len(cells) else None
                    here = placed.get(column)
                    look = colours[here[0].colour] if here else plain
                    if text:
                        page.write_string(row, column + shift, fitting(text), look)
                    elif here:
                        page.write_blank(row, column + shift, None, look)
                    if here and notes < NOTES_SHOWN:
                        notes += 1
                        page.write_comment(row, column + shift, _note(here), {"x_scale": 2.2, "y_scale": 1.4})


def _by_column(marks: Iterable[Mark], cells: Sequence[str | None]) -> dict[int, list[Mark]]:
    first = next((at for at, cell in enumerate(cells) if cell), 0)
    placed: dict[int, list[Mark]] = {}
    for mark in marks:
        placed.setdefault(first if mark.column is None else mark.column, []).append(mark)
    return placed


def _note(marks: Iterable[Mark]) -> str:
    return clean(f"{AUTHOR}：" + "\n".join(mark.text for mark in marks))


def _sheet_name(name: str, taken: set[str]) -> str:
    """The name as a sheet may have it: short, without the signs that no sheet may have, and not twice."""
    plain = clean(name).translate(_FORBIDDEN).strip("' ")[:28] or "Sheet"
    number = 1
    while (wanted := plain if number == 1 else f"{plain}{number}").lower() in taken:
        number += 1
    taken.add(wanted.lower())
    return wanted
