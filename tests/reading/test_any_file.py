"""Whatever is in a file and however it was damaged: no crash, no hang, and no row lost in silence.

500 examples in the suite. The long run: AUDITOR_EXAMPLES=10000 pytest tests/reading/test_any_file.py
"""

import faulthandler
import io
import json
import os
import re
import tempfile
from datetime import date
from html import escape
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.errors import DataError
from auditor.reading import read_logs
from auditor.reading.grid import BLANKS
from auditor.rulebook.logs import LogCatalogue
from auditor.tables import ROW, Logs

EXAMPLES = int(os.environ.get("AUDITOR_EXAMPLES", "500"))
SAMPLES = Path(__file__).parent / "samples"
SECONDS = 60  # for a file of a few kilobytes: more is a hang, and ends the run
EVERY = settings(
    deadline=None,
    derandomize=EXAMPLES <= 500,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)

UNSEEN = BLANKS + "".join(map(chr, range(0x20)))  # a cell of these alone holds nothing
HEADINGS = (
    "申请编号",
    "申请人",
    "收到申请日期",
    "答复日期",
    "是否书面",
    "权利人意见",
    "申请事项数",
    "收费金额",
    "公开渠道",
    "备注",
)
LIKELY = (
    *("A1", "A2", "甲", "2020-12-02", "2020年12月2日", "44167", "44167.5", "2020-13-45", "是", "否", "√", "同意"),
    *(
        "无",
        "/",
        "—",
        "N/A",
        "#REF!",
        "#N/A",
        "=1+1",
        "1,234.5元",
        "-3",
        "1e308",
        "网站、公告栏",
        "合计",
        "注：",
        "序号",
    ),
    *("\u3000", " ", "\t", '"', '""', "'", ",", "，", ";", "a\nb", "\r\n", "\ufeff", "\x1c", "\x1f", "<td>", "{", "[]"),
)
anything = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=8)
cells = st.one_of(st.just(""), st.sampled_from(LIKELY), anything)
headings = st.permutations(HEADINGS).flatmap(
    lambda names: st.integers(2, len(names)).map(
        lambda count: ["申请编号", *(n for n in names if n != "申请编号")][:count]
    )
)
titles = st.lists(st.sampled_from(["某局2020年依申请公开登记表", "填报单位：某局", ""]), max_size=3)
ENDINGS = ("csv", "tsv", "gb.csv", "16.csv", "xlsx", "html.xls", "jsonl", "parquet")


@st.composite
def sheets(draw: st.DrawFn) -> tuple[list[str], list[str], list[list[str]]]:
    """Titles, headings, and rows that may be wider or narrower than these."""
    names = draw(headings)
    row = st.lists(cells, min_size=0, max_size=len(names) + draw(st.sampled_from([0, 0, 2])))
    return draw(titles), names, draw(st.lists(row, max_size=8))


def quoted(row: list[str], separator: str) -> str:
    """One line of CSV, every cell in quotes."""
    return separator.join('"' + cell.replace('"', '""') + '"' for cell in row)


def as_workbook(rows: list[list[str]]) -> bytes:
    """An XLSX with text cells only."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        page = book.add_worksheet("依申请公开")
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                page.write_string(at, column, cell)
    return file.getvalue()


def written(ending: str, title: list[str], names: list[str], rows: list[list[str]]) -> tuple[bytes, int]:
    """The bytes of a file, and the number of its heading row."""
    lines = [*([each] for each in title), names, *rows]
    even = [(row + [""] * len(names))[: len(names)] for row in rows]
    match ending:
        case "xlsx":
            return as_workbook(lines), len(title) + 1
        case "html.xls":
            shown = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in lines)
            return f"<html><table>{shown}</table></html>".encode(), len(title) + 1
        case "jsonl":
            records = [json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) for row in even]
            return "\n".join(["", *records]).encode(), 1
        case "parquet":
            file = io.BytesIO()
            pl.DataFrame(even, schema=dict.fromkeys(names, pl.String), orient="row").write_parquet(file)
            return file.getvalue(), 1
        case _:
            encoding = {"gb.csv": "gb18030", "16.csv": "utf-16"}.get(ending, "utf-8")
            separator = "\t" if ending == "tsv" else ","
            flat = [[re.sub("[\r\n]+", " ", cell) for cell in row] for row in lines]
            return "\n".join(quoted(row, separator) for row in flat).encode(encoding), len(title) + 1


def read(data: bytes, name: str, catalogue: LogCatalogue) -> Logs | None:
    """Read one file; None where nothing could be read, which must have been said."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(data)
        faulthandler.dump_traceback_later(SECONDS, exit=True)
        try:
            logs = read_logs([file], catalogue)
        except DataError as error:
            assert name in str(error)
            return None
        finally:
            faulthandler.cancel_dump_traceback_later()
    for log, counts in logs.counts.items():
        assert counts.read == counts.accepted + counts.rejected
        assert counts.accepted == logs.tables[log].frame.height
    return logs


