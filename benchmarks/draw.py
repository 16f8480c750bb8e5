"""Random columns of a log, drawn a block of rows at a time.

Days are numpy arrays of `datetime64[D]`, not recorded is NaT; every other column is a Polars series of text.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl

from auditor.domain.calendar import Calendar

# What begins in the logs begins between these; they are handed over on the last day, so that nothing is later.
FIRST, LAST = date(2021, 1, 4), date(2025, 12, 31)
EDGES = np.array(
    [
        f"{year}-{day}"
        for year in range(FIRST.year, LAST.year + 1)
        for day in ("01-22", "01-24", "02-01", "04-30", "09-26", "09-30", "12-10", "12-30", "12-31")
    ],
    dtype="datetime64[D]",
)
SURNAMES = tuple("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜")
GIVEN = tuple("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国文斌晓燕")
Days = np.ndarray
Weights = Mapping[str, float] | Sequence[str]


class Office:
    """What is one office's own: how it writes a day, and the share of its steps that go wrong.

    Limits in working days are counted in the calendar that the rules count in.
    """

    def __init__(self, calendar: Calendar, form: str = "%Y-%m-%d", faults: float = 0.0) -> None:
        self.form, self.faults = form, faults
        self.first = np.datetime64(calendar.first)
        self.passed, self.working = np.array(calendar.passed), np.array(calendar.working)
        self.written = pl.Series(self.first + np.arange(len(self.passed))).dt.strftime(form)


class Draw:
    """Random columns of one length, as one office fills them in."""

    def __init__(self, seed: Sequence[int], rows: int, office: Office) -> None:
        self.rng, self.rows, self.office = np.random.default_rng(list(seed)), rows, office

    def one_of(self, weights: Weights) -> pl.Series:
        """A value for each row; "" is a blank cell."""
        shares = np.fromiter(weights.values(), float) if isinstance(weights, Mapping) else np.ones(len(weights))
        chosen = np.searchsorted(np.cumsum(shares / shares.sum())[:-1], self.rng.random(self.rows), side="right")
        return pl.Series(list(weights), dtype=pl.String).gather(chosen)

    def kept(self, right: str | Weights | pl.Series, wrong: Weights = ("",)) -> pl.Series:
        """What belongs into the cell; where the entry goes wrong, something of `wrong`: mostly nothing at all."""
        column = self._column([right] if isinstance(right, str) else right)
        places = np.flatnonzero(self.fails())
        return column.scatter(places, self.one_of(wrong).gather(places)) if len(places) else column

    def where(self, rows: np.ndarray, column: str | Weights | pl.Series) -> pl.Series:
        """The column for these rows; the others are blank."""
        return either(rows, column if isinstance(column, str) else self._column(column), "")

    def flag(self, rows: np.ndarray) -> pl.Series:
        """A flag that holds for these rows; of the others one in ten is left blank."""
        return pl.select(
            pl.when(pl.Series(rows)).then(pl.lit("是")).otherwise(self.one_of({"否": 9, "": 1}))
        ).to_series()

    def names(self) -> pl.Series:
        """Invented people."""
        return self.texts(SURNAMES, GIVEN, ("", *GIVEN))

    def texts(self, *parts: Weights | pl.Series) -> pl.Series:
        """Sentences of one part from each list."""
        return pl.select(pl.concat_str([self._column(part) for part in parts])).to_series()

    def numbered(self, prefix: str, numbers: np.ndarray | pl.Series, width: int = 7) -> pl.Series:
        """Numbers of records, or telephones: the prefix and so many digits."""
        digits = pl.Series(numbers).cast(pl.String).str.zfill(width)
        return pl.select(pl.concat_str([pl.lit(prefix), digits])).to_series()

    def below(self, end: int) -> np.ndarray:
        """Whole numbers from 0."""
        return self.rng.integers(0, end, self.rows)

    def chance(self, share: float) -> np.ndarray:
        """Which rows: so many of them."""
        return self.rng.random(self.rows) < share

    def fails(self) -> np.ndarray:
        """In which rows a step goes wrong."""
        return self.chance(self.office.faults)

    def seldom_fails(self) -> np.ndarray:
        """In which rows happens what hardly ever happens: a leak, a citizen turned away."""
        return self.chance(self.office.faults / 20)

    def ticked(self, fields: Sequence[str], tick: str, without: Weights) -> dict[str, pl.Series]:
        """A form of boxes, all ticked; where it goes wrong, one of them is not."""
        left_out = np.where(self.fails(), self.below(len(fields)), len(fields))
        return {field: either(left_out == place, self.one_of(without), tick) for place, field in enumerate(fields)}

    def days(self) -> Days:
        """Days over five years, one in six on an edge of the calendar."""
        plain = np.datetime64(FIRST) + self.below((LAST - FIRST).days + 1)
        return np.where(self.chance(1 / 6), EDGES[self.below(len(EDGES))], plain)

    def later(self, days: Days, span: tuple[int, int]) -> Days:
        """So many calendar days later, for what has no limit."""
        return _by_now(days + self.rng.integers(*span, self.rows, endpoint=True))

    def within(self, days: Days, limit: int | np.ndarray, soonest: int | np.ndarray = 0) -> Days:
        """The days of a step that has to be done within so many working days.

        Mostly early, one in eight on the last two days. Where the step goes wrong, mostly a few days late, some far
        too late, and one in six not at all.
        """
        early = limit + 1 - np.ceil(np.sqrt(self.rng.random(self.rows)) * (limit - soonest + 1)).astype(np.int64)
        taken = np.where(self.chance(1 / 8), np.maximum(limit - self.below(2), soonest), early)
        wrong = np.flatnonzero(self.fails())
        beyond = self.rng.geometric(np.where(self.rng.random(len(wrong)) < 0.8, 0.4, 0.05))
        taken[wrong] = np.broadcast_to(limit, self.rows)[wrong] + beyond
        done = _by_now(self._working_days_after(days, taken))
        done[wrong[self.rng.random(len(wrong)) < 1 / 6]] = np.datetime64("NaT")
        return done

    def _working_days_after(self, days: Days, counts: np.ndarray) -> Days:
        there = known(days)
        places, office = self._places(days), self.office
        passed = office.passed[places] + counts
        later = office.working[np.minimum(passed, len(office.working)) - 1]
        return only(there, office.first + np.where(counts > 0, later, places))

    def _places(self, days: Days) -> np.ndarray:
        """Where the days stand in the calendar; the first day for what is not recorded."""
        return np.where(np.isnat(days), 0, (days - self.office.first).astype(np.int64))

    def written(self, days: Days) -> pl.Series:
        """Days as this office writes them."""
        return _texts(known(days), self.office.written.gather(self._places(days)))

    def clock(self, days: Days, hours: tuple[int, int] = (7, 20)) -> pl.Series:
        """The days with an hour of the office's day."""
        minutes = self.rng.integers(hours[0] * 60, hours[1] * 60, self.rows)
        clock = pl.Series([f"{minute // 60:02}:{minute % 60:02}" for minute in range(24 * 60)]).gather(minutes)
        both = pl.select(pl.concat_str([self.written(days), pl.lit(" "), clock])).to_series()
        return _texts(known(days), both)

    def _column(self, values: Weights | pl.Series) -> pl.Series:
        return values if isinstance(values, pl.Series) else self.one_of(values)


def only(rows: np.ndarray, days: Days) -> Days:
    """The days for these rows; not recorded for the others."""
    return np.where(rows, days, np.datetime64("NaT"))


def known(days: Days) -> np.ndarray:
    """Where a day is recorded."""
    recorded: np.ndarray = ~np.isnat(days)
    return recorded


def either(rows: np.ndarray, one: str | pl.Series, other: str | pl.Series) -> pl.Series:
    """One value for these rows, the other for the rest."""
    values = [pl.lit(each) if isinstance(each, str) else each for each in (one, other)]
    return pl.select(pl.when(pl.Series(rows)).then(values[0]).otherwise(values[1])).to_series()


def _by_now(days: Days) -> Days:
    """Nothing later than the day on which the logs are handed over."""
    return only(days <= np.datetime64(LAST), days)


def _texts(rows: np.ndarray, texts: pl.Series) -> pl.Series:
    return pl.select(pl.when(pl.Series(rows)).then(texts)).to_series()
