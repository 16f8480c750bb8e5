"""Why a text that is no usable date is none: incomplete, of more than one meaning, or no date at all."""

import re
from enum import StrEnum
from typing import TypeAlias


class State(StrEnum):
    """What became of a cell that should hold a date; only OK is used."""

    OK = "ok"
    PARTIAL = "partial"
    AMBIGUOUS = "ambiguous"
    BAD = "bad"


_Reasons: TypeAlias = tuple[tuple[str, "State", str], ...]
Verdict: TypeAlias = tuple[State, str | None]  # and in Chinese the reason, None for a date that is used

_YEAR = r"(?:(?:19|20)[0-9]{2})"
_DATE = (
    rf"(?:{_YEAR}\s*[-/.年]\s*[0-9]{{1,2}}\s*[-/.月]\s*[0-9]{{1,2}}\s*[日号]?"
    rf"|{_YEAR}[01][0-9][0-3][0-9]|[0-9]{{1,2}}月[0-9]{{1,2}}[日号])"
)
_TO = r"\s*(?:至|到|~|-{1,2}|—{1,2})\s*"
_PART_OF_MONTH = "(?:份|初|中|末|底|[上中下]旬)?"
_LONGEST = 80  # characters; what is longer is a story with or without a date in it

_WITH_A_DATE: _Reasons = (
    (rf"{_DATE}\s*(?:起)?{_TO}(?:[0-9]|今)", State.AMBIGUOUS, "写的是一段时间，不是一个日期"),
    (rf"{_DATE}.*{_DATE}", State.AMBIGUOUS, "一格里写了几个日期，分不清用哪一个"),
    (rf"{_DATE}\s*[、,;/&和及\n]\s*[0-9]{{1,2}}\s*[日号]?\Z", State.AMBIGUOUS, "一格里写了几个日期，分不清用哪一个"),
    ("", State.BAD, "日期之外还写了别的，不能断定"),
)
_WITHOUT: _Reasons = (
    (rf"^{_YEAR}\s*[-/.年]\s*[0-9]{{1,2}}\s*\Z", State.PARTIAL, "只写到月，缺日"),
    (rf"^{_YEAR}\s*[-/.年]\s*[0-9]{{1,2}}\s*月\s*{_PART_OF_MONTH}\Z", State.PARTIAL, "只写到月，缺日"),
    (rf"^[0-9]{{1,2}}\s*月\s*{_PART_OF_MONTH}\Z", State.PARTIAL, "只写到月，缺年和日"),
    (
        rf"^{_YEAR}\s*(?:年度?)?(?:初|中|末|底|[上下]半年|第?[一二三四1-4]季度)?\Z",
        State.PARTIAL,
        "只写到年，缺月和日",
    ),
    (r"^[0-9]{1,2}\s*[日号]\Z", State.PARTIAL, "只写到日，缺年和月"),
    (r"^[0-9]{1,2}\s*[:时点]\s*(?:[0-9]{1,2}.*)?\Z", State.PARTIAL, "只写了时刻，缺日期"),
    (r"^[0-9]{6}\Z", State.AMBIGUOUS, "六位数字分不清年、月、日"),
    (r"^[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}\Z", State.AMBIGUOUS, "两位年份，分不清年、月、日的先后"),
    (rf"^[0-9]{{1,2}}[-/.][0-9]{{1,2}}[-/.]{_YEAR}\Z", State.AMBIGUOUS, "年份写在最后，分不清月和日的先后"),
    ("", State.BAD, "认不出的日期"),
)


def _compiled(reasons: _Reasons) -> tuple[tuple[re.Pattern[str], Verdict], ...]:
    return tuple((re.compile(pattern), (state, why)) for pattern, state, why in reasons)


_DATED = re.compile(_DATE)
_DATES_AND_MORE, _NO_DATES = _compiled(_WITH_A_DATE), _compiled(_WITHOUT)


def why_undated(text: str) -> Verdict:
    """For a text that is no date what it is instead: the first reason whose pattern is found in it."""
    short = text[:_LONGEST]
    reasons = _DATES_AND_MORE if _DATED.search(short) else _NO_DATES
    return next(verdict for pattern, verdict in reasons if pattern.search(short))
