"""The rectification ledger of a unit: out as a workbook, and back into the ledger of findings."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from auditor.audit.folders import written_file
from auditor.ledger.issued import issue
from auditor.ledger.merging import MARKS, Merged, merge
from auditor.ledger.store import Place
from auditor.ledger.unitsheet import marks_of, unit_sheet
from auditor.reading.filledin import read_filled
from auditor.reporting.text import clean
from auditor.reporting.unitledger import unit_ledger_words, write_unit_ledger
from auditor.reporting.workbook import fitting
from auditor.rulebook.rectification import Steps


def export_unit(place: Place, steps: Steps, unit: str, role: str, on: date, out: Path) -> tuple[int, int]:
    """Write the unit's ledger to `out`, over nothing that is there.

    Hands back how many findings it holds, and how many not because the unit may not be told of them.
    """
    sheet = unit_sheet(place, steps, unit, role, on.isoformat())
    rows = tuple(replace(row, locked={name: fitting(text) for name, text in row.locked.items()}) for row in sheet.rows)
    sheet = replace(sheet, rows=rows)
    issued = issue(place, role, sheet.seq)
    marks = dict(zip(MARKS, (sheet.ledger, unit, role, str(sheet.seq), sheet.hash, issued), strict=True))
    told = [marks_of(sheet.ledger, row) for row in rows]
    may_fill = {"to", *steps.may_fill(role)}
    with written_file(out) as target:
        write_unit_ledger(sheet, target, marks, told, may_fill)
    return len(rows), sheet.held_back


def import_unit(place: Place, steps: Steps, path: Path, by: str, on: date) -> Merged:
    """Merge a ledger that a unit filled in."""
    say = unit_ledger_words()
    headings = {column.heading: column.key for column in say.columns}
    sheet = read_filled(path, say.name, say.marks, headings)
    rows = tuple(replace(row, cells={key: clean(text) for key, text in row.cells.items()}) for row in sheet.rows)
    return merge(place, steps, replace(sheet, rows=rows), by.strip(), on.isoformat())


def conflict_lines(merged: Merged) -> Iterator[str]:
    """The conflicts for the terminal, one a line, with both values."""
    headings: Mapping[str, str] = {column.key: column.heading for column in unit_ledger_words().columns}
    for each in merged.conflicts:
        values = f"：交回“{each.came}”，问题库“{each.stands}”" if each.came or each.stands else ""
        where = " ".join(filter(None, (f"第{each.line}行", each.finding, headings.get(each.field, each.field))))
        yield f"{where}：{each.why}{values}"
