"""The clock: the check values, and random cases against a slow walk that shares no code with it."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.domain.calendar import Calendar, as_read
from auditor.domain.clock import Extension, Letter, Pause, Terms, count, count_working, due_time
from auditor.domain.limit import Limit, parse_limit
from auditor.domain.obligation import DayType
from auditor.rulebook.calendar_files import calendar_for


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    """The shipped notices."""
    return calendar_for([])


def day(text: str) -> date:
    """A date, short."""
    return date.fromisoformat(text)


CHECK_VALUES = [
    ("2025-01-24", 3, "2025-02-05"),
    ("2025-01-24", 5, "2025-02-07"),
    ("2025-01-24", 7, "2025-02-10"),
    ("2025-01-24", 10, "2025-02-13"),
    ("2025-01-24", 20, "2025-02-27"),
    ("2025-03-03", 20, "2025-03-31"),
    ("2025-03-31", 20, "2025-04-28"),
    ("2025-09-05", 7, "2025-09-16"),
    ("2025-09-26", 5, "2025-10-10"),
    ("2025-12-31", 20, "2026-01-29"),
    ("2026-02-13", 5, "2026-02-27"),
    ("2026-02-14", 5, "2026-02-28"),
    ("2026-02-17", 5, "2026-02-28"),
    ("2026-04-30", 3, "2026-05-08"),
    ("2026-09-18", 5, "2026-09-24"),
    ("2022-12-30", 5, "2023-01-09"),
    ("2020-09-22", 20, "2020-10-26"),
    ("2019-04-10", 20, "2019-05-09"),
    ("2026-02-02", 20, "2026-03-06"),
    ("2020-01-15", 20, "2020-02-19"),
]


@pytest.mark.parametrize("first", ["2019-02-27", "2020-02-29", "2024-12-31", "2025-01-01"])
@pytest.mark.parametrize("weekdays", [False, True])
def test_the_tables_of_the_calendar_say_what_it_says_day_by_day(
    calendar: Calendar, first: str, *, weekdays: bool
) -> None:
    """From any first day on, special days outside the calendar left out."""
    read = as_read(calendar, weekdays=weekdays, first_day_counts=False, extra=[])
    part = replace(read, first=day(first), last=day("2029-06-30"))
    days = [part.first + timedelta(days=n) for n in range((part.last - part.first).days + 1)]

    assert list(part.passed) == list(accumulate(part.is_working(each) for each in days))
    assert list(part.working) == [offset for offset, each in enumerate(days) if part.is_working(each)]
    assert list(part.provisional) == list(accumulate(part.is_provisional(each) for each in days))


@pytest.mark.parametrize(("start", "number", "due"), CHECK_VALUES)
def test_working_days_fall_due_as_the_published_calendars_say(
    calendar: Calendar, start: str, number: int, due: str
) -> None:
    """The check values of the requirements, computed from the published notices."""
    counted = count(calendar, day(start), Limit(number, DayType.WORKING))

    assert counted.due_on == day(due)
    assert not counted.provisional
    assert sum(each.counted for each in counted.days) == number
    assert counted.days[-1].date == day(due)


@pytest.mark.parametrize(
    ("year", "number"), [(2020, 249), (2021, 250), (2022, 249), (2023, 249), (2024, 251), (2025, 248), (2026, 248)]
)
def test_a_year_has_as_many_working_days_as_its_notice_leaves(calendar: Calendar, year: int, number: int) -> None:
    """Working days of whole years."""
    assert calendar.working_days_between(date(year - 1, 12, 31), date(year, 12, 31)) == number


def test_a_notice_may_change_a_year_that_has_begun(calendar: Calendar) -> None:
    """2019-05-02 and -03 became rest days on 2019-03-22, 2020-01-31 on 2020-01-27; the days made up count."""
    assert not calendar.is_working(day("2019-05-02"))
    assert calendar.is_working(day("2019-04-28"))
    assert not calendar.is_working(day("2020-01-31"))
    assert not calendar.is_working(day("2020-02-01"))
    assert calendar.is_working(day("2020-02-03"))


def test_counting_into_a_year_without_a_notice_is_provisional_and_says_why(calendar: Calendar) -> None:
    """The notice for 2027 is not known."""
    counted = count(calendar, day("2026-12-10"), Limit(20, DayType.WORKING))

    assert counted.provisional
    assert "放假通知未发布" in counted.days[-1].why


def test_an_extension_counts_on_from_the_original_due_day(calendar: Calendar) -> None:
    """Approved and notified on the last day itself: 20 working days more."""
    last = day("2025-03-31")
    counted = count_working(calendar, day("2025-03-03"), Terms(20), extension=Extension(last, last, 20))

    assert (counted.original_due_on, counted.due_on) == (last, day("2025-04-28"))


def test_an_extension_notified_a_day_late_counts_for_nothing(calendar: Calendar) -> None:
    """The day after the original due day is too late."""
    extension = Extension(day("2025-03-31"), day("2025-04-01"), 20)

    assert count_working(calendar, day("2025-03-03"), Terms(20), extension=extension).due_on == day("2025-03-31")
    lenient = Terms(20, late_notice_counts=True)
    assert count_working(calendar, day("2025-03-03"), lenient, extension=extension).due_on == day("2025-04-28")


def test_an_extension_adds_at_most_twenty_working_days(calendar: Calendar) -> None:
    """Thirty days given are cut to twenty; ten given are ten."""
    on = day("2025-03-20")
    thirty = count_working(calendar, day("2025-03-03"), Terms(20), extension=Extension(on, on, 30))
    ten = count_working(calendar, day("2025-03-03"), Terms(20), extension=Extension(on, on, 10))

    assert thirty.due_on == day("2025-04-28")
    assert ten.due_on == day("2025-04-15")


def test_overlapping_letters_stop_the_clock_once(calendar: Calendar) -> None:
    """2025-03-11 to 03-18 are six working days in the union of two letters, not ten in their sum."""
    letters = [Letter(day("2025-03-10"), day("2025-03-14")), Letter(day("2025-03-12"), day("2025-03-18"))]

    assert count_working(calendar, day("2025-03-03"), Terms(20), letters).due_on == day("2025-04-09")


def test_an_unanswered_letter_stops_the_clock_for_fifteen_working_days(calendar: Calendar) -> None:
    """Where an answer came there is no such cap."""
    unanswered = [Letter(day("2025-03-10"))]
    answered_late = [Letter(day("2025-03-10"), day("2025-04-10"))]

    assert count_working(calendar, day("2025-03-03"), Terms(20), unanswered).due_on == day("2025-04-22")
    assert count_working(calendar, day("2025-03-03"), Terms(20), answered_late).due_on == day("2025-04-30")


def test_a_letter_sent_on_the_due_day_or_later_stops_nothing(calendar: Calendar) -> None:
    """The clock has run out by then."""
    for sent in ("2025-03-31", "2025-04-01"):
        letters = [Letter(day(sent), day("2025-04-20"))]
        assert count_working(calendar, day("2025-03-03"), Terms(20), letters).due_on == day("2025-03-31")


def test_a_cap_that_always_holds_binds_an_answered_letter_too(calendar: Calendar) -> None:
    """Fifteen working days at most; an answer that came sooner ends the stop sooner."""
    capped = Terms(20, answered_capped=True)
    late, soon = [Letter(day("2025-03-10"), day("2025-04-10"))], [Letter(day("2025-03-10"), day("2025-03-14"))]

    assert count_working(calendar, day("2025-03-03"), capped, late).due_on == day("2025-04-22")
    assert count_working(calendar, day("2025-03-03"), capped, soon).due_on == day("2025-04-07")


def test_a_correction_that_only_pauses_the_clock_lets_it_go_on_where_it_stood(calendar: Calendar) -> None:
    """Asked on 10 March, received on 1 April: sixteen working days; what a letter stopped too is the letter's."""
    pause = [Pause(day("2025-03-10"), day("2025-04-01"))]
    letters = [Letter(day("2025-03-28"), day("2025-04-02"))]
    alone = count_working(calendar, day("2025-03-03"), Terms(20), pauses=pause)
    with_letter = count_working(calendar, day("2025-03-03"), Terms(20), letters, pauses=pause)

    assert (alone.due_on, alone.stopped, alone.paused) == (day("2025-04-23"), 0, 16)
    assert (with_letter.due_on, with_letter.stopped, with_letter.paused) == (day("2025-04-24"), 3, 14)
    assert "等待补正期间，不计" in next(each.why for each in alone.days if each.date == day("2025-03-11"))


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        ("2025-03-03", "20wd", "2025-03-28"),
        ("2025-03-02", "20wd", "2025-03-28"),
        ("2025-03-03", "1wd", "2025-03-03"),
        ("2025-03-02", "1wd", "2025-03-03"),
        ("2025-03-03", "0d", "2025-03-03"),
        ("2025-03-03", "5d", "2025-03-08"),
        ("2025-03-03", "1m", "2025-04-03"),
    ],
)
def test_the_day_of_the_event_counts_where_it_is_read_so(calendar: Calendar, start: str, limit: str, due: str) -> None:
    """Of working days only, and only where it is one; days and months run as the Civil Code says."""
    read = as_read(calendar, weekdays=False, first_day_counts=True, extra=[])
    counted = count(read, day(start), parse_limit(limit))

    assert (counted.start_on, counted.due_on) == (day(start), day(due))
    if limit == "20wd" and start == "2025-03-03":
        assert (counted.days[0].date, counted.days[0].counted) == (day(start), True)


