"""One recognised sheet, read: typed rows, and every row or cell that was not used with the reason."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from auditor.reading.cells import Cells, Written, read_cells
from auditor.reading.delimited import too_long
from auditor.reading.grid import CELLS, Grid, cell_columns, column_letter, quotable
from auditor.reading.headings import Matched, match
from auditor.reading.recognition import Recognised
from auditor.reading.templates import without_example
from auditor.rulebook.logs import FieldType, LogDefinition
from auditor.tables import ROW, UNREAD, Column, Reject, Source

_SHOWN = 100  # characters of a value in a list of rejects


@dataclass(frozen=True)
class Table:
    """The usable rows of one sheet: `frame` has `_row` and a typed column a field.

    `is_unfilled` is a template that holds its example and nothing else: nobody has said anything with it.
    """

    log: LogDefinition
    source: Source
    frame: pl.DataFrame
    read: int
    rejects: tuple[Reject, ...]
    remarks: tuple[str, ...]
    is_unfilled: bool = False


def read_table(grid: Grid, recognised: Recognised, keys: frozenset[str]) -> Table:
    """Read the rows below the headings. `keys` are fields that number records, read without full width."""
    log = recognised.words.log
    headings = [" ".join(heading.split()) for heading in recognised.headings]
    matched = match(headings, recognised.words, recognised.chosen)
    body = grid.frame.slice(recognised.heading_row + 1)
    read = body.height + len(grid.broken)
    body, examples = without_example(grid, body)
    rejects = [Reject(grid.file, grid.sheet, line.row, "", line.value, line.reason) for line in grid.broken]
    rejects += examples
    if CELLS in body.columns:
        body, uneven = _even(grid, body, headings)
        rejects += uneven
    cells = read_cells({name: _written(body[str(at)], log, name, keys) for name, at in matched.fields.items()})
    empty = _all_blank(body, cells)
    why = "空行：认得的各列都没有内容"
    rejects += [Reject(grid.file, grid.sheet, row, "", "", why) for row in body[ROW].filter(empty)]
    for name, column in cells.items():
        rejects += _refused(grid, body, matched.fields[name], headings, column)
    frame = pl.DataFrame([body[ROW], *(column.values.alias(name) for name, column in cells.items()), *_unread(cells)])
    return Table(
        log,
        _source(grid, recognised, headings, matched, body),
        frame.filter(~empty),
        read,
        tuple(sorted(rejects, key=lambda reject: reject.row)),
        tuple(_remarks(grid, recognised, headings, matched, body)),
        is_unfilled=0 < read == len(examples),
    )


def _written(texts: pl.Series, log: LogDefinition, name: str, keys: frozenset[str]) -> Written:
    numbers_records = name in keys and log.fields[name].type is FieldType.TEXT
    return Written(texts, log.fields[name], name == log.key or numbers_records)


def _even(grid: Grid, body: pl.DataFrame, headings: list[str]) -> tuple[pl.DataFrame, list[Reject]]:
    """Leave out lines with more cells than headings; report those with fewer, whose rest counts as blank."""
    width = max((at + 1 for at, heading in enumerate(headings) if heading), default=0)
    beyond = cell_columns(body)[width:]
    over = pl.any_horizontal(pl.col(name).is_not_null() for name in beyond) if beyond else pl.lit(False)
    rejects = []
    for line in body.filter(over).iter_rows(named=True):
        shown = "|".join(line[name] or "" for name in cell_columns(body))[:_SHOWN]
        rejects.append(Reject(grid.file, grid.sheet, line[ROW], "", shown, too_long(line[CELLS], width)))
    body = body.filter(~over)
    for row, cells in body.filter(pl.col(CELLS) < width).select(ROW, CELLS).iter_rows():
        reason = f"本行只有{cells}格，表头有{width}格：从这一列起没有内容，按空白处理"
        rejects.append(Reject(grid.file, grid.sheet, row, headings[cells], "", reason))
    return body, rejects


def _unread(cells: dict[str, Cells]) -> list[pl.Series]:
    """For each row the fields whose cell was rejected; no column where there is none."""
    refused = {
        name: column.why.is_not_null() for name, column in cells.items() if column.why.null_count() < len(column.why)
    }
    if not refused:
        return []
    named = [pl.when(name).then(pl.lit(name)) for name in refused]
    listed = pl.concat_list(named).list.drop_nulls()
    return [pl.DataFrame(refused).select(listed.alias(UNREAD)).to_series()]


def _all_blank(body: pl.DataFrame, cells: dict[str, Cells]) -> pl.Series:
    empty = pl.Series([True]).new_from_index(0, body.height)
    for column in cells.values():
        empty = empty & column.blank
    return empty


def _refused(grid: Grid, body: pl.DataFrame, at: int, headings: list[str], column: Cells) -> Iterator[Reject]:
    refused = column.why.is_not_null()
    if refused.any():
        cells = zip(body[ROW].filter(refused), body[str(at)].filter(refused), column.why.filter(refused), strict=True)
        for row, value, why in cells:
            yield Reject(grid.file, grid.sheet, row, headings[at], value[:_SHOWN], why)


def _source(grid: Grid, recognised: Recognised, headings: list[str], matched: Matched, body: pl.DataFrame) -> Source:
    letters = [column_letter(at) if grid.headings is None else "" for at in range(max(grid.width, len(headings)))]
    columns = {name: Column(headings[at], letters[at]) for name, at in matched.fields.items()}
    used = set(matched.fields.values())
    unknown = [Column(text, letters[at]) for at, text in enumerate(headings) if text in matched.unknown]
    unknown += [Column("", letters[at]) for at in _untitled(grid, headings, body) if at not in used]
    return Source(grid.file, grid.sheet, columns, tuple(unknown), _row_of_headings(grid, recognised))


def _row_of_headings(grid: Grid, recognised: Recognised) -> int:
    return int(grid.frame[ROW][recognised.heading_row]) if recognised.heading_row >= 0 else 0


def _untitled(grid: Grid, headings: list[str], body: pl.DataFrame) -> list[int]:
    """Columns that have content and no heading."""
    untitled = (at for at in range(grid.width) if at >= len(headings) or not headings[at])
    return [at for at in untitled if body[str(at)].count()]


def _remarks(
    grid: Grid, recognised: Recognised, headings: list[str], matched: Matched, body: pl.DataFrame
) -> Iterator[str]:
    log, label = recognised.words.log, grid.label
    if grid.hidden:
        yield f"{label}：这张工作表是隐藏的，照常读取"
    for at in range(max(0, recognised.heading_row)):
        yield f"{label}：表头以上的一行没有作为数据：“{quotable(grid.texts(at))[:_SHOWN]}”"
    if matched.absent:
        yield f"{label}：保存的列对照中有表里没有的列：{'、'.join(matched.absent)}"
    for heading, name in matched.weak:
        yield f"{label}：按“{heading}”理解为“{log.fields[name].zh}”；如不对，请用 auditor map 指定"
    for heading, name in matched.spare:
        yield f"{label}：列“{heading}”没有使用：“{log.fields[name].zh}”已取自另一列"
    if matched.unknown:
        yield f"{label}：未识别的列：{quotable(matched.unknown)}"
    filled = [column_letter(at) for at in _untitled(grid, headings, body)]
    if filled:
        yield f"{label}：第{'、'.join(filled)}列有内容但没有表头，没有使用"
