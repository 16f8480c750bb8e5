"""Old browsers of an intranet (Chromium 86) understand the report: neither script nor style has a word too new."""

import re

import pytest

from auditor.shipped import shipped

SCRIPTS = ("report.js", "report.keys.js")
STYLES = ("report.css", "report.internal.css")
# Words of a script that Chromium 86, or an ES5 reader of the source, does not know.
NEW_SCRIPT = (
    r"=>",
    r"\b(let|const|async|await|yield|import)\s|\bclass [A-Z]",
    r"`",
    r"\?\.",
    r"\?\?",
    r"\.\.\.",
    r"\.(at|findLast|findLastIndex|replaceAll|flatMap|toSorted|hasOwn|groupBy|replaceChildren)\(",
    r"\bstructuredClone\b",
    r"\|\|=|&&=",
)
NEW_STYLE = (
    r":has\(",
    r":is\(|:where\(|:focus-visible",
    r"@container|@layer|@scope|@property|@starting-style",
    r"(^|[\s{;])&",
    r"\b(inset|aspect-ratio|accent-color|text-wrap|translate|rotate|scale)\s*:",
    r"color-mix\(|\boklch\(|\b[dsl]vh\b",
)


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_script_has_no_word_that_is_too_new(name: str) -> None:
    text = re.sub(r"//.*|'(?:[^'\\\n]|\\.)*'", "", (shipped("reports") / name).read_text("utf-8"))
    assert [word for word in NEW_SCRIPT if re.search(word, text)] == []


def test_the_script_writes_no_markup_but_the_pages_own() -> None:
    text = "".join((shipped("reports") / name).read_text("utf-8") for name in SCRIPTS)
    assert text.count("innerHTML") == 1
    assert not re.search(r"outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|\.style\b", text)


@pytest.mark.parametrize("name", STYLES)
def test_the_style_has_no_word_that_is_too_new(name: str) -> None:
    text = (shipped("reports") / name).read_text("utf-8")
    assert [word for word in NEW_STYLE if re.search(word, text, re.MULTILINE)] == []
