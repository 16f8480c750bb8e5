"""The office's scheme: strict when loaded, and its arithmetic that of the cases worked by hand."""

from fractions import Fraction
from pathlib import Path

import pytest

from auditor.domain.scoring import Grade, Scale, rounded, scored
from auditor.errors import RulebookError
from auditor.rulebook.book import Rulebook
from auditor.rulebook.schemefile import failed_cases, load_scheme
from auditor.rulebook.schemes import claimed, covers
from auditor.shipped import shipped

SCALE = Scale(
    Fraction(100),
    {"a": Fraction(60), "b": Fraction(40)},
    (Grade("好", Fraction(80)), Grade("差", Fraction(0))),
    bonus_above=Fraction(80),
    bonus_at_most=Fraction(5),
)


def changed(tmp_path: Path, old: str, new: str) -> Path:
    """A folder with the shipped scheme in which `old` reads `new`."""
    text = (shipped("rules") / "evaluation.yaml").read_text("utf-8")
    assert old in text
    (tmp_path / "evaluation.yaml").write_text(text.replace(old, new), "utf-8")
    return tmp_path


def test_the_schemes_worked_by_hand_come_out() -> None:
    placed = load_scheme()
    assert failed_cases(placed) == []
    named = "".join(case.zh for case in placed.cases)
    assert all(figure in named for figure in ("4/3", "84分", "80分", "60分", "30分", "120", "72", "96"))


def test_a_case_that_does_not_come_out_is_named_with_its_line(tmp_path: Path) -> None:
    (failure,) = failed_cases(
        load_scheme([changed(tmp_path, "expect: {base: 84, composite: 96", "expect: {base: 84, composite: 97")])
    )
    assert "composite 应为97，得96" in failure and "第" in failure


@pytest.mark.parametrize(
    ("old", "new", "place", "says"),
    [
        ("{zh: 代表评议, weight: 25}", "{zh: 代表评议, weight: 24}", "  parts:", "权重之和应为100，现为99"),
        ("{zh: 日常履行, weight: 60}", "{zh: 日常履行, weight: 70}", "  supervision:", "权重之和应为100，现为110"),
        (
            "信息发布: 45, 互动交流: 30, 办事服务: 25",
            "信息发布: 45, 互动交流: 30, 办事服务: 26",
            "  weights:",
            "现为101",
        ),
        ("points: 90}", "points: 70}", "  grades:", "等次应从高到低"),
        ("least_weight: 50", "least_wieght: 50", "  least_wieght", "不认识的键“least_wieght”"),
        ("不满意: 0}", "不满意: 0, 很满意: 100}", "  answers:", "应恰好有满意、基本满意、不满意"),
        ("confidence: 0.95", "confidence: 95", "    confidence", "超出范围"),
    ],
)
def test_a_scheme_that_does_not_add_up_stops_loading_with_file_and_line(
    tmp_path: Path, old: str, new: str, place: str, says: str
) -> None:
    folder = changed(tmp_path, old, new)
    lines = (folder / "evaluation.yaml").read_text("utf-8").split("\n")
    with pytest.raises(RulebookError) as error:
        load_scheme([folder])
    found = [fault for fault in error.value.faults if says in str(fault)]
    assert any(lines[fault.line - 1].startswith(place) for fault in found)
    assert found[0].file.endswith("evaluation.yaml")


def test_a_rule_that_the_rulebook_lacks_is_refused(book: Rulebook, tmp_path: Path) -> None:
    placed = load_scheme([changed(tmp_path, "rules: [GID-8-1, GID-9-1]", "rules: [GID-8-1, GID-99-1]")])
    with pytest.raises(RulebookError, match="没有规则“GID-99-1”"):
        placed.checked([rule.id for rule in book.rules])


def test_the_shipped_scheme_names_only_rules_that_are_there_and_leaves_none_out(book: Rulebook) -> None:
    scheme = load_scheme().checked([rule.id for rule in book.rules]).scheme
    names = {key: each.rules for key, each in scheme.contents.items()}
    names |= {key: each.rules for key, each in scheme.supervision.items()}
    unclaimed = [rule.id for rule in book.rules if claimed(rule.id, names) is None and not rule.not_auditable]
    assert unclaimed == []


def test_an_article_takes_in_its_rules_and_no_other_article() -> None:
    assert covers("GID-4", "GID-4.2-1") and covers("GID-4", "GID-4-1") and covers("GID", "GID-19-X1")
    assert not covers("GID-1", "GID-17A-1") and not covers("GID-17", "GID-17A-1")
    assert claimed("EVA-7-1", {"e4": ("EVA",), "rectification": ("EVA-7",)}) == "rectification"


def test_bonus_counts_above_the_threshold_and_not_at_it() -> None:
    at, above = {"a": Fraction(80), "b": Fraction(80)}, {"a": Fraction(80), "b": Fraction("80.01")}
    assert scored(SCALE, at, bonus=Fraction(3)).total == 80
    assert scored(SCALE, above, bonus=Fraction(3)).bonus == 3
    assert scored(SCALE, above, bonus=Fraction(9)).bonus == 5
    assert scored(SCALE, above, deductions=Fraction("0.004"), bonus=Fraction(9)).bonus == 0


def test_a_part_without_data_is_left_out_and_a_score_of_nothing_is_none() -> None:
    assert scored(SCALE, {"a": Fraction(90), "b": None}).total == 90
    assert scored(SCALE, {}).total is None and scored(SCALE, {}).grade is None


def test_deductions_never_go_below_nothing_and_a_veto_gives_the_lowest_grade() -> None:
    assert scored(SCALE, {"a": Fraction(1), "b": Fraction(1)}, Fraction(5)).total == 0
    assert scored(SCALE, {"a": Fraction(99), "b": Fraction(99)}, vetoed=True).grade == "差"


@pytest.mark.parametrize(
    ("value", "shown"), [("0.005", "0.01"), ("0.0049", "0.00"), ("2.675", "2.68"), ("-0.005", "-0.01")]
)
def test_rounding_is_half_up_from_the_exact_value(value: str, shown: str) -> None:
    assert str(rounded(Fraction(value))) == shown
