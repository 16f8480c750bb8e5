"""An invented audit: small enough to count by hand, with hostile text in every place that a log can fill."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from auditor.domain.audit import Advisory, Audit, RuleLine
from auditor.domain.finding import CountedDay, Evidence, Finding, Ground
from auditor.domain.obligation import Severity, Status

HOSTILE = (
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    '=HYPERLINK("http://example.invalid","看这里")',
    '"><img src=x onerror=alert(1)>',
    "</style></script>{% raw %}",
    "@SUM(1)\u202e\x07",
    "http://example.invalid/",
)
RULES = {
    "REQ-3-5": RuleLine("REQ-3-5", "政府信息依申请公开制度", "第三条第五项", "20个工作日内答复", "critical"),
    "REQ-3-3": RuleLine("REQ-3-3", "政府信息依申请公开制度", "第三条第三项", "三个工作日内转办", "major"),
    "GID-17A-1": RuleLine("GID-17A-1", "政府信息公开工作制度", "第十七条", "五个工作日内公开", "major"),
    "ZWG-8-1": RuleLine("ZWG-8-1", "政务公开工作制度", "第八条", "设置意见箱", "minor"),
    "MTG-1-1": RuleLine("MTG-1-1", "会议公开制度", "一", "会议议题事先确定公开方式", "minor"),
    "INP-6.4-1": RuleLine("INP-6.4-1", "政策解读制度", "第六条第四项", "三个工作日内报送解读材料", "major"),
}


def days(start: date, number: int) -> tuple[CountedDay, ...]:
    """So many days after `start`, weekends not counted."""
    passed = [start + timedelta(days=n) for n in range(1, number + 1)]
    return tuple(
        CountedDay(date=day, counted=day.weekday() < 5, why="工作日" if day.weekday() < 5 else "周末") for day in passed
    )


def finding(id: str, **given: Any) -> Finding:
    """A breach of the reply limit, but for what is given."""
    plain: dict[str, Any] = {
        "id": id,
        "rule": "REQ-3-5",
        "status": Status.BREACHED,
        "severity": Severity.CRITICAL,
        "log": "requests",
        "records": ("SQ-001",),
        "unit": "办公室",
        "title": "答复超过二十个工作日",
        "regulation": "政府信息依申请公开制度",
        "article": "第三条第五项",
        "detail": "2025年3月3日收到申请，应于2025年3月31日前答复，实际于2025年4月2日答复。",
        "liable": "办公室",
        "remedy": "说明原因，完善到期提醒。",
    }
    return Finding(**{**plain, **given})


def _late() -> Finding:
    cells = [("received_on", "收到日期", "2025-03-03", "C"), ("replied_on", "答复日期", "2025-04-02", "H")]
    evidence = tuple(
        Evidence(field=f, heading=h, value=v, file="申请.xlsx", sheet="2025", row=7, column=c) for f, h, v, c in cells
    )
    return finding(
        "F-001",
        start_on="2025-03-03",
        due_on="2025-03-31",
        done_on="2025-04-02",
        late=2,
        also=("REQ-3-3",),
        evidence=evidence,
        days=days(date(2025, 3, 3), 28),
        met_if="2025-03-31 前答复",
        judgements=("repeat",),
        grounds=(Ground(judgement="repeat", title="反复违反同一条规定", obligations=(("GID-17A-1", "XX-1"),)),),
        rectify_by="2026-01-31",
    )


def _hostile() -> Finding:
    """Every text a log can fill holds an attack."""
    cell = Evidence(
        field="title",
        heading=HOSTILE[0],
        value=HOSTILE[2],
        file=HOSTILE[3],
        sheet=HOSTILE[4],
        row=9,
        column="B",
    )
    return finding(
        "F-002",
        rule="GID-17A-1",
        severity=Severity.MAJOR,
        log="publications",
        records=(HOSTILE[2],),
        unit=HOSTILE[0],
        title=HOSTILE[1],
        detail="\n".join(HOSTILE),
        evidence=(cell,),
        remedy=HOSTILE[6],
    )


def _grouped() -> Finding:
    records = tuple(f"XX-{n:03}" for n in range(1, 31))
    cells = tuple(Evidence(field="formed_on", file="发布.csv", row=n, column="") for n in range(2, 32))
    return finding(
        "F-003",
        rule="GID-17A-1",
        status=Status.UNVERIFIABLE,
        severity=Severity.MAJOR,
        log="publications",
        records=records,
        title="缺少形成日期",
        detail="30 条记录没有形成日期，无法核实是否按时公开。",
        evidence=cells,
    )


def _summary(findings: tuple[Finding, ...]) -> dict[str, Any]:
    return {
        "as_of": "2025-12-31",
        "period": "2025",
        "logs": {
            "publications": {"read": 40, "accepted": 38, "rejected": 2},
            "requests": {"read": 9, "accepted": 9, "rejected": 0},
        },
        "rules": {
            "REQ-3-5": {"met": 7, "breached": 1, "pending": 1},
            "REQ-3-3": {"met": 8, "breached": 1},
            "GID-17A-1": {"met": 6, "breached": 1, "excused": 1, "unverifiable": 30},
            "ZWG-8-1": {"manual": 1},
        },
        "units": {
            "办公室": {"met": 20, "breached": 2, "pending": 1, "excused": 1, "unverifiable": 30, "manual": 1},
            HOSTILE[0]: {"met": 1, "breached": 1},
        },
        "findings": dict(Counter(item.severity.value for item in findings)),
        "not_assessed": {"MTG-1-1": "未提供会议台账"},
    }


@pytest.fixture
def hostile() -> tuple[str, ...]:
    """Texts that would do harm if they were taken for anything but text."""
    return HOSTILE


@pytest.fixture
def audit() -> Audit:
    """Four findings, one of each kind and one hostile; one rule not audited, one without any matter."""
    manual = finding(
        "F-004",
        rule="ZWG-8-1",
        status=Status.MANUAL,
        severity=Severity.MINOR,
        log="checklist",
        title="意见箱",
    )
    findings = (_grouped(), manual, _hostile(), _late())
    reject = {"file": "发布.csv", "sheet": "", "row": 5, "column": "G", "value": HOSTILE[2]}
    rejects = ({**reject, "reason": "不是日期"}, {**reject, "row": 6, "column": "", "reason": HOSTILE[0]})
    return Audit(
        as_of=date(2025, 12, 31),
        period="2025",
        findings=findings,
        summary=_summary(findings),
        rules=RULES,
        log_names={"publications": "信息发布台账", "requests": "依申请公开台账", "meetings": "会议台账"},
        advisories=(Advisory("REQ-3-5", "SQ-009", "办公室", "答复在到期日当天作出。"),),
        rejects=rejects,
        remarks=(f"列“{HOSTILE[0]}”未被识别。",),
        cautions=("本次为推演：各制度视同自 2020-01-01 起施行。",),
        settings={"int.ranges": "hard_limit: 7"},
        inputs={"发布.csv": "0" * 64},
        version="2026.1",
    )


@pytest.fixture
def altered(audit: Audit) -> Callable[..., Audit]:
    """The invented audit with some of it changed; `summary` entries are merged."""

    def change(summary: Mapping[str, Any] | None = None, **given: Any) -> Audit:
        return replace(audit, summary={**audit.summary, **(summary or {})}, **given)

    return change
