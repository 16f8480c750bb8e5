"""Findings: one for each fact, one for each gap, the same id in every audit."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from auditor.audit.trip import Audited, audit_logs
from auditor.domain.finding import Finding
from auditor.domain.obligation import Severity, Status
from auditor.rulebook.book import Rulebook
from auditor.rulebook.loading import load_rulebook

Audit = Callable[..., Audited]
HEAD = "申请编号,申请人,承办科室,收到申请日期,转办日期,答复日期,答复类型,延期批准日期,延期告知日期,延期工作日数"


@pytest.fixture(scope="module")
def book() -> Rulebook:
    """The shipped rulebook."""
    return load_rulebook()


@pytest.fixture
def audit(tmp_path: Path, book: Rulebook) -> Audit:
    """Audit the rows of a request log as of 2025-12-31."""

    def audited(*rows: str, name: str = "依申请公开台账.csv", head: str = HEAD, **options: Any) -> Audited:
        (tmp_path / name).write_text("\n".join([head, *rows]), encoding="utf-8")
        return audit_logs([tmp_path / name], book, date(2025, 12, 31), **options)

    return audited


def found(audited: Audited, rule: str, status: Status = Status.BREACHED) -> Finding:
    """The only finding led by `rule`."""
    findings = [each for each in audited.audit.findings if each.rule == rule and each.status is status]
    assert len(findings) == 1, [each.rule for each in audited.audit.findings]
    return findings[0]


LATE = "甲-1,李小明,办公室,2025-03-03,2025-03-04,2025-04-01,予以公开,,,"


def test_a_late_reply_says_what_was_due_by_when_and_shows_the_cells(audit: Audit) -> None:
    """Clause, sentence, proof, day count, what would have complied."""
    finding = found(audit(LATE), "REQ-3-5")

    assert (finding.start_on, finding.due_on, finding.done_on, finding.late) == (
        "2025-03-03",
        "2025-03-31",
        "2025-04-01",
        1,
    )
    assert "“答复日期”最迟应为2025-03-31，登记为2025-04-01，逾期1个工作日。" in finding.detail
    assert finding.met_if is not None and "2025-03-31" in finding.met_if
    assert (finding.severity, finding.article, finding.unit) == (Severity.CRITICAL, "第三条", "办公室")
    assert sum(day.counted for day in finding.days) == 20
    cell = next(each for each in finding.evidence if each.field == "replied_on")
    assert (cell.value, cell.file, cell.row, cell.column, cell.heading) == (
        "2025-04-01",
        "依申请公开台账.csv",
        2,
        "F",
        "答复日期",
    )


def test_an_extension_that_did_not_count_is_told_with_the_late_reply(audit: Audit) -> None:
    """Notified a day after the original due day: one finding, led by the notice, the late reply with it."""
    audited = audit("甲-1,李小明,办公室,2025-03-03,2025-03-04,2025-04-20,予以公开,2025-03-28,2025-04-01,20")
    together = [
        each
        for each in audited.audit.findings
        if "REQ-3-5" in (each.rule, *each.also) and each.status is Status.BREACHED
    ]

    assert len(together) == 1
    assert "REQ-3-7" in (together[0].rule, *together[0].also)


def test_ids_do_not_depend_on_row_order_file_name_or_other_columns(audit: Audit) -> None:
    """The same fact is the same finding."""
    other = "甲-2,王五,办公室,2025-03-03,2025-03-20,2025-03-31,予以公开,,,"
    first = {each.id for each in audit(LATE, other).audit.findings}
    shuffled = {each.id for each in audit(other, LATE, name="requests.csv").audit.findings}
    wider = {
        each.id
        for each in audit(LATE + ",某", other + ",某", head=HEAD + ",经手人").audit.findings
        if each.status is Status.BREACHED
    }

    assert first == shuffled
    assert wider == {each.id for each in audit(LATE, other).audit.findings if each.status is Status.BREACHED}


def test_what_cannot_be_verified_for_the_same_reason_is_one_finding(audit: Audit) -> None:
    """Two requests without the day of receipt."""
    rows = [
        "甲-1,李小明,办公室,,2025-03-04,2025-04-01,予以公开,,,",
        "甲-2,王五,文物科,,2025-03-04,2025-04-01,予以公开,,,",
    ]
    finding = found(audit(*rows), "REQ-3-5", Status.UNVERIFIABLE)

    assert finding.records == ("甲-1", "甲-2")
    assert "收到申请日期" in finding.detail and "共2条" in finding.detail


def test_personal_data_is_masked_unless_the_audit_is_internal(audit: Audit) -> None:
    """No name of an applicant in any finding."""
    text = "".join(each.model_dump_json() for each in audit(LATE).audit.findings)
    assert "李小明" not in text

    rejected = audit("甲-1,李小明,办公室,2025-13-03,,,,,,")
    assert "李小明" not in str(rejected.audit.rejects)


def test_a_finding_that_rests_on_a_setting_names_it(audit: Audit, book: Rulebook) -> None:
    """And says where the number is not in the text."""
    for finding in audit(LATE, "甲-2,王五,办公室,2025-03-03,2025-03-20,2025-05-31,予以公开,,,").audit.findings:
        rule = book.placed[finding.rule].rule
        for key in rule.settings:
            if finding.status is Status.BREACHED:
                assert key in finding.detail
