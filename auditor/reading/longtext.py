"""A text table of any length: block after block of whole records, each a grid whose rows count on."""

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from re import finditer

from auditor.reading import limits
from auditor.reading.delimited import (
    BYTE_ORDER_MARK,
    UTF16,
    decode,
    grid_of_lines,
    is_utf8,
    separated,
    tidied,
    undecodable,
    without_marks,
)
from auditor.reading.grid import Grid, Unreadable
from auditor.reading.quotes import OpenQuote


def long_text(path: Path, file: str, heard: Callable[[int], None]) -> Iterator[Grid]:
    """Read a text table in blocks of `limits.BLOCK` bytes. Raises `Unreadable`, after some blocks perhaps."""
    separator, width, left = "", None, b""
    rows = lines = 0  # of the blocks before, as a spreadsheet and as the file counts them
    for text, is_last in _texts(path, heard):
        whole = left + tidied(text)
        if not separator:
            separator, whole = separated(whole)
        try:
            bare, left = without_marks(whole, separator), b""
        except OpenQuote as error:
            if is_last or len(whole) > 4 * limits.BLOCK:
                raise OpenQuote(rows + error.first, lines + error.line) from None
            at = _start_of(whole, error.first)
            whole, left = whole[:at], whole[at:]  # the record goes on in the next block
            bare = without_marks(whole, separator)
        lines += whole.count(b"\n")
        if not bare:
            continue
        grid = grid_of_lines(bare, file, separator, width=width, after=rows)
        width, rows = width or grid.width, rows + bare.count(b"\n") + (not bare.endswith(b"\n"))
        yield grid


def _start_of(text: bytes, line: int) -> int:
    """The position at which a line begins, counted from 0."""
    return 0 if line == 0 else next(islice(finditer(b"\n", text), line - 1, None)).end()


def _texts(path: Path, heard: Callable[[int], None]) -> Iterator[tuple[bytes, bool]]:
    """The text in UTF-8 in blocks of whole lines, and whether a block is the last.

    The first block that is not ASCII tells the encoding of the file.
    """
    encoding, before, lines = "", 0, 0
    for data, is_last in _lines(path):
        if data.startswith(UTF16) or b"\x00" in data:
            raise Unreadable(
                f"文件超过 {limits.LONG // limits.MEGABYTE} MB，又不是 UTF-8 或 GB18030 编码；请另存为“CSV UTF-8”"
            )
        if not encoding and not data.isascii():
            encoding = _encoding(data)
        try:
            text = data.removeprefix(BYTE_ORDER_MARK if before == 0 else b"")
            yield text if encoding != "gb18030" and is_utf8(text) else text.decode(encoding).encode(), is_last
        except UnicodeDecodeError as error:
            raise Unreadable(undecodable(data, error.start, encoding.upper(), before, lines)) from None
        before, lines = before + len(data), lines + data.count(b"\n")
        heard(before)


def _encoding(data: bytes) -> str:
    decode(data)  # says what is wrong where it is neither
    return "utf-8" if is_utf8(data) else "gb18030"


def _lines(path: Path) -> Iterator[tuple[bytes, bool]]:
    """The bytes in blocks that end with a line."""
    left = b""
    with path.open("rb") as opened:
        while read := opened.read(limits.BLOCK):
            end = read.rfind(b"\n") + 1
            is_last = opened.tell() >= path.stat().st_size
            if is_last:
                end = len(read)
            if end:
                yield b"".join([left, memoryview(read)[:end]]), is_last
                left = read[end:]
            else:
                left += read
                if len(left) > 4 * limits.BLOCK:
                    raise Unreadable("很长一段内容没有换行，不像是一行一条的台账；请用 WPS 或 Excel 打开检查后另存")
