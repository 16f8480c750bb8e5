"""The clock of disclosure on application: edges, extension, consultation, correction, lacking columns."""

import pytest

from tests.acceptance.conftest import Row, Verdict

EXTENDED = {"extension_approved_on": "2025-03-28", "extension_notified_on": "2025-03-31", "extension_days": "20"}


def request(**fields: str) -> Row:
    """A request received on 2025-03-03, due on 2025-03-31."""
    return {"request_id": "A", "received_on": "2025-03-03", **fields}


def letter(name: str, sent: str, answered: str) -> Row:
    """A letter that asks somebody for an opinion."""
    return {"consultation_id": name, "request_id": "A", "sent_on": sent, "answered_on": answered}


@pytest.mark.parametrize(
    ("received", "replied", "status", "due", "late"),
    [
        ("2025-03-03", "2025-03-31", "met", "2025-03-31", None),
        ("2025-03-03", "2025-04-01", "breached", "2025-03-31", 1),
        ("2025-01-24", "2025-02-27", "met", "2025-02-27", None),
        ("2025-01-24", "2025-02-28", "breached", "2025-02-27", 1),
        ("2025-12-31", "2026-01-29", "met", "2026-01-29", None),
    ],
)
def test_three_columns_settle_the_reply(
    verdict: Verdict, received: str, replied: str, status: str, due: str, late: int | None
) -> None:
    """Twenty working days by the published calendars, the day of receipt not counted."""
    rows = [{"request_id": "A", "received_on": received, "replied_on": replied}]
    found = verdict("REQ-3-5", "A", requests=rows)
    assert found
    assert (found["status"], str(found["due_on"]), found["late"]) == (status, due, late)
    assert (found["severity"], found["day_type"], found["provisional"]) == ("critical", "working", False)


@pytest.mark.parametrize(("as_of", "status", "late"), [("2025-03-31", "pending", None), ("2025-04-01", "breached", 1)])
def test_a_blank_reply_is_pending_on_the_due_day(verdict: Verdict, as_of: str, status: str, late: int | None) -> None:
    """On the due day itself nothing is late; an undone breach has no day on which it was done."""
    found = verdict("REQ-3-5", "A", as_of, requests=[request(replied_on="")])
    assert found
    assert (found["status"], found["late"], found["done_on"]) == (status, late, None)


def test_a_reply_after_the_day_of_the_audit_has_not_happened(verdict: Verdict) -> None:
    """A later done date counts as not done, a later receipt leaves no row."""
    found = verdict("REQ-3-5", "A", "2025-03-20", requests=[request(replied_on="2025-03-25")])
    assert found
    assert (found["status"], found["done_on"]) == ("pending", None)
    assert verdict("REQ-3-5", "A", "2025-03-02", requests=[request(replied_on="")]) is None


@pytest.mark.parametrize("blank", ["", "无", "/", "—", "N/A"])
def test_a_placeholder_is_blank(verdict: Verdict, blank: str) -> None:
    """What offices write for nothing is no reply."""
    found = verdict("REQ-3-5", "A", requests=[request(replied_on=blank)])
    assert found
    assert found["status"] == "breached"


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"received_on": "2025-03-03"}, ["replied_on"]),
        ({"received_on": "", "replied_on": "2025-04-01"}, ["received_on"]),
    ],
)
def test_what_is_not_recorded_makes_it_unverifiable(verdict: Verdict, fields: Row, missing: list[str]) -> None:
    """A lacking reply column, or a day of receipt that nobody wrote down."""
    found = verdict("REQ-3-5", "A", requests=[{"request_id": "A", **fields}])
    assert found
    assert (found["status"], found["missing"]) == ("unverifiable", missing)


def test_a_reply_before_receipt_contradicts_itself(verdict: Verdict) -> None:
    """Contradictory dates are unverifiable, neither met nor breached."""
    found = verdict("REQ-3-5", "A", requests=[request(replied_on="2025-03-01")])
    assert found
    assert found["status"] == "unverifiable"
    assert "矛盾" in str(found["detail"])


@pytest.mark.parametrize(
    ("fields", "status", "due"),
    [
        ({**EXTENDED, "replied_on": "2025-04-28"}, "met", "2025-04-28"),
        ({**EXTENDED, "replied_on": "2025-04-29"}, "breached", "2025-04-28"),
        ({**EXTENDED, "extension_days": "10", "replied_on": "2025-04-16"}, "breached", "2025-04-15"),
        ({**EXTENDED, "extension_days": "30", "replied_on": "2025-05-07"}, "breached", "2025-04-28"),
        ({**EXTENDED, "extension_notified_on": "2025-04-01", "replied_on": "2025-04-18"}, "breached", "2025-03-31"),
        ({**EXTENDED, "extension_approved_on": "2025-04-01", "replied_on": "2025-04-18"}, "breached", "2025-03-31"),
    ],
)
def test_an_extension_counts_only_if_settled_in_time(verdict: Verdict, fields: Row, status: str, due: str) -> None:
    """Approved and notified by the due day, it adds at most twenty working days."""
    found = verdict("REQ-3-5", "A", requests=[request(**fields)])
    assert found
    assert (found["status"], str(found["due_on"])) == (status, due)


