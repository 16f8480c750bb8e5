"""The yearly report, from the files to its figures, and a filled-in report held against them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from auditor import __version__
from auditor.assessment.annual_checks import arithmetic
from auditor.assessment.annual_items import active_figures, item_doubts, item_figures
from auditor.assessment.annual_requests import (
    ANSWER_FIELDS,
    GROUND_FIELDS,
    LOG,
    UNKNOWN_KIND,
    count_requests,
    remedy_figures,
    request_figures,
)
from auditor.assessment.comparing import Filled, compare
from auditor.assessment.filled import stated_figures
from auditor.assessment.labels import plain, row_names
from auditor.domain.annualreport import ITEMS, REQUESTS, AnnualReport, Check, Compared, Figure, Place
from auditor.errors import DataError
from auditor.judgement.masking import mask_stray
from auditor.judgement.naming import naming_of
from auditor.reading import read_logs
from auditor.reading.sheetcells import read_cells
from auditor.rulebook.book import Rulebook
from auditor.rulebook.reportforms import KEYS, TOTAL, ReportForm
from auditor.tables import Logs, LogTable

_ROWS, _CATEGORIES = "rpt.rows", "content.categories"
_SETTING_KEYS = dict(zip(("本年新收", "上年结转", "办理结果总计", "结转下年度"), KEYS, strict=True))
_ANSWERED = "answered"
_COUNTED_BY = (  # log, and fields of which it has to have one
    *((LOG, (field,)) for field in ("applicant_kind", "reconsideration", "litigation", "fee_amount")),
    (LOG, ANSWER_FIELDS),
    *(("publications", (field,)) for field in ("published_on", "attribute", "categories", "channels")),
    *(("documents", (field,)) for field in ("issued_on", "normative")),
    *(("problems", (field,)) for field in ("found_on", "rectified_on")),
)
_STATED = {  # figures that the log of yearly reports states, and which they are
    "accepted": (REQUESTS, KEYS[0], TOTAL),
    "carried_in": (REQUESTS, KEYS[1], TOTAL),
    _ANSWERED: (REQUESTS, KEYS[2], TOTAL),
    "carried_out": (REQUESTS, KEYS[3], TOTAL),
    "refused": (ITEMS, "（二）2 不予公开件数", "数值"),
    "published_total": (ITEMS, "（一）2 主动公开信息总数", "数值"),
}


def annual_report(
    paths: Sequence[Path],
    book: Rulebook,
    form: ReportForm,
    year: int,
    as_of: date,
    *,
    profile: Path | None = None,
    filled: Path | None = None,
) -> tuple[AnnualReport, Logs]:
    """Count the report of `year` from the logs under `paths`; hold the report in `filled` against it."""
    book.check_day(as_of)
    logs = read_logs(paths, book.logs, as_of, profile)
    names = row_names(form, _named_rows(book))
    words = [line.zh for line in form.results]
    requests = count_requests(
        logs.tables.get("requests"), form, year, as_of, names, lambda cell: mask_stray(cell, words)
    )
    figures = request_figures(requests, form) | remedy_figures(requests, form)
    figures |= active_figures(logs.tables, form, year, as_of)
    figures |= item_figures(logs.tables, form, year, as_of, figures, book.values[_CATEGORIES])
    values = {place: figure.value for place, figure in figures.items() if figure.value is not None}
    checks = arithmetic(values, form, requests.kinds)
    unchecked = len(arithmetic(dict.fromkeys(figures, 0), form, requests.kinds)) - len(checks)
    lacks_kinds = UNKNOWN_KIND in requests.kinds and "applicant_kind" in requests.columns
    report = AnnualReport(
        year=year,
        as_of=as_of,
        basis=form.basis,
        applicants=(*form.applicants, *requests.kinds),
        figures=figures,
        checks=checks,
        across=tuple(_across(logs, figures, form, names, year)),
        doubts=(*requests.doubts, *item_doubts(logs.tables, year, as_of)),
        cautions=(
            *_cautions(logs, year, as_of, has_unknown_kind=lacks_kinds),
            *_lacking(logs, book, form, lacks_grounds=requests.lacks_grounds),
            *([f"有{unchecked}项勾稽关系涉及须填写的数字，没有核对。"] if unchecked else []),
        ),
        inputs=logs.inputs,
        version=__version__,
    )
    if filled is not None:
        compared, digest = _compared(filled, report, form, names)
        report = replace(report, compared=compared, inputs={**logs.inputs, filled.name: digest})
    return naming_of(logs.tables, (), as_of).model(report), logs


def _named_rows(book: Rulebook) -> Mapping[str, Sequence[str]]:
    named = book.values.get(_ROWS) or {}
    return {_SETTING_KEYS[key]: words for key, words in named.items() if key in _SETTING_KEYS}


def _across(
    logs: Logs, figures: Mapping[Place, Figure], form: ReportForm, names: Mapping[str, str], year: int
) -> Iterator[Check]:
    """What was carried in against last year's report, and this year's figures against the log of reports."""
    for (row, column), last in _reported(logs.tables.get("report_figures"), names, year - 1).items():
        carried = figures.get((REQUESTS, KEYS[1], column))
        if row == KEYS[3] and carried is not None and carried.value is not None:
            name = f"{column}：本年的上年结转＝上年度报告的结转下年度"
            yield Check(name, carried.value == last, carried.value, last, (carried.place,))
    table = logs.tables.get("annual_reports")
    values = [figures[REQUESTS, line.zh, TOTAL].value for line in form.results if line.unanswered]
    unanswered = None if None in values else sum(value or 0 for value in values)
    for stated in table.frame.filter(pl.col("year") == year).to_dicts() if table is not None else ():
        for field, place in _STATED.items():
            figure, number = figures.get(place), stated.get(field)
            if number is not None and figure is not None and figure.value is not None:
                name = f"年度报告台账登记的{place[1]}＝按台账计数"
                # 答复件数 may leave out what was closed without a reply.
                unsure = (figure.value if unanswered is None else unanswered) if field == _ANSWERED else 0
                least = figure.value - unsure
                yield Check(name, least <= number <= figure.value, number, figure.value, (place,))


def _reported(table: LogTable | None, names: Mapping[str, str], year: int) -> dict[tuple[str, str], int]:
    """The table of requests in a published report, by row and column."""
    if table is None or not {"year", "table", "row", "column", "value"} <= set(table.frame.columns):
        return {}
    rows = table.frame.filter((pl.col("year") == year) & (pl.col("table") == REQUESTS)).to_dicts()
    return {
        (names[plain(each["row"])], each["column"]): each["value"]
        for each in rows
        if each["row"] and each["value"] is not None and plain(each["row"]) in names
    }


def _compared(path: Path, report: AnnualReport, form: ReportForm, names: Mapping[str, str]) -> tuple[Compared, str]:
    sheets, digest = read_cells(path)
    items = [place[1] for place in report.figures if place[0] == ITEMS]
    filled = [Filled(path.name, each.sheet, stated_figures(each.cells, form, names, items)) for each in sheets]
    if not any(each.figures for each in filled):
        raise DataError(
            f"{path.name}：没有找到年度报告的表格。应有“商业企业、科研机构……总计”的列和“本年新收政府信息公开申请数量”等行"
        )
    return compare(filled, report.figures, form), digest


def _lacking(logs: Logs, book: Rulebook, form: ReportForm, *, lacks_grounds: bool) -> Iterator[str]:
    """Columns that a log of the report lacks: what is counted by them is left to fill in."""
    needed = [*_COUNTED_BY, (LOG, form.received), (LOG, (*form.handled, *ANSWER_FIELDS))]
    needed += [(LOG, GROUND_FIELDS)] if lacks_grounds else []
    for log, fields in needed:
        table, known = logs.tables.get(log), book.logs.logs[log]
        if table is not None and not set(fields) & set(table.columns):
            names = "、".join(f"“{known.fields[name].zh}”" for name in fields)
            yield f"{known.zh}没有{names}{'中的任何' if len(fields) > 1 else ''}一列，据此计数的项目须填写。"


def _cautions(logs: Logs, year: int, as_of: date, *, has_unknown_kind: bool) -> list[str]:
    cautions = [f"无法读取：{each}" for each in logs.unreadable]
    if as_of < date(year, 12, 31):
        cautions.append(f"{year}年度尚未结束（基准日{as_of}），数字只到基准日为止。")
    if "requests" not in logs.tables:
        cautions.append("没有提供依申请公开台账，申请处理和复议诉讼两张表须填写。")
    if has_unknown_kind:
        cautions.append("有的申请没有登记申请人类别，只计入总计，总计与各类之和因此不等；请补登后重新生成。")
    return cautions
