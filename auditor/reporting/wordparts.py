"""The parts of a Word file: paper, fonts, paragraphs, tables; East-Asian fonts on every run, no clock in the file."""

import io
import zipfile
from collections.abc import Sequence
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any

from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph as WordParagraph

from auditor.reporting.blocks import Table
from auditor.reporting.text import clean

BODY, HEAD, SUB, TITLE, CELL = "仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体", "宋体"
PORTRAIT, LANDSCAPE = 156, 225  # printed width in millimetres
_ROOMY = {PORTRAIT: 80, LANDSCAPE: 125}  # half-width characters up to which a table has the larger type
_MARGIN = 40  # of a cell, left and right, in twentieths of a point
_EPOCH = (1980, 1, 1, 0, 0, 0)


def prepare(word: WordDocument, title: str, day: str) -> None:
    """Paper, the fonts behind every style, and properties without a clock."""
    page = word.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    for fonts in word.styles.element.iter(qn("w:rFonts")):
        fonts.attrib.clear()
        name_fonts(fonts, BODY)
    for language in word.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    properties = word.core_properties
    properties.title, properties.author, properties.comments = clean(title), "", ""
    properties.created = properties.modified = datetime.fromisoformat(day)
    properties.last_modified_by = ""


def number_pages(word: WordDocument) -> None:
    """The page number in the middle of every foot."""
    foot = word.sections[0].footer.paragraphs[0]
    foot.alignment = 1
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = foot.add_run()
        set_font(run, CELL, 14)
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._r.append(mark)


def turn(word: WordDocument, *, across: bool) -> None:
    """A new section on paper turned round."""
    page = word.add_section()
    page.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    page.page_width, page.page_height = (Mm(297), Mm(210)) if across else (Mm(210), Mm(297))
    if across:
        page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(28), Mm(26), Mm(37), Mm(35)
    else:
        page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)


def write_line(
    word: WordDocument,
    words: str,
    font: str,
    size: float,
    *,
    align: str = "",
    indent: bool = False,
    before: float = 0,
    after: float = 0,
    keep: bool = False,
) -> WordParagraph:
    """A paragraph of one run."""
    paragraph = word.add_paragraph()
    layout = paragraph.paragraph_format
    layout.space_before, layout.space_after = Pt(before), Pt(after)
    layout.line_spacing = Pt(max(size * 1.75, 18))
    layout.keep_with_next = keep
    if indent:
        layout.first_line_indent = Pt(2 * size)
    if align:
        paragraph.alignment = {"center": 1, "right": 2}[align]  # type: ignore[assignment]
    set_font(paragraph.add_run(clean(words)), font, size)
    return paragraph


def set_font(run: Any, name: str, size: float) -> None:
    """The font of a run, for Chinese characters too."""
    run.font.size = Pt(size)
    fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
    name_fonts(fonts, name)
    fonts.set(qn("w:hint"), "eastAsia")


def name_fonts(fonts: Any, name: str) -> None:
    """The same font for every kind of character."""
    for kind in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{kind}"), name)


def add_table(word: WordDocument, table: Table, room: int) -> None:
    """A table with its caption and note; its rows are copies of one, which is quick however many there are."""
    write_line(word, table.caption, SUB, 14, before=8, after=4, keep=True)
    if not table.rows:
        write_line(word, table.empty, BODY, 12, indent=True)
        return
    size = 10.5 if table.width <= _ROOMY[room] else 9
    shares = _shares([column.width for column in table.columns], room)
    made = word.add_table(rows=2, cols=len(table.columns), style="Table Grid")
    made.autofit = False
    narrow_margins(made)
    for number, cell in enumerate(made.rows[0].cells):
        fill_cell(cell, table.columns[number].heading, HEAD, size, center=True)
    _repeat_heading(made.rows[0]._tr)
    for number, cell in enumerate(made.rows[1].cells):
        fill_cell(cell, "", CELL, size, center=table.columns[number].kind != "text")
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
        write_line(word, table.note, SUB, 10.5)


def narrow_margins(made: Any) -> None:
    """Less room beside the text of every cell."""
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


def fill_cell(cell: Any, text: str, font: str, size: float, *, center: bool) -> None:
    """One paragraph into an empty cell; with no text, a run that waits for it."""
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    if center:
        paragraph.alignment = 1
    run = paragraph.add_run(text or " ")
    if not text:
        run._r.findall(qn("w:t"))[0].text = ""
    set_font(run, font, size)


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


def save(word: WordDocument, path: Path) -> None:
    """Save without the clock: every member of the archive has the same day."""
    buffer = io.BytesIO()
    word.save(buffer)
    with zipfile.ZipFile(buffer) as made, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in sorted(made.infolist(), key=lambda each: (each.filename != "[Content_Types].xml", each.filename)):
            fixed = zipfile.ZipInfo(entry.filename, _EPOCH)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(fixed, made.read(entry.filename))
