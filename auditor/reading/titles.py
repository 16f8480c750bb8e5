"""The title of a table (标题区): the year that the rows above the headings name for all records below them."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from auditor.reading.phrases import SUBJECTS

_DAY_OF_MAKING = re.compile(
    rf"(?:{SUBJECTS}|截至|截止)(?:日期|时间)?\s*:?\s*[0-9]{{4}}\s*[-/.年]"
    r"(?:\s*[0-9]{1,2}(?![0-9])\s*[-/.月]?(?:\s*[0-9]{1,2}(?![0-9])\s*日?)?)?"
)
_YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})\s*(?=年)")
_RANGE = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})\s*年?度?\s*[-—–~至]\s*((?:19|20)[0-9]{2})(?![0-9])")
_BARE_YEAR = re.compile(r"(?<![0-9A-Za-z〔\[(_-])(20[0-9]{2})(?=[^0-9〕\])/.-]|$)")
_CHINESE_YEAR = re.compile(r"[一二][〇零○O0九][〇零○O0一二三四五六七八九]{2}(?=\s*年)")
_DIGITS = str.maketrans("〇零○O一二三四五六七八九", "0000123456789")


def year_of_title(lines: Iterable[Sequence[str]], sheet: str = "") -> int | None:
    """The one year that the cells of the rows above the headings name, else the sheet's name; two are none."""
    rows = [[unicodedata.normalize("NFKC", cell) for cell in line if cell] for line in lines]
    texts = [_DAY_OF_MAKING.sub("", cell) for row in rows for cell in row]
    for candidates in (texts, [unicodedata.normalize("NFKC", sheet)]):
        for years in (_written_years, _bare_years):
            found = {year for text in candidates for year in years(text)}
            if found:
                return found.pop() if len(found) == 1 else None
    return None


def _written_years(text: str) -> list[int]:
    plain = _CHINESE_YEAR.sub(lambda found: found[0].translate(_DIGITS), text)
    ends = [int(year) for pair in _RANGE.findall(plain) for year in pair]
    return ends + [int(year) for year in _YEAR.findall(plain)]


def _bare_years(text: str) -> list[int]:
    return [int(year) for year in _BARE_YEAR.findall(text)]
