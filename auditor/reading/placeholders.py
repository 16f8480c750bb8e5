"""Words that stand in a cell and say nothing (无, /, —, 待定), as `value_words.yaml` lists them."""

import re
import unicodedata
from functools import lru_cache

from auditor.rulebook.valuewords import BlankWords


@lru_cache(maxsize=8)
def placeholder(blank: BlankWords) -> str:
    """The pattern of a cell that says nothing, in any width and case."""
    words = "|".join(_in_any_width(word) for word in blank.words)
    marks = "".join(f"{re.escape(mark)}{_wide(mark)}" for mark in blank.marks)
    return f"^(?:{words}|[{marks}]+)$" if words else f"^[{marks}]+$"


def _in_any_width(word: str) -> str:
    return "".join(_either(character) for character in unicodedata.normalize("NFKC", word))


def _either(character: str) -> str:
    forms = sorted({character.lower(), character.upper()})
    if all(form.isascii() for form in forms):
        return "[" + "".join(re.escape(form) + _wide(form) for form in forms) + "]"
    return re.escape(character)


def _wide(character: str) -> str:
    return chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else ""
