"""An office's settings choose among the options; anything else is refused on its line."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from auditor.errors import RulebookError
from auditor.evaluation.cases import run_rule
from auditor.evaluation.days import DayTables
from auditor.rulebook.book import Rulebook
from auditor.rulebook.loading import load_rulebook
from auditor.shipped import shipped

SETTINGS = """\
org.office: {question: 算在哪个单位名下, type: text, default: 局办公室}
rectify.minor: {question: 多长时间内整改, type: limit, default: 10 working days}
report.dedupe: {question: 合并还是分列, options: {grouped: 合并, separate: 分列}, default: grouped}
effective.as_if_from: {question: 假设自哪一天起施行, type: date, default: null}
tst.reading: {question: 怎样理解, options: {strict: 从严, open: 从宽}, default: strict}
tst.switch: {question: 是否计算, options: {true: 计算, false: 不计算}, default: true}
tst.limit: {question: 按几日计, type: limit, default: 5 working days}
tst.number: {question: 几次, type: number, default: 3}
tst.forms: {question: 哪些方式, type: list, default: [公告, 函件]}
tst.days: {question: 哪些日子, type: dates, default: []}
"""
RULES = """\
regulation: {code: TST, name: 试验制度, in_force_from: 2020-12-02}
rules:
- id: TST-1
  clause: 第一条
  title: 及时答复
  severity: major
  log: requests
  deadline: {from: received_on, to: replied_on, within: {setting: tst.limit}}
  cases:
  - {given: {received_on: 2025-03-03, replied_on: 2025-03-10}, expect: met}
