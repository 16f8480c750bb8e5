"""The office's template filled in: each placeholder once, with text that is never read as a placeholder again."""

import copy
import io
import zipfile
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from auditor.domain.audit import Audit
from auditor.reporting.official.diagrams import chart_part, name_of
from auditor.reporting.official.document import attachment_list, attachments_of, blocks_of
from auditor.reporting.official.elements import NAMESPACES
from auditor.reporting.official.margins import mark_paragraph
from auditor.reporting.official.paper import Paper
from auditor.reporting.official.placeholders import (
    ATTACHMENT_LIST,
    ATTACHMENTS,
    BODY,
    PATTERN,
    SETTINGS,
    drop,
    is_labelled,
    lacks_label,
    paragraphs_of,
    text_of,
    texts_of,
)
from auditor.reporting.official.template import Template, margins_of, opened
from auditor.reporting.official.wordfile import CHART, packed
from auditor.shipped import shipped

_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def filled(template: Template, paper: Paper) -> bytes:
    """The circular in the office's template. Attachments without a place of their own go to the end.

    A paragraph of which nothing but its label would be left is left out.
    """
    document = opened(template)
    styles, charts = _styles(document), _charts(document, paper)
    values = _values(paper)
    blocks = {
        BODY: list(_elements(blocks_of(paper.blocks), styles, charts)),
        ATTACHMENT_LIST: list(_elements(list(attachment_list(paper))[1:], styles)),
        ATTACHMENTS: list(_elements(attachments_of(paper.attachments), styles, charts)),
    }
    for root in (document.element, *margins_of(document)):
        for paragraph in list(paragraphs_of(root)):
            names = PATTERN.findall(text_of(paragraph))
            if names and names[0] in blocks:
                _put(blocks.pop(names[0]), paragraph)
            elif names and not any(values[name] for name in names) and is_labelled(paragraph):
                drop(paragraph)
            elif names:
                _substitute(paragraph, values)
    if ATTACHMENTS in blocks:
        last = document.element.body.find(qn("w:sectPr"))
        for element in blocks[ATTACHMENTS]:
            document.element.body.append(element) if last is None else last.addprevious(element)
    if paper.mark:
        _mark_every_page(document, paper.mark, styles)
    return _repacked(document)


def left_empty(template: Template, audit: Audit) -> list[str]:
    """The settings without a value whose place in the template stays: the text around it cannot be left out safely."""
    unset = {name for name, key in SETTINGS.items() if not getattr(audit.issue, key.removeprefix("circular."))}
    unset -= {"附注"} if audit.internal else set()  # an internal circular says so there
    document = opened(template)
    found: set[str] = set()
    for root in (document.element, *margins_of(document)):
        for paragraph in paragraphs_of(root):
            names = set(PATTERN.findall(text_of(paragraph)))
            if not (names <= unset and is_labelled(paragraph)) or lacks_label(paragraph):
                found |= names & unset
    return [SETTINGS[name] for name in SETTINGS if name in found]


def _charts(document: Any, paper: Paper) -> Mapping[str, str]:
    """The charts joined to the template's file under names that it does not use: by what name to refer to each."""
    names = {}
    for figure in paper.figures:
        place = document.part.package.next_partname("/word/charts/chart%d.xml")
        part = Part(PackURI(place), CHART, chart_part(figure.chart).encode("utf-8"), document.part.package)
        names[name_of(figure)] = document.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
    return names


def _values(paper: Paper) -> Mapping[str, str]:
    return {
        "标题": "".join(paper.title),
        "发文字号": paper.number,
        "主送机关": paper.recipients,
        "发文机关": paper.signer,
        "成文日期": paper.day,
        "附注": f"（{paper.note}）" if paper.note else "",
        "抄送": paper.copied_to,
    }


def _substitute(paragraph: Any, values: Mapping[str, str]) -> None:
    """Put the values in; a placeholder that Word has torn into several runs takes the look of the first."""
    texts = texts_of(paragraph)
    whole = text_of(paragraph)
    for found in reversed(list(PATTERN.finditer(whole))):
        start = 0
        value = values[found[1]]
        if whole[: found.start()].endswith("（") and whole[found.end() :].startswith("）"):
            value = value.removeprefix("（").removesuffix("）")  # the template has brackets of its own
        for text in texts:
            old = text.text or ""
            first, last = max(found.start() - start, 0), min(found.end() - start, len(old))
            if first < last:
                text.text = old[:first] + value + old[last:]
                text.set(_SPACE, "preserve")
                value = ""
            start += len(old)


def _put(elements: Iterable[Any], paragraph: Any) -> None:
    """The elements in place of the paragraph; one that ends a section stays, emptied, behind them."""
    for element in elements:
        paragraph.addprevious(element)
    if paragraph.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is None:
        paragraph.getparent().remove(paragraph)
    else:
        for text in texts_of(paragraph):
            text.text = ""


def _elements(
    parts: Iterable[str], styles: Mapping[str, str], charts: Mapping[str, str] = MappingProxyType({})
) -> Iterable[Any]:
    root = parse_xml(f"<w:body {NAMESPACES}>{''.join(parts)}</w:body>")
    for named in root.iter(qn("w:pStyle")):
        named.set(qn("w:val"), styles[named.get(qn("w:val"))])
    for chart in root.iter(_CHART):
        chart.set(qn("r:id"), charts[chart.get(qn("r:id"))])
    return list(root)


def _styles(document: Any) -> Mapping[str, str]:
    """Our styles in the template, by id: the office's own of the same name, else ours added."""
    theirs = document.styles.element
    by_name = {style.find(qn("w:name")).get(qn("w:val")): style.get(qn("w:styleId")) for style in _named(theirs)}
    ours = parse_xml((shipped("reports") / "official" / "styles.xml").read_bytes())
    ids = {}
    for style in _named(ours):
        own, name = style.get(qn("w:styleId")), style.find(qn("w:name")).get(qn("w:val"))
        ids[own] = by_name.get(name, own)
        if name not in by_name and own not in by_name.values():
            theirs.append(copy.deepcopy(style))
    return ids


def _named(styles: Any) -> list[Any]:
    return [style for style in styles.findall(qn("w:style")) if style.find(qn("w:name")) is not None]


def _mark_every_page(document: Any, mark: str, styles: Mapping[str, str]) -> None:
    """The mark as the first line of every header that a page of the document can have."""
    even = document.settings.odd_and_even_pages_header_footer
    begun: set[str] = set()
    for section in document.sections:
        headers = {"default": section.header}
        if section.different_first_page_header_footer:
            headers["first"] = section.first_page_header
        if even:
            headers["even"] = section.even_page_header
        for kind, header in headers.items():
            if header.is_linked_to_previous and kind in begun:
                continue
            header.is_linked_to_previous = False
            begun.add(kind)
            (line,) = _elements([mark_paragraph(mark)], styles)
            header._element.insert(0, line)


def _repacked(document: Any) -> bytes:
    saved = io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as archive:
        return packed({name: archive.read(name) for name in archive.namelist()})
