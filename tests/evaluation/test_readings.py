"""An option that changes no verdict is found; one that changes any is not."""

from datetime import date
from typing import Any

from auditor.evaluation.days import DayTables
from auditor.evaluation.readings import idle_options
from tests.evaluation.conftest import BookOf

OPTIONS = {"options": {"strict": "从严", "open": "从宽"}, "default": "strict"}
RULE = {
    "log": "requests",
    "trigger": "replied_on",
    "content": {"any": [{"reply_reason": {"recorded": True}}, {"setting": "tst.reading", "is": "open"}]},
}
SILENT = {"replied_on": date(2025, 3, 3), "reply_reason": None}
GIVEN = {"replied_on": date(2025, 3, 3), "reply_reason": "理由"}
CHOSEN = {"settings": {"tst.reading": "open"}, "expect": "met"}


def idle(book_of: BookOf, cases: list[dict[str, Any]], **more: Any) -> list[str]:
    """The options of the test's own setting that no case shows."""
    book, rule = book_of({**RULE, "cases": cases, **more}, tst__reading=OPTIONS)
    return idle_options(book, [rule], DayTables())


def test_an_option_with_a_case_of_another_verdict_is_shown(book_of: BookOf) -> None:
    assert idle(book_of, [{"given": SILENT, **CHOSEN}]) == []


def test_an_option_without_a_case_is_found(book_of: BookOf) -> None:
    (found,) = idle(book_of, [{"given": SILENT, "expect": "breached"}])
    assert "tst.reading" in found and "open（从宽）" in found and "X-1" in found


def test_an_option_whose_case_would_be_the_same_by_default_is_found(book_of: BookOf) -> None:
    assert len(idle(book_of, [{"given": GIVEN, **CHOSEN}])) == 1


def test_an_option_that_the_rule_only_names_changes_nothing(book_of: BookOf) -> None:
    content = {"reply_reason": {"recorded": True}}
    cases = [{"given": SILENT, "settings": {"tst.reading": "open"}, "expect": "breached"}]
    assert len(idle(book_of, cases, content=content, settings=["tst.reading"])) == 1


def test_an_option_that_no_rule_reads_is_not_asked_for(book_of: BookOf) -> None:
    """The program itself may read it; `auditor rules lint` lists those that nothing reads."""
    assert idle(book_of, [{"given": SILENT, "expect": "breached"}], content={"reply_reason": {"recorded": True}}) == []


def test_a_case_may_lose_its_obligation_by_the_option(book_of: BookOf) -> None:
    when = {"setting": "tst.reading", "is": "strict"}
    cases = [{"given": SILENT, "settings": {"tst.reading": "open"}, "expect": "none"}]
    assert idle(book_of, cases, content={"reply_reason": {"recorded": True}}, when=when) == []
