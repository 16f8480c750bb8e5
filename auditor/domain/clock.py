"""The clock (期限计算): from an event to the day on which an act is due, with every day explained.

One case at a time, in plain Python; evaluation holds the same arithmetic over columns and the
tests hold both equal to a slow walk. The trigger day is not counted unless the calendar is read so
(`Calendar.first_day_counts`); a limit ends with its last day at 24:00. Sources: the regulations'
limits; 政府信息公开条例 articles 30, 32, 33; Civil Code articles 201 to 203 for months.
"""

import calendar as months
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from auditor.domain.calendar import ONE_DAY, Calendar
from auditor.domain.finding import CountedDay
from auditor.domain.limit import Limit
from auditor.domain.obligation import DayType


@dataclass(frozen=True)
class Letter:
    """A consultation (征求意见): stops the clock from the day after `sent` to the day `answered`.

    One answered before it was sent stops nothing: how long it did is not known, so that the due day is the earliest.
    """

    sent: date
    answered: date | None = None


@dataclass(frozen=True)
class Pause:
    """A correction (补正) that only stops the clock: from the day after `asked` to the day `received`."""

    asked: date
    received: date


@dataclass(frozen=True)
class Extension:
    """An extension (延期): counts only if approved and notified by the due day then running."""

    approved: date | None
    notified: date | None
    days: int | None = None  # as many as the cap allows where none are given


@dataclass(frozen=True)
class Terms:
    """The numbers of a limit that may be stopped and extended, in working days.

    `answered_capped`: a letter stops the clock for no more than the cap, answered or not.
    """

    limit: int
    unanswered_cap: int = 15
    answered_capped: bool = False
    extension_cap: int = 20
    late_notice_counts: bool = False


@dataclass(frozen=True)
class Count:
    """A counted limit: the due day, the due day before any extension, and each day passed.

    `stopped` is the number of working days that did not count because a letter was out, `paused` of
    those because a correction was awaited.
    """

    start_on: date
    due_on: date
    original_due_on: date
    provisional: bool
    days: tuple[CountedDay, ...]
    stopped: int = 0
    paused: int = 0


@dataclass(frozen=True)
class _Stop:
    after: date
    until: date
    why: str

    def holds(self, day: date) -> bool:
        return self.after < day <= self.until


def count(calendar: Calendar, start: date, limit: Limit) -> Count:
    """Count a plain limit in working days, calendar days or months."""
    if limit.day_type is DayType.WORKING:
        return count_working(calendar, start, Terms(limit.number))
    due = due_day(calendar, start, limit)
    walked = _walk(start, due)
    if limit.day_type is not DayType.MONTH:
        return Count(start, due, due, False, tuple([_counted_day(day, True, "自然日，计入") for day in walked]))
    days = [_counted_day(day, True, calendar.why(day)) for day in walked[:-1]]
    days += [_counted_day(day, True, f"{calendar.why(day)}，期限届满") for day in walked[-1:]]
    return Count(start, due, due, calendar.any_provisional(start, due), tuple(days))


def due_day(calendar: Calendar, start: date, limit: Limit) -> date:
    """The day on which a plain limit ends. A month ends on the same date, rolled on from a rest day."""
    if limit.day_type is DayType.WORKING:
        return calendar.add_working_days(calendar.eve(start, limit.number), limit.number)
    if limit.day_type is DayType.MONTH:
        return calendar.next_working(same_day_later(start, limit.number))
    return start + timedelta(days=limit.number)


def count_hours(start: date, due: date) -> Count:
    """The days that a limit in hours runs through, the first and the last included: all of them count."""
    days = (start, *_walk(start, due))
    counted = tuple(_counted_day(day, True, "按小时连续计算，休息日不扣除") for day in days)
    return Count(start, due, due, False, counted)


def due_time(start: datetime, limit: Limit) -> datetime:
    """The moment on which a limit in hours ends: plain clock hours, rest days included."""
    return start + timedelta(hours=limit.number)


def same_day_later(start: date, number: int) -> date:
    """The same date `number` months later, the month's last day where it has no such date."""
    month = start.month - 1 + number
    year, month = start.year + month // 12, month % 12 + 1
    return date(year, month, min(start.day, months.monthrange(year, month)[1]))


def count_working(
    calendar: Calendar,
    start: date,
    terms: Terms,
    letters: Sequence[Letter] = (),
    extension: Extension | None = None,
    pauses: Sequence[Pause] = (),
) -> Count:
    """Count working days that no letter or pause stops, then those of a valid extension the same way."""
    out = [_Stop(letter.sent, _stop_ends(calendar, letter, terms), "征求意见期间") for letter in letters]
    waiting = [_Stop(pause.asked, pause.received, "等待补正期间") for pause in pauses]
    stops = [*out, *waiting]
    days: list[CountedDay] = []
    begin = calendar.eve(start, terms.limit)
    original = _count_on(calendar, begin, terms.limit, stops, days, "")
    due = original
    if extension and extension_counts(extension, original, terms):
        more = min(terms.extension_cap if extension.days is None else extension.days, terms.extension_cap)
        due = _count_on(calendar, original, more, stops, days, "延期")
    provisional = calendar.any_provisional(begin, due)
    missed = [each.date for each in days if not each.counted and calendar.is_working(each.date)] if stops else []
    stopped = sum(any(stop.holds(day) for stop in out) for day in missed)
    return Count(start, due, original, provisional, tuple(days), stopped, len(missed) - stopped)


def extension_counts(extension: Extension, original_due: date, terms: Terms) -> bool:
    """Approved by the original due day, and notified by it too unless late notice counts by setting."""
    approved = extension.approved is not None and extension.approved <= original_due
    notified = extension.notified is not None and extension.notified <= original_due
    return approved and (notified or (terms.late_notice_counts and extension.notified is not None))


def _stop_ends(calendar: Calendar, letter: Letter, terms: Terms) -> date:
    if letter.answered is not None and not terms.answered_capped:
        return letter.answered
    longest = calendar.add_working_days(letter.sent, terms.unanswered_cap)
    return longest if letter.answered is None else min(letter.answered, longest)


def _count_on(
    calendar: Calendar,
    start: date,
    number: int,
    stops: Sequence[_Stop],
    days: list[CountedDay],
    label: str,
) -> date:
    """Walk on from `start` until `number` days have counted; a stop holds after its first day."""
    day, reached = start, 0
    while reached < number:
        day += ONE_DAY
        why = calendar.why(day)
        if not calendar.is_working(day):
            days.append(_counted_day(day, False, why))
            continue
        stopped = next((stop.why for stop in stops if stop.holds(day)), "") if stops else ""
        if stopped:
            days.append(_counted_day(day, False, f"{why}，{stopped}，不计"))
            continue
        reached += 1
        days.append(_numbered_day(day, why, label, reached))
    return day


@lru_cache(maxsize=2**16)
def _numbered_day(day: date, why: str, label: str, reached: int) -> CountedDay:
    return _counted_day(day, True, f"{why}，{label}第{reached}个工作日")


@lru_cache(maxsize=2**16)
def _counted_day(day: date, counted: bool, why: str) -> CountedDay:
    """Days recur from count to count: those that are alike are one object."""
    return CountedDay(day, counted, why)


def _walk(start: date, end: date) -> list[date]:
    return list(map(date.fromordinal, range(start.toordinal() + 1, end.toordinal() + 1)))
