"""One recognised sheet, read: typed rows, and every row or cell that was not used with the reason."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from auditor.reading.aside import Surroundings, set_aside
from auditor.reading.cells import Cells, Written, read_cells
from auditor.reading.confidence import confidence
from auditor.reading.delimited import too_long
from auditor.reading.grid import CELLS, Grid, cell_columns, column_letter, quotable, spans
from auditor.reading.headings import ROW_NUMBERS, Matched, folded, match
from auditor.reading.layout import lines_of, title_rows
from auditor.reading.merged import Filled, fill_merged
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
    if grid.headings is None:
        body, others = records(grid, recognised, matched, body)
        rejects += others
    if CELLS in body.columns:
        body, uneven = _even(grid, body, headings)
        rejects += uneven
    filled = fill_merged(body, grid.marks.merged)
    body = filled.body
    if rejects:  # what is no record says nothing of how sure a column is
        shaped = shapes([body[str(at)] for at in range(len(headings))])
    source = _source(grid, headings, matched, shaped, filled, log)
    cells = read_cells({name: _written(body[str(at)], log, name, keys) for name, at in matched.fields.items()})
    empty = _all_blank(filled, matched, cells)
    why = "空行：认得的各列都没有内容"
    rejects += [Reject(grid.file, grid.sheet, row, "", "", why) for row in body[ROW].filter(empty)]
    for name, column in cells.items():
        rejects += _refused(source, name, body, matched.fields[name], column)
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


def records(
    grid: Grid, recognised: Recognised, matched: Matched, body: pl.DataFrame
) -> tuple[pl.DataFrame, list[Reject]]:
    """The rows of the body that are records, and the others as rejects."""
    log, layout = recognised.words.log, recognised.layout
    heads = [folded(heading) for heading in layout.texts]
    above = title_rows(grid, layout.first)
    around = Surroundings(
        sum(bool(head) for head in heads),
        matched.fields.get(log.key),
        tuple(matched.fields[name] for name in log.identity if name in matched.fields),
        tuple(at for at, head in enumerate(heads) if head in ROW_NUMBERS),
        lines_of(grid, layout.first, layout.last),
        frozenset(text for texts in above for text in texts if text),
        grid.marks.merged,
    )
    found = set_aside(body, around)
    if not found:
        return body, []
    rejects = [Reject(grid.file, grid.sheet, row, "", text[:_SHOWN], why) for row, (why, text) in found.items()]
    return body.filter(~pl.col(ROW).is_in(list(found))), rejects


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


def _all_blank(filled: Filled, matched: Matched, cells: dict[str, Cells]) -> pl.Series:
    """Rows in which nothing is written; what is merged over them from above makes no record of them."""
    empty = pl.Series([True]).new_from_index(0, filled.body.height)
    for name, column in cells.items():
        at = str(matched.fields[name])
        empty = empty & (column.blank | filled.taken(at) if at in filled.at else column.blank)
    return empty


def _refused(source: Source, name: str, body: pl.DataFrame, at: int, column: Cells) -> Iterator[Reject]:
    refused = column.why.is_not_null()
    if refused.any():
        cells = zip(body[ROW].filter(refused), body[str(at)].filter(refused), column.why.filter(refused), strict=True)
        for row, value, why in cells:
            line, letter = source.place(name, row)
            if (line, letter) != (row, source.columns[name].letter):
                why += f"（合并单元格，值在{letter}{line}）"
            yield Reject(source.file, source.sheet, row, source.columns[name].heading, value[:_SHOWN], why)


def _source(
    grid: Grid, headings: list[str], matched: Matched, shaped: list[Shape], filled: Filled, log: LogDefinition
) -> Source:
    """The columns in use with the confidence in each, and where their merged values stand."""
    has_letters = grid.headings is None
    fit = fits(shaped, log)
    columns = {}
    for name, at in matched.fields.items():
        sure, why = confidence(matched.strengths[name], fit(at, name), log.fields[name])
        columns[name] = Column(headings[at], column_letter(at) if has_letters else "", sure, why)
    merged = {name: filled.places[str(at)] for name, at in matched.fields.items() if str(at) in filled.places}
    return Source(grid.file, grid.sheet, columns, merged)


def _perhaps_merged(grid: Grid, recognised: Recognised, matched: Matched, body: pl.DataFrame) -> Iterator[str]:
    """A text file does not say which cells were merged: a section named in the first of several rows only."""
    log, layout = recognised.words.log, recognised.layout
    at = matched.fields.get(log.unit)
    if CELLS not in body.columns or at is None or layout.last == 0 or not body.height:
        return
    units = body[str(at)]
    if units[0] is not None and units.null_count():
        what = f"“{log.fields[log.unit].zh}”有{units.null_count()}行空白，按没有填写处理"
        yield f"{grid.label}：{what}；如原表是合并单元格，文本文件不保留合并，请改用原来的 xlsx 或 xls"


def _arrangement(grid: Grid, recognised: Recognised, matched: Matched, body: pl.DataFrame) -> Iterator[str]:
    """What a person should know of titles, two rows of headings, and what the sheet hides."""
    label, layout = grid.label, recognised.layout
    for texts in title_rows(grid, layout.first):
        yield f"{label}：表头以上的一行没有作为数据：“{quotable(texts)[:_SHOWN]}”"
    if layout.by_part:
        shown = "、".join(f"“{lower}”（在“{upper}”之下）" for upper, lower in layout.by_part)
        yield f"{label}：两级表头中，这些列只按下级表头理解：{shown}；如不对，请用 auditor map 指定"
    yield from _perhaps_merged(grid, recognised, matched, body)
    hidden = sorted(set(grid.marks.hidden_rows) & set(body[ROW]))
    if hidden:
        yield f"{label}：{spans(hidden)}是隐藏的（或被筛选掉），照常读取"
    columns = [at for at in grid.marks.hidden_columns if at < grid.width and body[str(at)].count()]
    if columns:
        yield f"{label}：第{'、'.join(map(column_letter, columns))}列是隐藏的，照常读取"


def _remarks(
    grid: Grid, recognised: Recognised, headings: list[str], matched: Matched, source: Source, body: pl.DataFrame
) -> Iterator[str]:
    log, label = recognised.words.log, grid.label
    if grid.hidden:
        yield f"{label}：这张工作表是隐藏的，照常读取"
    yield from _arrangement(grid, recognised, matched, body)
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
