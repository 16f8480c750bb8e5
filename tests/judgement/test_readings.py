"""A finding says which reading it rests on where the office chose one, and shows the days that were counted by it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from auditor.audit.reach import reach_of
from auditor.audit.trip import Audited, audit_logs
from auditor.domain.finding import Finding
from auditor.domain.obligation import Status
from auditor.reading import read_logs
from auditor.rulebook.book import Rulebook
from auditor.rulebook.loading import load_rulebook
from auditor.rulebook.showing import show_rule

Audit = Callable[..., Audited]
REQUESTS = "申请编号,收到申请日期,到达日期,申请渠道,答复日期,补正告知日期,收到补正日期"
LETTERS = "征求意见编号,申请编号,征求对象类别,征求意见日期,收到意见日期"
MESSAGES = "留言编号,来源,留言类别,留言时间,答复时间,转办日期,承办单位,工单时限,转入另行处理日期"


@pytest.fixture(scope="module")
def book() -> Rulebook:
    """The shipped rulebook."""
    return load_rulebook()


@pytest.fixture
def audit(tmp_path: Path, book: Rulebook) -> Audit:
    """Audit logs given as lines, under other readings than the default."""

    def audited(values: dict[str, Any] | None = None, **logs: list[str]) -> Audited:
        heads = {"requests": REQUESTS, "consultations": LETTERS, "messages": MESSAGES}
        for name, rows in logs.items():
            (tmp_path / f"{name}.csv").write_text("\n".join([heads[name], *rows]), encoding="utf-8")
        return audit_logs([tmp_path], book.with_values(values or {}), date(2025, 12, 31))

    return audited


def found(audited: Audited, rule: str, status: Status = Status.BREACHED) -> Finding:
    """The only finding that a rule led or joined."""
    findings = [each for each in audited.audit.findings if rule in (each.rule, *each.also) and each.status is status]
    assert len(findings) == 1, [each.rule for each in audited.audit.findings]
    return findings[0]


CLOCK = [
    ({"clock.workday": "weekdays"}, "2025-02-21", "星期一至星期五"),
    ({"clock.first_day": "same"}, "2025-02-26", "计入（当日为工作日的算第1日）"),
    ({"clock.extra": [date(2025, 2, 20)]}, "2025-02-28", "2025-02-20"),
]


@pytest.mark.parametrize(("values", "due", "said"), CLOCK)
def test_a_reading_of_the_clock_is_named_and_the_days_follow_it(
    audit: Audit, values: dict[str, Any], due: str, said: str
) -> None:
    """Twenty days are shown whatever is read; the sentence names the setting."""
    audited = audit(values, requests=["甲-1,2025-01-24,,,2025-06-30,,"])
    finding = found(audited, "REQ-3-5")

    assert finding.due_on == due
    assert sum(day.counted for day in finding.days) == 20
    assert finding.days[-1].date.isoformat() == due
    (key,) = values
    assert key in finding.detail and said in finding.detail
    assert not [caution for caution in audited.audit.cautions if "不一致" in caution]


def test_nothing_is_said_of_readings_that_nobody_chose(audit: Audit) -> None:
    """As shipped, only the setting of a late extension is named, and only where there is one."""
    finding = found(audit(requests=["甲-1,2025-01-24,,,2025-06-30,2025-02-06,2025-02-07"]), "REQ-3-5")

    assert "设置项" not in finding.detail


def test_a_correction_that_only_pauses_is_told_with_its_days(audit: Audit) -> None:
    """And is told nothing of where the request was never corrected."""
    rows = ["甲-1,2025-03-03,,,2025-06-30,2025-03-10,2025-04-01", "甲-2,2025-03-03,,,2025-06-30,,"]
    audited = audit({"req.correction.effect": "suspend"}, requests=rows)
    findings = [each for each in audited.audit.findings if each.rule == "REQ-3-5" and each.status is Status.BREACHED]
    corrected, plain = sorted(findings, key=lambda each: each.records)

    assert corrected.due_on == "2025-04-23"
    assert "已扣除等待补正的16个工作日" in corrected.detail and "req.correction.effect" in corrected.detail
    assert "req.correction.effect" not in plain.detail
    assert not [caution for caution in audited.audit.cautions if "不一致" in caution]


def test_the_shown_days_follow_every_reading_of_letters(audit: Audit) -> None:
    """A superior's letter that stops nothing, a third party's that stops no more than the cap."""
    values = {"req.toll.cap": "always", "req.delay_notice": "uses_extension"}
    letters = ["函-1,甲-1,上级部门,2025-03-04,2025-03-14", "函-2,甲-1,第三方,2025-03-17,2025-04-30"]
    audited = audit(values, requests=["甲-1,2025-03-03,,,2025-09-30,,"], consultations=letters)
    finding = found(audited, "REQ-3-5")

    assert "已扣除征求意见的15个工作日" in finding.detail
    assert "req.toll.cap" in finding.detail and "req.delay_notice" in finding.detail
    assert sum(day.counted for day in finding.days) == 20
    assert not [caution for caution in audited.audit.cautions if "不一致" in caution]


def test_the_sentence_names_the_event_that_really_started_the_clock(audit: Audit) -> None:
    """An e-mail counts from its arrival by the interpretation of 2015."""
    rows = ["甲-1,2025-03-05,2025-03-03,电子邮件,2025-06-30,,"]
    default = found(audit(requests=rows), "REQ-3-5")
    arrived = found(audit({"req.receipt_rule": "rule2015"}, requests=rows), "REQ-3-5")

    assert "“收到申请日期”为2025-03-05" in default.detail
    assert "“到达日期”为2025-03-03" in arrived.detail and "req.receipt_rule" in arrived.detail


def test_a_limit_of_the_work_order_is_named_as_such(audit: Audit) -> None:
    """Late by the order alone is no more than minor; late by the regulation too says the regulation's limit."""
    rows = ["M-1,12345热线,投诉,2025-03-03 09:00,2025-03-10 09:00,2025-03-03,市场科,3,"]
    shortest = audit({"int.overlap": "shortest"}, messages=rows)
    finding = found(shortest, "INT-6-2")

    assert (finding.due_on, finding.severity) == ("2025-03-06", "minor")
    assert "3个工作日（登记的“工单时限”）" in finding.detail and "int.overlap" in finding.detail
    assert sum(day.counted for day in finding.days) == 3
    assert not [each for each in audit(messages=rows).audit.findings if each.rule == "INT-6-2"]


