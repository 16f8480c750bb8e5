"""The judgements by their own cases, and the cases by changes of the judgements: none goes unnoticed."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from auditor.audit.judgementcases import run_judgement_cases
from auditor.rulebook.book import Rulebook
from auditor.rulebook.judgements import Judgement, JudgementFile
from auditor.rulebook.loading import load_rulebook


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook()


def with_judgements(book: Rulebook, *changed: Judgement) -> Rulebook:
    """The rulebook with some judgements replaced by those of the same id."""
    replaced = {each.id: each for each in changed}
    judgements = tuple(replaced.get(each.id, each) for each in book.judgements.judgements)
    file = book.judgements
    return replace(
        book,
        judgements=JudgementFile(
            responsibility=file.responsibility,
            delays=file.delays,
            carriers=file.carriers,
            counts=file.counts,
            judgements=judgements,
        ),
    )


def rebuilt(judgement: Judgement, **changed: object) -> Judgement:
    return Judgement(**{name: getattr(judgement, name) for name in Judgement.model_fields} | changed)


def weakened(judgement: Judgement) -> Iterator[tuple[str, Judgement]]:
    """The judgement with each of its parts left out."""
    for alias in judgement.unless:
        others = {name: raw for name, raw in judgement.unless.items() if name != alias}
        yield f"unless {alias}", rebuilt(judgement, unless=others)
    for part in ("if_", "unless"):
        patterns = getattr(judgement, part)
        for alias, raw in patterns.items():
            ((kind, tests),) = raw.items()
            for name in tests:
                fewer = {kind: {key: value for key, value in tests.items() if key != name}}
                yield f"{part} {alias}.{name}", rebuilt(judgement, **{part: {**patterns, alias: fewer}})
    for position in range(len(judgement.then)):
        left = judgement.then[:position] + judgement.then[position + 1 :]
        if left:
            yield f"then {position}", rebuilt(judgement, then=left)


def test_every_case_gives_exactly_the_findings_it_says(book: Rulebook) -> None:
    number, failures = run_judgement_cases(book)
    assert number >= len(book.judgements.judgements) and failures == []


def test_a_judgement_without_any_of_its_parts_fails_a_case(book: Rulebook) -> None:
    """Each test, each absence, each conclusion is asked for by some case."""
    unnoticed = []
    for judgement in book.judgements.judgements:
        for what, changed in weakened(judgement):
            if not run_judgement_cases(with_judgements(book, changed))[1]:
                unnoticed.append(f"{judgement.id}: {what}")
    assert not unnoticed, "\n".join(unnoticed)
