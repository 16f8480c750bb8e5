"""The title of a table (标题区): what the rows above the headings say about all records below them."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

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
_UNIT_LABEL = re.compile(
    r"(?:填报|填表|编制|报送|上报|制表|所属)?(?:单位|部门|机关)(?:名称)?(?:\([^)]{0,12}\))?\s*:\s*([^\s:]*)"
)
_MEASURES = {"件", "元", "万元", "个", "人", "条", "次", "份", "天", "日", "人次", "项", "%"}
_UNIT_IN_TITLE = re.compile(
    r"^([一-龥]{2,24}?(?:管理局|委员会|街道办事处|人民政府|办公室|局|委|厅|中心))"
    r"(?=\(?(?:19|20)?[0-9〇○一二]{0,4}年|政府信息|信息|主动公开|依申请|公开|网|会议|公文|发文|民主|政策|重大|问题|舆情|来信)"
)


@dataclass(frozen=True)
class Title:
    """The rows above the headings as written, and the year and the unit that they name; None where unsure."""

    lines: tuple[str, ...] = ()
    year: int | None = None
    unit: str | None = None


def read_title(lines: Iterable[Sequence[str]], sheet: str = "") -> Title:
    """Read the cells of the rows above the headings; the sheet's name may tell the year where they do not."""
    rows = [[unicodedata.normalize("NFKC", cell) for cell in line if cell] for line in lines]
    return Title(tuple("、".join(row) for row in rows), _year(rows, sheet), _unit(rows))


def _year(rows: Sequence[Sequence[str]], sheet: str) -> int | None:
    """The one year that the title names; two years are no year."""
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


def _unit(rows: Sequence[Sequence[str]]) -> str | None:
    for row in rows:
        for cell, following in zip(row, [*row[1:], ""], strict=True):
            label = _UNIT_LABEL.search(cell)
            if label:
                name = (label[1] or following).rstrip("。;,、 ")
                if name and name not in _MEASURES and ":" not in name:
                    return name
    for row in rows:
        for cell in row:
            named = _UNIT_IN_TITLE.match("".join(cell.split()))
            if named:
                return named[1]
    return None
