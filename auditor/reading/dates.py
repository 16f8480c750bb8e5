"""Dates and times as offices write them, and nothing that only looks like one.

A text is divided at its first space into the day and what follows it: of a million moments there are only some
thousand days and some ten thousand clocks, and each is understood once.
"""

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import NamedTuple, TypeAlias

import polars as pl

from auditor.reading.clocks import DAY_PARTS, Clock, read_clock
from auditor.reading.numerals import with_digits
from auditor.reading.places import laid_over
from auditor.reading.undated import State, Verdict, why_undated

SERIALS_FROM_1900 = dt.date(1899, 12, 30)
SERIALS_FROM_1904 = dt.date(1904, 1, 1)
YEARLESS = "没有写年份"

_PARTED = re.compile(
    r"(?P<year>[0-9]{4}|[0-9]{2})(?P<first>[-/.年])(?P<month>[0-9]{1,2})(?P<second>[-/.月])"
    r"(?P<day>[0-9]{1,2})(?P<end>[日号.]?)"
)
_COMPACT = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_YEARLESS = re.compile(r"(?P<month>[0-9]{1,2})(?P<by>[-/.月])(?P<day>[0-9]{1,2})(?P<end>[日号]?)")
_SERIAL = re.compile(r"(?P<days>[0-9]{5})(?P<part>\.[0-9]+)?")
_STANDARD = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?: [0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?"
_CLOCKS = ((10, ""), (16, " %H:%M"), (19, " %H:%M:%S"))  # of that standard, by the length of the text
_SERIALS = (20_000, 80_000)
_YEARS = (1949, 2100)
_CENTURY = 50  # 两位年份 below it are of 2000, the others of 1900
_UNUSUAL = r"[^\x00-\x1B\x20-\x7F年月日号时分秒点上下午星期周一二三四五六]"  # what may have another width
_SEPARATORS = r"[\x1C-\x1F]"  # marks of items and hidden line breaks, which Python takes for white space
_BEFORE = re.compile(r"([日号0-9])\s*(?:之前|以前|前)\Z")
_ODD_SIGNS = str.maketrans({**dict.fromkeys("—–‐‑―−", "-"), "。": ".", "\\": "/"})
_TIDY = tuple(
    (re.compile(pattern), spaced)
    for pattern, spaced in (
        (r"\s*([-/.年月])\s*", r"\1"),
        (r"([0-9])\s*([日号])\s*", r"\1\2 "),
        (rf"\s*(\(?(?:星期|周|礼拜)[一二三四五六日天]|{DAY_PARTS}|[aApP][mM]\Z)", r" \1"),
        (r"^([0-9]{8})([0-9]{2})([0-9]{2})([0-9]{2})?\Z", r"\1 \2:\3:\4"),
        (r":\Z", ""),
    )
)
_ALPHABET = re.compile(  # every character that a date or a clock may be written with; most other texts have another
    r"[-\s0-9〇零○◯Oo一二三四五六七八九十廿卅年月日号天星期周礼拜时点分秒半整之以前TZaApPmM:./\\()+。—–‐‑―−"
    rf"{''.join(sorted(set(DAY_PARTS) - {'|'}))}]*"
)
_MANY = 1_000  # texts from which those in the usual form are read as a column first


@dataclass(frozen=True)
class Reckoning:
    """What a text alone does not say.

    The year that heading or title names; where serial numbers begin; whether the dates are limits, of which one
    says 12月31日前.
    """

    year: int | None = None
    serials_from: dt.date = SERIALS_FROM_1900
    is_limit: bool = False


class Moment(NamedTuple):
    """What a text means as a date; `day` and `moment` are None unless the state is ok."""

    state: State
    day: dt.date | None = None
    moment: dt.datetime | None = None
    clockless: bool = False
    why: str | None = None
    note: str | None = None


class _Day(NamedTuple):
    """The first part of a text as a day, with the seconds of a serial number behind the point."""

    state: State
    why: str | None = None
    day: dt.date | None = None
    note: str | None = None
    is_serial: bool = False
    seconds: int = 0


_Days: TypeAlias = Callable[[str], _Day | None]
_Clocks: TypeAlias = Callable[[str], Clock | None]
_SCHEMA: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "state": pl.String,
    "day": pl.Date,
    "moment": pl.Datetime("us"),
    "clockless": pl.Boolean,
    "why": pl.String,
    "note": pl.String,
}


