"""The layout of a sheet (版式): where its tables begin, and which rows are headings.

Hand-made sheets have a title above the headings, group headings above headings, and more than one table below
each other. Nothing here reads a record; rows are only told apart.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from auditor.reading.grid import Grid, cell_columns
from auditor.reading.headings import Strength, Vocabulary, folded, most_known
from auditor.reading.phrases import LABEL, NOTE, SECTION, TOTAL
from auditor.reading.scoring import row_worth
from auditor.tables import ROW

_FIRST_ROWS = 10  # where two known words make a row the heading row
_SEARCHED = 25  # further down it takes as many as name a log
_KNOWN_IN_ROW = 2
_PLAIN_DATA = r"^\d{4}[-/.年]\d|\d{5}|^.{26}|^[是否有无√×]$"  # a day, a number, a sentence, a flag: no heading
_KNOWN_IN_LOG = 3
_BELOW = 4  # rows below a row with few known words in which the real headings may stand
_MORE = 1.75  # so many times the worth of a row above it has the row of the real headings
_KNOWN_AFTER_OTHERS = 4
_LONGEST_HEADING = 40
_DATA = re.compile(r"\d[\d\s-]{5,}|\d{4}\s*[-/.年]\s*\d|[。；]")  # a number, a date, a sentence: no heading
_TITLE_ROWS = 8
_TITLE = re.compile(r"表|台账|登记|目录|情况|清单|统计|[0-9〇]年")
_BREAK = re.compile(r"\s*\n\s*")


@dataclass(frozen=True)
class Headings:
    """The headings of one table.

    `last` is the index of their lowest row in the grid, -1 where the file names its columns; `lines` says how
    many rows they take. `by_part` tells the columns that are known by their lower heading alone, as (upper, lower).
    """

    last: int
    texts: tuple[str, ...]
    lines: int = 1
    by_part: tuple[tuple[str, str], ...] = ()

    @property
    def first(self) -> int:
        """Index of the highest heading row."""
        return self.last - self.lines + 1


@dataclass(frozen=True)
class _Levels:
    """Two rows of headings: for every column the upper text, "" where there is none, and the lower."""

    upper: tuple[str, ...]
    lower: tuple[str, ...]


def find_headings(grid: Grid, logs: Sequence[Vocabulary], mapped: Sequence[str] = ()) -> Headings:
    """The headings of the first table in the grid, in the words of the logs or of a saved mapping (folded).

    Where no row says anything that is known, the first row that looks like headings.
    """
    if grid.headings is not None:
        return Headings(-1, grid.headings, 0)
    if grid.frame.is_empty():
        return Headings(-1, (), 0)
    best: tuple[float, Headings] | None = None
    for at in range(min(_SEARCHED, grid.frame.height)):
        if best and at > best[1].last + _BELOW:
            break
        known, headings = _headings_at(grid, at, logs, mapped)
        needed = _KNOWN_IN_ROW if at < _FIRST_ROWS else _KNOWN_IN_LOG
        needed = min(needed, len(mapped)) if mapped else needed
        if known < needed:
            continue
        keys = [folded(text) for text in headings.texts]
        if mapped and len(set(mapped) & set(keys)) >= needed:
            return headings
        written = [text for texts in lines_of(grid, headings.first, headings.last) for text in texts.values()]
        worth = row_worth(at, written, keys, logs)
        # a line such as “责任单位：…　填报人：…” says known words too; the headings say many more
        if best is None or (worth >= _MORE * best[0] and known >= _KNOWN_AFTER_OTHERS):
            best = worth, headings
    return best[1] if best else _unknown(grid)


def first_rows(grid: Grid) -> Iterator[tuple[str, ...]]:
    """The rows in which the headings may stand, from the top."""
    if grid.headings is not None:
        yield grid.headings
    else:
        yield from (grid.texts(at) for at in range(min(_SEARCHED, grid.frame.height)))


def possible_headings(
    grid: Grid, logs: Sequence[Vocabulary] = (), mapped: Sequence[str] = ()
) -> Iterator[tuple[str, ...]]:
    """What the headings may be, from the top: every row alone, and two rows as one heading a column.

    Two rows become one in the words of each log, and of what was saved (folded) where that is given.
    """
    for at, texts in enumerate(first_rows(grid)):
        yield _tidied(texts)
        levels = _levels(grid, at) if grid.headings is None else None
        if levels:
            ways = [(), mapped] if mapped else [()]
            yield from dict.fromkeys(_joined(levels, words, way)[0] for words in logs for way in ways)


def _unknown(grid: Grid) -> Headings:
    rows = [grid.texts(at) for at in range(min(_FIRST_ROWS, grid.frame.height))]
    filled = [sum(bool(text) for text in texts) for texts in rows]
    most = max(filled)
    at = next((at for at, count in enumerate(filled) if count > 1 and 2 * count >= most), 0)
    return Headings(at, _tidied(rows[at]))


def _headings_at(
    grid: Grid, at: int, logs: Sequence[Vocabulary], mapped: Sequence[str], strictly: bool = False
) -> tuple[int, Headings]:
    """How many headings are known if the row at `at`, or it and the next, are headings; and the headings."""
    texts = _tidied(grid.texts(at))
    known = _known([folded(text) for text in texts], logs, mapped, strictly)
    levels = _levels(grid, at)
    if levels is None:
        return known, Headings(at, texts)
    both = max(
        (_joined(levels, words, mapped) for words in logs),
        key=lambda joined: _known([folded(text) for text in joined[0]], logs, mapped, strictly),
    )
    known_of_both = _known([folded(text) for text in both[0]], logs, mapped, strictly)
    if known_of_both <= known:
        return known, Headings(at, texts)
    return known_of_both, Headings(at + 1, both[0], 2, both[1])


def _known(keys: Sequence[str], logs: Sequence[Vocabulary], mapped: Sequence[str], strictly: bool = False) -> int:
    """Weak words count only where it is already known which log is read."""
    alone = len(logs) == 1 and not strictly
    known = logs[0].hits(keys) if alone else most_known(keys, logs)
    return max(len(set(mapped) & set(keys)), known)


def _levels(grid: Grid, at: int) -> _Levels | None:
    """The rows at `at` and below as two levels of headings, if they can be that."""
    if at + 1 >= grid.frame.height:
        return None
    row, below = grid.frame[ROW][at], grid.frame[ROW][at + 1]
    upper, lower = list(_tidied(grid.texts(at))), list(_tidied(grid.texts(at + 1)))
    if below != row + 1 or any(len(text) > _LONGEST_HEADING or _DATA.search(text) for text in [*upper, *lower]):
        return None
    if any("：" in text or ":" in text for text in upper):
        return None  # 填报单位：… stands over the whole table and groups nothing
    if upper[0] and not any(upper[1:]) and not any(area.first_row == row for area in grid.marks.merged):
        return None  # a title in the first cell, over headings of two levels as well
    group = _groups(grid, row, upper, lower)
    columns = Counter(name for name, text in zip(group, lower, strict=True) if name and text)
    whole = sum(bool(text) for text in lower)
    wide = [name for name, count in columns.items() if count > 1]
    if not wide or (len(columns) == 1 and columns[wide[0]] == whole and sum(map(bool, upper)) == 1):
        return None  # one text over all columns is a title
    texts = [over or own for over, own in zip(group, upper, strict=True)]
    return _Levels(tuple(texts), tuple(lower))


def _groups(grid: Grid, row: int, upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """For every column the group heading above its own: as far as it is merged, else up to the next one."""
    group = [""] * len(upper)
    is_merged = [False] * len(upper)
    for area in grid.marks.merged:
        if area.first_row <= row <= area.last_row:
            for at in range(area.first_column, min(area.last_column + 1, len(upper))):
                is_merged[at] = True
                if area.last_row == row and area.last_column > area.first_column:
                    group[at] = upper[area.first_column]
    for at in range(1, len(upper)):
        if not (is_merged[at] or upper[at]) and lower[at] and lower[at - 1]:
            group[at] = group[at - 1] = group[at - 1] or (upper[at - 1] if not is_merged[at - 1] else "")
    return group


def _joined(
    levels: _Levels, words: Vocabulary, mapped: Sequence[str]
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """One heading a column: both levels together if the log knows them, else the lower alone if it knows that.

    A lower heading that stands under several groups never counts alone: it would not say which.
    """
    times = Counter(folded(text) for text in levels.lower)
    texts, by_part = [], []
    for upper, lower in zip(levels.upper, levels.lower, strict=True):
        both = upper + lower
        if not (upper and lower) or upper == lower:
            texts.append(lower or upper)
            continue
        candidates = [both, lower + upper, *([lower] if times[folded(lower)] == 1 else [])]
        chosen = min(candidates, key=lambda text: _strength(folded(text), words, mapped))  # the first if none is known
        texts.append(chosen)
        if chosen == lower:
            by_part.append((upper, lower))
    return tuple(texts), tuple(by_part)


def _strength(key: str, words: Vocabulary, mapped: Sequence[str]) -> int:
    if key in mapped:
        return Strength.MAPPED
    return min((strength for strength, _ in words.offers(key)), default=max(Strength) + 1)


def _tidied(texts: Sequence[str]) -> tuple[str, ...]:
    """Headings broken over lines as one line."""
    return tuple(_BREAK.sub("", text) for text in texts)


def tables_in(grid: Grid, logs: Sequence[Vocabulary]) -> list[Grid]:
    """The tables that stand below each other in a sheet, each with its title rows; one table is the usual case."""
    if grid.headings is not None or grid.frame.height <= _KNOWN_IN_LOG:
        return [grid]
    headings = find_headings(grid, logs)
    starts = [0]
    for at in _like_headings(grid, headings.last + 1, logs):
        if at <= headings.last:
            continue
        found = _of_a_table(grid, at, logs)
        if found is None or found.last <= headings.last or _repeats(found.texts, headings.texts):
            continue
        start = _with_title(grid, found.first, headings.last + 1)
        if start > starts[-1]:
            starts.append(start)
        headings = found
    if len(starts) == 1:
        return [grid]
    ends = [*starts[1:], grid.frame.height]
    return [
        replace(
            grid,
            frame=grid.frame.slice(start, end - start),
            is_later=start > 0,
            broken=tuple(line for line in grid.broken if _is_between(grid, line.row, start, end)),
        )
        for start, end in zip(starts, ends, strict=True)
    ]


def _is_between(grid: Grid, row: int, start: int, end: int) -> bool:
    rows = grid.frame[ROW]
    return (start == 0 or row >= rows[start]) and (end == grid.frame.height or row < rows[end])


def _like_headings(grid: Grid, first: int, logs: Sequence[Vocabulary]) -> list[int]:
    """Rows from `first` in which several cells are known headings letter by letter, and not most are plainly data."""
    words = pl.Series([*frozenset().union(*(each.as_written for each in logs))], dtype=pl.String).implode()
    cells = pl.col(cell_columns(grid.frame))
    body = grid.frame.slice(first)
    # all columns as one: to lay out the words again for each would take longer than to look for them
    known = pl.concat(body.select(cells).get_columns()).is_in(words).arg_true()
    if not len(known):
        return []
    times = known.alias("at").to_frame().group_by(pl.col("at") % body.height).len()
    at = times.filter(pl.col("len") >= _KNOWN_IN_ROW)["at"].sort()
    plain = pl.sum_horizontal(cells.str.contains(_PLAIN_DATA).cast(pl.UInt16))
    filled = pl.sum_horizontal(cells.is_not_null().cast(pl.UInt16))
    return [first + index for index in at.filter(body[at].select(2 * plain <= filled).to_series())]


def _of_a_table(grid: Grid, at: int, logs: Sequence[Vocabulary]) -> Headings | None:
    """Headings of a log around the row: as many known words as name a log, and they are half of the row."""
    for first in (at - 1, at):
        if first < 0:
            continue
        known, headings = _headings_at(grid, first, logs, (), strictly=True)
        filled = sum(bool(text) for text in headings.texts)
        if known >= _KNOWN_IN_LOG and 2 * known >= filled and (headings.lines == 2 or first == at):
            return headings
    return None


def _repeats(texts: Sequence[str], headings: Sequence[str]) -> bool:
    """Whether the same headings stand above the same columns: a page break, no table of its own."""
    pairs = [(folded(text), folded(above)) for text, above in zip(texts, headings, strict=True) if text or above]
    return 5 * sum(text == above for text, above in pairs) >= 4 * len(pairs)


def _with_title(grid: Grid, first: int, lowest: int) -> int:
    """The index at which a table begins whose headings begin at `first`: title rows above belong to it."""
    start = first
    for at in range(first - 1, max(lowest, first - _TITLE_ROWS) - 1, -1):
        texts = [text for text in grid.texts(at) if text]
        gap = grid.frame[ROW][at + 1] - grid.frame[ROW][at] > 1
        is_label = all(LABEL.match(text) for text in texts)
        lone = len(texts) == 1 and not any(each.match(texts[0]) for each in (NOTE, TOTAL, SECTION, LABEL))
        if not (is_label or lone) or (gap and not (lone and _TITLE.search(texts[0]))):
            break
        start = at
    return start


def title_rows(grid: Grid, headings_first: int) -> list[tuple[str, ...]]:
    """The cells of the rows above the headings."""
    return [grid.texts(at) for at in range(max(0, headings_first))]


def lines_of(grid: Grid, first: int, last: int) -> list[Mapping[int, str]]:
    """Every heading row as written: text by column, blank cells left out."""
    rows = (grid.texts(at) for at in range(max(0, first), last + 1))
    return [{at: text for at, text in enumerate(texts) if text} for texts in rows]
