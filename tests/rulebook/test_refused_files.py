"""A file that cannot be used as it stands is refused as a whole: broken syntax, repeated ids and keys, encoding."""

import pytest

from auditor.rulebook.loading import load_rulebook
from tests.rulebook.trial import Shelf, faults_of, is_chinese, line_of

RULES = """\
regulation:
  code: TST
  name: 试验制度
  in_force_from: 2020-12-02
rules:
- id: TST-1
  clause: 第一条
  title: 收到申请之日起20个工作日内答复
  severity: major
  log: requests
  when:
    outcome: 予以公开
  deadline: {from: received_on, to: replied_on, within: 20 working days}
- id: TST-2
  clause: 第二条
  title: 公开前经过审核
  severity: minor
  log: publications
  trigger: published_on
  counterpart:
    log: reviews
    by: {publication_id: publication_id}
    where:
      conclusion: 同意公开
"""


@pytest.fixture
def shelf(shelf: Shelf) -> Shelf:
    """The rulebook with this module's rules unless others are given."""
    return lambda rules=RULES, name="bureau/x.yaml": shelf(rules, name)


def changed(old: str, new: str) -> str:
    """The rule file with one place changed."""
    assert RULES.count(old) == 1, old
    return RULES.replace(old, new)


def test_one_id_twice_in_a_file_is_refused_at_the_second(shelf: Shelf) -> None:
    text = changed("- id: TST-2", "- id: TST-1")
    (fault,) = faults_of(lambda: load_rulebook([shelf(text)]))
    lines = text.splitlines()
    assert fault.line == len(lines) - lines[::-1].index("- id: TST-1")
    assert f"第{lines.index('- id: TST-1') + 1}行" in fault.problem
    assert fault.suggestion


def test_one_id_in_two_files_is_refused_and_both_places_are_named(shelf: Shelf) -> None:
    other = RULES.replace("TST-1", "TST-7")
    shelf()
    (fault,) = faults_of(lambda: load_rulebook([shelf(other, "national/y.yaml")]))
    assert (fault.file, fault.line) == ("规则/national/y.yaml", line_of(other, "id: TST-2"))
    assert "规则/bureau/x.yaml" in fault.problem and f"第{line_of(RULES, 'id: TST-2')}行" in fault.problem


def test_a_key_written_twice_is_refused_at_the_second(shelf: Shelf) -> None:
    text = changed("  severity: minor\n", "  severity: minor\n  severity: critical\n")
    (fault,) = faults_of(lambda: load_rulebook([shelf(text)]))
    assert (fault.line, fault.suggestion) == (line_of(text, "severity: critical"), "删去其中一个")
    assert "severity" in fault.problem


@pytest.mark.parametrize(
    ("new", "wrong"),
    [
        ("    outcome: 予以: 公开", "予以: 公开"),
        ("\toutcome: 予以公开", "\toutcome"),
        ("    outcome: @予以公开", "@予以公开"),
        ("    outcome: *nowhere", "*nowhere"),
        ("    outcome: 予以\x00公开", "予以\x00公开"),
        ("    outcome: 2025-13-45", "2025-13-45"),
    ],
    ids=["colon", "tab", "reserved sign", "unknown alias", "control character", "no such date"],
)
def test_broken_yaml_is_refused_on_its_line(new: str, wrong: str, shelf: Shelf) -> None:
    text = changed("    outcome: 予以公开", new)
    (fault,) = faults_of(lambda: load_rulebook([shelf(text)]))
    assert (fault.file, fault.line) == ("规则/bureau/x.yaml", line_of(text, wrong))
    assert fault.suggestion


def test_a_file_that_contains_itself_is_refused(shelf: Shelf) -> None:
    text = changed("when:\n    outcome: 予以公开\n", "when: &all\n    outcome: 予以公开\n    not: *all\n")
    (fault,) = faults_of(lambda: load_rulebook([shelf(text)]))
    assert fault.file == "规则/bureau/x.yaml"


