"""Copies of the inputs that show on the cells themselves what was not understood, and what to do about it."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

import polars as pl

from auditor.audit.folders import written_whole
from auditor.errors import UsageError
from auditor.reading.formats import read_grids
from auditor.reading.grid import Grid, cell_columns
from auditor.reading.inputs import Input, find_inputs
from auditor.reporting.annotation import Colour, Mark, annotate_workbook
from auditor.reporting.cellcopy import CopiedSheet, write_copy
from auditor.reporting.splicing import NotEditable
from auditor.rulebook.logs import EXAMPLE
from auditor.tables import ROW, Column, Logs, Reject, Source, column_of

_ROWS_COPIED = 100_000  # of a longer file only the rows that are marked are shown
_WORKBOOKS = (".xlsx", ".xlsm")


@dataclass(frozen=True)
class Doubt:
    """A place that was not understood: `row` as a person counts, None the whole table; `column` None the whole row."""

    row: int | None
    column: Column | None
    text: str
    colour: Colour = Colour.REJECTED


Doubts = Mapping[str, Sequence[Doubt]]  # by the name of the sheet


@dataclass(frozen=True)
class Annotated:
    """One input: its copy, how many places are marked in it, and what a person should know about the copy."""

    file: str
    copy: str
    marks: int
    remark: str


def annotate(paths: Sequence[Path], logs: Logs, folder: Path) -> tuple[Annotated, ...]:
    """Write a marked copy of every input that holds something not understood below `folder`; originals stay.

    Raises `UsageError` where `folder` is not new or empty, or lies where the next reading would find it.
    """
    _check_apart(paths, folder)
    doubts = doubts_of(logs)
    done: list[Annotated] = []
    with written_whole(folder, may_hold_others=False) as work:
        taken: set[str] = set()
        for file in find_inputs(paths):
            if file.name in doubts:
                done.append(_annotate_file(file, doubts[file.name], logs.inputs.get(file.name, ""), work, taken))
    return tuple(done)


def as_text(copies: Sequence[Annotated], folder: Path) -> list[str]:
    """The copies, for the terminal."""
    if not copies:
        return [f"标注：没有看不懂的地方，{folder} 里没有文件"]
    lines = [
        f"标注：副本在 {folder}，红色是没有采用的，黄色是没有认出的，原因见批注。",
        "  原文件没有改动；副本里有原文件的全部内容，请同样保管。",
    ]
    for each in copies:
        remark = f"（{each.remark}）" if each.remark else ""
        lines.append(f"  {each.copy}：标注{each.marks}处{remark}")
    return lines


def _check_apart(paths: Sequence[Path], folder: Path) -> None:
    for path in paths:
        if path.is_dir() and folder.resolve().is_relative_to(path.resolve()):
            raise UsageError(f"{folder} 在台账文件夹 {path} 里面，下次会被当作台账再读一遍。请选台账文件夹以外的地方")


def doubts_of(logs: Logs) -> dict[str, dict[str, list[Doubt]]]:
    """What was not understood, by file and sheet: cells, rows, headings, whole tables."""
    doubts: defaultdict[str, defaultdict[str, list[Doubt]]] = defaultdict(lambda: defaultdict(list))
    sources: defaultdict[tuple[str, str], list[Source]] = defaultdict(list)
    for table in logs.tables.values():
        for source in table.sources:
            sources[source.file, source.sheet].append(source)
            doubts[source.file][source.sheet] += [_unknown(source, column) for column in source.unknown]
    for reject in logs.rejects:
        if not reject.reason.startswith(EXAMPLE):
            doubts[reject.file][reject.sheet].append(_rejected(reject, sources[reject.file, reject.sheet]))
    for file, sheet in logs.unrecognised_sheets:
        text = "没有认出是哪种台账，整张表没有读取。是台账的，请把工作表改名为台账名；不是台账的，不用管"
        doubts[file][sheet].append(Doubt(None, None, text, Colour.UNKNOWN))
    found = {file: {sheet: each for sheet, each in sheets.items() if each} for file, sheets in doubts.items()}
    return {file: sheets for file, sheets in found.items() if sheets}


def _unknown(source: Source, column: Column) -> Doubt:
    if column.heading:
        text = "没有认出这一列，内容没有使用。是台账要的内容，请改用模板里的列名，或用 auditor map 指定；不是的，不用管"
    else:
        text = "这一列有内容，没有列名，没有使用。请补上列名"
    return Doubt(source.heading_row, column, text, Colour.UNKNOWN)


def _rejected(reject: Reject, sources: Sequence[Source]) -> Doubt:
    row = reject.row or None
    if not reject.column:
        return Doubt(row, None, f"这一行没有作为记录：{reject.reason}")
    columns = {column for source in sources for column in (*source.columns.values(), *source.unknown)}
    found = [column for column in columns if column.heading == reject.column]
    text = f"没有采用：{reject.reason}。改正以前，这一格按没有记录处理"
    if len(found) != 1:  # two columns of one heading: the first cell of the row says which is meant
        return Doubt(row, None, f"“{reject.column}”{text}")
    return Doubt(row, found[0], text)


def _annotate_file(file: Input, doubts: Doubts, digest: str, work: Path, taken: set[str]) -> Annotated:
    data = file.path.read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise UsageError(f"{file.name} 在读取之后改动了，没有标注。请再运行一次")
    number = sum(map(len, doubts.values()))
    name = _copy_name(file.name, file.path.suffix.lower() in _WORKBOOKS, taken)
    (work / name).parent.mkdir(parents=True, exist_ok=True)
    try:
        copy = annotate_workbook(data, {sheet: [_mark(each) for each in here] for sheet, here in doubts.items()})
    except NotEditable:
        extension = file.path.suffix.lower()
        why = "原文件的结构不寻常" if extension in _WORKBOOKS else "原文件不是 xlsx"
        remark = f"{why}，{_write_cells(read_grids(data, file.name, extension), doubts, work / name)}"
        return Annotated(file.name, name, number, remark)
    (work / name).write_bytes(copy)
    return Annotated(file.name, name, number, "")


def _copy_name(name: str, is_workbook: bool, taken: set[str]) -> str:
    """The input's own name, made to end in .xlsx, below the folder of copies and not twice."""
    path = PurePath(name)
    parts = [part for part in path.parts if part not in (path.anchor, "..", ".")]
    if not is_workbook:
        parts[-1] = f"{path.stem}_{path.suffix[1:]}.xlsx" if path.suffix else f"{path.name}.xlsx"
    wanted, number = PurePath(*parts), 1
    while wanted.as_posix().lower() in taken:
        number += 1
        wanted = PurePath(*parts).with_stem(f"{PurePath(parts[-1]).stem}_{number}")
    taken.add(wanted.as_posix().lower())
    return wanted.as_posix()


