"""One recognised sheet, read: typed rows, and every row or cell that was not used with the reason."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from auditor.reading.aside import Surroundings, set_aside
from auditor.reading.assumed import remarks_on
from auditor.reading.cells import Cells, Written, read_cells
from auditor.reading.confidence import confidence
from auditor.reading.delimited import too_long
from auditor.reading.grid import CELLS, Grid, cell_columns, quotable, spans
from auditor.reading.headings import ROW_NUMBERS, Matched, folded, match
from auditor.reading.layout import lines_of, title_rows
from auditor.reading.merged import Filled, fill_merged
from auditor.reading.recognition import Recognised
from auditor.reading.sameday import with_same_days
from auditor.reading.shapes import Shape, fits, shapes
from auditor.reading.templates import without_example
from auditor.reading.turnofyear import without_doubtful_years
from auditor.reading.years import year_in
from auditor.rulebook.logs import FieldType, LogDefinition
from auditor.rulebook.valuewords import ValueWords
from auditor.tables import ROW, UNREAD, Column, Confidence, Reject, Source, letters_of

_SHOWN = 100  # characters of a value in a list of rejects


@dataclass(frozen=True)
class Table:
    """The usable rows of one sheet: `frame` has `_row` and a typed column a field.

    `is_unfilled` is a template that holds its example and nothing else: nobody has said anything with it. `lost` rows
    are records in all likelihood, but nobody can tell which cell is which.
    """

    log: LogDefinition
    source: Source
    frame: pl.DataFrame
    read: int
    rejects: tuple[Reject, ...]
    remarks: tuple[str, ...]
    lost: int = 0
    is_unfilled: bool = False


@dataclass(frozen=True)
class Block:
    """Rows of a table that have been read, and what the remarks on the whole table rest upon.

    `told` are the rows below the headings as written, `cells` what became of them; of a table in several blocks only
    those that a remark may be about.
    """

    matched: Matched
    source: Source
    frame: pl.DataFrame
    read: int
    rejects: list[Reject]
    lost: int
    is_unfilled: bool
    told: pl.DataFrame
    cells: dict[str, Cells]


def read_table(
    grid: Grid,
    recognised: Recognised,
    keys: frozenset[str],
    words: ValueWords,
    *,
    as_of: dt.date | None = None,
) -> Table:
    """Read the rows below the headings. `keys` are fields that number records, read without full width.

    `words` are what offices write instead of values; dates long after `as_of` are remarked. A date without a year
    takes that of its column's heading, else that of the sheet's title.
    """
    block = read_block(grid, recognised, keys, words)
    return Table(
        recognised.words.log,
        block.source,
        block.frame,
        block.read,
        tuple(block.rejects),
        remarks_of(grid, recognised, block, as_of),
        block.lost,
        block.is_unfilled,
    )


def read_block(
    grid: Grid, recognised: Recognised, keys: frozenset[str], words: ValueWords, first: Block | None = None
) -> Block:
    """Read the rows below the headings as `read_table` does; a later block holds by what its `first` one was read."""
    log = recognised.words.log
    headings = headings_of(recognised)
    body = grid.frame.slice(recognised.heading_row + 1)
    shaped = shapes([body[str(at)] for at in range(len(headings))]) if first is None else []
    matched = first.matched if first else match(headings, recognised.words, recognised.chosen, fits(shaped, log))
    read, lost = body.height + len(grid.broken), len(grid.broken)
    body, examples = without_example(grid, body)
    rejects = [Reject(grid.file, grid.sheet, line.row, "", line.value, line.reason) for line in grid.broken]
    rejects += examples
    if grid.headings is None:
        body, others = records(grid, recognised, matched, body)
        rejects += others
    if CELLS in body.columns:
        body, uneven = _even(grid, body, headings, int(grid.frame[CELLS][recognised.heading_row]))
        rejects += uneven
        lost += sum(not reject.column for reject in uneven)
    filled = fill_merged(body, grid.marks.merged)
    body = filled.body
    if rejects and first is None:  # what is no record says nothing of how sure a column is
        shaped = shapes([body[str(at)] for at in range(len(headings))])
    titled = recognised.year
    written = {
        name: replace(
            _written(body[str(at)], log, name, keys, words),
            year=year_in(headings[at]) or titled,
            serials_from=grid.serials_from,
        )
        for name, at in matched.fields.items()
    }
    by_title = {name for name, at in matched.fields.items() if titled and not year_in(headings[at])}
    cells = with_same_days(without_doubtful_years(read_cells(written), by_title), log)
    empty = _all_blank(filled, matched, cells)
    why = "空行：认得的各列都没有内容"
    rejects += [Reject(grid.file, grid.sheet, row, "", "", why) for row in body[ROW].filter(empty)]
    source = first.source if first else _source(grid, recognised, headings, matched, shaped, filled, body)
    for name, column in cells.items():
        rejects += _refused(source, name, body, matched.fields[name], column)
    frame = pl.DataFrame([body[ROW], *(column.values.alias(name) for name, column in cells.items()), *_unread(cells)])
    return Block(
        matched,
        source,
        frame.filter(~empty),
        read,
        sorted(rejects, key=lambda reject: reject.row),
        lost,
        0 < read == len(examples),
        body,
        cells,
    )


def remarks_of(grid: Grid, recognised: Recognised, block: Block, as_of: dt.date | None) -> tuple[str, ...]:
    """What a person should know of a table: of its layout and columns, and of cells that are used."""
    log, headings = recognised.words.log, headings_of(recognised)
    return (
        *_remarks(grid, recognised, headings, block.matched, block.source, block.told),
        *(
            f"{grid.label}：{remark}"
            for name, column in block.cells.items()
            for remark in remarks_on(
                headings[block.matched.fields[name]], log.fields[name], column, block.told[ROW], as_of
            )
        ),
    )


def headings_of(recognised: Recognised) -> list[str]:
    """One heading a column, on one line."""
    return [" ".join(heading.split()) for heading in recognised.headings]


def _written(texts: pl.Series, log: LogDefinition, name: str, keys: frozenset[str], words: ValueWords) -> Written:
    numbers_records = name in keys and log.fields[name].type is FieldType.TEXT
    return Written(texts, log.fields[name], words, name == log.key or numbers_records)


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


def _even(
    grid: Grid, body: pl.DataFrame, headings: list[str], cells_of_headings: int
) -> tuple[pl.DataFrame, list[Reject]]:
    """Leave out lines with more cells than that of the headings; report those with fewer than headings.

    What a short line lacks counts as blank. The last columns may have no heading: their cells are there all the same.
    """
    width = max((at + 1 for at, heading in enumerate(headings) if heading), default=0)
    beyond = cell_columns(body)[max(width, cells_of_headings) :]
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
    """For each field with a rejected cell, the rows in which it is."""
    return [
        column.why.is_not_null().alias(f"{UNREAD}{name}")
        for name, column in cells.items()
        if column.why.null_count() < len(column.why)
    ]


def _all_blank(filled: Filled, matched: Matched, cells: dict[str, Cells]) -> pl.Series:
    """Rows in which nothing is written; what is merged over them from above makes no record of them."""
    empty = pl.Series([True]).new_from_index(0, filled.body.height)
    for name, column in cells.items():
        if not empty.any():
            break
        at = str(matched.fields[name])
        empty = empty & (column.blank | filled.taken(at) if at in filled.at else column.blank)
    return empty


def _refused(source: Source, name: str, body: pl.DataFrame, at: int, column: Cells) -> Iterator[Reject]:
    if column.why.null_count() < len(column.why):
        refused = column.why.is_not_null()
        cells = zip(body[ROW].filter(refused), body[str(at)].filter(refused), column.why.filter(refused), strict=True)
        for row, value, why in cells:
            line, letter = source.place(name, row)
            if (line, letter) != (row, source.columns[name].letter):
                why += f"（合并单元格，值在{letter}{line}）"
            yield Reject(source.file, source.sheet, row, source.columns[name].heading, value[:_SHOWN], why)


def _source(
    grid: Grid,
    recognised: Recognised,
    headings: list[str],
    matched: Matched,
    shaped: list[Shape],
    filled: Filled,
    body: pl.DataFrame,
) -> Source:
    """The columns in use with the confidence in each, those not understood, and where merged values stand."""
    log = recognised.words.log
    letters = _letters(grid, headings)
    unknown = unknown_columns(grid, headings, matched, body)
    fit = fits(shaped, log)
    columns = {}
    for name, at in matched.fields.items():
        sure, why = confidence(matched.strengths[name], fit(at, name), log.fields[name])
        columns[name] = Column(headings[at], letters[at], sure, why)
    merged = {name: filled.places[str(at)] for name, at in matched.fields.items() if str(at) in filled.places}
    return Source(grid.file, grid.sheet, columns, merged, unknown, _row_of_headings(grid, recognised))


def _letters(grid: Grid, headings: list[str]) -> list[str]:
    """What a spreadsheet shows above each column; nothing where the file itself names them."""
    return [letters_of(at) if grid.headings is None else "" for at in range(max(grid.width, len(headings)))]


def unknown_columns(grid: Grid, headings: list[str], matched: Matched, body: pl.DataFrame) -> tuple[Column, ...]:
    """The columns that no field takes; those without a heading where the body has content in them."""
    letters, used = _letters(grid, headings), set(matched.fields.values())
    unknown = [Column(text, letters[at]) for at, text in enumerate(headings) if text in matched.unknown]
    return (*unknown, *(Column("", letters[at]) for at in _filled(grid, headings, body) if at not in used))


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
        yield f"{label}：第{'、'.join(map(letters_of, columns))}列是隐藏的，照常读取"


def _row_of_headings(grid: Grid, recognised: Recognised) -> int:
    return int(grid.frame[ROW][recognised.heading_row]) if recognised.heading_row >= 0 else 0


def untitled(grid: Grid, headings: list[str]) -> list[int]:
    """Columns that have no heading."""
    return [at for at in range(grid.width) if at >= len(headings) or not headings[at]]


def _filled(grid: Grid, headings: list[str], body: pl.DataFrame) -> list[int]:
    """Columns that have content and no heading."""
    return [at for at in untitled(grid, headings) if body[str(at)].count()]


def _remarks(
    grid: Grid, recognised: Recognised, headings: list[str], matched: Matched, source: Source, body: pl.DataFrame
) -> Iterator[str]:
    log, label = recognised.words.log, grid.label
    if grid.hidden:
        yield f"{label}：这张工作表是隐藏的，照常读取"
    if grid.formulas:
        yield f"{label}：有{grid.formulas}个单元格是公式，按文件保存时的计算结果读取"
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
    filled = [letters_of(at) for at in _filled(grid, headings, body)]
    if filled:
        yield f"{label}：第{'、'.join(filled)}列有内容但没有表头，没有使用"
