"""What an official document says, part by part, before anybody lays it out."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from auditor.reporting.charts import Chart


class Style(StrEnum):
    """The part that a paragraph plays; the value is its style in the file."""

    TITLE = "GwTitle"
    RECIPIENTS = "GwRecipients"
    BODY = "GwBody"
    HEADING = "GwHeading"
    SUBHEADING = "GwSubheading"
    ATTACHMENT_LIST = "GwAttachmentList"
    SIGNATURE = "GwSignature"
    NOTE = "GwNote"
    ATTACHMENT_NUMBER = "GwAttachmentNumber"
    ATTACHMENT_TITLE = "GwAttachmentTitle"
    REMARK = "GwRemark"
    CELL_HEADING = "GwCellHeading"
    CELL = "GwCell"
    FIGURE = "GwFigure"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `lead` stands before the text as a heading of its own."""

    text: str
    style: Style = Style.BODY
    lead: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading and its share of the width in millimetres."""

    heading: str
    width: int
    centred: bool = False


@dataclass(frozen=True)
class Table:
    """A table; every row has a text for each column."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Figure:
    """A chart in its place; `number` tells it from the other figures of the paper."""

    number: int
    chart: Chart


Block = Paragraph | Table | Figure


@dataclass(frozen=True)
class Attachment:
    """An attachment (附件): begins a page of its own."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Paper:
    """An official document (公文). A blank part is not printed."""

    title: Sequence[str]
    recipients: str
    blocks: Sequence[Block]
    attachments: Sequence[Attachment]
    signer: str
    day: str
    note: str = ""
    head: str = ""
    number: str = ""
    copied_to: str = ""
    mark: str = ""  # stands on every page

    @property
    def figures(self) -> list[Figure]:
        """All its figures."""
        blocks = [*self.blocks, *(block for attachment in self.attachments for block in attachment.blocks)]
        return [block for block in blocks if isinstance(block, Figure)]
