"""Nobody is accused of what the logs cannot tell, and nothing that they tell is passed over."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.conftest import AuditOf, Row, Verdict, of, write


def request(**fields: str) -> Row:
    return {"request_id": "A", "received_on": "2025-03-03", **fields}


def item(**fields: str) -> Row:
    return {"publication_id": "P", "attribute": "主动公开", "formed_on": "2025-03-03", **fields}


REVIEW = {
    "review_id": "R",
    "publication_id": "other",
    "section_head_on": "2025-03-05",
    "leader_on": "2025-03-06",
    "conclusion": "同意公开",
}


@pytest.mark.parametrize("cell", ["已答复", "2025-02-30"])
def test_unreadable_reply_date_accuses_nobody(verdict: Verdict, cell: str) -> None:
    found = verdict("REQ-3-5", "A", requests=[request(replied_on=cell)])
    assert found and found["status"] == "unverifiable"


@pytest.mark.parametrize("lacking", ["answered_on", "sent_on", "request_id"])
def test_letters_without_a_needed_column_accuse_nobody(verdict: Verdict, lacking: str) -> None:
    letter = {"consultation_id": "1", "request_id": "A", "sent_on": "2025-03-05", "answered_on": "2025-04-30"}
    letter.pop(lacking)
    found = verdict("REQ-3-5", "A", requests=[request(replied_on="2025-05-07")], consultations=[letter])
    assert found and found["status"] == "unverifiable"


def test_garbage_named_as_a_log_is_exit_3(tmp_path: Path) -> None:
    write(tmp_path / "requests.csv", [request(replied_on="2025-03-18")])
    (tmp_path / "messages.xlsx").write_bytes(b"garbage")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "auditor",
            "audit",
            str(tmp_path),
            "--as-of",
            "2025-06-30",
            "--out",
            str(tmp_path / "o"),
            "--no-documents",
        ],
        check=False,
        capture_output=True,
    )
    assert done.returncode == 3


@pytest.mark.parametrize("address", ["麻园路1号", "人民路"])
def test_a_short_address_is_masked(audit_of: AuditOf, address: str) -> None:
    row = {
        "message_id": "M",
        "kind": "投诉",
        "received_on": "2025-03-03",
        "replied_on": "2025-03-05",
        "author": "张小明",
        "author_phone": "13800001111",
        "author_address": address,
        "made_public": "是",
        "public_text": "张小明反映",
        "confidential": "是",
    }
    assert not [each for each in audit_of(messages=[row]).audit.findings if address in repr(each)]


@pytest.mark.parametrize(
    "documents", [None, [{"document_id": "Z", "attribute": "依申请公开", "issued_on": "2025-03-01"}]]
)
def test_a_late_item_with_a_document_number_is_not_acquitted(audit_of: AuditOf, documents: list[Row] | None) -> None:
    logs = {"publications": [item(document_id="D", published_on="2025-03-20")]} | (
        {"documents": documents} if documents else {}
    )
    found = of(audit_of(**logs), "GID-17A-1", "P")
    assert found and found["status"] == "breached"


def test_a_document_that_was_signed_is_no_critical_breach(verdict: Verdict) -> None:
    found = verdict(
        "VET-1-1",
        "P",
        publications=[item(document_id="D", published_on="2025-03-07")],
        reviews=[REVIEW],
        documents=[{"document_id": "D", "signed_by": "局长", "signed_on": "2025-03-05"}],
    )
    assert found is None or found["status"] != "breached"


def test_rerouted_after_the_limit_excuses_nothing(verdict: Verdict) -> None:
    row = {
        "message_id": "M",
        "kind": "投诉",
        "received_on": "2025-03-03",
        "replied_on": "",
        "rerouted_on": "2025-04-07",
    }
    found = verdict("INT-6-2", "M", messages=[row])
    assert found and found["status"] == "breached"


def test_a_refused_review_in_order_does_not_break_the_order(verdict: Verdict) -> None:
    review = REVIEW | {"publication_id": "P", "conclusion": "不予公开"}
    found = verdict("VET-6-1", "P", publications=[item(published_on="2025-03-07")], reviews=[review])
    assert found is None or found["status"] != "breached"


def test_a_lacking_unit_does_not_undo_a_verdict_on_forwarding(verdict: Verdict) -> None:
    row = {
        "message_id": "M",
        "kind": "检举控告",
        "received_on": "2025-03-03",
        "accused": "甲公司",
        "forwarded_to": "纪检组",
    }
    found = verdict("INT-7-3", "M", messages=[row])
    assert found and found["status"] == "met"


def test_another_number_than_fifteen_leaves_thirty_days(verdict: Verdict) -> None:
    row = {
        "message_id": "M",
        "kind": "重难件",
        "received_on": "2025-03-03",
        "replied_on": "2025-04-15",
        "hard_limit": "20",
    }
    found = verdict("INT-6-4", "M", messages=[row])
    assert found and found["status"] == "met"


def test_what_is_unverifiable_says_no_fault_and_no_lateness(audit_of: AuditOf) -> None:
    row = {"publication_id": "P", "formed_on": "2025-03-03", "published_on": "2025-04-20"}
    open_ones = [
        each for each in audit_of(publications=[row]).obligations.to_dicts() if each["status"] == "unverifiable"
    ]
    assert not [each["rule"] for each in open_ones if "已经公开" in each["detail"]]
    assert not [each["rule"] for each in open_ones if each["late"] is not None]


@pytest.mark.parametrize(("rule", "extra"), [("GID-9-1", {"secrecy": "秘密", "declassified_on": "2025-04-07"})])
def test_unpublished_is_no_missing_field(verdict: Verdict, rule: str, extra: Row) -> None:
    found = verdict(rule, "P", publications=[item(published_on="", **extra)])
    assert found is None or found["status"] == "met"


def test_a_name_in_a_rejected_cell_is_masked(audit_of: AuditOf) -> None:
    audited = audit_of(requests=[request(applicant="王五六", replied_on="已答复王五六")])
    assert "王五六" not in str(audited.audit.rejects)