def with_moments(raw: pl.Series, reckoning: Reckoning | None = None) -> pl.DataFrame:
    """What texts mean as dates, with their clock if there is one: a row a text.

    `state` is one of `State`; `day` and `moment` are null unless it is ok, the moment is midnight where no clock
    is written; `clockless` tells where only a part of the day is named (下午). `why` a text is not ok and `note`,
    what had to be assumed, are Chinese or null.
    """
    plain = plain_texts(raw.fill_null("") if raw.null_count() else raw)
    if len(plain) < _MANY:
        return _table(moments(plain.to_list(), reckoning))
    read = _as_standardised(plain)
    left = read["moment"].is_null().arg_true()
    return laid_over(read, left, _table(moments(plain.gather(left).to_list(), reckoning)))


def _table(read: Iterable[Moment]) -> pl.DataFrame:
    columns = list(zip(*read, strict=True)) or [()] * len(_SCHEMA)
    return pl.DataFrame(
        [pl.Series(name, column, kind) for (name, kind), column in zip(_SCHEMA.items(), columns, strict=True)]
    )


def _as_standardised(plain: pl.Series) -> pl.DataFrame:
    """What is written as most systems write it, 2020-12-02 or 2020-12-02 09:30[:00]; null for the rest."""
    text, lengths = pl.col("plain"), plain.str.len_bytes().unique()
    usual = pl.when(text.str.contains(f"^{_STANDARD}$")).then("plain")
    ways = [usual.str.to_datetime(f"%Y-%m-%d{clock}", strict=False) for length, clock in _CLOCKS if length in lengths]
    moment = pl.coalesce(ways or pl.lit(None, pl.Datetime("us")))
    read = plain.alias("plain").to_frame().select(pl.when(moment.dt.year().is_between(*_YEARS)).then(moment))
    none = pl.lit(None, pl.String)
    return read.select(
        state=pl.when(pl.col("plain").is_not_null()).then(pl.lit(State.OK.value)),
        day=pl.col("plain").dt.date(),
        moment="plain",
        clockless=pl.lit(False),
        why=none,
        note=none,
    )


def plain_texts(raw: pl.Series) -> pl.Series:
    """Texts stripped and in their usual width, as `moments` takes them."""
    if raw.str.contains(_UNUSUAL).any():
        raw = raw.str.normalize("NFKC").str.replace_all(_SEPARATORS, "\0")
    return raw.str.strip_chars()


def moments(texts: Iterable[str], reckoning: Reckoning | None = None) -> Iterable[Moment]:
    """What each text means as a date; the texts are stripped and of usual width."""
    reckoning = reckoning or Reckoning()
    days, clocks = cache(partial(_read_day, reckoning=reckoning)), cache(read_clock)
    usual = re.compile(_STANDARD).fullmatch
    for text in texts:
        read = _usual(text) if usual(text) else None
        yield read or _read(text, days, clocks) or _read_tidied(text, reckoning, days, clocks)


def share_of_dates(texts: Sequence[str]) -> float:
    """The share of texts, stripped and of usual width, that are dates without a year from elsewhere."""
    possible = [text for text in texts if _ALPHABET.fullmatch(text)]
    return sum(read.day is not None for read in moments(possible)) / len(texts)


def _usual(text: str) -> Moment | None:
    """What is written as most systems write it, understood at once."""
    inserted = text[16:] == ":60"  # a leap second is the beginning of the next minute
    try:
        moment = dt.datetime.fromisoformat(text[:-2] + "59" if inserted else text) + dt.timedelta(seconds=inserted)
    except (ValueError, OverflowError):
        return None
    return Moment(State.OK, moment.date(), moment) if _YEARS[0] <= moment.year <= _YEARS[1] else None


def _read_tidied(plain: str, reckoning: Reckoning, days: _Days, clocks: _Clocks) -> Moment:
    tidy = _tidied(plain)
    note = None
    if reckoning.is_limit and _BEFORE.search(tidy):
        note = "写的是某日以前，按以这一天为限读"
        tidy = _BEFORE.sub(r"\1", tidy)
    read = _read(tidy, days, clocks)
    if read is None:
        state, why = why_undated(tidy)
        return Moment(state, why=why)
    return read._replace(note=note) if note and read.state is State.OK and read.note is None else read


def _tidied(plain: str) -> str:
    """The same with digits for Chinese numerals, and spaces where the parts meet but not inside them."""
    tidy = with_digits(plain).translate(_ODD_SIGNS)
    for pattern, spaced in _TIDY:
        tidy = pattern.sub(spaced, tidy)
    return tidy.strip()


