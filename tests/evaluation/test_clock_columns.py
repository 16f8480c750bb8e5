"""The clock over columns equals the explaining form, on random cases."""

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from auditor.domain.clock import Extension, Letter, Pause, Terms, count, count_working
from auditor.domain.limit import parse_limit
from auditor.evaluation.cases import table_of
from auditor.evaluation.days import DayTable, dates, numbers
from auditor.evaluation.evaluate import evaluate
from auditor.rulebook.book import Rulebook
from auditor.rulebook.loading import load_rulebook


@pytest.fixture(scope="module")
def book() -> Rulebook:
    """The shipped rulebook."""
    return load_rulebook()


READINGS: dict[str, dict[str, Any]] = {
    "as shipped": {},
    "plain weekdays": {"clock.workday": "weekdays"},
    "the first day counts": {"clock.first_day": "same"},
    "local holidays": {"clock.extra": [date(2025, 3, 20), date(2025, 4, 27), date(2024, 12, 31)]},
    "all of them": {"clock.workday": "weekdays", "clock.first_day": "same", "clock.extra": [date(2025, 3, 20)]},
    "capped": {"req.toll.cap": "always"},
    "superiors stop nothing": {"req.delay_notice": "uses_extension"},
    "a correction pauses": {"req.correction.effect": "suspend"},
    "a correction is nothing": {"req.correction.effect": "none"},
    "late notice counts": {"req.extension.late_notice": "counts"},
    "pauses and the first day": {
        "req.correction.effect": "suspend",
        "clock.first_day": "same",
        "req.toll.cap": "always",
    },
}
CLOCKS = [name for name in READINGS if not any(key.startswith("req.") for key in READINGS[name])]


@pytest.mark.parametrize("reading", CLOCKS)
@pytest.mark.parametrize("limit", ["1wd", "3wd", "20wd", "0wd", "0d", "7d", "60d", "1m", "3m"])
def test_plain_limits_over_columns_equal_the_explaining_form(book: Rulebook, limit: str, reading: str) -> None:
    """Every day of seven years, month ends and holidays included, under every reading of the calendar."""
    length, book = parse_limit(limit), book.with_values(READINGS[reading])
    starts = pl.DataFrame({"start": [date(2020, 1, 1) + timedelta(days=n) for n in range(7 * 365)]})
    start = numbers(pl.col("start"))
    table = DayTable(book.calendar)

    begin = table.eve(start, length.number) if length.day_type.value == "working" else start
    due = starts.select(dates(table.due(start, length)), table.provisional(begin, table.due(start, length)).alias("p"))

    expected = [count(book.calendar, each, length) for each in starts["start"]]
    assert due.to_series(0).to_list() == [each.due_on for each in expected]
    if length.day_type.value in ("working", "month"):
        assert due["p"].to_list() == [each.provisional for each in expected]


def test_a_day_outside_the_calendar_gives_no_due_day(book: Rulebook) -> None:
    """1999 and 2099 are not guessed."""
    days = pl.DataFrame({"start": [date(1999, 1, 1), date(2099, 1, 1), None]})
    due = days.select(DayTable(book.calendar).due(numbers(pl.col("start")), parse_limit("5wd")).alias("due"))

    assert due["due"].to_list() == [None, None, None]


