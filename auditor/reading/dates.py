"""Dates and times as offices write them, and nothing that only looks like one.

A text is divided at its first space into the day and what follows it: of a million moments there are only some
thousand days and some ten thousand clocks, and each is understood once.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from auditor.reading.clocks import DAY_PARTS, read_clocks
from auditor.reading.numerals import ANY, with_digits
from auditor.reading.undated import State, verdict, why_undated

SERIALS_FROM_1900 = dt.date(1899, 12, 30)
SERIALS_FROM_1904 = dt.date(1904, 1, 1)
YEARLESS = "没有写年份"

_PARTED = (
    r"^(?P<y>[0-9]{4}|[0-9]{2})(?P<first>[-/.年])(?P<m>[0-9]{1,2})(?P<second>[-/.月])"
    r"(?P<d>[0-9]{1,2})(?P<end>[日号.]?)$"
)
_COMPACT = r"^(?P<cy>[0-9]{4})(?P<cm>[0-9]{2})(?P<cd>[0-9]{2})$"
_YEARLESS = r"^(?P<ym>[0-9]{1,2})(?P<by>[-/.月])(?P<yd>[0-9]{1,2})(?P<yend>[日号]?)$"
_SERIAL = r"^(?P<days>[0-9]{5})(?P<part>\.[0-9]+)?$"
_STANDARD = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?: [0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?$"
_SERIALS = (20_000, 80_000)
_YEARS = (1949, 2100)
_CENTURY = 50  # 两位年份 below it are of 2000, the others of 1900
_UNUSUAL = r"[^\x00-\x7F年月日号时分秒点上下午星期周一二三四五六]"  # what may have another width
_BEFORE = r"([日号0-9])\s*(?:之前|以前|前)$"
_ODD_SIGNS = {"—": "-", "–": "-", "‐": "-", "‑": "-", "―": "-", "−": "-", "。": ".", "\\": "/"}
_NO_CLOCK = {
    "known": pl.lit(True),
    "clock": pl.lit(0, pl.Int64),
    "week": pl.lit(None, pl.Int8),
    "shift": pl.lit(None, pl.Int64),
    "wrong": pl.lit(False),
    "unsure": pl.lit(False),
}
_TIDY = (
    (r"\s*([-/.年月])\s*", "$1"),
    (r"([0-9])\s*([日号])\s*", "$1$2 "),
    (rf"\s*(\(?(?:星期|周|礼拜)[一二三四五六日天]|{DAY_PARTS}|[aApP][mM]$)", " $1"),
    (r"^([0-9]{8})([0-9]{2})([0-9]{2})([0-9]{2})?$", "$1 $2:$3:$4"),
    (r":$", ""),
)


@dataclass(frozen=True)
class Reckoning:
    """What a text alone does not say.

    The year that heading or title names; where serial numbers begin; whether the dates are limits, of which one
    says 12月31日前.
    """

    year: int | None = None
    serials_from: dt.date = SERIALS_FROM_1900
    is_limit: bool = False


def with_moments(column: pl.LazyFrame, reckoning: Reckoning | None = None) -> pl.LazyFrame:
    """To texts in `raw` add what they mean as dates, with their clock if there is one.

    `state` is one of `State`; `day` and `moment` are null unless it is ok, the moment is midnight where no clock
    is written; `clockless` tells where only a part of the day is named (下午). `why` a text is not ok and `note`,
    what had to be assumed, are Chinese or null.
    """
    raw = column.collect()["raw"]
    reckoning = reckoning or Reckoning()
    plain = _plain(raw.fill_null(""))
    read = _as_standardised(plain)
    for further in (_read, _read_tidied):
        left = read["state"].is_null().arg_true()
        if len(left):
            again = further(plain[left], reckoning).with_columns(at=left)
            kept = read.with_row_index("at").join(again.select("at"), on="at", how="anti", maintain_order="left")
            read = pl.concat([kept.select(again.columns), again]).sort("at").drop("at")
    return read.select(raw, "state", "day", "moment", "clockless", "why", "note").lazy()


def _as_standardised(plain: pl.Series) -> pl.DataFrame:
    """What is written as most systems write it, 2020-12-02 or 2020-12-02 09:30[:00]; `state` null for the rest."""
    usual = pl.when(pl.col("plain").str.contains(_STANDARD)).then("plain")
    ways = [usual.str.to_datetime(f"%Y-%m-%d{clock}", strict=False) for clock in ("", " %H:%M", " %H:%M:%S")]
    moment = pl.coalesce(ways)
    read = (
        plain.alias("plain").to_frame().with_columns(moment=pl.when(moment.dt.year().is_between(*_YEARS)).then(moment))
    )
    none = pl.lit(None, pl.String)
    state = pl.when(pl.col("moment").is_not_null()).then(pl.lit(State.OK.value))
    day = pl.col("moment").dt.date()
    return read.select("plain", state.alias("state"), day.alias("day"), "moment", clockless=False, why=none, note=none)


def _plain(raw: pl.Series) -> pl.Series:
    if raw.str.contains(_UNUSUAL).any():
        raw = raw.str.normalize("NFKC")
    return raw.str.strip_chars()


def _read_tidied(plain: pl.Series, reckoning: Reckoning) -> pl.DataFrame:
    tidy = _tidied(plain)
    note = pl.lit(None, pl.String)
    if reckoning.is_limit:
        note = pl.when(tidy.str.contains(_BEFORE)).then(pl.lit("写的是某日以前，按以这一天为限读"))
        tidy = tidy.str.replace(_BEFORE, "$1")
    read = _read(tidy, reckoning)
    reasons = why_undated(tidy)
    none, ok = pl.col("state").is_null(), pl.col("state") == State.OK.value
    return read.with_columns(
        state=pl.when(none).then(reasons["state"]).otherwise("state"),
        why=pl.when(none).then(reasons["why"]).otherwise("why"),
        note=pl.coalesce("note", pl.when(ok).then(note)),
    )


def _tidied(plain: pl.Series) -> pl.Series:
    """The same with digits for Chinese numerals, and spaces where the parts meet but not inside them."""
    numerals = plain.str.contains(ANY)
    if numerals.any():
        plain = pl.select(
            pl.when(numerals).then(plain.map_elements(with_digits, pl.String)).otherwise(plain).alias("plain")
        ).to_series()
    for sign, usual in _ODD_SIGNS.items():
        plain = plain.str.replace_all(sign, usual, literal=True)
    for pattern, spaced in _TIDY:
        plain = plain.str.replace_all(pattern, spaced)
    return plain.str.strip_chars()


def _read(plain: pl.Series, reckoning: Reckoning) -> pl.DataFrame:
    """What the two parts of each text say together; `state` null where they are no date."""
    divided = plain.str.replace("T", " ", literal=True)
    for mark in "日号":
        divided = divided.str.replace(mark, mark + " ", literal=True)
    parts = divided.str.splitn(" ", 2).struct.unnest()
    heads = _each_once(parts["field_0"], lambda heads: _read_days(heads, reckoning))
    rest = parts["field_1"].str.strip_chars().fill_null("")
    tails = _each_once(rest, _read_tails)
    own = pl.DataFrame([plain.alias("plain"), (rest != "").alias("more")])
    frame = pl.concat([own, heads, tails], how="horizontal").lazy()
    moment = pl.col("day").cast(pl.Datetime("us")) + pl.duration(
        microseconds=pl.col("clock").fill_null(0) + pl.col("part"), minutes=pl.col("shift").fill_null(0)
    )
    frame = frame.with_columns(*_together()).with_columns(moment=moment)
    here = pl.when(pl.col("shift").is_null()).then("day").otherwise(pl.col("moment").dt.date())
    ok = pl.col("state") == State.OK.value
    return frame.select(
        "plain",
        "state",
        pl.when(ok).then(here).alias("day"),
        pl.when(ok).then("moment"),
        "clockless",
        "why",
        pl.when(ok).then("note"),
    ).collect()


def _each_once(texts: pl.Series, understand: Callable[[pl.Series], pl.DataFrame]) -> pl.DataFrame:
    distinct = texts.unique()
    return understand(distinct)[texts.cast(pl.Enum(distinct)).to_physical()]


def _read_days(heads: pl.Series, reckoning: Reckoning) -> pl.DataFrame:
    """The first part of a text as a day: `day`, `head` (its state, null where it is no day), `why`, `note`, `part`."""
    head = pl.col("head")
    frame = heads.alias("head").to_frame().lazy()
    for pattern in (_PARTED, _COMPACT, _YEARLESS, _SERIAL):
        frame = frame.with_columns(head.str.extract_groups(pattern).struct.unnest())
    whole = pl.coalesce("days", pl.lit(None)).cast(pl.Int64)
    frame = frame.with_columns(
        full=_parted_well(), serial=whole.is_between(*_SERIALS), days=whole, bare=pl.col("ym").is_not_null()
    ).with_columns(_year(reckoning).alias("year"))
    written = pl.concat_str(
        [pl.col("year"), pl.coalesce("m", "cm", "ym").str.zfill(2), pl.coalesce("d", "cd", "yd").str.zfill(2)],
        separator="-",
    ).str.to_date("%Y-%m-%d", strict=False)
    serial = pl.lit(reckoning.serials_from) + pl.duration(days="days")
    frame = frame.with_columns(day=pl.when("serial").then(serial).otherwise(written))
    frame = frame.with_columns(_head_state().alias("head_state"))
    part = pl.when("serial").then((pl.col("part").cast(pl.Float64) * 86_400).round().cast(pl.Int64) * 1_000_000)
    return frame.select(
        "day",
        pl.col("head_state").struct.field("state").alias("head"),
        pl.col("head_state").struct.field("why").alias("head_why"),
        _note(reckoning).alias("note"),
        part.fill_null(0).alias("part"),
        "serial",
    ).collect()


def _parted_well() -> pl.Expr:
    """Whether the parts are divided in one way: 2020-12/3 may be anything."""
    first, second, end = pl.col("first"), pl.col("second"), pl.col("end")
    alike = (first == second) & ((end != ".") | (first == "."))
    worded = (second == "月") & (end != ".")
    half_worded = (first == "年") & second.is_in([".", "/"]) & (end != ".")
    return ((alike | worded | half_worded) & ((pl.col("y").str.len_bytes() == 4) | _is_short())).fill_null(False)


def _is_short() -> pl.Expr:
    """A year of two digits that 年 marks as one; without it nobody knows where day, month and year stand."""
    return (pl.col("y").str.len_bytes() == 2) & (pl.col("first") == "年") & (pl.col("second") == "月")


def _year(reckoning: Reckoning) -> pl.Expr:
    century = pl.when(pl.col("y").cast(pl.Int32) < _CENTURY).then(pl.lit("20")).otherwise(pl.lit("19"))
    given = pl.lit(str(reckoning.year) if reckoning.year else None, pl.String)
    return (
        pl.when(pl.col("full") & _is_short())
        .then(century + pl.col("y"))
        .when("full")
        .then("y")
        .when(pl.col("cy").is_not_null())
        .then("cy")
        .when("bare")
        .then(given)
    )


def _head_state() -> pl.Expr:
    dated = pl.col("full") | pl.col("cy").is_not_null() | (pl.col("bare") & pl.col("year").is_not_null())
    dot = (pl.col("by") == ".") & pl.col("yd").is_in(["1", "2", "3"])
    badly_marked = (pl.col("by") != "月") & (pl.col("yend") == "号")
    month_exists = pl.col("ym").cast(pl.Int32).is_between(1, 12) & pl.col("yd").cast(pl.Int32).is_between(1, 31)
    return (
        pl.when(pl.col("bare") & pl.col("year").is_null())
        .then(pl.when(month_exists & ~badly_marked).then(verdict(State.PARTIAL, YEARLESS)))
        .when(pl.col("bare") & dot)
        .then(verdict(State.AMBIGUOUS, "可能是几日，也可能是十几日、几十日：数字格会丢掉末尾的0"))
        .when(dated & pl.col("day").is_null())
        .then(verdict(State.BAD, "没有这一天"))
        .when((dated | pl.col("serial").fill_null(False)) & ~pl.col("day").dt.year().is_between(*_YEARS))
        .then(verdict(State.BAD, f"日期不在{_YEARS[0]}年至{_YEARS[1]}年之间"))
        .when(dated | pl.col("serial").fill_null(False))
        .then(verdict(State.OK, None))
    )


def _note(reckoning: Reckoning) -> pl.Expr:
    return (
        pl.when("serial")
        .then(pl.lit("是日期序列号，已换算成日期"))
        .when("bare")
        .then(pl.lit(f"{YEARLESS}，按表头或标题写的{reckoning.year}年读"))
        .when(pl.col("full") & _is_short())
        .then(pl.lit("是两位年份，按20、19开头的四位年份读"))
    )


def _read_tails(tails: pl.Series) -> pl.DataFrame:
    if (tails == "").all():  # days without a clock, as most columns hold them
        return tails.to_frame().with_columns(**_NO_CLOCK).select(*_NO_CLOCK)
    return read_clocks(tails).select(*_NO_CLOCK)


def _together() -> list[pl.Expr]:
    """State and reason of day and clock together; null where either is none."""
    other_day = (pl.col("week") != pl.col("day").dt.weekday()).fill_null(False) & pl.col("shift").is_null()
    found = (
        pl.when(~pl.col("known") | pl.col("head").is_null() | (pl.col("serial") & pl.col("more")).fill_null(False))
        .then(verdict(None, None))  # a serial number has its clock behind the point
        .when(pl.col("head") != State.OK.value)
        .then(pl.struct(state="head", why="head_why"))
        .when("wrong")
        .then(verdict(State.BAD, "没有这个时刻"))
        .when("unsure")
        .then(verdict(State.AMBIGUOUS, "分不清是中午还是半夜、是当天还是次日"))
        .when(other_day)
        .then(verdict(State.AMBIGUOUS, "日期和星期对不上"))
        .otherwise(verdict(State.OK, None))
    )
    return [found.struct.field("state"), found.struct.field("why"), pl.col("clock").is_null().alias("clockless")]
