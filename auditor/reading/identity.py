"""Which record a row is: by its key, else by what it says; never by where it stands.

A hash depends on values only: not on the order of rows, the name of the file, or columns unknown to the log.
Rows that share a key are told apart by the facts of origin where these differ, so that a reply filled in later
does not make another record of them; else by all that they say.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from auditor.rulebook.logs import CHECKLIST, LogDefinition
from auditor.tables import RECORD, ROW, SOURCE, UNREAD

ANSWERED = ("item", "subject", "period")  # these tell the answers of the checklist apart
_UNNUMBERED = "无编号-"
_EXAMPLES = 5


@dataclass(frozen=True)
class Identified:
    """A record name a row, the rows that repeat an earlier one, and what a person should know."""

    records: list[str]
    repeats: dict[int, int]
    remarks: tuple[str, ...]


def identify(log: LogDefinition, frame: pl.DataFrame) -> Identified:
    """Name the record of every row of one log, in reading order."""
    if log.name == CHECKLIST:
        return _identify_answers(frame)
    keys = (
        frame[log.key].cast(pl.String)
        if log.key in frame.columns
        else pl.Series([None] * frame.height, dtype=pl.String)
    )
    records = keys.to_list()
    repeats: dict[int, int] = {}
    shared = _rows_by(keys)
    everything = _fields(frame)
    contents = _contents(frame, (row for rows in shared.values() for row in rows), everything)
    ambiguous = []
    for key, rows in shared.items():
        kept = _without_repeats(rows, contents, repeats)
        if len(kept) > 1:
            ambiguous.append(key)
            origin = _contents(frame, kept, sorted(set(log.identity) & set(everything)))
            told_apart = origin if len(set(origin.values())) == len(kept) else contents
            for row, name in _names(kept, told_apart).items():
                records[row] = f"{key}#{name}"
    blank = [row for row, key in enumerate(records) if key is None]
    _name_unnumbered(log, frame, blank, records, repeats)
    return Identified(records, repeats, tuple(_remarks(log, ambiguous, len(blank))))


def _identify_answers(frame: pl.DataFrame) -> Identified:
    parts = [name for name in ANSWERED if name in frame.columns]
    named = frame.select(pl.concat_str(parts, separator="/", ignore_nulls=True).alias("r")) if parts else None
    names = named["r"] if named is not None else pl.Series([""]).new_from_index(0, frame.height)
    repeats: dict[int, int] = {}
    shared = _rows_by(names)
    contents = _contents(frame, (row for rows in shared.values() for row in rows), _fields(frame))
    for rows in shared.values():
        _without_repeats(rows, contents, repeats)
    return Identified(names.to_list(), repeats, ())


def _name_unnumbered(
    log: LogDefinition, frame: pl.DataFrame, rows: list[int], records: list[str], repeats: dict[int, int]
) -> None:
    """By the facts of origin; where these agree and the rest does not, numbered in the order of the rest."""
    everything = _fields(frame)
    origin = _contents(frame, rows, sorted(set(log.identity) & set(everything)))
    bare = [row for row in rows if origin[row] == "{}"]
    origin |= _contents(frame, bare, everything)
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows:
        groups[_hash(origin[row])].append(row)
    crowded = [row for group in groups.values() if len(group) > 1 for row in group]
    contents = _contents(frame, crowded, everything)
    for name, group in groups.items():
        kept = _without_repeats(group, contents, repeats) if len(group) > 1 else group
        for number, row in enumerate(sorted(kept, key=lambda row: contents.get(row, "")), 1):
            records[row] = f"{_UNNUMBERED}{name}" + (f"-{number}" if number > 1 else "")
    for row in repeats:
        records[row] = records[row] or ""


def _fields(frame: pl.DataFrame) -> list[str]:
    return sorted(name for name in frame.columns if name not in (RECORD, ROW, SOURCE) and not name.startswith(UNREAD))


def _rows_by(names: pl.Series) -> dict[str, list[int]]:
    """Rows that share their name with another row; a blank name is shared with none."""
    at = (names.is_duplicated() & names.is_not_null()).arg_true()
    rows: defaultdict[str, list[int]] = defaultdict(list)
    for row, name in zip(at, names.gather(at), strict=True):
        rows[name].append(row)
    return rows


def _contents(frame: pl.DataFrame, rows: Iterable[int], fields: Sequence[str]) -> dict[int, str]:
    """What each row says, as canonical JSON of the cells that are not blank."""
    wanted = sorted(rows)
    if not wanted or not fields:
        return dict.fromkeys(wanted, "{}")
    values = frame.select(fields)[wanted].iter_rows(named=True)
    return {row: _canonical(cells) for row, cells in zip(wanted, values, strict=True)}


def _canonical(cells: dict[str, object]) -> str:
    written = {name: cell for name, cell in cells.items() if cell is not None}
    return json.dumps(written, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def _hash(content: str, length: int = 8) -> str:
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:length]


def _without_repeats(rows: list[int], contents: dict[int, str], repeats: dict[int, int]) -> list[int]:
    first: dict[str, int] = {}
    for row in rows:
        earlier = first.setdefault(contents[row], row)
        if earlier != row:
            repeats[row] = earlier
    return list(first.values())


def _names(rows: list[int], contents: dict[int, str]) -> dict[int, str]:
    """Eight digits of hash a row, sixteen for those whose eight agree."""
    short = {row: _hash(contents[row]) for row in rows}
    taken = list(short.values())
    return {row: name if taken.count(name) == 1 else _hash(contents[row], 16) for row, name in short.items()}


def _remarks(log: LogDefinition, ambiguous: list[str], unnumbered: int) -> Iterable[str]:
    if ambiguous:
        shown = "、".join(ambiguous[:_EXAMPLES]) + ("等" if len(ambiguous) > _EXAMPLES else "")
        what = f"{len(ambiguous)}个{log.fields[log.key].zh}"
        yield f"{log.zh}：有{what}对应多行不同内容，各行都已保留、分别审计：{shown}"
    if unnumbered:
        yield f"{log.zh}：有{unnumbered}行没有{log.fields[log.key].zh}，已按内容编号，以“{_UNNUMBERED}”开头"
