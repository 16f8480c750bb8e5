"""Three-valued logic: what is not recorded is unknown, and an unknown verdict is never a met one."""

from datetime import date
from typing import Any

import pytest

from tests.evaluation.conftest import Judge

PUBLISHED = {"published_on": date(2025, 3, 3)}


def content(**condition: Any) -> dict[str, Any]:
    """A content rule on publications."""
    return {"log": "publications", "trigger": "published_on", "content": condition}


def status(rows: list[dict[str, Any]]) -> str:
    """The status of the only obligation."""
    assert len(rows) == 1
    return str(rows[0]["status"])


@pytest.mark.parametrize(
    ("title", "unit", "expected"),
    [("甲", "乙", "met"), ("甲", None, "unverifiable"), ("丙", None, "breached"), (None, None, "unverifiable")],
)
def test_all_is_false_as_soon_as_one_part_is(judge: Judge, title: str | None, unit: str | None, expected: str) -> None:
    """Kleene's and: unknown with false is false, unknown with true is unknown."""
    rows = judge(content(title="甲", unit="乙"), {**PUBLISHED, "title": title, "unit": unit})

    assert status(rows) == expected


@pytest.mark.parametrize(
    ("title", "unit", "expected"),
    [("甲", None, "met"), ("丙", None, "unverifiable"), ("丙", "丁", "breached"), (None, None, "unverifiable")],
)
def test_any_is_true_as_soon_as_one_part_is(judge: Judge, title: str | None, unit: str | None, expected: str) -> None:
    """Kleene's or: unknown with true is true, unknown with false is unknown."""
    rows = judge(content(any=[{"title": "甲"}, {"unit": "乙"}]), {**PUBLISHED, "title": title, "unit": unit})

    assert status(rows) == expected


def test_not_of_unknown_is_unknown(judge: Judge) -> None:
    """Denying what is not known tells nothing."""
    assert status(judge(content(**{"not": {"title": "甲"}}), {**PUBLISHED, "title": None})) == "unverifiable"


def test_only_the_fields_that_matter_are_named_as_missing(judge: Judge) -> None:
    """A part that is false whatever the other says does not need the other."""
    rule = content(all=[{"any": [{"title": "甲"}, {"unit": "乙"}]}, {"summary": "丙"}])
    rows = judge(rule, {**PUBLISHED, "title": "甲", "unit": None, "summary": None})

    assert rows[0]["missing"] == ["summary"]


def test_recorded_on_a_lacking_column_is_unknown_in_a_duty_and_false_in_a_condition(judge: Judge) -> None:
    """A blank cell means not done; a lacking column tells nothing."""
    duty = content(summary={"recorded": True})
    assert status(judge(duty, {**PUBLISHED, "summary": None})) == "breached"
    assert status(judge(duty, PUBLISHED)) == "unverifiable"

    condition = {**content(title="甲"), "when": {"document_id": {"recorded": False}}}
    assert status(judge(condition, {**PUBLISHED, "title": "甲"})) == "met"


def test_an_unknown_condition_of_application_is_unverifiable_even_if_the_act_was_in_time(judge: Judge) -> None:
    """Whether the duty arose is not known."""
    rule = {
        "log": "publications",
        "when": {"attribute": "主动公开"},
        "deadline": {"from": "formed_on", "to": "published_on", "within": "5 working days"},
    }
    rows = judge(rule, {"formed_on": date(2025, 3, 3), "published_on": date(2025, 3, 4), "attribute": None})

    assert (rows[0]["status"], rows[0]["missing"]) == ("unverifiable", ["attribute"])


def test_an_unknown_excuse_excuses_nothing(judge: Judge) -> None:
    """A breach stays one where the reason is not recorded, and where the column is lacking."""
    rule = {
        "log": "publications",
        "deadline": {"from": "formed_on", "to": "published_on", "within": "5 working days"},
        "excused_if": {"delay_reason": {"recorded": True}},
    }
    late = {"formed_on": date(2025, 3, 3), "published_on": date(2025, 3, 30)}

    assert status(judge(rule, late)) == "breached"
    assert status(judge(rule, {**late, "delay_reason": None})) == "breached"
    assert status(judge(rule, {**late, "delay_reason": "系统故障"})) == "excused"


def test_an_empty_flag_is_no_where_the_column_exists_and_unknown_where_it_does_not(judge: Judge) -> None:
    """是否 columns are ticked, not filled in."""
    rule = content(important="否")

    assert status(judge(rule, {**PUBLISHED, "important": None})) == "met"
    assert status(judge(rule, PUBLISHED)) == "unverifiable"


def test_columns_of_several_exports_are_judged_row_by_row(judge: Judge) -> None:
    """One export has the column, the other lacks it: each row is judged by its own."""
    rows = judge(content(summary={"recorded": True}), {**PUBLISHED, "summary": None}, PUBLISHED)

    assert [row["status"] for row in rows] == ["breached", "unverifiable"]


