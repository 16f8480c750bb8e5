"""Which forms count, what is shown of them, and what is withheld."""

from fractions import Fraction
from pathlib import Path

import pytest

from auditor.assessment.forms import returned_forms
from auditor.assessment.intervals import change, wilson
from auditor.reading import read_logs
from auditor.rulebook.book import Rulebook
from tests.assessment.conftest import AS_OF, Count

ALL_SATISFIED = {f"e{number}": "满意" for number in range(1, 6)}


def test_forms_of_another_year_are_not_counted_and_without_a_year_set_aside(count: Count) -> None:
    found = count([ALL_SATISFIED, {**ALL_SATISFIED, "year": "2023"}, {**ALL_SATISFIED, "year": ""}])
    assert (found.returned, found.valid) == (2, 1)
    assert [each.reason for each in found.set_aside] == ["年度不明"]


def test_where_no_form_has_a_year_all_are_of_the_year_asked_for(count: Count) -> None:
    found = count([{**ALL_SATISFIED, "year": ""}] * 2)
    assert (found.returned, found.valid, found.last_valid) == (2, 2, None)


def test_a_form_with_one_answer_counts_for_that_content_alone(count: Count) -> None:
    found = count([{"e2": "基本满意"}])
    assert [(each.n, each.rate, each.unanswered) for each in found.contents] == [
        (0, None, 1),
        (1, 1, 0),
        (0, None, 1),
        (0, None, 1),
        (0, None, 1),
    ]


def test_an_answer_that_is_none_of_the_options_leaves_the_rest_of_the_form(count: Count) -> None:
    found = count([{**ALL_SATISFIED, "e1": "还行吧"}])
    assert (found.valid, found.contents[0].unanswered, found.contents[1].n) == (1, 1, 1)


def test_a_form_of_which_nothing_can_be_read_is_not_called_blank(count: Count) -> None:
    found = count([{"e1": "还行吧", "e2": "凑合"}, {"group": "学生"}])
    assert (found.valid, [each.reason for each in found.set_aside]) == (0, ["读不出", "空白"])


def test_who_knows_nothing_at_all_has_filled_in_a_valid_form(count: Count) -> None:
    found = count([{f"e{number}": "不了解" for number in range(1, 6)}])
    assert (found.valid, found.contents[0].counts["不了解"], found.contents[0].rate) == (1, 1, None)


def test_one_number_with_the_same_answers_counts_once_and_with_others_not_at_all(count: Count) -> None:
    twice = [{**ALL_SATISFIED, "form_no": "A"}, {**ALL_SATISFIED, "form_no": "A", "opinion": "好"}]
    found = count([*twice, {**ALL_SATISFIED, "form_no": "B"}, {**ALL_SATISFIED, "form_no": "B", "e5": "不满意"}])
    assert (found.returned, found.valid) == (4, 1)
    assert [(each.record[0], each.reason) for each in found.set_aside] == [("A", "重复"), ("B", "矛盾"), ("B", "矛盾")]


def test_a_blank_form_does_not_contradict_a_filled_one_of_its_number(count: Count) -> None:
    found = count([{"form_no": "A", "group": "学生"}, {**ALL_SATISFIED, "form_no": "A"}])
    assert (found.valid, [each.reason for each in found.set_aside]) == (1, ["空白"])


def test_forms_without_a_number_are_never_taken_for_one_another(count: Count) -> None:
    rows = [{**ALL_SATISFIED, "form_no": "", "opinion": text} for text in ("甲", "乙")]
    assert count(rows).valid == 2


def test_the_same_number_in_two_years_is_no_contradiction(count: Count) -> None:
    found = count([{**ALL_SATISFIED, "form_no": "A"}, {**ALL_SATISFIED, "form_no": "A", "year": "2024"}])
    assert (found.valid, found.last_valid) == (1, 1)


def test_units_of_thirty_forms_are_ranked_and_of_twenty_nine_not(count: Count) -> None:
    rows = [{**ALL_SATISFIED, "unit": "甲科"}] * 30 + [{**ALL_SATISFIED, "unit": "乙科"}] * 29
    rows += [{**ALL_SATISFIED, "unit": "丙科", "e1": "不满意"}] * 30
    ranks = {each.names[0]: each.rank for each in count(rows).units}
    assert ranks == {"甲科": 1, "丙科": 2, "乙科": None}


def test_forms_without_a_number_that_say_the_same_are_two(count: Count) -> None:
    found = count([{**ALL_SATISFIED, "form_no": ""}] * 40 + [{**ALL_SATISFIED, "form_no": "", "e1": "不满意"}] * 2)
    assert (found.returned, found.valid, found.set_aside) == (42, 42, ())
    assert (found.contents[0].counts["满意"], found.contents[0].n) == (40, 42)


