"""A document of blocks as a Word file: paper and fonts of official documents, the same bytes for the same content."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document as new_document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph as WordParagraph

from auditor.reporting.blocks import Bars, Document, Paragraph, Section, Table
from auditor.reporting.text import clean, width

_BODY, _HEAD, _SUB, _TITLE, _CELL = "仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体", "宋体"
_FILLS = ("2F6F3E", "8FBF8F", "B3261E", "9AA5B1", "DFE4EA")
_INKS = ("FFFFFF", "1D2733", "FFFFFF", "1D2733", "1D2733")
_STEPS, _LABEL_STEPS = 40, 8  # of a chart's row
_PORTRAIT, _LANDSCAPE = 156, 225  # printed width in millimetres
_WIDE = 120  # half-width characters from which on a section is printed across
_ROOMY = {_PORTRAIT: 80, _LANDSCAPE: 125}  # half-width characters up to which a table has the larger type
_MARGIN = 40  # of a cell, left and right, in twentieths of a point
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_word(document: Document, path: Path) -> None:
    """Write the document to `path`."""
    word = new_document()
    _prepare(word, document)
    _heading(word)
    _text(word, document.title, _TITLE, 22, align="center", after=12)
    _text(word, document.meta, _BODY, 12, align="center", after=12)
    if document.internal:
        _text(word, "内部资料　含个人信息，不得外传", _HEAD, 12, align="center")
    for caution in document.cautions:
        _text(word, f"注意：{caution}", _SUB, 14, indent=True)
    is_across = False
    for section in document.sections:
        tables = [block for block in section.blocks if isinstance(block, Table)]
        wants = max(map(_asked, tables), default=0) >= _WIDE
        if wants != is_across:
            _turn(word, across=wants)
            is_across = wants
        _section(word, section, _LANDSCAPE if is_across else _PORTRAIT)
    for line in document.signed:
        _text(word, line, _BODY, 16, align="right")
    _save(word, path)


def _prepare(word: WordDocument, document: Document) -> None:
    """Paper, the fonts behind every style, and properties without a clock."""
    page = word.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    for fonts in word.styles.element.iter(qn("w:rFonts")):
        fonts.attrib.clear()
        _name_fonts(fonts, _BODY)
    for language in word.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    properties = word.core_properties
    properties.title, properties.author, properties.comments = clean(document.title), "", ""
    properties.created = properties.modified = datetime.fromisoformat(document.day)
    properties.last_modified_by = ""


def _heading(word: WordDocument) -> None:
    """The page number in the middle of every foot."""
    foot = word.sections[0].footer.paragraphs[0]
    foot.alignment = 1
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = foot.add_run()
        _font(run, _CELL, 14)
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._r.append(mark)


def _turn(word: WordDocument, *, across: bool) -> None:
    """A new section on paper turned round."""
    page = word.add_section()
    page.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    page.page_width, page.page_height = (Mm(297), Mm(210)) if across else (Mm(210), Mm(297))
    if across:
        page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(28), Mm(26), Mm(37), Mm(35)
    else:
        page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)


def _section(word: WordDocument, section: Section, room: int) -> None:
    _text(word, section.title, _HEAD, 16, before=12, after=6, keep=True)
    for block in section.blocks:
        if isinstance(block, Paragraph):
            size = 12 if block.tone == "note" else 16
            _text(word, block.text, _SUB if block.tone in ("note", "caution") else _BODY, size, indent=True)
        elif isinstance(block, Table):
            _table(word, block, room)
        else:
            _bars(word, block, room)


def _text(
    word: WordDocument,
    text: str,
    font: str,
    size: float,
    *,
    align: str = "",
    indent: bool = False,
    before: float = 0,
    after: float = 0,
    keep: bool = False,
) -> WordParagraph:
    paragraph = word.add_paragraph()
    layout = paragraph.paragraph_format
    layout.space_before, layout.space_after = Pt(before), Pt(after)
    layout.line_spacing = Pt(max(size * 1.75, 18))
    layout.keep_with_next = keep
    if indent:
        layout.first_line_indent = Pt(2 * size)
    if align:
        paragraph.alignment = {"center": 1, "right": 2}[align]  # type: ignore[assignment]
    _font(paragraph.add_run(clean(text)), font, size)
    return paragraph


def _font(run: Any, name: str, size: float) -> None:
    """The font of a run, for Chinese characters too."""
    run.font.size = Pt(size)
    fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
    _name_fonts(fonts, name)
    fonts.set(qn("w:hint"), "eastAsia")


def _name_fonts(fonts: Any, name: str) -> None:
    for kind in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{kind}"), name)


def _table(word: WordDocument, table: Table, room: int) -> None:
    _text(word, table.caption, _SUB, 14, before=8, after=4, keep=True)
    if not table.rows:
        _text(word, table.empty, _BODY, 12, indent=True)
        return
    size = 10.5 if _asked(table) <= _ROOMY[room] else 9
    shares = _shares([column.width for column in table.columns], room)
    made = word.add_table(rows=2, cols=len(table.columns), style="Table Grid")
    made.autofit = False
    _narrow_margins(made)
    for number, cell in enumerate(made.rows[0].cells):
        _fill(cell, table.columns[number].heading, _HEAD, size, center=True)
    _repeat_heading(made.rows[0]._tr)
    for number, cell in enumerate(made.rows[1].cells):
        _fill(cell, "", _CELL, size, center=table.columns[number].kind != "text")
    for row in made.rows:
        for number, cell in enumerate(row.cells):
            cell.width = Mm(shares[number])
    for number, column in enumerate(made.columns):
        column.width = Mm(shares[number])
    pattern = made.rows[1]._tr
    _unbroken(pattern)
    made._tbl.remove(pattern)
    for values in table.rows:
        copied = deepcopy(pattern)
        for place, value in zip(copied.iter(qn("w:t")), values, strict=True):
            _put(place, "" if value is None else str(value))
        made._tbl.append(copied)
    if table.note:
        _text(word, table.note, _SUB, 10.5)


def _asked(table: Table) -> int:
    return sum(column.width for column in table.columns)


def _narrow_margins(made: Any) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("w:left", "w:right"):
        part = OxmlElement(side)
        part.set(qn("w:w"), str(_MARGIN))
        part.set(qn("w:type"), "dxa")
        margins.append(part)
    look = made._tbl.tblPr.find(qn("w:tblLook"))
    if look is not None:
        look.addprevious(margins)
    else:
        made._tbl.tblPr.append(margins)


def _put(place: Any, text: str) -> None:
    """A cell's text; a line break stays one."""
    lines = clean(text).split("\n")
    place.text = lines[0]
    place.set(qn("xml:space"), "preserve")
    for line in lines[1:]:
        run = place.getparent()
        further = OxmlElement("w:t")
        further.text = line
        run.append(OxmlElement("w:br"))
        run.append(further)


