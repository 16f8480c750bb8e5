"""A date in any usual form is that day; what is no certain date is never one."""

import re
from collections.abc import Callable
from datetime import date, datetime

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from auditor.reading.dates import SERIALS_FROM_1900, SERIALS_FROM_1904, Reckoning, with_moments
from auditor.reading.undated import State

THE_DAY = date(2020, 12, 3)


def read(texts: list[str], **reckoning: object) -> pl.DataFrame:
    return with_moments(pl.Series(texts, dtype=pl.String), Reckoning(**reckoning))  # type: ignore[arg-type]


def one(text: str, **reckoning: object) -> dict[str, object]:
    return read([text], **reckoning).row(0, named=True)


@pytest.mark.parametrize(
    "written",
    [
        "2020年12月3日",
        "2020年12月3号",
        "2020年12月03日星期四",
        "2020-12-03（周四）",
        "2020-12-03 礼拜四 14:30",
        "2020 年 12 月 3 日",
        "2020.12.3",
        "2020.12.03.",
        "2020．12．3",
        "2020。12。3",
        "2020/12/3",
        "2020\\12\\3",
        "2020—12—3",
        "20201203",
        "20201203143000",
        "2020-12-3 14:30",
        "2020年12.3",
        "２０２０年１２月３日",
        "二〇二〇年十二月三日",
        "二零二零年十二月三日",
        "二○二○年十二月三日",
        "二O二O年十二月三日 星期四",
        "2020年12月3日上午9时",
        "2020年12月3日下午",
        "二〇二〇年十二月三日下午三时半",
        "2020-12-03T10:30:00+08:00",
        "2020-12-02T20:30:00Z",
    ],
)
def test_every_usual_form_is_the_day_without_a_remark(written: str) -> None:
    found = one(written)
    assert (found["state"], found["day"], found["why"], found["note"]) == ("ok", THE_DAY, None, None)


@pytest.mark.parametrize(
    ("written", "clock"),
    [
        ("2020-12-3 9:05", (9, 5)),
        ("2020年12月3日9时5分", (9, 5)),
        ("2020年12月3日 14点整", (14, 0)),
        ("2020年12月3日上午9时", (9, 0)),
        ("2020年12月3日下午2:30", (14, 30)),
        ("2020年12月3日下午14:30", (14, 30)),
        ("2020年12月3日中午12时", (12, 0)),
        ("2020年12月3日晚上8点半", (20, 30)),
        ("2020-12-03 12:05 AM", (0, 5)),
        ("2020-12-03 12:05PM", (12, 5)),
        ("二〇二〇年十二月三日下午三时二十五分", (15, 25)),
    ],
)
def test_a_clock_is_read_with_its_part_of_the_day(written: str, clock: tuple[int, int]) -> None:
    assert one(written)["moment"] == datetime(2020, 12, 3, *clock)


@pytest.mark.parametrize(
    ("written", "state", "why"),
    [
        ("12月3日", "partial", "年份"),
        ("十二月三日", "partial", "年份"),
        ("12.2", "partial", "年份"),
        ("2020年12月", "partial", "缺日"),
        ("2020-12", "partial", "缺日"),
        ("2020年12月上旬", "partial", "缺日"),
        ("2020年", "partial", "缺月和日"),
        ("2020年第四季度", "partial", "缺月和日"),
        ("3日", "partial", "缺年和月"),
        ("14:30", "partial", "缺日期"),
        ("2020年12月3日至5日", "ambiguous", "一段时间"),
        ("2020-12-03~2020-12-05", "ambiguous", "一段时间"),
        ("2020.12.1-12.5", "ambiguous", "一段时间"),
        ("2020年12月3日—12月5日", "ambiguous", "一段时间"),
        ("2020-12-03、2020-12-05", "ambiguous", "几个日期"),
        ("2020年12月3日、5日", "ambiguous", "几个日期"),
        ("2020-12-03 2020-12-05", "ambiguous", "几个日期"),
        ("20.12.2", "ambiguous", "两位年份"),
        ("12/3/2020", "ambiguous", "年份写在最后"),
        ("202012", "ambiguous", "六位数字"),
        ("2020-12-03 星期五", "ambiguous", "星期"),
        ("2020年12月3日晚上12时", "ambiguous", "次日"),
        ("2020-13-2", "bad", "没有这一天"),
        ("2020年2月30日", "bad", "没有这一天"),
        ("2021年2月29日", "bad", "没有这一天"),
        ("20201301", "bad", "没有这一天"),
        ("2020-12-03 25:00", "bad", "没有这个时刻"),
        ("2020年12月3日上午13时", "bad", "没有这个时刻"),
        ("2020年12月3日（已寄出）", "bad", "别的"),
        ("2020年12月3日前", "bad", "别的"),
        ("2020-12/3", "bad", "别的"),
        ("1948-12-31", "bad", "1949"),
        ("12345", "bad", "认不出"),
        ("腊月初三", "bad", "认不出"),
        ("近期", "bad", "认不出"),
    ],
)
def test_what_is_no_certain_date_is_not_used_and_says_why(written: str, state: str, why: str) -> None:
    found = one(written)
    assert (found["state"], found["day"], found["moment"], found["note"]) == (state, None, None, None)
    assert why in str(found["why"])


