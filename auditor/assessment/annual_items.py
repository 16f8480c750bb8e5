"""Section two and the eleven local items of the yearly report, as far as the logs tell them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import polars as pl

from auditor.assessment.annual_requests import TO_FILL, figure_of
from auditor.domain.annualreport import ACTIVE, ITEMS, REMEDIES, REQUESTS, Doubt, Figure, Place
from auditor.domain.scoring import rounded
from auditor.rulebook.reportforms import KEYS, TOTAL, ReportForm
from auditor.tables import RECORD, LogTable

_OTHER = "其他类别"
VALUE = "数值"

Tables = Mapping[str, LogTable]
Known = Mapping[Place, Figure]


def active_figures(tables: Tables, form: ReportForm, year: int, as_of: date) -> dict[Place, Figure]:
    """Section two: normative documents from the log of documents; what no log tells is left to fill in."""
    row = form.active.documents
    issued = _rows(tables.get("documents"), "issued_on", year, as_of)
    figures = [
        figure_of(ACTIVE, row, "本年制发件数", _those(issued, "normative", bool)),
        Figure(ACTIVE, row, "本年废止件数", None, (), TO_FILL),
        Figure(ACTIVE, row, "现行有效件数", None, (), f"{TO_FILL}；一般应为上年数加本年制发减本年废止"),
    ]
    figures += [
        Figure(ACTIVE, each.row, column, None, (), TO_FILL) for each in form.active.others for column in each.columns
    ]
    return {figure.place: figure for figure in figures}


def item_figures(
    tables: Tables, form: ReportForm, year: int, as_of: date, known: Known, categories: Mapping[str, Sequence[str]]
) -> dict[Place, Figure]:
    """The eleven items of article 19; `known` are the tables' figures, `categories` the words of each class."""
    figures = [
        *_work(tables, year, as_of),
        *_published(tables, form, year, as_of, categories),
        Figure(ITEMS, "（一）4 查阅场所接待人数、网站专栏访问人次", VALUE, None, (), TO_FILL),
        _same(known, "（二）1 受理申请件数", REQUESTS, KEYS[0]),
        _refused(known, form),
        _same(known, "（二）3 已答复件数", REQUESTS, KEYS[2]),
        *(_same(known, f"（二）4 {row}", REMEDIES, row) for row in form.remedies.rows),
        *_fees(tables, form, year, as_of),
        *_problems(tables, year, as_of),
        Figure(ITEMS, "（四） 其他需要报告的事项", VALUE, None, (), "有则填写"),
    ]
    return {figure.place: figure for figure in figures}


def item_doubts(tables: Tables, year: int, as_of: date) -> tuple[Doubt, ...]:
    """Records of the year that were not counted, because nobody recorded what they are."""
    asked = (
        ("publications", "published_on", "attribute", "没有登记公开属性，没有计入主动公开信息"),
        ("documents", "issued_on", "normative", "没有登记是否规范性文件，没有计入行政规范性文件"),
    )
    return tuple(
        Doubt(each[RECORD], why)
        for log, day, field, why in asked
        for each in _rows(tables.get(log), day, year, as_of) or ()
        if field in each and each[field] is None
    )


def _item(row: str, records: Sequence[str] | None, note: str = "") -> Figure:
    return figure_of(ITEMS, row, VALUE, records, note)


def _same(known: Known, row: str, table: str, of: str) -> Figure:
    figure = known[table, of, TOTAL]
    return Figure(ITEMS, row, VALUE, figure.value, figure.records, figure.note)


def _refused(known: Known, form: ReportForm) -> Figure:
    parts = [known[REQUESTS, line.zh, TOTAL] for line in form.results if line.group == "不予公开"]
    is_told = all(part.value is not None for part in parts)
    records = [record for part in parts for record in part.records] if is_told else None
    return _item("（二）2 不予公开件数", records, "国家格式（三）各项之和")


def _work(tables: Tables, year: int, as_of: date) -> Iterator[Figure]:
    """Item (一)1 is told in words; the checks and reports of the year may support it."""
    rows = _rows(tables.get("checks"), "held_on", year, as_of)
    kinds = sorted({each["kind"] for each in rows or () if each.get("kind")})
    yield Figure(ITEMS, "（一）1 开展工作、采取的措施", VALUE, None, (), "须写明；下列检查和汇报次数供参考")
    for kind in kinds:
        yield _item(f"（一）1 其中：{kind}", [each[RECORD] for each in rows or () if each.get("kind") == kind])


