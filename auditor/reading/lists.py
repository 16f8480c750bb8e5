"""Several values in one cell: divided at every usual mark, but not inside brackets or quotes."""

import re

from auditor.reading.grid import ITEM

_MARKS = "、,，;；/／\r\n"
_PLAIN_MARKS = re.compile(f"[{re.escape(_MARKS)}]+")
_NOT_PLAIN = re.compile(r"[(（\[【〔《<〈「『“{/／]")
_CLOSING = dict(zip("(（[【〔《〈「『“{", ")）]】〕》〉」』”}", strict=True))


def divided(text: str) -> list[str]:
    """The parts of a text, as written; some may be blank."""
    parted = _divide(text) if _NOT_PLAIN.search(text) else _PLAIN_MARKS.sub(ITEM, text)
    return parted.split(ITEM)


def _divide(text: str) -> str:
    """One text; a bracket that is never closed encloses nothing, a slash in an address or a number divides nothing."""
    pieces: list[str] = []
    until: list[str] = []
    for at, character in enumerate(text):
        if until and character == until[-1]:
            until.pop()
        elif character in _CLOSING and _CLOSING[character] in text[at + 1 :]:
            until.append(_CLOSING[character])
        elif not until and character in _MARKS and not (character in "/／" and _is_inside(text, at)):
            pieces.append(ITEM)
            continue
        pieces.append(character)
    return "".join(pieces)


def _is_inside(text: str, at: int) -> bool:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return "://" in text or (before.isdigit() and after.isdigit())
