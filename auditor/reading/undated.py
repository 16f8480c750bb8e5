"""Why a text that is no usable date is none: incomplete, of more than one meaning, or no date at all."""

from enum import StrEnum
from typing import TypeAlias

import polars as pl


class State(StrEnum):
    """What became of a cell that should hold a date; only OK is used."""

    OK = "ok"
    PARTIAL = "partial"
    AMBIGUOUS = "ambiguous"
    BAD = "bad"


_YEAR = r"(?:(?:19|20)[0-9]{2})"
_DATE = (
    rf"(?:{_YEAR}\s*[-/.年]\s*[0-9]{{1,2}}\s*[-/.月]\s*[0-9]{{1,2}}\s*[日号]?"
    rf"|{_YEAR}[01][0-9][0-3][0-9]|[0-9]{{1,2}}月[0-9]{{1,2}}[日号])"
)
_TO = r"\s*(?:至|到|~|-{1,2}|—{1,2})\s*"
_PART_OF_MONTH = "(?:份|初|中|末|底|[上中下]旬)?"
_LONGEST = 80  # characters; what is longer is a story with or without a date in it

_Reasons: TypeAlias = tuple[tuple[str, "State", str], ...]
_WITH_A_DATE: _Reasons = (
    (rf"{_DATE}\s*(?:起)?{_TO}(?:[0-9]|今)", State.AMBIGUOUS, "写的是一段时间，不是一个日期"),
    (rf"{_DATE}.*{_DATE}", State.AMBIGUOUS, "一格里写了几个日期，分不清用哪一个"),
    (rf"{_DATE}\s*[、,;/&和及\n]\s*[0-9]{{1,2}}\s*[日号]?$", State.AMBIGUOUS, "一格里写了几个日期，分不清用哪一个"),
    ("", State.BAD, "日期之外还写了别的，不能断定"),
)
_WITHOUT: _Reasons = (
    (rf"^{_YEAR}\s*[-/.年]\s*[0-9]{{1,2}}\s*$", State.PARTIAL, "只写到月，缺日"),
    (rf"^{_YEAR}\s*[-/.年]\s*[0-9]{{1,2}}\s*月\s*{_PART_OF_MONTH}$", State.PARTIAL, "只写到月，缺日"),
    (rf"^[0-9]{{1,2}}\s*月\s*{_PART_OF_MONTH}$", State.PARTIAL, "只写到月，缺年和日"),
    (rf"^{_YEAR}\s*(?:年度?)?(?:初|中|末|底|[上下]半年|第?[一二三四1-4]季度)?$", State.PARTIAL, "只写到年，缺月和日"),
    (r"^[0-9]{1,2}\s*[日号]$", State.PARTIAL, "只写到日，缺年和月"),
    (r"^[0-9]{1,2}\s*[:时点]\s*(?:[0-9]{1,2}.*)?$", State.PARTIAL, "只写了时刻，缺日期"),
    (r"^[0-9]{6}$", State.AMBIGUOUS, "六位数字分不清年、月、日"),
    (r"^[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}$", State.AMBIGUOUS, "两位年份，分不清年、月、日的先后"),
    (rf"^[0-9]{{1,2}}[-/.][0-9]{{1,2}}[-/.]{_YEAR}$", State.AMBIGUOUS, "年份写在最后，分不清月和日的先后"),
    ("", State.BAD, "认不出的日期"),
)


def why_undated(texts: pl.Series) -> pl.DataFrame:
    """For texts that are no date the columns `state` and `why`."""
    short = texts.str.slice(0, _LONGEST)
    dated = short.str.contains(_DATE)
    return _reasons(short, _WITHOUT) if not dated.any() else _either(short, dated)


def _either(texts: pl.Series, dated: pl.Series) -> pl.DataFrame:
    parts = [
        _reasons(texts.filter(mask), reasons).with_columns(at=mask.arg_true())
        for mask, reasons in ((dated, _WITH_A_DATE), (~dated, _WITHOUT))
    ]
    return pl.concat(parts).sort("at").drop("at")


def _reasons(texts: pl.Series, reasons: _Reasons) -> pl.DataFrame:
    """The first reason whose pattern is found in the text; the last one holds for all."""
    *special, (_, state, why) = reasons
    found = verdict(state, why)
    for pattern, state, why in reversed(special):
        found = pl.when(pl.col("text").str.contains(pattern)).then(verdict(state, why)).otherwise(found)
    judged = texts.alias("text").to_frame().lazy().with_columns(found=found)
    return judged.select("found").unnest("found").collect()


def verdict(state: State | None, why: str | None) -> pl.Expr:
    """State and reason as one struct, so that one chain of conditions decides both."""
    return pl.struct(
        pl.lit(state.value if state else None, pl.String).alias("state"), pl.lit(why, pl.String).alias("why")
    )
