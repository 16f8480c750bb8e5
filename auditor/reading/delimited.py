"""Text tables (CSV): the encoding, the separator, and every line either read or reported."""

import io
import re
from collections.abc import Iterable

import polars as pl

from auditor.reading.grid import BLANKS, CELLS, Broken, Grid, Unreadable, without_blank_rows
from auditor.tables import ROW

_SEPARATORS = ("\t", ",", ";", "\uff0c")
_HIDDEN_SEPARATOR, _HIDDEN_BREAK = "\x1c", "\x1d"  # what stands for a separator or line break inside quotes
_FIRST_ROWS = 10
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read_delimited(data: bytes, file: str) -> Grid:
    """Read a text table; `_row` counts as a spreadsheet would show the rows."""
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    if "\x00" in text:
        raise Unreadable("不是文字表格，或是没有标记的 UTF-16；请用 WPS 或 Excel 打开后另存为 UTF-8 的 CSV")
    text = re.sub("[\x1c-\x1f]", "", text)
    separator, announced = _separator(text)
    lines = _take_quotes_away(text, separator).split("\n")
    if announced:
        lines[0] = ""
    blank = BLANKS + separator
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip(blank)]
    width = 1 + max((line.count(separator) for _, line in numbered[:_FIRST_ROWS]), default=0)
    broken = tuple(_too_long(numbered, separator, width))
    if broken:
        left_out = {line.row for line in broken}
        numbered = [(number, line) for number, line in numbered if number not in left_out]
    return Grid(file, "", _frame(numbered, separator, width), broken=broken)


def decode(data: bytes) -> str:
    """The text of a file by its byte order mark, else as strict UTF-8, else as strict GB18030."""
    if data.startswith(_UTF16):
        return _decoded_by_mark(data, "utf-16")
    if data.startswith(b"\xef\xbb\xbf"):
        return _decoded_by_mark(data, "utf-8-sig")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        first = error.start
    if _is_damaged_utf8(data, first):
        raise Unreadable(_undecodable(data, first, "UTF-8"))
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise Unreadable(_undecodable(data, error.start, "UTF-8 或 GB18030")) from None


def _decoded_by_mark(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(_undecodable(data, error.start, encoding.upper().removesuffix("-SIG"))) from None


def _is_damaged_utf8(data: bytes, first: int) -> bool:
    """GB18030 takes most bytes for something; a UTF-8 text with a bad byte must not become nonsense."""
    around = data[max(0, first - 3000) : first + 3000].decode("utf-8", "replace")
    bad = around.count("\ufffd")
    good = sum(character > "\x7f" for character in around) - bad
    return good > 5 * bad


def _undecodable(data: bytes, position: int, encoding: str) -> str:
    line = data.count(b"\n", 0, position) + 1
    return (
        f"第{position + 1}字节(约第{line}行)不是 {encoding} 编码的文字；"
        "请用 WPS 或 Excel 打开，检查该行后另存为“CSV UTF-8”或 xlsx"
    )


def _separator(text: str) -> tuple[str, bool]:
    """The separator that the heading line uses most, and whether a line `sep=` announces it."""
    announced = re.match(r'"?sep=(.)"?\n', text)
    if announced:
        return announced[1], True
    for line in text.split("\n", _FIRST_ROWS)[:_FIRST_ROWS]:
        bare = re.sub(r'"[^"]*"', "", line)
        counts = {separator: bare.count(separator) for separator in _SEPARATORS}
        if any(counts.values()):
            return max(counts, key=lambda separator: counts[separator]), False
    return ",", False


def _take_quotes_away(text: str, separator: str) -> str:
    """One line a record: quotes undone, separators and line breaks inside them hidden.

    A quote opens a cell only where the cell begins with it; elsewhere it is a character like any other.
    """
    if '"' not in text:
        return text
    outside = re.escape(separator)
    cell = re.compile(f'(?<![^{outside}\n])"((?:[^"]++|"")*+)("[^{outside}\n]*+|\\Z)')

    def bare(found: re.Match[str]) -> str:
        inside, end = found.groups()
        if not end:
            line = text.count("\n", 0, found.start()) + 1
            raise Unreadable(f"第{line}行的引号没有配对，其后的内容分不清行列；请用 WPS 或 Excel 打开检查后另存")
        inside = inside.replace('""', '"').replace(separator, _HIDDEN_SEPARATOR)
        return inside.replace("\n", _HIDDEN_BREAK) + end[1:]

    return cell.sub(bare, text)


def _too_long(numbered: Iterable[tuple[int, str]], separator: str, width: int) -> Iterable[Broken]:
    for number, line in numbered:
        if line.count(separator) >= width:
            cells = line.split(separator)
            if any(cell.strip(BLANKS + _HIDDEN_BREAK) for cell in cells[width:]):
                yield Broken(number, _shown(line, separator)[:200], too_long(len(cells), width))


def too_long(cells: int, headings: int) -> str:
    """The reason why a line with more cells than headings is not used."""
    return f"本行有{cells}格，表头只有{headings}格：多半是内容里的分隔符没有加引号，列已错位"


def _shown(line: str, separator: str) -> str:
    return line.replace(_HIDDEN_BREAK, "\n").replace(_HIDDEN_SEPARATOR, separator)


def _frame(numbered: list[tuple[int, str]], separator: str, width: int) -> pl.DataFrame:
    names = [str(index) for index in range(width)]
    lengths = [min(width, line.count(separator) + 1) for _, line in numbered]
    lines = [line for _, line in numbered]
    if lines:
        lines[0] += separator * (width - 1 - lines[0].count(separator))  # the first line tells the width
    body = "\n".join(lines)
    if len(separator.encode()) > 1:
        body, separator = body.replace(separator, "\x1e"), "\x1e"
    frame = pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    if numbered:
        frame = pl.read_csv(
            io.BytesIO(body.encode()),
            has_header=False,
            separator=separator,
            quote_char=None,
            schema=dict.fromkeys(names, pl.String),
            truncate_ragged_lines=True,
        )
    if _HIDDEN_SEPARATOR in body or _HIDDEN_BREAK in body:
        frame = frame.with_columns(_unhidden(name, separator) for name in names)
    if '="' in body:  # the export's way of keeping a number as text
        frame = frame.with_columns(pl.col(name).str.replace(r'^="(.*)"$', "$1") for name in names)
    rows = pl.Series(ROW, [number for number, _ in numbered], dtype=pl.UInt32)
    return without_blank_rows(frame.with_columns(rows, pl.Series(CELLS, lengths, dtype=pl.UInt32)))


def _unhidden(name: str, separator: str) -> pl.Expr:
    shown = "\uff0c" if separator == "\x1e" else separator
    text = pl.col(name).str.replace_all(_HIDDEN_SEPARATOR, shown, literal=True)
    return text.str.replace_all(_HIDDEN_BREAK, "\n", literal=True)
