"""Counterparts: a record in another log must exist, and what its lack proves."""

from datetime import date
from typing import Any

import pytest

from tests.evaluation.conftest import Judge

RULE = {
    "log": "publications",
    "trigger": "published_on",
    "counterpart": {
        "log": "reviews",
        "by": {"publication_id": "publication_id"},
        "where": {"conclusion": "同意公开", "leader_on": {"recorded": True, "not_after": {"home": "published_on"}}},
    },
}
ITEM = {"publication_id": "甲", "published_on": date(2025, 3, 10)}
APPROVED = {"publication_id": "甲", "conclusion": "同意公开", "leader_on": date(2025, 3, 10)}


def verdict(judge: Judge, *reviews: dict[str, Any], item: dict[str, Any] = ITEM) -> tuple[str, list[str]]:
    """The status of the item, and what it lacked."""
    (row,) = judge(RULE, item, others={"reviews": list(reviews)})
    return row["status"], row["missing"]


def test_one_record_that_serves_suffices(judge: Judge) -> None:
    """Whatever else is recorded of the item."""
    assert verdict(judge, {**APPROVED, "conclusion": "退回修改"}, APPROVED) == ("met", [])


def test_a_record_that_does_not_serve_is_none(judge: Judge) -> None:
    """Approved a day after publication, sent back, or somebody else's."""
    for review in (
        {**APPROVED, "leader_on": date(2025, 3, 11)},
        {**APPROVED, "conclusion": "退回修改"},
        {**APPROVED, "publication_id": "乙"},
    ):
        assert verdict(judge, review) == ("breached", [])


def test_a_column_that_the_other_export_lacks_leaves_it_open_and_is_named(judge: Judge) -> None:
    """The review is there, but not the day of approval."""
    review = {"publication_id": "甲", "conclusion": "同意公开"}

    assert verdict(judge, review) == ("unverifiable", ["reviews.leader_on"])


def test_a_record_without_its_link_may_be_anybodys_if_it_could_serve(judge: Judge) -> None:
    """An approval of nobody knows what leaves the item open; a review that was sent back does not."""
    assert verdict(judge, {**APPROVED, "publication_id": None}) == ("unverifiable", ["reviews.publication_id"])
    assert verdict(judge, {**APPROVED, "publication_id": None, "conclusion": "退回修改"}) == ("breached", [])


def test_an_item_without_its_key_cannot_be_linked(judge: Judge) -> None:
    """A blank key names itself."""
    assert verdict(judge, APPROVED, item={**ITEM, "publication_id": None}) == ("unverifiable", ["publication_id"])


@pytest.mark.parametrize(("expect", "status"), [("exists", "met"), ("none", "breached")])
def test_a_counterpart_may_be_asked_for_or_forbidden(judge: Judge, expect: str, status: str) -> None:
    """`expect: none` turns the verdict round."""
    rule = {**RULE, "counterpart": {**RULE["counterpart"], "expect": expect}}  # type: ignore[dict-item]
    (row,) = judge(rule, ITEM, others={"reviews": [APPROVED]})

    assert row["status"] == status
