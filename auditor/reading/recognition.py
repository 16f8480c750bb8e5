"""Which log a sheet is: by a saved mapping, by its name, by its headings, or by values that tell."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from auditor.reading.grid import Grid
from auditor.reading.headings import Vocabulary, folded
from auditor.reading.layout import Headings, find_headings, first_rows, title_rows
from auditor.reading.mapping import SavedMapping
from auditor.reading.scoring import by_headings, likely_logs
from auditor.reading.titles import year_of_title

_HEADINGS_OF_A_ROW = 2  # so many known words make a row the heading row
_ROWS_OF_STATISTICS = 3
_HEADINGS_TOLD_BY_VALUES, _ROWS_TOLD_BY_VALUES, _SHARE_TOLD_BY_VALUES = 3, 3, 0.5
_STATISTICS = re.compile(r"计数[(:：（]|求和|(?:比较|趋势)分析|^(?:数量|合计|占比|总计|小计|平均值?)$")


@dataclass(frozen=True)
class Recognised:
    """A sheet known to be a log, where its headings stand, and the year that the title above them names."""

    words: Vocabulary
    layout: Headings
    chosen: dict[str, str | None] = field(default_factory=dict)
    year: int | None = None

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

    layout: Headings
    likely: tuple[Vocabulary, ...]
    is_named: bool = False  # named after a log all the same: its content is not what the name says


def recognise(
    grid: Grid, stem: str, alone: bool, mapping: SavedMapping | None, logs: Sequence[Vocabulary]
) -> Recognised | NotRecognised:
    """Decide for one sheet; `stem` is the file's name without ending, `alone` that it has no other sheet."""
    if mapping:
        words = next(words for words in logs if words.log.name == mapping.log)
        layout = find_headings(grid, [words], [folded(each) for each in (*mapping.headings, *mapping.columns)])
        if mapping.sheet or mapping.headings or alone or shares(layout.texts, mapping.columns):
            return _recognised(grid, words, layout, dict(mapping.columns))
    by_sheet = [words for words in logs if grid.sheet and folded(grid.sheet) in words.names]
    by_stem = _named_in(stem, logs)
    layout = find_headings(grid, by_sheet or logs)
    keys = [folded(heading) for heading in layout.texts]
    titled = _titled(grid, layout.first, by_stem if alone else [], logs)
    spoken = by_headings(keys, logs, titled)
    order = [by_sheet, by_stem, spoken] if alone else [by_sheet, spoken, by_stem]
    for found in order:
        if len(found) == 1:
            own = find_headings(grid, found)
            if _may_be(found[0], grid, own, alone):
                return _recognised(grid, found[0], own)
    told = [] if by_sheet or any(words.strong_hits(keys) for words in logs) else _told_by_values(grid, logs)
    if len(told) == 1:
        return _recognised(grid, told[0], find_headings(grid, told))
    likely = likely_logs(keys, logs, titled)
    return NotRecognised(layout, tuple(likely[:3]), bool(by_sheet or (alone and by_stem)))


def recognise_table(
    grid: Grid, stem: str, alone: bool, mapping: SavedMapping | None, logs: Sequence[Vocabulary]
) -> Recognised | NotRecognised:
    """Decide for one table of a sheet; one further down goes by its headings before the names of sheet and file."""
    if grid.is_later and mapping is None:
        found = recognise(replace(grid, sheet=""), "", False, None, logs)
        if isinstance(found, Recognised):
            return found
    return recognise(grid, stem, alone and not grid.is_later, mapping, logs)


def _recognised(
    grid: Grid, words: Vocabulary, layout: Headings, chosen: dict[str, str | None] | None = None
) -> Recognised:
    return Recognised(words, layout, chosen or {}, year_of_title(title_rows(grid, layout.first), grid.sheet))


def _may_be(words: Vocabulary, grid: Grid, layout: Headings, alone: bool) -> bool:
    """A name alone does not make a log of a cover sheet or of a pivot table."""
    known = words.hits(folded(heading) for heading in layout.texts)
    return known >= (1 if alone or folded(grid.sheet) in words.names else _HEADINGS_OF_A_ROW) or (
        not grid.headings and grid.frame.is_empty() and bool(grid.broken)
    )


def _told_by_values(grid: Grid, logs: Sequence[Vocabulary]) -> list[Vocabulary]:
    """The logs of which a column holds the telling values, where three headings at the least say something in them."""
    return [words for words in logs if _holds_telling_values(grid, words)]


def _holds_telling_values(grid: Grid, words: Vocabulary) -> bool:
    telling = {name: each.telling_values for name, each in words.log.fields.items() if each.telling_values}
    layout = find_headings(grid, [words])
    keys = [folded(heading) for heading in layout.texts]
    if not telling or words.hits(keys) < _HEADINGS_TOLD_BY_VALUES:
        return False
    body = grid.frame.slice(layout.last + 1)
    for at, key in enumerate(keys):
        for _, name in words.offers(key):
            if name in telling and body.height >= _ROWS_TOLD_BY_VALUES:
                share = body[str(at)].is_in(telling[name]).fill_null(False).mean()
                if isinstance(share, float) and share >= _SHARE_TOLD_BY_VALUES:
                    return True
    return False


def shares(headings: Sequence[str], columns: Iterable[str]) -> bool:
    """Whether one of the headings is one of the columns, as compared."""
    return bool({folded(heading) for heading in headings} & {folded(heading) for heading in columns})


def _named_in(stem: str, logs: Sequence[Vocabulary]) -> list[Vocabulary]:
    """The log whose name a file's name or a title contains; a name inside another name found does not count."""
    inside = folded(stem)
    found = {name: words for words in logs for name in words.names if name in inside}
    longest = [name for name in found if not any(name != other and name in other for other in found)]
    distinct = {found[name].log.name: found[name] for name in longest}
    return list(distinct.values())


def _titled(grid: Grid, headings_first: int, by_stem: Sequence[Vocabulary], logs: Sequence[Vocabulary]) -> set[str]:
    """The logs that the file, the sheet or the rows above the headings name."""
    above = [text for texts in title_rows(grid, headings_first) for text in texts if text]
    named = [words for text in (grid.sheet, *above) for words in _named_in(text, logs)]
    return {words.log.name for words in (*by_stem, *named)}


def is_statistics(grid: Grid) -> bool:
    """Whether the first rows read like counts and comparisons instead of a register."""
    first = (text for row in islice(first_rows(grid), _ROWS_OF_STATISTICS) for text in row)
    return any(_STATISTICS.search(text) for text in first)
