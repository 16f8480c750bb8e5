"""An empty log (台账模板) to fill in: a workbook with the columns that the reader knows, and what they mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, TypeAlias

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from auditor.reporting.layout import row_height
from auditor.reporting.text import width
from auditor.rulebook.logs import EXAMPLE, EXPLANATION, FieldType, LogDefinition, LogField

Value: TypeAlias = str | bool | int | float | date | datetime | list[str]

ROWS = 5000  # rows that have lists and checks
_DAY = datetime(2000, 1, 1)  # the same rulebook gives the same templates on every day
_FIRST_DAY, _LAST_DAY = date(1949, 10, 1), date(2100, 12, 31)
_MOST = 999_999_999
_A4, _A3 = 9, 8
_LONGEST_LIST, _MESSAGE, _TITLE = 255, 255, 32  # characters that the file format allows
_FONT: dict[str, Any] = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "text_wrap": True}
_EDGE: dict[str, Any] = {"border": 1, "border_color": "#C4CCD6"}
_HEADING: dict[str, Any] = {**_FONT, **_EDGE, "font_name": "黑体", "align": "center"}
_ENTRY: dict[str, Any] = {**_FONT, "align": "left"}
_EXAMPLE: dict[str, Any] = {**_ENTRY, **_EDGE, "italic": True, "font_color": "#7F7F7F", "bg_color": "#F2F2F2"}
_STYLES: dict[str, dict[str, Any]] = {
    "key": {**_HEADING, "bg_color": "#BDD7EE"},
    "used": {**_HEADING, "bg_color": "#DDE6F0"},
    "unused": {**_HEADING, "bg_color": "#EDEDED"},
    "title": {"font_name": "黑体", "font_size": 16, "valign": "vcenter"},
    "paragraph": {**_FONT, "valign": "top"},
    "warning": {**_FONT, "valign": "top", "font_color": "#9C0006", "bold": True},
    "cell": {**_FONT, **_EDGE, "num_format": "@", "valign": "top"},
}
_NUMBER_FORMATS = {
    FieldType.DATE: "yyyy-mm-dd",
    FieldType.TIME: "yyyy-mm-dd hh:mm",
    FieldType.COUNT: "0",
    FieldType.MONEY: "0.00",
}
_WIDTHS = {
    FieldType.TEXT: 16,
    FieldType.FLAG: 9,
    FieldType.DATE: 12,
    FieldType.TIME: 17,
    FieldType.COUNT: 9,
    FieldType.MONEY: 10,
    FieldType.LIST: 20,
    FieldType.ONE_OF: 13,
}
_LONG_TEXT = 30
_ENTRIES = {
    FieldType.TEXT: "文字",
    FieldType.FLAG: "是 或 否",
    FieldType.DATE: "日期，如 2025-03-04",
    FieldType.TIME: "日期和时间，如 2025-03-04 09:30",
    FieldType.COUNT: "整数，不写单位",
    FieldType.MONEY: "金额（元），不写单位",
    FieldType.LIST: "可以填几项，用顿号“、”隔开",
    FieldType.ONE_OF: "从下拉列表里选一个",
}
_GENERAL: dict[FieldType, Value] = {
    FieldType.TEXT: "",
    FieldType.FLAG: True,
    FieldType.DATE: date(2025, 3, 4),
    FieldType.TIME: datetime(2025, 3, 4, 9, 30),
    FieldType.COUNT: 3,
    FieldType.MONEY: 12.5,
    FieldType.LIST: ["甲", "乙"],
}
_COLUMNS = (
    ("列名", 20),
    ("怎么填", 34),
    ("可以留空吗；空着表示什么", 32),
    ("例", 24),
    ("用到它的规则", 24),
    ("也认得的列名", 40),
)
_ABOUT = (
    "“{log}”这张表里，一行登记一{unit}。第一行是列名，第二行是示例，从第三行起填写。列的先后可以调换，可以另加自己的列。",
    "示例行不会被当作记录：有一格写着“{example}”的行，程序一律不读。可以留着，也可以整行删去；不要在示例行上改写。",
    "没有登记过的事项，要整列删去，不要让一列空着。整列没有，表示“没有登记”，程序不会据此认定违反，只列为无法核实；"
    "有这一列而空着，表示“还没有办”或“没有”，程序会照此判断，到期的就是没有办。",
    "这种台账本单位没有，就删去这个文件，或让它只有示例行：程序按“没有提供”处理。"
    "删去示例行又一行不填，程序会理解为“这段时间一件也没有”。",
    "蓝色的列程序要用到；灰色的列程序不用，供本单位备查，可以整列删去。最左一列是编号，一条记录一个号，不要重复。",
    "日期要填到日：“约三月”“9月底”这样的日期程序不会采用。填好后，可用 auditor check 看一看有没有读懂。",
)
_WARNING = 2  # the paragraph that prevents a wrong verdict


@dataclass(frozen=True)
class Template:
    """What a template needs to know: the log, rules by the field that they read, values of its example."""

    log: LogDefinition
    rules: Mapping[str, Sequence[str]]
    example: Mapping[str, Value]
    values: Mapping[str, Value]
    common: frozenset[str] = frozenset()

    @property
    def fields(self) -> dict[str, LogField]:
        """The columns in order: the key, what is the log's own, what every log has."""
        own = [name for name in self.log.fields if name not in self.common and name != self.log.key]
        shared = [name for name in self.log.fields if name in self.common and name != self.log.key]
        return {name: self.log.fields[name] for name in (self.log.key, *own, *shared)}

    @property
    def file_name(self) -> str:
        """The file is called what the log is called, so that it is known by its name too."""
        return f"{self.log.zh}.xlsx"