def _mark(doubt: Doubt) -> Mark:
    column = None if doubt.column is None else column_of(doubt.column.letter)
    return Mark(None if doubt.row is None else doubt.row - 1, column, doubt.text, doubt.colour)


def _write_cells(grids: Sequence[Grid], doubts: Doubts, path: Path) -> str:
    """Write the cells of a file that is no workbook; returns in what the copy differs."""
    sheets, remarks = [], set()
    for grid in grids:
        here, name = doubts.get(grid.sheet, ()), grid.sheet or PurePath(grid.file).stem
        is_long = grid.frame.height > _ROWS_COPIED
        if grid.headings is not None or is_long:
            sheets.append(_numbered(name, grid, here, is_long))
            what = "行数太多，只列出第一行和有标注的行" if is_long else "内容相同"
            remarks.add(f"副本是新表，{what}，A列是原文件的行号")
        else:
            lines = _lines(grid)
            top = lines[0][0] if lines else 0
            marks = [replace(mark, row=top) if mark.row is None else mark for mark in map(_mark, here)]
            sheets.append(CopiedSheet(name, lines, marks))
            remarks.add("副本是新表，内容相同，没有原来的格式和公式")
    write_copy(sheets, path)
    return "；".join(sorted(remarks))


def _lines(grid: Grid) -> list[tuple[int, Sequence[str | None]]]:
    """Rows from 0 with their cells; a row that could not be taken apart stands in one cell."""
    read = grid.frame.select(ROW, *cell_columns(grid.frame)).iter_rows()
    lines: dict[int, Sequence[str | None]] = {row[0] - 1: row[1:] for row in read}
    lines |= {line.row - 1: (line.value,) for line in grid.broken}
    return sorted(lines.items())


def _numbered(name: str, grid: Grid, doubts: Sequence[Doubt], is_long: bool) -> CopiedSheet:
    """The rows closed up, each with its number in the file; headings that the file itself names come first."""
    headings = [" ".join(heading.split()) for heading in grid.headings or ()]
    wanted = {doubt.row - 1 for doubt in doubts if doubt.row}
    if is_long:
        shown = pl.col(ROW).is_in([row + 1 for row in wanted]) | (pl.int_range(pl.len()) == 0)
        grid = replace(grid, frame=grid.frame.filter(shown))
    lines = _lines(grid)
    first = 1 if headings else 0
    place = {row: at for at, (row, _) in enumerate(lines, first)}
    marks = []
    for doubt in doubts:
        column = None
        if doubt.column is not None:
            column = headings.index(doubt.column.heading) if headings else column_of(doubt.column.letter)
        row = place.get(doubt.row - 1, 0) if doubt.row else 0
        marks.append(Mark(row, column, doubt.text, doubt.colour))
    rows: list[tuple[int, Sequence[str | None]]] = [(0, headings)] if headings else []
    rows += [(at, cells) for at, (_, cells) in enumerate(lines, first)]
    numbers = {at: f"第{row + 1}行" for row, at in place.items()}
    return CopiedSheet(name, rows, marks, numbers)
