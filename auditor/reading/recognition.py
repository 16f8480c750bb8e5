"""Which log a sheet is: by a saved mapping, by its name, or by its headings."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from auditor.reading.grid import Grid
from auditor.reading.headings import Vocabulary, folded
from auditor.reading.layout import Headings, find_headings, title_rows
from auditor.reading.mapping import MappingFile
from auditor.reading.titles import Title, read_title

_HEADINGS_OF_A_ROW = 2  # so many known words make a row the heading row
_HEADINGS_OF_A_LOG = 3  # so many strong words are needed to know a log by its headings


@dataclass(frozen=True)
class Recognised:
    """A sheet known to be a log, where its headings stand, and what the title above them says of all records."""

    words: Vocabulary
    layout: Headings
    chosen: dict[str, str] = field(default_factory=dict)
    title: Title = field(default_factory=Title)

    @property
    def headings(self) -> tuple[str, ...]:
        """One heading a column."""
        return self.layout.texts

    @property
    def heading_row(self) -> int:
        """Index of the lowest heading row in the grid, -1 where the file names its columns."""
        return self.layout.last


@dataclass(frozen=True)
class NotRecognised:
    """A sheet that is no known log, its headings, and the logs that it resembles most."""

    headings: tuple[str, ...]
    likely: tuple[Vocabulary, ...]
    is_named: bool = False  # named after a log all the same: its content is not what the name says


def recognise(
    grid: Grid, stem: str, alone: bool, mapping: MappingFile | None, logs: Sequence[Vocabulary]
) -> Recognised | NotRecognised:
    """Decide for one sheet; `stem` is the file's name without ending, `alone` that it has no other sheet."""
    if mapping and mapping.is_for(grid.sheet):
        words = next(words for words in logs if words.log.name == mapping.mapping.log)
        layout = find_headings(grid, [words], [folded(heading) for heading in mapping.mapping.columns])
        if mapping.mapping.sheet or alone or _shares(layout.texts, mapping.mapping.columns):
            return _recognised(grid, words, layout, dict(mapping.mapping.columns))
    by_sheet = [words for words in logs if grid.sheet and folded(grid.sheet) in words.names]
    by_stem = _named_in(stem, logs)
    headings = find_headings(grid, by_sheet or logs).texts
    keys = [folded(heading) for heading in headings]
    by_headings = _by_headings(keys, logs)
    order = [by_sheet, by_stem, by_headings] if alone else [by_sheet, by_headings, by_stem]
    for found in order:
        if len(found) == 1 and _may_be(found[0], grid, keys, alone):
            return _recognised(grid, found[0], find_headings(grid, found))
    likely = sorted((words for words in logs if words.hits(keys)), key=lambda words: -words.hits(keys))
    return NotRecognised(headings, tuple(likely[:3]), bool(by_sheet or (alone and by_stem)))


def _recognised(grid: Grid, words: Vocabulary, layout: Headings, chosen: dict[str, str] | None = None) -> Recognised:
    return Recognised(words, layout, chosen or {}, read_title(title_rows(grid, layout.first), grid.sheet))


def _may_be(words: Vocabulary, grid: Grid, keys: Sequence[str], alone: bool) -> bool:
    """A name alone does not make a log of a cover sheet or of a pivot table."""
    headings = find_headings(grid, [words]).texts
    known = words.hits(folded(heading) for heading in headings)
    return known >= (1 if alone or folded(grid.sheet) in words.names else _HEADINGS_OF_A_ROW) or (
        not grid.headings and grid.frame.is_empty() and bool(grid.broken)
    )


def _shares(headings: Sequence[str], columns: dict[str, str]) -> bool:
    return bool({folded(heading) for heading in headings} & {folded(heading) for heading in columns})


def _named_in(stem: str, logs: Sequence[Vocabulary]) -> list[Vocabulary]:
    """The log whose name the file's name contains; a name inside another name found does not count."""
    inside = folded(PurePath(stem).name)
    found = {name: words for words in logs for name in words.names if name in inside}
    longest = [name for name in found if not any(name != other and name in other for other in found)]
    distinct = {found[name].log.name: found[name] for name in longest}
    return list(distinct.values())


def _by_headings(keys: Sequence[str], logs: Sequence[Vocabulary]) -> list[Vocabulary]:
    scores = sorted(((words.strong_hits(keys), at) for at, words in enumerate(logs)), reverse=True)
    if not scores or scores[0][0] < _HEADINGS_OF_A_LOG:
        return []
    if len(scores) > 1 and scores[1][0] == scores[0][0]:
        return []
    return [logs[scores[0][1]]]
