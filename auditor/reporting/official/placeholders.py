"""Placeholders of an office's template: names in double braces, and nothing that could be computed."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from docx.oxml.ns import qn

from auditor.errors import UsageError

BODY, ATTACHMENT_LIST, ATTACHMENTS = "正文", "附件说明", "附件"
BLOCKS = (BODY, ATTACHMENT_LIST, ATTACHMENTS)  # each alone in a paragraph of the text
INLINE = ("标题", "发文字号", "主送机关", "发文机关", "成文日期", "附注", "抄送")
SETTINGS = {  # what the office can leave unset, by placeholder
    "发文字号": "circular.number",
    "主送机关": "circular.recipients",
    "发文机关": "circular.issuer",
    "附注": "circular.note",
    "抄送": "circular.copied_to",
}
PATTERN = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_CODE = re.compile(r"\{%|%\}|\{#|#\}|\{\{|\}\}")
_NO_WORD = re.compile(r"[^\w：:]+")
_LABEL = re.compile(r"(?:\w{1,10}[：:]+|[：:]*)")  # 抄送机关：
_TEXT_ONLY = {qn(f"w:{name}") for name in ("pPr", "r", "rPr", "t", "tab", "proofErr", "lastRenderedPageBreak")}
_KNOWN = "、".join(f"{{{{{name}}}}}" for name in (*INLINE, *BLOCKS))


def paragraphs_of(root: Any) -> Iterator[Any]:
    """Every paragraph below an element, those in tables and text boxes too."""
    return iter(root.iter(qn("w:p")))


def texts_of(paragraph: Any) -> list[Any]:
    """The text elements of a paragraph, but not those of a text box that it holds."""
    return [
        text
        for text in paragraph.iter(qn("w:t"))
        if next(above for above in text.iterancestors() if above.tag == qn("w:p")) is paragraph
    ]


def text_of(paragraph: Any) -> str:
    """What the paragraph says."""
    return "".join(text.text or "" for text in texts_of(paragraph))


def is_labelled(paragraph: Any) -> bool:
    """Whether the paragraph says nothing but its placeholders, each with at most a label before it."""
    *before, last = (_NO_WORD.sub("", piece) for piece in PATTERN.split(text_of(paragraph))[::2])
    return not last.strip("：:") and all(_LABEL.fullmatch(piece) for piece in before)


def lacks_label(paragraph: Any) -> bool:
    """Whether a placeholder stands in a cell of a table by itself: its label stands in another cell."""
    celled = paragraph.getparent().tag == qn("w:tc")
    return celled and not _NO_WORD.sub("", PATTERN.sub("", text_of(paragraph)))


def drop(paragraph: Any) -> None:
    """Take the paragraph out; one that the file needs, or that holds more than text, stays without its text."""
    tags = {each.tag for child in paragraph if child.tag != qn("w:pPr") for each in child.iter() if _is_content(each)}
    neighbours = [each.tag for each in (paragraph.getprevious(), paragraph.getnext()) if each is not None]
    ends_section = paragraph.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None
    if tags <= _TEXT_ONLY and not ends_section and qn("w:p") in neighbours:
        paragraph.getparent().remove(paragraph)
    else:
        for text in texts_of(paragraph):
            text.text = ""


def _is_content(element: Any) -> bool:
    return all(above.tag != qn("w:rPr") for above in element.iterancestors())


def check(name: str, main: Any, margins: Sequence[Any]) -> None:
    """Every placeholder must be known and stand where it can be filled in; `UsageError` otherwise."""
    found: list[str] = []
    for root in (main, *margins):
        for paragraph in paragraphs_of(root):
            text = text_of(paragraph)
            names = PATTERN.findall(text)
            _check_names(name, text, names)
            blocks = [each for each in names if each in BLOCKS]
            if blocks and not _stands_alone(root is main, paragraph, text):
                raise UsageError(f"模板 {name} 中的 {{{{{blocks[0]}}}}} 应在正文中单独成段，不放在页眉页脚、文本框里")
            found += blocks
    if BODY not in found:
        raise UsageError(f"模板 {name} 中没有 {{{{{BODY}}}}}。请在通报正文的位置另起一段写上 {{{{{BODY}}}}}")
    twice = next((each for each in BLOCKS if found.count(each) > 1), None)
    if twice:
        raise UsageError(f"模板 {name} 中有几处 {{{{{twice}}}}}，只能留一处")


def _check_names(name: str, text: str, names: Sequence[str]) -> None:
    for each in names:
        if each not in (*INLINE, *BLOCKS):
            raise UsageError(f"模板 {name} 中的 {{{{{each[:40]}}}}} 不认识。可用的占位符：{_KNOWN}")
    if _CODE.search(PATTERN.sub("", text)):
        shown = text.strip()[:40]
        raise UsageError(f"模板 {name} 中“{shown}”的大括号不成对，或写了程序语句。只能用占位符：{_KNOWN}")


def _stands_alone(in_text: bool, paragraph: Any, text: str) -> bool:
    boxed = any(above.tag == qn("w:txbxContent") for above in paragraph.iterancestors())
    return in_text and not boxed and PATTERN.fullmatch(text.strip()) is not None
