"""XML changed at single places: every byte that is not meant to change stays as it was.

A parser that writes the document anew loses what it does not know; here it only finds out where things stand.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

_TAG = re.compile(rb"<[^<>\"']*(?:\"[^\"]*\"[^<>\"']*|'[^']*'[^<>\"']*)*>")
_ENCODING = re.compile(rb"^<\?xml[^>]*encoding=[\"']([\w-]+)[\"']")
_DEEPEST = 4  # so far down elements are remembered


class NotEditable(Exception):
    """A file whose parts are not laid out as expected: nothing in it is changed."""


class Edit(NamedTuple):
    """Bytes to stand in the place of those from `start` up to `end`."""

    start: int
    end: int
    text: bytes


@dataclass(eq=False)
class Element:
    """An element and where it stands: its start tag up to `inside`, its content up to `close`, itself up to `end`."""

    name: str
    attributes: Mapping[str, str]
    depth: int
    start: int
    inside: int
    close: int = 0
    end: int = 0
    parent: "Element | None" = None

    @property
    def local(self) -> str:
        """The name without its prefix."""
        return self.name.rpartition(":")[2]

    @property
    def prefix(self) -> str:
        """The prefix with its colon, or ""."""
        return self.name[: len(self.name) - len(self.local)]

    def attribute(self, local: str) -> str | None:
        """An attribute by its name without prefix."""
        return next((value for name, value in self.attributes.items() if name.rpartition(":")[2] == local), None)


def check_plain(data: bytes) -> None:
    """Raise `NotEditable` for what byte offsets cannot be told of: another encoding, a document type."""
    declared = _ENCODING.match(data.removeprefix(b"\xef\xbb\xbf"))
    if (declared and declared[1].lower() not in (b"utf-8", b"us-ascii")) or b"<!DOCTYPE" in data[:1000]:
        raise NotEditable("编码或文档类型不寻常")


def elements(data: bytes) -> list[Element]:
    """The elements of a small part, in the order in which they begin, down to the fourth level."""
    check_plain(data)
    found: list[Element] = []
    open_elements: list[Element] = []
    parser = expat.ParserCreate()
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        if depth < _DEEPEST:
            at = parser.CurrentByteIndex
            parent = open_elements[-1] if open_elements else None
            element = Element(name, attributes, depth, at, end_of_tag(data, at), parent=parent)
            open_elements.append(element)
            found.append(element)
        depth += 1

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        if depth < _DEEPEST:
            element = open_elements.pop()
            element.close, element.end = closing(data, element, parser.CurrentByteIndex)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise NotEditable(f"XML 有误（{error}）") from None
    return found


def end_of_tag(data: bytes, start: int) -> int:
    """Where the start tag that begins at `start` ends."""
    tag = _TAG.match(data, start)
    if tag is None:
        raise NotEditable("XML 有误")
    return tag.end()


def closing(data: bytes, element: Element, at: int) -> tuple[int, int]:
    """Where the content of an element ends and where it does itself; both the same where it has no content."""
    if data[element.inside - 2 : element.inside] == b"/>":
        return element.inside, element.inside
    return at, end_of_tag(data, at)


def children(of: Element, among: Iterable[Element]) -> Iterator[Element]:
    """The elements directly inside one."""
    return (each for each in among if each.parent is of)


def appended(data: bytes, parent: Element, content: bytes) -> Edit:
    """The edit that puts content at the end of an element, also of one that is written as an empty tag."""
    if parent.close == parent.inside and data[parent.inside - 2 : parent.inside] == b"/>":
        return Edit(parent.inside - 2, parent.inside, b">" + content + f"</{parent.name}>".encode())
    return Edit(parent.close, parent.close, content)


def with_attribute(tag: bytes, name: str, value: str) -> bytes:
    """A start tag with one attribute set."""
    written = f" {name}={quoteattr(value)}".encode()
    found = re.search(rb"\s%s\s*=\s*(\"[^\"]*\"|'[^']*')" % name.encode(), tag)
    if found:
        return tag[: found.start()] + written + tag[found.end() :]
    end = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return tag[:end].rstrip() + written + tag[end:]


def set_attribute(data: bytes, element: Element, name: str, value: str) -> Edit:
    """The edit that sets one attribute of an element."""
    return Edit(element.start, element.inside, with_attribute(data[element.start : element.inside], name, value))


def spliced(data: bytes, edits: Iterable[Edit]) -> bytes:
    """The data with all edits made; edits do not overlap."""
    parts, at = [], 0
    for edit in sorted(edits, key=lambda each: (each.start, each.end)):
        parts += [data[at : edit.start], edit.text]
        at = edit.end
    return b"".join([*parts, data[at:]])


def text_of(text: str) -> str:
    """Text as it may stand in XML."""
    return escape("".join(each for each in text if each in "\t\n" or each >= " "))
