"""Figures of a yearly report that must agree with each other and with the logs."""

from datetime import date
from typing import Any

from auditor.evaluation.obligations import in_full
from tests.evaluation.conftest import Judge

BALANCE = {
    "log": "annual_reports",
    "reconciliation": {
        "year": "year",
        "relations": [
            {"of": "收支", "sum": ["answered", "carried_out"], "equals": ["accepted", "carried_in"]},
            {
                "of": "受理件数与台账",
                "sum": ["accepted"],
                "equals": [{"log": "requests", "dated": "received_on"}],
                "severity": "minor",
            },
        ],
    },
}
TABLE = {
    "log": "report_figures",
    "reconciliation": {
        "year": "year",
        "relations": [
            {
                "of": "合计",
                "where": {"table": "申请处理"},
                "per": ["row"],
                "sum": [{"field": "value", "where": {"column": "总计"}}],
                "equals": [{"field": "value", "where": {"column": {"not_in": ["总计"]}}, "rows": 2}],
            },
            {
                "of": "结转",
                "sum": [{"field": "value", "where": {"row": "上年结转", "column": "总计"}}],
                "equals": [{"field": "value", "where": {"row": "结转下年", "column": "总计"}, "years_back": 1}],
            },
        ],
    },
}
REPORT = {"year": 2024, "accepted": 3, "carried_in": 1, "answered": 2, "carried_out": 2}


def requests(*days: date) -> dict[str, list[dict[str, Any]]]:
    """A request log of these days of receipt."""
    return {"requests": [{"received_on": day} for day in days]}


def test_figures_that_agree_are_met(judge: Judge) -> None:
    """With each other and with the log; a record of another year does not count."""
    days = [date(2024, 1, 1), date(2024, 6, 1), date(2024, 12, 31), date(2025, 1, 1)]

    rows = judge(BALANCE, REPORT, others=requests(*days))

    assert [(row["status"], row["record"]) for row in rows] == [("met", "0")]


def test_what_does_not_add_up_is_breached_and_shows_the_sum(judge: Judge) -> None:
    """Both sides are written out."""
    rows = judge(BALANCE, {**REPORT, "carried_out": 5}, others=requests(date(2024, 1, 1)))

    assert rows[0]["status"] == "breached"
    assert rows[0]["severity"] == "major"
    assert "收支：2+5=7不等于3+1=4" in rows[0]["detail"]
    assert "受理件数与台账：3不等于1" in rows[0]["detail"]


def test_figures_are_told_with_all_their_digits(judge: Judge) -> None:
    rows = judge(BALANCE, {**REPORT, "answered": 1_234_567, "accepted": 1_234_565})

    assert "1234567" in rows[0]["detail"] and "1234565" in rows[0]["detail"]
    assert [in_full(number) for number in (1e6, 12345.67, 0.5, 100)] == ["1000000", "12345.67", "0.5", "100"]


def test_a_disagreement_with_the_log_alone_weighs_what_its_relation_says(judge: Judge) -> None:
    """Here minor."""
    rows = judge(BALANCE, REPORT, others=requests(date(2024, 1, 1)))

    assert [(row["status"], row["severity"]) for row in rows] == [("breached", "minor")]


def test_a_figure_that_is_not_recorded_leaves_the_year_open(judge: Judge) -> None:
    """As does a log that is not there, or does not reach back to the year."""
    blank = judge(BALANCE, {**REPORT, "answered": None}, others=requests(*[date(2024, 1, 1)] * 3))
    absent = judge(BALANCE, REPORT)
    later = judge(BALANCE, REPORT, others=requests(date(2025, 1, 1)))

    assert [(row["status"], row["missing"]) for row in blank] == [("unverifiable", ["answered"])]
    assert [(row["status"], row["missing"]) for row in absent] == [("unverifiable", ["requests.received_on"])]
    assert [row["status"] for row in later] == ["unverifiable"]


def figure(year: int, row: str, column: str, value: int) -> dict[str, Any]:
    """One figure of a published report."""
    return {"year": year, "table": "申请处理", "row": row, "column": column, "value": value}


