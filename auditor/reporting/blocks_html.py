"""A document of blocks as one web page that needs nothing but a browser."""

from markupsafe import Markup

from auditor.reporting.blocks import Bars, Document, Paragraph, Table
from auditor.reporting.html import content_policy, environment, read
from auditor.shipped import shipped

_BAR = 1000


def render_page(document: Document) -> str:
    """The page; the same document gives the same text."""
    folder = shipped("reports")
    style = read(folder / "report.css") + read(folder / "blocks.css")
    template = environment(folder).get_template("blocks.html.j2")
    return template.render(
        document=document,
        kinds={Paragraph: "paragraph", Table: "table", Bars: "bars"},
        length=_BAR,
        style=Markup(style),
        policy=content_policy(style, ""),
    )
