"""Text tables (CSV): the encoding, the separator, and every line either read or reported."""

import io
import re
from collections.abc import Mapping

import polars as pl

from auditor.reading import limits
from auditor.reading.grid import BLANKS, CELLS, Broken, Grid, Unreadable, without_blank_rows
from auditor.tables import ROW

_SEPARATORS = ("\t", ",", ";", "\uff0c")
_HIDDEN_SEPARATOR, _HIDDEN_BREAK = "\x1c", "\x1d"  # what stands for a separator or line break inside quotes
_FULL_WIDTH, _NEVER = "\x1e", "\x1f"  # what stands for a full-width comma, and what stands nowhere
_MARKS = _HIDDEN_SEPARATOR + _HIDDEN_BREAK + _FULL_WIDTH + _NEVER
_FIRST_ROWS = 10
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read_delimited(data: bytes, file: str) -> Grid:
    """Read a text table; `_row` counts as a spreadsheet would show the rows. Raises `Unreadable`."""
    text = decode(data)
    if text.count("\r") != text.count("\r\n") or ("\r" in text and '"' in text):
        text = text.replace("\r\n", "\n").replace("\r", "\n")  # else the ends of lines are stripped with the cells
    if "\x00" in text:
        raise Unreadable("不是文字表格；请用 WPS 或 Excel 打开后另存为 UTF-8 的 CSV")
    if (count := text.count("\n")) > limits.LINES:
        raise Unreadable(f"文件有{count:,}行，超过{limits.LINES // 10_000}万行的上限；请按年度或月份分成几个文件")
    if any(mark in text for mark in _MARKS):
        text = re.sub(f"[{_MARKS}]", "", text)
    separator, announced = _separator(text)
    if announced:
        text = text[text.index("\n") :]
    encoded = text.encode()
    del text  # as large as the file again
    encoded = _take_quotes_away(encoded, separator)
    if len(separator.encode()) > 1:
        encoded, separator = encoded.replace(separator.encode(), _FULL_WIDTH.encode()), _FULL_WIDTH
    return _grid(encoded, file, separator)


def decode(data: bytes) -> str:
    """The text of a file: by its byte order mark, else strict UTF-8, strict GB18030, UTF-16 without a mark.

    Raises `Unreadable` with the position of the first byte that is no text.
    """
    if data.startswith(_UTF16):
        return _decoded_by_mark(data, "utf-16")
    if data.startswith(b"\xef\xbb\xbf"):
        return _decoded_by_mark(data, "utf-8-sig")
    if b"\x00" in data:  # in a text only UTF-16 has it: half of every digit, comma and line break
        return _decoded_without_mark(data)
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


