"""Whole audits: sums, stable ids, many files, the checklist, periods, settings, personal data."""

import json
from datetime import date
from pathlib import Path

import pytest

from auditor.audit.trip import Audited, audit_logs
from auditor.domain.period import parse_period
from auditor.errors import RulebookError
from auditor.rulebook.book import Rulebook
from auditor.rulebook.loading import load_rulebook
from tests.acceptance.conftest import AuditOf, Row, of, write

LATE = {"received_on": "2025-03-03", "replied_on": "2025-04-18"}
ROWS = [
    {"request_id": "A", **LATE},
    {"request_id": "A", **LATE},
    {"request_id": "B", **LATE},
    {"request_id": "B", "received_on": "2025-03-03", "replied_on": "2025-03-18"},
    {"request_id": "", **LATE},
]


def accusations(audited: Audited) -> set[tuple[str, str]]:
    """The ids of the breaches, with their rules."""
    return {(finding.id, finding.rule) for finding in audited.audit.findings if finding.status.value == "breached"}


def test_every_sum_adds_up(audit_of: AuditOf) -> None:
    """Rows read, statuses by rule, statuses by unit."""
    audited = audit_of(requests=ROWS, messages=[{"message_id": "M", "received_on": "2025-03-03", "replied_on": ""}])
    summary = audited.audit.summary
    assert summary["logs"]["requests"] == {"read": 5, "accepted": 4, "rejected": 1}
    for part in ("rules", "units"):
        assert sum(sum(counts.values()) for counts in summary[part].values()) == audited.obligations.height


def test_order_file_name_and_added_columns_leave_the_ids(tmp_path: Path, book: Rulebook) -> None:
    """The same fact has the same id in every audit."""
    found = []
    for number, (name, rows) in enumerate(
        [("requests", ROWS), ("依申请公开台账2025", [row | {"备注": "无", "序列": "7"} for row in reversed(ROWS)])]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        write(folder / f"{name}.csv", rows)
        found.append(accusations(audit_logs([folder], book, date(2026, 6, 30))))
    assert found[0] == found[1]
    assert len(found[0]) == 4  # the fourth: broken three times, a pattern of the unit


def test_files_of_one_log_keep_their_own_columns(tmp_path: Path, book: Rulebook) -> None:
    """A column that one file has does not accuse the rows of another that lacks it."""
    write(tmp_path / "requests.csv", [{"request_id": "A", **LATE}])
    write(tmp_path / "依申请公开台账-续.csv", [{"申请编号": "B", "收到申请日期": "2025-03-03", "转办日期": ""}])
    (tmp_path / "requests-2.jsonl").write_text(json.dumps({"request_id": "C", **LATE}) + "\n", encoding="utf-8")
    audited = audit_logs([tmp_path], book, date(2026, 6, 30))
    found = [
        (row["status"], row["missing"])
        for record, rule in [("A", "REQ-3-3"), ("B", "REQ-3-3"), ("B", "REQ-3-5"), ("C", "REQ-3-5")]
        if (row := of(audited, rule, record))
    ]
    assert found == [
        ("unverifiable", ["transferred_on"]),
        ("breached", []),
        ("unverifiable", ["replied_on"]),
        ("breached", []),
    ]


def test_a_log_that_was_not_supplied_is_not_assessed(audit_of: AuditOf) -> None:
    """Nothing found and not audited never look alike."""
    summary = audit_of(requests=ROWS).audit.summary
    assert {"INT-6-1", "GID-17A-1", "EVA-8-1"} <= set(summary["not_assessed"])
    assert not set(summary["not_assessed"]) & set(summary["rules"])


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([("REQ-3-5", "", "不符合"), ("REQ-3-5", "U", "符合")], {"U": "met", "V": "breached", "L": "breached"}),
        ([("REQ-3-5", "", "符合")], {"U": "met", "V": "met", "L": "breached"}),
        ([("REQ-3-5", "L", "不适用")], {"U": "unverifiable", "V": "met"}),
    ],
)
def test_the_inspector_answers(audit_of: AuditOf, answers: list[tuple[str, str, str]], expected: Row) -> None:
    """No makes a breach, yes settles what was unverifiable, not applicable drops it; one record beats all."""
    requests = [
        {"request_id": "U", "received_on": "", "replied_on": "2025-04-18"},
        {"request_id": "V", "received_on": "2025-03-03", "replied_on": "2025-03-18"},
        {"request_id": "L", **LATE},
    ]
    checklist = [
        {"item": item, "subject": subject, "answer": answer, "checked_on": "2025-06-01"}
        for item, subject, answer in answers
    ]
    audited = audit_of(requests=requests, checklist=checklist)
    found = {record: of(audited, "REQ-3-5", record) for record in "UVL"}
    assert {record: row["status"] for record, row in found.items() if row} == expected


