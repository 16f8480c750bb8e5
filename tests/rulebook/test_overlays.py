"""A folder given with --rules lies over the rulebook: the same id replaces, a new id adds, a new notice counts."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from auditor.domain.clock import count
from auditor.domain.limit import parse_limit
from auditor.errors import RulebookError
from auditor.rulebook.calendar_files import calendar_for
from auditor.rulebook.loading import load_rulebook
from auditor.shipped import shipped

RULE = """\
- id: {id}
  clause: 第一条
  title: {title}
  severity: minor
  log: requests
  deadline: {{from: received_on, to: replied_on, within: {within}}}
"""
NOTICE = """\
year: 2027
notices:
- number: 国办发明电〔2026〕9号
  title: 国务院办公厅关于2027年部分节假日安排的通知
  issued_on: 2026-11-05
  source: read
  rest:
  - {from: 2027-01-01, to: 2027-01-03, holiday: 元旦}
  work:
  - {on: 2027-01-09, holiday: 元旦}
"""


def rule_file(*rules: tuple[str, str, str]) -> str:
    """A rule file of (id, title, limit)."""
    head = "regulation: {code: TST, name: 试验制度, in_force_from: 2020-12-02}\nrules:\n"
    return head + "".join(RULE.format(id=id_, title=title, within=within) for id_, title, within in rules)


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """A whole rulebook of two rules."""
    root = tmp_path / "全套"
    root.mkdir()
    shutil.copyfile(shipped("rules") / "logs.yaml", root / "logs.yaml")
    shutil.copyfile(shipped("rules") / "settings.yaml", root / "settings.yaml")
    (root / "same_fact.yaml").write_text("groups: []\n", "utf-8")
    (root / "bureau").mkdir()
    text = rule_file(("TST-1", "二十日内答复", "20 working days"), ("TST-2", "三日内转办", "3 working days"))
    (root / "bureau" / "x.yaml").write_text(text, "utf-8")
    return root


def overlay(tmp_path: Path, name: str, text: str, where: str = "rules.yaml") -> Path:
    """A folder with one file to lie over the rulebook."""
    path = tmp_path / name / where
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return tmp_path / name


def test_a_rule_of_the_same_id_replaces_the_one_before_and_a_new_id_adds(tmp_path: Path, whole: Path) -> None:
    over = overlay(tmp_path, "本级", rule_file(("TST-2", "两日内转办", "2 working days"), ("TST-9", "新增", "5 days")))
    book = load_rulebook([whole, over])
    assert [rule.id for rule in book.rules] == ["TST-1", "TST-2", "TST-9"]
    assert book.placed["TST-2"].rule.title == "两日内转办"
    assert book.placed["TST-2"].file.startswith("本级")
    assert book.placed["TST-1"].rule.title == "二十日内答复"


def test_the_last_of_several_folders_wins(tmp_path: Path, whole: Path) -> None:
    first = overlay(tmp_path, "市级", rule_file(("TST-2", "市级口径", "2 working days")))
    second = overlay(tmp_path, "县级", rule_file(("TST-2", "县级口径", "1 working day")))
    assert load_rulebook([whole, first, second]).placed["TST-2"].rule.title == "县级口径"
    assert load_rulebook([whole, second, first]).placed["TST-2"].rule.title == "市级口径"


def test_a_new_rule_lies_over_the_shipped_rulebook_and_changes_its_hash(tmp_path: Path) -> None:
    over = overlay(tmp_path, "本级", rule_file(("TST-9", "新增", "5 days")), "bureau/x.yaml")
    shipped_book, book = load_rulebook(), load_rulebook([over])
    assert set(book.placed) == {*shipped_book.placed, "TST-9"}
    assert book.hashes["rules"] != shipped_book.hashes["rules"]
    assert book.hashes["calendar"] == shipped_book.hashes["calendar"]


def test_one_id_twice_within_the_overlay_is_still_a_fault(tmp_path: Path, whole: Path) -> None:
    over = overlay(tmp_path, "本级", rule_file(("TST-2", "甲", "2 days"), ("TST-2", "乙", "3 days")))
    with pytest.raises(RulebookError, match="重复"):
        load_rulebook([whole, over])


def test_a_rules_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulebookError, match="不存在"):
        load_rulebook([tmp_path / "没有"])


def test_years_are_provisional_until_their_notice_is_written(tmp_path: Path) -> None:
    start, limit = date(2026, 12, 10), parse_limit("20wd")
    before = count(calendar_for([]), start, limit)
    after = count(calendar_for([overlay(tmp_path, "本级", NOTICE, "calendar/2027.yaml")]), start, limit)
    assert before.provisional and not after.provisional
    assert after.due_on == date(2027, 1, 8)
    worked = count(calendar_for([tmp_path / "本级"]), start, parse_limit("21wd"))
    assert worked.due_on == date(2027, 1, 9), "调休上班的星期六计入"


def test_the_loaded_rulebook_has_the_new_year_too(tmp_path: Path) -> None:
    over = overlay(tmp_path, "本级", NOTICE, "calendar/2027.yaml")
    assert 2027 in load_rulebook([over]).calendar.noticed
    assert load_rulebook([over]).hashes["calendar"] != load_rulebook().hashes["calendar"]


FAULTY = {
    "an unknown key": ("source: read", "sorce: read", 6),
    "an unknown source": ("source: read", "source: heard", 6),
    "no such day": ("to: 2027-01-03", "to: 2027-02-30", 8),
    "a day that is a word": ("on: 2027-01-09", "on: 星期六", 10),
    "days the wrong way round": ("to: 2027-01-03", "to: 2026-12-31", 8),
    "a key written twice": ("year: 2027", "year: 2027\nyear: 2027", 2),
    "broken syntax": ("{on: 2027-01-09, holiday: 元旦}", "{on: 2027-01-09, holiday: 元旦]", 10),
    "no year": ("year: 2027\n", "", 1),
    "rest days of another year": ("from: 2027-01-01, to: 2027-01-03", "from: 2037-01-01, to: 2037-01-03", 8),
    "a name of another year": ("year: 2027", "year: 2072", 1),
}


@pytest.mark.parametrize("change", FAULTY.values(), ids=FAULTY)
def test_a_malformed_notice_is_refused_on_its_line(change: tuple[str, str, int], tmp_path: Path) -> None:
    old, new, line = change
    over = overlay(tmp_path, "本级", NOTICE.replace(old, new), "calendar/2027.yaml")
    with pytest.raises(RulebookError) as refused:
        calendar_for([over])
    faults = refused.value.faults
    assert line in [fault.line for fault in faults]
    assert all(fault.file.endswith("2027.yaml") and fault.suggestion for fault in faults)


@pytest.mark.parametrize("days", ['["13-01"]', '["02-30"]', '["元旦"]', "[5]", "五一"])
def test_malformed_days_for_every_year_are_refused(days: str, tmp_path: Path) -> None:
    over = overlay(tmp_path, "本级", f"fixed_days: {days}\n", "calendar/provisional.yaml")
    with pytest.raises(RulebookError) as refused:
        calendar_for([over])
    assert refused.value.faults[0].file.endswith("provisional.yaml")
