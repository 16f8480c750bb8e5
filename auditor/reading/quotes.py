"""Quotes in a text table: undone, so that one line is one record and a separator always parts two cells."""

import re
from collections.abc import Mapping

import polars as pl

from auditor.reading.grid import Unreadable

HIDDEN_SEPARATOR, HIDDEN_BREAK = "\x1c", "\x1d"  # what stands for a separator or line break inside quotes


def without_quotes(text: bytes, lines: pl.Series, separator: str) -> bytes:
    """A text, and its lines, with one line a record: quotes undone, separators and line breaks inside them hidden.

    A quote opens a cell only where the cell begins with it; elsewhere it is a character like any other.
    Lines whose quotes only stand around cells are seen to at once, the others one by one.
    """
    outside = re.escape(separator)
    cell = f'(?:"[^"{outside}]*"|[^"{outside}]*)'
    is_plain = lines.str.contains(f"^{cell}(?:{outside}{cell})*$")
    if is_plain.all():
        return text.replace(b'"', b"")
    others = (~is_plain).arg_true()
    bare = lines.str.replace_all('"', "", literal=True)
    records, further = _bare_records(lines, dict(zip(others, lines.gather(others), strict=True)), separator)
    bare = bare.scatter(list(records), list(records.values()))
    kept = bare.to_frame().with_row_index("at").filter(~pl.col("at").is_in(further))
    return joined(kept["line"]) + b"\n"  # without it a blank last line would be none


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
        inside = inside.replace('""', '"').replace(separator, HIDDEN_SEPARATOR)
        return inside.replace("\n", HIDDEN_BREAK) + end[1:]

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
                    raise OpenQuote(at, at + text.count("\n", 0, error.position) + 1) from None
                count *= 2
                text = "\n".join(lines.slice(at, count))
        beyond = at + count
        further += range(at + 1, min(beyond, len(lines)))
    return records, further


class OpenQuote(Unreadable):
    """A quote in line `line` (from 1) that no other closes; its record begins with the line of index `first`."""

    def __init__(self, first: int, line: int) -> None:
        super().__init__(f"第{line}行的引号没有配对，其后的内容分不清行列；请用 WPS 或 Excel 打开检查后另存")
        self.first, self.line = first, line


class _Open(Exception):
    """A quote that no other closes, at this position of the text."""

    def __init__(self, position: int) -> None:
        self.position = position


def joined(lines: pl.Series) -> bytes:
    """The lines as a text again."""
    return str(lines.str.join("\n").item()).encode() if len(lines) else b""
