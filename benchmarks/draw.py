"""Random columns of a log, drawn a block of rows at a time.

Days are numpy arrays of `datetime64[D]`, not recorded is NaT; every other column is a Polars series of text.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl

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
# Every day that can come up, written once and then looked up.
_ZERO = np.datetime64("2019-01-01")
_WRITTEN = pl.Series(np.arange(_ZERO, np.datetime64("2029-01-01")))
Days = np.ndarray
Weights = Mapping[str, float] | Sequence[str]


class Draw:
    """Random columns of one length. `form` is how this office writes a day, `slack` how readily it is late."""

    def __init__(self, seed: Sequence[int], rows: int, form: str = "%Y-%m-%d", slack: float = 1.0) -> None:
        self.rng, self.rows, self.slack = np.random.default_rng(list(seed)), rows, slack
        self._day, self._time = form, f"{form} %H:%M"
        self._days_written = _WRITTEN.dt.strftime(form)

    def one_of(self, weights: Weights) -> pl.Series:
        """A value for each row; "" is a blank cell."""
        shares = np.fromiter(weights.values(), float) if isinstance(weights, Mapping) else np.ones(len(weights))
        chosen = np.searchsorted(np.cumsum(shares / shares.sum())[:-1], self.rng.random(self.rows), side="right")
        return pl.Series(list(weights), dtype=pl.String).gather(chosen)

    def yes(self, share: float) -> pl.Series:
        """A flag that holds for so many rows."""
        return self.one_of({"是": share, "否": 0.9 - share, "": 0.1})

    def names(self) -> pl.Series:
        """Invented people."""
        return self.texts(SURNAMES, GIVEN, ("", *GIVEN))

    def texts(self, *parts: Weights) -> pl.Series:
        """Sentences of one part from each list."""
        return pl.select(pl.concat_str([self.one_of(part) for part in parts])).to_series()

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

    def days(self) -> Days:
        """Days over five years, one in six on an edge of the calendar."""
        plain = np.datetime64(FIRST) + self.below((LAST - FIRST).days + 1)
        return np.where(self.chance(1 / 6), EDGES[self.below(len(EDGES))], plain)

    def after(self, days: Days, usual: tuple[int, int], late: int, done: float = 0.99) -> Days:
        """Days later: mostly within the usual, some just about the limit, some late, some never."""
        low, high = usual
        spans = np.array([(low, high), (high - 1, high + 2), (high + 1, max(late, high + 2)), (0, 0)])
        beyond = 0.04 * self.slack, 0.03 * self.slack
        bounds = np.cumsum([1 - sum(beyond) - 0.02, *beyond])
        chosen = spans[np.searchsorted(bounds, self.rng.random(self.rows), side="right")]
        later = days + self.rng.integers(chosen[:, 0], chosen[:, 1], endpoint=True)
        return np.where(self.chance(done), later, np.datetime64("NaT"))

    def before(self, days: Days, usual: tuple[int, int], far: int) -> Days:
        """Days earlier: mostly within the usual, some long before, some a little after."""
        spans = np.array([usual, (usual[1], far), (-3, 0)])
        chosen = spans[np.searchsorted([0.93, 0.98], self.rng.random(self.rows), side="right")]
        return days - self.rng.integers(chosen[:, 0], chosen[:, 1], endpoint=True)

    def only(self, rows: float | np.ndarray, days: Days) -> Days:
        """The days for so many rows, or for these rows; not recorded for the others."""
        return np.where(self.chance(rows) if isinstance(rows, float) else rows, days, np.datetime64("NaT"))

    def written(self, days: Days) -> pl.Series:
        """Days as this office writes them."""
        known = ~np.isnat(days)
        places = np.where(known, days - _ZERO, np.timedelta64(0, "D")).astype(np.int64)
        return _only(known, self._days_written.gather(places))

    def clock(self, days: Days, hours: tuple[int, int] = (7, 20)) -> pl.Series:
        """The days with an hour of the office's day."""
        minutes = self.rng.integers(hours[0] * 60, hours[1] * 60, self.rows)
        clock = pl.Series([f"{minute // 60:02}:{minute % 60:02}" for minute in range(24 * 60)]).gather(minutes)
        both = pl.select(pl.concat_str([self.written(days), pl.lit(" "), clock])).to_series()
        return _only(~np.isnat(days), both)


def _only(rows: np.ndarray, texts: pl.Series) -> pl.Series:
    return pl.select(pl.when(pl.Series(rows)).then(texts)).to_series()