def test_tables_are_held_group_by_group_and_against_the_year_before(judge: Judge) -> None:
    """Each row's total is the sum of its columns; what was carried over arrives."""
    last_year = [figure(2023, "结转下年", name, value) for name, value in (("自然人", 2), ("商业企业", 1), ("总计", 3))]
    right = [figure(2024, "上年结转", name, value) for name, value in (("自然人", 2), ("商业企业", 1), ("总计", 3))]
    wrong = [figure(2024, "上年结转", name, value) for name, value in (("自然人", 2), ("商业企业", 1), ("总计", 4))]

    assert judge(TABLE, *last_year, *right)[-1]["status"] == "met"
    found = judge(TABLE, *last_year, *wrong)[-1]
    assert (found["status"], found["record"].rpartition("/")[2]) == ("breached", "2024")
    assert "合计（上年结转）：4不等于3" in found["detail"]
    assert "结转：4不等于3" in found["detail"]
    assert judge(TABLE, *last_year, *right[1:])[-1]["status"] == "unverifiable"


def test_what_may_be_nothing_leaves_only_a_shortfall_open(judge: Judge) -> None:
    """Requests closed without a reply are in no report: they may explain what is missing, never what is too much."""
    rule = {
        "log": "annual_reports",
        "reconciliation": {
            "year": "year",
            "relations": [
                {
                    "of": "收支",
                    "sum": [
                        "answered",
                        {
                            "log": "requests",
                            "dated": "received_on",
                            "where": {"outcome": "补正后视为放弃"},
                            "optional": True,
                        },
                    ],
                    "equals": ["accepted"],
                }
            ],
        },
    }

    def status(answered: int, **others: Any) -> str:
        return str(judge(rule, {"year": 2024, "answered": answered, "accepted": 3}, **others)[0]["status"])

    given_up = {"requests": [{"received_on": date(2024, 1, 1), "outcome": "补正后视为放弃"}]}
    assert [status(answered) for answered in (2, 3, 4)] == ["unverifiable", "met", "breached"]
    assert [status(answered, others=given_up) for answered in (2, 3)] == ["met", "breached"]


def test_a_comparison_that_cannot_be_made_is_left_aside_and_named(judge: Judge) -> None:
    """Met, with a word about what was not compared."""
    optional = {"of": "受理件数", "sum": ["accepted"], "equals": [{"log": "requests", "dated": "received_on"}]}
    rule = {
        "log": "annual_reports",
        "reconciliation": {
            "year": "year",
            "relations": [
                {"of": "答复不少于拒绝", "sum": ["answered"], "at_least": ["refused"]},
                {**optional, "optional": True},
            ],
        },
    }

    row = judge(rule, {"year": 2024, "accepted": 3, "answered": 3, "refused": 1})[0]

    assert (row["status"], row["severity"]) == ("met", "info")
    assert "受理件数" in row["detail"]


def test_a_record_counts_on_the_first_of_several_days_that_is_recorded(judge: Judge) -> None:
    """In the year of that day alone; a field that the export lacks is passed over."""
    figure = {"log": "requests", "dated": ["replied_on", "correction_due_on", "received_on"]}
    rule = {
        "log": "annual_reports",
        "reconciliation": {
            "year": "year",
            "relations": [{"of": "办结", "sum": ["answered"], "equals": [figure]}],
        },
    }
    earlier, during, later = date(2023, 12, 20), date(2024, 1, 15), date(2025, 1, 2)
    days: list[dict[str, Any]] = [
        {"received_on": earlier, "correction_due_on": during, "replied_on": None},
        {"received_on": during, "correction_due_on": during, "replied_on": later},
        {"received_on": during, "correction_due_on": None, "replied_on": None},
    ]

    assert judge(rule, {"year": 2024, "answered": 2}, others={"requests": days})[0]["status"] == "met"
    assert judge(rule, {"year": 2024, "answered": 3}, others={"requests": days})[0]["status"] == "breached"
    lacking = [{name: row[name] for name in ("received_on", "replied_on")} for row in days]
    assert judge(rule, {"year": 2024, "answered": 1}, others={"requests": lacking})[0]["status"] == "met"
