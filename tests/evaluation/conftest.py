"""A rulebook of one made-up rule, and a way to ask for its verdicts."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from auditor.evaluation.cases import table_of
from auditor.evaluation.evaluate import evaluate
from auditor.rulebook.book import Rulebook
from auditor.rulebook.loading import load_rulebook
from auditor.rulebook.rules import Rule
from auditor.rulebook.settings import Setting

Judge = Callable[..., list[dict[str, Any]]]
BookOf = Callable[..., tuple[Rulebook, Rule]]


@pytest.fixture(scope="session")
def book() -> Rulebook:
    """The shipped rulebook."""
    return load_rulebook()


@pytest.fixture
def judge(book: Rulebook) -> Judge:
    """Hold one rule against records: a key left out is a column that the export lacks."""

    def judged(
        rule: Mapping[str, Any],
        *records: Mapping[str, Any],
        as_of: date = date(2026, 6, 30),
        others: Mapping[str, list[Mapping[str, Any]]] | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> list[dict[str, Any]]:
        model = Rule.model_validate({"id": "X-1", "clause": "第一条", "title": "试", "severity": "major", **rule})
        placed = replace(next(iter(book.placed.values())), rule=model)
        own = replace(book, placed={"X-1": placed}).with_values(values or {})
        named = {model.log: list(records), **(others or {})}
        tables = {
            log: table_of(own.logs.logs[log], [(str(n), row) for n, row in enumerate(rows)])
            for log, rows in named.items()
            if log is not None
        }
        rows: list[dict[str, Any]] = evaluate(own, tables, as_of).obligations.to_dicts()
        return rows

    return judged


@pytest.fixture
def book_of(book: Rulebook) -> BookOf:
    """The shipped rulebook with one rule of the test's own in place of all, and settings of its own added."""

    def made(rule: Mapping[str, Any], **settings: Mapping[str, Any]) -> tuple[Rulebook, Rule]:
        model = Rule.model_validate({"id": "X-1", "clause": "第一条", "title": "试", "severity": "major", **rule})
        placed = replace(next(iter(book.placed.values())), rule=model, lines=None)
        own = {
            key.replace("__", "."): Setting.model_validate({"key": key.replace("__", "."), "question": "问", **setting})
            for key, setting in settings.items()
        }
        values = {key: setting.accept(setting.default) for key, setting in own.items()}
        whole = replace(
            book,
            placed={"X-1": placed},
            settings={**book.settings, **own},
            values={**book.values, **values},
        )
        return whole, model

    return made