def write_template(template: Template, path: Path) -> None:
    """Write one template; the same log gives the same bytes."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": template.log.zh, "created": _DAY})
        _Writer(book, template).write()


class _Writer:
    def __init__(self, book: Any, template: Template) -> None:
        self.book, self.template = book, template
        self.styles: dict[str, Format] = {name: book.add_format(style) for name, style in _STYLES.items()}
        self.columns: dict[tuple[FieldType, bool], Format] = {}

    def write(self) -> None:
        """The sheet to fill in first, then the page that explains it."""
        self._log(self.book.add_worksheet(self.template.log.zh))
        self._explanation(self.book.add_worksheet(EXPLANATION))

    def _log(self, page: Worksheet) -> None:
        fields = self.template.fields
        widths = [column_width(field) for field in fields.values()]
        page.set_row(0, row_height([field.zh for field in fields.values()], widths) + 6)
        page.set_row(1, row_height([shown(self.template.example.get(name, "")) for name in fields], widths))
        for at, (name, field) in enumerate(fields.items()):
            page.set_column(at, at, widths[at], self._look(field.type, is_example=False))
            page.write_string(0, at, field.zh, self.styles[self._kind(name)])
            self._example(page, at, name, field)
            self._checks(page, at, name, field)
        refuse = {"validate": "custom", "value": "=FALSE", "error_title": "示例行"}
        refuse["error_message"] = "这一行是示例，不要改写。请从第3行起填写；不要示例的，可以整行删去。"
        page.data_validation(1, 0, 1, len(fields) - 1, refuse)
        page.freeze_panes(1, 1)
        page.autofilter(0, 0, ROWS, len(fields) - 1)
        page.set_selection(2, 0, 2, 0)
        _print_on(page, _A3, self.template.log.zh)
        page.repeat_columns(0)
        page.set_print_scale(70)

    def _kind(self, name: str) -> str:
        if name == self.template.log.key:
            return "key"
        return "used" if self._use_of(name) else "unused"

    def _use_of(self, name: str) -> str:
        """What the program does with the column; "" where nothing."""
        log, rules = self.template.log, list(self.template.rules.get(name, ()))
        uses = ["、".join(rules[:2]) + (f" 等{len(rules)}条" if len(rules) > 2 else "")] if rules else []
        if name == log.key:
            uses.append("指明是哪一条记录")
        elif name == log.unit:
            uses.append("指明由谁负责")
        elif name in log.identity and not rules:
            uses.append("认出是同一条记录")
        return "；".join(uses)

    def _look(self, kind: FieldType, *, is_example: bool) -> Format:
        """The format of a column: text stays text, so that a long number keeps all its digits."""
        if (kind, is_example) not in self.columns:
            style = {**(_EXAMPLE if is_example else _ENTRY), "num_format": _NUMBER_FORMATS.get(kind, "@")}
            self.columns[kind, is_example] = self.book.add_format(style)
        return self.columns[kind, is_example]

    def _example(self, page: Worksheet, at: int, name: str, field: LogField) -> None:
        look = self._look(field.type, is_example=True)
        value = self.template.example.get(name)
        if name == self.template.log.key or name == "note":
            page.write_string(1, at, EXAMPLE, self._look(FieldType.TEXT, is_example=True))
        elif isinstance(value, (date, datetime)):
            page.write_datetime(1, at, value, look)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            page.write_number(1, at, value, look)
        elif value is None:
            page.write_blank(1, at, None, look)
        else:
            page.write_string(1, at, shown(value), look)

    def _checks(self, page: Worksheet, at: int, name: str, field: LogField) -> None:
        """What may be entered from the third row on, and a hint where the heading is selected."""
        check = entry_check(field)
        if check:
            page.data_validation(2, at, ROWS, at, check)
        hint = f"{entry_of(field)}。{blank_of(name, field, self.template.log)}"
        page.data_validation(
            0, at, 0, at, {"validate": "any", "input_title": field.zh[:_TITLE], "input_message": hint[:_MESSAGE]}
        )

    def _explanation(self, page: Worksheet) -> None:
        log = self.template.log
        for at, (_, wide) in enumerate(_COLUMNS):
            page.set_column(at, at, wide)
        across = sum(wide for _, wide in _COLUMNS)
        page.merge_range(0, 0, 0, len(_COLUMNS) - 1, f"{EXPLANATION}：{log.zh}", self.styles["title"])
        page.set_row(0, 30)
        about = log.about.rpartition("每行一")[2] or "条"
        line = 1
        for number, paragraph in enumerate(_ABOUT):
            text = paragraph.format(log=log.zh, example=EXAMPLE, unit=about)
            style = self.styles["warning" if number == _WARNING else "paragraph"]
            page.merge_range(line, 0, line, len(_COLUMNS) - 1, f"{number + 1}. {text}", style)
            page.set_row(line, row_height([text], [across - 6]))
            line += 1
        line += 1
        page.set_row(line, 22)
        for at, (heading, _) in enumerate(_COLUMNS):
            page.write_string(line, at, heading, self.styles["used"])
        page.freeze_panes(line + 1, 1)
        first = line
        for name, field in self.template.fields.items():
            line += 1
            texts = self._line(name, field)
            for at, text in enumerate(texts):
                page.write_string(line, at, text, self.styles["cell"])
            page.set_row(line, row_height(texts, [wide for _, wide in _COLUMNS]))
        _print_on(page, _A4, f"{EXPLANATION}：{log.zh}")
        page.fit_to_pages(1, 0)
        page.repeat_rows(first)
        page.protect("", {"format_columns": True, "format_rows": True})

    def _line(self, name: str, field: LogField) -> list[str]:
        example = self.template.values.get(name, _GENERAL.get(field.type, field.options[0] if field.options else ""))
        return [
            field.zh,
            entry_of(field),
            blank_of(name, field, self.template.log),
            shown(example),
            self._use_of(name) or "没有（供备查）",
            "、".join([*field.aliases, *field.weak_aliases]),
        ]


def _print_on(page: Worksheet, paper: int, name: str) -> None:
    page.set_landscape()
    page.set_paper(paper)
    page.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    page.set_header(f"&C{name}")
    page.set_footer("&C第 &P 页，共 &N 页")


def column_width(field: LogField) -> int:
    """Wide enough for what is entered, and for the heading in at most two lines beside its filter button."""
    wide = _LONG_TEXT if field.content else _WIDTHS[field.type]
    longest = max((width(option) for option in field.options), default=0)
    return max(wide, min(longest, _LONG_TEXT) + 2, -(-width(field.zh) // 2) + 4)


def entry_of(field: LogField) -> str:
    """How the column is filled in."""
    if field.options:
        return f"{_ENTRIES[FieldType.ONE_OF]}：{'、'.join(field.options)}"
    return _ENTRIES[field.type] + ("；可以晚于今天" if field.planned else "")


def blank_of(name: str, field: LogField, log: LogDefinition) -> str:
    """Whether the cell may be left blank, and what a blank cell means."""
    if name == log.key:
        return "请填。空着的，程序按内容另编一个号"
    if field.blank == "unknown":
        return "可以。空着表示没有登记，不当作“否”"
    if field.blank is not None:
        return f"可以。空着表示“{field.blank}”"
    if field.type is FieldType.FLAG:
        return "可以。空着表示“否”"
    if field.type in (FieldType.DATE, FieldType.TIME):
        return "没有办、没有发生的，空着。空着表示还没有办"
    if field.type in (FieldType.COUNT, FieldType.MONEY):
        return "可以。空着表示没有登记，不当作 0"
    return "可以。空着表示没有填写"


def entry_check(field: LogField) -> dict[str, Any] | None:
    """The check of a cell, as the file format puts it; None where anything may be written."""
    match field.type:
        case FieldType.FLAG:
            return {"validate": "list", "source": ["是", "否"], "error_message": "请选“是”或“否”，不适用就空着。"}
        case FieldType.ONE_OF if len(",".join(field.options)) <= _LONGEST_LIST:
            return {
                "validate": "list",
                "source": list(field.options),
                "error_message": "请从下拉列表里选，没有就空着。",
            }
        case FieldType.DATE | FieldType.TIME:
            kind = "日期" if field.type is FieldType.DATE else "日期和时间"
            sample = "2025-03-04" if field.type is FieldType.DATE else "2025-03-04 09:30"
            message = f"请填{kind}，如 {sample}；还没有就空着，不要写文字。"
            check = {"validate": "date", "criteria": "between", "error_message": message}
            last = datetime.combine(_LAST_DAY, time(23, 59))
            return {**check, "minimum": datetime.combine(_FIRST_DAY, time()), "maximum": last}
        case FieldType.COUNT:
            message = "请填不小于 0 的整数，不写单位。"
            return {
                "validate": "integer",
                "criteria": "between",
                "minimum": 0,
                "maximum": _MOST,
                "error_message": message,
            }
        case FieldType.MONEY:
            message = "请填以元计的金额，不写单位。"
            return {
                "validate": "decimal",
                "criteria": "between",
                "minimum": -_MOST,
                "maximum": _MOST,
                "error_message": message,
            }
        case _:
            return None


def shown(value: Value) -> str:
    """A value as a person would write it into the cell."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list):
        return "、".join(value)
    return str(value)
