"""The parts of a paper in their order and places: what stands between the first line and the last."""

from collections.abc import Iterator, Sequence

from auditor.reporting.official.characters import breadth
from auditor.reporting.official.diagrams import placed
from auditor.reporting.official.elements import FANGSONG, TITLE, line_break, paragraph, run, styled, table
from auditor.reporting.official.imprint import imprint
from auditor.reporting.official.measures import CHARACTER, LINE, TEXT_WIDTH, millimetres
from auditor.reporting.official.paper import Attachment, Block, Figure, Paper, Paragraph, Style

RED = "FF0000"
_LIST_INDENT, _NUMBER = 5.0, 1.5  # of the attachments' names, and of the number before each, in characters
_DAY_FROM_RIGHT = 4  # characters free beside the day where a seal goes over signer and day


def circular_body(paper: Paper) -> Iterator[str]:
    """A circular from its head to its imprint."""
    yield from _head(paper)
    yield title_of(paper)
    yield blank()
    yield from text_of(paper)
    yield from attachments_of(paper.attachments)
    yield imprint(paper)


def letter_body(paper: Paper) -> Iterator[str]:
    """A letter; its head stands in the margin of the first page."""
    if paper.number:
        yield styled(Style.BODY, run(paper.number, FANGSONG), more='<w:ind w:firstLine="0"/><w:jc w:val="right"/>')
    yield blank()
    yield blank()
    yield title_of(paper)
    yield blank()
    yield from text_of(paper)
    yield from attachments_of(paper.attachments)


def title_of(paper: Paper) -> str:
    """The title; its lines end where the sense allows it."""
    runs = [piece for line in paper.title for piece in (line_break(TITLE), run(line, TITLE))]
    return styled(Style.TITLE, *runs[1:])


def text_of(paper: Paper) -> Iterator[str]:
    """From the recipients to the note."""
    if paper.recipients:
        yield paragraph(f"{paper.recipients}：", Style.RECIPIENTS)
    yield from blocks_of(paper.blocks[:-1])
    yield from (with_next(block) for block in blocks_of(paper.blocks[-1:]))
    yield from attachment_list(paper)
    yield blank(keep=True)
    yield from signature_of(paper)
    if paper.note:
        yield paragraph(f"（{paper.note}）", Style.NOTE)


def blocks_of(blocks: Sequence[Block]) -> Iterator[str]:
    """Paragraphs, tables and figures in order."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield paragraph(block.text, block.style, block.lead)
        elif isinstance(block, Figure):
            yield styled(Style.FIGURE, placed(block))
        else:
            yield table(block)
            yield paragraph("", Style.REMARK)


def with_next(part: str) -> str:
    """The paragraph kept on the page of what follows: nobody signs a page that says nothing."""
    return part.replace(f'<w:pStyle w:val="{Style.BODY}"/>', f'<w:pStyle w:val="{Style.BODY}"/><w:keepNext/>', 1)


def attachment_list(paper: Paper) -> Iterator[str]:
    """What is attached: names in one column, no mark at the end."""
    if not paper.attachments:
        return
    yield blank(keep=True)
    single = len(paper.attachments) == 1
    for number, attachment in enumerate(paper.attachments, start=1):
        lead = "附件：" if number == 1 else ""
        name = attachment.title if single else f"{number}．{attachment.title}"
        left = round((_LIST_INDENT + (0 if single else _NUMBER)) * CHARACTER)
        hanging = round((breadth(lead) + (0 if single else _NUMBER)) * CHARACTER)
        indent = f'<w:ind w:left="{left}" w:hanging="{hanging}"/>'
        yield paragraph(lead + name, Style.ATTACHMENT_LIST, more=indent)


def signature_of(paper: Paper) -> Iterator[str]:
    """Signer over day, the signer in the middle above the day: there the seal goes."""
    if not paper.signer:
        return
    right = _DAY_FROM_RIGHT + (breadth(paper.day) - breadth(paper.signer)) / 2
    for text, characters in ((paper.signer, max(right, 0)), (paper.day, _DAY_FROM_RIGHT)):
        yield paragraph(text, Style.SIGNATURE, more=f'<w:ind w:right="{round(characters * CHARACTER)}"/>')


def attachments_of(attachments: Sequence[Attachment]) -> Iterator[str]:
    """Every attachment on pages of its own: its number in the first line, its title in the third."""
    for number, attachment in enumerate(attachments, start=1):
        named = "附件" if len(attachments) == 1 else f"附件{number}"
        yield paragraph(named, Style.ATTACHMENT_NUMBER)
        yield blank(keep=True)
        yield paragraph(attachment.title, Style.ATTACHMENT_TITLE)
        yield blank(keep=True)
        yield from blocks_of(attachment.blocks)


def blank(keep: bool = False) -> str:
    """An empty line; with `keep` it stays with what follows."""
    return paragraph("", Style.BODY, more="<w:keepNext/>" if keep else "")


def _head(paper: Paper) -> Iterator[str]:
    """The red head: its name 35 mm below the top of the text, the number two lines below, then the red line."""
    if paper.head:
        size = min(52.0, TEXT_WIDTH / 20 / max(breadth(paper.head), 1))  # as large as fits in one line
        high = round(size * 26)
        above = millimetres(35) - round(high * 0.17)  # the characters stand lower than the line that holds them
        spacing = f'<w:spacing w:before="{above}" w:after="{LINE}" w:line="{high}" w:lineRule="exact"/>'
        large = f'<w:color w:val="{RED}"/><w:spacing w:val="0"/><w:sz w:val="{int(size * 2)}"/>'
        yield styled(Style.TITLE, run(paper.head, TITLE, large), more=spacing)
    if paper.head or paper.number:
        rule = f'<w:pBdr><w:bottom w:val="single" w:sz="12" w:space="10" w:color="{RED}"/></w:pBdr>'
        centred = '<w:ind w:firstLine="0"/><w:jc w:val="center"/>'
        yield styled(Style.BODY, run(paper.number, FANGSONG), more=(rule if paper.head else "") + centred)
        yield blank()
        yield blank()