@pytest.mark.parametrize(
    ("notified", "status", "severity"),
    [("2025-03-31", "met", None), ("2025-04-01", "breached", "major"), ("", "breached", "critical")],
)
def test_a_late_notice_weighs_less_than_none(
    verdict: Verdict, notified: str, status: str, severity: str | None
) -> None:
    """The notice of an extension: critical where none was given, major where it came late."""
    rows = [request(**(EXTENDED | {"extension_notified_on": notified, "replied_on": "2025-04-28"}))]
    found = verdict("REQ-3-7", "A", requests=rows)
    assert found
    assert found["status"] == status
    assert severity in {None, found["severity"]}


@pytest.mark.parametrize("lacking", ["extension_approved_on", "extension_notified_on"])
def test_a_lacking_extension_column_accuses_nobody(verdict: Verdict, lacking: str) -> None:
    """Within the longest possible extension the log cannot tell; beyond it the breach is certain."""
    fields = {key: value for key, value in EXTENDED.items() if key != lacking}
    within = verdict("REQ-3-5", "A", requests=[request(**fields, replied_on="2025-04-28")])
    assert within
    assert (within["status"], within["missing"]) == ("unverifiable", [lacking])
    beyond = verdict("REQ-3-5", "A", requests=[request(**fields, replied_on="2025-04-29")])
    assert beyond
    assert beyond["status"] == "breached"


@pytest.mark.parametrize(
    ("letters", "due"),
    [
        ([letter("1", "2025-03-05", "2025-03-12"), letter("2", "2025-03-10", "2025-03-17")], "2025-04-11"),
        ([letter("1", "2025-03-05", "")], "2025-04-22"),
        ([letter("1", "2025-03-05", "2025-04-03")], "2025-04-29"),
        ([letter("1", "2025-03-28", "2025-04-03")], "2025-04-07"),
        ([letter("1", "2025-04-01", "2025-04-07")], "2025-03-31"),
    ],
)
def test_letters_stop_the_clock(verdict: Verdict, letters: list[Row], due: str) -> None:
    """Overlaps count once, an unanswered letter stops fifteen days, one sent after the due day none."""
    found = verdict("REQ-3-5", "A", requests=[request(replied_on="2025-03-10")], consultations=letters)
    assert found
    assert (found["status"], str(found["due_on"])) == ("met", due)


def test_correction_letters_and_extension_add_up(verdict: Verdict) -> None:
    """Restart on 20 March, eleven days stopped, notice of the extension the day before that due day."""
    rows = [
        request(
            replied_on="2025-06-06",
            correction_notified_on="2025-03-12",
            correction_received_on="2025-03-20",
            extension_approved_on="2025-04-29",
            extension_notified_on="2025-05-06",
            extension_days="20",
        )
    ]
    letters = [letter("1", "2025-03-24", "2025-04-03"), letter("2", "2025-03-28", "2025-04-09")]
    found = verdict("REQ-3-5", "A", requests=rows, consultations=letters)
    assert found
    assert (found["status"], str(found["due_on"]), found["late"]) == ("breached", "2025-06-05", 1)


@pytest.mark.parametrize(("notified", "status"), [("2025-03-12", "met"), ("2025-03-13", "breached")])
def test_a_late_correction_notice_still_restarts_the_clock(verdict: Verdict, notified: str, status: str) -> None:
    """Seven working days for the notice; the reply is due twenty after the corrected request."""
    rows = [request(replied_on="2025-04-18", correction_notified_on=notified, correction_received_on="2025-03-20")]
    reply, notice = (verdict(rule, "A", requests=rows) for rule in ("REQ-3-5", "REQ-4.8-1"))
    assert reply
    assert notice
    assert (reply["status"], str(reply["due_on"]), notice["status"]) == ("met", "2025-04-18", status)


def test_a_request_abandoned_after_correction_needs_no_reply(verdict: Verdict) -> None:
    """The applicant never corrected it."""
    rows = [request(replied_on="", correction_notified_on="2025-03-12", outcome="补正后视为放弃")]
    found = verdict("REQ-3-5", "A", requests=rows)
    assert found
    assert found["status"] != "breached"


def test_the_office_that_answers_by_itself_transfers_nothing(verdict: Verdict) -> None:
    """The reply within three days, or by the office itself, stands in for the transfer."""
    for fields in ({"replied_on": "2025-03-06"}, {"replied_on": "2025-03-20", "unit": "局办公室"}):
        found = verdict("REQ-3-3", "A", requests=[request(transferred_on="", **fields)])
        assert found is None or found["status"] == "met"
