"""What falls due soon, as text, as a sheet and as a calendar file that any calendar program opens."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import groupby
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]

from auditor.domain.duelist import Due
from auditor.reporting.layout import Formats, row_height
from auditor.reporting.text import clean
from auditor.reporting.workbook import fitting

_COLUMNS = (
    *(("责任单位", 16), ("到期日", 12), ("台账", 16), ("记录", 18), ("事项", 40), ("规则", 22)),
    *(("已用天数", 9), ("扣除天数", 9), ("剩余天数", 9), ("计日方式", 10), ("说明", 16)),
)
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_LINE = 75  # octets, as the format has it
_PROVISIONAL = "暂定（放假通知未发布）"


def due_text(items: Sequence[Due]) -> Iterator[str]:
    """Lines for the terminal, by unit."""
    for unit, group in groupby(items, key=lambda each: each.unit):
        own = list(group)
        yield f"{unit}（{len(own)}件）"
        for each in own:
            rules = "、".join(each.rules)
            remark = f"　{_PROVISIONAL}" if each.provisional else ""
            what = f"{each.log} {each.record}　{each.title}（{rules}）"
            yield f"  {each.due_on}　{each.left_text}　{each.run_text}　{what}{remark}"


def write_due_sheet(items: Sequence[Due], as_of: date, until: date, path: Path) -> None:
    """Write the list as a workbook; the same list gives the same bytes."""
    with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
        book.set_properties({"title": "临期事项", "created": datetime(as_of.year, as_of.month, as_of.day)})
        formats, page = Formats(book), book.add_worksheet("临期事项")
        page.write_string(0, 0, f"临期事项（{as_of} 至 {until}）", formats.named("title"))
        page.set_row(0, 30)
        for place, (heading, wide) in enumerate(_COLUMNS):
            page.set_column(place, place, wide)
            page.write_string(1, place, heading, formats.named("heading"))
        for line, each in enumerate(items, start=2):
            texts = _row(each)
            for place, text in enumerate(texts):
                kind = "count" if isinstance(text, int) else "text"
                if isinstance(text, int):
                    page.write_number(line, place, text, formats.named(kind))
                else:
                    page.write_string(line, place, fitting(text), formats.named(kind))
            page.set_row(line, row_height([str(text) for text in texts], [wide for _, wide in _COLUMNS]))
        page.freeze_panes(2, 2)
        if items:
            page.autofilter(1, 0, len(items) + 1, len(_COLUMNS) - 1)


def _row(each: Due) -> list[str | int]:
    days: list[str | int] = ["—" if number is None else number for number in (each.used, each.stopped)]
    named = [each.unit, each.due_on.isoformat(), each.log, each.record, each.title, "、".join(each.rules)]
    return [*named, *days, each.left, each.day_type.zh, _PROVISIONAL if each.provisional else ""]


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
