"""Scores of representatives: none is dropped without a reason, and one name is one person."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from auditor.assessment.panel import Scores, count_panel, scores_of
from auditor.domain.appraisal import Panel
from auditor.reading import read_logs
from auditor.rulebook.book import Rulebook
from auditor.rulebook.schemefile import load_scheme
from tests.assessment.conftest import AS_OF
from tests.cli.conftest import Run, run

__all__ = ["run"]

HEADINGS = "评分编号,评议年度,代表,代表类别,评议内容,得分"
Judge = Callable[[Sequence[str]], tuple[Scores, Panel]]


@pytest.fixture
def judge(book: Rulebook, tmp_path: Path) -> Judge:
    """Count scores given as lines below the headings, for 2025."""

    def judged(lines: Sequence[str]) -> tuple[Scores, Panel]:
        (tmp_path / "代表评议表.csv").write_text("\n".join([HEADINGS, *lines]) + "\n", "utf-8")
        scores = scores_of(read_logs([tmp_path], book.logs, AS_OF, None), 2025)
        return scores, count_panel(scores, load_scheme().scheme)

    return judged


def test_an_undated_score_beside_dated_ones_is_set_aside_with_its_reason(judge: Judge) -> None:
    scores, panel = judge(
        ["D1,2025,甲,人大代表,e1,90", "D2,,乙,人大代表,e1,80", "D3,2024,丙,人大代表,e1,70", "D4,,丁,人大代表,e2,"]
    )
    assert [(each.record, each.row, each.why) for each in scores.set_aside] == [
        ("D2", 3, "没有写明评议年度"),
        ("D4", 5, "没有写明评议年度"),
    ]
    assert (panel.representatives, panel.contents[0].n) == (1, 1)


def test_where_no_score_has_a_year_all_are_of_the_year_asked_for(judge: Judge) -> None:
    scores, panel = judge(["D1,,甲,人大代表,e1,90", "D2,,乙,人大代表,e1,80"])
    assert not scores.set_aside and panel.contents[0].n == 2


def test_scores_without_a_name_count_and_are_told_beside_the_people(judge: Judge) -> None:
    _, panel = judge([*(f"D{n},2025,,人大代表,e1,{80 + n}" for n in range(3)), "D9,2025,甲,政协委员,e1,90"])
    assert (panel.representatives, panel.groups, panel.unnamed) == (1, {"政协委员": 1}, 3)
    assert panel.contents[0].n == 4


def test_one_name_is_one_person_with_and_without_a_kind(judge: Judge) -> None:
    _, panel = judge(["D1,2025,甲,人大代表,e1,90", "D2,2025,甲,,e2,80", "D3,2025,乙,,e1,85"])
    assert (panel.representatives, panel.groups) == (2, {"人大代表": 1, "（未填写）": 1})


def test_one_name_that_scores_a_content_twice_counts_neither_whatever_its_kind(judge: Judge) -> None:
    scores, panel = judge(["D1,2025,甲,人大代表,e1,90", "D2,2025,甲,,e1,80", "D3,2025,甲,人大代表,e2,"])
    assert [each.record for each in scores.set_aside] == ["D1", "D2", "D3"]
    assert "打了两个分" in scores.set_aside[0].why and "没有得分" in scores.set_aside[2].why
    assert panel.contents[0].n == 0


def test_an_absence_beside_a_score_does_not_take_the_score_along(judge: Judge) -> None:
    scores, panel = judge(["D1,2025,甲,人大代表,e1,90", "D2,2025,甲,人大代表,e1,"])
    assert [each.record for each in scores.set_aside] == ["D2"] and panel.contents[0].n == 1


def test_the_report_tells_how_many_scores_name_nobody(run: Run, tmp_path: Path) -> None:
    rows = [HEADINGS, *(f"D{n},2025,,人大代表,e1,{80 + n}" for n in range(3))]
    (tmp_path / "台账").mkdir()
    (tmp_path / "台账" / "代表评议表.csv").write_text("\n".join(rows) + "\n", "utf-8")
    code, out, _ = run("evaluate", "台账", "--year", 2025, "--as-of", "2026-01-31", "--out", "out")
    assert code == 0 and "代表评议：0人，另有3个得分没有登记代表姓名" in out
    page = next((tmp_path / "out").glob("*.html")).read_text("utf-8")
    assert "3个得分都没有登记代表姓名" in page and "没有代表评议的得分" not in page
