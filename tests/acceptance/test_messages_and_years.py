"""Messages by class, yearly evaluation, suggestions, yearly report, windows of decisions."""

import pytest

from tests.acceptance.conftest import AuditOf, Row, Verdict, of


def message(**fields: str) -> Row:
    """A message of Monday 2025-03-03."""
    return {"message_id": "M", "received_on": "2025-03-03 09:00", **fields}


@pytest.mark.parametrize(
    ("kind", "rule", "last", "after"),
    [
        ("政策咨询", "INT-6-1", "2025-03-06 18:00", "2025-03-07 08:00"),
        ("投诉", "INT-6-2", "2025-03-12", "2025-03-13"),
        ("求助", "INT-6-2", "2025-03-12", "2025-03-13"),
        ("需调查处理", "INT-6-3", "2025-03-17", "2025-03-18"),
        ("重难件", "INT-6-4", "2025-04-15", "2025-04-16"),
    ],
)
def test_each_class_has_its_limit(verdict: Verdict, kind: str, rule: str, last: str, after: str) -> None:
    """In time on the last day at any hour, one day late after it."""
    for replied, status, late in ((last, "met", None), (after, "breached", 1)):
        found = verdict(rule, "M", messages=[message(kind=kind, replied_on=replied)])
        assert found
        assert (found["status"], found["late"]) == (status, late)


@pytest.mark.parametrize(("limit", "status"), [("15", "breached"), ("30", "met"), ("", "met")])
def test_hard_cases_have_thirty_days_unless_fifteen_is_recorded(verdict: Verdict, limit: str, status: str) -> None:
    """No approval is needed for thirty."""
    found = verdict("INT-6-4", "M", messages=[message(kind="重难件", replied_on="2025-03-25", hard_limit=limit)])
    assert found
    assert found["status"] == status


def test_accusations_have_no_limit(audit_of: AuditOf) -> None:
    """No rule of INT 第六条 accuses an unanswered 检举控告."""
    found = audit_of(messages=[message(kind="检举控告", replied_on="")]).obligations.to_dicts()
    assert not [row for row in found if row["rule"].startswith("INT-6") and row["status"] == "breached"]


def test_a_message_of_a_strange_class_is_accused_of_nothing(audit_of: AuditOf, verdict: Verdict) -> None:
    """建议 is none of the four classes: no limit of 第六条 is certain to bind it, and in time it is in time anyhow."""
    for kind in ("建议", "表扬", "感谢信", "意见建议", "其他"):
        for replied, status in (
            ("2025-03-06", "met"),
            ("2025-03-07", "unverifiable"),
            ("2025-09-16", "unverifiable"),
            ("", "unverifiable"),
        ):
            found = verdict("INT-6-0", "M", messages=[message(kind=kind, replied_on=replied)])
            assert found
            assert found["status"] == status, (kind, replied)
        rows = audit_of(messages=[message(kind=kind, replied_on="2025-09-16")]).obligations.to_dicts()
        assert not [row for row in rows if row["rule"].startswith("INT-6") and row["status"] == "breached"]


@pytest.mark.parametrize("kind", [{}, {"kind": ""}])
@pytest.mark.parametrize(
    ("replied", "status", "missing"),
    [
        ("2025-03-06", "met", []),
        ("2025-03-07", "unverifiable", ["kind"]),
        ("2025-04-15", "unverifiable", ["kind"]),
        ("2025-04-16", "breached", []),
        ("", "breached", []),
    ],
)
def test_an_unclassified_message_is_accused_only_after_thirty_days(
    verdict: Verdict, kind: Row, replied: str, status: str, missing: list[str]
) -> None:
    """Three days suffice for every class, thirty for none."""
    found = verdict("INT-6-0", "M", messages=[message(replied_on=replied, **kind)])
    assert found
    assert (found["status"], found["missing"]) == (status, missing)