def test_an_extension_is_not_counted_from_a_day_that_already_counted(calendar: Calendar) -> None:
    """The original due day was the twentieth; the extension begins after it."""
    read = as_read(calendar, weekdays=False, first_day_counts=True, extra=[])
    extension = Extension(day("2025-03-20"), day("2025-03-20"), 1)

    assert count_working(read, day("2025-03-03"), Terms(20), extension=extension).due_on == day("2025-03-31")


def test_plain_weekdays_know_no_notice_and_nothing_provisional(calendar: Calendar) -> None:
    """Spring Festival counts, the Sunday before it does not; 2027 needs no notice."""
    read = as_read(calendar, weekdays=True, first_day_counts=False, extra=[])

    assert count(read, day("2025-01-24"), Limit(5, DayType.WORKING)).due_on == day("2025-01-31")
    assert not count(read, day("2026-12-10"), Limit(20, DayType.WORKING)).provisional
    assert read.why(day("2025-01-29")) == "星期三，工作日"


def test_a_local_holiday_is_a_day_off_in_either_count_and_leaves_the_rest_as_it_is(calendar: Calendar) -> None:
    """It may even fall on a make-up working day; a year without a notice stays provisional."""
    extra = [day("2025-03-20"), day("2025-04-27"), day("2027-03-03")]
    for weekdays in (False, True):
        read = as_read(calendar, weekdays=weekdays, first_day_counts=False, extra=extra)
        assert count(read, day("2025-03-03"), Limit(20, DayType.WORKING)).due_on == day("2025-04-01")
        assert "地方节假日放假" in read.why(day("2025-03-20"))
        assert not read.is_working(day("2025-04-27"))
        assert read.is_provisional(day("2027-03-03")) is not weekdays


