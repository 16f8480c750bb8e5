"""Which log a sheet is: by a saved mapping, by its name, or by its headings."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from auditor.reading.grid import Grid
from auditor.reading.headings import Vocabulary, folded
from auditor.reading.mapping import SavedMapping
from auditor.reading.scoring import by_headings, likely_logs, row_worth

_HEADING_ROWS = 25  # the headings stand in one of the first rows
_HEADINGS_OF_A_ROW = 2  # so many known words make a row the heading row
_ROWS_OF_STATISTICS = 3
_STATISTICS = re.compile(r"计数[(:：（]|求和|(?:比较|趋势)分析|^(?:数量|合计|占比|总计|小计|平均值?)$")


@dataclass(frozen=True)
class Recognised:
    """A sheet known to be a log; `heading_row` is an index into the grid, -1 where the file names columns."""

    words: Vocabulary
    heading_row: int
    headings: tuple[str, ...]
    chosen: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class NotRecognised:
    """A sheet that is no known log, its headings, and the logs that it resembles most."""

    headings: tuple[str, ...]
    likely: tuple[Vocabulary, ...]
    is_named: bool = False  # named after a log all the same: its content is not what the name says


def recognise(
    grid: Grid, stem: str, alone: bool, mapping: SavedMapping | None, logs: Sequence[Vocabulary]
) -> Recognised | NotRecognised:
    """Decide for one sheet; `stem` is the file's name without ending, `alone` that it has no other sheet."""
    if mapping:
        words = next(words for words in logs if words.log.name == mapping.log)
        at, headings = _heading_row(grid, [words], [folded(each) for each in (*mapping.headings, *mapping.columns)])
        if mapping.sheet or mapping.headings or alone or _shares(headings, mapping.columns):
            return Recognised(words, at, headings, dict(mapping.columns))
    by_sheet = [words for words in logs if grid.sheet and folded(grid.sheet) in words.names]
    by_stem = _named_in(stem, logs)
    at, headings = _heading_row(grid, by_sheet or logs)
    keys = [folded(heading) for heading in headings]
    titled = _titled(grid, at, by_stem if alone else [], logs)
    spoken = by_headings(keys, logs, titled)
    order = [by_sheet, by_stem, spoken] if alone else [by_sheet, spoken, by_stem]
    for found in order:
        if len(found) == 1 and _may_be(found[0], grid, keys, alone):
            at, headings = _heading_row(grid, found)
            return Recognised(found[0], at, headings)
    likely = likely_logs(keys, logs, titled)
    return NotRecognised(headings, tuple(likely[:3]), bool(by_sheet or (alone and by_stem)))


def _may_be(words: Vocabulary, grid: Grid, keys: Sequence[str], alone: bool) -> bool:
    """A name alone does not make a log of a cover sheet or of a pivot table."""
    _, headings = _heading_row(grid, [words])
    known = words.hits(folded(heading) for heading in headings)
    return known >= (1 if alone or folded(grid.sheet) in words.names else _HEADINGS_OF_A_ROW) or (
        not grid.headings and grid.frame.is_empty() and bool(grid.broken)
    )


def _shares(headings: Sequence[str], columns: Iterable[str]) -> bool:
    return bool({folded(heading) for heading in headings} & {folded(heading) for heading in columns})


def _named_in(stem: str, logs: Sequence[Vocabulary]) -> list[Vocabulary]:
    """The log whose name a file's name or a title contains; a name inside another name found does not count."""
    inside = folded(stem)
    found = {name: words for words in logs for name in words.names if name in inside}
    longest = [name for name in found if not any(name != other and name in other for other in found)]
    distinct = {found[name].log.name: found[name] for name in longest}
    return list(distinct.values())


def _titled(grid: Grid, heading_row: int, by_stem: Sequence[Vocabulary], logs: Sequence[Vocabulary]) -> set[str]:
    """The logs that the file, the sheet or the rows above the headings name."""
    above = [text for at in range(max(0, heading_row)) for text in grid.texts(at) if text]
    named = [words for text in (grid.sheet, *above) for words in _named_in(text, logs)]
    return {words.log.name for words in (*by_stem, *named)}


def possible_headings(grid: Grid) -> Iterator[tuple[str, ...]]:
    """The rows in which the headings may stand, from the top."""
    if grid.headings is not None:
        yield grid.headings
    else:
        yield from (grid.texts(at) for at in range(min(_HEADING_ROWS, grid.frame.height)))


def is_statistics(grid: Grid) -> bool:
    """Whether the first rows read like counts and comparisons instead of a register."""
    first = (text for row in islice(possible_headings(grid), _ROWS_OF_STATISTICS) for text in row)
    return any(_STATISTICS.search(text) for text in first)


def _heading_row(grid: Grid, logs: Sequence[Vocabulary], mapped: Sequence[str] = ()) -> tuple[int, tuple[str, ...]]:
    if grid.headings is not None:
        return -1, grid.headings
    if grid.frame.is_empty():
        return -1, ()
    best, found = 0.0, 0
    for at in range(min(_HEADING_ROWS, grid.frame.height)):
        texts = grid.texts(at)
        keys = [folded(text) for text in texts]
        if mapped and len(set(mapped) & set(keys)) >= min(_HEADINGS_OF_A_ROW, len(mapped)):
            return at, texts
        if any(_hits(words, keys, logs) >= _HEADINGS_OF_A_ROW for words in logs):
            worth = row_worth(at, texts, keys, logs)
            if worth > best:
                best, found = worth, at
    return found, grid.texts(found)


def _hits(words: Vocabulary, keys: Sequence[str], logs: Sequence[Vocabulary]) -> int:
    """Weak words count only where it is already known which log is read."""
    return words.hits(keys) if len(logs) == 1 else words.strong_hits(keys)
