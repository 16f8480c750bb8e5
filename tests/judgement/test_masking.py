"""Masking: enough is left to recognise a value in the file, not to learn it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.judgement.masking import (
    HIDDEN,
    Masker,
    mask_beside_names,
    mask_numbers,
    mask_personal,
    mask_stray,
)
from auditor.personaldata import personal_data
from auditor.rulebook.loading import load_rulebook
from auditor.rulebook.logs import LogCatalogue


@pytest.fixture(scope="module")
def logs() -> LogCatalogue:
    """The shipped logs."""
    return load_rulebook().logs


@pytest.mark.parametrize(
    ("kind", "text", "masked"),
    [
        ("name", "李小明", "李**"),
        ("name", "王五", "王*"),
        ("name", "某某文化传播有限公司", "某**"),
        ("phone", "13800001234", "138****234"),
        ("id", "52240119900101123X", "522****23X"),
        ("phone", "1234", "****"),
        ("address", "云岭市中山路88号3单元", "云岭市中****"),
        ("address", "麻园路1号", "麻****"),
    ],
)
def test_personal_values_keep_only_their_beginning(kind: str, text: str, masked: str) -> None:
    """By the kind of the field."""
    assert mask_personal(kind, text) == masked


def test_numbers_of_persons_inside_a_text_are_masked_and_other_numbers_are_not() -> None:
    """Document numbers, amounts and dates stay."""
    text = "电话13800001234，邮箱a.b@example.com，文号毕文广旅通〔2020〕90号，金额123456元，2025-03-01"

    assert mask_numbers(text) == ("电话138****234，邮箱***@***，文号毕文广旅通〔2020〕90号，金额123456元，2025-03-01")


_WIDE = str.maketrans("0123456789()-+@", "０１２３４５６７８９（）－＋＠")
_PERSONAL = (
    *("13800001234", "138 0000 1234", "+86-138-0000-1234", "0857-8221234", "(0857) 82212345", "11010519491231002X"),
    *("110105 19491231 002X", "6222020000000000018", "6222 0200 0000 0000 018", "a.b@example.com"),
    *("家庭地址：幸福路12号1234567", "户籍地址1234567幸福路12号", "现住某县", "幸福小区3栋2单元5号", "幸福前村3组12号"),
)
_PARTS = (*_PERSONAL, *(text.translate(_WIDE) for text in _PERSONAL), *"19０３- －()（）X,，号", "2025-03-01", "电话")


@given(st.lists(st.sampled_from(_PARTS), max_size=8).map("".join))
def test_a_text_that_stays_as_it_is_holds_nothing_personal(text: str) -> None:
    """Whatever is left out before the closer look."""
    if mask_numbers(text) == text:
        assert not personal_data(text)


@pytest.mark.parametrize("text", _PERSONAL)
def test_each_of_them_is_masked_alone(text: str) -> None:
    """So that the test before says something."""
    assert mask_numbers(text) != text


def test_names_of_the_writer_are_masked_inside_the_text_too(logs: LogCatalogue) -> None:
    """The name stands in the record's own field."""
    record = {"author": "李小明", "content": "我是李小明，电话13800001234", "confidential": False}

    assert Masker(logs, internal=False).value("messages", "content", record["content"], record) == (  # type: ignore[arg-type]
        "我是李**，电话138****234"
    )


@pytest.mark.parametrize("guard", [{"confidential": True}, {"kind": "检举控告"}])
def test_a_message_that_asks_for_confidentiality_or_accuses_is_hidden_in_content(
    logs: LogCatalogue, guard: dict[str, object]
) -> None:
    """Even what it is about."""
    assert Masker(logs, internal=False).value("messages", "subject", "某局某人", guard) == HIDDEN


def test_nothing_is_masked_in_an_internal_audit(logs: LogCatalogue) -> None:
    """`--internal`."""
    record = {"author": "李小明", "confidential": True}

    assert Masker(logs, internal=True).value("messages", "author", "李小明", record) == "李小明"


def test_a_rejected_cell_of_a_personal_column_is_masked(logs: LogCatalogue) -> None:
    """A reject knows only its heading."""
    assert Masker(logs, internal=False).cell("联系电话", "1380000123x") == "138****23x"
    assert Masker(logs, internal=False).cell("形成日期", "2025-13-02") == "2025-13-02"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("欧阳震华13912345678", "欧**139****678"),
        ("欧阳震华 13912345678", "欧** 139****678"),
        ("13912345678王五", "139****678王*"),
        ("李小明11010519491231002X王五", "李**110****02X王*"),
        ("手机号码13912345678", "手机号码139****678"),
        ("联系电话13912345678", "联系电话139****678"),
        ("市场科13912345678", "市场科139****678"),
        ("王五，13912345678", "王五，139****678"),
        ("我是欧阳震华13912345678", "我是欧阳震华139****678"),  # more than a name: whose it is nobody can tell
        ("王五139****678", "王五139****678"),  # somebody masked it before it came here
        ("王五", "王五"),
    ],
)
def test_a_name_right_beside_a_masked_number_is_masked_with_it(text: str, shown: str) -> None:
    assert mask_beside_names(text) == shown


def test_a_stray_cell_is_masked_where_it_may_be_a_name_and_is_no_other_way_to_write_a_choice() -> None:
    words = ("当面", "互联网", "电子邮件")
    told = {"欧阳震华": "欧**", " 王五": "王*", "来访": "来访", "待确认": "待确认", "王子邮箱": "王子邮箱"}
    assert {text: mask_stray(text, words) for text in told} == told
    assert mask_stray("王子邮箱", ()) == "王**" and mask_stray("王五13912345678", words) == "王*139****678"
