"""Headings (表头): which field of a log each column of a sheet holds."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as own
from enum import IntEnum
from functools import cache, cached_property, lru_cache

from auditor.reading.variants import alike, halves, readings
from auditor.reading.years import without_year
from auditor.rulebook.logs import FieldType, LogDefinition

_SPACE = re.compile(r"[\s\u200b-\u200d\ufeff]+")
ROW_NUMBERS = frozenset({"序号", "顺序号", "no", "no.", "项次", "#"})  # they belong to no field


@lru_cache(maxsize=16_384)
def folded(words: str) -> str:
    """A heading or name as compared: full width, case, spaces and line breaks make no difference."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", words)).casefold()


class Strength(IntEnum):
    """How surely a heading stands for a field; the surest comes first."""

    MAPPED = 0
    NAME = 1
    ZH = 2
    ALIAS = 3
    NEAR = 4  # an alias in other words
    WEAK = 5


class Fit(IntEnum):
    """How the values of a column speak of a field; the best comes first."""

    SPEAKS_FOR = 0
    SILENT = 1
    IN_PART = 2
    SPEAKS_AGAINST = 3


Fits = Callable[[int, str], Fit]  # of the column at a position, for the field of a name


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Everything by which one log and its columns are called, folded."""

    log: LogDefinition
    names: frozenset[str]
    meanings: Mapping[str, tuple[tuple[Strength, str], ...]]
    ignored: frozenset[str]
    alike: Mapping[str, tuple[Strength, str]]  # headings in other words, where they can only mean one field
    alike_ignored: frozenset[str]
    _offered: dict[str, tuple[tuple[Strength, str], ...]] = own(default_factory=dict, repr=False, compare=False)

    @cached_property
    def as_written(self) -> frozenset[str]:
        """The fields' names, `zh` and aliases to the letter."""
        fields = self.log.fields
        return frozenset((*fields, *(word for field in fields.values() for word in (field.zh, *field.aliases))))

    def strong_hits(self, headings: Iterable[str]) -> int:
        """How many of the folded headings are a field's name, `zh` or alias, or say the same in other words."""
        return sum(map(self.is_sure_of, set(headings)))

    def is_sure_of(self, heading: str) -> bool:
        """Whether a folded heading is a field's name, `zh` or alias, or says the same in other words."""
        found = self.offers(heading)
        return bool(found) and found[0][0] < Strength.WEAK

    def hits(self, headings: Iterable[str]) -> int:
        """How many of the folded headings say something in this log."""
        return sum(bool(self.offers(heading)) for heading in set(headings))

    def offers(self, heading: str) -> tuple[tuple[Strength, str], ...]:
        """The fields that a folded heading may stand for, the surest first."""
        found = self._offered.get(heading)
        if found is None:
            found = self._offered[heading] = self._meant(heading)
        return found

    def _meant(self, heading: str) -> tuple[tuple[Strength, str], ...]:
        if not heading:
            return ()
        if heading in self.meanings:
            return self.meanings[heading]
        if heading in self.ignored:
            return ()
        found = self._in_other_words(heading)
        return (found,) if found else ()

    def ignores(self, heading: str) -> bool:
        """Whether a folded heading is known to serve no field."""
        return heading in self.ignored or (not self.offers(heading) and alike(heading) in self.alike_ignored)

    def _in_other_words(self, heading: str) -> tuple[Strength, str] | None:
        forms = readings(heading, self.log.subjects)
        if any(form in self.alike_ignored and form not in self.alike for form in forms):
            return None
        for form in forms:
            if form in self.alike:
                return self.alike[form]
        both = halves(heading)
        if both is None:
            return None
        meant = [self.offers(half) for half in both]
        if not meant[0]:
            return None
        strength, field = meant[0][0]
        if meant[1]:
            is_one = meant[1][0][1] == field
        else:  # a day and another day may be two columns in one
            is_one = self.log.fields[field].type not in (FieldType.DATE, FieldType.TIME)
        if not is_one:
            return None
        return max(strength, Strength.NEAR), field


def most_known(headings: Iterable[str], logs: Sequence[Vocabulary]) -> int:
    """How many of the folded headings one log knows surely: the log that knows most of them."""
    return max(_times_known(headings, logs).values(), default=0)


def knowing(headings: Iterable[str], logs: Sequence[Vocabulary]) -> Collection[Vocabulary]:
    """The logs that know one of the folded headings surely."""
    return _times_known(headings, logs)


def _times_known(headings: Iterable[str], logs: Sequence[Vocabulary]) -> Counter[Vocabulary]:
    possible = _possible_logs(tuple(logs))
    return Counter(words for heading in set(headings) for words in possible(heading) if words.is_sure_of(heading))


