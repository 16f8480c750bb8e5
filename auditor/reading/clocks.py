"""The clock behind a date, as offices write it: 14:30, 14时30分, 下午2时半, and the day of the week before it."""

import polars as pl

DAY_PARTS = "凌晨|清晨|早晨|早上|上午|中午|正午|下午|傍晚|晚上|晚间|夜间"
_MORNING = ("凌晨", "清晨", "早晨", "早上", "上午")
_AFTERNOON = ("下午",)
_EVENING = ("傍晚", "晚上", "晚间", "夜间")
_WEEKDAYS = {name: number for number, name in enumerate("一二三四五六日", 1)} | {"天": 7}
_TAIL = (
    r"^(?:\(?(?:星期|周|礼拜)(?P<week>[一二三四五六日天])\s*\)?)?"
    rf"\s*(?P<part>{DAY_PARTS})?\s*"
    r"(?:(?P<h>[0-9]{1,2})\s*:\s*(?P<m>[0-9]{1,2})(?:\s*:\s*(?P<s>[0-9]{1,2})(?:\.(?P<f>[0-9]{1,9}))?)?"
    r"|(?P<hh>[0-9]{1,2})\s*[时点]\s*(?:(?P<half>半)|整|(?P<hm>[0-9]{1,2})\s*(?:分\s*(?:(?P<hs>[0-9]{1,2})\s*秒)?)?)?)?"
    r"\s*(?P<noon>[aApP][mM])?\s*(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?$"
)
_HOUR, _MINUTE = 3_600_000_000, 60_000_000
_HOME = 8 * 60


def read_clocks(tails: pl.Series) -> pl.DataFrame:
    """Understand what stands behind dates; null where it is no clock at all.

    Columns: `known` (it is a clock, or only a day of the week), `clock` (microseconds since midnight, null where
    only a part of the day is named), `week` (1 to 7), `shift` (minutes to add to come to the time here),
    `wrong` and `unsure` (the hour does not exist; it may be one of two).
    """
    frame = tails.alias("tail").to_frame().lazy()
    frame = frame.select("tail", pl.col("tail").str.extract_groups(_TAIL).alias("parts")).unnest("parts")
    number = {name: pl.col(name).cast(pl.Int64, strict=False) for name in ("h", "m", "s", "hh", "hm", "hs")}
    frame = frame.with_columns(
        known=(pl.col("tail") == "") | pl.any_horizontal(pl.all().exclude("tail").is_not_null()),
        hour=pl.coalesce(number["h"], number["hh"]),
        minute=pl.coalesce(number["m"], number["hm"], pl.when(pl.col("half").is_not_null()).then(30)).fill_null(0),
        second=pl.coalesce(number["s"], number["hs"]).fill_null(0),
        fraction=pl.col("f").str.pad_end(6, "0").str.slice(0, 6).cast(pl.Int64).fill_null(0),
        week=pl.col("week").replace_strict(_WEEKDAYS, default=None, return_dtype=pl.Int8),
        noon=pl.col("noon").str.to_lowercase(),
    )
    hour, part, noon = pl.col("hour"), pl.col("part"), pl.col("noon")
    split = part.is_not_null() | noon.is_not_null()
    full = _full_hour(hour, part, noon)
    sharp = (pl.col("minute") == 0) & (pl.col("second") == 0) & (pl.col("fraction") == 0)
    exists = ((full < 24) | ((full == 24) & sharp)) & (pl.col("minute") < 60) & (pl.col("second") < 60)
    unsure = _unsure(hour, part)
    nameless = hour.is_null() & split
    clock = full * _HOUR + pl.col("minute") * _MINUTE + pl.col("second") * 1_000_000 + pl.col("fraction")
    return frame.select(
        "known",
        pl.when(exists & ~unsure).then(clock).when(hour.is_null() & ~nameless).then(0).alias("clock"),
        "week",
        _shift().alias("shift"),
        (hour.is_not_null() & ~unsure & ~exists.fill_null(False)).fill_null(False).alias("wrong"),
        unsure.alias("unsure"),
    ).collect()


def _full_hour(hour: pl.Expr, part: pl.Expr, noon: pl.Expr) -> pl.Expr:
    """The hour of 24; null where part and hour contradict each other (上午13时)."""
    late = part.is_in([*_AFTERNOON, *_EVENING])
    return (
        pl.when(part.is_not_null() & noon.is_not_null())
        .then(None)
        .when(noon == "am")
        .then(pl.when(hour.is_between(1, 12)).then(hour % 12))
        .when(noon == "pm")
        .then(pl.when(hour.is_between(1, 12)).then(hour % 12 + 12).when(hour.is_between(13, 23)).then(hour))
        .when(part.is_in(_MORNING))
        .then(pl.when(hour < 12).then(hour))
        .when(part.is_in(["中午", "正午"]))
        .then(pl.when(hour.is_between(11, 14)).then(hour).when(hour.is_between(1, 2)).then(hour + 12))
        .when(late)
        .then(pl.when(hour.is_between(1, 11)).then(hour + 12).when(hour.is_between(12, 23)).then(hour))
        .otherwise(hour)
    )


def _unsure(hour: pl.Expr, part: pl.Expr) -> pl.Expr:
    """Twelve in the morning or at night, or the small hours of an evening: of this day, or of the next?"""
    morning = part.is_in(_MORNING) & (hour == 12)
    night = part.is_in(_EVENING) & (hour.is_in([0, 12, 24]) | hour.is_between(1, 4))
    return (morning | night).fill_null(False)


def _shift() -> pl.Expr:
    zone = pl.col("zone").str.replace("Z", "+0000", literal=True).str.replace(":", "", literal=True)
    minutes = zone.str.slice(1, 2).cast(pl.Int64) * 60 + zone.str.slice(3, 2).cast(pl.Int64)
    return _HOME - pl.when(zone.str.starts_with("-")).then(-minutes).otherwise(minutes)
