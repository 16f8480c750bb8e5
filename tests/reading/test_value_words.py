"""Words instead of dates, other ways to write a value, and the table that holds them."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from auditor.errors import RulebookError
from auditor.reading import read_logs
from auditor.reading.epoch import serials_from
from auditor.reading.grid import grid_of_columns
from auditor.reading.headings import vocabulary
from auditor.reading.layout import Headings
from auditor.reading.recognition import Recognised
from auditor.reading.table import read_table
from auditor.rulebook.loading import load_rulebook
from auditor.rulebook.located import parse_located
from auditor.rulebook.logs import LogCatalogue
from auditor.rulebook.synonyms import with_value_words
from auditor.rulebook.valuewords import shipped_value_words
from auditor.shipped import shipped
from auditor.tables import UNREAD, Counts, Logs

Reader = Callable[..., Logs]


@pytest.fixture(scope="module")
def logs_of_the_office() -> LogCatalogue:
    return load_rulebook().logs


@pytest.fixture
def read(tmp_path: Path, logs_of_the_office: LogCatalogue) -> Reader:
    """Read one log from a list of rows, headings first."""

    def table(log: str, rows: list[list[str]], as_of: date | None = None) -> Logs:
        lines = [",".join(f'"{cell}"' for cell in row) for row in rows]
        (tmp_path / f"{log}.csv").write_text("\n".join(lines), "utf-8")
        return read_logs([tmp_path], logs_of_the_office, as_of)

    return table


def column(read: Reader, log: str, heading: str, field: str, cells: list[str]) -> tuple[list[object], Logs]:
    key = {"requests": "申请编号", "messages": "留言编号", "publications": "信息编号", "reviews": "审核编号"}[log]
    logs = read(log, [[key, heading], *([f"A{at}", cell] for at, cell in enumerate(cells))])
    return logs.tables[log].frame[field].to_list(), logs


def test_twelve_forms_of_one_day_in_one_column_of_a_workbook(tmp_path: Path, catalogue: LogCatalogue) -> None:
    forms: list[object] = [
        "2020年12月3日",
        "2020.12.3",
        "2020/12/3",
        20201203,
        "2020-12-3 14:30",
        44168,
        datetime(2020, 12, 3, 14, 30),
        "20年12月3日",
        "２０２０年１２月３日",
        "二〇二〇年十二月三日",
        "2020年12月3日（星期四）",
        "12月3日",
    ]
    book = xlsxwriter.Workbook(tmp_path / "依申请公开.xlsx", {"default_date_format": "yyyy-mm-dd"})
    page = book.add_worksheet("Sheet1")
    page.write_row(0, 0, ["申请编号", "申请人", "2020年收到申请日期"])
    for at, form in enumerate(forms, 1):
        page.write_row(at, 0, [f"A{at}", "某人", form])
    book.close()
    logs = read_logs([tmp_path], catalogue)
    assert logs.tables["requests"].frame["received_on"].to_list() == [date(2020, 12, 3)] * 12
    assert not logs.rejects
    assert logs.counts["requests"] == Counts(12, 12, 0)
    said = "\n".join(logs.remarks)
    assert all(word in said for word in ("序列号", "两位年份", "按表头或标题写的2020年读（如第13行）"))


@pytest.mark.parametrize(("flag", "number"), [(False, 44168), (True, 42706)])
def test_a_workbook_that_counts_from_1904_reads_the_same_days(
    flag: bool, number: int, tmp_path: Path, catalogue: LogCatalogue
) -> None:
    path = tmp_path / "依申请公开.xlsx"
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd", "date_1904": flag})
    page = book.add_worksheet("Sheet1")
    for at, row in enumerate([["申请编号", "收到申请日期"], ["A1", date(2020, 12, 3)], ["A2", number]]):
        page.write_row(at, 0, row)
    book.close()
    frame = read_logs([path], catalogue).tables["requests"].frame
    assert frame["received_on"].to_list() == [date(2020, 12, 3)] * 2


def test_the_old_binary_format_says_from_where_it_counts() -> None:
    record = b"\x8d\x00\x02\x00\x00\x00\x22\x00\x02\x00%b\x00\x0e\x00\x02\x00\x01\x00"
    assert serials_from(b"\xd0\xcf\x11\xe0" + record % b"\x01") == date(1904, 1, 1)
    assert serials_from(b"\xd0\xcf\x11\xe0" + record % b"\x00") == date(1899, 12, 30)
    assert serials_from(b"PK\x03\x04broken") == date(1899, 12, 30)


def test_a_year_of_the_title_completes_dates_unless_the_row_crosses_the_turn_of_the_year(
    catalogue: LogCatalogue,
) -> None:
    rows = [
        ("A1", "12月3日", "12月8日"),
        ("A2", "12月28日", "1月5日"),
        ("A3", "2019-12-28", "1月5日"),
        ("A4", "2020-12-28", "1月5日"),
        ("A5", "12月28日", "2021-01-05"),
    ]
    words = vocabulary(catalogue.logs["requests"])
    columns = [pl.Series(cells) for cells in zip(*rows, strict=True)]
    headings = ("申请编号", "收到申请日期", "答复日期")
    grid = grid_of_columns("a.csv", "", columns, range(2, 7), headings=headings)
    found = Recognised(words, Headings(-1, headings), year=2020)
    table = read_table(grid, found, frozenset(), shipped_value_words())
    assert table.frame.select("received_on", "replied_on").rows() == [
        (date(2020, 12, 3), date(2020, 12, 8)),
        (None, None),
        (date(2019, 12, 28), date(2020, 1, 5)),
        (date(2020, 12, 28), None),
        (date(2020, 12, 28), date(2021, 1, 5)),
    ]
    assert [(reject.row, reject.column) for reject in table.rejects] == [
        (3, "收到申请日期"),
        (3, "答复日期"),
        (5, "答复日期"),
    ]
    assert all("分不清是哪一年" in reject.reason for reject in table.rejects)


def test_an_answer_on_the_spot_is_the_day_of_receipt_of_its_row(read: Reader) -> None:
    rows = [
        ["申请编号", "收到申请日期", "答复日期"],
        ["A1", "2020-12-03", "当场答复"],
        ["A2", "2020-12-04", "当 日 答 复"],
        ["A3", "", "当场答复"],
        ["A4", "近期", "当日办结"],
    ]
    logs = read("requests", rows)
    frame = logs.tables["requests"].frame
    assert frame["replied_on"].to_list() == [date(2020, 12, 3), date(2020, 12, 4), None, None]
    assert [(reject.row, reject.column) for reject in logs.rejects] == [
        (4, "答复日期"),
        (5, "收到申请日期"),
        (5, "答复日期"),
    ]
    assert "收到申请日期" in logs.rejects[0].reason
    assert frame[f"{UNREAD}replied_on"].to_list() == [False, False, True, True]
    assert frame[f"{UNREAD}received_on"].to_list() == [False, False, False, True]
    assert any("有2格写的是当日答复一类的话" in remark for remark in logs.remarks)


def test_on_the_spot_without_a_column_or_field_to_refer_to_is_refused(read: Reader) -> None:
    logs = read("requests", [["申请编号", "答复日期", "转办日期"], ["A1", "当场答复", "当场答复"]])
    assert [reject.column for reject in logs.rejects] == ["答复日期", "转办日期"]
    assert logs.tables["requests"].frame.select("replied_on", "transferred_on").row(0) == (None, None)


def test_words_give_a_time_its_day_and_no_clock(read: Reader) -> None:
    rows = [
        ["留言编号", "留言时间", "答复时间"],
        ["M1", "2020-12-03 14:30", "当日回复"],
        ["M2", "2020-12-03", "2020年12月4日下午"],
    ]
    logs = read("messages", rows)
    assert logs.tables["messages"].frame["replied_on"].to_list() == [datetime(2020, 12, 3), None]
    assert "只写到上午、下午，缺时刻" in logs.rejects[0].reason


def test_what_has_not_been_done_is_blank_and_not_refused(read: Reader) -> None:
    cells = ["未答复", "办理中", "未办结", "待答复", "尚未 答复", "/", "待定", "N/A", "ｎ／ａ", "——", "不涉及"]
    values, logs = column(read, "requests", "答复日期", "replied_on", cells)
    assert values == [None] * len(cells)
    assert not logs.rejects
    assert any("有5格没有写日期" in remark for remark in logs.remarks)


@pytest.mark.parametrize(
    ("log", "heading", "field", "cells", "option"),
    [
        ("messages", "留言类别", "kind", ["咨询", "政策咨询类", "我要咨询", "政策 咨询"], "政策咨询"),
        ("messages", "留言类别", "kind", ["投诉举报", "投诉类", "我要投诉"], "投诉"),
        ("messages", "留言类别", "kind", ["求决", "求助类"], "求助"),
        ("messages", "留言类别", "kind", ["举报", "揭发控告"], "检举控告"),
        ("messages", "来源", "source", ["12345", "１２３４５", "12345工单", "12345政务服务便民热线"], "12345热线"),
        ("publications", "公开属性", "attribute", ["主动", "主动公开类"], "主动公开"),
        ("publications", "公开属性", "attribute", ["不公开", "免予公开"], "不予公开"),
        ("requests", "申请渠道", "channel", ["网上申请", "门户网站", "网络"], "互联网"),
        ("requests", "答复类型", "outcome", ["不存在", "政府信息不存在"], "信息不存在"),
        ("requests", "送达方式", "delivery", ["当面领取", "自取"], "当面"),
    ],
)
def test_other_ways_to_write_an_option_are_that_option_and_remarked(
    log: str, heading: str, field: str, cells: list[str], option: str, read: Reader
) -> None:
    values, logs = column(read, log, heading, field, cells)
    assert values == [option] * len(cells)
    assert not logs.rejects
    assert f"“{heading}”列有1格写的是“{cells[0]}”，按“{option}”读（如第2行）" in "\n".join(logs.remarks)


def test_a_word_of_no_certain_meaning_is_refused(read: Reader) -> None:
    values, logs = column(read, "messages", "留言类别", "kind", ["其他", "咨询投诉", "建议"])
    assert values == [None] * 3
    assert len(logs.rejects) == 3


def test_money_and_counts_with_units(read: Reader) -> None:
    cells = ["1,200元", "1.2万元", "0.57万", "人民币12.5元整", "￥30", "免费", "12.5元/件"]
    values, logs = column(read, "requests", "收费金额", "fee_amount", cells)
    assert values == [1200.0, 12000.0, 5700.0, 12.5, 30.0, None, None]
    assert [reject.value for reject in logs.rejects] == ["免费", "12.5元/件"]
    assert column(read, "requests", "申请事项数", "items", ["3件", "1,200 件", "三件"])[0] == [3, 1200, None]


def test_flags_say_done_and_not_done(read: Reader) -> None:
    values, _ = column(read, "requests", "是否书面告知补正", "correction_written", ["已", "未", "√", "×", "有", "无"])
    assert values == [True, False] * 3


def test_a_list_keeps_its_brackets_numbers_and_addresses_whole(read: Reader) -> None:
    cells = [
        "网站（含子站、微信）、公告栏/报纸",
        "《条例》、《办法、细则》",
        "https://a.gov.cn/b",
        "2020/12/3，网站",
        "网站（未闭合、公告栏",
    ]
    values, _ = column(read, "publications", "公开渠道", "channels", cells)
    assert values == [
        ["网站（含子站、微信）", "公告栏", "报纸"],
        ["《条例》", "《办法、细则》"],
        ["https://a.gov.cn/b"],
        ["2020/12/3", "网站"],
        ["网站（未闭合", "公告栏"],
    ]


def test_days_out_of_place_are_used_and_remarked(read: Reader) -> None:
    rows = [["申请编号", "收到申请日期", "补正期限"], ["A1", "2002-12-03", "2030-01-01"], ["A2", "2029-12-03", ""]]
    logs = read("requests", rows, date(2021, 1, 1))
    assert logs.tables["requests"].frame["received_on"].null_count() == 0
    said = [remark for remark in logs.remarks if "请核对年份" in remark]
    assert len(said) == 2 and "早于2007年" in said[0] and "第2行" in said[0] and "第3行" in said[1]


WORDS = (shipped("rules") / "value_words.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("messages.kind", "messages.kinds", "没有字段“messages.kinds”"),
        ("    政策咨询: [咨询,", "    政策咨讯: [咨询,", "“政策咨讯”不是 messages.kind 的选项"),
        ("    求助: [求助类,", "    求助: [投诉,", "“投诉”既是“投诉”又是“求助”"),
        ("    求助: [求助类,", "    求助: [咨询类,", "“咨询类”既是“政策咨询”又是“求助”"),
        ("  not_done:\n    [未答复,", "  not_done:\n    [当场答复,", "“当场答复”既是“same_day”又是“not_done”"),
        ("dates:", "date:", "不认识的键“date”"),
    ],
)
def test_a_fault_in_the_words_stops_with_its_line(
    old: str, new: str, fault: str, logs_of_the_office: LogCatalogue
) -> None:
    assert old in WORDS
    located = parse_located(WORDS.replace(old, new, 1), "value_words.yaml")
    with pytest.raises(RulebookError) as error:
        with_value_words(logs_of_the_office, located)
    line = 1 + WORDS[: WORDS.index(old)].count("\n")
    assert any(fault in str(each) and abs(each.line - line) <= 4 for each in error.value.faults), error.value.faults


def test_a_rulebook_may_bring_its_own_words_or_go_with_the_shipped_ones(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "value_words.yaml").write_text(WORDS.replace("[咨询,", "[问询,", 1), "utf-8")
    kind = load_rulebook([own]).logs.logs["messages"].fields["kind"]
    assert kind.synonyms["政策咨询"][0] == "问询"
    (own / "value_words.yaml").write_text(WORDS.replace("messages.kind", "messages.kinds", 1), "utf-8")
    with pytest.raises(RulebookError, match=r"messages\.kinds"):
        load_rulebook([own])
    few = LogCatalogue.model_validate(
        {"logs": {"a": {"zh": "甲", "key": "id", "fields": {"id": {"zh": "编号", "type": "text"}}}}}
    )
    located = parse_located(WORDS, "value_words.yaml")
    assert not with_value_words(few, located, strict=False).logs["a"].fields["id"].synonyms
