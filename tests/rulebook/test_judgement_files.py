"""A faulty file of judgements stops the run, with line and what to do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.rulebook.book import Rulebook
from auditor.rulebook.loading import load_rulebook

from .trial import faults_of, is_chinese, line_of

SOUND = """\
judgements:
- id: tst
  title: 试
  reason: 试
  if:
    late: {breach: {rule: REQ-3-5}}
    case: {accountability: {unit: {is: {field: late.unit}}}}
  then:
  - on: late
    says: 逾期{late.late}
"""
Load = Callable[[str], Rulebook]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def with_judgements(text: str) -> Rulebook:
        folder = tmp_path / "本局"
        folder.mkdir(exist_ok=True)
        (folder / "judgements.yaml").write_text(text, "utf-8")
        return load_rulebook([folder], shipped_cases=False)

    return with_judgements


def test_judgements_laid_over_are_added_and_replace_those_of_the_same_id(load: Load) -> None:
    shipped = len(load_rulebook(shipped_cases=False).judgements.judgements)
    judgements = load(SOUND + SOUND.replace("judgements:\n", "").replace("id: tst", "id: repeat")).judgements.judgements
    assert len(judgements) == shipped + 1
    assert next(each.title for each in judgements if each.id == "repeat") == "试"


@pytest.mark.parametrize(
    ("wrong", "right", "word", "says"),
    [
        ("{breach: {rule: REQ-3-5}}", "{breech: {rule: REQ-3-5}}", "breech", "不认识的事实种类“breech”"),
        ("rule: REQ-3-5", "rule: REQ-3-55", "REQ-3-55", "不认识的规则“REQ-3-55”"),
        ("rule: REQ-3-5", "rules: REQ-3-5", "rules: REQ", "没有属性“rules”"),
        ("rule: REQ-3-5", "rule: {mentions: {field: late.unit}}", "mentions", "联系不能用“mentions”"),
        ("rule: REQ-3-5", "rule: {ends_with: [x]}", "ends_with", "研判规则不能用“ends_with”"),
        ("field: late.unit", "field: later.unit", "later.unit", "不是前面的模式"),
        ("field: late.unit", "field: late.units", "late.units", "没有属性“units”"),
        ("field: late.unit", "field: unit", "field: unit", "别名.属性"),
        ("on: late", "on: lato", "on: lato", "不是 if 中的模式"),
        ("on: late", "on: case", "on: case", "没有可以附加结论的问题"),
        ("{late.late}", "{late.lateness}", "lateness", "没有属性“lateness”"),
        ("{late.late}", "{setting.judge.repeats}", "repeats", "不认识的设置“judge.repeats”"),
        ("on: late", "on: late\n    finding: REQ-3-5\n    of: late", "on: late", "只须写 on、finding、concludes 之一"),
        ("on: late", "finding: REQ-3-55\n    of: late", "REQ-3-55", "不认识的规则"),
        ("reason: 试", "reason: 试\n  needs: [accountabilty]", "accountabilty", "不认识的台账"),
        ("  title: 试\n", "", "id: tst", "缺少必需的键“title”"),
    ],
)
def test_a_fault_is_named_with_its_line(load: Load, wrong: str, right: str, word: str, says: str) -> None:
    text = SOUND.replace(wrong, right, 1)
    fault, *_ = faults_of(lambda: load(text))
    assert says in str(fault) and is_chinese(fault.problem)
    assert abs(fault.line - line_of(text, word)) <= 2 and fault.file.endswith("judgements.yaml")


def test_judgements_that_wait_for_each_other_are_refused(load: Load) -> None:
    waiting = """\
judgements:
- id: hen
  title: 试
  reason: 试
  if: {egg: {egg: {}}}
  then: [{concludes: hen, of: egg, with: {unit: egg.unit}}]
- id: egg
  title: 试
  reason: 试
  if: {hen: {hen: {}}}
  then: [{concludes: egg, of: hen, with: {unit: hen.unit}}]
"""
    (fault,) = faults_of(lambda: load(waiting))
    assert "互相等待" in fault.problem and "hen" in fault.problem and "egg" in fault.problem


def test_nothing_in_a_text_is_executed(load: Load) -> None:
    for text in ("{late.__class__}", "{late.late.real}", "{late.late!r:>99}", "{0}"):
        assert faults_of(lambda text=text: load(SOUND.replace("{late.late}", text)))
