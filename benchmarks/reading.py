"""How long large files take to be read, and how much memory that needs. One command, no limits asserted.

    python benchmarks/reading.py [--rows 100000] [--lines 1000000] [--repeat 3]

Each file is read by `auditor check` in a process of its own, start-up included: a workbook of `--rows` rows, the same
with a formula in each row, one formatted without content down to its last row, and a text table of `--lines` lines.
"""

import argparse
import csv
import os
import platform
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import xlsxwriter
from measuring import auditor, measure

HEADINGS = (
    *("申请编号", "申请人", "收到申请日期", "答复日期", "申请内容", "责任科室"),
    *("申请渠道", "答复类型", "申请事项数", "收费金额", "备注", "录入人"),
)
UNITS = ("办公室", "法规科", "基层科", "财务科", "督查科")
NAME = "依申请公开"
LAST_ROW = 1_000_000


def rows(count: int) -> Iterator[list[object]]:
    """Requests of 12 columns, the same for the same count."""
    for at in range(count):
        day = date(2020, 1, 1) + timedelta(days=at % 700)
        what = f"申请公开{at % 5_000}号文件及其附件材料"
        unit = UNITS[at % len(UNITS)]
        start = [f"SQ{at:07d}", f"张{at % 977}", day, day + timedelta(days=at % 30), what, unit]
        yield [*start, "互联网", "予以公开", at % 7 + 1, (at % 100) * 1.5, "" if at % 3 else "无", "李"]


def workbook(path: Path, count: int, *, formulas: bool = False, formatted: bool = False) -> None:
    """Write a workbook of `count` rows; `formatted`: cells with a border and nothing in them follow to the end."""
    with xlsxwriter.Workbook(path, {"constant_memory": formatted, "default_date_format": "yyyy-mm-dd"}) as book:
        page, border = book.add_worksheet(NAME), book.add_format({"border": 1})
        page.write_row(0, 0, HEADINGS)
        for at, row in enumerate(rows(count), 1):
            page.write_row(at, 0, row)
            if formulas:
                page.write_formula(at, 8, "=1+1", None, 2)
        for at in range(count + 1, LAST_ROW if formatted else 0):
            for column in range(len(HEADINGS)):
                page.write_blank(at, column, None, border)


def text_table(path: Path, count: int) -> None:
    """Write a CSV of `count` lines below its headings."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(rows(count))


def main() -> None:
    """Write, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000, help="rows of the workbooks")
    parser.add_argument("--lines", type=int, default=1_000_000, help="lines of the text table")
    parser.add_argument("--repeat", type=int, default=3, help="runs of everything; the median is printed")
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, {platform.system()}")
    with tempfile.TemporaryDirectory() as folder:
        kinds = ("rows.xlsx", "formulas.xlsx", "formatted.xlsx", "lines.csv")
        files = [Path(folder) / f"{NAME}-{kind}" for kind in kinds]
        workbook(files[0], options.rows)
        workbook(files[1], options.rows, formulas=True)
        workbook(files[2], 200, formatted=True)
        text_table(files[3], options.lines)
        print("\n| `auditor check` of | MB | median s | slowest s | peak MB |\n|---|---:|---:|---:|---:|")
        for file, kind in zip(files, kinds, strict=True):
            results = [measure(auditor("check", file.name), Path(folder), (0, 1)) for _ in range(options.repeat)]
            seconds, peaks = [result.seconds for result in results], [result.peak for result in results]
            size = file.stat().st_size / 1024**2
            print(
                f"| {kind} | {size:.0f} | {median(seconds):.2f} | {max(seconds):.2f} | {max(peaks):.0f} |", flush=True
            )


if __name__ == "__main__":
    main()
