"""The hand-worked example, and evaluations of made-up forms."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from auditor.assessment.forms import returned_forms
from auditor.assessment.questionnaires import count_questionnaires
from auditor.audit.appraise import appraise
from auditor.domain.appraisal import Appraisal, Questionnaires
from auditor.reading import read_logs
from auditor.rulebook.book import Rulebook
from auditor.rulebook.loading import load_rulebook
from auditor.rulebook.schemefile import load_scheme

EXAMPLE = Path(__file__).parents[2] / "fixtures" / "evaluation"
AS_OF = date(2026, 1, 31)
HEADINGS = ("form_no", "year", "group", "unit", "e1", "e2", "e3", "e4", "e5", "opinion")

_LOADED = cache(load_rulebook)

Count = Callable[[Sequence[Mapping[str, str]]], Questionnaires]


@pytest.fixture(autouse=True)
def rulebook_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands load the rulebook once for all tests: nothing changes it, and loading it takes longer than most."""
    monkeypatch.setattr("auditor.rulebook.loading.load_rulebook", _LOADED)


@pytest.fixture(scope="session")
def book() -> Rulebook:
    """The shipped rulebook, without its cases."""
    return _LOADED(shipped_cases=False)


@pytest.fixture(scope="session")
def worked(book: Rulebook) -> Appraisal:
    """The hand-worked example of `fixtures/evaluation`, evaluated."""
    return appraise([EXAMPLE], book, load_scheme(), 2025, AS_OF)[0]


@pytest.fixture
def count(book: Rulebook, tmp_path: Path) -> Count:
    """Count forms given as rows; what a row leaves out is blank, the year 2025 and the number its place."""

    def counted(rows: Sequence[Mapping[str, str]]) -> Questionnaires:
        lines = [",".join(HEADINGS)]
        for number, row in enumerate(rows):
            full = {"form_no": f"P{number}", "year": "2025", **row}
            lines.append(",".join(full.get(name, "") for name in HEADINGS))
        (tmp_path / "questionnaires.csv").write_text("\n".join(lines) + "\n", "utf-8")
        logs = read_logs([tmp_path], book.logs, AS_OF, None)
        scheme = load_scheme().scheme
        return count_questionnaires(returned_forms(logs, 2025), returned_forms(logs, 2024), scheme)

    return counted
