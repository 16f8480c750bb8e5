"""Explanations beside findings, what falls due soon, two audits compared, changed rules previewed."""

import json
from datetime import date
from pathlib import Path

import pytest
import yaml
from python_calamine import load_workbook

from auditor.audit.comparing import Rate
from auditor.errors import RulebookError
from auditor.rulebook.book import Rulebook
from auditor.rulebook.loading import load_rulebook
from auditor.rulebook.located import parse_located
from auditor.rulebook.waivers import waivers_of
from tests.cli import conftest as program

run = program.run
HEAD = "申请编号,申请人,收到日期,申请内容,答复日期,责任科室\n"
LATE = "A1,王某,2025-03-03,要公开甲,2025-09-01,人事科\n"
OPEN = "A2,李某,2025-12-01,要公开乙,,人事科\n"
LETTER = "征求意见编号,申请编号,征求对象类别,征求意见日期,收到意见日期\nH1,A2,第三方,2025-12-08,2025-12-11\n"


@pytest.fixture(scope="module")
def book() -> Rulebook:
    """The shipped rulebook."""
    return load_rulebook(shipped_cases=False)


def logs(*rows: str) -> Path:
    """A folder with one log of requests."""
    Path("台账").mkdir(exist_ok=True)
    Path("台账/依申请公开台账.csv").write_text(HEAD + "".join(rows), "utf-8")
    return Path("台账")


def audit(run: program.Run, out: str, *more: str) -> tuple[int, str, list[dict[str, str]]]:
    """Audit the logs as of the end of the year."""
    code, said, error = run("audit", "台账", "--as-of", "2025-12-31", "--out", out, "--no-documents", *more)
    path = Path(out, "findings.jsonl")
    found = [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
    return code, said + error, found


def waivers(*each: dict[str, str | date]) -> str:
    """A file of waivers; what is not given is as it should be."""
    plain = {"reason": "系统故障", "approver": "周局", "from": date(2025, 7, 1), "to": date(2026, 6, 30)}
    Path("说明.yaml").write_text(
        yaml.safe_dump({"waivers": [plain | one for one in each]}, allow_unicode=True), "utf-8"
    )
    return "说明.yaml"


def test_what_is_explained_stays_and_counts_and_says_so(run: program.Run) -> None:
    logs(LATE)
    code, _, plain = audit(run, "无")
    late = next(each for each in plain if each["rule"].startswith("REQ-3-5"))
    again, said, found = audit(run, "有", "--waivers", waivers({"finding": late["id"]}))
    assert (again, len(found)) == (code, len(plain)) and code == 1
    assert {each["id"] for each in found if each["waiver"]} == {late["id"]}
    assert "系统故障（周局批准" in next(each["waiver"] for each in found if each["waiver"])
    assert "有1个问题附有情况说明，照常列出、照常计数" in said
    summaries = [json.loads(Path(out, "summary.json").read_text("utf-8")) for out in ("无", "有")]
    assert summaries[0]["findings"] == summaries[1]["findings"] and summaries[1]["waived"] == 1


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"to": date(2025, 12, 30)}, "已于 2025-12-30 到期，未采用"),
        ({"from": date(2026, 1, 1)}, "自 2026-01-01 起才有效，未采用"),
        ({"unit": "财务科"}, "没有对应的问题"),
        ({"to": date(2025, 12, 31)}, "附有情况说明"),
        ({"from": date(2025, 12, 31)}, "附有情况说明"),
    ],
)
def test_explanations_that_do_not_hold_are_reported(given: dict[str, date], says: str, run: program.Run) -> None:
    logs(LATE)
    _, said, found = audit(run, "有", "--waivers", waivers({"rule": "REQ-3-5", **given}))
    assert says in said
    assert any(each["waiver"] for each in found) == ("附有" in says)


