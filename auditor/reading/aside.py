"""Rows that are no records: totals, repeated headings, notes, section titles. Each is set aside with its reason.

A first look over whole columns finds the few rows that may be something else; each of them is then judged alone.
A row whose key is filled like the others is a record, whatever else its cells say.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from auditor.reading.grid import Area, cell_columns
from auditor.reading.headings import folded
from auditor.reading.phrases import AMOUNT, LABEL, MARKED, NOTE, NUMBERED, SECTION, SIGNED, TOTAL
from auditor.tables import ROW

_TOTAL = "合计、小计一类的行，不是记录"
_HEADINGS = "中间重复的表头行，不是记录"
_TITLE = "中间重复的标题行，不是记录"
_NOTE = "表尾或中间的说明，不是记录"
_SIGNED = "填表、审核等落款，不是记录"
_SECTION = "分段标题，不是记录"
_TOO_NARROW = 2  # a table of so few columns has records with one cell
_OVER = "合并了半张表以上的一行，是说明或分段标题，不是记录"


@dataclass(frozen=True)
class Surroundings:
    """What is known of a table when its rows are told apart.

    `key` and `origin` are the columns of the key and of the facts of origin, `serial` those of row numbers;
    `headings` are the heading rows as written, texts by column; `titles` are the texts above them.
    """

    width: int
    key: int | None
    origin: tuple[int, ...]
    serial: tuple[int, ...]
    headings: Sequence[Mapping[int, str]]
    titles: frozenset[str]
    merged: Sequence[Area] = ()

    def wide(self) -> dict[int, Area]:
        """By row the area that takes more than half of the table's columns."""
        return {
            area.first_row: area
            for area in self.merged
            if area.first_row == area.last_row and 2 * (area.last_column - area.first_column + 1) > self.width
        }


def set_aside(body: pl.DataFrame, around: Surroundings) -> dict[int, tuple[str, str]]:
    """By row number the reason why a row is no record, and its first cell."""
    wide = around.wide()
    found: dict[int, tuple[str, str]] = {}
    at = _worth_a_look(body, around, wide)
    for row, cells in _cells(body[at] if len(at) else body.clear()):
        reason = _reason(cells, around, row in wide)
        if reason:
            found[row] = reason, next(iter(cells.values()))
    return found | _further_points(body, found)


def _cells(body: pl.DataFrame) -> Iterator[tuple[int, dict[int, str]]]:
    """Row number and filled cells by column."""
    rows = body[ROW].to_list()
    for row, cells in zip(rows, body.select(cell_columns(body)).iter_rows(), strict=True):
        yield row, {at: cell for at, cell in enumerate(cells) if cell}


def _worth_a_look(body: pl.DataFrame, around: Surroundings, wide: Mapping[int, Area]) -> pl.Series:
    """Indices of the rows that may be no records."""
    names = cell_columns(body)
    said = [name for at, name in enumerate(names) if at not in around.serial]
    first = pl.coalesce(names)
    looks = [first.str.contains(MARKED), pl.col(ROW).is_in(sorted(wide))]
    if len(said) < len(names) and said:
        looks.append(pl.coalesce(said).str.contains(MARKED))
    if around.titles:
        looks.append(first.is_in(sorted(around.titles)))
    lines = around.headings
    cells = (pl.col(names[at]) == text for line in lines for at, text in line.items())
    at = _any_of(body, [*looks, *cells])  # few, of which the dearer question is asked
    return at.gather(_any_of(body[at], [*looks, *(_repeats(names, line) for line in lines)])) if len(at) else at


def _any_of(body: pl.DataFrame, looks: Sequence[pl.Expr]) -> pl.Series:
    return body.select(pl.any_horizontal(looks).arg_true()).to_series()


def _repeats(names: Sequence[str], line: Mapping[int, str]) -> pl.Expr:
    """Whether a third of a row's cells say to the letter what the heading row says there."""
    same = pl.sum_horizontal(pl.col(names[at]) == text for at, text in line.items())
    filled = pl.sum_horizontal(pl.col(names).is_not_null())
    return (same > 0) & (3 * same >= filled)


def _reason(cells: Mapping[int, str], around: Surroundings, is_wide: bool) -> str | None:
    texts = {at: folded(cell) for at, cell in cells.items()}
    for line in around.headings:
        same = sum(at in line and folded(line[at]) == text for at, text in texts.items())
        if same >= 2 and 5 * same >= 4 * len(texts):
            return _HEADINGS
    if len(texts) == 1 and next(iter(texts.values())) in {folded(title) for title in around.titles}:
        return _TITLE
    said = {at: " ".join(cell.split()) for at, cell in cells.items()}
    lead = next(iter(said.values()))
    unnumbered = {at: cell for at, cell in said.items() if at not in around.serial}
    second = next(iter(unnumbered.values()), lead)
    if _is_keyed(said, around, is_wide):
        return None
    if TOTAL.match(lead) or TOTAL.match(second):
        return _TOTAL if _says_nothing_of_origin(said, around) else None
    if LABEL.match(lead) and _is_signed(list(said.values()), around.width):
        return _SIGNED
    if len(said) > 1:
        return _NOTE if all(NOTE.match(cell) or LABEL.match(cell) for cell in said.values()) else None
    if NOTE.match(lead):
        return _NOTE
    if SECTION.match(lead) and around.width > _TOO_NARROW:
        return _SECTION
    return _OVER if is_wide else None


def _is_keyed(said: Mapping[int, str], around: Surroundings, is_wide: bool) -> bool:
    """The key is filled, and not with the words of a total, a note or a section."""
    if around.key is None or around.key not in said:
        return False
    key, lead = said[around.key], next(iter(said.values()))
    if TOTAL.match(lead) and AMOUNT.match(key):  # how many there are, under the key
        return False
    if is_wide and len(said) == 1:
        return False
    is_other = TOTAL.match(key) or LABEL.match(key) or NOTE.match(key) or (len(said) == 1 and SECTION.match(key))
    return not is_other


def _is_signed(cells: Sequence[str], width: int) -> bool:
    """Who made the table: nothing but labels and what follows them, or a label that says so and little else."""
    labelled = [
        bool(LABEL.match(cell)) or before.endswith((":", "："))
        for before, cell in zip(["", *cells], cells, strict=False)
    ]
    return all(labelled) or (bool(SIGNED.match(cells[0])) and 2 * len(cells) <= width)


def _says_nothing_of_origin(said: Mapping[int, str], around: Surroundings) -> bool:
    """No fact of origin is recorded: where they would stand is nothing, the word itself, or a number of things."""
    facts = [said[at] for at in around.origin if at in said]
    return all(TOTAL.match(fact) or AMOUNT.match(fact) for fact in facts)


def _further_points(body: pl.DataFrame, found: Mapping[int, tuple[str, str]]) -> dict[int, tuple[str, str]]:
    """The rows below a note that go on with it: numbered points that stand alone in their row."""
    more: dict[int, tuple[str, str]] = {}
    rows = body[ROW]
    for note in [row for row, (reason, _) in found.items() if reason in (_NOTE, _OVER)]:
        below = int(rows.search_sorted(note)) + 1
        for row, cells in _cells(body.slice(below, 20)):
            text = next(iter(cells.values()))
            if row in found or row in more:
                continue
            if len(cells) > 1 or not (NUMBERED.match(text) or len(text) > 30):
                break
            more[row] = _NOTE, text
    return more
