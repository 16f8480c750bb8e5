"""The sample logs: every planted case gets the verdict that a person worked out for it."""

from collections import Counter
from datetime import date

import pytest

from auditor.audit.trip import Audited, audit_logs
from auditor.domain.obligation import Status
from auditor.rulebook.loading import load_rulebook
from auditor.rulebook.located import read_located
from auditor.shipped import shipped

PLANTED = read_located(shipped("fixtures") / "planted.yaml").content


@pytest.fixture(scope="module")
def audited() -> Audited:
    """The audit of the sample logs as of the last day of their year."""
    return audit_logs([shipped("fixtures") / "sample"], load_rulebook(), date(2025, 12, 31))


def test_every_planted_case_gets_its_verdict(audited: Audited) -> None:
    """Met on the edge, breached, excused, pending, unverifiable: by rule and record."""
    found = {(row["rule"], row["record"]): row["status"] for row in audited.obligations.to_dicts()}
    assert {case["rule"] for case in PLANTED} <= {rule.id for rule in audited.book.rules}

    wrong = [
        f"{case['rule']} {case['record']}: {case['status']} planted, {verdict} found ({case['why']})"
        for case in PLANTED
        if (verdict := found.get((case["rule"], str(case["record"])))) != case["status"]
    ]
    assert not wrong, "\n".join(wrong)


def test_the_rows_of_every_log_add_up(audited: Audited) -> None:
    """Read is accepted plus rejected."""
    for log, counts in audited.audit.summary["logs"].items():
        assert counts["read"] == counts["accepted"] + counts["rejected"], log


def test_the_statuses_of_every_rule_add_up_to_its_obligations(audited: Audited) -> None:
    """No obligation is lost between the table and the summary."""
    obligations = Counter(audited.obligations["rule"])
    for rule, counts in audited.audit.summary["rules"].items():
        assert sum(counts.values()) == obligations[rule], rule


def test_every_rule_is_assessed_or_said_not_to_be(audited: Audited) -> None:
    """Nothing found and not audited never look alike."""
    assessed, not_assessed = set(audited.audit.summary["rules"]), set(audited.audit.summary["not_assessed"])

    assert assessed | not_assessed == {rule.id for rule in audited.book.rules}
    assert not assessed & not_assessed


def test_every_timing_breach_shows_the_days_that_were_counted(audited: Audited) -> None:
    """The explaining clock comes to the day that the columns found, for every late act."""
    assert not [caution for caution in audited.audit.cautions if "不一致" in caution]
    for finding in audited.audit.findings:
        rule = audited.book.placed[finding.rule].rule
        counts_days = rule.deadline is not None and rule.deadline.within is not None
        if finding.status is Status.BREACHED and counts_days and finding.due_on and finding.late is not None:
            last = finding.days[-1].date.isoformat() if finding.days else finding.start_on
            assert last == finding.due_on, finding.id


def test_no_two_findings_share_an_id(audited: Audited) -> None:
    """Identity is one to one."""
    ids = [finding.id for finding in audited.audit.findings]
    assert len(ids) == len(set(ids))


def test_the_sample_exercises_every_log_and_most_rules(audited: Audited) -> None:
    """What the demonstration shows is what the program can do."""
    assert set(audited.logs.tables) == set(audited.book.logs.logs)
    assert audited.obligations["rule"].n_unique() >= 300
