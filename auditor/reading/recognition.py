"""Which log a sheet is: by a saved mapping, by its name, or by its headings."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from auditor.reading.grid import Grid
from auditor.reading.headings import Vocabulary, folded
from auditor.reading.mapping import MappingFile

_HEADING_ROWS = 10  # the headings stand in one of the first rows
_HEADINGS_OF_A_ROW = 2  # so many known words make a row the heading row
_HEADINGS_OF_A_LOG = 3  # so many strong words are needed to know a log by its headings


@dataclass(frozen=True)
class Recognised:
    """A sheet known to be a log; `heading_row` is an index into the grid, -1 where the file names columns."""

    words: Vocabulary
    heading_row: int
    headings: tuple[str, ...]
    chosen: dict[str, str] = field(default_factory=dict)


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
        at, headings = _heading_row(grid, [words], [folded(heading) for heading in mapping.mapping.columns])
        if mapping.mapping.sheet or alone or _shares(headings, mapping.mapping.columns):
            return Recognised(words, at, headings, dict(mapping.mapping.columns))
    by_sheet = [words for words in logs if grid.sheet and folded(grid.sheet) in words.names]
    by_stem = _named_in(stem, logs)
    at, headings = _heading_row(grid, by_sheet or logs)
    keys = [folded(heading) for heading in headings]
    by_headings = _by_headings(keys, logs)
    order = [by_sheet, by_stem, by_headings] if alone else [by_sheet, by_headings, by_stem]
    for found in order:
        if len(found) == 1 and _may_be(found[0], grid, keys, alone):
            at, headings = _heading_row(grid, found)
            return Recognised(found[0], at, headings)
    likely = sorted((words for words in logs if words.hits(keys)), key=lambda words: -words.hits(keys))
    return NotRecognised(headings, tuple(likely[:3]), bool(by_sheet or (alone and by_stem)))


def _may_be(words: Vocabulary, grid: Grid, keys: Sequence[str], alone: bool) -> bool:
    """A name alone does not make a log of a cover sheet or of a pivot table."""
    _, headings = _heading_row(grid, [words])
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


def _heading_row(grid: Grid, logs: Sequence[Vocabulary], mapped: Sequence[str] = ()) -> tuple[int, tuple[str, ...]]:
    if grid.headings is not None:
        return -1, grid.headings
    if grid.frame.is_empty():
        return -1, ()
    for at in range(min(_HEADING_ROWS, grid.frame.height)):
        texts = grid.texts(at)
        keys = [folded(text) for text in texts]
        needed = min(_HEADINGS_OF_A_ROW, len(mapped)) if mapped else _HEADINGS_OF_A_ROW
        known = len(set(mapped) & set(keys))
        if (known >= needed and mapped) or any(_hits(words, keys, logs) >= _HEADINGS_OF_A_ROW for words in logs):
            return at, texts
    return 0, grid.texts(0)


def _hits(words: Vocabulary, keys: Sequence[str], logs: Sequence[Vocabulary]) -> int:
    """Weak words count only where it is already known which log is read."""
    return words.hits(keys) if len(logs) == 1 else words.strong_hits(keys)
