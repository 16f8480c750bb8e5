"""An office's own template (红头模板): proved harmless and complete before the audit begins."""

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.errors import UsageError, because

_LARGEST, _LARGEST_UNPACKED, _MOST_PARTS = 20_000_000, 100_000_000, 2_000
_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"
_FETCHING = {"DDE", "DDEAUTO", "INCLUDETEXT", "INCLUDEPICTURE", "LINK", "IMPORT", "MACROBUTTON", "DATABASE"}
_EXECUTABLE = ("vbaproject", "activex", "oleobject", "embeddings/", "afchunk")


@dataclass(frozen=True)
class Template:
    """A template that can be filled in."""

    name: str
    data: bytes

    @property
    def digest(self) -> str:
        """The SHA-256 of the file."""
        return hashlib.sha256(self.data).hexdigest()


def read_template(path: Path) -> Template:
    """Read and prove a template; `UsageError` says what is wrong with it and how to mend it."""
    try:
        data = path.read_bytes() if path.stat().st_size <= _LARGEST else None
    except OSError as error:
        raise UsageError(f"读不出模板 {path}：{because(error)}。请检查路径") from None
    if data is None:
        raise UsageError(f"模板 {path} 超过 {_LARGEST // 1_000_000} MB。请删去其中的图片等内容")
    template = Template(path.name, data)
    _check_package(template)
    _check_content(template)
    return template


def opened(template: Template) -> Any:
    """The template as a document; `UsageError` where it is none."""
    import docx
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    try:
        document = docx.Document(io.BytesIO(template.data))
        if document.element.body is None:
            raise ValueError("没有正文")
        return document
    except (OpcError, LxmlError, KeyError, ValueError, AttributeError, IndexError):
        raise UsageError(f"模板 {template.name} 不是完好的 Word 文件。请用 Word 或 WPS 另存为 .docx") from None


def margins_of(document: Any) -> list[Any]:
    """The roots of all headers and footers."""
    kinds = ("/header", "/footer")
    return [
        relation.target_part.element
        for relation in document.part.rels.values()
        if relation.reltype.endswith(kinds) and not relation.is_external
    ]


def _check_package(template: Template) -> None:
    """Whole, of a size that can be unpacked, without macros, embedded programs or a way out to other files."""
    if template.data.startswith(_OLD_OR_LOCKED):
        raise UsageError(f"模板 {template.name} 有密码，或是旧版 .doc。请取消密码，另存为 .docx")
    try:
        with zipfile.ZipFile(io.BytesIO(template.data)) as archive:
            entries = archive.infolist()
            if len(entries) > _MOST_PARTS or sum(entry.file_size for entry in entries) > _LARGEST_UNPACKED:
                raise UsageError(f"模板 {template.name} 解压后过大，未使用。请换一个模板")
            parts = {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError, NotImplementedError):
        raise UsageError(f"模板 {template.name} 不是完好的 .docx 文件。请用 Word 或 WPS 打开后另存为 .docx") from None
    for name, content in parts.items():
        if any(word in name.lower() for word in _EXECUTABLE) or b"macroEnabled" in content[:100_000]:
            raise UsageError(f"模板 {template.name} 含宏、控件或嵌入对象（{name}），未使用。请删去后另存为 .docx")
        if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in content:
            raise UsageError(f"模板 {template.name} 的 {name} 含 DOCTYPE，不是 Word 写出的样子，未使用")


def _field_codes(root: Any) -> Iterator[str]:
    """The code of every field that is written in pieces, from where it begins to where it ends."""
    from docx.oxml.ns import qn

    begun: list[str] = []
    for node in root.iter(qn("w:fldChar"), qn("w:instrText")):
        kind = node.get(qn("w:fldCharType"))
        if kind == "begin":
            begun.append("")
        elif kind == "end" and begun:
            yield begun.pop()
        elif kind is None and begun:
            begun[-1] += node.text or ""
        elif kind is None:
            yield node.text or ""
    yield from begun


def _check_content(template: Template) -> None:
    from docx.oxml.ns import qn

    from auditor.reporting.official.placeholders import check

    document = opened(template)
    margins = margins_of(document)
    for part in document.part.package.iter_parts():
        for relation in part.rels.values():
            if relation.is_external and not relation.reltype.endswith("/hyperlink"):
                raise UsageError(
                    f"模板 {template.name} 引用外部文件（{relation.target_ref[:60]}），未使用。请改为嵌入或删去"
                )
    for root in (document.element, *margins):
        codes = [*_field_codes(root), *(node.get(qn("w:instr")) or "" for node in root.iter(qn("w:fldSimple")))]
        for code in codes:
            named = re.match(r"\s*([A-Za-z]+)", code)
            if named and named[1].upper() in _FETCHING:
                raise UsageError(f"模板 {template.name} 含会读取其他文件的域“{code.strip()[:40]}”，未使用。请删去该域")
    check(template.name, document.element, margins)
