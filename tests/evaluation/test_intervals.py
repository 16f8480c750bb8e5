"""At least so much time between two events."""

from datetime import date
from typing import Any

import pytest

from auditor.domain.clock import due_day
from auditor.domain.limit import parse_limit
from auditor.rulebook.book import Rulebook
from tests.evaluation.conftest import Judge

LEAD = {
    "log": "meetings",
    "trigger": "held_on",
    "fault": "预告太迟",
    "interval": {"from": ["portal_notice_on", "wechat_notice_on"], "to": "held_on", "at_least": "3 working days"},
}


def verdict(judge: Judge, **record: Any) -> tuple[str, list[str], str]:
    """Status, missing fields and detail."""
    row = judge(LEAD, record)[0]
    return row["status"], row["missing"], row["detail"]


@pytest.mark.parametrize("notice", [date(2025, 1, 24), date(2025, 3, 7), date(2025, 9, 26)])
def test_the_second_event_counts_from_the_day_on_which_the_time_is_full(
    judge: Judge, book: Rulebook, notice: date
) -> None:
    """That day is reckoned by the explaining clock; the day before it is too soon."""
    full = due_day(book.calendar, notice, parse_limit("3 working days"))

    met = verdict(judge, held_on=full, portal_notice_on=notice, wechat_notice_on=None)
    soon = verdict(
        judge, held_on=date.fromordinal(full.toordinal() - 1), portal_notice_on=notice, wechat_notice_on=None
    )

    assert met == ("met", [], "")
    assert soon[0] == "breached"
    assert str(full) in soon[2]


def test_the_earliest_of_several_first_events_counts(judge: Judge) -> None:
    """One early notice is enough; what is not known of the other cannot undo it."""
    early, late = date(2025, 3, 3), date(2025, 3, 10)

    assert verdict(judge, held_on=late, portal_notice_on=late, wechat_notice_on=early)[0] == "met"
    assert verdict(judge, held_on=late, wechat_notice_on=early)[0] == "met"
    assert verdict(judge, held_on=late, wechat_notice_on=late)[:2] == ("unverifiable", ["portal_notice_on"])


def test_without_a_first_event_there_was_none_before_the_second(judge: Judge) -> None:
    """A blank cell tells that; a lacking column does not."""
    held = date(2025, 3, 10)

    assert verdict(judge, held_on=held, portal_notice_on=None, wechat_notice_on=None)[0] == "breached"
    assert verdict(judge, held_on=held)[0] == "unverifiable"
