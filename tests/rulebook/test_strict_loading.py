"""A malformed rule file is refused, with the file, the line of the fault, what is wrong and how to mend it."""

import pytest

from auditor.rulebook.loading import load_rulebook
from tests.rulebook.trial import Shelf, faults_of, is_chinese, line_of

SETTINGS = """\
org.office: {question: 算在哪个单位名下, type: text, default: 局办公室}
rectify.minor: {question: 多长时间内整改, type: limit, default: 10 working days}
report.dedupe: {question: 合并还是分列, options: {grouped: 合并, separate: 分列}, default: grouped}
effective.as_if_from: {question: 假设自哪一天起施行, type: date, default: null}
tst.reading: {question: 怎样理解, options: {strict: 从严, open: 从宽}, default: strict}
tst.limit: {question: 按几日计, type: limit, default: 5 working days}
"""

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
  lookup:
    asked_on:
      log: consultations
      by:
        request_id: request_id
      field: sent_on
      otherwise: registered_on
  when:
    outcome: 予以公开
    items:
      at_least: 1
    registered_on:
      not_after: 2030-01-01
  deadline:
    from: received_on
    to:
    - replied_on
    within: 20 working days
    extension:
      approved: extension_approved_on
      notified: extension_notified_on
      days: extension_days
    tolling:
      log: consultations
      by: request_id
      sent: sent_on
      answered: answered_on
  liable: 局办公室
  remedy: 立即答复
- id: TST-2
  clause: 第二条
  title: 公开前经过审核
  severity: minor
  log: publications
  trigger: published_on
  counterpart:
    log: reviews
    by:
      unit: review_id
      publication_id: publication_id
    where:
      conclusion: 同意公开
      director_on:
        not_after: {home: formed_on}
- id: TST-3
  clause: 第三条
  title: 要求保密的留言不公开
  severity: info
  log: messages
  trigger: received_on
  content:
    any:
    - confidential: 是
    - setting: tst.reading
      is: strict
  cases:
  - given: {confidential: 是}
    expect: met
"""


@pytest.fixture
def shelf(shelf: Shelf) -> Shelf:
    """The rulebook with this module's rules unless others are given."""
    return lambda rules=RULES, name="bureau/x.yaml", settings=SETTINGS: shelf(rules, name, settings)


def changed(old: str, new: str) -> str:
    """The rule file with one place changed."""
    assert RULES.count(old) == 1, old
    return RULES.replace(old, new)


def test_the_small_rulebook_is_itself_sound(shelf: Shelf) -> None:
    book = load_rulebook([shelf()])
    assert [rule.id for rule in book.rules] == ["TST-1", "TST-2", "TST-3"]
    assert book.placed["TST-2"].line == line_of(RULES, "id: TST-2")


# What is changed, into what, the wrong word, a word of the suggestion.
MISSPELT = {
    "key of a rule": ("  severity: major", "  severty: major", "severty", "severity"),
    "key of a deadline": ("    within: 20", "    withn: 20", "withn", "within"),
    "key of an extension": ("      notified: ", "      notifed: ", "notifed", "notified"),
    "key of a counterpart": ("    where:\n", "    were:\n", "were", "where"),
    "key of a case": ("    expect: met", "    expct: met", "expct", "expect"),
    "key of the regulation": ("  name: 试验制度", "  nmae: 试验制度", "nmae", "name"),
    "field in a condition": ("    outcome: 予以", "    outcom: 予以", "outcom", "outcome"),
    "field before an operator": ("    items:", "    itmes:", "itmes", "items"),
    "field in a list of conditions": ("- confidential:", "- confidental:", "confidental", "confidential"),
    "start of a deadline": ("    from: received_on", "    from: recieved_on", "recieved_on", "received_on"),
    "act of a deadline": ("    - replied_on", "    - repliedon", "repliedon", "replied_on"),
    "field of an extension": ("days: extension_days", "days: extension_dys", "extension_dys", "extension_days"),
    "field of a tolling log": ("      sent: sent_on", "      sent: send_on", "send_on", "sent_on"),
    "link of a tolling log": ("      by: request_id", "      by: reqest_id", "reqest_id", "request_id"),
    "log of a tolling": ("tolling:\n      log: consu", "tolling:\n      log: cosnu", "cosnu", "consultations"),
    "trigger": ("  trigger: published_on", "  trigger: publishd_on", "publishd_on", "published_on"),
    "own field of a link": ("      unit: review_id", "      unt: review_id", "unt", "unit"),
    "other field of a link": ("      unit: review_id", "      unit: reviw_id", "reviw_id", "review_id"),
    "field of a counterpart": ("      conclusion:", "      conclusions:", "conclusions", "conclusion"),
    "home field of a counterpart": ("{home: formed_on}", "{home: formd_on}", "formd_on", "formed_on"),
    "log of a counterpart": ("    log: reviews", "    log: revews", "revews", "reviews"),
    "log of a lookup": ("asked_on:\n      log: consu", "asked_on:\n      log: cosnu", "cosnu", "consultations"),
    "field of a lookup": ("      field: sent_on", "      field: sended_on", "sended_on", "sent_on"),
    "otherwise of a lookup": ("otherwise: registered_on", "otherwise: registerd_on", "registerd_on", "registered_on"),
    "log of a rule": ("  log: messages", "  log: mesages", "mesages", "messages"),
    "setting": ("setting: tst.reading", "setting: tst.readng", "tst.readng", "tst.reading"),
    "value of a setting": ("      is: strict", "      is: stricter", "stricter", "strict"),
    "operator": ("      at_least: 1", "      atleast: 1", "atleast", "at_least"),
    "option of a field": ("outcome: 予以公开", "outcome: 予以公布", "予以公布", "予以公开"),
    "option in a counterpart": ("conclusion: 同意公开", "conclusion: 同意公布", "同意公布", "同意公开"),
    "severity": ("  severity: major", "  severity: majr", "majr", "major"),
    "status of a case": ("    expect: met", "    expect: mett", "mett", "met"),
}


