"""What a cell may hold, and what is refused with a reason."""

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from auditor.reading import read_logs
from auditor.rulebook.logs import LogCatalogue
from auditor.tables import Logs

Reader = Callable[[str, list[str]], Logs]


@pytest.fixture
def read(tmp_path: Path, catalogue: LogCatalogue) -> Reader:
    """Read one column of cells, each in a row of its own."""

    def column(heading: str, cells: list[str]) -> Logs:
        rows = "".join(f'A{at},"{cell}"\n' for at, cell in enumerate(cells))
        name = "messages" if heading == "留言时间" else "requests"
        key = "留言编号" if name == "messages" else "申请编号"
        (tmp_path / f"{name}.csv").write_text(f"{key},{heading}\n{rows}", "utf-8")
        return read_logs([tmp_path], catalogue)

    return column


@pytest.mark.parametrize(
    "written",
    [
        "2020-12-02",
        "2020/12/2",
        "2020.12.2",
        "2020年12月2日",
        "20201202",
        "2020-12-02T10:30:00",
        "2020-12-02 10:30",
        "44167",
        "２０２０－１２－０２",
        "2020年12月2日 星期三",
        "2020-12-01T20:00:00Z",
        "2020年12月2日10时30分",
    ],
)
def test_every_usual_way_to_write_a_date_is_the_same_day(written: str, read: Reader) -> None:
    logs = read("收到申请日期", [written])
    assert logs.tables["requests"].frame["received_on"].to_list() == [date(2020, 12, 2)]
    assert not logs.rejects


@pytest.mark.parametrize(
    "written",
    [
        "2020-13-2",
        "2020-02-30",
        "12.2",
        "20.12.2",
        "2025年7月",
        "1948-12-31",
        "2101-01-01",
        "12345",
        "近期",
        "2020-12-02 25:00",
    ],
)
def test_what_is_no_date_is_refused_and_the_row_stays(written: str, read: Reader) -> None:
    logs = read("收到申请日期", [written])
    assert logs.tables["requests"].frame["received_on"].to_list() == [None]
    assert logs.counts["requests"].accepted == 1
    (reject,) = logs.rejects
    assert (reject.row, reject.column, reject.value) == (2, "收到申请日期", written)
    assert "2020-12-02" in reject.reason


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2019/4/25 9:32:09", datetime(2019, 4, 25, 9, 32, 9)),
        ("2019-04-25", datetime(2019, 4, 25)),
        ("2019-04-25T09:32", datetime(2019, 4, 25, 9, 32)),
        ("43580.5", datetime(2019, 4, 25, 12)),
        ("2019-04-25 24:00", datetime(2019, 4, 26)),
    ],
)
def test_a_time_is_read_and_a_date_alone_is_midnight(written: str, moment: datetime, read: Reader) -> None:
    assert read("留言时间", [written]).tables["messages"].frame["received_on"].to_list() == [moment]


def test_placeholders_are_blank(read: Reader) -> None:
    cells = ["无", "/", "—", "-", "N/A", "n/a", "不涉及", "暂无", "待定", " ／ "]
    for heading, field in [
        ("申请人", "applicant"),
        ("收到申请日期", "received_on"),
        ("公开渠道", "channels"),
    ]:
        logs = read(heading, cells)
        assert logs.tables["requests"].frame[field].null_count() == len(cells)
        assert not logs.rejects


def test_a_placeholder_that_is_an_option_is_a_value_and_blanks_take_it(read: Reader) -> None:
    logs = read("密级", ["无", "", "/", "秘 密", "绝密"])
    assert logs.tables["requests"].frame["secrecy"].to_list() == ["无", "无", "无", "秘密", None]
    assert [reject.value for reject in logs.rejects] == ["绝密"]
    assert "无、秘密" in logs.rejects[0].reason


def test_flags_know_their_words_and_a_blank_is_no(read: Reader) -> None:
    yes, no = (
        ["是", "有", "√", "✓", "1", "Y", "yes", "TRUE", "对"],
        ["否", "无", "×", "0", "N", "no", "false", "", "/"],
    )
    logs = read("是否书面", [*yes, *no, "也许"])
    assert logs.tables["requests"].frame["written"].to_list() == [True] * 9 + [False] * 9 + [None]
    assert [reject.value for reject in logs.rejects] == ["也许"]


def test_a_flag_whose_blank_is_unknown_stays_unknown(read: Reader) -> None:
    assert read("是否能够区分处理", ["", "否"]).tables["requests"].frame["separable"].to_list() == [
        None,
        False,
    ]


def test_counts_take_separators_and_units_but_not_words(read: Reader) -> None:
    logs = read("申请事项数", ["5", "5.0", "1,234", "5件", "3个工作日", "１２", "若干", "-1", "2.5"])
    assert logs.tables["requests"].frame["items"].to_list() == [5, 5, 1234, 5, 3, 12, None, None, None]
    assert [reject.value for reject in logs.rejects] == ["若干", "-1", "2.5"]


def test_money_takes_a_currency(read: Reader) -> None:
    frame = read("收费金额", ["12.5", "￥1,200.00元", "免费"]).tables["requests"].frame
    assert frame["fee"].to_list() == [12.5, 1200.0, None]


def test_more_money_than_there_is_is_no_amount(read: Reader) -> None:
    logs = read("收费金额", ["999,999,999,999.99", "1000000000000", "9" * 400, "1.2345万", "-1"])
    assert logs.tables["requests"].frame["fee"].to_list() == [999_999_999_999.99, None, None, 12_345.0, -1.0]
    assert len(logs.rejects) == 2


def test_no_item_holds_the_separator_by_which_lists_are_told_apart(read: Reader) -> None:
    logs = read("公开渠道", ["网站\x1f公报", "\x1f网站\x1f\x1f公报", "（网站\x1f公报）、微信"])
    lists = logs.tables["requests"].frame["channels"].to_list()
    assert lists == [["网站公报"], ["网站公报"], ["（网站公报）", "微信"]]


def test_no_item_of_a_list_that_came_as_one_holds_it_either(tmp_path: Path, catalogue: LogCatalogue) -> None:
    written = ["网站\x1f公报", "微信", ""]
    (tmp_path / "requests.jsonl").write_text(json.dumps({"申请编号": "A1", "公开渠道": written}), "utf-8")
    assert read_logs([tmp_path], catalogue).tables["requests"].frame["channels"].to_list() == [["网站", "公报", "微信"]]


def test_a_list_is_divided_at_every_usual_mark(read: Reader) -> None:
    logs = read("公开渠道", ["网站、公告栏\uff0c微信,报纸;电视\uff1b广播\n简报、", "", "网站"])
    assert logs.tables["requests"].frame["channels"].to_list() == [
        ["网站", "公告栏", "微信", "报纸", "电视", "广播", "简报"],
        None,
        ["网站"],
    ]
