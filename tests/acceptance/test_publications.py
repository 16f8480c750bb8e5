"""Publication, documents, review, interpretation: edges, reasons, dates that stand in another log."""

import pytest

from tests.acceptance.conftest import Row, Verdict


def item(**fields: str) -> Row:
    """An item of public information formed on the last Friday of September 2025."""
    return {"publication_id": "P", "attribute": "主动公开", "formed_on": "2025-09-26", **fields}


def document(**fields: str) -> Row:
    """A document for the public, issued on a Monday."""
    return {"document_id": "D", "attribute": "主动公开", "issued_on": "2025-03-03", **fields}


@pytest.mark.parametrize(
    ("rule", "published", "status", "late"),
    [
        ("GID-17A-1", "2025-10-10", "met", None),
        ("GID-17A-1", "2025-10-11", "breached", 1),
        ("NAT-26-1", "2025-10-30", "met", None),
        ("NAT-26-1", "2025-10-31", "breached", 1),
    ],
)
def test_five_days_by_the_local_rule_and_twenty_by_the_national(
    verdict: Verdict, rule: str, published: str, status: str, late: int | None
) -> None:
    """Make-up Sunday and the eight-day holiday counted."""
    found = verdict(rule, "P", publications=[item(published_on=published)])
    assert found
    assert (found["status"], found["late"]) == (status, late)


@pytest.mark.parametrize("attribute", [{}, {"attribute": ""}])
def test_an_unknown_attribute_accuses_nobody(verdict: Verdict, attribute: Row) -> None:
    """Lacking or blank: whether the duty applies is unknown, even if the act was in time."""
    row = {key: value for key, value in item(published_on="2025-12-01").items() if key != "attribute"} | attribute
    found = verdict("GID-17A-1", "P", publications=[row])
    assert found
    assert (found["status"], found["missing"]) == ("unverifiable", ["attribute"])


@pytest.mark.parametrize(("reason", "status"), [("系统故障", "excused"), ("无", "breached"), ("", "breached")])
def test_a_special_reason_excuses_and_the_national_limit_stays(verdict: Verdict, reason: str, status: str) -> None:
    """The text of the reason suffices, twenty days are not stopped by it."""
    rows = [item(published_on="2025-11-05", delay_reason=reason)]
    local, national = (verdict(rule, "P", publications=rows) for rule in ("GID-17A-1", "NAT-26-1"))
    assert local
    assert national
    assert (local["status"], national["status"]) == (status, "breached")


@pytest.mark.parametrize(
    ("approver", "recorded", "status"),
    [("分管领导", "2025-10-10", "met"), ("", "2025-10-10", "breached"), ("分管领导", "2025-10-11", "breached")],
)
def test_a_reason_without_approver_or_recorded_late_is_minor(
    verdict: Verdict, approver: str, recorded: str, status: str
) -> None:
    """The reason still excuses the delay."""
    rows = [
        item(published_on="2025-10-20", delay_reason="系统故障", delay_approved_by=approver, delay_recorded_on=recorded)
    ]
    found = verdict("GID-17A-2a", "P", publications=rows)
    assert found
    assert (found["status"], found["severity"]) == (status, "minor")


@pytest.mark.parametrize(
    ("updated", "status"), [("2025-11-17", "met"), ("2025-11-18", "breached"), ("2025-11-01", "breached")]
)
def test_an_update_older_than_the_change_is_none(verdict: Verdict, updated: str, status: str) -> None:
    """Ten working days from the change."""
    rows = [item(published_on="2025-10-10", changed_on="2025-11-03", updated_on=updated)]
    found = verdict("GID-17A-3", "P", publications=rows)
    assert found
    assert found["status"] == status


@pytest.mark.parametrize(
    ("published", "status", "late"),
    [("2025-03-03", "met", None), ("2025-03-01", "met", None), ("2025-03-04", "breached", 1)],
)
def test_a_document_goes_online_on_its_day_of_issue(
    verdict: Verdict, published: str, status: str, late: int | None
) -> None:
    """Earlier is no contradiction here."""
    found = verdict("SRC-4-3", "D", documents=[document(published_on=published)])
    assert found
    assert (found["status"], found["late"]) == (status, late)


