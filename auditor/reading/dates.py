"""Dates and times as offices write them, and nothing that only looks like one."""

import polars as pl

_SPACED = r"(?:(?P<y>[0-9]{4})\s*[-/.年]\s*(?P<m>[0-9]{1,2})\s*[-/.月]\s*(?P<d>[0-9]{1,2})"
_COMPACT = r"|(?P<cy>[0-9]{4})(?P<cm>[0-9]{2})(?P<cd>[0-9]{2}))"
_WEEKDAY = r"(?:\s*\(?(?:星期|周)[一二三四五六日天]\)?)?"
_CLOCK = (
    r"(?:(?:\s*T\s*|\s+)(?P<H>[0-9]{1,2})\s*[:时]\s*(?P<M>[0-9]{1,2})"
    r"(?:\s*[:分]\s*(?P<S>[0-9]{1,2})(?:\.(?P<f>[0-9]{1,9}))?\s*秒?|\s*分)?)?"
)
_ZONE = r"(?:\s*(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2}))?"
_WRITTEN = f"^{_SPACED}{_COMPACT}{_WEEKDAY}{_CLOCK}{_ZONE}$"
_SERIAL = r"^(?P<days>[0-9]{5})(?P<part>\.[0-9]+)?$"  # days since 1899-12-30, as spreadsheets count
_ONLY_MONTH = r"^[0-9]{4}\s*[-/.年]\s*[0-9]{1,2}\s*月?$"
_SERIALS = (20_000, 80_000)
_YEARS = (1949, 2100)
_HOME_MINUTES = 8 * 60


def with_moments(column: pl.LazyFrame) -> pl.LazyFrame:
    """To texts in `raw` add `day`, `moment`, and `why` one of them is no date (null where it is)."""
    plain = pl.col("raw").str.normalize("NFKC").str.strip_chars()
    spaced = plain.str.replace(r"([0-9])\s*[日号]\s*", "${1} ").str.strip_chars()
    frame = column.with_columns(plain=spaced).with_columns(
        pl.col("plain").str.extract_groups(_WRITTEN).struct.unnest(),
        pl.col("plain").str.extract_groups(_SERIAL).struct.unnest(),
    )
    frame = _numbers(frame).with_columns(written=_written_day(), serial_day=_serial_day(), clock=_clock_exists())
    frame = frame.with_columns(day=pl.coalesce("written", "serial_day"))
    frame = frame.with_columns(moment=_moment())
    at_home = pl.when(pl.col("zone").is_null()).then("day").otherwise(pl.col("moment").dt.date())
    frame = frame.with_columns(day=at_home).with_columns(why=_why())
    usable = pl.col("why").is_null()
    return frame.select("raw", pl.when(usable).then("day"), pl.when(usable).then("moment"), "why")


def _numbers(frame: pl.LazyFrame) -> pl.LazyFrame:
    clock = [pl.col(name).cast(pl.Int64).fill_null(0) for name in ("H", "M", "S")]
    fraction = pl.col("f").str.pad_end(6, "0").str.slice(0, 6).cast(pl.Int64).fill_null(0)
    zone = pl.col("zone").str.replace("Z", "+0000").str.replace(":", "")
    offset = zone.str.slice(1, 2).cast(pl.Int64) * 60 + zone.str.slice(3, 2).cast(pl.Int64)
    serial = pl.col("days").cast(pl.Int64)
    return frame.with_columns(
        *clock,
        f=fraction,
        offset=pl.when(zone.str.starts_with("-")).then(-offset).otherwise(offset),
        days=pl.when(serial.is_between(*_SERIALS)).then(serial),
        part=(pl.col("part").cast(pl.Float64) * 86_400).round().cast(pl.Int64).fill_null(0),
    )


def _written_day() -> pl.Expr:
    parts = [pl.coalesce(name, f"c{name}").str.zfill(2) for name in ("y", "m", "d")]
    return pl.concat_str(parts, separator="-").str.to_date("%Y-%m-%d", strict=False)


def _serial_day() -> pl.Expr:
    return pl.date(1899, 12, 30) + pl.duration(days="days")


def _clock_exists() -> pl.Expr:
    hour, minute, second = pl.col("H"), pl.col("M"), pl.col("S")
    midnight = (hour == 24) & (minute == 0) & (second == 0) & (pl.col("f") == 0)
    return ((hour < 24) & (minute < 60) & (second < 60)) | midnight


def _moment() -> pl.Expr:
    clock = pl.duration(hours="H", minutes="M", seconds=pl.col("S") + pl.col("part"), microseconds="f")
    home = pl.duration(minutes=pl.lit(_HOME_MINUTES) - pl.col("offset").fill_null(_HOME_MINUTES))
    return pl.col("day").cast(pl.Datetime("us")) + clock + home


def _why() -> pl.Expr:
    is_written = pl.coalesce("y", "cy").is_not_null()
    return (
        pl.when(is_written & pl.col("written").is_null())
        .then(pl.lit("没有这一天"))
        .when(is_written & ~pl.col("clock"))
        .then(pl.lit("没有这个时刻"))
        .when(pl.col("day").is_null() & pl.col("plain").str.contains(_ONLY_MONTH))
        .then(pl.lit("只写到月，缺日"))
        .when(pl.col("day").is_null())
        .then(pl.lit("认不出的日期"))
        .when(~pl.col("day").dt.year().is_between(*_YEARS))
        .then(pl.lit(f"日期不在{_YEARS[0]}年至{_YEARS[1]}年之间"))
    )