@pytest.mark.parametrize("change", MISSPELT.values(), ids=MISSPELT)
def test_a_misspelt_word_is_shown_on_its_line_with_the_word_that_was_meant(
    change: tuple[str, str, str, str], shelf: Shelf
) -> None:
    old, new, wrong, meant = change
    text = changed(old, new)
    faults = faults_of(lambda: load_rulebook([shelf(text)]))
    line = text[: RULES.index(old) + new.index(wrong)].count("\n") + 1
    about = [fault for fault in faults if wrong in fault.problem]
    assert {(fault.file, fault.line) for fault in about} == {("规则/bureau/x.yaml", line)}
    assert all(is_chinese(fault.problem) for fault in about)
    assert all(meant in fault.suggestion for fault in about)


MISFIT = {
    "counting a text": ("    items:\n      at_least: 1", "    description:\n      at_least: 1", "at_least: 1"),
    "a date test on an option": (
        "    registered_on:\n      not_after",
        "    applicant_kind:\n      not_after",
        "not_after: 2030",
    ),
    "a list test on an option": ("    outcome: 予以公开", "    outcome: {has: 予以公开}", "has: 予以公开"),
    "an equality on a list": (
        "    any:\n    - confidential: 是",
        "    any:\n    - accused: 某人",
        "accused: 某人",
    ),
    "a mention in a date": ("not_after: 2030-01-01", "mentions: {field: description}", "mentions"),
    "a word after a date test": ("not_after: 2030-01-01", "not_after: 明年", "明年"),
    "a word where a flag stands": ("- confidential: 是", "- confidential: 对", "- confidential: 对"),
    "a number for recorded": ("not_after: 2030-01-01", "recorded: 1", "recorded: 1"),
    "a list after a comparison": ("at_least: 1", "at_least: [1, 2]", "at_least: [1, 2]"),
    "an empty test": ("    outcome: 予以公开", "    outcome:", "    outcome:"),
    "a setting test mixed with fields": ("      is: strict", "      is: strict\n      unit: 办公室", "setting: tst"),
    "a setting held against a number": ("      is: strict", "      in: 5", "in: 5"),
}


@pytest.mark.parametrize("change", MISFIT.values(), ids=MISFIT)
def test_a_test_that_does_not_fit_its_field_is_refused_where_it_stands(
    change: tuple[str, str, str], shelf: Shelf
) -> None:
    old, new, wrong = change
    text = changed(old, new)
    faults = faults_of(lambda: load_rulebook([shelf(text)]))
    assert [(fault.file, fault.line) for fault in faults] == [("规则/bureau/x.yaml", line_of(text, wrong))]
    assert is_chinese(faults[0].problem)


@pytest.mark.parametrize(
    "limit", ["five working days", "-5 working days", "5 workdays", "1.5 days", "5", "days", "99999 days", "''"]
)
def test_a_limit_that_is_no_number_with_a_unit_is_refused(limit: str, shelf: Shelf) -> None:
    text = changed("within: 20 working days", f"within: {limit}")
    faults = faults_of(lambda: load_rulebook([shelf(text)]))
    assert [fault.line for fault in faults] == [line_of(text, "    within:")]
    assert limit.strip("'") in faults[0].problem and is_chinese(faults[0].problem)
    assert "5 working days" in faults[0].suggestion


@pytest.mark.parametrize(
    "limit",
    [
        "{setting: tst.limit, unit: weeks}",
        "{settng: tst.limit}",
        "{field: items, unit: working days}",
        "{field: items, unit: working days, otherwise: soon}",
    ],
)
def test_a_limit_from_elsewhere_is_checked_like_every_other_key(limit: str, shelf: Shelf) -> None:
    text = changed("within: 20 working days", f"within: {limit}")
    faults = faults_of(lambda: load_rulebook([shelf(text)]))
    assert {fault.line for fault in faults} == {line_of(text, "    within:")}
    assert all(is_chinese(fault.problem) for fault in faults), faults


@pytest.mark.parametrize("names", ["", "5", "{replied_on: 1}", "[]", "[received_on, [replied_on]]"])
@pytest.mark.parametrize("key", ["from", "trigger"])
def test_names_of_fields_must_be_words(key: str, names: str, shelf: Shelf) -> None:
    """A key with nothing after it, a number or a mapping names no field."""
    old = {"from": "from: received_on", "trigger": "trigger: published_on"}[key]
    text = changed(old, f"{key}: {names}")
    faults = faults_of(lambda: load_rulebook([shelf(text)]))
    assert faults[0].file == "规则/bureau/x.yaml" and is_chinese(faults[0].problem)


def test_a_rule_with_two_duties_is_refused_at_its_first_line(shelf: Shelf) -> None:
    text = changed("  trigger: published_on\n", "  trigger: published_on\n  prohibition: {secrecy: 秘密}\n")
    (fault,) = faults_of(lambda: load_rulebook([shelf(text)]))
    assert fault.line == line_of(text, "id: TST-2")
    assert "prohibition" in fault.problem and "counterpart" in fault.problem


def test_a_rule_without_a_duty_is_refused_at_its_first_line(shelf: Shelf) -> None:
    text = changed("  content:\n    any:\n    - confidential: 是\n    - setting: tst.reading\n      is: strict\n", "")
    (fault,) = faults_of(lambda: load_rulebook([shelf(text)]))
    assert fault.line == line_of(text, "id: TST-3")
    assert "无" in fault.problem and "deadline" in fault.suggestion