def test_nothing_chosen_leaves_the_calendar_of_the_notices_itself(calendar: Calendar) -> None:
    assert as_read(calendar, weekdays=False, first_day_counts=False, extra=()) is calendar


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2025-01-31", "2025-02-28"),
        ("2025-03-31", "2025-04-30"),
        ("2025-08-01", "2025-09-01"),
        ("2025-04-04", "2025-05-06"),
    ],
)
def test_a_month_runs_date_to_date_and_rolls_on_from_a_rest_day(calendar: Calendar, start: str, due: str) -> None:
    """No such date: the month's last day; 4 May 2025 lies in the Labour Day holiday."""
    assert count(calendar, day(start), Limit(1, DayType.MONTH)).due_on == day(due)


def test_hours_are_clock_hours_over_rest_days() -> None:
    """48 hours from a Friday end on Sunday."""
    assert due_time(datetime(2025, 3, 7, 9, 30), Limit(48, DayType.HOURS)) == datetime(2025, 3, 9, 9, 30)


@pytest.mark.parametrize("text", ["20", "wd", "-5wd", "5.5wd", "five working days", "20 w d", "", "１0wd"])
def test_what_is_not_a_limit_is_refused(text: str) -> None:
    """A limit is a number and a unit, nothing else."""
    with pytest.raises(ValueError, match="读不出"):
        parse_limit(text)


