"""Headings (表头): which field of a log each column of a sheet holds."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from auditor.reading.years import without_year
from auditor.rulebook.logs import LogDefinition

_SPACE = re.compile(r"[\s\u200b-\u200d\ufeff]+")
ROW_NUMBERS = {"序号", "no", "no.", "项次", "#"}  # they belong to no field


def folded(words: str) -> str:
    """A heading or name as compared: full width, case, spaces and line breaks make no difference."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", words)).casefold()


class Strength(IntEnum):
    """How surely a heading stands for a field; the surest comes first."""

    MAPPED = 0
    NAME = 1
    ZH = 2
    ALIAS = 3
    WEAK = 4


@dataclass(frozen=True)
class Vocabulary:
    """Everything by which one log and its columns are called, folded."""

    log: LogDefinition
    names: frozenset[str]
    meanings: Mapping[str, tuple[tuple[Strength, str], ...]]
    ignored: frozenset[str]

    def strong_hits(self, headings: Iterable[str]) -> int:
        """How many of the folded headings are a field's name, `zh` or alias."""
        return sum(self._best(heading) < Strength.WEAK for heading in set(headings) if heading in self.meanings)

    def hits(self, headings: Iterable[str]) -> int:
        """How many of the folded headings say something in this log."""
        return sum(heading in self.meanings for heading in set(headings))

    def _best(self, heading: str) -> Strength:
        return min(strength for strength, _ in self.meanings[heading])


def vocabulary(log: LogDefinition) -> Vocabulary:
    """Gather the words of one log."""
    meanings: dict[str, dict[str, Strength]] = {}

    def add(words: Iterable[str], strength: Strength, field: str) -> None:
        for word in words:
            known = meanings.setdefault(folded(word), {})
            known[field] = min(strength, known.get(field, strength))

    for name, field in log.fields.items():
        add([name], Strength.NAME, name)
        add([field.zh], Strength.ZH, name)
        add(field.aliases, Strength.ALIAS, name)
        add(field.weak_aliases, Strength.WEAK, name)
    return Vocabulary(
        log,
        frozenset(folded(name) for name in (log.name, log.zh, *log.names)),
        {word: tuple((strength, name) for name, strength in known.items()) for word, known in meanings.items()},
        frozenset(folded(heading) for heading in log.ignored_headings) | ROW_NUMBERS,
    )


@dataclass(frozen=True)
class Matched:
    """The columns of a sheet: `fields` in use by position, and what a person should know about the others."""

    fields: Mapping[str, int]
    weak: tuple[tuple[str, str], ...] = ()  # heading, field: understood with a reservation
    spare: tuple[tuple[str, str], ...] = ()  # heading, field: another column serves the field already
    unknown: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()  # headings of the saved mapping that the sheet lacks


def match(headings: Sequence[str], words: Vocabulary, chosen: Mapping[str, str]) -> Matched:
    """Give every field the column that stands for it most surely, then the one furthest left."""
    keys = [folded(heading) for heading in headings]
    mapped = {folded(heading): field for heading, field in chosen.items()}
    offers = sorted(
        (strength, position, field)
        for position, key in enumerate(keys)
        for strength, field in _offers(key, words, mapped)
    )
    fields: dict[str, int] = {}
    weak: list[tuple[str, str]] = []
    taken: set[int] = set()
    for strength, position, field in offers:
        if field in fields or position in taken:
            continue
        fields[field] = position
        taken.add(position)
        if strength is Strength.WEAK:
            weak.append((headings[position], field))
    left = [position for position in range(len(keys)) if position not in taken]
    spare = [(headings[at], offer[0][1]) for at in left if (offer := _offers(keys[at], words, mapped))]
    unknown = [headings[at] for at in left if keys[at] and not _is_known(keys[at], words, mapped)]
    absent = [heading for heading in chosen if folded(heading) not in keys]
    in_order = dict(sorted(fields.items(), key=lambda entry: entry[1]))
    return Matched(in_order, tuple(weak), tuple(spare), tuple(unknown), tuple(absent))


def _offers(key: str, words: Vocabulary, mapped: Mapping[str, str]) -> list[tuple[Strength, str]]:
    if key in mapped:
        return [(Strength.MAPPED, mapped[key])]
    return sorted(words.meanings.get(key) or words.meanings.get(without_year(key), ())) if key else []


def _is_known(key: str, words: Vocabulary, mapped: Mapping[str, str]) -> bool:
    return key in mapped or not {key, without_year(key)}.isdisjoint(words.meanings.keys() | words.ignored)
