"""`tariffs.yaml` is checked when loaded: every fault with its file, its line and what to do."""

from pathlib import Path

import pytest

from auditor.rulebook.loading import load_rulebook
from auditor.shipped import shipped
from tests.rulebook.trial import Shelf, faults_of, is_chinese

TARIFFS = """\
tariffs:
  fee:
    zh: 试
    versions:
    - in_force_from: 2021-01-01
      in_force_until: 2024-12-31
      basis: 某文
      methods:
        按量:
          unit: 页
          steps:
          - {up_to: 30, each: 0}
          - {up_to: 100, each: 10}
          - {each: 20, every: 10, more: 5}
    - in_force_from: 2025-01-01
      basis: 另一文
      methods:
        按量: {unit: 页, steps: [{each: 1}]}
"""
RULE = """\
regulation: {code: TST, name: 试验制度, in_force_from: 2020-12-02}
rules:
- id: TST-1
  clause: 第一条
  title: 依标准收费
  severity: major
  log: requests
  trigger: fee_paid_on
  tariff:
    table: fee
    amount: fee_amount
    method: fee_method
    count: {按量: fee_pages}
  cases: []
"""


def load(shelf: Shelf, tariffs: str = TARIFFS, rule: str = RULE) -> Path:
    """A rulebook with these tariffs and this rule."""
    root = shelf(rule)
    (root / "tariffs.yaml").write_text(tariffs, "utf-8")
    return root


def test_a_sound_file_is_read(shelf: Shelf) -> None:
    tariff = load_rulebook([load(shelf)]).tariffs["fee"]
    assert [len(version.methods["按量"].steps) for version in tariff.versions] == [3, 1]


def test_a_rulebook_without_tariffs_of_its_own_has_the_shipped_ones(shelf: Shelf) -> None:
    root = shelf(RULE.replace("table: fee", "table: information_fee"))
    assert set(load_rulebook([root]).tariffs) == set(load_rulebook().tariffs)


def test_another_tariff_is_another_rulebook(tmp_path: Path) -> None:
    over = tmp_path / "本级"
    over.mkdir()
    text = (shipped("rules") / "tariffs.yaml").read_text("utf-8").replace("each: 40", "each: 41")
    (over / "tariffs.yaml").write_text(text, "utf-8")
    assert load_rulebook([over]).hashes["tariffs"] != load_rulebook().hashes["tariffs"]


WRONG = {
    "steps that do not rise": ("up_to: 100", "up_to: 30", 9),
    "an end that is not the last": ("{up_to: 30, each: 0}", "{each: 0}", 9),
    "no step without end": ("{each: 20, every: 10, more: 5}", "{up_to: 200, each: 20}", 9),
    "every without more": ("every: 10, more: 5", "every: 10", 14),
    "a rise that ends": ("{each: 20, every", "{up_to: 200, each: 20, every", 14),
    "a price below nothing": ("each: 10}", "each: -10}", 13),
    "a price that is a word": ("each: 10}", "each: 十}", 13),
    "an unknown key": ("each: 10}", "eech: 10}", 13),
    "no unit": ("          unit: 页\n", "", 9),
    "days the wrong way round": ("in_force_until: 2024-12-31", "in_force_until: 2020-12-31", 2),
    "versions that overlap": ("in_force_until: 2024-12-31", "in_force_until: 2025-06-30", 2),
    "an earlier version without end": ("      in_force_until: 2024-12-31\n", "", 2),
    "no versions": (TARIFFS[TARIFFS.index("    versions") :], "    versions: []\n", 4),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_faulty_tariff_is_refused_on_its_line(wrong: tuple[str, str, int], shelf: Shelf) -> None:
    old, new, line = wrong
    assert old in TARIFFS
    faults = faults_of(lambda: load_rulebook([load(shelf, TARIFFS.replace(old, new, 1))]))
    assert line in [fault.line for fault in faults]
    assert all(fault.file.endswith("tariffs.yaml") and is_chinese(fault.problem) for fault in faults)


MISFITS = {
    "no such tariff": ("table: fee", "table: fees", 10),
    "no such method": ("按量: fee_pages", "按件: fee_pages", 13),
    "no such field": ("amount: fee_amount", "amount: fee_amont", 11),
    "not a number": ("amount: fee_amount", "amount: fee_basis", 9),
    "no trigger": ("  trigger: fee_paid_on\n", "", 3),
}


@pytest.mark.parametrize("wrong", MISFITS.values(), ids=MISFITS)
def test_a_rule_that_does_not_fit_the_tariffs_is_refused_on_its_line(wrong: tuple[str, str, int], shelf: Shelf) -> None:
    old, new, line = wrong
    faults = faults_of(lambda: load_rulebook([load(shelf, rule=RULE.replace(old, new, 1))]))
    assert [fault.line for fault in faults] == [line]
    assert all(fault.file.endswith("x.yaml") and fault.suggestion for fault in faults)
