"""The checks of ../checks in the program's own rule language."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from auditor.evaluation.evaluate import evaluate as evaluate_rules
from auditor.rulebook.book import Rulebook
from auditor.rulebook.loading import load_rulebook
from auditor.tables import Column, LogTable, Source
from peers.tables import VERDICT, about

CHECKS = Path(__file__).parents[1] / "checks"
LOGS = ("publications", "reviews", "requests", "consultations", "messages")
Loaded = tuple[Rulebook, dict[str, LogTable], date]


def load(folder: Path, rules: str = "") -> Loaded:
    """The rulebook with nothing but the checks (or `rules` of them, with commas between), and the tables."""
    book = load_rulebook([CHECKS], shipped_cases=False)
    placed = {
        rule: each
        for rule, each in book.placed.items()
        if each.file.startswith(f"{CHECKS.name}/") and (not rules or rule in rules.split(","))
    }
    noted = about(folder)
    tables = {}
    for log, source in noted["logs"].items():
        if log in LOGS:
            columns = {field: Column(field, "") for field in source["fields"]}
            frame = pl.read_parquet(folder / f"{log}.parquet").drop("_unread")  # what it tells stands in columns too
            tables[log] = LogTable(log, frame, (Source(source["file"], source["sheet"], columns),))
    return replace(book, placed=placed), tables, date.fromisoformat(noted["as_of"])


def evaluate(loaded: Loaded) -> pl.DataFrame:
    """Every obligation of the checks, with all that the program tells of it."""
    return evaluate_rules(*loaded).obligations


def write(obligations: pl.DataFrame, path: Path) -> None:
    """The verdicts as Parquet."""
    obligations.select(VERDICT).write_parquet(path)