def test_lists_are_searched_item_by_item(judge: Judge) -> None:
    """`has` wants all items, `has_any` one, `has_none` none."""
    record = {**PUBLISHED, "channels": ["门户网站", "公开栏"]}

    assert status(judge(content(channels={"has": ["公开栏", "门户网站"]}), record)) == "met"
    assert status(judge(content(channels={"has": ["公开栏", "报刊"]}), record)) == "breached"
    assert status(judge(content(channels={"has_any": ["报刊", "公开栏"]}), record)) == "met"
    assert status(judge(content(channels={"has_none": ["报刊"]}), record)) == "met"
    assert status(judge(content(channels={"items_at_least": 3}), record)) == "breached"
    assert status(judge(content(channels={"has": "报刊"}), {**PUBLISHED, "channels": None})) == "unverifiable"


def test_a_text_mentions_another_field_only_with_two_characters_or_more(judge: Judge) -> None:
    """A surname alone proves nothing."""
    rule = {
        "log": "messages",
        "trigger": "received_on",
        "prohibition": {"public_text": {"mentions": {"field": "author"}}},
    }
    message = {"received_on": "2025-03-03 09:00", "public_text": "李小明反映的问题已解决"}

    assert status(judge(rule, {**message, "author": "李小明"})) == "breached"
    assert status(judge(rule, {**message, "author": "王小明"})) == "met"
    assert status(judge(rule, {**message, "author": "李"})) == "unverifiable"
    assert status(judge(rule, {**message, "author": None})) == "unverifiable"


def test_what_is_masked_is_mentioned_nowhere(judge: Judge) -> None:
    """The text repeats the mask, and nobody learns a name from it; digits and a check digit X are no mask."""
    rule = {
        "log": "messages",
        "trigger": "received_on",
        "prohibition": {"public_text": {"mentions": {"field": "author"}}},
    }

    def verdict(author: str) -> str:
        message = {"received_on": "2025-03-03 09:00", "public_text": f"{author}反映的问题已解决", "author": author}
        return status(judge(rule, message))

    for masked in ("欧**", "张＊明", "李○○", "王●", "赵××", "138****1234", "138XXXX1234", "李X", "张某某"):
        assert verdict(masked) == "met", masked
    for plain in ("张晓明", "13800001234", "52010219900307123X", "Max"):
        assert verdict(plain) == "breached", plain


def test_an_item_of_a_list_may_mention_another(judge: Judge) -> None:
    """A unit under its longer and its shorter name; a list may be held against a text as well."""

    def rule(name: str, other: str) -> dict[str, object]:
        return {"log": "messages", "trigger": "received_on", "prohibition": {name: {"mentions": {"field": other}}}}

    message = {
        "received_on": "2025-03-03 09:00",
        "accused": ["张某", "毕节市图书馆"],
        "forwarded_to": ["纪委", "市图书馆"],
    }

    assert status(judge(rule("accused", "forwarded_to"), message)) == "breached"
    assert status(judge(rule("forwarded_to", "accused"), message)) == "met"
    assert status(judge(rule("accused", "unit"), {**message, "unit": "图书馆"})) == "breached"
    assert status(judge(rule("unit", "accused"), {**message, "unit": "毕节市图书馆采编部"})) == "breached"
    assert status(judge(rule("accused", "unit"), {**message, "unit": "馆"})) == "unverifiable"
    assert status(judge(rule("accused", "forwarded_to"), {**message, "accused": None})) == "unverifiable"


def test_a_list_has_only_what_is_named(judge: Judge) -> None:
    """Every item is one of these."""
    record = {**PUBLISHED, "channels": ["门户网站", "公开栏"]}

    assert status(judge(content(channels={"has_only": ["公开栏", "门户网站", "报刊"]}), record)) == "met"
    assert status(judge(content(channels={"has_only": ["公开栏", "报刊"]}), record)) == "breached"
    assert status(judge(content(channels={"has_only": "公开栏"}), {**PUBLISHED, "channels": None})) == "unverifiable"


def test_where_nobody_can_tell_the_verdict_is_open(judge: Judge) -> None:
    """`unclear` is unknown where its condition holds or may hold, and false where it does not."""

    def verdict(summary: str | None) -> str:
        rule = content(any=[{"title": "甲"}, {"unclear": {"summary": {"ends_with": "等"}}}])
        return status(judge(rule, {**PUBLISHED, "title": "乙", "summary": summary}))

    assert verdict("通知等") == "unverifiable"
    assert verdict("通知") == "breached"
    assert verdict(None) == "unverifiable"


def test_two_lists_share_an_item(judge: Judge) -> None:
    """Forwarded to the one who is accused."""
    rule = {
        "log": "messages",
        "trigger": "received_on",
        "prohibition": {"accused": {"shares_any": {"field": "forwarded_to"}}},
    }
    message = {"received_on": "2025-03-03 09:00", "accused": ["甲公司", "乙"]}

    assert status(judge(rule, {**message, "forwarded_to": ["办公室", "甲公司"]})) == "breached"
    assert status(judge(rule, {**message, "forwarded_to": ["办公室"]})) == "met"
    assert status(judge(rule, {**message, "forwarded_to": None})) == "unverifiable"
