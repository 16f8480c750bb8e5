"""What a section does with the ledger that it was sent: fills cells in and saves the file."""

import io
from collections.abc import Mapping
from pathlib import Path

import xlsxwriter
from python_calamine import load_workbook

HEAD = 2  # the row of the headings


def rows_of(file: Path) -> list[dict[str, str]]:
    """The rows of the ledger by the words of its headings."""
    rows = _sheets(file)["整改台账"]
    return [dict(zip(rows[HEAD], row, strict=True)) for row in rows[HEAD + 1 :]]


def fill_in(
    file: Path,
    saved_as: Path,
    changes: Mapping[str, Mapping[str, str]],
    *,
    drop: tuple[str, ...] = (),
    without: str = "",
    beside: tuple[str, ...] = (),
    marks: Mapping[str, str] | None = None,
) -> Path:
    """Save a copy with cells changed: by finding and heading. Rows of `drop` are deleted, a column is put in front.

    The column `without` is deleted too. Headings of `beside` are put at the right over empty columns; `marks` are
    written on the hidden sheet, over those of the same name or below them.
    """
    sheets = _sheets(file)
    sheets["出处"] = [list(each) for each in (dict(sheets["出处"]) | dict(marks or {})).items()]  # type: ignore[arg-type]
    rows = sheets["整改台账"]
    places = {heading: place for place, heading in enumerate(rows[HEAD])}
    for row in rows[HEAD + 1 :]:
        for heading, value in changes.get(row[0], {}).items():
            row[places[heading]] = value
    kept = [place for place, heading in enumerate(rows[HEAD]) if heading != without]
    more = {HEAD: beside}
    sheets["整改台账"] = [
        ["", *(row[place] for place in kept), *more.get(line, [""] * len(beside))]
        for line, row in enumerate(rows)
        if row[0] not in drop
    ]
    with xlsxwriter.Workbook(str(saved_as), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        for name, content in sheets.items():
            page = book.add_worksheet(name)
            for line, row in enumerate(content):
                for place, text in enumerate(row):
                    page.write_string(line, place, text)
    return saved_as


def _sheets(file: Path) -> dict[str, list[list[str]]]:
    book = load_workbook(io.BytesIO(file.read_bytes()))
    return {
        name: [[str(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]
        for name in book.sheet_names
    }
