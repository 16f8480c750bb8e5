"""Deadlines on the edge: the day before, the day, the day after; and what is not recorded."""

from datetime import date
from typing import Any

import pytest

from tests.evaluation.conftest import Judge

DUTY = {
    "log": "publications",
    "deadline": {"from": "formed_on", "to": "published_on", "within": "5 working days"},
    "in_force_from": date(2020, 12, 2),
}
FORMED = {"formed_on": date(2025, 1, 24)}  # five working days end on 2025-02-07


def only(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The only obligation."""
    assert len(rows) == 1
    return rows[0]


@pytest.mark.parametrize(
    ("done", "status", "late"),
    [
        ("2025-02-06", "met", None),
        ("2025-02-07", "met", None),
        ("2025-02-08", "breached", 1),
        ("2025-02-10", "breached", 2),
    ],
)
def test_the_due_day_itself_is_in_time(judge: Judge, done: str, status: str, late: int | None) -> None:
    """2025-02-08 is a working Saturday."""
    row = only(judge(DUTY, {**FORMED, "published_on": date.fromisoformat(done)}))

    assert (row["status"], row["late"], row["due_on"]) == (status, late, date(2025, 2, 7))


@pytest.mark.parametrize(("today", "status"), [("2025-02-07", "pending"), ("2025-02-08", "breached")])
def test_what_is_not_done_is_pending_on_the_due_day_and_breached_after_it(
    judge: Judge, today: str, status: str
) -> None:
    """An undone breach has no done day."""
    row = only(judge(DUTY, {**FORMED, "published_on": None}, as_of=date.fromisoformat(today)))

    assert (row["status"], row["done_on"]) == (status, None)


def test_an_act_after_the_audit_day_has_not_happened(judge: Judge) -> None:
    """The export may be younger than the day on which the audit stands."""
    record = {**FORMED, "published_on": date(2025, 2, 20)}

    assert only(judge(DUTY, record, as_of=date(2025, 2, 10)))["status"] == "breached"
    assert only(judge(DUTY, record, as_of=date(2025, 2, 10)))["done_on"] is None
    assert judge(DUTY, record, as_of=date(2025, 1, 23)) == []


def test_events_before_the_rule_was_in_force_leave_no_row(judge: Judge) -> None:
    """In force from 2020-12-02; a what-if run moves that day."""
    record = {"formed_on": date(2020, 12, 1), "published_on": None}

    assert judge(DUTY, record) == []
    assert len(judge(DUTY, record, values={"effective.as_if_from": date(2010, 1, 1)})) == 1


def test_a_lacking_column_makes_the_act_unverifiable_and_a_blank_start_too(judge: Judge) -> None:
    """Each names its field."""
    lacking = only(judge(DUTY, FORMED))
    no_start = only(judge(DUTY, {"formed_on": None, "published_on": date(2025, 2, 1)}))

    assert (lacking["status"], lacking["missing"]) == ("unverifiable", ["published_on"])
    assert (no_start["status"], no_start["missing"]) == ("unverifiable", ["formed_on"])


@pytest.mark.parametrize(
    ("early", "status"), [("contradiction", "unverifiable"), ("met", "met"), ("not_done", "breached")]
)
def test_an_act_before_its_start(judge: Judge, early: str, status: str) -> None:
    """Contradictory dates unless the rule says otherwise."""
    rule = {**DUTY, "deadline": {**DUTY["deadline"], "early": early}}  # type: ignore[dict-item]

    assert only(judge(rule, {**FORMED, "published_on": date(2025, 1, 23)}))["status"] == status


def test_of_several_starts_the_first_recorded_counts(judge: Judge) -> None:
    """Received, else confirmed, else arrived."""
    deadline = {"from": ["received_on", "confirmed_on"], "to": "replied_on", "within": "20 working days"}
    record = {"received_on": None, "confirmed_on": date(2025, 3, 3), "replied_on": date(2025, 4, 1)}

    assert only(judge({"log": "requests", "deadline": deadline}, record))["late"] == 1


def test_with_every_all_acts_must_be_done_and_the_last_counts(judge: Judge) -> None:
    """Published on both sites."""
    deadline = {
        "fixed_day": {"month": 1, "day": 31, "year": "year", "years_later": 1},
        "to": ["site_published_on", "egov_published_on"],
        "every": True,
    }
    rule = {"log": "annual_reports", "deadline": deadline}
    both = {"year": 2024, "site_published_on": date(2025, 1, 20), "egov_published_on": date(2025, 1, 31)}

    assert only(judge(rule, both, as_of=date(2025, 6, 30)))["status"] == "met"
    assert only(judge(rule, {**both, "egov_published_on": None}, as_of=date(2025, 6, 30)))["status"] == "breached"
    assert only(judge(rule, {**both, "egov_published_on": date(2025, 2, 1)}, as_of=date(2025, 6, 30)))["late"] == 1


def test_the_thirty_first_of_january_does_not_roll_but_weighs_less_on_a_rest_day(judge: Judge) -> None:
    """2027-01-31 is a Sunday: Monday is late, yet minor; Tuesday weighs in full."""
    deadline = {
        "fixed_day": {"month": 1, "day": 31, "year": "year", "years_later": 1, "rest_day_severity": "minor"},
        "to": "submitted_on",
    }
    rule = {"log": "annual_reports", "deadline": deadline}

    def submitted(day: str) -> dict[str, Any]:
        record = {"year": 2026, "submitted_on": date.fromisoformat(day)}
        return only(judge(rule, record, as_of=date(2027, 6, 30)))

    assert submitted("2027-01-31")["status"] == "met"
    assert (submitted("2027-02-01")["status"], submitted("2027-02-01")["severity"]) == ("breached", "minor")
    assert submitted("2027-02-02")["severity"] == "major"


def test_hours_are_counted_from_minute_to_minute(judge: Judge) -> None:
    """One minute over 48 hours is one hour begun."""
    rule = {"log": "concerns", "deadline": {"from": "detected_at", "to": "responded_at", "within": "48 hours"}}

    def responded(at: str | None, today: date = date(2026, 6, 30)) -> dict[str, Any]:
        return only(judge(rule, {"detected_at": "2025-03-07 09:30", "responded_at": at}, as_of=today))

    assert responded("2025-03-09 09:30")["status"] == "met"
    assert (responded("2025-03-09 09:31")["status"], responded("2025-03-09 09:31")["late"]) == ("breached", 1)
    assert responded(None, date(2025, 3, 9))["status"] == "pending"
    assert responded(None, date(2025, 3, 10))["status"] == "breached"


def test_late_against_a_configured_number_is_minor_but_not_doing_it_keeps_its_weight(judge: Judge) -> None:
    """The text gives no number for 立即."""
    deadline = {"from": "delay_ended_on", "to": "published_on", "within": {"setting": "vague.immediately"}}
    rule = {"log": "publications", "deadline": deadline}

    assert (
        only(judge(rule, {"delay_ended_on": date(2025, 3, 3), "published_on": date(2025, 3, 10)}))["severity"]
        == "minor"
    )
    assert only(judge(rule, {"delay_ended_on": date(2025, 3, 3), "published_on": None}))["severity"] == "major"


@pytest.mark.parametrize(
    ("done", "status", "due"),
    [
        ("2025-03-06", "met", "2025-03-06"),
        ("2025-03-07", "unverifiable", "2025-03-06"),
        ("2025-04-15", "unverifiable", "2025-03-06"),
        ("2025-04-16", "breached", "2025-04-15"),
    ],
)
def test_between_two_limits_the_verdict_hangs_on_what_is_not_recorded(
    judge: Judge, done: str, status: str, due: str
) -> None:
    """A message without its class: 3 working days is in time for any, more than 30 for none."""
    deadline = {
        "from": "received_on",
        "to": "replied_on",
        "within": "3 working days",
        "doubt": {"until": "30 working days", "missing": "kind"},
    }
    record = {"received_on": "2025-03-03 09:00", "replied_on": f"{done} 10:00"}
    row = only(judge({"log": "messages", "deadline": deadline}, record))

    assert (row["status"], row["due_on"]) == (status, date.fromisoformat(due))
    assert row["missing"] == (["kind"] if status == "unverifiable" else [])


def request(**fields: Any) -> dict[str, Any]:
    """A request received on 2025-03-03, whose 20 working days end on 2025-03-31."""
    return {"request_id": "甲", "received_on": date(2025, 3, 3), **fields}


REPLY = {
    "log": "requests",
    "deadline": {
        "from": "received_on",
        "to": "replied_on",
        "within": "20 working days",
        "restart": {"notice": "correction_notified_on", "received": "correction_received_on"},
        "extension": {
            "approved": "extension_approved_on",
            "notified": "extension_notified_on",
            "days": "extension_days",
        },
    },
}


def test_an_export_without_any_extension_column_is_judged_by_what_it_has(judge: Judge) -> None:
    """A missing optional column does not undo a verdict that old fields settle."""
    assert only(judge(REPLY, request(replied_on=date(2025, 4, 1))))["status"] == "breached"


def test_a_recorded_extension_whose_notice_column_is_lacking_leaves_the_verdict_open(judge: Judge) -> None:
    """The record itself says that the due day may have moved."""
    extended = request(replied_on=date(2025, 4, 20), extension_approved_on=date(2025, 3, 20))
    row = only(judge(REPLY, extended))

    assert (row["status"], row["missing"]) == ("unverifiable", ["extension_notified_on"])
    assert only(judge(REPLY, {**extended, "replied_on": date(2025, 6, 1)}))["status"] == "breached"
    assert only(judge(REPLY, {**extended, "replied_on": date(2025, 3, 31)}))["status"] == "met"


def test_while_the_applicant_has_not_corrected_the_clock_stands(judge: Judge) -> None:
    """Notice in time: pending; notice after the due day stops nothing; a lacking column leaves it open."""
    waiting = request(replied_on=None, correction_notified_on=date(2025, 3, 10), correction_received_on=None)

    assert only(judge(REPLY, waiting))["status"] == "pending"
    assert only(judge(REPLY, {**waiting, "correction_notified_on": date(2025, 4, 1)}))["status"] == "breached"
    del waiting["correction_received_on"]
    assert only(judge(REPLY, waiting))["missing"] == ["correction_received_on"]


def test_a_limit_recorded_for_the_case_goes_before_the_general_one(judge: Judge) -> None:
    """重难件: 15 working days where recorded, else 30."""
    within = {"field": "hard_limit", "unit": "working days", "otherwise": "30 working days"}
    rule = {"log": "messages", "deadline": {"from": "received_on", "to": "replied_on", "within": within}}
    message = {"received_on": "2025-03-03 09:00", "replied_on": "2025-03-25 09:00"}

    assert only(judge(rule, {**message, "hard_limit": 15}))["late"] == 1
    assert only(judge(rule, {**message, "hard_limit": None}))["status"] == "met"


def test_a_year_without_a_report_is_a_breach_between_recorded_years_and_open_after_the_last(judge: Judge) -> None:
    """2022 and 2024 are recorded: 2023 was left out; whether 2025 was reported the export cannot tell."""
    deadline = {"fixed_day": {"month": 1, "day": 31, "year": "year", "years_later": 1}, "to": "submitted_on"}
    reports = [{"year": year, "submitted_on": date(year + 1, 1, 20)} for year in (2022, 2024)]
    rows = judge({"log": "annual_reports", "deadline": deadline}, *reports, as_of=date(2026, 6, 30))

    assert [(row["record"], row["status"], row["late"]) for row in rows if "/" in row["record"]] == [
        ("局办公室/2023", "breached", 881),
        ("局办公室/2025", "unverifiable", None),
    ]


def test_an_act_that_recurs_is_due_again(judge: Judge) -> None:
    """Within the limit of the last time; the first time from the event."""
    rule = {
        "log": "publications",
        "deadline": {"from": "formed_on", "to": "closed_reviewed_on", "within": "1 month", "recurring": True},
    }

    def status(reviewed: date | None, as_of: date) -> tuple[str, int | None]:
        row = judge(rule, {"formed_on": date(2025, 3, 3), "closed_reviewed_on": reviewed}, as_of=as_of)[0]
        return row["status"], row["late"]

    assert status(None, date(2025, 4, 3)) == ("pending", None)
    assert status(None, date(2025, 4, 4)) == ("breached", 1)
    assert status(date(2025, 6, 3), date(2025, 7, 3)) == ("met", None)
    assert status(date(2025, 6, 3), date(2025, 7, 5)) == ("breached", 2)


def test_a_doubt_is_told_only_where_it_decides(judge: Judge) -> None:
    """What breaches whatever the dates, or came too late, is not explained by a doubt about acts in time."""
    deadline = {
        "from": "formed_on",
        "to": "published_on",
        "within": "5 working days",
        "breached_if": {"title": "空白"},
        "unsure": [{"if": {"attribute": "主动公开"}, "say": "看不出公开了什么"}],
    }
    rule = {**DUTY, "deadline": deadline}
    in_time = {**FORMED, "published_on": date(2025, 2, 7), "title": "通知", "attribute": "主动公开"}

    def told(**other: Any) -> tuple[str, str]:
        row = only(judge(rule, {**in_time, **other}))
        return row["status"], row["detail"]

    assert told() == ("unverifiable", "看不出公开了什么")
    assert told(title="空白") == ("breached", "")
    assert told(published_on=date(2025, 2, 8)) == ("breached", "")
    assert told(attribute="依申请公开") == ("met", "")
