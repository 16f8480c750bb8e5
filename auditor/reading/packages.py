"""Packages (XLSX, ODS): a ZIP file whose parts are measured and proved whole before a library unpacks them.

Sizes are first taken from the directory, then, since a directory may lie, counted while each part is inflated
piece by piece and thrown away. The checksum of every part of text is proved on the way: what passes here is neither
cut off nor damaged, so a reader behind it does not quietly stop half way.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from auditor.reading import limits
from auditor.reading.grid import Unreadable

LOCKED = "文件有打开密码；请用 WPS 或 Excel 打开，去掉密码后另存"
DAMAGED = (
    "文件不完整或已损坏：{why}，多半是下载、复制时中断；请重新导出或重新复制，能打开的话用 WPS 或 Excel 另存为 xlsx"
)

_PIECE = limits.MEGABYTE
_PROVED = (".xml", ".rels")
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_STORED, _DEFLATED = 0, 8


@dataclass(frozen=True)
class Package:
    """The parts of a package by name."""

    data: bytes
    parts: dict[str, zipfile.ZipInfo]

    def pieces(self, name: str) -> Iterator[bytes]:
        """A part inflated piece by piece. Raises `Unreadable` where it is damaged or larger than it says."""
        part = self.parts[name]
        size = checksum = 0
        for piece in self._inflated(part):
            size += len(piece)
            checksum = zlib.crc32(piece, checksum)
            if size > part.file_size:
                raise Unreadable(_damaged(f"其中的 {name} 比目录里写的大"))
            yield piece
        if size != part.file_size or checksum != part.CRC:
            raise Unreadable(_damaged(f"其中的 {name} 校验不符"))

    def _inflated(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        at, name = part.header_offset, part.filename
        if at < 0 or at + _LOCAL_HEADER.size > len(self.data):
            raise Unreadable(_damaged(f"其中的 {name} 缺失"))
        mark, name_length, extra_length = _LOCAL_HEADER.unpack_from(self.data, at)
        start = at + _LOCAL_HEADER.size + name_length + extra_length
        raw = memoryview(self.data)[start : start + part.compress_size]
        if mark != b"PK\x03\x04" or len(raw) != part.compress_size:
            raise Unreadable(_damaged(f"其中的 {name} 缺失"))
        if part.compress_type == _STORED:
            yield from (bytes(raw[at : at + _PIECE]) for at in range(0, len(raw), _PIECE))
        elif part.compress_type == _DEFLATED:
            yield from _deflated(bytes(raw), name)
        else:
            raise Unreadable("文件用了不常见的压缩方式；请用 WPS 或 Excel 打开后另存为 xlsx")


def open_package(data: bytes) -> Package:
    """The parts of a ZIP file within the limits, all text in them proved. Raises `Unreadable`."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as opened:
            parts = opened.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, struct.error, OSError):
        raise Unreadable(_damaged("压缩包的目录读不出来")) from None
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > limits.PARTS or (unpacked > limits.RATIO_FROM and unpacked > limits.RATIO * len(data)):
        raise Unreadable(
            f"文件展开后有{unpacked // limits.MEGABYTE:,} MB、{len(parts):,}个部分，与它的大小不相称，"
            "为安全起见没有展开；"
            "如确是台账，请用 WPS 或 Excel 打开，只把有内容的部分复制到新表格另存"
        )
    if unpacked > limits.UNPACKED:
        raise Unreadable(
            f"文件展开后有{unpacked // limits.MEGABYTE:,} MB，超过 {limits.UNPACKED // limits.MEGABYTE} MB 的上限；"
            "请按年度或月份分成几个文件"
        )
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable(LOCKED)
    package = Package(data, {part.filename: part for part in parts})
    if len(package.parts) != len(parts):
        raise Unreadable(_damaged("压缩包里有重名的部分"))
    return package


def _deflated(raw: bytes, name: str) -> Iterator[bytes]:
    inflate = zlib.decompressobj(-15)
    try:
        while not inflate.eof:
            piece = inflate.decompress(raw, _PIECE)
            raw = inflate.unconsumed_tail
            if not piece and not inflate.eof:
                raise Unreadable(_damaged(f"其中的 {name} 不完整"))
            yield piece
    except zlib.error:
        raise Unreadable(_damaged(f"其中的 {name} 解不开")) from None


def _damaged(why: str) -> str:
    return DAMAGED.format(why=why)


def is_text(name: str) -> bool:
    """The part is one that a reader of tables looks into."""
    return name.lower().endswith(_PROVED)
