"""Loading the rulebook: as it was kept compiled, where nothing has changed since, else from its files."""

from collections.abc import Sequence
from pathlib import Path

from auditor.rulebook.book import Rulebook
from auditor.rulebook.compiled import keep, kept
from auditor.rulebook.fingerprint import fingerprint
from auditor.rulebook.sources import sources_of


def load_rulebook(
    extra: Sequence[Path] = (), settings_file: Path | None = None, *, shipped_cases: bool = True
) -> Rulebook:
    """The shipped rulebook with the folders `extra` laid over it and the office's settings.

    A folder that has a `logs.yaml` is a whole rulebook and replaces the shipped one; any other adds
    its rules, and a rule of the same id replaces the one before. Raises `RulebookError`.
    Without `shipped_cases` the cases of the shipped rules are left aside: the tests have held them;
    so are the lines of the parts of a rule, which only what changes a rule asks for.
    """
    sources = sources_of(extra, settings_file)
    before = fingerprint(sources, shipped_cases=shipped_cases)
    book = kept(before.key) if before else None
    if book is None:
        from auditor.rulebook.assembling import assembled  # what reads and checks rule files is not needed otherwise

        book = assembled(sources, shipped_cases=shipped_cases)
        # A file that somebody changed while it was read must not be taken for what it was before.
        if before is not None and fingerprint(sources, shipped_cases=shipped_cases) == before:
            keep(before.key, book)
    return book
