"""An XLSX workbook with cells coloured and notes on them; every other byte of its content stays what it was.

Only the styles, the sheets concerned, their notes and what ties these together are touched, so that charts,
lists, conditional formats, pictures, pivot tables and macros stay. A digital signature no longer holds.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from auditor.reporting.package import Package, root_of
from auditor.reporting.sheetscan import CellTag, SheetScan, scan_sheet
from auditor.reporting.splicing import (
    Edit,
    Element,
    NotEditable,
    appended,
    children,
    elements,
    set_attribute,
    spliced,
    text_of,
    with_attribute,
)
from auditor.tables import letters_of

AUTHOR = "审计程序"
NOTES_SHOWN = 1000  # notes a sheet: with many more, office programs become slow

_COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_BEFORE_NOTES = {  # what the schema puts before the notes of a sheet
    *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection"),
    *("protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells"),
    *("phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins"),
    *("pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors"),
    *("smartTags", "drawing"),
}
_NEW_COMMENTS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<authors></authors><commentList></commentList></comments>"
)
_NEW_VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel">'
    '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{block}"/></o:shapelayout></xml>'
)
_SHAPE_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    '<v:shape id="_x0000_s{id}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:2pt;'
    'width:240pt;height:90pt;z-index:{z};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
    '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    "<x:Anchor>{left}, 15, {top}, 4, {right}, 31, {bottom}, 4</x:Anchor>"
    "<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_BLOCK = 1024
_SHAPE_ID = re.compile(rb'"_x0000_s([0-9]+)"')
_BLOCKS = re.compile(rb'idmap[^>]*\sdata="([0-9,]*)"')
_LAST_COLUMN = 16_383


class Colour(Enum):
    """What a colour says."""

    REJECTED = "FFFFC7CE"  # a cell or row that was not used
    UNKNOWN = "FFFFEB9C"  # a heading or table that was not understood


@dataclass(frozen=True)
class Mark:
    """What is to be said about a cell; row and column from 0.

    A mark without column stands on the first cell of the row that holds something, one without row on the first
    cell of the sheet that does.
    """

    row: int | None
    column: int | None
    text: str
    colour: Colour = Colour.REJECTED


@dataclass
class _Placed:
    """What stands on one cell: its notes in order, its colour."""

    tag: CellTag
    colour: Colour
    texts: list[str] = field(default_factory=list)


def annotate_workbook(data: bytes, marks: Mapping[str, Sequence[Mark]]) -> bytes:
    """The workbook with marks by the name of the sheet. Raises `NotEditable`, then no copy can be made this way."""
    try:
        return _annotated(Package(data), marks)
    except (ValueError, LookupError) as error:  # numbers that are none, places outside the sheet, broken text
        raise NotEditable(f"结构不寻常（{error}）") from None


def _annotated(package: Package, marks: Mapping[str, Sequence[Mark]]) -> bytes:
    parts = package.sheets()
    styles = _Styles(package)
    for sheet, wanted in marks.items():
        if sheet not in parts:
            raise NotEditable(f"找不到工作表“{sheet}”")
        _annotate_sheet(package, parts[sheet], wanted, styles)
    styles.write()
    return package.packed()


def _annotate_sheet(package: Package, part: str, marks: Sequence[Mark], styles: "_Styles") -> None:
    data = package.read(part)
    scan = _scan(data, marks)
    placed = _placed(scan, marks)
    edits = [_coloured(data, each.tag, styles.coloured(each.tag.style, each.colour)) for each in placed.values()]
    drawing = next((each.attribute("id") for each in scan.children if each.local == "legacyDrawing"), None)
    new_drawing = _write_notes(package, part, drawing, _shown(placed))
    if new_drawing is not None and scan.root is not None:
        before = max((each.end for each in scan.children if each.local in _BEFORE_NOTES), default=scan.root.inside)
        tag = f'<{scan.root.prefix}legacyDrawing xmlns:r="{_OFFICE}" r:id="{new_drawing}"/>'
        edits.append(Edit(before, before, tag.encode()))
    package.write(part, spliced(data, edits))


def _scan(data: bytes, marks: Sequence[Mark]) -> SheetScan:
    rows = {mark.row for mark in marks if mark.row is not None}
    if all(mark.row is not None for mark in marks):
        return scan_sheet(data, rows)
    first = scan_sheet(data, None)
    return scan_sheet(data, rows | set(first.rows)) if rows else first


def _placed(scan: SheetScan, marks: Sequence[Mark]) -> dict[tuple[int, int], _Placed]:
    """Marks on cells that are in the file: where one is not, the first of its row says which it is about."""
    placed: dict[tuple[int, int], _Placed] = {}
    for mark in marks:
        row, column, text = mark.row, mark.column, mark.text
        if row is None or not scan.rows.get(row):
            text = text if row is None else f"（第{row + 1}行）{text}"
            row = min((at for at, cells in scan.rows.items() if _first(cells) is not None), default=None)
        if row is None:
            raise NotEditable("要标注的行不在文件里")
        cells = scan.rows[row]
        if column is None or column not in cells:
            text = text if column is None else f"（{letters_of(column)}列）{text}"
            first = _first(cells)
            column = min(cells) if first is None else first
        here = placed.setdefault((row, column), _Placed(cells[column], mark.colour))
        here.texts.append(text)
    return dict(sorted(placed.items()))


def _first(cells: Mapping[int, CellTag]) -> int | None:
    return min((column for column, cell in cells.items() if cell.is_filled), default=None)


def _coloured(data: bytes, cell: CellTag, style: int) -> Edit:
    return Edit(cell.start, cell.end, with_attribute(data[cell.start : cell.end], "s", str(style)))


def _shown(placed: Mapping[tuple[int, int], _Placed]) -> dict[tuple[int, int], str]:
    """The notes that are written; the last of many says that the others are only coloured."""
    notes = {place: "\n".join(each.texts) for place, each in list(placed.items())[:NOTES_SHOWN]}
    if len(placed) > NOTES_SHOWN:
        last = next(reversed(notes))
        notes[last] += f"\n本表要标注的有{len(placed)}处，批注只写到这里，以下只标了颜色。"
    return notes


class _Styles:
    """The cell formats of the workbook, to which coloured ones are added."""

    def __init__(self, package: Package) -> None:
        self._package = package
        part = next((each.target for each in package.relations(package.workbook) if each.kind == "styles"), "")
        self._part = part
        self._data = package.read(part)
        self._found = elements(self._data)
        root = root_of(self._found, "styleSheet")
        tops = {each.local: each for each in children(root, self._found)}
        if "fills" not in tops or "cellXfs" not in tops:
            raise NotEditable("样式部分的结构不寻常")
        self._fills, self._formats = tops["fills"], tops["cellXfs"]
        self._number_of_fills = len(list(children(self._fills, self._found)))
        self._old = list(children(self._formats, self._found))
        self._new: dict[tuple[int, Colour], bytes] = {}

    def coloured(self, style: int, colour: Colour) -> int:
        """The number of a format like `style` but for its colour."""
        if style >= len(self._old):
            raise NotEditable("单元格的样式不在样式表里")
        if (style, colour) not in self._new:
            base = self._old[style]
            tag = with_attribute(self._data[base.start : base.inside], "applyFill", "1")
            tag = with_attribute(tag, "fillId", str(self._number_of_fills + list(Colour).index(colour)))
            self._new[style, colour] = tag + self._data[base.inside : base.end]
        return len(self._old) + list(self._new).index((style, colour))

    def write(self) -> None:
        """Write the formats that were asked for."""
        colours = list(Colour)
        fill = (
            "<{0}fill><{0}patternFill patternType='solid'><{0}fgColor rgb='{1}'/><{0}bgColor indexed='64'/>"
            "</{0}patternFill></{0}fill>"
        )
        fills = "".join(fill.format(self._fills.prefix, colour.value) for colour in colours)
        edits = [
            set_attribute(self._data, self._fills, "count", str(self._number_of_fills + len(colours))),
            appended(self._data, self._fills, fills.encode()),
            set_attribute(self._data, self._formats, "count", str(len(self._old) + len(self._new))),
            appended(self._data, self._formats, b"".join(self._new.values())),
        ]
        self._package.write(self._part, spliced(self._data, edits))


def _write_notes(package: Package, part: str, drawing: str | None, notes: Mapping[tuple[int, int], str]) -> str | None:
    """Add the notes to those of the sheet; returns the relation that the sheet must name, if it has none yet."""
    relations = package.relations(part)
    comments = next((each.target for each in relations if each.kind == "comments"), None)
    if comments is None:
        comments = package.free_name("xl/comments{}.xml")
        package.write(comments, _NEW_COMMENTS.encode())
        package.declare(part=comments, kind=_COMMENTS)
        package.relate(part, "comments", comments)
    had = _add_comments(package, comments, notes)
    shapes = next((each.target for each in relations if drawing is not None and each.id == drawing), None)
    new_drawing = None
    if shapes is None:
        shapes = package.free_name("xl/drawings/vmlDrawing{}.vml")
        package.write(shapes, _NEW_VML.format(block=_free_block(package)).encode())
        package.declare(extension="vml", kind=_VML)
        new_drawing = package.relate(part, "vmlDrawing", shapes)
    _add_shapes(package, shapes, [place for place in notes if place not in had])
    return new_drawing


def _add_comments(package: Package, part: str, notes: Mapping[tuple[int, int], str]) -> set[tuple[int, int]]:
    """Write the texts; a cell that has a note keeps it, ours below. Returns the cells that had one."""
    data = package.read(part)
    found = elements(data)
    root = root_of(found, "comments")
    tops = {each.local: each for each in children(root, found)}
    if "authors" not in tops or "commentList" not in tops:
        raise NotEditable("批注部分的结构不寻常")
    authors, listed = tops["authors"], tops["commentList"]
    author = len(list(children(authors, found)))
    old = {each.attribute("ref") or "": each for each in children(listed, found)}
    prefix, new, edits, had = root.prefix, [], [], set()
    for (row, column), text in notes.items():
        place = f"{letters_of(column)}{row + 1}"
        if place in old:
            had.add((row, column))
            edits.append(_below(data, old[place], found, _run(prefix, f"\n{AUTHOR}：{text}")))
        else:
            run = _run(prefix, f"{AUTHOR}：{text}")
            comment = f'<{prefix}comment ref="{place}" authorId="{author}"><{prefix}text>{run}</{prefix}text>'
            new.append(f"{comment}</{prefix}comment>")
    edits.append(appended(data, authors, f"<{prefix}author>{AUTHOR}</{prefix}author>".encode()))
    edits.append(appended(data, listed, "".join(new).encode()))
    package.write(part, spliced(data, edits))
    return had


def _run(prefix: str, text: str) -> str:
    look = f'<{prefix}rPr><{prefix}sz val="9"/><{prefix}rFont val="宋体"/></{prefix}rPr>'
    return f'<{prefix}r>{look}<{prefix}t xml:space="preserve">{text_of(text)}</{prefix}t></{prefix}r>'


def _below(data: bytes, comment: Element, found: Iterable[Element], run: str) -> Edit:
    inside = [each for each in found if each.start > comment.start and each.end <= comment.end]
    text = next((each for each in inside if each.local == "text"), None)
    if text is None:
        raise NotEditable("原有批注的结构不寻常")
    parts = [each for each in inside if text.start < each.start < text.end and each.local in ("t", "r")]
    if not parts:
        return appended(data, text, run.encode())
    last = max(each.end for each in parts)
    return Edit(last, last, run.encode())


def _add_shapes(package: Package, part: str, places: Sequence[tuple[int, int]]) -> None:
    """Draw the boxes of new notes below those there are."""
    data = package.read(part)
    end = data.rfind(b"</xml>")
    if end < 0 or b"xmlns:v=" not in data or b"xmlns:x=" not in data or b"xmlns:o=" not in data:
        raise NotEditable("批注框部分的结构不寻常")
    first = _first_free_shape(data)
    drawn = "" if b'"_x0000_t202"' in data else _SHAPE_TYPE
    for number, (row, column) in enumerate(places):
        left = min(column + 1, _LAST_COLUMN - 3)
        drawn += _SHAPE.format(
            **{"id": first + number, "z": first % _BLOCK + number, "row": row, "column": column},
            **{"left": left, "right": left + 3, "top": max(row - 1, 0), "bottom": max(row - 1, 0) + 6},
        )
    package.write(part, data[:end] + drawn.encode() + data[end:])


def _first_free_shape(data: bytes) -> int:
    used = [int(number) for number in _SHAPE_ID.findall(data)]
    return max([_BLOCK * max([1, *_blocks(data)]), *used]) + 1


def _free_block(package: Package) -> int:
    """A thousand numbers of shapes that no other sheet has: the sheets of a workbook share one count."""
    parts = (package.read(name) for name in package.names() if name.endswith(".vml"))
    return max((block for part in parts for block in _blocks(part)), default=0) + 1


def _blocks(data: bytes) -> list[int]:
    return [int(number) for numbers in _BLOCKS.findall(data) for number in numbers.split(b",") if number]