def _fill(cell: Any, text: str, font: str, size: float, *, center: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    if center:
        paragraph.alignment = 1
    run = paragraph.add_run(text or " ")
    if not text:
        run._r.findall(qn("w:t"))[0].text = ""
    _font(run, font, size)


def _repeat_heading(row: Any) -> None:
    mark = OxmlElement("w:tblHeader")
    row.get_or_add_trPr().append(mark)


def _unbroken(row: Any) -> None:
    row.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _shares(widths: Sequence[int], room: int) -> list[float]:
    """The columns' widths in millimetres: by what they ask for, none too narrow for two characters."""
    total = sum(widths)
    least = 10.0
    shares = [max(room * wide / total, least) for wide in widths]
    over = sum(shares) - room
    loose = sum(share - least for share in shares)
    return [share - over * (share - least) / loose if loose else share for share in shares]


def _bars(word: WordDocument, bars: Bars, room: int) -> None:
    """The chart as a table of coloured cells: it prints everywhere and needs no picture."""
    _text(word, f"{bars.caption}（{'、'.join(bars.series)}）", _SUB, 14, before=8, after=4, keep=True)
    made = word.add_table(rows=0, cols=_LABEL_STEPS + _STEPS, style="Table Grid")
    made.autofit = False
    _narrow_margins(made)
    step = room / (_LABEL_STEPS + _STEPS)
    for column in made.columns:
        column.width = Mm(step)
    for line in _lines(bars):
        row = OxmlElement("w:tr")
        for text, span, fill, ink in line:
            row.append(_bar_cell(text, span, step * span, fill, ink))
        made._tbl.append(row)


def _lines(bars: Bars) -> Iterator[list[tuple[str, int, str, str]]]:
    """The legend, then a row a bar: text, width in steps, fill and ink of every cell."""
    each = _STEPS // len(bars.series)
    legend = [(name, each, _FILLS[at], _INKS[at]) for at, name in enumerate(bars.series)]
    yield [("图例", _LABEL_STEPS, "FFFFFF", "1D2733"), *legend]
    for bar in bars.bars:
        cells = [
            (str(part) if span * 2 > width(str(part)) else "", span, _FILLS[at], _INKS[at])
            for at, (part, span) in enumerate(zip(bar.parts, bar.spans(_STEPS), strict=True))
            if span
        ]
        yield [(bar.label, _LABEL_STEPS, "FFFFFF", "1D2733"), *(cells or [("没有回答", _STEPS, "FFFFFF", "1D2733")])]


def _bar_cell(text: str, span: int, room: float, fill: str, ink: str) -> Any:
    cell, layout = OxmlElement("w:tc"), OxmlElement("w:tcPr")
    for tag, values in (
        ("w:tcW", {"w:w": str(round(room * 1440 / 25.4)), "w:type": "dxa"}),
        ("w:gridSpan", {"w:val": str(span)}),
        ("w:shd", {"w:val": "clear", "w:color": "auto", "w:fill": fill}),
    ):
        part = OxmlElement(tag)
        for name, value in values.items():
            part.set(qn(name), value)
        layout.append(part)
    cell.append(layout)
    paragraph, properties = OxmlElement("w:p"), OxmlElement("w:pPr")
    for tag, values in (("w:spacing", {"w:after": "0"}), ("w:jc", {"w:val": "center"})):
        part = OxmlElement(tag)
        for name, value in values.items():
            part.set(qn(name), value)
        properties.append(part)
    paragraph.append(properties)
    run, style = OxmlElement("w:r"), OxmlElement("w:rPr")
    fonts, colour, size = OxmlElement("w:rFonts"), OxmlElement("w:color"), OxmlElement("w:sz")
    _name_fonts(fonts, _CELL)
    fonts.set(qn("w:hint"), "eastAsia")
    colour.set(qn("w:val"), ink)
    size.set(qn("w:val"), "18")
    words = OxmlElement("w:t")
    words.text = clean(text)
    for part in (fonts, colour, size):
        style.append(part)
    run.append(style)
    run.append(words)
    paragraph.append(run)
    cell.append(paragraph)
    return cell


def _save(word: WordDocument, path: Path) -> None:
    """Save without the clock: every member of the archive has the same day."""
    buffer = io.BytesIO()
    word.save(buffer)
    with zipfile.ZipFile(buffer) as made, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in sorted(made.infolist(), key=lambda each: (each.filename != "[Content_Types].xml", each.filename)):
            fixed = zipfile.ZipInfo(entry.filename, _EPOCH)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(fixed, made.read(entry.filename))
