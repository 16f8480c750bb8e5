"""The imprint (版记): at the foot of the last page, in a frame that Word, WPS and LibreOffice all place alike."""

from collections.abc import Iterator
from math import ceil

from auditor.reporting.official.characters import breadth
from auditor.reporting.official.elements import FANGSONG, fonts, run, styled
from auditor.reporting.official.measures import TEXT_WIDTH
from auditor.reporting.official.paper import Paper, Style

_LINE, _CHARACTER = 480, 280  # of the imprint, in twips
_COPIES_IN_A_LINE = 26
_THICK, _THIN = 8, 6  # rules of 0.35 and 0.25 mm, in eighths of a point
_SIZE = '<w:spacing w:val="0"/><w:sz w:val="28"/><w:szCs w:val="28"/>'
_EMU = 635  # to a twip


def imprint(paper: Paper) -> str:
    """The last paragraph: it keeps the room that the imprint takes, and holds it."""
    content = "".join(_lines(paper))
    high = _LINE * (1 + _copies_lines(paper)) + 60
    room = f'<w:spacing w:line="{high}" w:lineRule="exact"/><w:ind w:firstLine="0"/>'
    return styled(Style.BODY, _frame(content, high), more=room)


def _copies_lines(paper: Paper) -> int:
    """How many lines those take who get copies."""
    return ceil(breadth(paper.copied_to) / _COPIES_IN_A_LINE) if paper.copied_to else 0


def _lines(paper: Paper) -> Iterator[str]:
    """Who gets copies, then who printed it and when, between rules; one character is free on either side."""
    if paper.copied_to:
        yield _line(run(f"　抄送：{paper.copied_to}。", FANGSONG, _SIZE), _THICK, 0)
    tab = f'<w:tabs><w:tab w:val="right" w:pos="{TEXT_WIDTH - _CHARACTER}"/></w:tabs>'
    apart = f"<w:r><w:rPr>{fonts(FANGSONG)}</w:rPr><w:tab/></w:r>"
    printed = run(f"　{paper.signer}", FANGSONG, _SIZE) + apart + run(f"{paper.day}印发", FANGSONG, _SIZE)
    yield _line(printed, _THIN if paper.copied_to else _THICK, _THICK, tab)


def _line(runs: str, above: int, below: int, tab: str = "") -> str:
    rules = f'<w:top w:val="single" w:sz="{above}" w:space="0" w:color="auto"/>'
    rules += f'<w:bottom w:val="single" w:sz="{below}" w:space="0" w:color="auto"/>' if below else ""
    # What does not fit goes on beneath the first name; the rules begin where the first line does.
    indent = f'<w:ind w:left="{4 * _CHARACTER}" w:hanging="{4 * _CHARACTER}"/>'
    spacing = f'<w:spacing w:line="{_LINE}" w:lineRule="exact"/>{indent}'
    return styled(Style.BODY, runs, more=f"<w:pBdr>{rules}</w:pBdr>{tab}{spacing}")


def _frame(content: str, high: int) -> str:
    """A text box without a rim at the foot of the text; older programs read the second form."""
    width, height = TEXT_WIDTH * _EMU, high * _EMU
    box = f"<w:txbxContent>{content}</w:txbxContent>"
    shape = (
        '<wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/>'
        f'<a:ext cx="{width}" cy="{height}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        "<a:noFill/><a:ln><a:noFill/></a:ln></wps:spPr>"
        f'<wps:txbx>{box}</wps:txbx><wps:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="b"><a:noAutofit/>'
        "</wps:bodyPr></wps:wsp>"
    )
    modern = (
        '<w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1" '
        'behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
        '<wp:positionH relativeFrom="margin"><wp:posOffset>0</wp:posOffset></wp:positionH>'
        '<wp:positionV relativeFrom="margin"><wp:align>bottom</wp:align></wp:positionV>'
        f'<wp:extent cx="{width}" cy="{height}"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapNone/>'
        '<wp:docPr id="1" name="版记"/><wp:cNvGraphicFramePr/><a:graphic>'
        '<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
        f"{shape}</a:graphicData></a:graphic></wp:anchor></w:drawing>"
    )
    style = (
        f"position:absolute;margin-left:0;width:{TEXT_WIDTH / 20}pt;height:{high / 20}pt;z-index:1;"
        "mso-position-horizontal-relative:margin;mso-position-vertical:bottom;mso-position-vertical-relative:margin"
    )
    older = (
        f'<w:pict><v:rect id="imprint" style="{style}" filled="f" stroked="f">'
        f'<v:textbox inset="0,0,0,0">{box}</v:textbox></v:rect></w:pict>'
    )
    return (
        f'<w:r><w:rPr>{fonts(FANGSONG)}</w:rPr><mc:AlternateContent><mc:Choice Requires="wps">{modern}</mc:Choice>'
        f"<mc:Fallback>{older}</mc:Fallback></mc:AlternateContent></w:r>"
    )
