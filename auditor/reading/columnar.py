"""Files that name their columns themselves: JSON lines and Parquet."""

import io
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import polars as pl

from auditor.reading import limits
from auditor.reading.delimited import decode
from auditor.reading.grid import BLANKS, ITEM, Broken, Grid, Unreadable, grid_of_columns
from auditor.reading.panics import panics_named
from auditor.reading.workbooks import as_text

_HOME = "Asia/Shanghai"
_DAMAGED = "Parquet 文件已损坏；请重新导出"


def read_json_lines(data: bytes, file: str) -> Grid:
    """Read one object a line; `_row` is the line. A line that is not an object is broken."""
    columns: dict[str, list[str | None]] = {}
    rows: list[int] = []
    broken: list[Broken] = []
    for number, line in enumerate(decode(data).split("\n"), 1):
        if not line.strip(BLANKS):
            continue
        entry = _object(line)
        if entry is None:
            broken.append(Broken(number, line.strip(BLANKS)[:200], "本行不是一个完整的 JSON 对象，应为 {…}"))
            continue
        for name, value in entry.items():
            column = columns.setdefault(name, [])
            column.extend([None] * (len(rows) - len(column)))
            column.append(_json_text(value))
        rows.append(number)
        if len(columns) > limits.COLUMNS or len(columns) * len(rows) > limits.CELLS:
            raise Unreadable(f"第{number}行为止已有{len(columns):,}种字段，不像是台账；请检查导出，或分成几个文件")
    texts = [pl.Series(column + [None] * (len(rows) - len(column)), dtype=pl.String) for column in columns.values()]
    return grid_of_columns(file, "", texts, rows, headings=tuple(columns), broken=tuple(broken))


def _object(line: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
        if "\\u" in line:
            json.dumps(entry, ensure_ascii=False).encode()  # half a character is no text
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


def _json_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list):
        return _items(_json_text(each) for each in value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else as_text(value)


def _items(values: Iterable[str | None]) -> str | None:
    kept = [value for value in values if value and value.strip(BLANKS)]
    return ITEM + ITEM.join(kept) if kept else None


def read_parquet(data: bytes, file: str) -> Grid:
    """Read a Parquet file; the first record is row 2, as in a sheet with headings."""
    try:
        with panics_named(_DAMAGED):
            frame = _parquet(data)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise Unreadable(_why_damaged(error)) from None
    return _grid_of(frame, file, 0)


def _why_damaged(error: Exception) -> str:
    what = str(error).partition("\n")[0][:200]
    return f"Parquet 文件已损坏或格式不支持({what})；请重新导出"


def long_parquet(path: Path, file: str, heard: Callable[[int], None]) -> Iterator[Grid]:
    """Read a Parquet file in blocks of `limits.BLOCK_ROWS` rows. Raises `Unreadable`, after some blocks perhaps."""
    rows, size = parquet_rows(path), path.stat().st_size
    for first in range(0, rows, limits.BLOCK_ROWS):
        yield _block(path, file, first)
        heard(size * min(first + limits.BLOCK_ROWS, rows) // rows)


def _block(path: Path, file: str, first: int) -> Grid:
    try:
        with panics_named(_DAMAGED):
            frame = pl.scan_parquet(path).slice(first, limits.BLOCK_ROWS).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise Unreadable(_why_damaged(error)) from None
    return _grid_of(frame, file, first)


def _grid_of(frame: pl.DataFrame, file: str, before: int) -> Grid:
    """Rows of a file as a grid, `before` so many; the first record is row 2, as in a sheet with headings."""
    columns = [_as_texts(frame[name]) for name in frame.columns]
    rows = range(before + 2, before + 2 + frame.height)
    return grid_of_columns(file, "", columns, rows, headings=tuple(frame.columns))


def parquet_rows(path: Path) -> int:
    """How many rows a Parquet file says that it has; 0 where it cannot be read."""
    try:
        with panics_named(_DAMAGED):
            return int(pl.scan_parquet(path).select(pl.len()).collect().item())
    except (pl.exceptions.PolarsError, OSError, Unreadable):
        return 0


def _parquet(data: bytes) -> pl.DataFrame:
    lazy = pl.scan_parquet(io.BytesIO(data))
    width, height = len(lazy.collect_schema()), lazy.select(pl.len()).collect().item()
    if width * height > limits.CELLS:
        raise Unreadable(f"文件有{height:,}行、{width:,}列，超过能读的范围；请按年度或月份分成几个文件")
    return pl.read_parquet(io.BytesIO(data))


def _as_texts(column: pl.Series) -> pl.Series:
    kind = column.dtype
    if isinstance(kind, pl.Datetime):
        if kind.time_zone:
            column = column.dt.convert_time_zone(_HOME)
        return column.dt.to_string("%Y-%m-%d %H:%M:%S%.6f")
    if kind.is_float():
        whole = (column == column.round()) & (column.abs() < 1e15)
        return (
            column.cast(pl.Int64, strict=False).cast(pl.String).zip_with(whole.fill_null(False), column.cast(pl.String))
        )
    try:
        if isinstance(kind, (pl.List, pl.Array)):
            items = column.cast(pl.List(pl.String))
            return pl.Series([_items(cell) if cell is not None else None for cell in items], dtype=pl.String)
        if isinstance(kind, pl.Struct):
            return column.struct.json_encode()
        return column.cast(pl.String, strict=False)
    except pl.exceptions.PolarsError:  # types that have no text of their own: durations, bytes, lists of lists
        return pl.Series([None if cell is None else str(cell) for cell in column.to_list()], dtype=pl.String)
