"""A proposed mapping: what every column of a file is taken for, how surely, with values to judge it by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from auditor.errors import DataError, UsageError, because
from auditor.reading.confidence import confidence
from auditor.reading.formats import read_grids
from auditor.reading.grid import Grid, Unreadable, quotable
from auditor.reading.headings import Fit, Vocabulary, folded, match, vocabulary
from auditor.reading.inputs import Input
from auditor.reading.layout import tables_in
from auditor.reading.mapping import MappingFile, Profile, SavedMapping, load_mapping, load_profile
from auditor.reading.merged import fill_merged
from auditor.reading.recognition import NotRecognised, Recognised, recognise_table
from auditor.reading.saved import beside_for, has_columns, profile_for
from auditor.reading.shapes import DATES, Shape, fits, is_telling, shapes
from auditor.reading.table import records
from auditor.reading.variants import alike
from auditor.rulebook.logs import LogCatalogue
from auditor.tables import Confidence, letters_of

_SAMPLES = 3
_SHORTEST_END = 3  # characters; with fewer the end of a heading says nothing
_PERHAPS = 3


@dataclass(frozen=True)
class ProposedColumn:
    """One column: the field proposed for it, or None; `perhaps` names fields that only a person can choose."""

    heading: str
    letter: str
    field: str | None
    confidence: Confidence | None
    why: str
    perhaps: tuple[str, ...]
    samples: tuple[str, ...]  # as written: to be masked before they are shown


@dataclass(frozen=True)
class Proposal:
    """One table: the log proposed for it, or None with those that it resembles, and its columns.

    `place` names the table to a person; `part` counts the tables of its sheet from 0, None where it is the only one.
    """

    file: str
    sheet: str
    place: str
    part: int | None
    log: str | None
    likely: tuple[str, ...]
    columns: tuple[ProposedColumn, ...]

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings as written, in order."""
        return tuple(column.heading for column in self.columns)

    @property
    def has_records_for_headings(self) -> bool:
        """Whether the row taken for the headings looks like somebody's record, which nobody may quote."""
        return quotable(self.headings) != "、".join(heading for heading in self.headings if heading)


def propose(
    file: Path,
    catalogue: LogCatalogue,
    log: str | None = None,
    sheet: str | None = None,
    chosen: Mapping[str, str | None] | None = None,
    profile: Path | None = None,
    part: int | None = None,
) -> list[Proposal]:
    """Propose a mapping for every table of `file`, or of one sheet; `log` and `chosen` are what a person said already.

    Where a sheet has several tables, what was said holds for those with such columns, else for the first; `part`
    proposes for one of them alone.
    What was saved beside the file or in the profile is proposed again. Raises `DataError` for a file that cannot be
    read and `UsageError` for a sheet that it lacks.
    """
    grids = _grids(file)
    if sheet is not None and sheet not in {grid.sheet for grid in grids}:
        raise UsageError(f"{file.name} 里没有工作表“{sheet}”。有：{'、'.join(grid.sheet for grid in grids)}")
    logs = [vocabulary(each) for each in catalogue.logs.values()]
    beside = load_mapping(file, catalogue)
    saved = load_profile(profile, catalogue) if profile and profile.is_dir() else None
    alone = len(grids) == 1
    proposals = []
    for each in grids:
        if sheet is not None and each.sheet != sheet:
            continue
        tables = tables_in(each, logs)
        mappings = _mappings(tables, beside, saved, logs)
        if log:
            meant = [part] if part is not None else _meant(tables, log, chosen or {}, logs)
            for at in meant:
                own = mappings[at]
                columns = {**(own.columns if own and own.log == log else {}), **(chosen or {})}
                mappings[at] = SavedMapping(log=log, sheet=each.sheet, columns=columns)
        for at, (grid, mapping) in enumerate(zip(tables, mappings, strict=True)):
            if part is None or at == part:
                found = recognise_table(grid, file.stem, alone, mapping, logs)
                proposals.append(_proposal(grid, found, at if len(tables) > 1 else None))
    return proposals


def _mappings(
    tables: Sequence[Grid], beside: MappingFile | None, saved: Profile | None, logs: Sequence[Vocabulary]
) -> list[SavedMapping | None]:
    """For every table of a sheet what was saved beside its file, else in the profile."""
    kept = [profile_for(grid, saved, logs) for grid in tables]
    return [
        own or (known.mappings[0] if known else None)
        for own, known in zip(beside_for(tables, beside, logs), kept, strict=True)
    ]


