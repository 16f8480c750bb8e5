"""The clock: the check values, and random cases against a slow walk that shares no code with it."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.domain.calendar import Calendar
from auditor.domain.clock import Extension, Letter, Terms, count, count_working, due_time
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


def slow_due(calendar: Calendar, start: date, terms: Terms, letters: list[Letter], extension: Extension | None) -> date:
    """An independent reckoning: lists of untolled working days, recomputed from nothing for every due day tried."""

    def stopped_days(due: date) -> set[date]:
        stopped: set[date] = set()
        for letter in letters:
            if letter.sent > due:
                continue
            each, left = letter.sent, terms.unanswered_cap
            while (each < letter.answered) if letter.answered else left > 0:
                each += timedelta(days=1)
                left -= _is_working_by_hand(calendar, each)
                stopped.add(each)
        return stopped

    def reach(begin: date, number: int) -> date:
        due = begin
        while True:
            span = [begin + timedelta(days=n) for n in range(1, (due - begin).days + 1)]
            free = [each for each in span if _is_working_by_hand(calendar, each) and each not in stopped_days(due)]
            if len(free) >= number:
                return due
            due += timedelta(days=1)

    original = reach(start, terms.limit)
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
def request_cases(draw: st.DrawFn) -> tuple[date, Terms, list[Letter], Extension | None]:
    """A request with up to three letters and perhaps an extension, all within some months of its start."""
    start = draw(days_of_2025)

    def later(base: date) -> date:
        return base + timedelta(days=draw(gaps))

    letters = []
    for _ in range(draw(st.integers(0, 3))):
        sent = later(start)
        letters.append(Letter(sent, later(sent) if draw(st.booleans()) else None))
    extension = None
    if draw(st.booleans()):
        days = draw(st.none() | st.integers(0, 30))
        extension = Extension(
            later(start) if draw(st.booleans()) else None, later(start) if draw(st.booleans()) else None, days
        )
    return start, Terms(draw(st.integers(1, 30)), late_notice_counts=draw(st.booleans())), letters, extension


@settings(max_examples=150, deadline=None)
@given(case=request_cases())
def test_the_clock_equals_a_slow_reckoning(
    calendar: Calendar, case: tuple[date, Terms, list[Letter], Extension | None]
) -> None:
    """Start, letters and extension at random."""
    start, terms, letters, extension = case

    assert count_working(calendar, start, terms, letters, extension).due_on == slow_due(
        calendar, start, terms, letters, extension
    )
