"""Where the cells of a sheet stand in its XML: only those of the rows that are asked for are remembered."""

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from xml.parsers import expat

from auditor.reporting.splicing import Element, NotEditable, check_plain, closing, end_of_tag
from auditor.tables import column_of

_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_HAS_CONTENT = ("v", "is", "f")


@dataclass
class CellTag:
    """A cell: where its start tag stands, and whether anything is in the cell."""

    start: int
    end: int
    style: int
    is_filled: bool = False


@dataclass
class SheetScan:
    """The root of a sheet, the elements directly inside it, and cells by row and column, both from 0."""

    root: Element | None = None
    children: list[Element] = field(default_factory=list)
    rows: defaultdict[int, dict[int, CellTag]] = field(default_factory=lambda: defaultdict(dict))


def scan_sheet(data: bytes, rows: Collection[int] | None) -> SheetScan:
    """Find the cells of `rows` (from 0), or of the first row that has content where no rows are given."""
    check_plain(data)
    scan = SheetScan()
    parser = expat.ParserCreate()
    wanted = None if rows is None else frozenset(rows)
    depth, row, column = 0, -1, -1
    in_wanted = False
    cell: CellTag | None = None
    row_name = cell_name = ""
    content_names: tuple[str, ...] = ()

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, row, column, in_wanted, cell, row_name, cell_name, content_names
        if name == row_name:
            row = int(attributes["r"]) - 1 if "r" in attributes else row + 1
            column = -1
            in_wanted = row in wanted if wanted is not None else not _has_content(scan)
        elif in_wanted and name == cell_name:
            column = _column_in(attributes["r"]) if "r" in attributes else column + 1
            at = parser.CurrentByteIndex
            cell = scan.rows[row][column] = CellTag(at, end_of_tag(data, at), int(attributes.get("s", 0)))
        elif in_wanted and name in content_names and cell is not None:
            cell.is_filled = True
        elif depth <= 1:
            at = parser.CurrentByteIndex
            element = Element(name, attributes, depth, at, end_of_tag(data, at), parent=scan.root)
            if depth:
                scan.children.append(element)
            else:
                scan.root = element
                row_name, cell_name = f"{element.prefix}row", f"{element.prefix}c"
                content_names = tuple(element.prefix + each for each in _HAS_CONTENT)
        depth += 1

    def end(name: str) -> None:
        nonlocal depth, cell, in_wanted
        depth -= 1
        if name == cell_name:
            cell = None
        elif name == row_name:
            in_wanted = False
        elif depth == 1:
            element = scan.children[-1]
            element.close, element.end = closing(data, element, parser.CurrentByteIndex)
        elif depth == 0 and scan.root is not None:
            scan.root.close, scan.root.end = closing(data, scan.root, parser.CurrentByteIndex)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise NotEditable(f"XML 有误（{error}）") from None
    if scan.root is None or scan.root.local != "worksheet":
        raise NotEditable("工作表的结构不寻常")
    return scan


def _has_content(scan: SheetScan) -> bool:
    return any(cell.is_filled for cells in scan.rows.values() for cell in cells.values())


def _column_in(place: str) -> int:
    """The column, from 0, of a place like `AB12`."""
    found = _PLACE.fullmatch(place)
    if found is None:
        raise NotEditable(f"单元格位置“{place}”不寻常")
    return column_of(found[1])