def _undecodable(data: bytes, position: int, encoding: str) -> str:
    line = data.count(b"\n", 0, position) + 1
    return (
        f"第{position + 1}字节(约第{line}行)不是 {encoding} 编码的文字；"
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


def _take_quotes_away(text: bytes, separator: str) -> bytes:
    """One line a record: quotes undone, separators and line breaks inside them hidden.

    A quote opens a cell only where the cell begins with it; elsewhere it is a character like any other.
    Lines whose quotes only stand around cells are seen to at once, the others one by one.
    """
    if b'"' not in text:
        return text
    lines = _lines(text)["line"].fill_null("")
    outside = re.escape(separator)
    cell = f'(?:"[^"{outside}]*"|[^"{outside}]*)'
    is_plain = lines.str.contains(f"^{cell}(?:{outside}{cell})*$")
    if is_plain.all():
        return text.replace(b'"', b"")
    others = (~is_plain).arg_true()
    bare = lines.str.replace_all('"', "", literal=True)
    records, further = _bare_records(lines, dict(zip(others, lines.gather(others), strict=True)), separator)
    bare = bare.scatter(list(records), list(records.values()))
    return _joined(bare.to_frame().with_row_index("at").filter(~pl.col("at").is_in(further))["line"])


def _bare_records(lines: pl.Series, others: Mapping[int, str], separator: str) -> tuple[dict[int, str], list[int]]:
    """By its first line each of the `others` with its quotes undone, and the further lines that belong to them.

    What stands in a line may end in a later one; several records that run into each other stay together.
    """
    outside = re.escape(separator)
    cell = re.compile(f'(?<![^{outside}\n])"((?:[^"]++|"")*+)("[^{outside}\n]*+|\\Z)')

    def undone(found: re.Match[str]) -> str:
        inside, end = found.groups()
        if not end:
            raise _Open(found.start())
        inside = inside.replace('""', '"').replace(separator, _HIDDEN_SEPARATOR)
        return inside.replace("\n", _HIDDEN_BREAK) + end[1:]

    records: dict[int, str] = {}
    further: list[int] = []
    beyond = 0
    for at, text in others.items():
        if at < beyond:
            continue
        count = 1
        while at not in records:
            try:
                records[at] = cell.sub(undone, text)
            except _Open as error:
                if at + count >= len(lines):
                    line = at + text.count("\n", 0, error.position) + 1
                    raise Unreadable(
                        f"第{line}行的引号没有配对，其后的内容分不清行列；请用 WPS 或 Excel 打开检查后另存"
                    ) from None
                count *= 2
                text = "\n".join(lines.slice(at, count))
        beyond = at + count
        further += range(at + 1, min(beyond, len(lines)))
    return records, further


class _Open(Exception):
    """A quote that no other closes, at this position of the text."""

    def __init__(self, position: int) -> None:
        self.position = position


def too_long(cells: int, headings: int) -> str:
    """The reason why a line with more cells than headings is not used."""
    return f"本行有{cells}格，表头只有{headings}格：多半是内容里的分隔符没有加引号，列已错位"


def _grid(text: bytes, file: str, separator: str) -> Grid:
    """The lines as cells; quotes are gone from them, one line is one record."""
    lines = _lines(text)
    blank = BLANKS + _HIDDEN_BREAK + separator
    kept = lines.filter(pl.col("line").str.strip_chars(blank) != "")
    counts = pl.col("line").str.count_matches(separator, literal=True)
    width = 1 + (kept.head(_FIRST_ROWS).select(counts.max()).item() or 0)
    if width > limits.COLUMNS:
        raise Unreadable(f"一行有{width:,}格，不像是台账；请用 WPS 或 Excel 打开检查后另存为 xlsx")
    is_over = (counts >= width) & (
        pl.col("line").str.strip_chars_end(blank).str.count_matches(separator, literal=True) >= width
    )
    over = kept.filter(is_over).with_columns(cells=counts + 1)
    broken = tuple(
        Broken(row, _shown(line, separator)[:200], too_long(cells, width)) for row, line, cells in over.iter_rows()
    )
    kept = kept.filter(~is_over) if broken else kept
    frame = _cells(text if kept.height == lines.height else _joined(kept["line"]), separator, width)
    if _HIDDEN_SEPARATOR.encode() in text or _HIDDEN_BREAK.encode() in text:
        frame = frame.with_columns(_unhidden(name, separator) for name in frame.columns)
    if b'="' in text:  # the export's way of keeping a number as text
        frame = frame.with_columns(pl.col(name).str.replace(r'^="(.*)"$', "$1") for name in frame.columns)
    lengths = kept.select((counts + 1).clip(upper_bound=width).cast(pl.UInt32)).to_series()
    frame = frame.with_columns(kept["row"].alias(ROW), lengths.alias(CELLS))
    return Grid(file, "", without_blank_rows(frame), broken=broken)


def _lines(text: bytes) -> pl.DataFrame:
    """Every line with its number, blank ones as null."""
    lines = pl.read_csv(
        io.BytesIO(text.removesuffix(b"\n") + b"\n"),
        has_header=False,
        separator=_NEVER,
        quote_char=None,
        schema={"line": pl.String},
    )
    return lines.select(pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).alias("row"), "line")


def _joined(lines: pl.Series) -> bytes:
    return str(lines.str.join("\n").item()).encode() if len(lines) else b""


def _cells(lines: bytes, separator: str, width: int) -> pl.DataFrame:
    first = separator * (width - 1) + "\n"  # the first line tells the width
    return pl.read_csv(
        io.BytesIO(first.encode() + lines),
        has_header=False,
        separator=separator,
        quote_char=None,
        schema={str(index): pl.String for index in range(width)},
        truncate_ragged_lines=True,
    ).slice(1)


def _shown(line: str, separator: str) -> str:
    written = line.replace(_FULL_WIDTH, "\uff0c").replace(_HIDDEN_BREAK, "\n")
    return written.replace(_HIDDEN_SEPARATOR, _as_written(separator))


def _as_written(separator: str) -> str:
    return "\uff0c" if separator == _FULL_WIDTH else separator


def _unhidden(name: str, separator: str) -> pl.Expr:
    text = pl.col(name).str.replace_all(_HIDDEN_SEPARATOR, _as_written(separator), literal=True)
    return text.str.replace_all(_HIDDEN_BREAK, "\n", literal=True)
