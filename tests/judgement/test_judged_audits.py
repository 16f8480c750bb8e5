"""Judgements in whole audits: from the cells to the finding and back."""

import json
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from auditor.audit.trip import Audited, audit_logs
from auditor.domain.finding import Finding
from auditor.domain.obligation import Severity, Status
from auditor.judgement.identity import is_pattern
from auditor.rulebook.book import Rulebook
from auditor.rulebook.loading import load_rulebook

AS_OF = date(2025, 12, 31)
REQUESTS = (
    "申请编号,申请人,承办科室,收到申请日期,转办日期,科室收到日期,科室答复日期,答复日期,答复类型,"
    "延期批准日期,延期告知日期,延期工作日数"
)
Audit = Callable[..., Audited]


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(shipped_cases=False)


@pytest.fixture
def audit(tmp_path: Path, book: Rulebook) -> Audit:
    """Audit logs given as name → lines."""

    def audited(logs: dict[str, list[str]], book: Rulebook = book, **options: Any) -> Audited:
        for name, lines in logs.items():
            (tmp_path / f"{name}.csv").write_text("\n".join(lines), encoding="utf-8")
        return audit_logs([tmp_path], book, AS_OF, **options)

    return audited


def fired(audited: Audited, judgement: str) -> list[Finding]:
    return [each for each in audited.audit.findings if judgement in each.judgements]


def late(number: int, unit: str = "市场科", replied: str = "2025-04-10") -> str:
    return f"甲-{number},李小明,{unit},2025-03-03,2025-03-04,2025-03-04,2025-03-10,{replied},予以公开,,,"


def test_the_lateness_of_a_reply_is_shared_out_and_the_extension_explained(audit: Audit) -> None:
    """Due 2025-03-31; transferred 2 days late, the section 4; the extension was notified a day late."""
    row = "甲-1,李小明,市场科,2025-03-03,2025-03-10,2025-03-10,2025-03-28,2025-04-11,予以公开,2025-03-28,2025-04-01,20"
    (found,) = fired(audit({"依申请公开台账": [REQUESTS, row]}), "chain-of-delay")
    assert {"REQ-3-5"} <= {found.rule, *found.also} and found.late == 8
    assert (
        "逾期8个工作日的构成：转交业务科室迟2个工作日（局办公室），业务科室提供答复内容迟4个工作日（承办科室）"
        in found.detail
    )
    assert "审核、签发和答复迟2个工作日（局办公室）" in found.detail
    assert found.liable == "局办公室（办公室主任）、市场科（科室负责人）"
    assert "void-extension" in found.judgements and "告知申请人（2025-04-01）晚于原到期日2025-03-31" in found.detail


def test_a_pattern_names_all_its_records_and_leads_back_to_their_cells(audit: Audit) -> None:
    rows = [late(number) for number in range(4)] + [late(9, "文物科")]
    (found,) = fired(audit({"依申请公开台账": [REQUESTS, *rows]}, period=None), "repeat")
    assert (found.rule, found.unit, found.records) == ("REQ-3-5", "市场科", ("甲-0", "甲-1", "甲-2", "甲-3"))
    assert found.severity is Severity.CRITICAL
    (ground,) = found.grounds
    assert ground.judgement == "repeat"
    assert ground.obligations == tuple(("REQ-3-5", f"甲-{number}") for number in range(4))
    cells = {(each.field, each.row) for each in found.evidence}
    assert {("replied_on", line) for line in (2, 3, 4, 5)} <= cells


def test_every_judgement_of_the_sample_leads_back_to_broken_obligations(book: Rulebook) -> None:
    audited = audit_logs([Path(__file__).parents[2] / "fixtures" / "sample"], book, AS_OF)
    broken = audited.obligations.filter(audited.obligations["status"] == Status.BREACHED.value)
    known = set(broken.select("rule", "record").iter_rows())
    judged = [each for each in audited.audit.findings if each.judgements]
    assert len({name for each in judged for name in each.judgements}) >= 11
    for finding in judged:
        assert finding.judgements == tuple(ground.judgement for ground in finding.grounds)
        assert {pair for ground in finding.grounds for pair in ground.obligations} <= known
    breaches = [each for each in audited.audit.findings if each.status is Status.BREACHED]
    assert {rule for rule, _ in known} <= {rule for each in breaches for rule in (each.rule, *each.also)}
    assert all(each.liable and each.rectify_by for each in audited.audit.findings)


