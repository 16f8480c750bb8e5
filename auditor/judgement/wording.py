"""The sentences of findings, from `reports/wording.yaml`: names are filled in, nothing is computed."""

from collections.abc import Mapping
from functools import cache
from string import Template

from auditor.rulebook.located import read_located
from auditor.shipped import shipped


@cache
def _sentences() -> Mapping[str, Template]:
    located = read_located(shipped("reports") / "wording.yaml")
    return {key: Template(str(text)) for key, text in located.content.items()}


def say(sentence: str, **values: object) -> str:
    """The sentence with its names filled in."""
    return _sentences()[sentence].substitute({name: str(value) for name, value in values.items()})
