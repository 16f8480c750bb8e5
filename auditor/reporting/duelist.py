"""What falls due soon, as text, as a sheet and as a calendar file that any calendar program opens."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import groupby
from pathlib import Path

import xlsxwriter

from auditor.domain.duelist import Due, DueList
from auditor.reporting.layout import Formats, row_height
from auditor.reporting.sheets import due_row
from auditor.reporting.text import clean
from auditor.reporting.words import words, workbook_words
from auditor.reporting.workbook import fitting

_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_LINE = 75  # octets, as the format has it


def due_text(items: Sequence[Due]) -> Iterator[str]:
    """Lines for the terminal, by unit."""
    for unit, group in groupby(items, key=lambda each: each.unit):
        own = list(group)
        yield f"{unit}（{len(own)}件）"
        for each in own:
            rules = "、".join(each.rules)
            remark = f"　{words().provisional_day}" if each.provisional else ""
            what = f"{each.log} {each.record}　{each.title}（{rules}）"
            yield f"  {each.due_on}　{each.left_text}　{each.run_text}　{what}{remark}"


def write_due_sheet(due: DueList, path: Path) -> None:
    """Write the list as a workbook of its own, headed like the sheet of the ledger; equal lists give equal bytes."""
    layout = workbook_words().sheets["due"]
    columns, span = layout.tables["rows"].columns, {"as_of": due.as_of.isoformat(), "until": due.until.isoformat()}
    with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
        created = datetime(due.as_of.year, due.as_of.month, due.as_of.day)
        book.set_properties({"title": layout.title, "created": created})
        formats, page = Formats(book), book.add_worksheet(layout.name)
        page.write_string(0, 0, layout.title, formats.named("title"))
        page.write_string(1, 0, layout.remark.format(**span), formats.named("meta"))
        page.set_row(0, 30)
        for place, column in enumerate(columns):
            page.set_column(place, place, column.width)
            page.write_string(2, place, column.heading, formats.named("heading"))
        for line, each in enumerate(due.items, start=3):
            row = due_row(each)
            texts = [row[column.key] for column in columns]
            for place, text in enumerate(texts):
                if isinstance(text, int):
                    page.write_number(line, place, text, formats.named("count"))
                else:
                    page.write_string(line, place, fitting(text or ""), formats.named("text"))
            page.set_row(line, row_height([str(text) for text in texts], [column.width for column in columns]))
        page.freeze_panes(3, layout.freeze)
        if due.items:
            page.autofilter(2, 0, len(due.items) + 2, len(columns) - 1)


def due_calendar(items: Sequence[Due], as_of: date) -> str:
    """The list as iCalendar (RFC 5545): one all-day entry an item, the same item always under the same id."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//disclosure-auditor//due//ZH", "CALSCALE:GREGORIAN"]
    for each in items:
        told = "\x1f".join((each.unit, each.log, each.record, each.rules[0]))
        about = f"{each.left_text}，{each.run_text}。规则：{'、'.join(each.rules)}"
        lines += [
            "BEGIN:VEVENT",
            f"UID:{sha256(told.encode('utf-8', 'replace')).hexdigest()[:32]}@disclosure-auditor",
            f"DTSTAMP:{as_of:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{each.due_on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{each.due_on + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(f'{each.unit}：{each.record} {each.title}到期')}",
            f"DESCRIPTION:{_escaped(about)}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return "\r\n".join(piece for line in [*lines, "END:VCALENDAR"] for piece in _folded(line)) + "\r\n"


def _escaped(text: str) -> str:
    text = clean(text).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def _folded(line: str) -> Iterator[str]:
    """A long line in pieces of at most 75 octets, no character cut in two; every further piece begins with a blank."""
    piece, size = "", 0
    for char in line:
        octets = len(char.encode("utf-8", "replace"))
        if size + octets > _LINE:
            yield piece
            piece, size = " ", 1
        piece, size = piece + char, size + octets
    yield piece