def test_the_order_of_rows_changes_nothing_but_their_numbers(tmp_path: Path, book: Rulebook) -> None:
    rows = [late(number, unit, f"2025-04-{10 + number}") for number in range(8) for unit in ("市场科",)]
    rows += [late(10 + number, "文物科") for number in range(4)]
    found = []
    for turn in range(3):
        random.Random(turn).shuffle(rows)
        folder = tmp_path / str(turn)
        folder.mkdir()
        (folder / "依申请公开台账.csv").write_text("\n".join([REQUESTS, *rows]), encoding="utf-8")
        findings = audit_logs([folder], book, AS_OF).audit.findings
        found.append([each.model_copy(update={"evidence": ()}) for each in findings])
    assert found[0] == found[1] == found[2]


def test_a_complaint_that_reached_the_accused_is_hidden_whole(audit: Audit) -> None:
    lines = [
        "留言编号,留言人,联系电话,来源,留言日期,留言类别,留言内容,承办单位,被检举控告对象,转送对象",
        "L1,王大明,13800138000,网站信箱,2025-03-03,检举控告,举报市场科王主任收受红包,市场科,市场科,市场科",
    ]
    audited = audit({"网民留言台账": lines})
    (found,) = fired(audited, "accused-handles-complaint")
    shown = json.dumps([each.model_dump(mode="json") for each in audited.audit.findings], ensure_ascii=False)
    assert "红包" not in shown and "王大明" not in shown and "13800138000" not in shown
    accused = [each for each in found.evidence if each.field in ("accused", "forwarded_to")]
    assert accused and all(each.value == "（已隐去）" for each in accused)
    assert found.liable == "局政务公开领导小组（组长）"
    (internal,) = fired(audit({"网民留言台账": lines}, internal=True), "accused-handles-complaint")
    assert any(each.value == "市场科" for each in internal.evidence if each.field == "accused")


def test_documents_that_carry_out_an_undisclosed_decision_are_listed(audit: Audit) -> None:
    decisions = [
        "决策编号,决策事项,承办科室,事项类别,方案公布日期,决定日期,实施日期,涉密情况",
        "J1,文化旅游产业发展规划,产业科,重大决策,,2025-06-20,2025-07-04,",
    ]
    documents = [
        "公文编号,标题,拟稿科室",
        "G1,关于印发《文化旅游产业发展规划》的通知,产业科",
        "G2,关于会议的通知,产业科",
    ]
    audited = audit({"决策预公开台账": decisions, "公文台账": documents})
    (found,) = fired(audited, "decision-carried-out")
    assert "标题写有该事项的：G1《关于印发《文化旅游产业发展规划》的通知》。" in found.detail
    assert [each.value for each in found.evidence if each.field == "document_id"] == ["G1"]
    assert "决定的效力由有权机关认定" in found.detail


def test_a_unit_with_poor_records_is_told_which_columns_to_fill(audit: Audit) -> None:
    rows = [f"甲-{number},李小明,市场科,,,,,2025-04-10,予以公开,,," for number in range(5)]
    (found,) = fired(audit({"依申请公开台账": [REQUESTS, *rows]}), "poor-records")[:1]
    assert found.status is Status.UNVERIFIABLE and found.unit == "市场科"
    assert "依申请公开台账的收到申请日期" in found.detail and "%" in found.detail


def test_a_judgement_is_added_and_a_limit_changed_in_yaml_alone(tmp_path: Path) -> None:
    """The example of docs/judgements.md, and `repeat` set to five."""
    example = (Path(__file__).parents[2] / "docs" / "judgements.md").read_text("utf-8")
    yaml = example.split("```yaml\n")[1].split("```")[0]
    own, logs = tmp_path / "本局", tmp_path / "台账"
    own.mkdir()
    logs.mkdir()
    (own / "judgements.yaml").write_text(yaml, "utf-8")
    settings = tmp_path / "设置.yaml"
    settings.write_text("judge.repeat: 5\n", "utf-8")
    book = load_rulebook([own], settings, shipped_cases=False)
    lines = [REQUESTS, *(late(number, replied="2025-05-20") for number in range(4))]
    (logs / "依申请公开台账.csv").write_text("\n".join(lines), "utf-8")
    audited = audit_logs([logs], book, AS_OF)
    assert not fired(audited, "repeat")
    found = fired(audited, "very-late-reply")
    assert len(found) == 4 and all("逾期超过20个工作日" in each.detail for each in found)
    assert all("分管领导" in each.liable for each in found)


def test_a_pattern_is_known_as_one_and_its_breaches_are_not(audit: Audit) -> None:
    """Scores count a fact once: in its own finding, not again in the pattern."""
    audited = audit({"依申请公开台账": [REQUESTS, *(late(number) for number in range(4))]})
    patterns = [each for each in audited.audit.findings if is_pattern(each, "")]
    assert {name for each in patterns for name in each.judgements} <= {"repeat", "poor-records"}
    assert fired(audited, "repeat") and all(each in patterns for each in fired(audited, "repeat"))