def _is_working_by_hand(calendar: Calendar, each: date) -> bool:
    special = calendar.special.get(each)
    return special.working if special is not None else each.isoweekday() not in (6, 7)


def slow_due(
    calendar: Calendar,
    start: date,
    terms: Terms,
    letters: list[Letter],
    extension: Extension | None,
    pause: Pause | None = None,
) -> date:
    """An independent reckoning: lists of untolled working days, recomputed from nothing for every due day tried."""

    def stopped_days(due: date) -> set[date]:
        stopped: set[date] = set()
        for letter in letters:
            if letter.sent > due:
                continue
            each, left = letter.sent, terms.unanswered_cap
            capped = terms.answered_capped or letter.answered is None
            while (letter.answered is None or each < letter.answered) and (left > 0 or not capped):
                each += timedelta(days=1)
                left -= _is_working_by_hand(calendar, each)
                stopped.add(each)
        if pause is not None:
            length = (pause.received - pause.asked).days
            stopped |= {pause.asked + timedelta(days=n) for n in range(1, length + 1)}
        return stopped

    def reach(begin: date, number: int) -> date:
        due = begin
        while True:
            span = [begin + timedelta(days=n) for n in range(1, (due - begin).days + 1)]
            free = [each for each in span if _is_working_by_hand(calendar, each) and each not in stopped_days(due)]
            if len(free) >= number:
                return due
            due += timedelta(days=1)

    original = reach(start - timedelta(days=1) if calendar.first_day_counts else start, terms.limit)
    if extension is None or extension.approved is None or extension.notified is None:
        return original
    in_time = extension.notified <= original or terms.late_notice_counts
    if extension.approved > original or not in_time:
        return original
    given_days = 20 if extension.days is None else extension.days
    return reach(original, min(given_days, terms.extension_cap))


days_of_2025 = st.dates(date(2024, 12, 1), date(2025, 12, 31))
gaps = st.integers(0, 60)


@st.composite
def request_cases(draw: st.DrawFn) -> tuple[date, Terms, list[Letter], Extension | None, Pause | None]:
    """A request with up to three letters, perhaps an extension and a correction, within some months of its start."""
    start = draw(days_of_2025)

    def later(base: date) -> date:
        return base + timedelta(days=draw(gaps))

    letters = []
    for _ in range(draw(st.integers(0, 3))):
        sent = later(start)
        answered = later(sent) if draw(st.booleans()) else None
        slip = draw(st.integers(0, 9)) == 0  # dated before the letter itself
        letters.append(Letter(sent, sent - timedelta(days=draw(gaps)) if slip else answered))
    extension = None
    if draw(st.booleans()):
        days = draw(st.none() | st.integers(0, 30))
        extension = Extension(
            later(start) if draw(st.booleans()) else None, later(start) if draw(st.booleans()) else None, days
        )
    asked = later(start)
    pause = Pause(asked, later(asked)) if draw(st.booleans()) else None
    terms = Terms(draw(st.integers(1, 30)), answered_capped=draw(st.booleans()), late_notice_counts=draw(st.booleans()))
    return start, terms, letters, extension, pause


@settings(max_examples=150, deadline=None)
@given(
    case=request_cases(),
    weekdays=st.booleans(),
    first_day_counts=st.booleans(),
    extra=st.sets(days_of_2025, max_size=5),
)
def test_the_clock_equals_a_slow_reckoning(
    calendar: Calendar,
    case: tuple[date, Terms, list[Letter], Extension | None, Pause | None],
    weekdays: bool,
    first_day_counts: bool,
    extra: set[date],
) -> None:
    """Start, letters, extension, correction and the reading of the calendar at random."""
    start, terms, letters, extension, pause = case
    read = as_read(calendar, weekdays=weekdays, first_day_counts=first_day_counts, extra=extra)

    counted = count_working(read, start, terms, letters, extension, [pause] if pause else [])

    assert counted.due_on == slow_due(read, start, terms, letters, extension, pause)