@lru_cache(maxsize=4)
def _possible_logs(logs: tuple[Vocabulary, ...]) -> Callable[[str], Collection[Vocabulary]]:
    """Tells the logs that may know a heading at all: most that is asked is the text of a record, known to none."""
    by_form: defaultdict[str, list[Vocabulary]] = defaultdict(list)
    for words in logs:
        for form in {*words.meanings, *words.alike}:
            by_form[form].append(words)
    subjects = tuple(dict.fromkeys(subject for words in logs for subject in words.log.subjects))

    @cache
    def possible(heading: str) -> Collection[Vocabulary]:
        if halves(heading):
            return logs
        forms = {heading, *readings(heading, subjects)}
        return dict.fromkeys(words for form in forms for words in by_form.get(form, ()))

    return possible


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
    ignored = frozenset(folded(heading) for heading in log.ignored_headings) | ROW_NUMBERS
    return Vocabulary(
        log,
        frozenset(folded(name) for name in (log.name, log.zh, *log.names)),
        {word: tuple(sorted((strength, name) for name, strength in known.items())) for word, known in meanings.items()},
        ignored,
        _alike(meanings),
        frozenset(alike(heading) for heading in ignored),
    )


def _alike(meanings: Mapping[str, Mapping[str, Strength]]) -> dict[str, tuple[Strength, str]]:
    forms: dict[str, dict[str, Strength]] = {}
    for word, known in meanings.items():
        for field, strength in known.items():
            near = forms.setdefault(alike(word), {})
            near[field] = min(near.get(field, Strength.WEAK), max(strength, Strength.NEAR))
    return {
        form: (strength, field)
        for form, near in forms.items()
        if len(near) == 1
        for field, strength in near.items()
    }  # fmt: skip


@dataclass(frozen=True)
class Matched:
    """The columns of a sheet: `fields` in use by position, and what a person should know about the others."""

    fields: Mapping[str, int]
    strengths: Mapping[str, Strength]  # how surely the heading of each field in use stands for it
    spare: tuple[tuple[str, str], ...] = ()  # heading, field: another column serves the field already
    unlike: tuple[tuple[str, str], ...] = ()  # heading, field: a weak heading, and the values speak against it
    unknown: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()  # headings of the saved mapping that the sheet lacks


def match(
    headings: Sequence[str],
    words: Vocabulary,
    chosen: Mapping[str, str | None],
    fits: Fits = lambda at, field: Fit.SILENT,
) -> Matched:
    """Give every field the column that stands for it most surely, then whose values fit, then the one furthest left.

    `chosen` is what a person said: the field of a heading, or None where its column is not to be used.
    """
    keys = [folded(heading) for heading in headings]
    mapped = {folded(heading): field for heading, field in chosen.items()}
    offered = [_offers(key, words, mapped) for key in keys]
    offers = sorted(
        (strength, fits(position, field), position, field)
        for position, offer in enumerate(offered)
        for strength, field in offer
    )
    fields: dict[str, int] = {}
    strengths: dict[str, Strength] = {}
    unlike: dict[int, str] = {}
    taken: set[int] = set()
    for strength, fit, position, field in offers:
        if field in fields or position in taken:
            continue
        if strength >= Strength.NEAR and fit is Fit.SPEAKS_AGAINST:
            unlike.setdefault(position, field)
            continue
        fields[field] = position
        strengths[field] = strength
        taken.add(position)
    left = [position for position in range(len(keys)) if position not in taken]
    spare = [(headings[at], offered[at][0][1]) for at in left if offered[at] and at not in unlike]
    unknown = [headings[at] for at in left if keys[at] and not offered[at] and not _is_ignored(keys[at], words, mapped)]
    absent = [heading for heading in chosen if folded(heading) not in keys]
    in_order = dict(sorted(fields.items(), key=lambda entry: entry[1]))
    open_ = [(headings[at], field) for at, field in sorted(unlike.items()) if at not in taken]
    return Matched(in_order, strengths, tuple(spare), tuple(open_), tuple(unknown), tuple(absent))


def _offers(key: str, words: Vocabulary, mapped: Mapping[str, str | None]) -> Sequence[tuple[Strength, str]]:
    if key in mapped:
        field = mapped[key]
        return [(Strength.MAPPED, field)] if field else []
    return words.offers(key) or words.offers(without_year(key))


def _is_ignored(key: str, words: Vocabulary, mapped: Mapping[str, str | None]) -> bool:
    return key in mapped or words.ignores(key) or words.ignores(without_year(key))
