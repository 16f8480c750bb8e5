"""The figures of an audit: each act in its share of the limit, each matter in one month, nothing counted twice."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from auditor.audit.figures import figures
from auditor.audit.trip import audit_logs
from auditor.domain.figures import Month, Share
from auditor.evaluation.obligations import SCHEMA
from auditor.rulebook.book import Rulebook
from auditor.rulebook.loading import load_rulebook

AS_OF = date(2025, 12, 31)
START, DUE = date(2025, 6, 3), date(2025, 7, 1)  # 20 working days, the first of them 4 June


@pytest.fixture(scope="module")
def book() -> Rulebook:
    """The rulebook as shipped."""
    return load_rulebook(shipped_cases=False)


def obligations(*rows: tuple[str, str, str, date, date | None, str]) -> pl.DataFrame:
    """Obligations of rule, record, status, due day, day done and day type."""
    return pl.DataFrame(
        [
            {"rule": rule, "log": "requests", "record": record, "unit": "甲科", "status": status, "day_type": day_type}
            | {"start_on": START, "due_on": due, "done_on": done}
            for rule, record, status, due, done, day_type in rows
        ],
        schema_overrides=SCHEMA,
    )


@pytest.mark.parametrize(
    ("done", "share"),
    [
        (date(2025, 6, 3), Share.QUARTER),
        (date(2025, 6, 10), Share.QUARTER),
        (date(2025, 6, 11), Share.HALF),
        (date(2025, 7, 1), Share.WHOLE),
        (date(2025, 7, 2), Share.HALF_OVER),
        (date(2025, 7, 15), Share.HALF_OVER),
        (date(2025, 7, 16), Share.DOUBLE),
        (date(2025, 7, 29), Share.DOUBLE),
        (date(2025, 7, 30), Share.BEYOND),
        (None, Share.UNDONE),
    ],
)
def test_an_act_lies_in_the_share_of_its_limit(book: Rulebook, done: date | None, share: Share) -> None:
    status = "met" if done is not None and done <= DUE else "breached"
    found = figures(book, obligations(("REQ-3-5", "1", status, DUE, done, "working")), AS_OF).used
    assert {each for each, number in found.items() if number} == {share}


def test_what_was_met_otherwise_than_in_its_days_is_nothing_late(book: Rulebook) -> None:
    late = ("REQ-3-5", "1", "met", DUE, date(2025, 7, 16), "working")
    never = ("REQ-3-5", "2", "met", DUE, None, "working")
    in_time = ("REQ-3-5", "3", "met", DUE, DUE, "working")
    found = figures(book, obligations(late, never, in_time), AS_OF).used
    assert {each: number for each, number in found.items() if number} == {Share.WHOLE: 1}


def test_what_is_not_counted_in_working_days_or_not_settled_is_in_no_share(book: Rulebook) -> None:
    rows = obligations(
        ("REQ-3-5", "1", "met", DUE, START, "calendar"), ("REQ-3-5", "2", "pending", DUE, None, "working")
    )
    assert figures(book, rows, AS_OF).used == {}


def test_a_matter_counts_once_in_the_month_whose_reply_it_missed(book: Rulebook) -> None:
    august = date(2025, 8, 4)
    rows = obligations(
        ("REQ-3-5", "1", "breached", DUE, None, "working"),
        ("NAT-30-1", "1", "met", august, START, "working"),
        ("REQ-3-5", "2", "met", august, START, "working"),
        ("REQ-3-3", "3", "breached", august, None, "working"),  # no reply
        ("REQ-3-5", "4", "met", date(2026, 1, 4), START, "working"),  # its month has not come
    )
    assert figures(book, rows, AS_OF).replies == (Month("2025-07", 1, 1), Month("2025-08", 1, 0))


def test_obligations_are_crossed_by_unit_and_regulation(book: Rulebook) -> None:
    rows = obligations(
        ("REQ-3-5", "1", "breached", DUE, None, "working"), ("REQ-3-3", "1", "met", DUE, START, "working")
    )
    assert figures(book, rows, AS_OF).crossed == {"甲科": {"政府信息依申请公开制度": {"breached": 1, "met": 1}}}


def test_the_crossed_counts_of_an_audit_add_up_to_its_summary(book: Rulebook, tmp_path: Path) -> None:
    lines = [
        "留言编号,留言人,来源,留言日期,留言类别,留言内容,承办单位,答复日期",
        "L1,王大明,网站信箱,2025-03-03,政策咨询,如何办理,市场科,2025-03-05",
        "L2,李小红,网站信箱,2025-03-04,政策咨询,如何办理,文物科,2025-04-05",
    ]
    (tmp_path / "网民留言台账.csv").write_text("\n".join(lines), encoding="utf-8")
    audit = audit_logs([tmp_path], book, AS_OF).audit
    added = {
        unit: {
            status: sum(counts.get(status, 0) for counts in rows.values()) for status in audit.summary["units"][unit]
        }
        for unit, rows in audit.figures.crossed.items()
    }
    assert added == audit.summary["units"]
