"""The rulebook as shipped: its cases hold, its options matter, and no limit can be moved without a case noticing.

`auditor rules test --mutate` asks the same of every other word of the rules.
"""

import json
from dataclasses import replace

import pytest

from auditor.evaluation.days import DayTables
from auditor.evaluation.mutation import unnoticed
from auditor.evaluation.proof import prove
from auditor.rulebook.book import Rulebook
from auditor.rulebook.lint import lint_rulebook
from auditor.rulebook.loading import load_rulebook
from auditor.rulebook.mutants import Mutant, mutants_of
from auditor.rulebook.schema import rule_file_schema
from auditor.shipped import shipped

LIMITS = {"within", "until", "advise_beyond", "unanswered_cap", "at_most", "fixed_day"}


@pytest.fixture(scope="module")
def book() -> Rulebook:
    """The rulebook as shipped, with its default settings."""
    return load_rulebook()


def test_every_case_holds_at_every_boundary_and_every_option_matters(book: Rulebook) -> None:
    proof = prove(book, book.rules)
    assert not proof.failures, "\n".join(proof.failures)
    assert proof.made


def test_the_rulebook_is_clean(book: Rulebook) -> None:
    faults = lint_rulebook(book)
    assert not faults, "\n".join(map(str, faults))


def test_the_schema_for_editors_is_that_of_the_models() -> None:
    written = (shipped("rules") / "rule-file.schema.json").read_text("utf-8")
    assert written == json.dumps(rule_file_schema(), ensure_ascii=False, indent=1) + "\n"


def test_no_limit_can_be_moved_by_one_without_a_case_that_fails(book: Rulebook) -> None:
    days = DayTables()
    survivors = [
        f"{rule.id} {mutant.change}"
        for rule in book.rules
        for mutant in unnoticed(book, rule, [each for each in mutants_of(book, rule) if moves_a_limit(each)], days)
    ]
    assert not survivors, f"{len(survivors)} changes go unnoticed:\n" + "\n".join(survivors)


def moves_a_limit(mutant: Mutant) -> bool:
    """Whether a number of a deadline was changed, in the rule or in the setting that it takes it from."""
    return mutant.place[:1] == ("deadline",) and bool(LIMITS & set(mutant.place))


def test_without_its_cases_the_rulebook_is_the_same(book: Rulebook) -> None:
    """An audit passes over the cases; every rule, its place and what the rulebook hashes to stay."""
    bare = load_rulebook(shipped_cases=False)

    assert not any(rule.cases for rule in bare.rules)
    assert bare.hashes == book.hashes
    for rule, placed in book.placed.items():
        assert bare.placed[rule] == replace(placed, rule=placed.rule.model_copy(update={"cases": ()}))
