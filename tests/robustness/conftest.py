"""Logs made at random from the catalogue, with everything in their cells that people and programs leave there."""

import csv
import json
import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import pytest
import xlsxwriter

from auditor.rulebook.book import Rulebook
from auditor.rulebook.loading import load_rulebook
from auditor.rulebook.logs import FieldType, LogDefinition, LogField

Table: TypeAlias = list[list[str]]  # headings first
Cell: TypeAlias = Callable[[random.Random, str, LogField], str]

ODD = [
    *("", "　", "/", "—", "无", "N/A", "=1+1", "+1", "-1", "@SUM(A1)", "{{7*7}}", "{% raw %}", "${x}", "%s", "{0}"),
    *(
        "\u202e反",
        "\u200f",
        "😀👨‍👩‍👧",
        "１２３",
        "２０２５－０１－０２",
        "\x0b",
        "\x1f甲\x1f乙",
        "\x1c",
        "\u0085",
        "\u2028",
        '"',
        "'",
    ),
    *("0", "-5", "1e400", "NaN", "inf", "9" * 30, "0001-01-01", "1900-01-01", "2099-12-31", "9999-12-31"),
    *("2025-02-29", "20000", "45000.75", "2025-01-02 24:00", "2025-01-02T03:04:05+14:00", "x" * 3000, "行\n" * 500),
]


@pytest.fixture(scope="package")
def book() -> Rulebook:
    """The rulebook as shipped."""
    return load_rulebook()


def plain(chance: random.Random, name: str, field: LogField) -> str:
    """A cell as an office would write it."""
    if chance.random() < 0.15:
        return ""
    if name.endswith("_id") or name == "item":
        return chance.choice(["A1", "A2", "A3", "Ａ1", "1", "1.0"])
    day = date(chance.choice([2019, 2024, 2025, 2025, 2026, 2031]), 1, 1) + timedelta(chance.randrange(365))
    match field.type:
        case FieldType.DATE:
            return day.isoformat()
        case FieldType.TIME:
            return datetime(day.year, day.month, day.day, chance.randrange(24)).isoformat(sep=" ")
        case FieldType.FLAG:
            return chance.choice(["是", "否"])
        case FieldType.COUNT:
            return str(chance.choice([0, 1, 5, 7, 15, 30, 100, 2024, 2025, 10**6]))
        case FieldType.MONEY:
            return chance.choice(["0", "12.5", "-3"])
        case FieldType.ONE_OF:
            return chance.choice(field.options)
        case FieldType.LIST:
            return "、".join(chance.sample(["甲", "乙", "政府网站", "问卷评议"], 2))
    return chance.choice(["局办公室", "人事科", "关于甲的通知", "张三", "局长", "分管领导", "2025"])


def odd(chance: random.Random, name: str, field: LogField) -> str:
    """Now and then a cell that nobody should have written."""
    return chance.choice(ODD) if chance.random() < 0.1 else plain(chance, name, field)


def table(chance: random.Random, log: LogDefinition, rows: int, cell: Cell) -> Table:
    """Some columns of a log, all of them every other time, in any order, now and then one twice."""
    fields = list(log.fields.items())
    chosen = chance.sample(fields, len(fields) if chance.random() < 0.5 else chance.randrange(1, len(fields) + 1))
    chosen += chosen[:1] if chance.random() < 0.2 else []
    headings = [chance.choice([name, field.zh, *field.aliases]) for name, field in chosen]
    return [headings, *([cell(chance, name, field) for name, field in chosen] for _ in range(rows))]


def as_csv(path: Path, rows: Table, chance: random.Random) -> None:
    """Any separator, any encoding that can hold it."""
    with path.open("w", encoding=chance.choice(["utf-8", "utf-8-sig", "utf-16", "gb18030"]), newline="") as file:
        csv.writer(file, delimiter=chance.choice(",,\t;")).writerows(rows)


def as_jsonl(path: Path, rows: Table, chance: random.Random) -> None:
    """Wrong types, numbers beyond all bounds, half characters, lines that are no objects."""
    wrong = [None, {"a": [1]}, ["甲", "乙"], [], [None, ["乙"]], 1, 1.5, True, float("nan"), 10**30, "\x00"]
    lines = []
    for row in rows[1:]:
        cells = [chance.choice(wrong) if chance.random() < 0.1 else cell for cell in row]
        lines.append(json.dumps(dict(zip(rows[0], cells, strict=True)), ensure_ascii=chance.random() < 0.5))
    lines += chance.sample(["[1]", "{", "null", '{"a":1e400}', '{"a":"\\ud800"}', "{" * 3000], 2)
    path.write_text("\n".join(lines), encoding="utf-8")


def as_xlsx(path: Path, rows: Table, chance: random.Random) -> None:
    """A title over merged cells, an empty sheet, booleans, error cells, dates as numbers."""
    with xlsxwriter.Workbook(str(path)) as workbook:
        if chance.random() < 0.3:
            workbook.add_worksheet("空")
        sheet = workbook.add_worksheet()
        top = chance.choice([0, 1, 3])
        if top and len(rows[0]) > 1:
            sheet.merge_range(0, 0, 0, len(rows[0]) - 1, "台账")
        shown = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for line, row in enumerate(rows, top + 1):
            for place, cell in enumerate(row):
                dice = chance.random() if line > top + 1 else 1
                if dice < 0.04:
                    sheet.write_boolean(line, place, dice < 0.02)
                elif dice < 0.08:
                    sheet.write_formula(line, place, "=1/0", None, "#DIV/0!")
                elif dice < 0.12:
                    sheet.write_number(line, place, chance.choice([45000, 45000.5, 1e300, -1, 2958466, 60]), shown)
                else:
                    sheet.write_string(line, place, cell)


WRITERS = {"csv": as_csv, "jsonl": as_jsonl, "xlsx": as_xlsx}


def office(folder: Path, book: Rulebook, seed: int, rows: int, cell: Cell = plain, kind: str = "") -> Path:
    """Every log of the catalogue, each in a format by chance or all in one."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(seed)
    for log in book.logs.logs.values():
        ending = kind or chance.choice(list(WRITERS))
        WRITERS[ending](folder / f"{log.zh}.{ending}", table(chance, log, rows, cell), chance)
    return folder
