"""The sentences of findings, from `reports/wording.yaml`: names are filled in, nothing is computed."""

import re
from collections.abc import Mapping
from functools import cache

from auditor.rulebook.located import read_located
from auditor.shipped import shipped

_NAME = re.compile(r"\$\{(\w+)\}")


@cache
def _sentences() -> Mapping[str, str]:
    """The sentences by their keys, as texts to be filled in with %: one is needed for every finding."""
    located = read_located(shipped("reports") / "wording.yaml")
    return {key: _NAME.sub(r"%(\1)s", str(text).replace("%", "%%")) for key, text in located.content.items()}


def say(sentence: str, **values: object) -> str:
    """The sentence with its names filled in."""
    return _sentences()[sentence] % values
