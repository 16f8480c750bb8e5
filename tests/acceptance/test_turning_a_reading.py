"""Turning a reading changes the verdicts that its question is about, and no others."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from auditor.evaluation.evaluate import evaluate
from auditor.reading import read_logs
from auditor.rulebook.book import Rulebook
from auditor.rulebook.loading import load_rulebook
from auditor.rulebook.references import settings_of
from auditor.shipped import shipped
from auditor.tables import LogTable

Verdicts = dict[tuple[str, str], tuple[str, str]]
Turn = Callable[[Mapping[str, Any]], dict[str, set[tuple[str, str]]]]


@pytest.fixture(scope="module")
def book() -> Rulebook:
    """The rulebook as shipped."""
    return load_rulebook()


@pytest.fixture(scope="module")
def turn(book: Rulebook) -> Turn:
    """By rule, from which status to which its verdicts on the sample turn; an obligation that comes or goes is none."""
    tables = read_logs([shipped("fixtures") / "sample"], book.logs).tables
    as_shipped = verdicts(book, tables, {})

    def turned(values: Mapping[str, Any]) -> dict[str, set[tuple[str, str]]]:
        other = verdicts(book, tables, values)
        changed: dict[str, set[tuple[str, str]]] = {}
        for key in as_shipped.keys() | other.keys():
            before, after = as_shipped.get(key, ("none", "")), other.get(key, ("none", ""))
            if before != after:
                changed.setdefault(key[0], set()).add((before[0], after[0]))
        return changed

    return turned


def verdicts(book: Rulebook, tables: Mapping[str, LogTable], values: Mapping[str, Any]) -> Verdicts:
    """Status and severity of every obligation of the sample."""
    obligations = evaluate(book.with_values(values), tables, date(2025, 12, 31)).obligations
    return {(row["rule"], row["record"]): (row["status"], row["severity"]) for row in obligations.to_dicts()}


def test_a_window_of_at_most_7_working_days_breaks_longer_ones(turn: Turn) -> None:
    """`pre.window_mode`: read as the longest display, every longer comment period breaks it."""
    assert turn({"pre.window_mode": "max_window"}) == {"PRE-5-1": {("met", "breached")}}


def test_the_repealed_three_needs_are_no_breach_by_the_local_text(turn: Turn) -> None:
    """`req.three_needs_mode`: the clause allows it, so nothing is held against it."""
    changed = turn({"req.three_needs_mode": "local"})

    assert set(changed) <= {"REQ-5-1", "REQ-5-3"}
    assert changed["REQ-5-1"] == {("breached", "none"), ("met", "none")}


def test_the_sections_days_from_the_bureaus_receipt_are_fewer(turn: Turn) -> None:
    """`req.section_clock_start`: only the section's ten days move, and only towards late."""
    changed = turn({"req.section_clock_start": "bureau"})

    assert set(changed) == {"REQ-3-4"}
    assert changed["REQ-3-4"] <= {("met", "breached"), ("pending", "breached"), ("met", "met"), ("met", "unverifiable")}
    assert ("met", "breached") in changed["REQ-3-4"]


def test_the_shorter_end_of_a_range_breaks_what_the_longer_allows(turn: Turn) -> None:
    """`int.ranges`: complaints at 5 days, hard cases at 15."""
    assert set(turn({"int.ranges.hard_limit": 5})) == {"INT-6-2"}
    assert set(turn({"int.ranges.hard_case": 15})) == {"INT-6-4"}


def test_silence_is_not_done_or_not_known(turn: Turn) -> None:
    """`logic.missing`: a breach settles what was open, unknown opens what rested on a blank."""
    breach = turn({"logic.missing": "breach"})
    unknown = turn({"logic.missing": "unknown"})

    assert {before for turns in breach.values() for before, _ in turns} == {"unverifiable"}
    assert {after for turns in unknown.values() for _, after in turns} == {"unverifiable"}
    assert {("breached", "unverifiable")} <= unknown["REQ-3-5"]


def test_a_reading_never_moves_a_rule_that_does_not_read_it(book: Rulebook, turn: Turn) -> None:
    """All readings turned at once, to their first other option, then their second: rules that read none stand still."""
    program = {"logic.missing", "clock.workday", "clock.first_day"}
    others = {
        key: [option for option in setting.options if option != setting.default]
        for key, setting in book.settings.items()
        if setting.type == "option" and key not in program
    }
    reading = {rule.id for rule in book.rules if settings_of(rule) & set(others)}
    for n in range(2):
        moved = set(turn({key: options[n] for key, options in others.items() if len(options) > n}))
        assert moved
        assert moved <= reading, moved - reading
