"""Which saved mapping speaks of which table: a sheet may hold several, and each is asked for by itself."""

from collections.abc import Mapping, Sequence

from auditor.reading.grid import Grid
from auditor.reading.headings import Vocabulary, folded
from auditor.reading.layout import find_headings, possible_headings
from auditor.reading.mapping import MappingFile, Profile, SavedMapping
from auditor.reading.recognition import shares


def beside_for(
    tables: Sequence[Grid], beside: MappingFile | None, logs: Sequence[Vocabulary]
) -> list[SavedMapping | None]:
    """For every table of one sheet what was saved beside its file."""
    if beside is None:
        return [None] * len(tables)
    words = [folded(each) for mapping in beside.mappings for each in (*mapping.headings, *mapping.columns)]
    own = [beside.for_sheet(grid.sheet, possible_headings(grid, logs, words)) for grid in tables]
    if len(tables) == 1:
        return own
    spoken = [
        mapping is not None and bool(mapping.headings or has_columns(grid, mapping.log, mapping.columns, logs))
        for grid, mapping in zip(tables, own, strict=True)
    ]
    if not any(spoken):
        spoken[0] = True  # nothing tells which table was meant; the remarks will name the columns that it lacks
    return [mapping if meant else None for mapping, meant in zip(own, spoken, strict=True)]


def has_columns(grid: Grid, log: str, columns: Mapping[str, str | None], logs: Sequence[Vocabulary]) -> bool:
    """Whether the table, read as the log, has one of the columns."""
    words = [words for words in logs if words.log.name == log]
    return shares(find_headings(grid, words, [folded(heading) for heading in columns]).texts, columns)


def profile_for(grid: Grid, profile: Profile | None, logs: Sequence[Vocabulary]) -> MappingFile | None:
    """What the profile holds for the headings of a table."""
    if profile is None or not profile.mappings:
        return None
    words = [folded(each) for file in profile.mappings.values() for each in file.mappings[0].headings]
    return profile.find(possible_headings(grid, logs, words))
