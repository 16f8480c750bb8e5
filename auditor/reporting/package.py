"""An XLSX file as the parts it is made of (OPC): found by their relations, changed, and put together again."""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from auditor.reporting.splicing import Element, NotEditable, appended, children, elements, spliced

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_EMPTY_RELATIONS = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="{_RELATIONS}"/>'
_TYPES = "[Content_Types].xml"


class Relation(NamedTuple):
    """A relation of a part: its id, the last word of its type, and the part it leads to."""

    id: str
    kind: str
    target: str


class Package:
    """The parts of an XLSX file. Raises `NotEditable` for what is none, or not of the usual kind."""

    def __init__(self, data: bytes) -> None:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                self._entries = [(entry, archive.read(entry)) for entry in archive.infolist()]
        except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError) as error:
            raise NotEditable(f"不是完整的 XLSX 文件（{error}）") from None
        self._changed: dict[str, bytes] = {}
        self._names = {_plain(entry.filename): entry.filename for entry, _ in self._entries}
        self._first = {entry.filename: content for entry, content in reversed(self._entries)}
        self.workbook = next((each.target for each in self.relations("") if each.kind == "officeDocument"), "")
        if not self.has(self.workbook):
            raise NotEditable("不是 XLSX 工作簿")

    def has(self, name: str) -> bool:
        """Whether there is a part of that name; case makes no difference."""
        return _plain(name) in self._names

    def names(self) -> list[str]:
        """The names of all parts."""
        return list(self._names)

    def read(self, name: str) -> bytes:
        """The content of a part, changes included."""
        if not self.has(name):
            raise NotEditable(f"缺少 {name}")
        real = self._names[_plain(name)]
        return self._changed.get(real, self._first.get(real, b""))

    def write(self, name: str, content: bytes) -> None:
        """Change a part, or add it."""
        real = self._names.setdefault(_plain(name), name)
        self._changed[real] = content

    def sheets(self) -> dict[str, str]:
        """The part of every worksheet by the name of the sheet."""
        targets = {each.id: each.target for each in self.relations(self.workbook) if each.kind == "worksheet"}
        found = elements(self.read(self.workbook))
        if found[0].attributes.get(f"xmlns:{found[0].prefix}".rstrip(":"), "") != _MAIN:
            raise NotEditable("工作簿用的是不寻常的格式版本")
        named = (each for each in found if each.local == "sheet" and each.parent and each.parent.local == "sheets")
        pairs = ((each.attribute("name") or "", each.attribute("id") or "") for each in named)
        return {name: targets[id_] for name, id_ in pairs if id_ in targets}

    def relations(self, part: str) -> list[Relation]:
        """Where a part leads to inside the file; "" is the file itself."""
        name = _relations_of(part)
        if not self.has(name):
            return []
        return [
            Relation(each.attributes.get("Id", ""), each.attributes.get("Type", "").rpartition("/")[2], target)
            for each in elements(self.read(name))
            if each.local == "Relationship" and each.attributes.get("TargetMode") != "External"
            for target in [_resolved(part, each.attributes.get("Target", ""))]
        ]

    def relate(self, part: str, kind: str, target: str) -> str:
        """Add a relation and return its id."""
        name = _relations_of(part)
        data = self.read(name) if self.has(name) else _EMPTY_RELATIONS.encode()
        found = elements(data)
        taken = {each.attributes.get("Id") for each in found}
        id_ = next(each for each in _numbered("rIdAudit{}") if each not in taken)
        tag = f'<{found[0].prefix}Relationship Id="{id_}" Type="{_OFFICE}/{kind}" Target="/{target}"/>'
        self.write(name, spliced(data, [appended(data, found[0], tag.encode())]))
        return id_

    def free_name(self, pattern: str) -> str:
        """A name with a number that no part has yet."""
        return next(each for each in _numbered(pattern) if not self.has(each))

    def declare(self, *, part: str = "", extension: str = "", kind: str) -> None:
        """Say of what kind a part is, or all parts with an ending, unless it is said already."""
        data = self.read(_TYPES)
        root, *rest = elements(data)
        said = list(children(root, rest))
        if extension:
            if any((each.attributes.get("Extension") or "").lower() == extension for each in said):
                return
            tag = f'<{root.prefix}Default Extension="{extension}" ContentType="{kind}"/>'
        else:
            tag = f'<{root.prefix}Override PartName="/{part}" ContentType="{kind}"/>'
        self.write(_TYPES, spliced(data, [appended(data, root, tag.encode())]))

    def packed(self) -> bytes:
        """The file put together: unchanged parts as they were, in their order, new ones at the end."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for entry, content in self._entries:
                archive.writestr(_copied(entry), self._changed.get(entry.filename, content))
            old = {entry.filename for entry, _ in self._entries}
            for name, content in self._changed.items():
                if name not in old:
                    entry = zipfile.ZipInfo(name)  # dated 1980: the same file is the same bytes on every day
                    entry.compress_type = zipfile.ZIP_DEFLATED
                    archive.writestr(entry, content)
        return out.getvalue()


def root_of(found: list[Element], local: str) -> Element:
    """The root, which must be of that name."""
    if not found or found[0].local != local:
        raise NotEditable(f"{local} 部分的结构不寻常")
    return found[0]


def _copied(entry: zipfile.ZipInfo) -> zipfile.ZipInfo:
    copy = zipfile.ZipInfo(entry.filename, entry.date_time)
    copy.compress_type = entry.compress_type if entry.compress_type == zipfile.ZIP_STORED else zipfile.ZIP_DEFLATED
    copy.external_attr = entry.external_attr
    copy.create_system = entry.create_system
    return copy


def _plain(name: str) -> str:
    return name.replace("\\", "/").lower()


def _relations_of(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _resolved(part: str, target: str) -> str:
    target = target.replace("\\", "/")
    if target.startswith("/"):
        return target[1:]
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), target))


def _numbered(pattern: str) -> Iterator[str]:
    number = 1
    while True:
        yield pattern.format(number)
        number += 1
