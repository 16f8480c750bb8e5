"""Read the logs (台账) of an office: files in, typed tables out, nothing lost on the way unreported."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

import polars as pl

from auditor.errors import DataError, because
from auditor.listening import Listener, unheard
from auditor.reading.formats import EXTENSIONS, long_table, read_grids
from auditor.reading.grid import Grid, Unreadable, quotable
from auditor.reading.headings import Vocabulary, folded, vocabulary
from auditor.reading.identity import ANSWERED, Identified, identify
from auditor.reading.inputs import Input, find_inputs
from auditor.reading.kinds import advice
from auditor.reading.layout import tables_in
from auditor.reading.longtable import SEVERAL, Aside, LongTable, Place, laid_together, read_long_table
from auditor.reading.mapping import MappingFile, Profile, SavedMapping, load_mapping, load_profile
from auditor.reading.ownresults import own_result
from auditor.reading.recognition import NotRecognised, is_statistics, recognise_table
from auditor.reading.saved import beside_for, profile_for
from auditor.reading.sidebyside import side_by_side
from auditor.reading.table import Table, read_table
from auditor.reading.templates import is_explanation
from auditor.receipt import digest_of
from auditor.rulebook.logs import CHECKLIST, FieldType, LogCatalogue, LogDefinition
from auditor.tables import FIELD_TYPES, RECORD, ROW, SOURCE, UNREAD, Counts, Logs, LogTable, Reject, Source

KNOWN_LOGS = "能识别的台账："  # opens the last line of what is said where no log was found
_HEADINGS_SHOWN = 12


@dataclass(frozen=True)
class _Desk:
    """What is known before any file is opened; `aside` is where the rows of long tables are laid."""

    catalogue: LogCatalogue
    words: list[Vocabulary]
    keys: frozenset[str]
    as_of: dt.date | None
    profile: Profile | None
    aside: Aside


@dataclass
class _Found:
    """What has been read so far."""

    tables: dict[str, list[Table | LongTable]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    unrecognised: list[str] = field(default_factory=list)
    unrecognised_sheets: list[tuple[str, str]] = field(default_factory=list)
    unfilled: list[Table] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    inputs: dict[str, str] = field(default_factory=dict)

    def add(self, other: "_Found") -> None:
        """What the next file held."""
        for name, tables in other.tables.items():
            self.tables.setdefault(name, []).extend(tables)
        self.remarks += other.remarks
        self.unrecognised += other.unrecognised
        self.unrecognised_sheets += other.unrecognised_sheets
        self.unfilled += other.unfilled
        self.unreadable += other.unreadable
        self.inputs |= other.inputs


def read_logs(
    paths: Sequence[Path],
    catalogue: LogCatalogue,
    as_of: dt.date | None = None,
    profile: Path | None = None,
    *,
    listener: Listener = unheard,
) -> Logs:
    """Read every log in the files and folders of `paths`; dates long after `as_of` are remarked.

    `profile` is a folder of mappings saved for the headings of tables. `listener` hears how many bytes have been read.

    Raises `UsageError` for a path that does not exist, `RulebookError` for a faulty saved mapping, and
    `DataError` if no log at all was found. A single file that cannot be read is named in `unreadable`.
    """
    words = [vocabulary(log) for log in catalogue.logs.values()]
    saved = load_profile(profile, catalogue) if profile else None
    desk = _Desk(catalogue, words, _key_fields(catalogue), as_of, saved, Aside())
    files = find_inputs(paths)
    found = _Found()
    for each in side_by_side(partial(_read, desk), files, [file.size for file in files], listener):
        found.add(each)
    logs = _collect(found, desk)
    if not logs.tables:
        raise DataError(_nothing_found(paths, found, desk))
    return logs


def _key_fields(catalogue: LogCatalogue) -> frozenset[str]:
    """Fields that hold the number of a record, of this log or of another."""
    texts = {
        name
        for log in catalogue.logs.values()
        for name, each in log.fields.items()
        if each.type is FieldType.TEXT and (name == log.key or name.endswith("_id"))
    }
    return frozenset(texts | {*ANSWERED} if CHECKLIST in catalogue.logs else texts)


def _read(desk: _Desk, file: Input, heard: Callable[[int], None]) -> _Found:
    """Read one file; `heard` is told how many bytes of a long one have been read."""
    found = _Found()
    if not (file.is_known or file.is_workbook):
        found.remarks.append(_not_read(file))
        return found
    mapping = load_mapping(file.path, desk.catalogue)
    try:
        further = long_table(file.path, file.name, heard)
        if further is not None:
            found.inputs[file.name] = digest_of(file.path) or ""
            grids = list(islice(further, 1))
        else:
            data = file.content()
            found.inputs[file.name] = hashlib.sha256(data).hexdigest()
            grids = read_grids(data, file.name, file.path.suffix.lower())
        _read_grids(file, [grid for grid in grids if not grid.is_empty], further, mapping, desk, found)
    except OSError as error:
        found.unreadable.append(f"{file.name}：打不开({because(error)})；请检查权限，或关闭正在使用它的程序")
    except Unreadable as error:
        if file.is_known:
            found.unreadable.append(f"{file.name}：{error}")
        else:  # nobody said that it is a log: a letter or an archive in the folder
            found.inputs.pop(file.name, None)
            found.remarks.append(f"{file.name}：未读取，{error}")
    return found


def _read_grids(
    file: Input,
    grids: list[Grid],
    further: Iterator[Grid] | None,
    mapping: MappingFile | None,
    desk: _Desk,
    found: _Found,
) -> None:
    """Read what a file holds; of a long one the first block, and the `further` ones where it is a log."""
    if mapping:
        found.inputs[f"{file.name}.map.yaml"] = digest_of(mapping.path) or ""
        for sheet in mapping.sheets:
            if sheet not in {grid.sheet for grid in grids}:
                found.remarks.append(f"{mapping.path}：文件里没有工作表“{sheet}”，列对照没有用上")
    if not grids:
        found.remarks.append(f"{file.name}：里面没有内容")
    if result := own_result({grid.sheet for grid in grids}, desk.catalogue):
        found.remarks.append(f"{file.name}：{result.remark}")
        grids = [grid for grid in grids if grid.sheet in result.read]
    grids = [grid for grid in grids if not is_explanation(grid)]
    tables = [pair for sheet in grids for pair in _tables(sheet, mapping, desk)]
    if further is not None and len(tables) > 1:
        raise Unreadable(SEVERAL)
    for grid, own in tables:
        _read_grid(file, grid, further, own or _from_profile(grid, desk, found), len(grids) == 1, desk, found)


def _read_grid(
    file: Input,
    grid: Grid,
    further: Iterator[Grid] | None,
    saved: SavedMapping | None,
    alone: bool,
    desk: _Desk,
    found: _Found,
) -> None:
    recognised = recognise_table(grid, file.path.stem, alone, saved, desk.words)
    if isinstance(recognised, NotRecognised):
        (found.unreadable if recognised.is_named else found.unrecognised).append(_not_recognised(grid, recognised))
        found.unrecognised_sheets.append((grid.file, grid.sheet))
        return
    words = desk.catalogue.words
    table: Table | LongTable
    if further is not None:
        table = read_long_table(grid, further, recognised, desk.keys, words, desk.words, desk.aside, desk.as_of)
    else:
        table = read_table(grid, recognised, desk.keys, words, as_of=desk.as_of)
    if isinstance(table, Table) and table.is_unfilled:
        found.unfilled.append(table)
        found.remarks.append(f"{grid.label}：是还没有填写的模板，按没有提供这种台账处理")
        return
    found.tables.setdefault(table.log.name, []).append(table)
    found.remarks.extend(table.remarks)


def _tables(sheet: Grid, beside: MappingFile | None, desk: _Desk) -> list[tuple[Grid, SavedMapping | None]]:
    """The tables of a sheet, each with what was saved for it beside the file."""
    tables = tables_in(sheet, desk.words)
    return list(zip(tables, beside_for(tables, beside, desk.words), strict=True))


def _from_profile(grid: Grid, desk: _Desk, found: _Found) -> SavedMapping | None:
    """What the profile holds for the headings of the table."""
    fitting = profile_for(grid, desk.profile, desk.words)
    if fitting is None or desk.profile is None:
        return None
    name = desk.profile.name_of(fitting)
    found.inputs[name] = digest_of(fitting.path) or ""
    found.remarks.append(f"{grid.label}：按保存的列对照 {name} 读取")
    return fitting.mappings[0]


def _not_read(file: Input) -> str:
    known = " ".join(sorted(EXTENSIONS))
    return f"{file.name}：未读取，{advice(file.path.suffix) or f'不是能读的文件类型。能读的：{known}'}"


def _not_recognised(grid: Grid, found: NotRecognised) -> str:
    headings = [heading for heading in found.layout.texts if heading]
    shown = quotable(headings[:_HEADINGS_SHOWN]) + (f"等{len(headings)}列" if len(headings) > _HEADINGS_SHOWN else "")
    likely = "；".join(f"{words.log.zh}({words.log.name})，{_known(headings, words)}" for words in found.likely)
    names = f"（最像：{likely}）" if likely else ""
    what = "没有认出是哪种台账，未读取"
    if is_statistics(grid):
        return f"{grid.label}：{what}。看上去是统计结果，不是逐条登记的台账，可不理会。表头：{shown or '无'}"
    mend = "文件或工作表已是台账名，请核对表头" if found.is_named else f"请把文件或工作表改名为台账名{names}"
    return f"{grid.label}：{what}。表头：{shown or '无'}。{mend}，或用 auditor map 保存列对照"


def _known(headings: Sequence[str], words: Vocabulary) -> str:
    """Which headings a log knows, and whether they say anything by themselves."""
    keys = {heading: folded(heading) for heading in headings}
    known = "、".join(heading for heading, key in keys.items() if words.offers(key))
    sure = words.strong_hits(keys.values())
    return f"认得{known}" + ("" if sure else "，但都是通用的词")


def _nothing_found(paths: Sequence[Path], found: _Found, desk: _Desk) -> str:
    seen = [*found.unreadable, *found.unrecognised, *found.remarks] or ["里面没有文件"]
    names = "、".join(f"{log.zh}({name})" for name, log in desk.catalogue.logs.items())
    where = "、".join(str(path) for path in paths)
    return "\n".join([f"{where}：没有读到任何台账，审计未进行。看到的是：", *seen, f"{KNOWN_LOGS}{names}"])


def _collect(found: _Found, desk: _Desk) -> Logs:
    tables: dict[str, LogTable] = {}
    counts: dict[str, Counts] = {}
    rejects: list[Reject] = []
    for name, parts in found.tables.items():
        log = desk.catalogue.logs[name]
        table, repeated, remarks = _combine(log, parts, desk)
        read, accepted = sum(part.read for part in parts), table.height
        counts[name] = Counts(read, accepted, read - accepted)
        rejects += [reject for part in parts for reject in part.rejects] + repeated
        found.remarks.extend(remarks)
        if accepted or not any(part.lost for part in parts):
            tables[name] = table
        else:  # to say that nothing happened would be more than anybody knows
            first = next(reject for part in parts for reject in part.rejects if not reject.column)
            why = f"如第{first.row}行：{first.reason}"
            found.remarks.append(f"{log.zh}：读到{read}行，没有一行能用（{why}），按没有提供这种台账处理")
    for part in found.unfilled:
        before = counts.get(part.log.name, Counts())
        counts[part.log.name] = Counts(before.read + part.read, before.accepted, before.rejected + part.read)
        rejects += part.rejects
    return Logs(
        tables,
        counts,
        tuple(rejects),
        tuple(found.remarks),
        tuple(found.unrecognised),
        tuple(found.unreadable),
        dict(found.inputs),
        tuple(found.unrecognised_sheets),
    )


def _combine(
    log: LogDefinition, parts: list[Table | LongTable], desk: _Desk
) -> tuple[LogTable, list[Reject], tuple[str, ...]]:
    """All tables of one log as one, every row with its record, exact repeats left out."""
    held = [part for part in parts if isinstance(part, Table)]
    places: Mapping[int, Place]
    if len(held) < len(parts):
        table, found, places = laid_together(log, parts, desk.aside)
    else:
        table, found, places = _held_together(log, held)
    rejects = [
        Reject(
            table.sources[at].file,
            table.sources[at].sheet,
            row,
            "",
            found.records[index],
            _repeat(table.sources[first], first_row),
        )
        for index, (at, row), (first, first_row) in (
            (index, places[index], places[earlier]) for index, earlier in found.repeats.items()
        )
    ]
    return table, rejects, found.remarks


def _held_together(log: LogDefinition, parts: list[Table]) -> tuple[LogTable, Identified, Mapping[int, Place]]:
    numbered = [part.frame.with_columns(pl.lit(index, pl.UInt32).alias(SOURCE)) for index, part in enumerate(parts)]
    frame = pl.concat(numbered, how="diagonal")
    found = identify(log, frame)
    places = {row: (frame[SOURCE][row], frame[ROW][row]) for row in {*found.repeats, *found.repeats.values()}}
    fields = [name for name in log.fields if name in frame.columns]
    frame = frame.with_columns(pl.Series(RECORD, found.records, dtype=pl.String))
    unread = [name for name in frame.columns if name.startswith(UNREAD)]
    frame = frame.select(
        RECORD, SOURCE, ROW, *unread, *(pl.col(name).cast(FIELD_TYPES[log.fields[name].type]) for name in fields)
    )
    repeats = pl.Series(list(found.repeats), dtype=pl.UInt32)
    frame = frame.with_row_index("_at").filter(~pl.col("_at").is_in(repeats.implode())).drop("_at")
    return LogTable(log.name, frame, tuple(part.source for part in parts)), found, places


def _repeat(source: Source, row: int) -> str:
    place = " ".join(part for part in (source.file, source.sheet, f"第{row}行") if part)
    return f"重复（与 {place} 相同）"
