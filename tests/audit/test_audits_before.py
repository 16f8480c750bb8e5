"""An audit beside the one before it: from a ledger or from a folder, in the report, the circular and the letters."""

import json
from pathlib import Path

import docx
import pytest

from auditor.domain.audit import HIDDEN_UNIT
from tests.cli import conftest as program

run = program.run
HEAD = "申请编号,申请人,收到日期,申请内容,答复日期,责任科室\n"
LATE = "A1,王某,2025-03-03,要公开甲,2025-09-01,人事科\n"
OTHER = "A2,李某,2025-04-03,要公开乙,2025-09-01,人事科\n"
NEW = "A3,周某,2025-05-06,要公开丙,2025-09-02,人事科\n"
MESSAGES = """\
留言编号,留言时间,留言类别,承办单位,被检举控告对象,是否发生泄密
LY-1,2025-03-10,检举控告,丁字科,丁字科,是
"""
WAIVED = "rule: REQ-3-5, unit: 人事科, reason: 系统停用, approver: 局领导, from: 2025-12-01, to: 2026-03-01"


def audit(run: program.Run, day: str, out: str, *rows: str, more: tuple[str, ...] = ()) -> Path:
    """Audit a log of these requests."""
    Path("台账").mkdir(exist_ok=True)
    Path("台账/依申请公开台账.csv").write_text(HEAD + "".join(rows), "utf-8")
    code, _, error = run("audit", "台账", "--as-of", day, "--out", out, "--fail-on", "never", *more)
    assert code == 0, error
    return Path(out)


def texts(path: Path) -> str:
    """What a Word file says, cells included."""
    document = docx.Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(each.text for each in document.paragraphs), *cells])


def ids(folder: Path, status: str = "") -> set[str]:
    """The ids of the findings."""
    found = [json.loads(line) for line in (folder / "findings.jsonl").read_text("utf-8").splitlines()]
    return {each["id"] for each in found if not status or each["status"] == status}


@pytest.mark.parametrize("since", ["第一次", "auditor.db"])
def test_the_report_and_the_circular_compare_with_the_audit_before(since: str, run: program.Run) -> None:
    first = audit(run, "2025-12-30", "第一次", LATE, OTHER)
    assert run("ledger", "open", "第一次", "--on", "2025-12-30")[0] == 0
    second = audit(run, "2025-12-31", "第二次", LATE, NEW, more=("--since", since))
    new, known, gone = ids(second) - ids(first), ids(second) & ids(first), ids(first) - ids(second)
    assert new and known and gone
    page = (second / "report.html").read_text("utf-8")
    assert f"本次新增 {len(new)} 项，上次已有 {len(known)} 项，上次有而本次未见 {len(gone)} 项" in page
    assert page.count('data-since="new"') == len(new) and page.count('data-since="known"') == len(known)
    circular, letter = texts(second / "report.docx"), texts(second / "notices" / "整改通知-人事科.docx")
    assert f"新增{len(new)}项，上次已有{len(known)}项；上次有而本次未见的{len(gone)}项" in circular
    told = "首次发现于2025年12月30日的检查" if since == "auditor.db" else "上次检查已发现"
    for said in (circular, letter):
        assert said.count(f"（{told}。）") == len(ids(second, "breached") & ids(first, "breached"))
        assert "没有注明以往检查情况的，为本次首次发现。" in said


def test_without_an_audit_before_no_document_speaks_of_one(run: program.Run) -> None:
    first = audit(run, "2025-12-30", "第一次", LATE)
    said = texts(first / "report.docx") + texts(first / "notices" / "整改通知-人事科.docx")
    assert "以往检查" not in said and "首次发现" not in said
    assert 'id="comparison"' not in (first / "report.html").read_text("utf-8")


def test_what_came_back_and_what_is_explained_is_told_beside_the_problem(run: program.Run) -> None:
    audit(run, "2025-12-29", "第一次", LATE, OTHER)
    run("ledger", "open", "第一次", "--on", "2025-12-29")
    audit(run, "2025-12-30", "第二次", OTHER, LATE.replace("2025-09-01", "2025-03-10"))
    run("ledger", "open", "第二次", "--on", "2025-12-30")
    Path("说明.yaml").write_text(f"waivers: [{{{WAIVED}}}]\n", "utf-8")
    more = ("--since", "auditor.db", "--waivers", "说明.yaml")
    third = audit(run, "2025-12-31", "第三次", LATE, OTHER, more=more)
    for path in (third / "report.docx", third / "notices" / "整改通知-人事科.docx"):
        said = texts(path)
        assert "首次发现于2025年12月29日的检查，整改后复发1次。" in said, path
        assert "首次发现于2025年12月29日的检查，2025年12月30日的检查时仍在。" in said, path
        assert "（情况说明：系统停用（局领导批准，2025-12-01 至 2026-03-01）。）" in said, path
    assert "个问题整改后又复发。" in texts(third / "report.docx")


def test_an_internal_audit_before_tells_a_public_one_nothing_of_accusations(run: program.Run) -> None:
    Path("台账").mkdir()
    Path("台账/网民留言台账.csv").write_text(MESSAGES, "utf-8")
    inside = audit(run, "2025-12-30", "内部", LATE, more=("--internal",))
    assert "丁字科" in (inside / "report.html").read_text("utf-8")
    for change in (MESSAGES.replace(",是\n", ",否\n"), MESSAGES.splitlines()[0] + "\n"):
        Path("台账/网民留言台账.csv").write_text(change, "utf-8")
        page = (audit(run, "2025-12-31", "公开", LATE, more=("--since", "内部")) / "report.html").read_text("utf-8")
        assert "丁字科" not in page and f"<td>{HIDDEN_UNIT}</td>" in page
    inside = audit(run, "2025-12-31", "内部二", LATE, more=("--since", "内部", "--internal"))
    assert "<td>丁字科</td>" in (inside / "report.html").read_text("utf-8")