def test_an_explanation_of_too_much_is_reported_and_applied(run: program.Run) -> None:
    """Six late replies, and the pattern that they make."""
    logs(*(LATE.replace("A1", f"A{n}") for n in range(6)))
    _, said, found = audit(run, "有", "--waivers", waivers({"rule": "REQ-3-5", "unit": "人事科"}))
    assert "范围过宽：涉及7个问题、1个单位" in said and sum(each["waiver"] is not None for each in found) == 7


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("waivers:\n- rule: REQ-3-55\n", 2, "不认识的规则“REQ-3-55”.*REQ-3-5"),
        ("waivers:\n- rule: REQ-3-5\n  finding: ab\n", 2, "之一"),
        ("waivers:\n- unit: 人事科\n", 2, "之一"),
        ("waivers:\n- rule: REQ-3-5\n  to: 2026-07-02\n", 3, "超过12个月"),
        ("waivers:\n- rule: REQ-3-5\n  to: 2025-06-30\n", 3, "早于起始日"),
        ("waivers:\n- rule: REQ-3-5\n  reason: ' '\n", 3, "reason"),
        ("waivers:\n- rule: REQ-3-5\n  reson: 故障\n", 3, "不认识的键“reson”"),
        ("waivers:\n- rule: REQ-3-5\n  to: 明年\n", 3, "应为日期"),
        ("waiver: []\n", 1, "waiver"),
        ("waivers: [\n", 2, "YAML"),
    ],
)
def test_an_explanation_that_cannot_be_read_stops_the_run(text: str, line: int, says: str, book: Rulebook) -> None:
    if "- " in text:
        rest = {"reason": "故障", "approver": "周局", "from": "2025-07-01", "to": "2026-07-01"}
        text += "".join(f"  {key}: {value}\n" for key, value in rest.items() if f"  {key}:" not in text)
    with pytest.raises(RulebookError, match=says) as raised:
        waivers_of(parse_located(text, "说明.yaml"), book)
    assert raised.value.faults[0].line == line


def test_a_year_to_the_day_is_no_more_than_a_year(book: Rulebook) -> None:
    text = "waivers:\n- {rule: REQ-3-5, reason: 故障, approver: 周局, from: 2025-07-01, to: 2026-07-01}\n"
    assert len(waivers_of(parse_located(text, "说明.yaml"), book).waivers) == 1


def test_an_unreadable_explanation_writes_nothing(run: program.Run) -> None:
    logs(LATE)
    Path("说明.yaml").write_bytes(b"\xff\xfe\x00")
    code, said, found = audit(run, "有", "--waivers", "说明.yaml")
    assert code == 4 and found == [] and not Path("有").exists() and "说明.yaml" in said


def test_what_falls_due_is_told_by_unit_with_days_used_stopped_and_left(run: program.Run) -> None:
    logs(OPEN)
    Path("台账/征求意见台账.csv").write_text(LETTER, "utf-8")
    code, said, _ = run("due", "台账", "--as-of", "2025-12-30", "--within", "5wd", "--format", "json")
    told = json.loads(said)
    (item,) = [each for each in told["items"] if "REQ-3-5" in each["rules"]]
    assert code == 0 and item["unit"] == "人事科" and item["stopped"] == 3
    assert item["used"] + item["left"] == 20 and item["left"] > 0
    first = json.loads(run("due", "台账", "--as-of", item["due_on"], "--within", "0wd", "--format", "json")[1])
    assert [each["left"] for each in first["items"] if "REQ-3-5" in each["rules"]] == [0]


def test_a_record_that_is_still_awaited_falls_due_with_its_days(run: program.Run) -> None:
    Path("台账").mkdir()
    Path("台账/公文台账.csv").write_text(
        "公文编号,标题,签发日期,公开日期,是否规范性文件,起草单位\nGW-1,关于甲的办法,2025-01-20,2025-01-24,是,政策法规科\n",
        "utf-8",
    )
    Path("台账/政策解读台账.csv").write_text("解读编号,公文编号,解读材料发布日期\nJD-1,GW-9,2025-01-20\n", "utf-8")
    code, said, _ = run("due", "台账", "--as-of", "2025-01-26", "--within", "10wd", "--format", "json")
    (item,) = json.loads(said)["items"]
    assert code == 0 and item["rules"] == ["INP-2-1"] and item["due_on"] == "2025-02-05"
    assert (item["used"], item["stopped"], item["left"]) == (1, 0, 2)  # the make-up Sunday; two days after the holiday


def test_the_ledger_warns_of_what_the_due_list_tells(run: program.Run) -> None:
    logs(OPEN, LATE)
    Path("台账/征求意见台账.csv").write_text(LETTER, "utf-8")
    Path("设置.yaml").write_text("due.within: 5 working days\n", "utf-8")
    said = run("due", "台账", "--as-of", "2025-12-30", "--format", "json", "--settings", "设置.yaml")[1]
    items = json.loads(said)["items"]
    run("audit", "台账", "--as-of", "2025-12-30", "--period", "2024", "--settings", "设置.yaml", "--out", "结果")
    sheet = load_workbook("结果/ledger.xlsx").get_sheet_by_name("预警").to_python()
    rows = [dict(zip(map(str, sheet[2]), row, strict=True)) for row in sheet[3:]]
    told = [(row["责任单位"], row["到期日"], row["记录"], row["剩余天数"], row["规则"]) for row in rows]
    assert told and "2025-12-30 至 2026-01-07" in str(sheet[1][0])
    assert told == [
        (each["unit"], each["due_on"], each["record"], each["left"], "、".join(each["rules"])) for each in items
    ]


