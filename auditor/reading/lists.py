"""Several values in one cell: divided at every usual mark, but not inside brackets or quotes."""

import re

import polars as pl

from auditor.reading.grid import ITEM

_MARKS = "、,，;；/／\r\n"
_PLAIN_MARKS = f"[{re.escape(_MARKS)}]+"
_NOT_PLAIN = r"[(（\[【〔《<〈「『“{/／]"
_CLOSING = dict(zip("(（[【〔《〈「『“{", ")）]】〕》〉」』”}", strict=True))


def divided(texts: pl.Expr) -> pl.Expr:
    """The texts with `ITEM` for every mark between two items."""
    plain = texts.str.replace_all(_PLAIN_MARKS, ITEM)
    careful = texts.str.contains(_NOT_PLAIN)
    return pl.when(careful).then(texts.map_batches(_carefully, pl.String)).otherwise(plain)


def _carefully(texts: pl.Series) -> pl.Series:
    careful = texts.str.contains(_NOT_PLAIN).fill_null(False)
    return pl.Series(
        [_divide(text) if wanted else None for text, wanted in zip(texts, careful, strict=True)], dtype=pl.String
    )


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
