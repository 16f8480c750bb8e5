"""Requests in the tables of the yearly report: which year, which row, which column."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest

from auditor.assessment.annual_checks import arithmetic
from auditor.audit.annual import annual_report
from auditor.domain.annualreport import REMEDIES, REQUESTS, AnnualReport
from auditor.errors import RulebookError
from auditor.rulebook.book import Rulebook
from auditor.rulebook.reportforms import KEYS, TOTAL, load_report_form
from auditor.shipped import shipped

FIELDS = (
    *("request_id", "applicant_kind", "received_on", "confirmed_on", "arrived_on", "replied_on", "outcome"),
    *("refusal_ground", "report_row", "reconsideration", "litigation", "fee_amount", "correction_due_on"),
)
FORM = load_report_form()
END = date(2026, 1, 31)
Report = Callable[..., AnnualReport]


@pytest.fixture
def report(book: Rulebook, tmp_path: Path) -> Report:
    """The report of 2025 from requests given as rows; what a row leaves out is blank, the applicant a person.

    The log has no columns for what is `lacking`.
    """

    def reported(
        *rows: Mapping[str, str],
        as_of: date = END,
        stated: Mapping[str, str] | None = None,
        lacking: Sequence[str] = (),
    ) -> AnnualReport:
        fields = [name for name in FIELDS if name not in lacking]
        if stated is not None:
            (tmp_path / "annual_reports.csv").write_text(f"{','.join(stated)}\n{','.join(stated.values())}\n", "utf-8")
        lines = [",".join(fields)]
        for number, row in enumerate(rows):
            full = {"request_id": f"R{number}", "applicant_kind": "自然人", **row}
            lines.append(",".join(full.get(name, "") for name in fields))
        (tmp_path / "requests.csv").write_text("\n".join(lines) + "\n", "utf-8")
        return annual_report([tmp_path], book, FORM, 2025, as_of)[0]

    return reported


def counts(report: AnnualReport, column: str = TOTAL) -> Sequence[int | None]:
    """本年新收, 上年结转, 办理结果总计, 结转下年度."""
    return [report.figures[REQUESTS, key, column].value for key in KEYS]


def remedies(report: AnnualReport) -> dict[tuple[str, str], tuple[str, ...]]:
    """What counts in the table of reconsideration and litigation, with its records."""
    return {
        place[1:]: figure.records for place, figure in report.figures.items() if place[0] == REMEDIES and figure.value
    }


def row_of(report: AnnualReport) -> list[str]:
    """The rows of results in which anything counts."""
    return [line.zh for line in FORM.results if report.figures[REQUESTS, line.zh, TOTAL].value]


def test_half_a_yuan_is_one_in_the_sum_of_charges(report: Report) -> None:
    charged = {"received_on": "2025-03-03", "replied_on": "2025-03-05"}
    for amounts, sum_of_them in ((["12.5"], 13), (["13.5"], 14), (["0.1", "0.2", "0.2"], 1), (["12.4"], 12)):
        found = report(*({**charged, "fee_amount": amount} for amount in amounts))
        (place,) = [each for each in found.figures if "收费金额" in each[1]]
        assert found.figures[place].value == sum_of_them


@pytest.mark.parametrize(
    ("received", "replied", "counted"),
    [
        ("2025-01-01", "2025-12-31", [1, 0, 1, 0]),
        ("2025-12-31", "2026-01-05", [1, 0, 0, 1]),
        ("2025-12-31", "", [1, 0, 0, 1]),
        ("2024-12-31", "2025-01-02", [0, 1, 1, 0]),
        ("2024-12-31", "", [0, 1, 0, 1]),
        ("2024-12-31", "2024-12-31", [0, 0, 0, 0]),
        ("2026-01-01", "2026-01-05", [0, 0, 0, 0]),
    ],
)
def test_a_request_counts_in_the_years_in_which_it_was_open(
    report: Report, received: str, replied: str, counted: list[int]
) -> None:
    found = report({"received_on": received, "replied_on": replied, "outcome": "予以公开" if replied else ""})
    assert counts(found) == counted
    assert all(check.ok for check in found.checks)


def test_a_reply_after_the_day_of_the_report_has_not_been_given(report: Report) -> None:
    row = {"received_on": "2025-03-03", "replied_on": "2025-06-02", "outcome": "予以公开"}
    assert counts(report(row, as_of=date(2025, 6, 1))) == [1, 0, 0, 1]
    assert counts(report(row, as_of=date(2025, 6, 2))) == [1, 0, 1, 0]


def test_a_request_received_after_the_day_of_the_report_is_not_there(report: Report) -> None:
    rows = [
        {"received_on": "2025-06-30"},
        {"received_on": "2025-07-01"},
        {"received_on": "2025-09-01", "replied_on": "2025-09-10", "outcome": "予以公开", "report_row": "不认识的行"},
        {"confirmed_on": "2025-12-20"},
    ]
    middle = report(*rows, as_of=date(2025, 6, 30))
    assert counts(middle) == [1, 0, 0, 1] and not middle.doubts
    assert middle.figures[REQUESTS, KEYS[0], TOTAL].records == ("R0",)
    assert counts(report(*rows)) == [4, 0, 1, 3]


def test_what_was_given_up_after_the_day_of_the_report_is_still_open(report: Report) -> None:
    row = {"received_on": "2025-03-03", "correction_due_on": "2025-07-15", "outcome": "补正后视为放弃"}
    assert counts(report(row, as_of=date(2025, 6, 30))) == [1, 0, 0, 1]
    assert counts(report(row, as_of=date(2025, 7, 15))) == [1, 0, 1, 0]


@pytest.mark.parametrize(
    ("outcome", "ground", "row"),
    [
        ("已主动公开", "", "予以公开"),
        ("部分公开", "个人隐私", "部分公开"),
        ("不予公开", "国家秘密", "属于国家秘密"),
        ("不予公开", "商业秘密", "保护第三方合法权益"),
        ("不予公开", "正在审议讨论", "属于四类过程性信息"),
        ("不予公开", "无关三需要", "其他"),
        ("信息不存在", "", "本机关不掌握相关政府信息"),
        ("补正后视为放弃", "", "申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请"),
        ("重复申请不予处理", "", "重复申请"),
        ("", "", "其他"),
    ],
)
def test_every_answer_has_its_row(report: Report, outcome: str, ground: str, row: str) -> None:
    day = {"received_on": "2025-03-03", "replied_on": "2025-03-20"}
    assert row_of(report({**day, "outcome": outcome, "refusal_ground": ground})) == [row]


def test_what_the_log_itself_says_comes_first_in_whatever_words(report: Report) -> None:
    day = {"received_on": "2025-03-03", "replied_on": "2025-03-20", "outcome": "其他处理"}
    assert row_of(report({**day, "report_row": "（五）1.信访举报投诉类申请"})) == ["信访举报投诉类申请"]
    odd = report({**day, "report_row": "不认识的行"})
    assert row_of(odd) == ["其他"] and "不是国家格式的行" in odd.doubts[0].why


def test_doubtful_records_are_counted_and_named(report: Report) -> None:
    found = report(
        {"replied_on": "2025-03-20", "outcome": "予以公开"},
        {"outcome": "予以公开"},
        {"received_on": "2025-03-03", "outcome": "予以公开"},
        {"received_on": "2025-03-03", "applicant_kind": ""},
    )
    assert counts(found) == [3, 0, 2, 1]
    whys = {each.record: each.why for each in found.doubts}
    assert "按答复的年度计为本年新收" in whys["R0"] and "没有计入" in whys["R1"]
    assert "按收到的年度计为已经办理" in whys["R2"] and "只计入总计" in whys["R3"]
    failed = [check.name for check in found.checks if not check.ok]
    assert failed == ["新收：总计＝自然人和各类组织之和", "结转下年度：总计＝自然人和各类组织之和"]


@pytest.mark.parametrize(
    ("received", "due", "counted"),
    [
        ("2025-12-20", "2026-01-15", [1, 0, 0, 1]),
        ("2025-12-01", "2025-12-31", [1, 0, 1, 0]),
        ("2024-12-20", "2025-01-15", [0, 1, 1, 0]),
        ("2024-12-20", "2024-12-31", [0, 0, 0, 0]),
    ],
)
def test_what_was_given_up_counts_as_handled_when_its_correction_was_due(
    report: Report, received: str, due: str, counted: list[int]
) -> None:
    found = report({"received_on": received, "correction_due_on": due, "outcome": "补正后视为放弃"})
    assert counts(found) == counted and not found.doubts
    pending = report({"received_on": received, "correction_due_on": due})
    assert counts(pending)[2] == 0


@pytest.mark.parametrize(("answered", "agrees"), [("0", False), ("1", True), ("2", True), ("3", False)])
def test_the_answers_stated_may_leave_out_what_was_closed_without_one(
    report: Report, answered: str, agrees: bool
) -> None:
    found = report(
        {"received_on": "2025-03-03", "replied_on": "2025-03-20", "outcome": "予以公开"},
        {"received_on": "2025-03-03", "replied_on": "2025-06-20", "outcome": "补正后视为放弃"},
        stated={"year": "2025", "accepted": "2", "carried_in": "0", "answered": answered, "carried_out": "0"},
    )
    assert [check.ok for check in found.across if "办理结果总计" in check.name] == [agrees]
    assert all(check.ok for check in found.across if "办理结果总计" not in check.name)


def test_a_reply_before_the_receipt_is_counted_with_the_receipt_and_named(report: Report) -> None:
    found = report({"received_on": "2025-01-03", "replied_on": "2024-12-30", "outcome": "予以公开"})
    assert counts(found) == [1, 0, 1, 0]
    assert [each.why for each in found.doubts] == ["答复日期早于收到日期，按收到的年度计为已经办理"]


def test_reconsideration_and_litigation_go_to_their_rows(report: Report) -> None:
    day = {"received_on": "2025-03-03", "replied_on": "2025-03-20", "outcome": "不予公开", "refusal_ground": "国家秘密"}
    found = report(
        {**day, "reconsideration": "结果维持", "litigation": "尚未审结"},
        {**day, "litigation": "结果纠正"},
        {**day, "reconsideration": "无", "litigation": "无"},
    )
    assert remedies(found) == {
        ("行政复议", "结果维持"): ("R0",),
        ("行政复议", TOTAL): ("R0",),
        ("复议后起诉", "尚未审结"): ("R0",),
        ("复议后起诉", TOTAL): ("R0",),
        ("未经复议直接起诉", "结果纠正"): ("R1",),
        ("未经复议直接起诉", TOTAL): ("R1",),
    }


@pytest.mark.parametrize(
    ("row", "as_of", "why"),
    [
        ({"received_on": "2025-03-01"}, END, "本年没有答复"),
        ({"received_on": "2025-03-01", "replied_on": "2026-01-05", "outcome": "予以公开"}, END, "本年没有答复"),
        ({"received_on": "2025-03-01", "replied_on": "2025-07-05"}, date(2025, 6, 30), "本年没有答复"),
        ({"received_on": "2024-03-01"}, date(2025, 6, 30), "本年没有答复"),
        ({"received_on": "2024-03-01", "replied_on": "2024-03-10", "outcome": "予以公开"}, END, "本年以前已经答复"),
    ],
)
@pytest.mark.parametrize("remedy", [{"reconsideration": "结果纠正"}, {"litigation": "尚未审结"}])
def test_a_remedy_of_which_the_year_is_unknown_is_named_and_not_counted(
    report: Report, row: dict[str, str], as_of: date, why: str, remedy: dict[str, str]
) -> None:
    found = report({**row, **remedy}, as_of=as_of)
    assert not remedies(found)
    assert [each.why for each in found.doubts] == [f"{why}，登记了复议、诉讼而未计入，请核实年度"]
    assert not report({**row, "reconsideration": "无"}, as_of=as_of).doubts
    assert not report({**remedy, "received_on": "2026-01-03"}, as_of=END).doubts


def test_a_remedy_over_a_request_still_open_is_of_the_year_that_has_not_ended(report: Report) -> None:
    row = {"received_on": "2025-03-01", "reconsideration": "结果纠正"}
    found = report(row, as_of=date(2025, 12, 31))
    assert remedies(found) == {("行政复议", "结果纠正"): ("R0",), ("行政复议", TOTAL): ("R0",)}
    assert counts(found) == [1, 0, 0, 1] and not found.doubts


DAY = {"received_on": "2025-03-03", "replied_on": "2025-03-20"}
ANSWERED = {**DAY, "outcome": "不予公开", "refusal_ground": "国家秘密"}


@pytest.mark.parametrize(
    ("lacking", "untold", "told"),
    [
        (["reconsideration"], ["行政复议", "未经复议直接起诉", "复议后起诉"], [*KEYS]),
        (["litigation"], ["未经复议直接起诉", "复议后起诉"], ["行政复议"]),
        (
            ["refusal_ground", "report_row"],
            ["属于国家秘密", "（二）2 不予公开件数"],
            ["予以公开"],
        ),
        (["outcome", "report_row"], ["予以公开", "属于国家秘密", "其他", "（二）2 不予公开件数"], [*KEYS]),
        (
            ["outcome", "report_row", "replied_on"],
            ["予以公开", *KEYS[1:], "（二）3 已答复件数"],
            [KEYS[0], "（二）1 受理申请件数"],
        ),
        (["received_on", "confirmed_on", "arrived_on"], [KEYS[0], KEYS[1], KEYS[3]], [KEYS[2], "属于国家秘密"]),
    ],
)
def test_what_the_log_has_no_column_for_is_left_to_fill_in(
    report: Report, lacking: list[str], untold: list[str], told: list[str]
) -> None:
    found = report(ANSWERED, lacking=lacking)
    shown = {row: figure.value for (_, row, column), figure in found.figures.items() if column in (TOTAL, "数值")}
    assert [shown[row] for row in untold] == [None] * len(untold)
    assert None not in [shown[row] for row in told]
    note = {figure.note for place, figure in found.figures.items() if place[1] in untold}
    assert note == {"台账没有，须填写"}
    checked = {place for check in found.checks for place in check.cells}
    assert checked and all(found.figures[place].value is not None for place in checked)
    assert any("一列，据此计数的项目须填写" in each for each in found.cautions)


def test_without_refusals_no_column_for_their_grounds_lacks(report: Report) -> None:
    open_one = {"received_on": "2025-03-03"}
    found = report({**DAY, "outcome": "予以公开"}, open_one, lacking=["refusal_ground", "report_row"])
    assert found.figures[REQUESTS, "属于国家秘密", TOTAL].value == 0 and not found.cautions


def test_without_kinds_of_applicants_only_the_total_is_told(report: Report) -> None:
    found = report(ANSWERED, lacking=["applicant_kind"])
    assert counts(found) == [1, 0, 1, 0] and counts(found, "自然人") == [None] * 4
    assert found.checks and all(check.ok for check in found.checks)
    assert not any("总计与各类之和" in each for each in found.cautions)


def test_a_lawsuit_of_which_nobody_knows_what_came_before_is_named(report: Report) -> None:
    found = report({**ANSWERED, "litigation": "结果维持"}, lacking=["reconsideration"])
    assert [each.why for each in found.doubts] == ["登记了行政诉讼，不知道是否先经复议，没有计入"]
    unread = report({**ANSWERED, "reconsideration": "也许"})
    assert [each.why for each in unread.doubts] == ["没有登记行政复议情况，没有计入"] and not remedies(unread)


def test_the_arithmetic_names_both_sides() -> None:
    values = {(REQUESTS, key, "自然人"): number for key, number in zip(KEYS, (3, 0, 2, 0), strict=True)}
    first = arithmetic(values, FORM)[0]
    assert (first.name, first.ok, first.left, first.right) == (
        "自然人：本年新收＋上年结转＝办理结果总计＋结转下年度",
        False,
        3,
        2,
    )


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("row: 重复申请}", "row: 重复的申请}", "“重复的申请”不是 results 的行"),
        ("  - {row: 其他, remark: 已经答复但没有登记答复类型，暂列“其他处理”的“其他”}\n", "", "最后一条应当什么都接收"),
        ("handled: [replied_on]", "handeld: [replied_on]", "不认识的键“handeld”"),
    ],
)
def test_a_form_that_leaves_answers_without_a_row_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = (shipped("rules") / "annual_report.yaml").read_text("utf-8")
    assert old in text
    (tmp_path / "annual_report.yaml").write_text(text.replace(old, new), "utf-8")
    with pytest.raises(RulebookError, match=says):
        load_report_form([tmp_path])
