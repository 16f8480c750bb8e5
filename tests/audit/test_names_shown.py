"""A row whose cells slipped: the personal number in its key or unit is in no public output, and all still agrees."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from auditor.domain.rectification import Standing
from auditor.reporting.exchange import FORMATS
from tests.cli.conftest import Run
from tests.cli.conftest import run as run  # the fixture
from tests.robustness.said import said

RESIDENT, MOBILE, OFFICE, LIKE = "11010519491231002X", "13912345678", "202503030000123", "520500202503030012"
HEAD = "申请编号,申请人,联系方式,收到申请日期,承办科室,申请渠道,答复类型,年报处理结果,答复日期\n"
SLIPPED = f"""\
SQ-1,欧阳震华,,2025-03-03,{MOBILE},互联网,予以公开,,2025-06-20
{RESIDENT},欧阳震华,{MOBILE},2025-03-03,市场科,互联网,予以公开,,2025-06-20
{RESIDENT},欧阳震华,{MOBILE},2025-03-04,市场科,互联网,予以公开,,2025-06-20
{RESIDENT},欧阳震华,{MOBILE},2025-03-04,市场科,互联网,予以公开,,2025-06-20
欧阳震华{MOBILE},欧阳震华,{MOBILE},2025-03-03,市场科,来访,予以公开,欧阳震华{MOBILE},2025-06-20
SQ-5,诸葛明亮,,2025-12-25,{MOBILE},欧阳震华,,,
"""
PLAIN = f"""\
{OFFICE},欧阳震华,,2025-03-03,市场科,待确认,予以公开,,2025-06-20
{LIKE},欧阳震华,,2025-03-03,市场科,互联网,予以公开,欧阳震华,2025-06-20
"""
FORMS = f"""\
问卷编号,评议年度,参评人员类别,被评议科室,组织领导,公开内容,公开形式,制度程序,公开效果
{MOBILE},2025,群众,市场科,满意,满意,满意,满意,满意
{MOBILE},2025,群众,{MOBILE},满意,满意,满意,满意,满意
{RESIDENT},,群众,市场科,,,,,
{OFFICE},,群众,市场科,,,,,
"""
PUT_RIGHT = Standing.PUT_RIGHT.value
SECRET = (RESIDENT, MOBILE, "欧阳震华139", "欧阳震华1")


@pytest.fixture
def logs(run: Run) -> Path:
    """The folder of a log with slipped rows and others."""
    folder = Path("台账")
    folder.mkdir()
    (folder / "依申请公开台账.csv").write_text(HEAD + SLIPPED + PLAIN, "utf-8")
    return folder


def audit(run: Run, out: str, *more: str, as_of: str = "2025-12-31") -> dict[str, str]:
    """What the outputs of an audit say, and what the terminal does."""
    code, told, _ = run("audit", "台账", "--as-of", as_of, "--out", out, *more)
    assert code in (0, 1)
    return {**said(Path(out)), "terminal": told}


def findings(out: str) -> list[dict[str, Any]]:
    """The findings of an audit."""
    return [json.loads(line) for line in Path(out, "findings.jsonl").read_text("utf-8").splitlines()]


def leaks(told: dict[str, str]) -> set[tuple[str, str]]:
    """Which files say what they must not."""
    return {(name, secret) for name, text in told.items() for secret in SECRET if secret in text or secret in name}


@pytest.mark.usefixtures("logs")
@pytest.mark.parametrize("more", [(), ("--notable-only",), ("--period", "2025")])
def test_no_public_output_holds_the_number_and_office_numbers_stay(run: Run, more: tuple[str, ...]) -> None:
    told = audit(run, "公开", *more, *(part for each in FORMATS for part in ("--format", each)))
    assert not leaks(told)
    for name in ("findings.jsonl", "obligations.parquet", "report.html", "ledger.xlsx"):
        for shown in ("110****02X", "139****678", "欧**139****678", OFFICE, LIKE):
            assert shown in told[name], (name, shown)
    units = json.loads(told["summary.json"])["units"]
    assert {"139****678", "市场科"} <= units.keys() and sum(units["139****678"].values()) > 3
    letters = [name for name in told if name.startswith("整改通知")]
    assert len(letters) == 2 and all(f"notices/{name}" in told["receipt.json"] for name in letters)
    assert "1个申请编号对应多行不同内容，各行都已保留、分别审计：110****02X" in told["report.html"]


@pytest.mark.usefixtures("logs")
def test_inside_the_office_nothing_changes_and_the_findings_are_the_same_ones(run: Run) -> None:
    audit(run, "公开")
    told = audit(run, "内部", "--internal")
    for name in ("findings.jsonl", "obligations.parquet", "report.html", "ledger.xlsx", "rejects.csv"):
        assert RESIDENT in told[name] and "110****02X" not in told[name], name
    assert f"整改通知-{MOBILE}.docx" in told
    assert [each["id"] for each in findings("公开")] == [each["id"] for each in findings("内部")]
    public, inside = (pl.read_parquet(Path(out, "obligations.parquet")) for out in ("公开", "内部"))
    other = [name for name in public.columns if name not in ("record", "unit", "detail")]
    assert public.select(other).equals(inside.select(other))
    assert public.n_unique(["log", "record"]) == inside.n_unique(["log", "record"])


@pytest.mark.usefixtures("logs")
def test_findings_and_obligations_still_name_the_same_things(run: Run) -> None:
    audit(run, "公开")
    told = {tuple(pair) for pair in pl.read_parquet("公开/obligations.parquet").select("rule", "record").iter_rows()}
    found = findings("公开")
    assert {(each["rule"], record) for each in found if not each["judgements"] for record in each["records"]} <= told
    assert {tuple(pair) for each in found for ground in each["grounds"] for pair in ground["obligations"]} <= told


def test_the_ledger_and_a_comparison_see_what_was_put_right(run: Run, logs: Path) -> None:
    audit(run, "第一次", as_of="2025-12-30")
    assert run("ledger", "open", "第一次", "--on", "2025-12-30")[0] == 0
    (logs / "依申请公开台账.csv").write_text(HEAD + (SLIPPED + PLAIN).replace("2025-06-20", "2025-03-20"), "utf-8")
    told = audit(run, "第二次", "--since", "第一次")
    assert not leaks(told) and "110****02X" in told["report.html"]
    code, compared, _ = run("compare", "第一次", "第二次", "--format", "json")
    late = {each["id"] for each in findings("第一次") if each["rule"] == "REQ-3-5" and each["status"] == "breached"}
    assert code == 0 and late and late <= set(json.loads(compared)["gone"][PUT_RIGHT])
    code, opened, _ = run("ledger", "open", "第二次", "--on", "2025-12-31")
    assert code == 0 and f"已改待复核{len(json.loads(compared)['gone'][PUT_RIGHT])}，复发0，无法判断0" in opened
    code, history, _ = run("ledger", "history", min(late))
    assert code == 0 and not leaks({"history": history})


def test_an_internal_audit_before_tells_a_public_one_no_number(run: Run, logs: Path) -> None:
    audit(run, "内部", "--internal", as_of="2025-12-30")
    (logs / "依申请公开台账.csv").write_text(HEAD + PLAIN, "utf-8")
    told = audit(run, "公开", "--since", "内部")
    assert not leaks(told) and "110****02X" in told["report.html"]


@pytest.mark.usefixtures("logs")
def test_what_falls_due_and_what_was_read_are_told_without_the_number(run: Run) -> None:
    code, due, _ = run("due", "台账", "--as-of", "2025-12-31", "--within", "20wd", "--format", "json")
    assert code == 0 and [each["unit"] for each in json.loads(due)["items"]] == ["139****678"]
    assert not leaks(
        {"due": due, "check": run("check", "台账")[1], "json": run("check", "台账", "--format", "json")[1]}
    )
    assert "分别审计：110****02X" in run("check", "台账")[1]


@pytest.mark.usefixtures("logs")
def test_the_yearly_report_quotes_no_number_and_no_name(run: Run) -> None:
    code, printed, _ = run("annual-report", "台账", "--year", "2025", "--as-of", "2025-12-31", "--out", "年报")
    told = {**said(Path("年报")), "terminal": printed}
    assert code == 0 and not leaks(told)
    report = told["annual-report.json"]
    assert "年报处理结果“欧**139****678”不是国家格式的行" in report and "年报处理结果“欧**”不是" in report
    assert "110****02X" in report and OFFICE in report and LIKE in report


def test_the_evaluation_lists_forms_without_the_number(run: Run, logs: Path) -> None:
    (logs / "评议问卷.csv").write_text(FORMS, "utf-8")
    code, printed, _ = run("evaluate", "台账", "--year", "2025", "--as-of", "2025-12-31", "--out", "评议")
    told = {**said(Path("评议")), "terminal": printed}
    assert code == 0 and not leaks(told)
    aside = [each["record"] for each in json.loads(told["evaluation.json"])["set_aside"]]
    assert any(name.startswith("110****02X") for name in aside) and OFFICE in aside
    run("evaluate", "台账", "--year", "2025", "--as-of", "2025-12-31", "--out", "评议内部", "--internal")
    assert RESIDENT in said(Path("评议内部"))["evaluation.json"]


@pytest.mark.usefixtures("logs")
def test_a_rejected_choice_that_may_be_a_name_is_masked_and_a_word_is_not(run: Run) -> None:
    audit(run, "公开")
    rejected = pl.read_csv("公开/rejects.csv", infer_schema=False).fill_null("")
    channels = rejected.filter(pl.col("column") == "申请渠道")["value"].to_list()
    assert channels == ["来访", "欧**", "待确认"]
    assert rejected.filter(pl.col("reason").str.starts_with("重复"))["value"].to_list() == ["110****02X"]
    audit(run, "内部", "--internal")
    inside = pl.read_csv("内部/rejects.csv", infer_schema=False).fill_null("")
    assert inside.filter(pl.col("column") == "申请渠道")["value"].to_list() == ["来访", "欧阳震华", "待确认"]
