"""Workbooks of typed-in forms: the empty one, with drop-downs and two sheets, and the log made of one that agrees."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from auditor.reporting.blocks import document_words
from auditor.reporting.evaluation_plan import WORDS, Plan
from auditor.reporting.layout import Formats
from auditor.reporting.workbook import fitting
from auditor.rulebook.entryform import (
    ANSWER_COLUMNS,
    COLUMNS,
    FIRST,
    GROUP,
    HEADING_ROW,
    OPINION,
    RETURNED,
    SECOND,
    UNIT,
    YES,
)

_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_WIDTHS = {GROUP: 16, UNIT: 18, OPINION: 50}
_LOG = "评议问卷"


def write_entry(plan: Plan, numbers: Sequence[str], path: Path) -> None:
    """The workbook to type in: every number on both sheets, differences between them turn red as one types."""
    with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
        book.set_properties({"title": _LOG, "created": datetime.fromisoformat(plan.day)})
        formats = Formats(book)
        red = book.add_format({"bg_color": "#F4C2BD", "font_color": "#7D120C", "bold": True})
        for name, other in ((FIRST, SECOND), (SECOND, FIRST)):
            page = book.add_worksheet(name)
            _entry_sheet(page, plan, numbers, formats)
            _compare(page, other, len(numbers), red)


def _entry_sheet(page: Worksheet, plan: Plan, numbers: Sequence[str], formats: Formats) -> None:
    page.write_string(0, 0, f"{plan.year}年度评议问卷录入：{page.get_name()}", formats.named("title"))
    page.merge_range(1, 0, 1, len(COLUMNS) - 1, "", formats.named("text"))
    page.write_string(1, 0, document_words(WORDS).terms["entry_guide"], formats.named("text"))
    page.set_row(0, 28)
    page.set_row(1, 48)
    questions = dict(zip(ANSWER_COLUMNS, plan.contents, strict=True))
    for at, heading in enumerate(COLUMNS):
        page.set_column(at, at, _WIDTHS.get(heading, 14))
        page.write_string(HEADING_ROW - 1, at, heading, formats.named("heading"))
        if heading in questions:
            page.write_comment(HEADING_ROW - 1, at, "：".join(questions[heading][:2]))
    for row, number in enumerate(numbers, start=HEADING_ROW):
        page.write_string(row, 0, number, formats.named("text"))
        for at in range(1, len(COLUMNS)):
            page.write_blank(row, at, None, formats.named("entry"))
    last = HEADING_ROW + len(numbers) - 1
    lists = {RETURNED: [YES], GROUP: [*plan.groups, "其他"], **{each: list(plan.options) for each in ANSWER_COLUMNS}}
    for heading, options in lists.items():
        at = COLUMNS.index(heading)
        says = f"请从列表中选：{'、'.join(options)}；没有作答的留空"
        page.data_validation(
            HEADING_ROW, at, last, at, {"validate": "list", "source": options, "error_message": says[:255]}
        )
    page.freeze_panes(HEADING_ROW, 1)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def _compare(page: Worksheet, other: str, rows: int, red: object) -> None:
    """A cell that differs from the other sheet's turns red once both rows hold something."""
    if not rows:
        return
    first, last = HEADING_ROW + 1, HEADING_ROW + rows
    own, theirs = f"COUNTA($B{first}:$J{first})>0", f"COUNTA('{other}'!$B{first}:$J{first})>0"
    criteria = f"=AND({own},{theirs},TRIM(B{first})<>TRIM('{other}'!B{first}))"
    page.conditional_format(f"B{first}:J{last}", {"type": "formula", "criteria": criteria, "format": red})


def write_log(day: str, headings: Sequence[str], rows: Sequence[Mapping[str, str]], path: Path) -> None:
    """The log 评议问卷 of forms that two people typed alike; everything is text."""
    with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
        book.set_properties({"title": _LOG, "created": datetime.fromisoformat(day)})
        _log_sheet(book, headings, rows)


def _log_sheet(book: Workbook, headings: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    page, formats = book.add_worksheet(_LOG), Formats(book)
    for at, heading in enumerate(headings):
        page.set_column(at, at, 14)
        page.write_string(0, at, heading, formats.named("heading"))
    for line, row in enumerate(rows, start=1):
        for at, value in enumerate(row.values()):
            if value:
                page.write_string(line, at, fitting(value), formats.named("text"))
