"""Words that stand in a cell instead of a value (`value_words.yaml`), and other ways to write a value."""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from auditor.rulebook.conditions import fault
from auditor.rulebook.located import Located, build, read_located
from auditor.rulebook.sources import VALUE_WORDS
from auditor.shipped import shipped

Words = tuple[str, ...]


def folded_value(text: str) -> str:
    """A cell's word as compared: full width, capitals and spaces make no difference."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class BlankWords(_Part):
    """Words that say nothing, and characters of which a cell that says nothing may consist."""

    words: Words
    marks: Annotated[str, Field(min_length=1)]


class DateWords(_Part):
    """Words in a date column that are no date: the day of another field, and what has not happened."""

    same_day: Words
    not_done: Words


class FlagWords(_Part):
    """Words for 是 and for 否."""

    yes: Annotated[Words, Field(min_length=1)]
    no: Annotated[Words, Field(min_length=1)]


class Synonyms(_Part):
    """Of the fields named `log.field`: for every option other ways to write it."""

    fields: Annotated[Words, Field(min_length=1)]
    words: Mapping[str, Words]


class ValueWords(_Part):
    """`value_words.yaml`."""

    blank: BlankWords
    dates: DateWords
    flags: FlagWords
    synonyms: tuple[Synonyms, ...] = ()

    @model_validator(mode="after")
    def _one_meaning_a_word(self) -> "ValueWords":
        for part, groups in (
            ("dates", {"same_day": self.dates.same_day, "not_done": self.dates.not_done}),
            ("flags", {"yes": self.flags.yes, "no": self.flags.no}),
            *((("synonyms", at), each.words) for at, each in enumerate(self.synonyms)),
        ):
            _refuse_repeats(part if isinstance(part, tuple) else (part,), groups)
        return self


def _refuse_repeats(place: tuple[str | int, ...], groups: Mapping[str, Words]) -> None:
    inside = (*place, "words") if place[0] == "synonyms" else place
    seen: dict[str, str] = {folded_value(option): option for option in groups} if place[0] == "synonyms" else {}
    for meaning, words in groups.items():
        for word in words:
            other = seen.setdefault(folded_value(word), meaning)
            if other != meaning:
                raise fault((*inside, meaning), f"“{word}”既是“{other}”又是“{meaning}”", "只留一处")


def load_value_words(located: Located) -> ValueWords:
    """The words of one file; raises `RulebookError` with the line of every fault."""
    return build(ValueWords, located)


@lru_cache(maxsize=1)
def shipped_value_words() -> ValueWords:
    """The words that come with the program."""
    return load_value_words(read_located(shipped("rules") / VALUE_WORDS))
