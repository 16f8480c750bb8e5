"""What workbooks mark beside their cells: hidden rows and columns, and in ODS files merged areas.

The reader of cells does not tell these. Only the tags or records that carry them are looked at, in one pass:
nothing is expanded, no tree is built. A file in which they cannot be made out is read as one that marks nothing.
"""

import re
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from auditor.reading.grid import Area, Marks, Unreadable
from auditor.reading.packages import Package
from auditor.reading.sheetxml import parse, sheet_parts

_CONTENT = "content.xml"  # the part of an ODS file that holds all its tables
_LONGEST_TAG = 1 << 20  # bytes; a longer one is no tag of the kind
_LONGEST = 1 << 30  # bytes of one sheet's XML that are looked through; a larger one is left unmarked
_MOST_COLUMNS = 16_384
_BEGIN, _END, _SHEET, _ROW, _COLUMNS = 0x0809, 0x000A, 0x0085, 0x0208, 0x007D  # kinds of record in a binary workbook
_WANTED = frozenset((_SHEET, _ROW, _COLUMNS))
_ROW_OR_COLUMN = re.compile(rb"<(?:\w+:)?(?:row|col)\s[^>]*?\bhidden=\"(?:1|true)\"[^>]*>")
_ATTRIBUTE = re.compile(r"([\w:]+)=\"([^\"]*)\"")
_SPANNED = re.compile(rb"number-(?:columns|rows)-spanned=|visibility=\"(?:collapse|filter)\"")


def marks_of_package(package: Package) -> Mapping[str, Marks]:
    """The marks of an XLSX or ODS file by sheet name; a sheet without any may be absent."""
    try:
        return _of_ods(package) if _CONTENT in package.parts else _of_xlsx(package)
    except (ValueError, LookupError, Unreadable):
        return {}


def marks_of_compound(records: bytes) -> Mapping[str, Marks]:
    """Hidden rows and columns of the old binary format: small records, each with kind and length before it."""
    try:
        sheets = [record for kind, record in _records(records, 0) if kind == _SHEET]
        return {_sheet_name(record): _hidden_of_xls(records, *struct.unpack_from("<I", record)) for record in sheets}
    except (ValueError, LookupError, struct.error):
        return {}


def _records(book: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of one part of a binary workbook, without those of charts that lie inside it."""
    depth = 0
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, at)
        depth += (kind == _BEGIN) - (kind == _END)
        if depth == 0:
            return
        if depth == 1 and kind in _WANTED:
            yield kind, book[at + 4 : at + 4 + length]
        at += 4 + length


def _sheet_name(record: bytes) -> str:
    length, is_wide = record[6], record[7] & 1
    return record[8 : 8 + 2 * length].decode("utf-16-le") if is_wide else record[8 : 8 + length].decode("latin-1")


def _hidden_of_xls(book: bytes, at: int) -> Marks:
    rows, columns = set(), set()
    for kind, record in _records(book, at):
        if kind == _ROW and record[12] & 0x20:
            rows.add(int.from_bytes(record[:2], "little") + 1)
        elif kind == _COLUMNS and record[8] & 1:
            first, last = struct.unpack_from("<HH", record)
            columns |= set(range(first, min(last + 1, _MOST_COLUMNS)))
    return Marks((), tuple(sorted(rows)), tuple(sorted(columns)))


def _of_xlsx(package: Package) -> dict[str, Marks]:
    return {
        sheet: _hidden(_found(package, part, _ROW_OR_COLUMN))
        for sheet, part in sheet_parts(package).items()
        if part in package.parts and package.parts[part].file_size <= _LONGEST
    }


def _found(package: Package, name: str, tag: re.Pattern[bytes]) -> Iterator[str]:
    """Every tag of the kind, read in parts so that the text is never held whole."""
    rest = b""
    for part in package.pieces(name):
        text = rest + part
        end = text.rfind(b">") + 1
        yield from (found.decode("utf-8", "replace") for found in tag.findall(text, 0, end))
        rest = text[end:] if len(text) - end < _LONGEST_TAG else b""


def _hidden(tags: Iterable[str]) -> Marks:
    rows: list[int] = []
    columns: set[int] = set()
    for tag in tags:
        values = dict(_ATTRIBUTE.findall(tag))
        if "r" in values:
            rows.append(int(values["r"]))
        elif "min" in values and "max" in values:
            columns |= set(range(int(values["min"]) - 1, min(int(values["max"]), _MOST_COLUMNS)))
    return Marks((), tuple(sorted(rows)), tuple(sorted(columns)))


@dataclass
class _Tables:
    """What is gathered while the tags of an ODS file go by."""

    marks: dict[str, Marks] = field(default_factory=dict)
    name: str | None = None
    depth: int = 0
    row: int = 0
    rows: int = 1
    column: int = 0
    declared: int = 0
    areas: list[Area] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)

    def start(self, tag: str, values: dict[str, str]) -> None:
        if tag == "table:table":
            self.depth += 1
            if self.depth == 1:
                self.name, self.row, self.rows, self.declared = values.get("table:name", ""), 1, 0, 0
                self.areas, self.hidden_rows, self.hidden_columns = [], [], []
        elif self.depth != 1:
            return
        elif tag == "table:table-column":
            many = int(values.get("table:number-columns-repeated", 1))
            if "table:visibility" in values and values["table:visibility"] != "visible":
                self.hidden_columns += range(self.declared, min(self.declared + many, _MOST_COLUMNS))
            self.declared += many
        elif tag == "table:table-row":
            self.row += self.rows
            self.rows = int(values.get("table:number-rows-repeated", 1))
            self.column = 0
            if "table:visibility" in values and values["table:visibility"] != "visible":
                self.hidden_rows += range(self.row, min(self.row + self.rows, self.row + _MOST_COLUMNS))
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            down = int(values.get("table:number-rows-spanned", 1))
            right = int(values.get("table:number-columns-spanned", 1))
            if down > 1 or right > 1:
                self.areas.append(Area(self.row, self.column, self.row + down - 1, self.column + right - 1))
            self.column += int(values.get("table:number-columns-repeated", 1))

    def end(self, tag: str) -> None:
        if tag == "table:table":
            self.depth -= 1
            if self.depth == 0 and self.name is not None:
                self.marks[self.name] = Marks(tuple(self.areas), tuple(self.hidden_rows), tuple(self.hidden_columns))


def _of_ods(package: Package) -> dict[str, Marks]:
    if package.parts[_CONTENT].file_size > _LONGEST or not any(_found(package, _CONTENT, _SPANNED)):
        return {}
    tables = _Tables()
    parse(package.pieces(_CONTENT), tables.start, tables.end)
    return tables.marks
