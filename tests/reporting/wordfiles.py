"""Word files taken apart: from the audit to their parts, their texts and their runs."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from docx.oxml.ns import qn
from lxml import etree

from auditor.domain.audit import Audit
from auditor.reporting.compose import compose
from auditor.reporting.official.documents import circular_bytes, letters
from auditor.reporting.official.template import Template


def circular_of(audit: Audit, template: Template | None = None) -> bytes:
    """The circular of an audit."""
    return circular_bytes(compose(audit), template)


def letters_of(audit: Audit) -> dict[str, bytes]:
    """The letters of an audit by file name."""
    return letters(compose(audit))


def parts(data: bytes) -> dict[str, bytes]:
    """The parts of a Word file by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def root(data: bytes, part: str = "word/document.xml") -> Any:
    """A part as elements; not well-formed is an error."""
    return etree.fromstring(parts(data)[part], etree.XMLParser(resolve_entities=False))


def lines(data: bytes, part: str = "word/document.xml") -> list[str]:
    """What the paragraphs of a part say, in order."""
    return ["".join(text.text or "" for text in p.iter(qn("w:t"))) for p in root(data, part).iter(qn("w:p"))]


def text(data: bytes) -> str:
    """Everything that stands in the text."""
    return "\n".join(lines(data))


def all_runs(data: bytes) -> Iterator[tuple[str, Any]]:
    """Every run of the text, the headers and the footers, with its part."""
    for name in parts(data):
        if name.startswith(("word/document", "word/header", "word/footer")):
            yield from ((name, run) for run in root(data, name).iter(qn("w:r")))