def rows_accounted_for(logs: Logs) -> set[int]:
    """The numbers of all rows that were accepted, or rejected or set aside with a reason."""
    accepted = {row for table in logs.tables.values() for row in table.frame[ROW].to_list()}
    assert all(reject.reason for reject in logs.rejects)
    return accepted | {reject.row for reject in logs.rejects}


@settings(EVERY, max_examples=EXAMPLES // 2)
@given(sheets(), st.sampled_from(ENDINGS))
def test_every_row_with_content_is_accepted_or_listed(
    catalogue: LogCatalogue, sheet: tuple[list[str], list[str], list[list[str]]], ending: str
) -> None:
    data, heading_row = written(ending, *sheet)
    logs = read(data, f"依申请公开.{ending}", catalogue)
    if logs is None:
        # A file of no records: nothing is in it; or nothing but lines of which nobody knows which cell is which.
        beyond = [cell for row in sheet[2] for cell in row[len(sheet[1]) :] if cell.strip(UNSEEN)]
        assert (ending == "jsonl" and not sheet[2]) or beyond
        return
    width = len(sheet[1]) if ending in ("jsonl", "parquet") else None
    filled = {heading_row + at for at, row in enumerate(sheet[2], 1) if any(cell.strip(UNSEEN) for cell in row[:width])}
    assert filled <= rows_accounted_for(logs)


def originals() -> dict[str, bytes]:
    """Small honest files of every format."""
    rows = [[f"A{at}", "甲乙丙丁戊己"[at], f"2020-12-0{at + 1}", "2020-12-30", "是", "备注，长一点"] for at in range(6)]
    names = ["申请编号", "申请人", "收到申请日期", "答复日期", "是否书面", "备注"]
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        page = book.add_worksheet("依申请公开")
        page.write_row(0, 0, names)
        for at, row in enumerate(rows, 1):
            page.write_row(at, 0, row)
        page.write_datetime(3, 2, date(2020, 12, 3), book.add_format({"num_format": "yyyy-mm-dd"}))
        page.write_formula(4, 5, "=1/0", None, "#DIV/0!")
    made = {ending: written(ending, [], names, rows)[0] for ending in ENDINGS if ending != "xlsx"}
    made["16.csv"] = made["16.csv"].removeprefix(b"\xff\xfe")
    samples = {path.suffix[1:]: path.read_bytes() for path in sorted(SAMPLES.iterdir())}
    return {**made, "xlsx": file.getvalue(), **samples}


ORIGINALS = originals()


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """A file cut off, with some bytes changed, with a run of it doubled, removed or blanked."""
    ending = draw(st.sampled_from(sorted(ORIGINALS)))
    data = bytearray(ORIGINALS[ending])
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        run = draw(st.integers(1, 600))
        match draw(st.sampled_from(["cut", "change", "change", "double", "remove", "blank", "swell"])):
            case "cut":
                del data[at:]
            case "change":
                data[at : at + 4] = draw(st.binary(min_size=1, max_size=4))
            case "double":
                data[at:at] = data[at : at + run]
            case "remove":
                del data[at : at + run]
            case "blank":
                data[at : at + run] = bytes(len(data[at : at + run]))
            case "swell":
                data[at : at + 4] = b"\xff\xff\xff\x7f"
    return ending, bytes(data)


@settings(EVERY, max_examples=EXAMPLES - EXAMPLES // 2)
@given(damaged())
def test_a_damaged_file_is_read_or_named(catalogue: LogCatalogue, file: tuple[str, bytes]) -> None:
    ending, data = file
    logs = read(data, f"依申请公开.{ending}", catalogue)
    if logs is not None:
        rows_accounted_for(logs)


@pytest.mark.parametrize("ending", sorted(ORIGINALS))
def test_the_honest_files_are_read_whole(ending: str, catalogue: LogCatalogue) -> None:
    logs = read(ORIGINALS[ending], f"依申请公开.{ending}", catalogue)
    assert logs is not None and logs.counts["requests"].accepted == 6


@pytest.mark.parametrize("ending", ["xlsx", "xls", "ods", "parquet"])
def test_a_file_cut_off_anywhere_is_named_and_never_read_in_part(ending: str, catalogue: LogCatalogue) -> None:
    data = ORIGINALS[ending]
    for at in range(8, len(data) - 1, max(1, len(data) // 60)):
        logs = read(data[:at], f"依申请公开.{ending}", catalogue)
        assert logs is None or logs.counts["requests"].accepted == 6, f"cut off at {at}"