@pytest.mark.parametrize(("text", "kept"), [("2025Q1", True), ("2025-03", True), ("2025", True), ("2025Q2", False)])
def test_an_obligation_belongs_to_the_period_of_its_due_day(audit_of: AuditOf, text: str, kept: bool) -> None:
    """Due on 2025-03-31, replied to in April."""
    audited = audit_of(requests=[{"request_id": "A", **LATE}], period=parse_period(text))
    assert (of(audited, "REQ-3-5", "A") is not None) == kept


@pytest.mark.parametrize("text", ["int.ranges: {hard_limit: 5}", "int.ranges.hard_limit: 5"])
def test_five_days_may_be_chosen_for_complaints(audit_of: AuditOf, tmp_path: Path, text: str) -> None:
    """Both ways to write a setting mean the same."""
    rows = [{"message_id": "M", "kind": "投诉", "received_on": "2025-03-03", "replied_on": "2025-03-11"}]
    file = tmp_path / "settings.yaml"
    file.write_text(text, encoding="utf-8")
    chosen = of(audit_of(rules=load_rulebook(settings_file=file), messages=rows), "INT-6-2", "M")
    shipped = of(audit_of(messages=rows), "INT-6-2", "M")
    assert chosen
    assert shipped
    assert (chosen["status"], str(chosen["due_on"]), shipped["status"]) == ("breached", "2025-03-10", "met")


@pytest.mark.parametrize("text", ["int.ranges: {hard: 5}", "int.ranges.hard_limit: 6", "no.such.key: 1"])
def test_an_unknown_setting_stops_the_run(tmp_path: Path, text: str) -> None:
    """So does a value that is not among the options."""
    file = tmp_path / "settings.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RulebookError):
        load_rulebook(settings_file=file)


def test_older_logs_are_out_of_scope_unless_one_asks_what_if(audit_of: AuditOf, tmp_path: Path) -> None:
    """As if every rule had been in force from that day, and the audit says so."""
    rows = [{"request_id": "A", "received_on": "2019-03-04", "replied_on": "2019-06-01"}]
    file = tmp_path / "settings.yaml"
    file.write_text("effective.as_if_from: 2019-01-01", encoding="utf-8")
    supposed = audit_of(rules=load_rulebook(settings_file=file), requests=rows)
    found = of(supposed, "REQ-3-5", "A")
    assert found
    assert (found["status"], str(found["due_on"])) == ("breached", "2019-04-01")
    assert any("2019-01-01" in caution for caution in supposed.audit.cautions)
    assert of(audit_of(requests=rows), "REQ-3-5", "A") is None


def test_a_late_notice_and_the_late_reply_are_one_finding(audit_of: AuditOf) -> None:
    """With a day by day proof, the last day in time, and where it stands."""
    row = {"request_id": "A", **LATE, "extension_approved_on": "2025-03-28", "extension_notified_on": "2025-04-01"}
    (found,) = [each for each in audit_of(requests=[row]).audit.findings if each.status.value == "breached"]
    assert {found.rule, *found.also} == {"REQ-3-5", "REQ-3-7"}
    assert (str(found.due_on), found.late, list(found.records)) == ("2025-03-31", 13, ["A"])
    assert sum(day.counted for day in found.days) == 20
    assert "2025-03-31" in str(found.met_if)
    assert {"received_on", "replied_on"} <= {each.field for each in found.evidence}


def test_no_writer_is_named(audit_of: AuditOf) -> None:
    """Names, phones, addresses and numbers are masked; so is the content of an accusation."""
    secrets = ["张小明", "13800001111", "七星关区麻园路1号", "举报内容甲", "522401199001011234", "王五六"]
    row = {
        "message_id": "M",
        "kind": "检举控告",
        "received_on": "2025-03-03",
        "replied_on": "2025-03-30",
        "author": secrets[0],
        "author_phone": secrets[1],
        "author_address": secrets[2],
        "content": secrets[3],
        "made_public": "是",
        "public_text": f"{secrets[0]}{secrets[3]}",
        "confidential": "是",
    }
    request = {"request_id": "A", **LATE, "applicant": secrets[5], "id_proof": secrets[4], "contact": secrets[1]}
    audited = audit_of(messages=[row], requests=[request])
    told = [repr(finding) for finding in audited.audit.findings]
    told += [str(audited.obligations.to_dicts()), str(audited.audit.rejects)]
    assert not [secret for secret in secrets if any(secret in text for text in told)]