def _published(
    tables: Tables, form: ReportForm, year: int, as_of: date, categories: Mapping[str, Sequence[str]]
) -> Iterator[Figure]:
    rows = _rows(tables.get("publications"), "published_on", year, as_of)
    if rows is None:
        yield _item("（一）2 主动公开信息总数", None)
        yield _item("（一）3 各种公开方式的数量", None)
        return
    total = _those(rows, "attribute", lambda attribute: attribute == "主动公开")
    yield _item("（一）2 主动公开信息总数", total)
    counted = set(total or ())
    is_told = total is not None and _tells(rows, "categories")
    has_channels = total is not None and _tells(rows, "channels")
    rows = [each for each in rows if each[RECORD] in counted]
    yield from _by_category(rows, form, categories, is_told=is_told)
    if not has_channels:
        yield _item("（一）3 各种公开方式的数量", None)
        return
    channels = Counter(channel for each in rows for channel in dict.fromkeys(each.get("channels") or ()))
    for channel in sorted(channels):
        found = [each[RECORD] for each in rows if channel in (each.get("channels") or ())]
        yield _item(f"（一）3 {channel}", found, "一条信息用几种方式公开的，各种方式都计")
    unnamed = [each[RECORD] for each in rows if not each.get("channels")]
    if unnamed:
        yield _item("（一）3 没有登记公开方式", unnamed)


def _by_category(
    rows: Sequence[Mapping[str, Any]], form: ReportForm, categories: Mapping[str, Sequence[str]], *, is_told: bool
) -> Iterator[Figure]:
    classed: set[str] = set()
    for key, zh in form.categories.items():
        words = set(categories.get(key, ()))
        found = [each[RECORD] for each in rows if words & set(each.get("categories") or ())]
        classed |= set(found)
        yield _item(f"（一）2 其中：{zh}", found if is_told else None, "一条信息属于几类的，各类都计")
    others = [each[RECORD] for each in rows if each[RECORD] not in classed]
    yield _item(f"（一）2 其中：{_OTHER}", others if is_told else None)


def _fees(tables: Tables, form: ReportForm, year: int, as_of: date) -> Iterator[Figure]:
    table = tables.get("requests")
    charged = [
        each
        for each in (table.frame.to_dicts() if table is not None else ())
        if (each.get("fee_amount") or 0) > 0
        and (day := _charged_on(each, form, as_of)) is not None
        and day.year == year
    ]
    if table is None or "fee_amount" not in table.frame.columns:
        yield _item("（二）5 收费件数", None)
        return
    records = tuple(each[RECORD] for each in charged)
    yield _item("（二）5 收费件数", records)
    yield Figure(ITEMS, "（二）5 收费金额（元）", VALUE, _yuan(each["fee_amount"] for each in charged), records)
    yield Figure(ITEMS, "（二）5 减免件数", VALUE, None, (), TO_FILL)


def _charged_on(row: Mapping[str, Any], form: ReportForm, as_of: date) -> date | None:
    """The day of payment, else of the notice, else of receipt; None where none of them has come by `as_of`."""
    charged = [day for name in ("fee_paid_on", "fee_notified_on") if (day := row.get(name)) is not None]
    received = [day for name in form.received if (day := row.get(name)) is not None]
    return next((day for day in charged or received[:1] if day <= as_of), None)


def _yuan(amounts: Iterable[float]) -> int:
    """The sum of amounts, exact to the cent, in whole yuan: half a yuan counts as one."""
    exact = sum((Fraction(str(amount)) for amount in amounts), Fraction(0))
    return int(rounded(exact, 0) or 0)


def _problems(tables: Tables, year: int, as_of: date) -> Iterator[Figure]:
    rows = _rows(tables.get("problems"), "found_on", year, as_of)
    found = None if rows is None else [each[RECORD] for each in rows]
    yield _item("（三） 检查发现的问题", found, "主要问题和改进措施须写明")
    if rows is not None:
        done = _those(rows, "rectified_on", lambda day: day <= as_of)
        yield _item("（三） 其中：已经整改", done)


def _tells(rows: Sequence[Mapping[str, Any]], field: str) -> bool:
    """Whether there is a column for the field; of no rows there is nothing that it could tell."""
    return all(field in each for each in rows)


def _those(rows: Sequence[Mapping[str, Any]] | None, field: str, holds: Callable[[Any], bool]) -> list[str] | None:
    """The records whose field is recorded and holds; None where no log has it."""
    if rows is None or not _tells(rows, field):
        return None
    return [each[RECORD] for each in rows if each[field] is not None and holds(each[field])]


def _rows(table: LogTable | None, field: str, year: int, as_of: date) -> list[dict[str, Any]] | None:
    """The records of the year until `as_of`; None where the log or the column is not there."""
    if table is None or field not in table.frame.columns:
        return None
    return table.frame.filter((pl.col(field).dt.year() == year) & (pl.col(field) <= as_of)).to_dicts()