def test_what_is_referred_to_means_the_same_as_if_it_stood_there_twice(shelf: Shelf) -> None:
    text = changed("  when:\n    outcome: 予以公开\n", "  when: &only\n    outcome: 予以公开\n")
    twice = text + "- id: TST-3\n" + RULES.split("- id: TST-1\n")[1].split("- id: TST-2")[0]
    twice = twice.replace("  when:\n    outcome: 予以公开\n", "  when: *only\n")
    book = load_rulebook([shelf(twice)])
    when = book.placed["TST-1"].rule.when
    assert when is not None and book.placed["TST-3"].rule.when == when


def test_a_fault_in_what_is_referred_to_is_shown_where_it_stands(shelf: Shelf) -> None:
    text = changed("    by: {publication_id: publication_id}\n", "    by: &key {publication_id: publication_id}\n")
    text = text.replace("      conclusion: 同意公开\n", "      conclusion:\n        of: *key\n")
    (fault,) = faults_of(lambda: load_rulebook([shelf(text)]))
    assert "of" in fault.problem and fault.line in (line_of(text, "of: *key"), line_of(text, "&key"))


def test_references_that_multiply_are_refused_before_they_fill_the_memory(shelf: Shelf) -> None:
    bomb = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
    )
    (fault,) = faults_of(lambda: load_rulebook([shelf(bomb + RULES)]))
    assert fault.file == "规则/bureau/x.yaml" and fault.line == line_of(bomb, "a5:")
    assert "引用" in fault.problem and fault.suggestion


@pytest.mark.parametrize(
    ("old", "new"),
    [("  severity: major\n", "  severity: &s major\n  remedy: &s 补\n"), ("- id: TST-2\n", "---\nid: TST-2\n")],
    ids=["name given twice", "second document"],
)
def test_names_and_documents_stand_once(old: str, new: str, shelf: Shelf) -> None:
    text = changed(old, new)
    (fault,) = faults_of(lambda: load_rulebook([shelf(text)]))
    assert fault.line == line_of(text, new.splitlines()[-1 if "remedy" in new else 0])


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_a_file_that_is_not_utf8_is_refused(encoding: str, shelf: Shelf) -> None:
    (fault,) = faults_of(lambda: load_rulebook([shelf(RULES.encode(encoding))]))
    assert (fault.file, fault.line) == ("规则/bureau/x.yaml", 1)
    assert "UTF-8" in fault.problem and "UTF-8" in fault.suggestion


@pytest.mark.parametrize("text", ["", "# 尚未写\n", "- 1\n", "规则\n", "rules: []\n", "regulation:\nrules:\n"])
def test_a_file_without_the_parts_of_a_rule_file_is_refused(text: str, shelf: Shelf) -> None:
    faults = faults_of(lambda: load_rulebook([shelf(text)]))
    assert {fault.file for fault in faults} == {"规则/bureau/x.yaml"}
    assert all(is_chinese(fault.problem) for fault in faults)


def test_every_fault_of_every_file_is_reported_at_once_in_order(shelf: Shelf) -> None:
    shelf(changed("outcome: 予以公开", "outcom: 予以公开").replace("conclusion:", "conclusions:"))
    other = RULES.replace("TST-", "TSU-").replace("log: requests", "log: reqests")
    faults = faults_of(lambda: load_rulebook([shelf(other, "national/y.yaml")]))
    assert [fault.file for fault in faults] == ["规则/bureau/x.yaml"] * 2 + ["规则/national/y.yaml"]
    assert faults == sorted(faults, key=lambda fault: (fault.file, fault.line))


def test_a_group_of_rules_that_names_an_unknown_rule_is_refused(shelf: Shelf) -> None:
    root = shelf()
    (root / "same_fact.yaml").write_text("groups:\n- fact: 迟延\n  rules: [TST-1, TST-22]\n", "utf-8")
    (fault,) = faults_of(lambda: load_rulebook([root]))
    assert fault.file.endswith("same_fact.yaml") and fault.line in (2, 3)
    assert "TST-22" in fault.problem and "TST-2" in fault.suggestion