"""


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Rulebook]:
    """Load a small rulebook with the settings file of the text given."""

    def with_settings(text: str | bytes = "", own: str = SETTINGS, rules: str = RULES) -> Rulebook:
        root = tmp_path / "规则"
        root.mkdir(exist_ok=True)
        shutil.copyfile(shipped("rules") / "logs.yaml", root / "logs.yaml")
        (root / "same_fact.yaml").write_text("groups: []\n", "utf-8")
        (root / "settings.yaml").write_text(own, "utf-8")
        (root / "bureau").mkdir(exist_ok=True)
        (root / "bureau" / "x.yaml").write_text(rules, "utf-8")
        chosen = tmp_path / "本级设置.yaml"
        chosen.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_rulebook([root], chosen)

    return with_settings


def test_a_key_may_be_written_flat_or_nested(load: Callable[..., Rulebook]) -> None:
    flat = load("tst.reading: open\ntst.limit: 7 working days\n").values
    nested = load("tst:\n  reading: open\n  limit: 7 working days\n").values
    assert flat == nested
    assert (flat["tst.reading"], flat["tst.limit"], flat["tst.number"]) == ("open", "7 working days", 3)


def test_an_empty_settings_file_changes_nothing(load: Callable[..., Rulebook]) -> None:
    assert load("# 暂无\n").values["tst.reading"] == "strict"


def test_dates_are_taken_as_dates_and_shown_as_the_office_writes_them(load: Callable[..., Rulebook]) -> None:
    book = load("tst.days: [2025-03-03, 2025-03-04]\n")
    assert book.values["tst.days"] == (date(2025, 3, 3), date(2025, 3, 4))
    assert book.settings["tst.days"].shown(book.values["tst.days"]) == "2025-03-03、2025-03-04"
    assert book.settings["tst.days"].shown(()) == "无"


def test_the_readings_of_the_clock_come_from_the_settings_file(tmp_path: Path) -> None:
    chosen = tmp_path / "本级设置.yaml"
    chosen.write_text("clock:\n  workday: weekdays\n  first_day: same\n  extra: [2025-03-20]\n", "utf-8")
    calendar = load_rulebook([], chosen).calendar
    assert calendar.first_day_counts
    assert calendar.is_working(date(2025, 1, 29)) and not calendar.is_working(date(2025, 3, 20))
    assert load_rulebook().calendar is not calendar and not load_rulebook().calendar.is_working(date(2025, 1, 29))


@pytest.mark.parametrize("nested", [False, True], ids=["flat", "nested"])
def test_an_unknown_key_is_refused_on_its_line_with_the_key_that_was_meant(
    nested: bool, load: Callable[..., Rulebook]
) -> None:
    text = "tst:\n  number: 4\n  readng: open\n" if nested else "# 口径\ntst.number: 4\ntst.readng: open\n"
    with pytest.raises(RulebookError) as refused:
        load(text)
    (fault,) = refused.value.faults
    assert fault.file.endswith("本级设置.yaml") and fault.line == 3
    assert "tst.readng" in fault.problem and "tst.reading" in fault.suggestion
    assert refused.value.exit_code == 4


WRONG = {
    "not an option": ("tst.reading: opn", "strict、open"),
    "a list for an option": ("tst.reading: [strict, open]", "strict、open"),
    "a mapping for an option": ("tst.reading: {strict: open}", "strict、open"),
    "a word for a switch": ("tst.switch: 计算", "True、False"),
    "nothing for an option": ("tst.reading:", "strict、open"),
    "a word for a limit": ("tst.limit: soon", "5 working days"),
    "a bare number for a limit": ("tst.limit: 7", "5 working days"),
    "a list for a limit": ("tst.limit: [5 working days]", "5 working days"),
    "a word for a number": ("tst.number: 三", "5"),
    "a fraction for a number": ("tst.number: 2.5", "5"),
    "yes for a number": ("tst.number: true", "5"),
    "a word for a list": ("tst.forms: 公告", "[值, 值]"),
    "a word for a date": ("effective.as_if_from: 去年", "2020-12-02"),
    "a number for a date": ("effective.as_if_from: 2020", "2020-12-02"),
    "a list for a text": ("org.office: [甲, 乙]", ""),
    "one date for dates": ("tst.days: 2025-03-03", "[2025-03-03, 2025-03-04]"),
    "words for dates": ("tst.days: [三月三]", "[2025-03-03, 2025-03-04]"),
    "a date outside the calendar": ("tst.days: [2125-03-03]", "年份"),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_value_that_the_setting_cannot_take_is_refused_with_what_it_can(
    wrong: tuple[str, str], load: Callable[..., Rulebook]
) -> None:
    text, suggestion = wrong
    with pytest.raises(RulebookError) as refused:
        load(f"rectify.minor: 5 working days\n\n{text}\n")
    (fault,) = refused.value.faults
    assert fault.file.endswith("本级设置.yaml") and fault.line == 3
    assert suggestion in fault.suggestion


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("tst.number: 4\ntst.number: 5\n", 2),
        ("tst.number: 4\n tst.limit: 5d\n", 2),
        ("- tst.number\n", 1),
        ("只有一句话\n", 1),
        ("tst.number: 4\n".encode("utf-16"), 1),
        ("org.office: 办公室\n".encode("gb18030"), 1),
    ],
    ids=["key twice", "bad indent", "a list", "a word", "UTF-16", "GB18030"],
)
def test_a_settings_file_that_cannot_be_read_is_refused(
    text: str | bytes, line: int, load: Callable[..., Rulebook]
) -> None:
    with pytest.raises(RulebookError) as refused:
        load(text)
    assert [fault.line for fault in refused.value.faults] == [line]
    assert refused.value.faults[0].file.endswith("本级设置.yaml")


def test_a_settings_file_that_does_not_exist_is_refused() -> None:
    with pytest.raises(RulebookError, match=r"没有\.yaml"):
        load_rulebook([], Path("没有.yaml"))


DEFINITIONS: dict[str, tuple[str, str]] = {
    "a default outside the options": ("default: strict}", "default: lax}"),
    "a default of the wrong type": ("type: number, default: 3", "type: number, default: 三"),
    "an unknown type": ("type: number", "type: numbr"),
    "an unknown key": ("{question: 几次", "{questin: 几次"),
}


@pytest.mark.parametrize("change", DEFINITIONS.values(), ids=DEFINITIONS)
def test_a_setting_is_defined_without_contradiction(change: tuple[str, str], load: Callable[..., Rulebook]) -> None:
    old, new = change
    own = SETTINGS.replace(old, new)
    with pytest.raises(RulebookError) as refused:
        load(own=own)
    line = own[: own.index(new)].count("\n") + 1
    assert {fault.line for fault in refused.value.faults} == {line}
    assert all(fault.file.endswith("settings.yaml") for fault in refused.value.faults)


CASES: dict[str, Any] = {
    "an unknown setting": "settings: {tst.limt: 7 working days}, given: {received_on: 2025-03-03}",
    "a value outside the options": "settings: {tst.reading: lax}, given: {received_on: 2025-03-03}",
    "an unknown field": "given: {recived_on: 2025-03-03}",
    "an unknown option": "given: {received_on: 2025-03-03, outcome: 予以公布}",
    "a word for a date": "given: {received_on: 三月三日}",
    "an unknown linked log": "given: {received_on: 2025-03-03}, with: {reviws: [{review_id: 1}]}",
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_case_that_cannot_stand_in_the_logs_is_a_fault_of_the_rulebook(
    case: str, load: Callable[..., Rulebook]
) -> None:
    """Refused when it is loaded or when the cases are run, but never passed over and never a crash."""
    rules = RULES + f"  - {{{case}, expect: pending, as_of: 2025-03-04}}\n"
    with pytest.raises(RulebookError) as refused:
        book = load(rules=rules)
        for rule in book.rules:
            run_rule(book, rule, DayTables())
    assert refused.value.faults[0].file.endswith("x.yaml")


def test_a_what_if_day_brings_every_rule_into_force_from_it(load: Callable[..., Rulebook]) -> None:
    book = load("effective.as_if_from: 2019-05-15\n")
    assert book.in_force(book.rules[0]) == (date(2019, 5, 15), None)
