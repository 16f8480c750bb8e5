"""The letters: one to each unit with breaches, with its problems and nobody else's, under a name any disk takes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import PureWindowsPath

import pytest
from docx.oxml.ns import qn

from auditor.domain.audit import HIDDEN_UNIT, Audience, Audit, Issue
from auditor.domain.obligation import Severity, Status
from auditor.reporting.official.filenames import file_names
from tests.reporting.conftest import finding
from tests.reporting.wordfiles import letters_of, lines, root, text

ISSUE = Issue(issuer="局政务公开领导小组办公室", basis="《政务公开工作制度》第七条")
LETTER = "整改通知-办公室.docx"
HOSTILE_UNITS = (
    "a/b",
    "a\\b",
    "a:b",
    "a_b",
    "A_B",
    "ａ＿ｂ",
    "..",
    ".",
    "",
    " ",
    "科室.",
    "科室",
    "CON",
    "名\u202e倒",
    "名\ud800",
    "名\x00",
    "长" * 5000,
    "长" * 5001,
    "换\n行",
    '科"室<>|?*',
)


@pytest.fixture
def two_units(altered: Callable[..., Audit]) -> Audit:
    """An office with a late reply and a unit with another breach and something that cannot be verified."""
    findings = (
        finding("F-1", rectify_by="2026-01-15"),
        finding("F-2", unit="市场科", records=("SQ-002",), rectify_by="2026-01-15", remedy="立即答复"),
        finding("F-3", unit="市场科", records=("SQ-003",), severity=Severity.MAJOR, rectify_by="2026-01-20"),
        finding("F-4", unit="文物科", records=("SQ-004",), status=Status.UNVERIFIABLE),
    )
    units = {"办公室": {"met": 3, "breached": 1}, "市场科": {"met": 2, "breached": 2, "unverifiable": 4}}
    return altered({"units": units}, findings=findings, issue=ISSUE)


def test_each_unit_with_breaches_gets_its_own_letter_about_its_own_problems(two_units: Audit) -> None:
    letters = letters_of(two_units)
    assert set(letters) == {LETTER, "整改通知-市场科.docx"}
    office, market = text(letters[LETTER]), text(letters["整改通知-市场科.docx"])
    assert "SQ-001" in office and "SQ-002" not in office and "SQ-004" not in office
    assert "SQ-002" in market and "SQ-003" in market and "SQ-001" not in market
    assert "市场科：" in lines(letters["整改通知-市场科.docx"])


def test_the_unit_that_a_letter_is_sent_to_is_named_in_full(two_units: Audit) -> None:
    name = "某某市文化广电旅游局公共服务和非物质文化遗产保护与产业发展规划管理办公室第三工作组"
    (letter,) = letters_of(replace(two_units, findings=(finding("F-1", unit=name),))).values()
    assert len(name) > 30 and f"{name}：" in lines(letter)


def test_a_letter_says_what_how_much_and_by_when(two_units: Audit) -> None:
    market = text(letters_of(two_units)["整改通知-市场科.docx"])
    assert "发现你单位存在2个问题（严重1个、较重1个）。根据《政务公开工作制度》第七条" in market
    assert "已有结论的4项，违反2项，履行率为50.0%，即4项中已履行2项" in market
    assert "另有4项义务因台账缺少记载无法核实" in market
    assert "按所列期限（最早2026年1月15日，最迟2026年1月20日）完成" in market
    assert "立即答复" in market and "2025年12月31日" in market


def test_a_letter_has_the_head_and_the_lines_of_a_letter_and_no_number_on_its_first_page(two_units: Audit) -> None:
    letter = letters_of(two_units)[LETTER]
    head, foot = root(letter, "word/header-first.xml"), root(letter, "word/footer-first.xml")
    assert "".join(head.itertext()) == "局政务公开领导小组办公室" and "".join(foot.itertext()) == ""
    for part in (head, foot):
        lines_drawn = [each for each in part.iter(qn("w:bottom")) if each.get(qn("w:color")) == "FF0000"]
        assert len(lines_drawn) == 2
        wide = {int(each.get(qn("w:left"))) + int(each.get(qn("w:right"))) for each in part.iter(qn("w:ind"))}
        assert {round((8844 - outward) / 1440 * 25.4) for outward in wide} == {170}
    assert next(root(letter).iter(qn("w:titlePg"))) is not None
    assert "PAGE" in "".join(root(letter, "word/footer-default.xml").itertext())


def test_the_accused_unit_is_never_told_of_the_complaint(two_units: Audit) -> None:
    told = replace(two_units, audiences={"F-2": Audience.OFFICE})
    assert "SQ-002" not in "".join(map(text, letters_of(told).values()))
    assert "SQ-003" in text(letters_of(told)["整改通知-市场科.docx"])
    alone = replace(told, findings=tuple(each for each in two_units.findings if each.id != "F-3"))
    assert set(letters_of(alone)) == {LETTER}


def test_what_is_confided_stands_in_the_letter_of_its_unit_and_nowhere_else(two_units: Audit) -> None:
    (secret,) = [each for each in two_units.findings if each.id == "F-2"]
    hidden = secret.model_copy(update={"unit": HIDDEN_UNIT, "detail": "（已隐去）"})
    told = tuple(hidden if each.id == "F-2" else each for each in two_units.findings)
    safe = replace(two_units, findings=told, audiences={"F-2": Audience.UNIT}, confided=(secret,))
    letters = {name: text(letter) for name, letter in letters_of(safe).items()}
    assert [name for name, said in letters.items() if "SQ-002" in said] == ["整改通知-市场科.docx"]
    assert "其中1个问题涉及检举、控告类信件" in letters["整改通知-市场科.docx"]
    assert HIDDEN_UNIT not in "".join([*letters, *letters.values()])


def test_a_what_if_audit_asks_nobody_for_anything(two_units: Audit) -> None:
    assert letters_of(replace(two_units, summary={**two_units.summary, "as_if_from": "2020-01-01"})) == {}


def test_a_letter_lists_so_many_and_says_where_the_rest_is(two_units: Audit) -> None:
    many = tuple(finding(f"F-{n}", records=(f"SQ-{n}",)) for n in range(500))
    letter = text(letters_of(replace(two_units, findings=many))[LETTER])
    assert "以上列出200项，其余300项未在此列出" in letter


def test_a_name_that_windows_takes_is_kept() -> None:
    assert file_names("整改通知-{unit}", ["市场科", "文物科"], ".docx") == {
        "市场科": "整改通知-市场科.docx",
        "文物科": "整改通知-文物科.docx",
    }


def test_a_changed_name_is_the_same_whoever_else_gets_a_letter() -> None:
    alone = file_names("{unit}", ["甲/乙"], ".docx")["甲/乙"]
    assert alone.startswith("甲_乙-") and alone == file_names("{unit}", ["甲/乙", "丙"], ".docx")["甲/乙"]


def test_hostile_names_become_distinct_names_that_every_disk_takes() -> None:
    names = file_names("整改通知-{unit}", HOSTILE_UNITS, ".docx")
    assert set(names) == set(HOSTILE_UNITS)
    assert len({name.casefold() for name in names.values()}) == len(HOSTILE_UNITS)
    for name in names.values():
        assert PureWindowsPath(name).name == name and not PureWindowsPath(name).is_reserved()
        assert not set(name) & set('<>:"/\\|?*') and name.isprintable() and len(name.encode()) < 250
    assert names == file_names("整改通知-{unit}", reversed(HOSTILE_UNITS), ".docx")


def test_a_letter_goes_to_every_hostile_unit(two_units: Audit) -> None:
    found = tuple(finding(f"F-{n}", unit=unit) for n, unit in enumerate(HOSTILE_UNITS))
    letters = letters_of(replace(two_units, findings=found))
    assert len(letters) == len(HOSTILE_UNITS)
    for letter in letters.values():
        assert "发现你单位存在1个问题" in text(letter)