def test_forms_without_a_number_in_two_tables_of_one_sheet_are_all_counted(book: Rulebook, tmp_path: Path) -> None:
    first = "评议年度,参评人员类别,被评议科室,组织领导,公开内容,公开形式,制度程序,公开效果\n"
    first += "2025,学生,甲科,满意,满意,满意,满意,满意\n" * 3
    second = "\n第二部分\n被评议科室,评议年度,参评人员类别,组织领导,公开内容,公开形式,制度程序,公开效果\n"
    second += "乙科,2025,学生,满意,满意,满意,满意,不满意\n" * 2
    (tmp_path / "评议问卷.csv").write_text(first + second, "utf-8")
    logs = read_logs([tmp_path], book.logs, AS_OF)
    assert len(logs.tables["questionnaires"].sources) == 2
    found = returned_forms(logs, 2025)
    assert (len(found.forms), found.set_aside, found.unnumbered) == (5, (), 5)


def test_a_number_that_stands_on_forms_about_two_units_is_that_of_each(count: Count) -> None:
    rows = [{**ALL_SATISFIED, "form_no": f"{at:03}", "unit": "甲科"} for at in range(30)]
    rows += [{**ALL_SATISFIED, "e1": "不满意", "form_no": f"{at:03}", "unit": "乙科"} for at in range(30)]
    rows += [{**ALL_SATISFIED, "form_no": "007", "unit": "甲科", "opinion": "好"}]
    found = count(rows)
    assert (found.valid, [each.reason for each in found.set_aside]) == (60, ["重复"])


def test_forms_about_no_unit_have_no_rank(count: Count) -> None:
    rows = [{**ALL_SATISFIED, "unit": ""}] * 60 + [{**ALL_SATISFIED, "unit": "甲科", "e1": "不满意"}] * 40
    assert {each.names[0]: each.rank for each in count(rows).units} == {"（未针对具体科室）": None, "甲科": 1}


def test_a_large_unit_that_is_withheld_protects_a_small_one(count: Count) -> None:
    rows = [{**ALL_SATISFIED, "unit": "甲科"}] * 60 + [{**ALL_SATISFIED, "unit": "乙科"}] * 2
    shown = {each.names[0]: (each.is_withheld, each.protects) for each in count(rows).units}
    assert shown == {"甲科": (True, True), "乙科": (True, False)}


def test_units_with_equal_rates_share_a_rank(count: Count) -> None:
    rows = [{**ALL_SATISFIED, "unit": unit} for unit in ("甲科", "乙科") for _ in range(30)]
    rows += [{**ALL_SATISFIED, "unit": "丙科", "e1": "不满意"}] * 30
    assert sorted((each.rank, each.names[0]) for each in count(rows).units) == [(1, "乙科"), (1, "甲科"), (3, "丙科")]


@pytest.mark.parametrize(("forms", "withheld"), [(4, True), (5, False)])
def test_fewer_than_five_forms_are_not_shown(count: Count, forms: int, withheld: bool) -> None:
    rows = [{**ALL_SATISFIED, "group": "学生"}] * forms + [{**ALL_SATISFIED, "group": "居民"}] * 20
    found = next(each for each in count(rows).groups if each.names == ("学生",))
    assert (found.is_withheld, found.rate is None, found.n == 0) == (withheld, withheld, withheld)


def test_two_small_groups_that_are_enough_together_hide_no_third(count: Count) -> None:
    rows = [{**ALL_SATISFIED, "group": group} for group in ("学生", "教师") for _ in range(3)]
    rows += [{**ALL_SATISFIED, "group": "居民"}] * 20
    shown = {each.names: each.is_withheld for each in count(rows).groups}
    assert shown == {("居民",): False, ("学生",): True, ("教师",): True, ("学生", "教师"): False}


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(0, 10, 0.0, 0.2775328), (10, 10, 0.7224672, 1.0), (5, 10, 0.2365931, 0.7634069), (81, 263, 0.2552966, 0.3661860)],
)
def test_wilsons_interval_is_the_published_one(hits: int, n: int, low: float, high: float) -> None:
    assert wilson(hits, n, 0.95) == pytest.approx((low, high), abs=2e-4)


def test_the_difference_of_two_rates_is_the_published_one() -> None:
    found = change(56, 70, 48, 80, 0.95)  # Newcombe 1998, example (a): 0.0524 to 0.3339
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=1e-4)
    assert found.more_than_chance and found.last_rate == Fraction(48, 80)