@pytest.mark.parametrize(("in_documents", "status"), [("", "met"), ("2025-03-09", "met")])
def test_the_publication_log_settles_the_day(verdict: Verdict, in_documents: str, status: str) -> None:
    """The day in the publication log beats the one in the document log, blank or not."""
    found = verdict(
        "SRC-4-3",
        "D",
        documents=[document(published_on=in_documents)],
        publications=[item(document_id="D", formed_on="2025-03-03", published_on="2025-03-03")],
    )
    assert found
    assert found["status"] == status


def test_a_late_day_in_the_publication_log_beats_a_timely_one(verdict: Verdict) -> None:
    """It beats the other log in both directions."""
    found = verdict(
        "SRC-4-3",
        "D",
        documents=[document(published_on="2025-03-03")],
        publications=[item(document_id="D", published_on="2025-03-05")],
    )
    assert found
    assert (found["status"], str(found["done_on"])) == ("breached", "2025-03-05")


def test_a_date_over_an_unpublished_calendar_is_provisional(verdict: Verdict) -> None:
    """The holiday notice for 2027 is not known."""
    found = verdict("GID-17A-1", "P", "2026-12-31", publications=[item(formed_on="2026-12-30", published_on="")])
    assert found
    assert (found["status"], found["provisional"]) == ("pending", True)


@pytest.mark.parametrize(
    ("reviews", "status"),
    [
        ([("2025-10-08", "2025-10-09", "同意公开")], "met"),
        ([("2025-10-09", "2025-10-10", "同意公开")], "met"),
        ([("2025-10-09", "2025-10-11", "同意公开")], "breached"),
        ([("2025-10-08", "2025-10-09", "退回修改")], "breached"),
        ([("2025-10-08", "2025-10-09", "不予公开")], "breached"),
        ([("2025-10-08", "", "同意公开")], "breached"),
        ([("2025-10-08", "2025-10-08", "退回修改"), ("2025-10-09", "2025-10-09", "同意公开")], "met"),
        ([("2025-10-08", "2025-10-09", "同意公开"), ("2025-10-11", "2025-10-12", "同意公开")], "met"),
    ],
)
def test_one_complete_review_before_publication_suffices(
    verdict: Verdict, reviews: list[tuple[str, str, str]], status: str
) -> None:
    """Sent back is none, refused and published all the same is a breach."""
    rows = [
        {
            "review_id": str(number),
            "publication_id": "P",
            "section_head_on": section,
            "leader_on": leader,
            "conclusion": conclusion,
        }
        for number, (section, leader, conclusion) in enumerate(reviews)
    ]
    found = verdict("VET-1-1", "P", publications=[item(published_on="2025-10-10")], reviews=rows)
    assert found
    assert found["status"] == status


@pytest.mark.parametrize("link", [{}, {"publication_id": ""}])
def test_reviews_that_name_no_item_accuse_nobody(verdict: Verdict, link: Row) -> None:
    """The review may be the one of this item."""
    review = {"review_id": "R", "leader_on": "2025-10-09", "section_head_on": "2025-10-08", "conclusion": "同意公开"}
    found = verdict("VET-1-1", "P", publications=[item(published_on="2025-10-10")], reviews=[review | link])
    assert found
    assert found["status"] == "unverifiable"


@pytest.mark.parametrize(
    ("published", "submitted", "status"),
    [
        ("2025-03-03", "2025-03-06", "met"),
        ("2025-03-03", "2025-03-07", "breached"),
        ("2025-03-03", "2025-03-01", "met"),
        ("2026-04-30", "2026-05-08", "met"),
    ],
)
def test_interpretation_is_handed_in_within_three_days(
    verdict: Verdict, published: str, submitted: str, status: str
) -> None:
    """Three working days from publication; before it is in time."""
    rows = [{"interpretation_id": "I", "document_published_on": published, "material_submitted_on": submitted}]
    found = verdict("INP-6.4-1", "I", interpretations=rows)
    assert found
    assert found["status"] == status
