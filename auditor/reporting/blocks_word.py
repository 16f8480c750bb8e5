"""A document of blocks as a Word file: paper and fonts of official documents, the same bytes for the same content."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docx import Document as new_document
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm

from auditor.reporting.blocks import Bars, Document, Paragraph, Section, Table
from auditor.reporting.text import clean, width
from auditor.reporting.wordparts import (
    BODY,
    CELL,
    HEAD,
    LANDSCAPE,
    PORTRAIT,
    SUB,
    TITLE,
    add_table,
    name_fonts,
    narrow_margins,
    number_pages,
    prepare,
    save,
    turn,
    write_line,
)

_FILLS = ("2F6F3E", "8FBF8F", "B3261E", "9AA5B1", "DFE4EA")
_INKS = ("FFFFFF", "1D2733", "FFFFFF", "1D2733", "1D2733")
_STEPS, _LABEL_STEPS = 40, 8  # of a chart's row
_WIDE = 120  # half-width characters from which on a section is printed across


def write_word(document: Document, path: Path) -> None:
    """Write the document to `path`."""
    word = new_document()
    prepare(word, document.title, document.day)
    number_pages(word)
    write_line(word, document.title, TITLE, 22, align="center", after=12)
    write_line(word, document.meta, BODY, 12, align="center", after=12)
    if document.internal:
        write_line(word, "内部资料　含个人信息，不得外传", HEAD, 12, align="center")
    for caution in document.cautions:
        write_line(word, f"注意：{caution}", SUB, 14, indent=True)
    is_across = False
    for section in document.sections:
        tables = [block for block in section.blocks if isinstance(block, Table)]
        wants = max((table.width for table in tables), default=0) >= _WIDE
        if wants != is_across:
            turn(word, across=wants)
            is_across = wants
        _section(word, section, LANDSCAPE if is_across else PORTRAIT)
    for line in document.signed:
        write_line(word, line, BODY, 16, align="right")
    save(word, path)


def _section(word: WordDocument, section: Section, room: int) -> None:
    write_line(word, section.title, HEAD, 16, before=12, after=6, keep=True)
    for block in section.blocks:
        if isinstance(block, Paragraph):
            size = 12 if block.tone == "note" else 16
            write_line(word, block.text, SUB if block.tone in ("note", "caution") else BODY, size, indent=True)
        elif isinstance(block, Table):
            add_table(word, block, room)
        else:
            _bars(word, block, room)


def _bars(word: WordDocument, bars: Bars, room: int) -> None:
    """The chart as a table of coloured cells: it prints everywhere and needs no picture."""
    write_line(word, f"{bars.caption}（{'、'.join(bars.series)}）", SUB, 14, before=8, after=4, keep=True)
    made = word.add_table(rows=0, cols=_LABEL_STEPS + _STEPS, style="Table Grid")
    made.autofit = False
    narrow_margins(made)
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
    name_fonts(fonts, CELL)
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
