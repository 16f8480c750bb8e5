"""Working days (工作日): which day counts, by which notice of the State Council.

Source: the yearly notices of 国务院办公厅 on holidays, held as data under `rules/calendar/`.
Monday to Friday count, minus the rest days and plus the make-up working days of the notices; a
later notice wins day by day. A year without a notice is provisional: only the days that the
holiday measure fixes are off, and everything counted over it says so. An office may read "working
day" otherwise (`as_read`): every count, over columns or day by day, then follows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from itertools import accumulate, pairwise

ONE_DAY = timedelta(days=1)
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class SpecialDay:
    """A day that a notice, or the holiday measure, makes a rest day or a working day."""

    working: bool
    holiday: str
    notice: str = ""

    @property
    def why(self) -> str:
        """The reason in the words of the office."""
        kind = f"{self.holiday}调休上班" if self.working else f"{self.holiday}放假"
        return f"{kind}（{self.notice}）" if self.notice else f"{kind}（放假通知未发布，暂按放假办法）"


@dataclass(frozen=True)
class Calendar:
    """Days from `first` to `last`; `noticed` are the years whose notice is known.

    `first_day_counts`: a limit in working days counts the day of its event, where that is one.
    """

    first: date
    last: date
    special: Mapping[date, SpecialDay]
    noticed: frozenset[int]
    first_day_counts: bool = False

    def covers(self, day: date) -> bool:
        """Whether the calendar says anything about `day`."""
        return self.first <= day <= self.last

    def is_working(self, day: date) -> bool:
        """Whether `day` counts as a working day."""
        special = self.special.get(day)
        return special.working if special else day.weekday() < 5

    def why(self, day: date) -> str:
        """Why `day` counts or does not, for the day-by-day line."""
        known = self._whys.get(day)
        if known is None:
            known = self._whys[day] = self._why(day)
        return known

    def _why(self, day: date) -> str:
        special = self.special.get(day)
        if special:
            return special.why
        name = f"星期{_WEEKDAYS[day.weekday()]}"
        kind = "工作日" if day.weekday() < 5 else "休息日"
        return f"{name}，{kind}" + ("" if day.year in self.noticed else "（该年放假通知未发布，暂定）")

    def is_provisional(self, day: date) -> bool:
        """Whether the year of `day` has no notice."""
        return day.year not in self.noticed

    def any_provisional(self, after: date, until: date) -> bool:
        """Whether a day after `after`, up to and including `until`, is of a year that has no notice."""
        return after < until and any(year not in self.noticed for year in range((after + ONE_DAY).year, until.year + 1))

    def next_working(self, day: date) -> date:
        """`day` itself if it is a working day, else the next one."""
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def eve(self, start: date, number: int) -> date:
        """The day after which a limit of `number` working days from an event on `start` is counted."""
        return start - ONE_DAY if self.first_day_counts and number > 0 else start

    def add_working_days(self, start: date, count: int) -> date:
        """The `count`-th working day after `start`; `start` itself is never counted."""
        day = start
        while count > 0:
            day += ONE_DAY
            count -= self.is_working(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; 0 if `end` is not later."""
        return max(0, self._passed(end) - self._passed(start))

    def _passed(self, day: date) -> int:
        return self.passed[(day - self.first).days]

    @cached_property
    def _whys(self) -> dict[date, str]:
        """The reasons that were asked for: each is put into words once."""
        return {}

    @cached_property
    def passed(self) -> Sequence[int]:
        """For each day from `first`: how many working days lie from `first` up to and including it."""
        return list(accumulate(map(int, self._counted)))

    @cached_property
    def working(self) -> Sequence[int]:
        """Offsets from `first` of all working days, in order: the n-th working day stands at n - 1."""
        return [offset for offset, is_working in enumerate(self._counted) if is_working]

    @cached_property
    def provisional(self) -> Sequence[int]:
        """For each day from `first`: how many days of years without a notice lie up to and including it."""
        years = range(self.first.year, self.last.year + 1)
        ends = [max(self.first, date(year, 1, 1)) for year in years] + [self.last + ONE_DAY]
        lengths = [(end - start).days for start, end in pairwise(ends)]
        open_days = [year not in self.noticed for year, days in zip(years, lengths, strict=True) for _ in range(days)]
        return list(accumulate(map(int, open_days)))

    @cached_property
    def _counted(self) -> Sequence[bool]:
        """For each day from `first` whether it is a working day; `is_working` of all of them at once."""
        weekday = self.first.weekday()
        counted = [(weekday + offset) % 7 < 5 for offset in range((self.last - self.first).days + 1)]
        for day, special in self.special.items():
            if self.covers(day):
                counted[(day - self.first).days] = special.working
        return counted


def as_read(notices: Calendar, *, weekdays: bool, first_day_counts: bool, extra: Iterable[date]) -> Calendar:
    """The calendar of the notices as an office reads it; the same object where nothing differs.

    `weekdays` counts Monday to Friday whatever the notices say, so that no day is provisional;
    `extra` are further days off.
    """
    off = {day: SpecialDay(False, "地方节假日", "本级设置") for day in extra}
    if not (weekdays or first_day_counts or off):
        return notices
    years = frozenset(range(notices.first.year, notices.last.year + 1))
    return replace(
        notices,
        special=off if weekdays else {**notices.special, **off},
        noticed=years if weekdays else notices.noticed,
        first_day_counts=first_day_counts,
    )