def test_the_limit_for_passing_a_message_on_is_named_where_it_was_passed_on(audit: Audit) -> None:
    """It stands in no text, and the finding says so."""
    late = "M-1,网站信箱,投诉,2025-03-03 09:00,,2025-03-03,市场科,,2025-03-10"
    finding = found(audit(messages=[late]), "INT-6-2")
    never = found(audit(messages=[late.removesuffix("2025-03-10")]), "INT-6-2")

    assert finding.severity == "minor" and "route.limit" in finding.detail and "非制度明文" in finding.detail
    assert never.severity == "major" and "route.limit" not in never.detail


def test_rules_show_names_the_readings_of_the_clock_that_were_chosen(book: Rulebook) -> None:
    """A rule that counts no working days does not follow them."""
    chosen = book.with_values({"clock.extra": [date(2025, 3, 20)], "clock.first_day": "same"})

    assert "口径：clock." not in show_rule(book, "REQ-3-5")
    assert "口径：clock.extra = 2025-03-20" in show_rule(chosen, "REQ-3-5")
    assert "口径：clock." not in show_rule(chosen, "REQ-4-0")


def test_a_reading_that_is_not_in_use_asks_for_no_column(tmp_path: Path, book: Rulebook) -> None:
    """What a lacking column costs is told for the readings in use."""
    (tmp_path / "messages.csv").write_text(f"{MESSAGES}\nM-1,网站信箱,投诉,2025-03-03,,,市场科,,", encoding="utf-8")
    logs = read_logs([tmp_path], book.logs)

    def concerned(values: dict[str, Any]) -> set[str]:
        gaps = reach_of(book.with_values(values), logs).gaps
        return {rule for gap in gaps if gap.field == "reclassified_on" for rule in gap.rules}

    assert concerned({}) == set()
    assert concerned({"int.start.reclassified": "in_time"}) == {"INT-6-2", "INT-6-3", "INT-6-4"}
