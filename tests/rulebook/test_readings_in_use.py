"""What hangs on a setting alone is decided before any record is seen."""

from typing import Any

import pytest

from auditor.rulebook.conditions import parse_condition, resolved
from auditor.rulebook.inuse import in_use
from auditor.rulebook.loading import load_rulebook
from auditor.rulebook.references import setting_tests

YES, NO = {"setting": "a", "is": 1}, {"setting": "a", "is": 2}
OPEN = {"channel": "传真"}
OTHER = {"outcome": "予以公开"}


@pytest.mark.parametrize(
    ("condition", "left"),
    [
        (YES, True),
        (NO, False),
        ({"setting": "a", "in": [2, 1]}, True),
        ({"not": NO}, True),
        ({"not": OPEN}, {"not": OPEN}),
        ({"all": [YES, OPEN]}, OPEN),
        ({"all": [NO, OPEN]}, False),
        ({"all": [YES, {"not": NO}]}, True),
        ({"any": [YES, OPEN]}, True),
        ({"any": [NO, OPEN]}, OPEN),
        ({"any": [NO, NO]}, False),
        ({"all": [YES, OPEN, OTHER]}, {"all": [OPEN, OTHER]}),
        ({"any": [NO, {"all": [YES, OPEN]}, OTHER]}, {"any": [OPEN, OTHER]}),
        ({"unclear": NO}, False),
        ({"unclear": YES}, {"unclear": YES}),
        ({"unclear": {"all": [YES, OPEN]}}, {"unclear": OPEN}),
    ],
)
def test_a_condition_keeps_only_what_a_record_must_answer(condition: dict[str, Any], left: Any) -> None:
    found = resolved(parse_condition(condition), {"a": 1})
    assert found == (left if isinstance(left, bool) else parse_condition(left))


def test_as_shipped_no_reading_but_the_default_is_looked_at() -> None:
    """A deadline under the default has no other start, no limit of another source, nothing unsure by a reading."""
    book = load_rulebook()
    for rule in book.rules:
        deadline = in_use(rule, book.values).deadline
        if deadline is not None:
            assert not (deadline.from_if or deadline.recorded_limit)
            assert rule.deadline is not None
            by_no_reading = [each for each in rule.deadline.unsure if not [*setting_tests(each.if_)]]
            assert len(deadline.unsure) <= len(by_no_reading)
            assert deadline.tolling is None or deadline.tolling.leaves_out is None
            assert deadline.restart is None or deadline.restart.effect == "restart"


def test_a_start_that_a_reading_decides_takes_the_place_of_the_rules_own() -> None:
    """And one that hangs on the record too stays open before it."""
    book = load_rulebook().with_values({"req.section_clock_start": "bureau", "req.receipt_rule": "rule2015"})
    deadline = in_use(book.placed["REQ-3-4"].rule, book.values).deadline
    assert deadline is not None
    assert deadline.from_ == ("received_on", "confirmed_on", "arrived_on")
    assert [start.from_ for start in deadline.from_if] == [("arrived_on", "received_on")]
    assert deadline.advise_from is None
