"""Text tables (CSV): the encoding, the separator, and every line either read or reported."""

import io
import re
from itertools import islice
from typing import cast

import polars as pl

from auditor.reading import limits
from auditor.reading.grid import BLANKS, CELLS, Broken, Grid, Unreadable, cell_columns, without_blank_rows
from auditor.reading.places import laid_over
from auditor.reading.quotes import HIDDEN_BREAK, HIDDEN_SEPARATOR, joined, without_quotes
from auditor.tables import ROW

_SEPARATORS = ("\t", ",", ";", "\uff0c")
_FULL_WIDTH, _NEVER = "\x1e", "\x1f"  # what stands for a full-width comma, and what stands nowhere
_MARKS = (HIDDEN_SEPARATOR + HIDDEN_BREAK + _FULL_WIDTH + _NEVER).encode()
_FIRST_ROWS = 10
UTF16 = (b"\xff\xfe", b"\xfe\xff")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # of UTF-8


def read_delimited(data: bytes, file: str) -> Grid:
    """Read a text table; `_row` counts as a spreadsheet would show the rows. Raises `Unreadable`."""
    text = tidied(as_utf8(data))
    if (count := text.count(b"\n")) > limits.LINES:
        raise Unreadable(f"文件有{count:,}行，超过{limits.LINES // 10_000}万行的上限；请按年度或月份分成几个文件")
    separator, text = separated(text)
    return grid_of_lines(without_marks(text, separator), file, separator)


def tidied(text: bytes) -> bytes:
    """A text with one kind of line end and no sign that stands for something else here. Raises `Unreadable`."""
    if b"\r" in text and (b'"' in text or text.count(b"\r") != text.count(b"\r\n")):
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")  # else the ends of lines are stripped with the cells
    if b"\x00" in text:
        raise Unreadable("不是文字表格；请用 WPS 或 Excel 打开后另存为 UTF-8 的 CSV")
    return text.translate(None, _MARKS) if any(mark in text for mark in _MARKS) else text


def separated(text: bytes) -> tuple[str, bytes]:
    """The separator of a text table, and the table without the line that announces it."""
    first_rows = b"".join(islice(io.BytesIO(text), _FIRST_ROWS))
    separator, announced = _separator(first_rows.decode())
    return separator, text[text.index(b"\n") :] if announced else text


def without_marks(text: bytes, separator: str) -> bytes:
    """The lines of a text table, one a record: quotes undone, a separator of more bytes replaced by one.

    Raises `OpenQuote` where a quote is not closed.
    """
    if b'"' in text:
        text = without_quotes(text, lines_of(text)["line"].fill_null(""), separator)
    return text.replace(separator.encode(), _FULL_WIDTH.encode()) if len(separator.encode()) > 1 else text


def as_utf8(data: bytes) -> bytes:
    """The text of a file in UTF-8, without a byte order mark. Raises as `decode` does."""
    bare = data.removeprefix(BYTE_ORDER_MARK)
    if b"\x00" not in data and is_utf8(bare):
        return bare
    return decode(data).encode()


def is_utf8(data: bytes) -> bool:
    """Whether the bytes are a text in strict UTF-8."""
    try:
        pl.Series([data]).cast(pl.String)  # far quicker than to decode it
    except pl.exceptions.ComputeError:
        return False
    return True


