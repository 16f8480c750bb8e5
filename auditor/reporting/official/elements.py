"""WordprocessingML as text: runs, paragraphs and tables. Every text passes `escaped`, every run names its fonts."""

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from auditor.reporting.official.measures import TEXT_WIDTH, millimetres
from auditor.reporting.official.paper import Column, Style, Table

SONG, HEI, KAI, FANGSONG, TITLE = "宋体", "黑体", "楷体_GB2312", "仿宋_GB2312", "方正小标宋简体"
FONTS = {
    Style.TITLE: TITLE,
    Style.ATTACHMENT_TITLE: TITLE,
    Style.HEADING: HEI,
    Style.SUBHEADING: KAI,
    Style.ATTACHMENT_NUMBER: HEI,
    Style.CELL_HEADING: HEI,
}
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:w10="urn:schemas-microsoft-com:office:word"'
)


def escaped(text: str) -> str:
    """Text as XML shows it."""
    return escape(text, {'"': "&quot;"})


def fonts(name: str) -> str:
    """The font for Chinese and for everything else; the hint keeps “ ” — … as wide as Chinese."""
    return f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:eastAsia="{name}" w:cs="{name}" w:hint="eastAsia"/>'


def run(text: str, font: str, more: str = "") -> str:
    """A run of text; `more` are properties that follow the fonts."""
    return f'<w:r><w:rPr>{fonts(font)}{more}</w:rPr><w:t xml:space="preserve">{escaped(text)}</w:t></w:r>'


def line_break(font: str) -> str:
    """A new line in the same paragraph."""
    return f"<w:r><w:rPr>{fonts(font)}</w:rPr><w:br/></w:r>"


def field(instruction: str, font: str, more: str = "") -> str:
    """A field of Word: the page number and nothing that a log could name."""
    props = f"<w:rPr>{fonts(font)}{more}</w:rPr>"
    begin, separate, end = (
        f'<w:r>{props}<w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")
    )
    code = f'<w:r>{props}<w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
    return begin + code + separate + run("1", font, more) + end


def styled(style: Style, *runs: str, more: str = "") -> str:
    """A paragraph of that style; `more` are properties in the order of the schema."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{more}</w:pPr>{"".join(runs)}</w:p>'


def paragraph(text: str, style: Style, lead: str = "", more: str = "") -> str:
    """A paragraph of text, with a heading run in where there is one."""
    leading = [run(lead, KAI)] if lead else []
    return styled(style, *leading, run(text, FONTS.get(style, FANGSONG)), more=more)


def table(shown: Table) -> str:
    """A table as wide as the text, its headings repeated on every page, no row torn by a page's end."""
    widths = _widths(shown.columns)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    headings = [column.heading for column in shown.columns]
    rows = [_row(shown.columns, widths, headings, Style.CELL_HEADING)]
    rows += [_row(shown.columns, widths, texts, Style.CELL) for texts in shown.rows]
    return f"<w:tbl>{_table_properties(sum(widths))}<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def _widths(columns: Sequence[Column]) -> list[int]:
    """The columns in twips; the last one takes what rounding leaves."""
    widths = [millimetres(column.width) for column in columns]
    return [*widths[:-1], TEXT_WIDTH - sum(widths[:-1])]


def _table_properties(width: int) -> str:
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    borders = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>' for side in sides)
    margins = "".join(f'<w:{side} w:w="57" w:type="dxa"/>' for side in ("left", "right"))
    return (
        f'<w:tblPr><w:tblW w:w="{width}" w:type="dxa"/><w:tblBorders>{borders}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>'
    )


def _row(columns: Sequence[Column], widths: Iterable[int], texts: Sequence[str], style: Style) -> str:
    cells = []
    for column, width, text in zip(columns, widths, texts, strict=True):
        centred = '<w:jc w:val="center"/>' if column.centred or style is Style.CELL_HEADING else ""
        cells.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
            f"{paragraph(text, style, more=centred)}</w:tc>"
        )
    repeated = "<w:tblHeader/>" if style is Style.CELL_HEADING else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{''.join(cells)}</w:tr>"
