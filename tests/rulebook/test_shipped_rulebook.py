"""The rulebook as shipped: its own cases hold, and no limit can be moved by a day without a case noticing."""

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from auditor.domain.limit import Limit, parse_limit
from auditor.domain.obligation import DayType
from auditor.evaluation.cases import run_cases
from auditor.rulebook.book import Rulebook
from auditor.rulebook.duties import Deadline, FixedDay, LimitFromField, LimitFromSetting
from auditor.rulebook.lint import lint_rulebook
from auditor.rulebook.loading import load_rulebook
from auditor.rulebook.rules import Rule
from auditor.rulebook.schema import rule_file_schema
from auditor.shipped import shipped

UNIT = {
    DayType.WORKING: "working days",
    DayType.CALENDAR: "calendar days",
    DayType.MONTH: "months",
    DayType.HOURS: "hours",
}
Mutant = tuple[str, Rulebook, Rule]


@pytest.fixture(scope="module")
def book() -> Rulebook:
    """The rulebook as shipped, with its default settings."""
    return load_rulebook()


def test_every_case_of_every_rule_holds(book: Rulebook) -> None:
    failures = run_cases(book)
    assert not failures, "\n".join(map(str, failures))


def test_the_rulebook_is_clean(book: Rulebook) -> None:
    faults = lint_rulebook(book)
    assert not faults, "\n".join(map(str, faults))


def test_the_schema_for_editors_is_that_of_the_models() -> None:
    written = (shipped("rules") / "rule-file.schema.json").read_text("utf-8")
    assert written == json.dumps(rule_file_schema(), ensure_ascii=False, indent=1) + "\n"


def test_no_limit_can_be_moved_by_one_without_a_case_that_fails(book: Rulebook) -> None:
    """One more and one less for every limit, cap and fixed day; a survivor is a limit that no case pins."""

    def unnoticed(original: Rule) -> list[str]:
        return [
            f"{rule.id}: {name}"
            for name, changed_book, rule in mutants(book, original)
            if not run_cases(changed_book, [rule])
        ]

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        survivors = [name for names in pool.map(unnoticed, book.rules) for name in names]
    assert not survivors, f"{len(survivors)} changes go unnoticed:\n" + "\n".join(survivors)


def mutants(book: Rulebook, rule: Rule) -> Iterator[Mutant]:
    """The rule with each of its numbers moved by one, up and down."""
    deadline = rule.deadline
    if deadline is None:
        return
    for step in (1, -1):
        for part in ("within", "doubt"):
            within = getattr(deadline, part) if part == "within" else deadline.doubt and deadline.doubt.until
            for name, changed_book, changed in _limits(book, within, step):
                update = {"within": changed}
                if part == "doubt":
                    assert deadline.doubt is not None
                    update = {"doubt": deadline.doubt.model_copy(update={"until": changed})}
                yield f"{part} {name}", changed_book, _with(rule, update)
        if deadline.stands_in and not _outlasts(book, deadline, step):
            for name, changed_book, changed in _limits(book, deadline.stands_in.within, step):
                stand_in = deadline.stands_in.model_copy(update={"within": changed})
                yield f"stands_in {name}", changed_book, _with(rule, {"stands_in": stand_in})
        for position, unsure in enumerate(deadline.unsure):
            for name, changed_book, changed in _limits(book, unsure.beyond, step):
                moved_one = unsure.model_copy(update={"beyond": changed})
                unsures = (*deadline.unsure[:position], moved_one, *deadline.unsure[position + 1 :])
                yield f"unsure {name}", changed_book, _with(rule, {"unsure": unsures})
        if deadline.tolling:
            cap = deadline.tolling.unanswered_cap + step
            tolling = deadline.tolling.model_copy(update={"unanswered_cap": cap})
            yield f"tolling.unanswered_cap {cap}", book, _with(rule, {"tolling": tolling})
        if deadline.extension:
            most = deadline.extension.at_most + step
            extension = deadline.extension.model_copy(update={"at_most": most})
            yield f"extension.at_most {most}", book, _with(rule, {"extension": extension})
        if deadline.fixed_day:
            moved = _moved(deadline.fixed_day, step)
            yield f"fixed_day {moved.month}-{moved.day}", book, _with(rule, {"fixed_day": moved})


def _outlasts(book: Rulebook, deadline: Deadline, step: int) -> bool:
    """Whether the time of another act would, moved by `step`, end after the rule's own limit: then that one binds."""
    stand_in = deadline.stands_in
    if stand_in is None or not isinstance(stand_in.within, LimitFromSetting) or not isinstance(deadline.within, Limit):
        return False
    return book.limit(stand_in.within).number + step > deadline.within.number


def _with(rule: Rule, update: dict[str, Any]) -> Rule:
    assert rule.deadline is not None
    return rule.model_copy(update={"deadline": rule.deadline.model_copy(update=update)})


def _limits(book: Rulebook, within: object, step: int) -> Iterator[tuple[str, Rulebook, object]]:
    """A limit, or the setting or the field's default that gives it, moved by `step`."""
    if isinstance(within, Limit) and within.number + step >= 0:
        yield f"{within.number + step} {UNIT[within.day_type]}", book, Limit(within.number + step, within.day_type)
    if isinstance(within, LimitFromField):
        for name, changed_book, otherwise in _limits(book, within.otherwise, step):
            yield f"otherwise {name}", changed_book, within.model_copy(update={"otherwise": otherwise})
    if isinstance(within, LimitFromSetting):
        value = book.values[within.setting]
        limit = Limit(value, DayType.CALENDAR) if within.unit else parse_limit(value)
        if limit.number + step >= 0:
            number = limit.number + step
            moved = number if within.unit else f"{number} {UNIT[limit.day_type]}"
            values = {**book.values, within.setting: moved}  # past the options of the setting: a reading is moved too
            yield f"{within.setting} = {moved}", replace(book, values=values), within


def _moved(fixed: FixedDay, step: int) -> FixedDay:
    day = date(2001, fixed.month, fixed.day) + timedelta(days=step)
    return fixed.model_copy(update={"month": day.month, "day": day.day})
