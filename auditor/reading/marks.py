"""What workbooks mark beside their cells: hidden rows and columns, and in ODS files merged areas.

The reader of cells does not tell these. Only the tags or records that carry them are looked at, in one pass:
nothing is expanded, no tree is built. A file in which they cannot be made out is read as one that marks nothing.
"""

import io
import re
import struct
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from xml.parsers import expat

from auditor.reading.grid import Area, Marks

_PART = 1 << 20
_LONGEST = 1 << 30  # bytes of one sheet's XML that are looked through; a larger one is left unmarked
_MOST_COLUMNS = 16_384
_BEGIN, _END, _SHEET, _ROW, _COLUMNS = 0x0809, 0x000A, 0x0085, 0x0208, 0x007D  # kinds of record in a binary workbook
_WANTED = frozenset((_SHEET, _ROW, _COLUMNS))
_ROW_OR_COLUMN = re.compile(rb"<(?:\w+:)?(?:row|col)\s[^>]*?\bhidden=\"(?:1|true)\"[^>]*>")
_ATTRIBUTE = re.compile(r"([\w:]+)=\"([^\"]*)\"")
_SHEET_TAG, _LINK_TAG = (re.compile(rf"<(?:\w+:)?{name}\s[^>]*>") for name in ("sheet", "Relationship"))
_SPANNED = re.compile(rb"number-(?:columns|rows)-spanned=|visibility=\"(?:collapse|filter)\"")


def read_marks(data: bytes) -> Mapping[str, Marks]:
    """The marks of a workbook by sheet name; a sheet without any may be absent."""
    try:
        if not data.startswith(b"PK"):
            return _of_xls(data)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "content.xml" in names:
                return _of_ods(archive)
            return _of_xlsx(archive) if "xl/workbook.xml" in names else {}
    except (zipfile.BadZipFile, OSError, ValueError, LookupError, RuntimeError, struct.error, expat.ExpatError):
        return {}


def _of_xls(data: bytes) -> dict[str, Marks]:
    """Hidden rows and columns of the binary format: small records, each with kind and length before it."""
    import olefile

    with olefile.OleFileIO(io.BytesIO(data)) as files:
        name = next((name for name in ("Workbook", "Book") if files.exists(name)), None)
        if name is None:
            return {}
        book = files.openstream(name).read()
    sheets = [record for kind, record in _records(book, 0) if kind == _SHEET]
    return {_sheet_name(record): _hidden_of_xls(book, *struct.unpack_from("<I", record)) for record in sheets}


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


def _of_xlsx(archive: zipfile.ZipFile) -> dict[str, Marks]:
    links = {
        tag["Id"]: tag["Target"]
        for tag in _tags(archive, "xl/_rels/workbook.xml.rels", _LINK_TAG)
        if "Id" in tag and "Target" in tag
    }
    marks = {}
    for tag in _tags(archive, "xl/workbook.xml", _SHEET_TAG):
        target = links.get(tag.get("id", ""), "")
        inside = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if target and "name" in tag and archive.getinfo(inside).file_size <= _LONGEST:
            marks[tag["name"]] = _hidden(_found(archive, inside, _ROW_OR_COLUMN))
    return marks


def _tags(archive: zipfile.ZipFile, name: str, tag: re.Pattern[str]) -> Iterator[dict[str, str]]:
    if archive.getinfo(name).file_size > _PART * 16:
        return
    for found in tag.findall(archive.read(name).decode("utf-8", "replace")):
        yield {key.rpartition(":")[2]: unescape(value) for key, value in _ATTRIBUTE.findall(found)}


def _found(archive: zipfile.ZipFile, name: str, tag: re.Pattern[bytes]) -> Iterator[str]:
    """Every tag of the kind, read in parts so that the text is never held whole."""
    rest = b""
    with archive.open(name) as stream:
        while part := stream.read(_PART):
            text = rest + part
            end = text.rfind(b">") + 1
            yield from (found.decode("utf-8", "replace") for found in tag.findall(text, 0, end))
            rest = text[end:] if len(text) - end < _PART else b""


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


def _of_ods(archive: zipfile.ZipFile) -> dict[str, Marks]:
    if archive.getinfo("content.xml").file_size > _LONGEST or not any(_found(archive, "content.xml", _SPANNED)):
        return {}
    tables = _Tables()
    reader = expat.ParserCreate()
    reader.StartElementHandler, reader.EndElementHandler = tables.start, tables.end
    reader.EntityDeclHandler = _no_entities
    with archive.open("content.xml") as stream:
        while part := stream.read(_PART):
            reader.Parse(part)
    return tables.marks


def _no_entities(*_: object) -> None:
    raise ValueError("an office file declares no entities of its own")