@pytest.mark.parametrize(
    ("public", "confidential", "status"),
    [("张小明反映噪音", "否", "breached"), ("来电13800001111反映", "否", "breached"), ("某市民反映", "是", "breached")],
)
def test_a_writer_made_public_is_a_breach_for_every_writer(
    verdict: Verdict, public: str, confidential: str, status: str
) -> None:
    """The matter itself only where confidentiality was asked for."""
    row = message(
        kind="投诉",
        replied_on="2025-03-05",
        author="张小明",
        author_phone="13800001111",
        author_address="七星关区某路",
        made_public="是",
        public_text=public,
        confidential=confidential,
    )
    found = verdict("INT-7-1", "M", messages=[row])
    assert found
    assert found["status"] == status


@pytest.mark.parametrize(
    ("notified", "measures", "due", "status"),
    [
        ("2025-03-03", "2025-04-03", "2025-04-03", "met"),
        ("2025-03-03", "2025-04-04", "2025-04-03", "breached"),
        ("2025-01-31", "2025-02-28", "2025-02-28", "met"),
        ("2025-03-05", "2025-04-07", "2025-04-07", "met"),
        ("2025-08-31", "2025-09-30", "2025-09-30", "met"),
    ],
)
def test_measures_are_due_after_a_month(verdict: Verdict, notified: str, measures: str, due: str, status: str) -> None:
    """Date to date, the month end where there is no such date, rolling from a rest day."""
    row = {"suggestion_id": "S", "notified_on": notified, "rectifiable": "是", "measures_on": measures}
    found = verdict("EVA-7-1", "S", suggestions=[row])
    assert found
    assert (found["status"], str(found["due_on"]), found["day_type"]) == (status, due, "month")


def test_one_evaluation_a_year(audit_of: AuditOf) -> None:
    """By the evaluation's year, with a reason excused, not for 2020, pending until the year is over."""
    rows = [
        {"year": "2020", "finished_on": "", "not_held_reason": ""},
        {"year": "2022", "finished_on": "2023-01-05", "not_held_reason": ""},
        {"year": "2023", "finished_on": "", "not_held_reason": "机构改革"},
    ]
    audited = audit_of("2025-12-31", evaluations=rows)
    found = {str(year): of(audited, "EVA-8-1", f"局办公室/{year}") for year in range(2020, 2026)}
    assert {year: row["status"] for year, row in found.items() if row} == {
        "2021": "breached",
        "2022": "met",
        "2023": "excused",
        "2024": "breached",
        "2025": "pending",
    }


@pytest.mark.parametrize(
    ("year", "submitted", "status", "severity"),
    [
        ("2024", "2025-01-31", "met", "critical"),
        ("2023", "2024-02-01", "breached", "critical"),
        ("2025", "2026-02-02", "breached", "minor"),
        ("2025", "2026-02-03", "breached", "critical"),
        ("2021", "2022-02-07", "breached", "minor"),
    ],
)
def test_the_yearly_report_is_due_on_31_january(
    verdict: Verdict, year: str, submitted: str, status: str, severity: str
) -> None:
    """The day does not roll, but the next working day after a rest day weighs less."""
    found = verdict("GID-19-3", year, annual_reports=[{"year": year, "submitted_on": submitted}])
    assert found
    assert (found["status"], found["severity"]) == (status, severity)
    assert str(found["due_on"]) == f"{int(year) + 1}-01-31"


@pytest.mark.parametrize("ends", ["2025-09-16", "2025-09-17", "2025-10-05"])
def test_the_window_of_a_draft_is_no_breach(verdict: Verdict, ends: str) -> None:
    """The text has two readings, both are told, none accuses."""
    row = {"decision_id": "X", "plan_published_on": "2025-09-05", "window_ends_on": ends}
    found = verdict("PRE-5-1", "X", decisions=[row])
    assert found
    assert (found["status"], found["severity"]) == ("met", "info")
