"""What the tests of the rulebook ask of the faults that they provoke."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.errors import Fault, RulebookError
from auditor.rulebook.book import Rulebook

Shelf = Callable[..., Path]


def faults_of(load: Callable[[], Rulebook]) -> list[Fault]:
    """The faults for which the rulebook is refused."""
    with pytest.raises(RulebookError) as refused:
        load()
    assert refused.value.exit_code == 4
    assert all(str(fault) in str(refused.value) for fault in refused.value.faults)
    return refused.value.faults


def line_of(text: str, word: str) -> int:
    """The line on which the word stands; it must stand on one line only."""
    lines = [number for number, line in enumerate(text.splitlines(), 1) if word in line]
    assert len(lines) == 1, (word, lines)
    return lines[0]


def is_chinese(text: str) -> bool:
    """Written for a clerk: Chinese, and no sentence of the libraries underneath."""
    return bool(re.search("[\u4e00-\u9fff]", text)) and not re.search(r"[A-Za-z]+( [A-Za-z]+){3}", text)