def _meant(tables: Sequence[Grid], log: str, chosen: Mapping[str, str | None], logs: Sequence[Vocabulary]) -> list[int]:
    """The tables of a sheet of which a person speaks who names a log and columns."""
    if len(tables) == 1:
        return [0]
    return [at for at, grid in enumerate(tables) if has_columns(grid, log, chosen, logs)] or [0]


def _grids(file: Path) -> list[Grid]:
    try:
        grids = read_grids(Input(file, file.name).content(), file.name, file.suffix.lower())
    except OSError as error:
        raise DataError(f"{file.name}：打不开({because(error)})；请检查权限，或关闭正在使用它的程序") from None
    except Unreadable as error:
        raise DataError(f"{file.name}：{error}") from None
    filled = [grid for grid in grids if not grid.frame.is_empty() or grid.headings]
    if not filled:
        raise DataError(f"{file.name}：里面没有内容")
    return filled


def _proposal(grid: Grid, found: Recognised | NotRecognised, part: int | None) -> Proposal:
    headings = [" ".join(heading.split()) for heading in found.layout.texts]
    body = grid.frame.slice(found.layout.last + 1)
    columns = _columns(grid, body, headings)
    if isinstance(found, NotRecognised):
        bare = [_column(grid, headings, index, None, None, "", (), columns) for index in _named(headings)]
        likely = tuple(words.log.name for words in found.likely)
        return Proposal(grid.file, grid.sheet, grid.label, part, None, likely, tuple(bare))
    words, log = found.words, found.words.log
    shaped = shapes(columns)
    matched = match(headings, words, found.chosen, fits(shaped, log))
    if grid.headings is None:
        kept, others = records(grid, found, matched, body)
        if others:
            columns = _columns(grid, kept, headings)
            shaped = shapes(columns)
    field_at = {position: name for name, position in matched.fields.items()}
    proposed = []
    for index in _named(headings):
        name = field_at.get(index)
        sure: Confidence | None = None
        why, perhaps = "", tuple[str, ...]()
        if name:
            sure, why = confidence(
                matched.strengths[name], shaped[index].fit(name, log.fields[name], log), log.fields[name]
            )
        elif folded(headings[index]) not in {folded(heading) for heading in found.chosen}:
            perhaps = _perhaps(headings[index], words, shaped[index], set(matched.fields))
        proposed.append(_column(grid, headings, index, name, sure, why, perhaps, columns))
    return Proposal(grid.file, grid.sheet, grid.label, part, log.name, (), tuple(proposed))


def _columns(grid: Grid, body: pl.DataFrame, headings: Sequence[str]) -> list[pl.Series]:
    """The cells below each heading, merged areas filled."""
    filled = fill_merged(body, grid.marks.merged).body
    return [filled[str(at)] for at in range(len(headings))]


def _named(headings: Sequence[str]) -> list[int]:
    return [at for at, heading in enumerate(headings) if heading]


def _column(
    grid: Grid,
    headings: Sequence[str],
    at: int,
    name: str | None,
    sure: Confidence | None,
    why: str,
    perhaps: tuple[str, ...],
    columns: Sequence[pl.Series],
) -> ProposedColumn:
    letter = letters_of(at) if grid.headings is None else ""
    samples = columns[at].drop_nulls().head(100).unique(maintain_order=True).head(_SAMPLES).to_list()
    return ProposedColumn(headings[at], letter, name, sure, why, perhaps, tuple(samples))


def _perhaps(heading: str, words: Vocabulary, shape: Shape, taken: set[str]) -> tuple[str, ...]:
    """Fields still free that the end of the heading names, or that the values look like: for a person to choose."""
    log, key = words.log, alike(folded(heading))
    by_end = {
        field: len(form)
        for form, (_, field) in sorted(words.alike.items())
        if len(form) >= _SHORTEST_END and key.endswith(form)
    }
    ends = sorted(by_end, key=lambda field: -by_end[field])
    if words.ignores(folded(heading)):
        return ()
    by_values = [
        name
        for name, field in log.fields.items()
        if shape.fit(name, field, log) is Fit.SPEAKS_FOR and (is_telling(field) or field.type in DATES)
    ]
    found = [name for name in dict.fromkeys((*ends, *by_values)) if name not in taken]
    return tuple(name for name in found if shape.fit(name, log.fields[name], log) is not Fit.SPEAKS_AGAINST)[:_PERHAPS]
