"""Recurring duties: an act, or content of a category, once in each period."""

from datetime import date
from typing import Any

from tests.evaluation.conftest import Judge

INSPECTION = {
    "log": "checks",
    "frequency": {"every": "half year", "done": "held_on", "where": {"kind": "监督检查"}},
}
COVERAGE = {
    "log": "publications",
    "frequency": {
        "every": "year",
        "done": "published_on",
        "where": {"categories": {"has_any": ["预决算"]}},
        "doubt": {"categories": {"has_none": ["预决算", "行政许可"]}},
        "elements": {"预算": ["部门预算"], "决算": []},
    },
}


def by_period(rows: list[dict[str, Any]]) -> dict[str, str]:
    """The status of each period."""
    return {row["record"].rpartition("/")[2]: row["status"] for row in rows}


def test_every_period_since_the_first_recorded_one_is_asked_for(judge: Judge) -> None:
    """Whatever is recorded shows that the log reaches back so far; the running period is pending."""
    rows = judge(
        INSPECTION,
        {"kind": "平台检查", "held_on": date(2024, 3, 1)},
        {"kind": "监督检查", "held_on": date(2024, 9, 1)},
        {"kind": "监督检查", "held_on": date(2025, 6, 30)},
        as_of=date(2026, 6, 30),
    )

    assert by_period(rows) == {
        "2024H1": "breached",
        "2024H2": "met",
        "2025H1": "met",
        "2025H2": "breached",
        "2026H1": "pending",
    }
    assert {row["due_on"] for row in rows if row["record"].endswith("2025H2")} == {date(2025, 12, 31)}


def test_an_act_of_unknown_kind_leaves_its_period_open(judge: Judge) -> None:
    """It may be the inspection; other periods stand."""
    rows = judge(INSPECTION, {"kind": None, "held_on": date(2025, 3, 1)}, as_of=date(2026, 1, 1))

    assert by_period(rows) == {"2025H1": "unverifiable", "2025H2": "breached", "2026H1": "pending"}
    assert [row["missing"] for row in rows if row["status"] == "unverifiable"] == [["kind"]]


def test_without_the_column_of_the_day_nothing_can_be_told(judge: Judge) -> None:
    """One obligation that says which column is lacking."""
    rows = judge(INSPECTION, {"kind": "监督检查"})

    assert [(row["status"], row["missing"]) for row in rows] == [("unverifiable", ["held_on"])]


def test_a_category_under_another_name_is_no_breach(judge: Judge) -> None:
    """What is published under a name that the rule does not know may be what it asks for."""
    known = {"published_on": date(2024, 5, 1), "categories": ["行政许可"]}
    strange = {"published_on": date(2025, 5, 1), "categories": ["工作动态"]}

    rows = judge(COVERAGE, known, strange, as_of=date(2026, 1, 1))

    assert by_period(rows) == {"2024": "breached", "2025": "unverifiable", "2026": "pending"}


def test_elements_are_covered_together(judge: Judge) -> None:
    """By all items of the year; what an item does not name, it may hold all the same."""

    def item(year: int, *elements: str) -> dict[str, Any]:
        return {"published_on": date(year, 5, 1), "categories": ["预决算"], "elements": list(elements) or None}

    rows = judge(
        COVERAGE,
        item(2021, "部门预算"),
        item(2021, "决算"),
        item(2022, "预算"),
        item(2023, "预算"),
        item(2023),
        item(2024),
        item(2025, "预算", "三公经费"),
        as_of=date(2026, 1, 1),
    )

    assert by_period(rows) == {
        "2021": "met",
        "2022": "breached",
        "2023": "unverifiable",
        "2024": "unverifiable",
        "2025": "unverifiable",
        "2026": "pending",
    }
    assert "决算" in next(row["detail"] for row in rows if row["status"] == "breached")


def test_the_reading_of_silence_decides_what_a_gap_means(judge: Judge) -> None:
    """`logic.missing`: unknown makes a gap unverifiable."""
    rows = judge(
        INSPECTION,
        {"kind": "监督检查", "held_on": date(2025, 3, 1)},
        as_of=date(2026, 1, 1),
        values={"logic.missing": "unknown"},
    )

    assert by_period(rows) == {"2025H1": "met", "2025H2": "unverifiable", "2026H1": "pending"}


def test_days_are_periods_too(judge: Judge) -> None:
    """Weekends and holidays included: the watch is kept around the clock."""
    daily = {**INSPECTION, "frequency": {**INSPECTION["frequency"], "every": "day"}}

    rows = judge(daily, {"kind": "监督检查", "held_on": date(2025, 3, 7)}, as_of=date(2025, 3, 9))

    assert by_period(rows) == {"2025-03-07": "met", "2025-03-08": "breached", "2025-03-09": "pending"}
