"""A change that no case notices is found: planted weaknesses, one a kind of change, and rules that have none."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import pytest
from pydantic import Field

from auditor.domain.limit import parse_limit
from auditor.evaluation.mutation import mutation_test, unnoticed
from auditor.rulebook.book import Rulebook
from auditor.rulebook.conditionfield import Condition
from auditor.rulebook.limits import Within
from auditor.rulebook.mutants import mutants_of
from auditor.rulebook.rules import Rule
from auditor.rulebook.strict import Fields, Strict
from tests.evaluation.conftest import BookOf


def survivors(made: tuple[Rulebook, Rule]) -> list[str]:
    """What was changed in the rule without any of its cases failing."""
    book, rule = made
    return [mutant.change for mutant in unnoticed(book, rule, mutants_of(book, rule))]


def case(expect: str, given: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """One case; dates may be written as text."""
    return {"given": {name: _value(value) for name, value in given.items()}, "expect": expect, **more}


def _value(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) and value[:2] == "20" else value


DEADLINE = {"log": "requests", "deadline": {"from": "received_on", "to": "replied_on", "within": "5 working days"}}
PINNED = [
    case("met", {"received_on": "2025-03-03", "replied_on": "2025-03-10"}, severity="major"),
    case("breached", {"received_on": "2025-03-03", "replied_on": "2025-03-11"}, late=1),
]


def test_a_rule_whose_cases_pin_everything_has_no_survivor(book_of: BookOf) -> None:
    assert survivors(book_of({**DEADLINE, "cases": PINNED})) == []


def test_a_limit_without_its_boundary_is_found_in_both_directions(book_of: BookOf) -> None:
    far = [
        case("met", {"received_on": "2025-03-03", "replied_on": "2025-03-04"}, severity="major"),
        case("breached", {"received_on": "2025-03-03", "replied_on": "2025-06-03"}),
    ]
    assert survivors(book_of({**DEADLINE, "cases": far})) == [
        "deadline.within：5个工作日改为6个工作日",
        "deadline.within：5个工作日改为4个工作日",
        "deadline.within：5个工作日改为5日",
    ]


def test_a_severity_that_no_case_names_is_found(book_of: BookOf) -> None:
    silent = [{name: value for name, value in each.items() if name != "severity"} for each in PINNED]
    assert survivors(book_of({**DEADLINE, "cases": silent})) == [
        "severity：major 改为 critical",
        "severity：major 改为 minor",
    ]


def refused(ground: str | None, **more: Any) -> dict[str, Any]:
    """A refusal with its ground."""
    return {"replied_on": "2025-03-03", "refusal_ground": ground, **more}


CONTENT = {"log": "requests", "trigger": "replied_on", "content": {"reply_reason": {"recorded": True}}}
BASE = [
    case("met", refused("国家秘密", reply_reason="理由"), severity="major"),
    case("breached", refused("国家秘密", reply_reason=None)),
]


@pytest.mark.parametrize(
    ("when", "cases", "found"),
    [
        (
            {"refusal_ground": ["国家秘密", "商业秘密"]},
            [case("none", refused("个人隐私", reply_reason=None))],
            ["when：{refusal_ground: {in: [国家秘密, 商业秘密]}} 去掉“商业秘密”"],
        ),
        (
            {"refusal_ground": "国家秘密", "outcome": {"known": True}},
            [
                case("none", refused("个人隐私", reply_reason=None, outcome="不予公开")),
                case("breached", refused("国家秘密", reply_reason=None, outcome="不予公开")),
            ],
            None,
        ),
        (
            {"received_on": {"before": {"field": "replied_on"}}},
            [
                case("none", {"replied_on": "2025-03-03", "received_on": "2025-03-04", "reply_reason": None}),
                case("breached", {"replied_on": "2025-03-03", "received_on": "2025-03-02", "reply_reason": None}),
            ],
            ["when：{received_on: {before: {field: replied_on}}} 改为 not_after"],
        ),
        (
            {"items": {"at_least": 3}},
            [
                case("none", {"replied_on": "2025-03-03", "items": 1, "reply_reason": None}),
                case("breached", {"replied_on": "2025-03-03", "items": 9, "reply_reason": None}),
            ],
            ["when：{items: {at_least: 3}} 改为 more_than", "when：{items: {at_least: 3}} 改为 2"],
        ),
    ],
    ids=["a value of a list", "a condition that is always true", "an operator's neighbour", "a number"],
)
def test_a_weak_condition_is_found(
    when: Mapping[str, Any], cases: list[dict[str, Any]], found: list[str] | None, book_of: BookOf
) -> None:
    base = BASE if "refusal_ground" in when and "outcome" not in when else []
    left = survivors(book_of({**CONTENT, "when": when, "cases": [*base, *cases]}))
    of_when = [change for change in left if change.startswith("when")]
    if found is None:
        assert "when：去掉 {outcome: {known: true}}" in of_when
    else:
        assert of_when == found


@pytest.mark.parametrize(
    ("more", "change"),
    [
        ({"excused_if": {"fee_notified_on": {"recorded": True}}}, "excused_if：去掉"),
        ({"severity_if": [{"if": {"items": {"more_than": 1}}, "severity": "info"}]}, "severity_if.第1项：去掉"),
        ({"advise": [{"if": {"items": {"more_than": 1}}, "say": "请核对"}]}, "advise.第1项：去掉"),
        ({"in_force_until": date(2025, 12, 31)}, "in_force_until：2025-12-31 改为 2026-01-01"),
        ({"trigger": ["replied_on", "received_on"]}, "trigger：去掉 received_on"),
    ],
)
def test_a_part_that_no_case_needs_is_found(more: Mapping[str, Any], change: str, book_of: BookOf) -> None:
    assert change in survivors(book_of({**CONTENT, "cases": BASE, **more}))


@pytest.mark.parametrize(
    ("more", "change"),
    [
        ({"to": ["replied_on", "transferred_on"]}, "deadline.to：去掉 transferred_on"),
        ({"to": ["replied_on", "transferred_on"], "every": True}, "deadline.every：true 改为 false"),
        ({"stands_in": "transferred_on"}, "deadline.stands_in：去掉"),
        ({"early": "met"}, "deadline.early：met 改为 contradiction"),
        ({"satisfied_if": {"outcome": "其他处理"}}, "deadline.satisfied_if：去掉"),
        (
            {"restart": {"notice": "correction_notified_on", "received": "correction_received_on"}},
            "deadline.restart：去掉",
        ),
        ({"advise_beyond": "3 working days"}, "deadline.advise_beyond：3个工作日改为2个工作日"),
    ],
)
def test_a_part_of_a_deadline_that_no_case_needs_is_found(
    more: Mapping[str, Any], change: str, book_of: BookOf
) -> None:
    cases = [
        case("met", {"received_on": "2025-03-03", "replied_on": "2025-03-10", "transferred_on": None}),
        case("breached", {"received_on": "2025-03-03", "replied_on": "2025-03-11", "transferred_on": None}, late=1),
    ]
    if more.get("every"):
        cases[0]["given"]["transferred_on"] = cases[0]["given"]["replied_on"]
        cases[1]["given"]["transferred_on"] = cases[1]["given"]["replied_on"]
    assert change in survivors(book_of({**DEADLINE, "deadline": {**DEADLINE["deadline"], **more}, "cases": cases}))  # type: ignore[dict-item]


def test_steps_dropped_or_exchanged_are_found(book_of: BookOf) -> None:
    rule = {
        "log": "requests",
        "trigger": "received_on",
        "order": {"steps": ["received_on", "transferred_on", "replied_on"]},
    }
    day = dict.fromkeys(("received_on", "transferred_on", "replied_on"), "2025-03-03")
    cases = [case("met", day, severity="major"), case("breached", {**day, "replied_on": None})]
    left = survivors(book_of({**rule, "cases": cases}))
    assert "order.steps：去掉 transferred_on" in left
    assert "order.steps：transferred_on 与 replied_on 对调" in left
    assert "order.steps：去掉 replied_on" not in left


def test_a_limit_kept_in_a_setting_is_moved_with_the_setting(book_of: BookOf) -> None:
    rule = {**DEADLINE, "deadline": {**DEADLINE["deadline"], "within": {"setting": "tst.limit"}}}  # type: ignore[dict-item]
    setting = {"type": "limit", "default": "5 working days", "in_text": True}
    assert survivors(book_of({**rule, "cases": PINNED}, tst__limit=setting)) == []
    left = survivors(book_of({**rule, "cases": PINNED[:1]}, tst__limit=setting))
    assert left == ["deadline.within：设置 tst.limit 由 5 working days 改为 6 working days"]


def test_what_cannot_matter_is_not_changed(book_of: BookOf) -> None:
    """One act, a single value, a record found by its key: no case could tell such a mutant from the rule."""
    rule = {
        "log": "publications",
        "trigger": "published_on",
        "lookup": {
            "signed_on": {"log": "documents", "by": {"document_id": "document_id"}, "field": "signed_on"},
            "reviewed_on": {"log": "reviews", "by": {"publication_id": "publication_id"}, "field": "leader_on"},
        },
        "when": {"reviewed_on": {"recorded": True}, "categories": {"has": "规范性文件"}},
        "content": {"signed_on": {"not_after": {"field": "published_on"}}},
    }
    book, model = book_of(rule)
    changes = [mutant.change for mutant in mutants_of(book, model)]
    assert not [change for change in changes if ".take" in change or "has_any" in change or "早" in change]
    either = [{"received_on": {word: {"field": "replied_on"}}} for word in ("before", "same_day")]
    book, model = book_of({**CONTENT, "when": {"any": either}})
    changes = [mutant.change for mutant in mutants_of(book, model)]
    assert not [change for change in changes if "{before:" in change and change.endswith("改为 not_after")]
    satisfied = {
        "replied_on": {"not_before": {"field": "received_on"}},
        "transferred_on": {"after": {"field": "received_on"}},
    }
    book, model = book_of({**DEADLINE, "deadline": {**DEADLINE["deadline"], "satisfied_if": satisfied}})  # type: ignore[dict-item]
    changes = [mutant.change for mutant in mutants_of(book, model)]
    assert not [change for change in changes if "early" in change or "every" in change]
    assert [change.rpartition(" ")[2] for change in changes if "} 改为" in change] == ["not_before"]


def test_a_longer_time_for_another_act_than_the_rules_own_is_not_moved(book_of: BookOf) -> None:
    def moved(limit: str) -> list[str]:
        stands_in = {"act": "transferred_on", "within": limit}
        book, rule = book_of({**DEADLINE, "deadline": {**DEADLINE["deadline"], "stands_in": stands_in}})  # type: ignore[dict-item]
        return [
            each.change.rpartition("改为")[2] for each in mutants_of(book, rule) if "stands_in.within：" in each.change
        ]

    assert moved("6 working days") == ["6日"]
    assert moved("3 working days") == ["deadline.stands_in.within：去掉", "4个工作日", "2个工作日", "3日"]


class Novel(Strict):
    """A duty that the walk has never seen."""

    within: Within
    least: Annotated[int, Field(ge=1)] = 1
    fields: Fields = ()
    where: Condition | None = None
    always: bool = False


class WiderRule(Rule):
    """A rule that may state it."""

    novel: Novel | None = None


def test_a_duty_added_to_the_models_is_changed_without_a_word(book_of: BookOf) -> None:
    book, rule = book_of({**DEADLINE, "cases": PINNED})
    wider = WiderRule.model_validate(
        {
            **{name: getattr(rule, name) for name in rule.model_fields_set},
            "novel": {
                "within": parse_limit("3wd"),
                "least": 1,
                "fields": ["received_on", "replied_on"],
                "where": {"outcome": "不予公开", "items": {"at_least": 2}},
                "always": True,
            },
        }
    )
    changes = [mutant.change for mutant in mutants_of(book, wider) if mutant.change.startswith("novel")]
    assert changes == [
        "novel：去掉",
        "novel.within：3个工作日改为4个工作日",
        "novel.within：3个工作日改为2个工作日",
        "novel.within：3个工作日改为3日",
        "novel.least：1 改为 2",
        "novel.fields：去掉 received_on",
        "novel.fields：去掉 replied_on",
        "novel.where：去掉",
        "novel.where：{all: [{outcome: 不予公开}, {items: {at_least: 2}}]} all 改为 any",
        "novel.where：去掉 {outcome: 不予公开}",
        "novel.where：{outcome: 不予公开} 取反",
        "novel.where：去掉 {items: {at_least: 2}}",
        "novel.where：{items: {at_least: 2}} 取反",
        "novel.where：{items: {at_least: 2}} 改为 more_than",
        "novel.where：{items: {at_least: 2}} 改为 1",
        "novel.always：true 改为 false",
    ]


def test_the_day_of_entry_in_force_needs_one_case_in_the_whole_regulation(book_of: BookOf) -> None:
    def left(*days: str) -> list[str]:
        cases = [
            case("none" if day < "2020-12-02" else "breached", {"received_on": day, "replied_on": None}) for day in days
        ]
        book, rule = book_of({**DEADLINE, "cases": [*PINNED, *cases]})
        return [fault.problem[-10:] for fault in mutation_test(book, [rule]).unnoticed]

    assert left() == ["2020-12-03", "2020-12-01"]
    assert left("2020-12-02") == ["2020-12-01"]
    assert left("2020-12-01", "2020-12-02") == []


def test_answers_of_an_inspector_reach_every_mutant(book_of: BookOf) -> None:
    answers = {"checklist": [{"item": "X-1", "answer": "符合", "checked_on": date(2025, 6, 30)}]}
    rule = {"attestation": "是否张贴", "cases": [case("met", {}, **{"with": answers}, severity="major")]}
    assert survivors(book_of(rule)) == []
    del rule["cases"][0]["severity"]  # type: ignore[attr-defined]
    assert len(survivors(book_of(rule))) == 2
