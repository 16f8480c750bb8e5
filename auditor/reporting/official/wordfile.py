"""A paper as a Word file: its parts, packed so that the same paper gives the same bytes on every day."""

import io
import zipfile
from collections.abc import Iterable, Mapping

from auditor.reporting.official.diagrams import chart_part, name_of
from auditor.reporting.official.document import circular_body, letter_body
from auditor.reporting.official.elements import NAMESPACES, escaped
from auditor.reporting.official.margins import (
    LINES_FROM_BOTTOM,
    NUMBER_FROM_BOTTOM,
    footer,
    header,
    header_from_top,
    letter_footer,
    letter_header,
)
from auditor.reporting.official.measures import BOTTOM, LEFT, LINE, PAGE_HEIGHT, PAGE_WIDTH, RIGHT, TOP
from auditor.reporting.official.paper import Paper
from auditor.shipped import shipped

_FIRST = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_SHIPPED = {"styles": "styles.xml", "settings": "settings.xml", "fontTable": "fonts.xml", "theme": "theme.xml"}
_TYPES = {
    "styles": f"{_WORD}.styles+xml",
    "settings": f"{_WORD}.settings+xml",
    "fontTable": f"{_WORD}.fontTable+xml",
    "theme": "application/vnd.openxmlformats-officedocument.theme+xml",
    "header": f"{_WORD}.header+xml",
    "footer": f"{_WORD}.footer+xml",
}
CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"


def circular_file(paper: Paper) -> bytes:
    """A circular: page numbers at the outer edge of every page."""
    headers = {"default": header(paper.mark), "even": header(paper.mark)}
    footers = {"default": footer(odd=True), "even": footer(odd=False)}
    return _file(paper, circular_body(paper), headers, footers, top=851, foot=NUMBER_FROM_BOTTOM)


def letter_file(paper: Paper) -> bytes:
    """A letter: its head and its red lines on the first page, numbers from the second."""
    raised = NUMBER_FROM_BOTTOM - LINES_FROM_BOTTOM
    headers = {"default": header(paper.mark), "even": header(paper.mark), "first": letter_header(paper)}
    footers = {
        "default": footer(odd=True, raised=raised),
        "even": footer(odd=False, raised=raised),
        "first": letter_footer(),
    }
    return _file(paper, letter_body(paper), headers, footers, top=header_from_top(paper), foot=LINES_FROM_BOTTOM)


def packed(parts: Mapping[str, bytes]) -> bytes:
    """The parts as a zip file without a clock: the list of types first, as some programs expect."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts, key=lambda name: (not name.startswith("["), name)):
            entry = zipfile.ZipInfo(name)  # dated 1980
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            archive.writestr(entry, parts[name])
    return out.getvalue()


def _file(
    paper: Paper, body: Iterable[str], headers: Mapping[str, str], footers: Mapping[str, str], *, top: int, foot: int
) -> bytes:
    edges = [
        (kind, edge, part) for kind, made in (("header", headers), ("footer", footers)) for edge, part in made.items()
    ]
    references = "".join(f'<w:{kind}Reference w:type="{edge}" r:id="{kind}-{edge}"/>' for kind, edge, _ in edges)
    first = "<w:titlePg/>" if "first" in headers else ""
    section = (
        f'<w:sectPr>{references}<w:pgSz w:w="{PAGE_WIDTH}" w:h="{PAGE_HEIGHT}"/>'
        f'<w:pgMar w:top="{TOP}" w:right="{RIGHT}" w:bottom="{BOTTOM}" w:left="{LEFT}" '
        f'w:header="{top}" w:footer="{foot}" w:gutter="0"/>{first}'
        f'<w:docGrid w:type="lines" w:linePitch="{LINE}"/></w:sectPr>'
    )
    document = f"{_FIRST}<w:document {NAMESPACES}><w:body>{''.join(body)}{section}</w:body></w:document>"
    parts = {f"word/{kind}-{edge}.xml": part for kind, edge, part in edges}
    folder = shipped("reports") / "official"
    parts |= {f"word/{kind}.xml": (folder / name).read_text("utf-8") for kind, name in _SHIPPED.items()}
    charts = {name_of(each): chart_part(each.chart) for each in paper.figures}
    parts |= {f"word/{name}.xml": chart for name, chart in charts.items()}
    parts |= {"word/document.xml": document, "docProps/core.xml": _about(paper)}
    parts |= {
        "word/_rels/document.xml.rels": _relations(edges, charts),
        "_rels/.rels": _root(),
        "[Content_Types].xml": _types(edges, charts),
    }
    return packed({name: part.encode("utf-8") for name, part in parts.items()})


def _types(edges: Iterable[tuple[str, str, str]], charts: Iterable[str]) -> str:
    kinds = {"/word/document.xml": f"{_WORD}.document.main+xml"}
    kinds |= {f"/word/{kind}.xml": _TYPES[kind] for kind in _SHIPPED}
    kinds |= {f"/word/{kind}-{edge}.xml": _TYPES[kind] for kind, edge, _ in edges}
    kinds |= {f"/word/{name}.xml": CHART for name in charts}
    kinds |= {"/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml"}
    said = "".join(f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in kinds.items())
    return (
        f'{_FIRST}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{said}</Types>'
    )


def _relations(edges: Iterable[tuple[str, str, str]], charts: Iterable[str]) -> str:
    to = {kind: (kind, f"{kind}.xml") for kind in _SHIPPED}
    to |= {f"{kind}-{edge}": (kind, f"{kind}-{edge}.xml") for kind, edge, _ in edges}
    to |= {name: ("chart", f"{name}.xml") for name in charts}
    said = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{part}"/>' for name, (kind, part) in to.items()
    )
    return f'{_FIRST}<Relationships xmlns="{_PACKAGE}/relationships">{said}</Relationships>'


def _root() -> str:
    core = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
    return (
        f'{_FIRST}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="document" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
        f'<Relationship Id="about" Type="{core}" Target="docProps/core.xml"/></Relationships>'
    )


def _about(paper: Paper) -> str:
    """The title and nothing else: neither who nor when."""
    return (
        f'{_FIRST}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escaped("".join(paper.title))}</dc:title>'
        "</cp:coreProperties>"
    )
