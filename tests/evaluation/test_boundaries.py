"""Boundary cases are made from a rule and a late case of its own; where none can be made, what lacks is named."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
import pytest

from auditor.evaluation.boundaries import BoundaryRun, run_boundaries
from auditor.evaluation.cases import run_rule
from auditor.evaluation.days import DayTables
from tests.evaluation.conftest import BookOf

DEADLINE = {"from": "received_on", "to": "replied_on", "within": "5 working days"}
LATE = {"given": {"received_on": date(2025, 3, 3), "replied_on": date(2025, 3, 14)}, "expect": "breached", "late": 4}


def boundaries(book_of: BookOf, deadline: Mapping[str, Any], *cases: Mapping[str, Any], **more: Any) -> BoundaryRun:
    """The boundary cases of a rule with this deadline and these cases, which must hold themselves."""
    settings = more.pop("settings", {})
    book, rule = book_of({"log": "requests", "deadline": deadline, "cases": cases, **more}, **settings)
    days = DayTables()
    run = run_rule(book, rule, days)
    assert run.failures == []
    made = run_boundaries(book, run, days)
    assert made is not None
    return made


def test_six_cases_are_made_from_one_late_case(book_of: BookOf) -> None:
    made = boundaries(book_of, DEADLINE, LATE)
    assert (made.made, made.failures, made.by_hand) == (6, (), "")


@pytest.mark.parametrize("limit", ["same day", "1 working day", "20 working days", "30 days", "1 month", "48 hours"])
def test_every_kind_of_limit_has_its_boundaries(limit: str, book_of: BookOf) -> None:
    late = {"given": {"detected_at": "2025-03-03 09:30", "responded_at": "2025-06-03 10:00"}, "expect": "breached"}
    deadline = {"from": "detected_at", "to": "responded_at", "within": limit}
    made = boundaries(book_of, deadline, late, log="concerns")
    assert (made.made, made.failures) == (6, ())


def test_a_limit_of_a_setting_has_its_boundaries_too(book_of: BookOf) -> None:
    setting = {"type": "limit", "default": "5 working days", "in_text": True}
    made = boundaries(book_of, {**DEADLINE, "within": {"setting": "tst.limit"}}, LATE, settings={"tst__limit": setting})
    assert (made.made, made.failures) == (6, ())


def test_a_start_from_a_linked_record_and_other_dates_move_together(book_of: BookOf) -> None:
    lookup = {"sent_on": {"log": "consultations", "by": {"request_id": "request_id"}, "field": "sent_on"}}
    late = {
        "given": {"replied_on": date(2025, 3, 14), "received_on": date(2025, 2, 28)},
        "with": {"consultations": [{"sent_on": date(2025, 3, 3)}]},
        "expect": "breached",
    }
    only_fresh = {"received_on": {"not_after": {"field": "sent_on"}}}
    made = boundaries(book_of, {**DEADLINE, "from": "sent_on"}, late, lookup=lookup, when=only_fresh)
    assert (made.made, made.failures) == (6, ())


def test_columns_that_count_wrongly_are_caught_by_the_explaining_clock(
    book_of: BookOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Make-up working days forgotten: no case of the rule itself spans one."""
    book, rule = book_of({"log": "requests", "deadline": DEADLINE, "cases": [LATE]})
    run = run_rule(book, rule, DayTables())
    weekdays = [day for day in book.calendar.working if (book.calendar.first.weekday() + day) % 7 < 5]
    days = DayTables()
    table = days.of(book.calendar)
    monkeypatch.setitem(vars(table), "_working", pl.Series(weekdays, dtype=pl.Int32) + table._first)
    made = run_boundaries(book, run, days)
    assert made is not None and made.failures
    assert all("X-1 边界案例（由第1个案例推得" in failure for failure in made.failures)


def extended(**given: Any) -> dict[str, Any]:
    """A request always measured against its longest extension: 25 working days."""
    return {"received_on": date(2025, 3, 3), "extension_approved_on": date(2025, 3, 5), **given}


EXTENDED = {
    **DEADLINE,
    "extension": {
        "approved": "extension_approved_on",
        "notified": "extension_notified_on",
        "days": "extension_days",
        "at_most": 20,
        "always": True,
    },
}


def test_what_cannot_be_made_must_be_written_and_what_lacks_is_named(book_of: BookOf) -> None:
    late = {"given": extended(replied_on=date(2025, 4, 30)), "expect": "breached"}
    made = boundaries(book_of, EXTENDED, late)
    assert (made.made, made.by_hand) == (0, "到期日不单由期限决定")
    assert made.failures == (
        "X-1 缺少手写的边界案例：到期当日办理、次日办理（late: 1）、跨有调休上班的假期（如自 2025-01-24 起算）"
        "（到期日不单由期限决定，程序不能推得）",
    )
    due = {"given": extended(replied_on=date(2025, 4, 8)), "expect": "met", "due_on": date(2025, 4, 8)}
    after = {"given": extended(replied_on=date(2025, 4, 9)), "expect": "breached", "late": 1}
    holiday = {"received_on": date(2025, 1, 24), "extension_approved_on": date(2025, 1, 26)}
    span = {"given": {**holiday, "replied_on": date(2025, 3, 1)}, "expect": "met"}
    complete = boundaries(book_of, EXTENDED, late, due, after, span)
    assert (complete.failures, complete.by_hand) == ((), "到期日不单由期限决定")


def test_where_only_silence_is_held_against_the_office_the_audit_stands_on_the_boundary(book_of: BookOf) -> None:
    undone = {"given": {"received_on": date(2025, 3, 3), "replied_on": None}, "expect": "breached"}
    made = boundaries(book_of, {**DEADLINE, "satisfied_if": {"replied_on": {"recorded": True}}}, undone)
    assert (made.made, made.failures, made.by_hand) == (6, (), "")


def test_a_rule_without_a_late_case_cannot_hide_its_boundary(book_of: BookOf) -> None:
    met = {"given": {"received_on": date(2025, 3, 3), "replied_on": date(2025, 3, 4)}, "expect": "met"}
    made = boundaries(book_of, DEADLINE, met)
    assert made.by_hand == "没有逾期的案例可以推演"
    assert "到期当日办理、次日办理" in made.failures[0]


def test_a_rule_without_a_limit_has_no_boundary(book_of: BookOf) -> None:
    book, rule = book_of({"log": "requests", "trigger": "replied_on", "content": {"outcome": {"recorded": True}}})
    days = DayTables()
    assert run_boundaries(book, run_rule(book, rule, days), days) is None
