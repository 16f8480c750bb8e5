"""Texts of any length and content made fit for a paragraph or a cell; nothing is left out without a word."""

import re
import unicodedata

from auditor.reporting.text import clean

_BREAKS = re.compile(r"[\t\n\r\x0b\x0c\x85\u2028\u2029]+")
_NO_CHARACTERS = re.compile("[\ufffe\uffff\ufdd0-\ufdef]")  # not allowed, or not wanted, in XML


def fit(text: str, limit: int, cut: str) -> str:
    """One line of at most `limit` characters that a file can hold; `cut` is said where some are left out."""
    short = text[: limit + 1]
    plain = _NO_CHARACTERS.sub("�", clean(_BREAKS.sub(" ", short))).strip()
    return plain if len(text) <= limit else plain[: max(limit - len(cut), 0)] + cut


def breadth(text: str) -> float:
    """How many Chinese characters wide the text is; others count half."""
    return sum(1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.5 for char in text)