def _request(chance: random.Random, number: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A request with letters, extension and correction at random, and its letters."""

    def later(base: date, most: int = 60) -> date:
        return base + timedelta(days=chance.randint(0, most))

    received = date(2024, 11, 1) + timedelta(days=chance.randint(0, 500))
    request: dict[str, Any] = {"request_id": str(number), "received_on": received, "replied_on": later(received, 120)}
    request |= dict.fromkeys(
        ("extension_approved_on", "extension_notified_on", "extension_days", "correction_notified_on"), None
    )
    request["correction_received_on"] = None
    if chance.random() < 0.5:
        request["extension_approved_on"] = later(received) if chance.random() < 0.9 else None
        request["extension_notified_on"] = later(received) if chance.random() < 0.9 else None
        request["extension_days"] = chance.choice([None, 5, 10, 20, 30])
    if chance.random() < 0.3:
        request["correction_notified_on"] = later(received, 40)
        request["correction_received_on"] = later(request["correction_notified_on"], 40)
    letters = []
    for position in range(chance.choice([0, 0, 1, 1, 2, 3])):
        sent = later(received)
        answered = later(sent, 40) if chance.random() < 0.6 else None
        if chance.random() < 0.15:
            answered = sent - timedelta(days=chance.randint(1, 30))  # a slip
        letters.append(
            {
                "consultation_id": f"{number}-{position}",
                "request_id": str(number),
                "kind": chance.choice(["第三方", "其他机关", "上级部门", None]),
                "sent_on": sent,
                "answered_on": answered,
            }
        )
    return request, letters


def _expected(book: Rulebook, request: dict[str, Any], letters: list[dict[str, Any]]) -> date:
    terms = Terms(
        20,
        answered_capped=book.values["req.toll.cap"] == "always",
        late_notice_counts=book.values["req.extension.late_notice"] == "counts",
    )
    left_out = {"上级部门"} if book.values["req.delay_notice"] == "uses_extension" else set()
    written = [Letter(each["sent_on"], each["answered_on"]) for each in letters if each["kind"] not in left_out]
    extension = Extension(request["extension_approved_on"], request["extension_notified_on"], request["extension_days"])
    start, notice, received = (
        request["received_on"],
        request["correction_notified_on"],
        request["correction_received_on"],
    )
    first_due = count_working(book.calendar, start, terms, written).due_on
    effect, pauses = book.values["req.correction.effect"], []
    if effect == "restart" and received is not None and notice <= first_due:
        start = received
    if effect == "suspend" and received is not None:
        pauses = [Pause(notice, received)]
    return count_working(book.calendar, start, terms, written, extension, pauses).due_on


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("seed", range(3))
def test_the_request_clock_over_columns_equals_the_explaining_form(book: Rulebook, seed: int, reading: str) -> None:
    """Four hundred requests with overlapping letters, corrections and extensions, late ones too."""
    chance, book = random.Random(seed), book.with_values(READINGS[reading])
    cases = [_request(chance, number) for number in range(400)]
    narrowed = replace(book, placed={"REQ-3-5": book.placed["REQ-3-5"]})
    letters = [letter for _, written in cases for letter in written]
    tables = {
        "requests": table_of(book.logs.logs["requests"], [(r["request_id"], r) for r, _ in cases]),
        "consultations": table_of(
            book.logs.logs["consultations"], [(each["consultation_id"], each) for each in letters]
        ),
    }

    obligations = evaluate(narrowed, tables, date(2026, 12, 31)).obligations

    due = dict(zip(obligations["record"], obligations["due_on"], strict=True))
    wrong = {
        request["request_id"]: (due[request["request_id"]], expected, request, written)
        for request, written in cases
        if due[request["request_id"]] != (expected := _expected(book, request, written))
    }
    assert not wrong


@pytest.mark.parametrize("reading", READINGS)
def test_an_answer_before_its_letter_leaves_open_what_hangs_on_it(book: Rulebook, reading: str) -> None:
    """Whatever the true day of the answer: a verdict is only given where none that may be leads to another one.

    A cap that always holds is not reckoned with: what is late even then may still be left open.
    """
    chance, book = random.Random(7), book.with_values(READINGS[reading])
    cases = [_request(chance, number) for number in range(400)]
    narrowed = replace(book, placed={"REQ-3-5": book.placed["REQ-3-5"]})
    as_of, is_capped = date(2026, 12, 31), book.values["req.toll.cap"] == "always"
    tables = {
        "requests": table_of(book.logs.logs["requests"], [(r["request_id"], r) for r, _ in cases]),
        "consultations": table_of(
            book.logs.logs["consultations"],
            [(each["consultation_id"], each) for _, letters in cases for each in letters],
        ),
    }

    found = evaluate(narrowed, tables, as_of).obligations
    status = dict(zip(found["record"], found["status"].cast(pl.String), strict=True))

    def possible(request: dict[str, Any], letters: list[dict[str, Any]]) -> set[str]:
        last = as_of - timedelta(days=1)
        dues = [
            _expected(
                book, request, [{**each, "answered_on": day(each)} if _slipped(each) else each for each in letters]
            )
            for day in (lambda each: each["sent_on"], lambda _: last)
        ]
        return {"met" if request["replied_on"] <= due else "breached" for due in dues}

    wrong = {}
    for request, letters in cases:
        if request["correction_notified_on"] is not None:
            continue  # how a correction moves the clock is told above
        verdicts = possible(request, letters)
        expected = verdicts.pop() if len(verdicts) == 1 else "unverifiable"
        careful = {"unverifiable"} if is_capped and any(map(_slipped, letters)) else set()
        if status[request["request_id"]] not in {expected, *careful}:
            wrong[request["request_id"]] = (status[request["request_id"]], expected, request, letters)
    assert not wrong
    assert "unverifiable" in status.values()


def _slipped(letter: dict[str, Any]) -> bool:
    return letter["answered_on"] is not None and letter["answered_on"] < letter["sent_on"]