def test_a_named_year_completes_month_and_day_and_nothing_else() -> None:
    found = read(["12月3日", "12月3日 14:30", "12.03", "2021-1-5", "12月", "2月30日"], year=2020)
    assert found["day"].to_list() == [THE_DAY, THE_DAY, THE_DAY, date(2021, 1, 5), None, None]
    assert [note is not None for note in found["note"]] == [True, True, True, False, False, False]
    assert "2020年" in found["note"][0]


def test_a_day_whose_last_zero_a_number_cell_may_have_lost_is_left_open() -> None:
    found = read(["12.1", "12.2", "12.3", "12.4", "12.10"], year=2020)
    assert found["state"].to_list() == ["ambiguous", "ambiguous", "ambiguous", "ok", "ok"]


def test_a_short_year_is_read_only_where_it_is_marked_as_one() -> None:
    found = read(["20年12月3日", "99年5月3日", "20-12-03", "20.12.3"])
    assert found["day"].to_list() == [THE_DAY, date(1999, 5, 3), None, None]
    assert "两位年份" in found["note"][0]


def test_a_limit_may_say_before_a_day() -> None:
    assert one("2020年12月3日前", is_limit=True)["day"] == THE_DAY
    assert "以前" in str(one("2020年12月3日之前", is_limit=True)["note"])


def test_serial_numbers_count_from_where_the_workbook_counts() -> None:
    assert one("44168", serials_from=SERIALS_FROM_1900)["day"] == THE_DAY
    assert one("42706.5", serials_from=SERIALS_FROM_1904)["moment"] == datetime(2020, 12, 3, 12)
    assert "序列号" in str(one("44168")["note"])


NUMERALS = "〇一二三四五六七八九"
UP_TO_31 = ["", *"一二三四五六七八九十", *(f"十{n}" for n in NUMERALS[1:]), "二十"]
UP_TO_31 += [*(f"二十{n}" for n in NUMERALS[1:]), "三十", "三十一"]


def in_numerals(day: date, zero: str) -> str:
    year = "".join(NUMERALS[int(digit)] for digit in str(day.year)).replace("〇", zero)
    return f"{year}年{UP_TO_31[day.month]}月{UP_TO_31[day.day]}日"


def wide(text: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)


FORMS: dict[str, Callable[[date], str]] = {
    "worded": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "worded, padded": lambda day: f"{day:%Y年%m月%d日}",
    "worded, weekday": lambda day: f"{day.year}年{day.month}月{day.day}日星期{'一二三四五六日'[day.weekday()]}",
    "weekday in brackets": lambda day: f"{day}（周{'一二三四五六天'[day.weekday()]}）",
    "dots": lambda day: f"{day.year}.{day.month}.{day.day}",
    "slashes": lambda day: f"{day.year}/{day.month}/{day.day}",
    "iso": lambda day: day.isoformat(),
    "spaced": lambda day: f" {day.year} 年 {day.month} 月 {day.day} 日 ",
    "compact": lambda day: f"{day:%Y%m%d}",
    "serial": lambda day: str((day - SERIALS_FROM_1900).days),
    "numerals": lambda day: in_numerals(day, "〇"),
    "numerals, other zero": lambda day: in_numerals(day, "零"),
    "numerals, round zero": lambda day: in_numerals(day, "○"),
    "wide": lambda day: wide(f"{day.year}/{day.month}/{day.day}"),
    "morning": lambda day: f"{day.year}年{day.month}月{day.day}日上午9时",
}
DAYS = st.lists(st.dates(date(1955, 1, 1), date(2100, 12, 31)), min_size=1, max_size=40)


@pytest.mark.parametrize("form", FORMS)
@given(days=DAYS)
@settings(max_examples=25, deadline=None)
def test_any_date_in_any_form_is_read_back_exactly(form: str, days: list[date]) -> None:
    found = read([FORMS[form](day) for day in days])
    assert found["day"].to_list() == days
    assert set(found["state"]) == {State.OK.value}