def _read(plain: str, days: _Days, clocks: _Clocks) -> Moment | None:
    """What the two parts of a text say together; None where they are no date."""
    divided = plain.replace("T", " ", 1).replace("日", "日 ", 1).replace("号", "号 ", 1)
    head, _, rest = divided.partition(" ")
    rest = rest.strip()
    day = days(head)
    clock = clocks(rest) if day else None
    if day is None or clock is None or (day.is_serial and rest):  # a serial number has its clock behind the point
        return None
    clockless = clock.micros is None
    state, why = _together(day, clock)
    if day.day is None or state is not State.OK:
        return Moment(state, clockless=clockless, why=why)
    moment = dt.datetime.combine(day.day, dt.time()) + dt.timedelta(
        seconds=day.seconds, microseconds=clock.micros or 0, minutes=clock.shift or 0
    )
    here = day.day if clock.shift is None else moment.date()
    return Moment(state, here, moment, clockless, why, day.note)


def _together(day: _Day, clock: Clock) -> Verdict:
    """State and reason of day and clock together."""
    if day.state is not State.OK:
        return day.state, day.why
    if clock.wrong:
        return State.BAD, "没有这个时刻"
    if clock.unsure:
        return State.AMBIGUOUS, "分不清是中午还是半夜、是当天还是次日"
    if clock.week and clock.shift is None and day.day and clock.week != day.day.isoweekday():
        return State.AMBIGUOUS, "日期和星期对不上"
    return State.OK, None


def _read_day(head: str, reckoning: Reckoning) -> _Day | None:
    """The first part of a text as a day, None where it is none."""
    if found := _PARTED.fullmatch(head):
        return _parted(found)
    if found := _COMPACT.fullmatch(head):
        return _existing(found, int(found["year"]))
    if found := _YEARLESS.fullmatch(head):
        return _yearless(found, reckoning.year)
    if (found := _SERIAL.fullmatch(head)) and _SERIALS[0] <= int(found["days"]) <= _SERIALS[1]:
        day = reckoning.serials_from + dt.timedelta(days=int(found["days"]))
        seconds = round(float(found["part"]) * 86_400) if found["part"] else 0
        read = _of_these_years(day, "是日期序列号，已换算成日期")
        return read._replace(is_serial=True, seconds=seconds)
    return None


def _parted(found: re.Match[str]) -> _Day | None:
    """The parts must be divided in one way: 2020-12/3 may be anything."""
    first, second, end = found["first"], found["second"], found["end"]
    alike = first == second and (end != "." or first == ".")
    worded = second == "月" and end != "."
    half_worded = first == "年" and second in "./" and end != "."
    if not (alike or worded or half_worded):
        return None
    if len(found["year"]) == 4:
        return _existing(found, int(found["year"]))
    if first != "年" or second != "月":  # 年 marks two digits as a year; without it nobody knows what stands where
        return None
    short = int(found["year"])
    return _existing(found, short + (2000 if short < _CENTURY else 1900), "是两位年份，按20、19开头的四位年份读")


def _yearless(found: re.Match[str], year: int | None) -> _Day | None:
    if year is None:
        exists = 1 <= int(found["month"]) <= 12 and 1 <= int(found["day"]) <= 31
        badly_marked = found["by"] != "月" and found["end"] == "号"
        return _Day(State.PARTIAL, YEARLESS) if exists and not badly_marked else None
    if found["by"] == "." and found["day"] in ("1", "2", "3"):
        return _Day(State.AMBIGUOUS, "可能是几日，也可能是十几日、几十日：数字格会丢掉末尾的0")
    return _existing(found, year, f"{YEARLESS}，按表头或标题写的{year}年读")


def _existing(found: re.Match[str], year: int, note: str | None = None) -> _Day:
    month, day = int(found["month"]), int(found["day"])
    if not (1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]):
        return _Day(State.BAD, "没有这一天")
    return _of_these_years(dt.date(year, month, day) if year else None, note)


def _of_these_years(day: dt.date | None, note: str | None) -> _Day:
    if day is None or not _YEARS[0] <= day.year <= _YEARS[1]:  # None: of the year 0
        return _Day(State.BAD, f"日期不在{_YEARS[0]}年至{_YEARS[1]}年之间")
    return _Day(State.OK, None, day, note)