def decode(data: bytes) -> str:
    """The text of a file: by its byte order mark, else strict UTF-8, strict GB18030, UTF-16 without a mark.

    Raises `Unreadable` with the position of the first byte that is no text.
    """
    if data.startswith(UTF16):
        return _decoded_by_mark(data, "utf-16")
    if data.startswith(BYTE_ORDER_MARK):
        return _decoded_by_mark(data, "utf-8-sig")
    if b"\x00" in data:  # in a text only UTF-16 has it: half of every digit, comma and line break
        return _decoded_without_mark(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        first = error.start
    if _is_damaged_utf8(data, first):
        raise Unreadable(undecodable(data, first, "UTF-8"))
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise Unreadable(undecodable(data, error.start, "UTF-8 或 GB18030")) from None


def _decoded_by_mark(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(undecodable(data, error.start, encoding.upper().removesuffix("-SIG"))) from None


def _decoded_without_mark(data: bytes) -> str:
    low, high = data[1::2].count(0), data[0::2].count(0)
    encoding = "utf-16-le" if low > high else "utf-16-be"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = "\x00"
    if "\x00" in text or ("\n" not in text and "," not in text and "\t" not in text):
        place = data.index(b"\x00")
        line = data.count(b"\n", 0, place) + 1
        raise Unreadable(
            f"第{place + 1}字节(约第{line}行)是空字节，不是文字，文件可能已损坏；"
            "请用 WPS 或 Excel 打开检查后另存为 xlsx"
        )
    return text


def _is_damaged_utf8(data: bytes, first: int) -> bool:
    """GB18030 takes most bytes for something; a UTF-8 text with a bad byte must not become nonsense."""
    around = data[max(0, first - 3000) : first + 3000].decode("utf-8", "replace")
    bad = around.count("\ufffd")
    good = sum(character > "\x7f" for character in around) - bad
    return good > 5 * bad


def undecodable(data: bytes, position: int, encoding: str, before: int = 0, lines: int = 0) -> str:
    """Where a text cannot be read and what to do; `before` so many bytes and `lines` of the same file."""
    line = lines + data.count(b"\n", 0, position) + 1
    return (
        f"第{before + position + 1}字节(约第{line}行)不是 {encoding} 编码的文字；"
        "请用 WPS 或 Excel 打开，检查该行后另存为“CSV UTF-8”或 xlsx"
    )


def _separator(text: str) -> tuple[str, bool]:
    """The separator that the heading line uses most, and whether a line `sep=` announces it."""
    announced = re.match(r'"?sep=(.)"?\r?\n', text)
    if announced:
        return announced[1], True
    for line in text.split("\n", _FIRST_ROWS)[:_FIRST_ROWS]:
        bare = re.sub(r'"[^"]*"', "", line)
        counts = {separator: bare.count(separator) for separator in _SEPARATORS}
        if any(counts.values()):
            return max(counts, key=lambda separator: counts[separator]), False
    return ",", False


def too_long(cells: int, headings: int) -> str:
    """The reason why a line with more cells than headings is not used."""
    return f"本行有{cells}格，表头只有{headings}格：多半是内容里的分隔符没有加引号，列已错位"


def grid_of_lines(text: bytes, file: str, separator: str, *, width: int | None = None, after: int = 0) -> Grid:
    """The lines that `without_marks` leaves, as cells.

    Of a block of a longer table `width` tells the cells of a line, else its first lines do; `after` so many rows.
    """
    if len(separator.encode()) > 1:
        separator = _FULL_WIDTH
    blank = BLANKS + HIDDEN_BREAK + separator
    line, edge = pl.col("line"), f"[{BLANKS.replace(separator, '')}]"
    lines = lines_of(text, after).with_columns(
        is_filled=line.str.contains(f"[^{re.escape(blank)}]"),
        cells=1 + line.str.count_matches(separator, literal=True),
        is_stripped=~line.str.contains(f"^{edge}|{edge}$|{edge}{re.escape(separator)}|{re.escape(separator)}{edge}"),
    )
    kept = lines if lines["is_filled"].all(ignore_nulls=False) else lines.filter("is_filled")
    width = width or cast(int | None, kept["cells"].head(_FIRST_ROWS).max()) or 1
    if width > limits.COLUMNS:
        raise Unreadable(f"一行有{width:,}格，不像是台账；请用 WPS 或 Excel 打开检查后另存为 xlsx")
    kept, broken = _without_longer(kept, separator, width, blank)
    frame = _cells(text if kept.height == lines.height else joined(kept["line"]), separator, width)
    frame = frame.with_columns(kept["row"].alias(ROW), kept["cells"].clip(upper_bound=width).alias(CELLS))
    is_hidden = HIDDEN_SEPARATOR.encode() in text or HIDDEN_BREAK.encode() in text
    is_kept_as_text = b'"' in text and b'="' in text  # the export's way of keeping a number as text
    if is_hidden:
        frame = frame.with_columns(_unhidden(name, separator) for name in cell_columns(frame))
    if is_kept_as_text:
        frame = frame.with_columns(pl.col(cell_columns(frame)).str.replace(r'^="(.*)"$', "$1"))
    if is_hidden or is_kept_as_text or text.startswith(BYTE_ORDER_MARK):  # which `lines_of` leaves out
        frame = without_blank_rows(frame)
    else:
        rows = (~kept["is_stripped"]).arg_true()  # few, and none of them is wholly blank
        frame = laid_over(frame, rows, without_blank_rows(frame[rows]))
    return Grid(file, "", frame, broken=broken)


def _without_longer(
    lines: pl.DataFrame, separator: str, width: int, blank: str
) -> tuple[pl.DataFrame, tuple[Broken, ...]]:
    """The lines without those that have something written beyond `width` cells, and these."""
    if not (lines["cells"] > width).any():
        return lines, ()
    written = pl.col("line").str.strip_chars_end(blank)
    is_over = (pl.col("cells") > width) & (written.str.count_matches(separator, literal=True) >= width)
    over = lines.filter(is_over).select("row", "line", "cells")
    broken = tuple(
        Broken(row, _shown(line, separator)[:200], too_long(cells, width)) for row, line, cells in over.iter_rows()
    )
    return lines.filter(~is_over), broken


def lines_of(text: bytes, after: int = 0) -> pl.DataFrame:
    """Every line with its number (`row`), counted on from `after`, blank ones as null."""
    return pl.read_csv(
        text if text.endswith(b"\n") else text + b"\n",
        has_header=False,
        separator=_NEVER,
        quote_char=None,
        schema={"line": pl.String},
        row_index_name="row",
        row_index_offset=after + 1,
    )


def _cells(lines: bytes, separator: str, width: int) -> pl.DataFrame:
    first = separator * (width - 1) + "\n"  # the first line tells the width
    return pl.read_csv(
        first.encode() + lines,
        has_header=False,
        separator=separator,
        quote_char=None,
        schema={str(index): pl.String for index in range(width)},
        truncate_ragged_lines=True,
    ).slice(1)


def _shown(line: str, separator: str) -> str:
    written = line.replace(_FULL_WIDTH, "\uff0c").replace(HIDDEN_BREAK, "\n")
    return written.replace(HIDDEN_SEPARATOR, _as_written(separator))


def _as_written(separator: str) -> str:
    return "\uff0c" if separator == _FULL_WIDTH else separator


def _unhidden(name: str, separator: str) -> pl.Expr:
    text = pl.col(name).str.replace_all(HIDDEN_SEPARATOR, _as_written(separator), literal=True)
    return text.str.replace_all(HIDDEN_BREAK, "\n", literal=True)