def test_where_nothing_falls_due_the_ledger_says_so(run: program.Run) -> None:
    logs(LATE)
    run("audit", "台账", "--as-of", "2025-12-30", "--out", "结果")
    sheet = load_workbook("结果/ledger.xlsx").get_sheet_by_name("预警").to_python()
    assert len(sheet) == 3 and "没有列出的，是这些天没有事项到期" in str(sheet[1][0])


def test_a_warning_in_hours_is_refused(run: program.Run) -> None:
    logs(OPEN)
    Path("设置.yaml").write_text("due.within: 48 hours\n", "utf-8")
    code, _, error = run("audit", "台账", "--as-of", "2025-12-30", "--settings", "设置.yaml")
    assert code == 4 and "以日计" in error


def test_the_due_list_is_also_a_sheet_and_a_calendar(run: program.Run) -> None:
    logs(OPEN, OPEN.replace("A2", "=1+1,;"))
    code, said, _ = run(
        "due", "台账", "--as-of", "2025-12-26", "--within", "3wd", "--xlsx", "临期.xlsx", "--ics", "临期.ics"
    )
    assert code == 0 and "人事科（" in said and "还剩" in said
    rows = load_workbook("临期.xlsx").get_sheet_by_index(0).to_python()
    assert rows[2][0] == "责任单位" and rows[3][0] == "人事科" and "2025-12-26 至 2025-12-31" in rows[1][0]
    raw = Path("临期.ics").read_bytes()
    lines = raw.decode().split("\r\n")
    assert (
        lines[0] == "BEGIN:VCALENDAR" and lines[-2:] == ["END:VCALENDAR", ""] and b"\n" not in raw.replace(b"\r\n", b"")
    )
    assert all(len(line.encode()) <= 75 for line in lines)
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == len(rows) - 3
    assert len({line for line in lines if line.startswith("UID:")}) == lines.count("BEGIN:VEVENT")
    assert run("due", "台账", "--xlsx", "临期.xlsx")[0] == 2, "nothing is written over"
    assert run("due", "台账", "--within", "3")[0] == 2


def test_a_changed_setting_is_named_before_the_rates_that_it_explains(run: program.Run) -> None:
    logs(LATE)
    audit(run, "甲")
    Path("设置.yaml").write_text("rectify.major: 7 working days\n", "utf-8")
    logs(LATE.replace("2025-09-01", "2025-03-10"))
    audit(run, "乙", "--settings", "设置.yaml")
    code, said, _ = run("compare", "甲", "乙")
    assert code == 0
    assert said.index("设置 rectify.major：5个工作日 → 7个工作日") < said.index("履行率") < said.index("新增")
    told = json.loads(run("compare", "甲", "乙", "--format", "json")[1])
    rate = told["rates"]["REQ-3-5"]
    assert rate == {"old": {"met": 0, "of": 1}, "new": {"met": 1, "of": 1}}
    assert told["gone"]["put_right_unchecked"]
    assert run("compare", "甲", "台账")[0] == 3


def test_what_changed_rules_would_do_is_shown_before_they_are_used(run: program.Run, book: Rulebook) -> None:
    logs(OPEN)
    Path("设置.yaml").write_text("logic.missing: unknown\n", "utf-8")
    code, said, _ = run("rules", "preview", "台账", "--settings", "设置.yaml", "--as-of", "2025-12-31")
    assert code == 0 and "  REQ-3-5：违反 → 无法核实，1项" in said and "问题将减少" in said
    assert run("rules", "preview", "台账", "--as-of", "2025-12-31")[0] == 2
    Path("台账", "坏.xlsx").write_bytes(b"PK\x03\x04")
    code, _, error = run("rules", "preview", "台账", "--settings", "设置.yaml", "--as-of", "2025-12-31")
    assert code == 3 and "坏.xlsx" in error


def test_nearly_all_is_not_all() -> None:
    assert [str(Rate(1999, 1)), str(Rate(1, 1999)), str(Rate(2, 0)), str(Rate(0, 0))] == [
        "1999/2000＝99.9%",
        "1/2000＝0.1%",
        "2/2＝100.0%",
        "0/0（无）",
    ]
