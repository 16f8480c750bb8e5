"""The example worked by hand in `fixtures/evaluation/README.md`: every number to the last digit."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from auditor.audit.appraise import appraise
from auditor.domain.appraisal import Appraisal
from auditor.domain.scoring import rounded
from auditor.rulebook.book import Rulebook
from auditor.rulebook.schemefile import load_scheme
from auditor.shipped import shipped
from tests.assessment.conftest import AS_OF, EXAMPLE


def test_ten_of_fifteen_forms_count_and_five_are_set_aside_with_their_reason(worked: Appraisal) -> None:
    forms = worked.questionnaires
    assert (forms.returned, forms.valid, len(forms.set_aside)) == (15, 10, 5)
    assert [(each.record.partition("#")[0], each.reason, each.row) for each in forms.set_aside] == [
        ("W-11", "空白", 12),
        ("W-12", "矛盾", 13),
        ("W-12", "矛盾", 14),
        ("W-13", "矛盾", 15),
        ("W-03", "重复", 16),
    ]


def test_the_rates_leave_out_who_does_not_know_and_who_did_not_answer(worked: Appraisal) -> None:
    rates = {each.content: (each.n, each.rate) for each in worked.questionnaires.contents}
    assert rates == {
        "e1": (9, Fraction(8, 9)),
        "e2": (10, Fraction(8, 10)),
        "e3": (9, Fraction(8, 9)),
        "e4": (9, Fraction(8, 9)),
        "e5": (9, Fraction(8, 9)),
    }
    third = worked.questionnaires.contents[2]
    assert (third.counts["不了解"], third.unanswered) == (0, 1)


def test_the_interval_and_the_change_are_those_of_the_arithmetic(worked: Appraisal) -> None:
    first, second, *others = worked.questionnaires.contents
    assert (first.low, first.high) == pytest.approx((0.5650003, 0.9801091), abs=5e-8)
    assert first.change is not None and first.change.more_than_chance
    assert first.change.difference == pytest.approx(0.5888889, abs=5e-8)
    assert (first.change.low, first.change.high) == pytest.approx((0.1452141, 0.8016454), abs=5e-8)
    assert second.change is not None and second.change.difference == 0
    assert not any(each.change is None or each.change.more_than_chance for each in (second, *others))


def test_the_representatives_means_are_exact_and_the_outlier_stays_counted(worked: Appraisal) -> None:
    means = [each.mean for each in worked.panel.contents]
    assert means == [85, 80, 90, 72, 88]
    fourth = worked.panel.contents[3]
    assert (fourth.first_quartile, fourth.third_quartile) == (71.25, 76.25)
    assert [(each.score, each.group, each.representative) for each in fourth.outliers] == [(60, "群众代表", "百**")]
    assert not any(each.outliers for each in worked.panel.contents if each is not fourth)


def test_the_composite_comes_out_to_the_last_digit(worked: Appraisal) -> None:
    composite = worked.composite
    assert [part.score for part in composite.parts] == [Fraction(3629, 45), 83, 80, 75]
    assert composite.scored.base == Fraction(3629, 45) * Fraction(40, 100) + Fraction("20.75") + 16 + Fraction("11.25")
    assert [str(rounded(value)) for value in (composite.scored.base, composite.scored.total)] == ["80.26", "79.76"]
    assert (composite.scored.deducted, composite.scored.bonus, composite.scored.grade) == (
        Fraction(1, 2),
        0,
        "基本满意",
    )


def test_points_lost_name_their_findings(worked: Appraisal) -> None:
    _, _, supervision, inspection = worked.composite.parts
    late = next(each for each in worked.composite.deductions if each.points)
    assert (supervision.lost, inspection.lost, late.points) == (4, Fraction(15, 4), Fraction(1, 2))
    assert [worked.findings[name].rule for name in supervision.findings] == ["EVA-7-1"]
    assert [worked.findings[name].rule for name in inspection.findings] == ["ZWG-8-1"]
    assert late.findings == supervision.findings


def test_other_weights_change_the_composite_as_worked(book: Rulebook, tmp_path: Path) -> None:
    text = (shipped("rules") / "evaluation.yaml").read_text("utf-8")
    text = text.replace("{zh: 问卷评议, weight: 40}", "{zh: 问卷评议, weight: 25}")
    text = text.replace("{zh: 代表评议, weight: 25}", "{zh: 代表评议, weight: 40}")
    (tmp_path / "evaluation.yaml").write_text(text, "utf-8")
    appraisal, _ = appraise([EXAMPLE], book, load_scheme([tmp_path]), 2025, AS_OF)
    assert (str(rounded(appraisal.composite.scored.total)), appraisal.composite.scored.grade) == ("80.11", "满意")


def test_a_group_too_small_to_show_hides_one_more_so_that_no_subtraction_tells(worked: Appraisal) -> None:
    groups = [(each.names, each.forms, each.is_withheld) for each in worked.questionnaires.groups]
    assert groups == [(("居民",), 6, True), (("企业",), 4, True), (("居民", "企业"), 10, False)]


def test_opinions_of_the_evaluation_have_their_one_month(worked: Appraisal) -> None:
    lines = [(each.record, each.due_on, each.is_late, each.state) for each in worked.suggestions]
    assert lines == [
        ("Y-01", date(2025, 4, 3), False, "已整改并反馈"),
        ("Y-02", date(2025, 7, 3), True, "已提出措施，整改中（逾期）"),
    ]
