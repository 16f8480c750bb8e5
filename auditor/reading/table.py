"""One recognised sheet, read: typed rows, and every row or cell that was not used with the reason."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from auditor.reading.cells import Cells, Written, read_cells
from auditor.reading.confidence import confidence
from auditor.reading.delimited import too_long
from auditor.reading.grid import CELLS, Grid, cell_columns, column_letter, quotable
from auditor.reading.headings import Matched, match
from auditor.reading.recognition import Recognised
from auditor.reading.shapes import Shape, fits, shapes
from auditor.rulebook.logs import FieldType, LogDefinition
from auditor.tables import ROW, UNREAD, Column, Confidence, Reject, Source

_SHOWN = 100  # characters of a value in a list of rejects


@dataclass(frozen=True)
class Table:
    """The usable rows of one sheet: `frame` has `_row` and a typed column a field."""

    log: LogDefinition
    source: Source
    frame: pl.DataFrame
    read: int
    rejects: tuple[Reject, ...]
    remarks: tuple[str, ...]


def read_table(grid: Grid, recognised: Recognised, keys: frozenset[str]) -> Table:
    """Read the rows below the headings. `keys` are fields that number records, read without full width."""
    log = recognised.words.log
    headings = [" ".join(heading.split()) for heading in recognised.headings]
    body = grid.frame.slice(recognised.heading_row + 1)
    shaped = shapes([body[str(at)] for at in range(len(headings))])
    matched = match(headings, recognised.words, recognised.chosen, fits(shaped, log))
    read = body.height + len(grid.broken)
    rejects = [Reject(grid.file, grid.sheet, line.row, "", line.value, line.reason) for line in grid.broken]
    if CELLS in body.columns:
        body, uneven = _even(grid, body, headings)
        rejects += uneven
    source = _source(grid, headings, matched, shaped, log)
    cells = read_cells({name: _written(body[str(at)], log, name, keys) for name, at in matched.fields.items()})
    empty = _all_blank(body, cells)
    why = "空行：认得的各列都没有内容"
    rejects += [Reject(grid.file, grid.sheet, row, "", "", why) for row in body[ROW].filter(empty)]
    for name, column in cells.items():
        rejects += _refused(grid, body, matched.fields[name], headings, column)
    frame = pl.DataFrame([body[ROW], *(column.values.alias(name) for name, column in cells.items()), *_unread(cells)])
    return Table(
        log,
        source,
        frame.filter(~empty),
        read,
        tuple(sorted(rejects, key=lambda reject: reject.row)),
        tuple(_remarks(grid, recognised, headings, matched, source, body)),
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


def _source(grid: Grid, headings: list[str], matched: Matched, shaped: list[Shape], log: LogDefinition) -> Source:
    has_letters = grid.headings is None
    columns = {}
    for name, at in matched.fields.items():
        sure, why = confidence(matched.strengths[name], fits(shaped, log)(at, name), log.fields[name])
        columns[name] = Column(headings[at], column_letter(at) if has_letters else "", sure, why)
    return Source(grid.file, grid.sheet, columns)


def _remarks(
    grid: Grid, recognised: Recognised, headings: list[str], matched: Matched, source: Source, body: pl.DataFrame
) -> Iterator[str]:
    log, label = recognised.words.log, grid.label
    if grid.hidden:
        yield f"{label}：这张工作表是隐藏的，照常读取"
    for at in range(max(0, recognised.heading_row)):
        yield f"{label}：表头以上的一行没有作为数据：“{quotable(grid.texts(at))[:_SHOWN]}”"
    if matched.absent:
        yield f"{label}：保存的列对照中有表里没有的列：{'、'.join(matched.absent)}"
    for name, column in source.columns.items():
        if column.confidence is not Confidence.HIGH:
            yield (
                f"{label}：按“{column.heading}”理解为“{log.fields[name].zh}”"
                f"（把握{column.confidence}：{column.why}）；如不对，请用 auditor map 指定"
            )
    for heading, name in matched.unlike:
        yield (
            f"{label}：列“{heading}”没有使用：可能是“{log.fields[name].zh}”，但表头不确切，内容也不像；"
            "如确是，请用 auditor map 指定"
        )
    for heading, name in matched.spare:
        yield f"{label}：列“{heading}”没有使用：“{log.fields[name].zh}”已取自另一列"
    if matched.unknown:
        yield f"{label}：未识别的列：{quotable(matched.unknown)}"
    untitled = [at for at in range(grid.width) if at >= len(headings) or not headings[at]]
    filled = [column_letter(at) for at in untitled if body[str(at)].count()]
    if filled:
        yield f"{label}：第{'、'.join(filled)}列有内容但没有表头，没有使用"