CLOCKS: dict[str, Callable[[datetime], str]] = {
    "iso": lambda at: f"{at:%Y-%m-%d %H:%M:%S}",
    "T": lambda at: f"{at:%Y-%m-%dT%H:%M:%S}",
    "slashes": lambda at: f"{at.year}/{at.month}/{at.day} {at.hour}:{at:%M:%S}",
    "worded": lambda at: f"{at.year}年{at.month}月{at.day}日{at.hour}时{at.minute}分{at.second}秒",
    "compact": lambda at: f"{at:%Y%m%d%H%M%S}",
    "English": lambda at: f"{at:%Y-%m-%d} {at.hour % 12 or 12}:{at:%M:%S} {'PM' if at.hour > 11 else 'AM'}",
}


@pytest.mark.parametrize("form", CLOCKS)
@given(moments=st.lists(st.datetimes(datetime(1955, 1, 1), datetime(2100, 12, 31)), min_size=1, max_size=40))
@settings(max_examples=25, deadline=None)
def test_any_moment_in_any_form_is_read_back_exactly(form: str, moments: list[datetime]) -> None:
    moments = [moment.replace(microsecond=0) for moment in moments]
    assert read([CLOCKS[form](moment) for moment in moments])["moment"].to_list() == moments


@given(texts=st.lists(st.text(max_size=30), min_size=1, max_size=40))
@settings(max_examples=100, deadline=None)
def test_random_text_is_never_a_date(texts: list[str]) -> None:
    wordy = [re.sub(r"\d", "", text) for text in texts]  # five digits alone may honestly be a serial number
    assert State.OK.value not in set(read(wordy)["state"])


PIECES = st.sampled_from([*"0123456789-/.年月日号时分 至、（）周一二三十〇", "2020", "12", "上午", "星期", "~", "前"])


def certain(text: str) -> date | None:
    """A slow and narrow reading: year, month and day in this order, and nothing behind them but a clock."""
    tidy = re.sub(r"\s", "", text)
    tail = r"(?:\(?(?:星期|周)[一二三四五六日天]\)?)?(?:上午)?(?:\d{1,2}(?:[时点]|时\d{1,2}分?))?"
    for pattern in (
        rf"(\d{{4}})([-/.年])(\d{{1,2}})([-/.月])(\d{{1,2}})[日号.]?{tail}",
        rf"(\d{{4}})()(\d\d)()(\d\d){tail}",
        rf"(\d\d)(年)(\d{{1,2}})(月)(\d{{1,2}})[日号]?{tail}",
    ):
        if found := re.fullmatch(pattern, tidy):
            year = int(found[1]) if len(found[1]) == 4 else (2000 if int(found[1]) < 50 else 1900) + int(found[1])
            try:
                return date(year, int(found[3]), int(found[5]))
            except ValueError:
                return None
    return None


@example(texts=["22020上午", "44000 10:30", "44000"])
@given(texts=st.lists(st.lists(PIECES, min_size=1, max_size=12).map("".join), min_size=1, max_size=60))
@settings(max_examples=200, deadline=None)
def test_shuffled_pieces_of_dates_are_read_only_where_a_narrow_reading_agrees(texts: list[str]) -> None:
    for text, (state, day) in zip(texts, read(texts).select("state", "day").rows(), strict=True):
        serial = re.fullmatch(r"\s*\d{5}(?:\.\d+)?\s*", text)
        if state == State.OK.value and not serial and not re.search("[一二三十〇]", text.replace("周", "")):
            assert certain(text) == day, text


@given(day=st.dates(date(2007, 1, 1), date(2030, 12, 31)), at=st.integers(0, 11), extra=st.sampled_from("张~、x?至"))
@settings(max_examples=200, deadline=None)
def test_a_date_with_a_stranger_inside_is_no_date(day: date, at: int, extra: str) -> None:
    written = f"{day.year}年{day.month}月{day.day}日"
    at = min(at, len(written))
    assert one(written[:at] + extra + written[at:])["state"] != State.OK.value


def test_many_texts_mean_what_each_means_alone() -> None:
    texts = [
        *("2020-12-03", "2020-02-30", "1900-01-01", "2101-01-01", "2020-12-03 09:30", "2020-12-03 14:60", ""),
        *("2020-12-03 09:30:15", "2020-12-31 23:59:60", "2020-12-03 24:00", "2020-12-03 24:01", " 2020-12-03 "),
        *(
            "2020年12月3日",
            "12月3日前",
            "2020-12-03 上午",
            "44168.5",
            "未答复",
            "2020-12-03至2020-12-05",
            "\x1f2020-12-03",
        ),
    ]
    once = read(texts, year=2020, is_limit=True)
    many = read(texts * 2_000, year=2020, is_limit=True)
    assert many.equals(pl.concat([once] * 2_000))
    assert once["moment"][8] == datetime(2021, 1, 1)
