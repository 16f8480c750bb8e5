"""Reads logs once, by the program's own reading, into the tables that every way of checking starts from."""

import json
from datetime import date
from pathlib import Path

import polars as pl

from auditor.evaluation.days import number
from auditor.reading import read_logs
from auditor.rulebook.loading import load_rulebook
from auditor.tables import UNREAD


def prepare(logs: Path, folder: Path, as_of: date) -> dict[str, int]:
    """Read the logs below `logs` and keep them in `folder`; returns the rows of each."""
    book = load_rulebook(shipped_cases=False)
    read = read_logs([logs], book.logs, as_of)
    folder.mkdir(parents=True, exist_ok=True)
    fields = {}
    for name, table in read.tables.items():
        (source,) = table.sources
        frame = table.frame
        if UNREAD not in frame.columns:
            frame = frame.with_columns(pl.lit([], dtype=pl.List(pl.String)).alias(UNREAD))
        frame.write_parquet(folder / f"{name}.parquet", compression="lz4")
        fields[name] = {"file": source.file, "sheet": source.sheet, "fields": sorted(source.columns)}
    calendar = book.calendar
    first = number(calendar.first)
    days = pl.DataFrame({"day": range(first, first + len(calendar.passed)), "passed": calendar.passed})
    days.cast(pl.Int32).write_parquet(folder / "days.parquet")
    about = {"as_of": as_of.isoformat(), "office": book.office, "logs": fields}
    (folder / "about.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
    return {name: table.frame.height for name, table in read.tables.items()}
