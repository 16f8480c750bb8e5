"""Section two and the eleven local items of the yearly report: what the logs tell, and until which day."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from auditor.audit.annual import annual_report
from auditor.domain.annualreport import ITEMS, AnnualReport
from auditor.rulebook.book import Rulebook
from auditor.rulebook.reportforms import load_report_form

FORM = load_report_form()
END, MIDDLE = date(2026, 1, 31), date(2025, 6, 30)
Report = Callable[..., AnnualReport]


@pytest.fixture
def report(book: Rulebook, tmp_path: Path) -> Report:
    """The report of 2025 from logs given by name, each as the lines of a CSV file."""

    def reported(as_of: date = END, **logs: str) -> AnnualReport:
        for name, lines in logs.items():
            (tmp_path / f"{name}.csv").write_text(lines.replace(" ", "\n") + "\n", "utf-8")
        return annual_report([tmp_path], book, FORM, 2025, as_of)[0]

    return reported


def values(report: AnnualReport, *starts: str) -> list[int | None]:
    """The values of the figures whose row starts so, in order."""
    return [figure.value for start in starts for place, figure in report.figures.items() if place[1].startswith(start)]


def item(report: AnnualReport, row: str) -> int | None:
    """A local item."""
    return report.figures[ITEMS, row, "数值"].value


@pytest.mark.parametrize(("as_of", "counted"), [(MIDDLE, 1), (END, 2)])
def test_what_lies_after_the_day_of_the_report_has_not_happened(report: Report, as_of: date, counted: int) -> None:
    found = report(
        as_of,
        publications="publication_id,title,published_on,attribute P1,甲,2025-06-30,主动公开 P2,乙,2025-07-01,主动公开",
        documents="document_id,title,issued_on,normative D1,甲,2025-06-30,是 D2,乙,2025-07-01,是",
        problems="problem_id,problem,found_on,rectified_on Q1,甲,2025-02-01,2025-06-30 Q2,乙,2025-02-01,2025-07-01",
        checks="check_id,kind,held_on C1,监督检查,2025-06-30 C2,监督检查,2025-07-01",
        requests="request_id,applicant_kind,received_on,fee_amount,fee_notified_on,fee_paid_on"
        " R1,自然人,2025-03-01,10,2025-05-05,2025-07-10 R2,自然人,2025-03-01,10,,2025-07-10",
    )
    assert item(found, "（一）2 主动公开信息总数") == counted
    assert found.figures["主动公开", "行政规范性文件", "本年制发件数"].value == counted
    assert item(found, "（三） 检查发现的问题") == 2
    assert item(found, "（三） 其中：已经整改") == counted
    assert item(found, "（一）1 其中：监督检查") == counted
    assert item(found, "（二）5 收费件数") == counted


PUBLISHED = "publication_id,title,published_on,attribute,categories,channels"


@pytest.mark.parametrize(
    ("lacking", "untold", "told"),
    [
        ("attribute", ["（一）2 主动公开信息总数", "（一）2 其中", "（一）3 各种公开方式的数量"], []),
        ("categories", ["（一）2 其中"], ["（一）2 主动公开信息总数", "（一）3 政府网站"]),
        ("channels", ["（一）3 各种公开方式的数量"], ["（一）2 主动公开信息总数", "（一）2 其中"]),
    ],
)
def test_publications_without_a_column_leave_its_figures_to_fill_in(
    report: Report, lacking: str, untold: list[str], told: list[str]
) -> None:
    row = {"publication_id": "P1", "title": "甲", "published_on": "2025-03-03", "attribute": "主动公开"}
    row |= {"categories": "财政预决算", "channels": "政府网站"}
    names = [name for name in PUBLISHED.split(",") if name != lacking]
    found = report(publications=f"{','.join(names)} {','.join(row[name] for name in names)}")
    assert values(found, *untold) and set(values(found, *untold)) == {None}
    assert not told or (1 in values(found, *told) and None not in values(found, *told))
    assert any(each.startswith("信息发布台账没有") for each in found.cautions)


def test_documents_without_the_flag_and_problems_without_their_end_are_left_to_fill_in(report: Report) -> None:
    found = report(
        documents="document_id,title,issued_on,document_no D1,甲,2025-06-30,文1",
        problems="problem_id,problem,found_on,unit Q1,甲,2025-02-01,办公室",
    )
    assert found.figures["主动公开", "行政规范性文件", "本年制发件数"].value is None
    assert item(found, "（三） 检查发现的问题") == 1 and item(found, "（三） 其中：已经整改") is None


def test_what_nobody_recorded_the_kind_of_is_named_and_not_counted(report: Report) -> None:
    found = report(
        date(2025, 6, 30),
        publications=f"{PUBLISHED} P1,甲,2025-03-03,主动公开,, P2,乙,2025-03-03,,, P3,丙,2025-03-03,不予公开,,"
        " P4,丁,2024-03-03,,, P5,戊,2025-07-03,,,",
        documents="document_id,title,issued_on,normative D1,甲,2025-03-03,也许 D2,乙,2025-03-03,是 D3,丙,2025-03-03,",
    )
    assert item(found, "（一）2 主动公开信息总数") == 1
    assert found.figures["主动公开", "行政规范性文件", "本年制发件数"].records == ("D2",)
    whys = {each.record: each.why for each in found.doubts}
    assert set(whys) == {"P2", "D1"} and "公开属性" in whys["P2"] and "是否规范性文件" in whys["D1"]
