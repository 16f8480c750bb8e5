"""The tariff duty: by the version in force on the day, unknown where no version is."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from auditor.evaluation.cases import table_of
from auditor.evaluation.evaluate import evaluate
from auditor.rulebook.book import Rulebook
from auditor.rulebook.rules import Rule
from auditor.rulebook.tariffs import Tariff

FEE = {"fee_paid_on": date(2025, 3, 3), "fee_method": "按量", "fee_pages": 5, "fee_amount": 10.0}
RULE = Rule.model_validate(
    {
        "id": "X-1",
        "clause": "第一条",
        "title": "试",
        "severity": "major",
        "log": "requests",
        "trigger": "fee_paid_on",
        "tariff": {"table": "fee", "amount": "fee_amount", "method": "fee_method", "count": {"按量": "fee_pages"}},
    }
)


def version(first: str, last: str | None, each: int) -> dict[str, Any]:
    """A tariff of one price."""
    return {
        "in_force_from": date.fromisoformat(first),
        "in_force_until": date.fromisoformat(last) if last else None,
        "basis": "某文",
        "methods": {"按量": {"unit": "页", "steps": [{"each": each}]}},
    }


TARIFF = Tariff.model_validate(
    {"zh": "试", "versions": [version("2022-01-01", "2024-12-31", 1), version("2025-02-01", None, 2)]}
)


def judged(book: Rulebook, record: Mapping[str, Any]) -> dict[str, Any]:
    """The only obligation of the rule above."""
    placed = replace(next(iter(book.placed.values())), rule=RULE)
    own = replace(book, placed={"X-1": placed}, tariffs={"fee": TARIFF})
    rows = evaluate(own, {"requests": table_of(own.logs.logs["requests"], [("1", record)])}, date(2026, 6, 30))
    (row,) = rows.obligations.to_dicts()
    return row


@pytest.mark.parametrize(
    ("paid", "amount", "status"),
    [
        ("2024-12-31", 5.0, "met"),
        ("2024-12-31", 10.0, "breached"),
        ("2025-02-01", 10.0, "met"),
        ("2025-02-01", 5.0, "breached"),
        ("2025-01-15", 10.0, "unverifiable"),
        ("2021-06-01", 5.0, "unverifiable"),
    ],
)
def test_the_version_of_the_day_decides(book: Rulebook, paid: str, amount: float, status: str) -> None:
    row = judged(book, {**FEE, "fee_paid_on": date.fromisoformat(paid), "fee_amount": amount})
    assert row["status"] == status
    assert ("没有施行的收费标准" in row["detail"]) is (status == "unverifiable")


def test_a_breach_says_what_would_have_been_right(book: Rulebook) -> None:
    assert judged(book, {**FEE, "fee_amount": 12.5})["detail"] == "收费12.5元，不符合某文的标准：按量计收，5页应为10元"


@pytest.mark.parametrize("name", ["fee_amount", "fee_pages", "fee_method"])
def test_what_is_not_recorded_makes_it_unverifiable(book: Rulebook, name: str) -> None:
    """A blank method is 不收费, which the tariff does not know."""
    row = judged(book, {key: value for key, value in FEE.items() if key != name})
    assert (row["status"], row["missing"]) == ("unverifiable", [name])
