"""The XML of worksheets, looked through before it is read: extent, formulas, errors, and nothing hostile.

A plain sheet is looked through with two regular expressions; one with formulas, errors or anything unusual is
parsed. A document type declaration, which could define entities that swell without end, is refused.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from typing import TypeAlias
from xml.parsers import expat

from auditor.reading import limits
from auditor.reading.faults import ERRORS, UNCALCULATED, SheetFacts, check_extent
from auditor.reading.grid import Unreadable
from auditor.reading.packages import DAMAGED, LOCKED, Package, is_text
from auditor.tables import column_of

_COLUMN = re.compile(rb'<c r="([A-Z]{1,3})[0-9]{1,7}"')
_ROW = re.compile(rb'<c r="[A-Z]{1,3}([0-9]{1,7})"')
_ODD = (b"<f", b'"e"', b"<!", b":c", b"\x00")
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_SPACES = 10_000

_Start: TypeAlias = Callable[[str, dict[str, str]], None]
_End: TypeAlias = Callable[[str], None]
_Text: TypeAlias = Callable[[str], None]


def workbook_facts(package: Package) -> dict[str, SheetFacts]:
    """The facts of every worksheet of an XLSX package by sheet name. Raises `Unreadable`."""
    plain = {name: _plain(package.pieces(name)) for name in filter(is_text, package.parts)}
    is_small = sum(facts.cells for facts in plain.values() if facts) <= limits.CELLS
    parts = {
        name: facts if facts and (is_small or not facts.cells) else _parsed(package, name)
        for name, facts in plain.items()
    }
    check_extent({PurePosixPath(name).stem: facts for name, facts in parts.items()})
    return {sheet: parts[part] for sheet, part in sheet_parts(package).items() if part in parts}


def spreadsheet_facts(package: Package) -> dict[str, SheetFacts]:
    """The facts of every table of an ODS package by name. Raises `Unreadable`."""
    for name in filter(is_text, package.parts):
        for piece in package.pieces(name):
            if name == "META-INF/manifest.xml" and b"encryption-data" in piece:
                raise Unreadable(LOCKED)
    tables = _Tables()
    parse(package.pieces("content.xml"), tables.start, tables.end, tables.text)
    check_extent(tables.facts)
    return tables.facts


def _plain(pieces: Iterable[bytes]) -> SheetFacts | None:
    """The facts of a sheet without formulas and errors, blank cells taken as filled; None if it must be parsed."""
    columns: set[bytes] = set()
    rows: set[bytes] = set()
    is_plain = True
    rest = b""
    for piece in pieces:  # to the end in any case: the checksum of the part is proved there
        if not is_plain:
            continue
        whole, cut, rest = (rest + piece).rpartition(b"<")
        rest = cut + rest
        named = _COLUMN.findall(whole)
        columns.update(named)
        rows.update(_ROW.findall(whole))
        tags = whole.count(b"<c") - whole.count(b"<col")
        is_plain = len(named) == tags and not any(mark in whole for mark in _ODD)
    if not is_plain:
        return None
    across = max((column_of(letters.decode()) + 1 for letters in columns), default=0)
    return SheetFacts(max(map(int, rows), default=0), across)


def _parsed(package: Package, name: str) -> SheetFacts:
    sheet = _Sheet()
    parse(package.pieces(name), sheet.start, sheet.end, sheet.text)
    return sheet.facts


class _Sheet:
    """The cells of a worksheet part, one after the other."""

    def __init__(self) -> None:
        self.facts = SheetFacts()
        self.row, self.column = -1, -1
        self.kind, self.formula, self.value, self.inside = "", False, "", ""
        self.filled = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = local(name)
        if tag == "row":
            self.row = int(attributes["r"]) - 1 if attributes.get("r", "").isdecimal() else self.row + 1
            self.column = -1
        elif tag == "c":
            self.column += 1
            place = _PLACE.fullmatch(attributes.get("r", ""))
            if place:
                self.row, self.column = int(place[2]) - 1, column_of(place[1])
            self.kind, self.formula, self.value, self.filled = attributes.get("t", ""), False, "", False
        elif tag in ("v", "is"):
            self.filled, self.inside = True, tag
        elif tag == "f":
            self.formula = True

    def text(self, text: str) -> None:
        if self.inside and len(self.value) < 40:
            self.value += text

    def end(self, name: str) -> None:
        tag = local(name)
        if tag in ("v", "is"):
            self.inside = ""
        elif tag == "c":
            self._close()

    def _close(self) -> None:
        if self.formula or self.filled:
            self.facts.reach(self.row, self.column)
        self.facts.formulas += self.formula
        if self.kind == "e":
            shown = self.value.strip()
            self.facts.faults[self.row, self.column] = shown if shown in ERRORS else "#VALUE!"
        elif self.formula and not self.value.strip() and self.kind != "str":
            self.facts.faults[self.row, self.column] = UNCALCULATED


class _Tables:
    """The cells of all tables in the content of an ODS file."""

    def __init__(self) -> None:
        self.facts: dict[str, SheetFacts] = {}
        self.table = SheetFacts()
        self.row = self.column = 0
        self.rows = self.columns = 1  # how often the row and the cell stand there
        self.filled: list[tuple[int, int, bool, str]] = []  # cells of the row with content: the fault last
        self.cell: dict[str, str] | None = None
        self.shown = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table":
            self.table = self.facts.setdefault(attributes.get("table:name", ""), SheetFacts())
            self.row = 0
        elif name == "table:table-row":
            self.rows, self.column, self.filled = _times(attributes, "rows"), 0, []
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self.cell, self.shown, self.columns = attributes, "", _times(attributes, "columns")
        elif name == "text:s" and int(attributes.get("text:c", "1") or 1) > _SPACES:
            raise Unreadable("文件里有异常多的空格，为安全起见没有展开；请用 WPS 或 Excel 打开后另存为 xlsx")

    def text(self, text: str) -> None:
        if self.cell is not None and len(self.shown) < 40:
            self.shown += text

    def end(self, name: str) -> None:
        if name in ("table:table-cell", "table:covered-table-cell") and self.cell is not None:
            formula = "table:formula" in self.cell
            if formula or "office:value-type" in self.cell or self.shown:
                self.filled.append((self.column, self.columns, formula, self._fault(formula)))
            self.column += self.columns
            self.cell = None
        elif name == "table:table-row":
            self._close_row()

    def _fault(self, formula: bool) -> str:
        assert self.cell is not None
        shown = self.shown.strip()
        if self.cell.get("calcext:value-type") == "error" or (
            formula and (shown in ERRORS or shown.startswith("Err:"))
        ):
            return shown if shown in ERRORS else "#VALUE!"
        return UNCALCULATED if formula and "office:value-type" not in self.cell and not shown else ""

    def _close_row(self) -> None:
        for column, columns, formula, fault in self.filled:
            self.table.reach(self.row + self.rows - 1, column + columns - 1)
            check_extent(self.facts)
            self.table.formulas += formula * self.rows * columns
            if fault:
                places = ((self.row + down, column + right) for down in range(self.rows) for right in range(columns))
                self.table.faults.update(dict.fromkeys(places, fault))
        self.row += self.rows


def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]


def _times(attributes: dict[str, str], what: str) -> int:
    times = attributes.get(f"table:number-{what}-repeated", "1")
    return max(1, int(times)) if times.isdecimal() else 1


def sheet_parts(package: Package) -> dict[str, str]:
    """The part of every sheet by the sheet's name."""
    folder = "xl/"
    targets: dict[str, str] = {}
    named: list[tuple[str, str]] = []

    def relation(name: str, attributes: dict[str, str]) -> None:
        if local(name) == "Relationship":
            target = attributes.get("Target", "")
            targets[attributes.get("Id", "")] = target.lstrip("/") if target.startswith("/") else folder + target

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if local(name) == "sheet":
            key = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            named.append((attributes.get("name", ""), key))

    for part, handler in (("_rels/workbook.xml.rels", relation), ("workbook.xml", sheet)):
        if folder + part in package.parts:
            parse(package.pieces(folder + part), handler)
    return {name: targets[key] for name, key in named if key in targets}


def parse(pieces: Iterable[bytes], start: _Start, end: _End | None = None, text: _Text | None = None) -> None:
    """Parse XML piece by piece; names come with their prefix. Raises `Unreadable` where it is not well formed."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Unreadable(DAMAGED.format(why=f"内部的 XML 在第{error.lineno}行断开")) from None
    except ValueError:
        raise Unreadable(DAMAGED.format(why="内部的 XML 有不合规的数字")) from None


def _refuse_doctype(*_: object) -> None:
    raise Unreadable(
        "文件里带有文档类型声明(DOCTYPE)，正常的表格没有，为安全起见没有读取；请用 WPS 或 Excel 打开后另存为 xlsx"
    )
