"""Headers and footers: the page number, the mark of internal papers, the red lines of a letter."""

from auditor.reporting.official.characters import breadth
from auditor.reporting.official.elements import HEI, NAMESPACES, SONG, TITLE, field, run, styled
from auditor.reporting.official.measures import LEFT, RIGHT, millimetres
from auditor.reporting.official.paper import Paper, Style

RED = "FF0000"
NUMBER_FROM_BOTTOM = millimetres(25.1)  # so that the dashes beside the number stand 7 mm below the text
LINES_FROM_BOTTOM = millimetres(20)
_SIZE = '<w:spacing w:val="0"/><w:sz w:val="28"/><w:szCs w:val="28"/>'
_NUMBER_LINE = 320
_OUTWARD = (LEFT - millimetres(20), RIGHT - millimetres(20))  # how far a line of 170 mm goes beyond the text
_NAME_LINE = 840
_THICK, _THIN = 24, 6  # of the red lines, in eighths of a point


def header(mark: str) -> str:
    """A header that bears the mark, or is empty."""
    return _part("hdr", mark_paragraph(mark))


def letter_header(paper: Paper) -> str:
    """The head of a letter: who writes, 30 mm from the edge, over a thick and a thin line of 170 mm."""
    size = min(34.0, 450 / max(breadth(paper.signer), 1))
    large = f'<w:color w:val="{RED}"/><w:spacing w:val="0"/><w:sz w:val="{int(size * 2)}"/>'
    name = styled(
        Style.TITLE,
        run(paper.signer, TITLE, large),
        more=_rule(_THICK, 5) + _spacing(_NAME_LINE) + _outward() + '<w:jc w:val="center"/>',
    )
    second = styled(Style.TITLE, run("", TITLE), more=_rule(_THIN, 0) + _spacing(40) + _outward())
    return _part("hdr", (mark_paragraph(paper.mark) if paper.mark else "") + name + second)


def header_from_top(paper: Paper) -> int:
    """Where the header of a letter begins: with a mark above it, one line sooner."""
    return millimetres(30) - 90 - (_NUMBER_LINE if paper.mark else 0)


def letter_footer() -> str:
    """The foot of a letter's first page: a thin and a thick line, no number."""
    first = styled(Style.TITLE, run("", TITLE), more=_rule(_THIN, 0) + _spacing(40) + _outward())
    second = styled(Style.TITLE, run("", TITLE), more=_rule(_THICK, 0) + _spacing(40) + _outward())
    return _part("ftr", first + second)


def footer(*, odd: bool, raised: int = 0) -> str:
    """The page number between dashes, at the outer edge, one character free; `raised` twips above the foot."""
    indent = '<w:ind w:right="280" w:firstLine="0"/>' if odd else '<w:ind w:left="280" w:firstLine="0"/>'
    spacing = f'<w:spacing w:after="{raised}" w:line="{_NUMBER_LINE}" w:lineRule="exact"/>'
    aligned = f'<w:jc w:val="{"right" if odd else "left"}"/>'
    number = run("— ", SONG, _SIZE) + field("PAGE", SONG, _SIZE) + run(" —", SONG, _SIZE)
    return _part("ftr", styled(Style.BODY, number, more=spacing + indent + aligned))


def mark_paragraph(mark: str) -> str:
    """The line of a header that bears the mark."""
    more = _spacing(_NUMBER_LINE) + '<w:ind w:firstLine="0"/><w:jc w:val="left"/>'
    return styled(Style.BODY, run(mark, HEI, _SIZE), more=more)


def _rule(size: int, space: int) -> str:
    return f'<w:pBdr><w:bottom w:val="single" w:sz="{size}" w:space="{space}" w:color="{RED}"/></w:pBdr>'


def _spacing(line: int) -> str:
    return f'<w:spacing w:line="{line}" w:lineRule="exact"/>'


def _outward() -> str:
    left, right = _OUTWARD
    return f'<w:ind w:left="{-left}" w:right="{-right}" w:firstLine="0"/>'


def _part(root: str, content: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:{root} {NAMESPACES}>{content}</w:{root}>'
