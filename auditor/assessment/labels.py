"""The labels of the yearly report, in whatever way a form or a log writes them."""

import re
from collections.abc import Mapping, Sequence

from auditor.rulebook.reportforms import ReportForm

_NUMBERING = re.compile(r"^(?:[（(][一二三四五六七八九十\d]+[）)]|[一二三四五六七八九十]+、|\d+[.．、])+")
_COMMENT = re.compile(r"[（(][^（）()]*[）)]$")
MARKS = str.maketrans("", "", " \t\r\n\u3000“”\"'‘’")


def plain(text: str) -> str:
    """A label without its numbering, its comment, blanks and quotation marks."""
    text = text.translate(MARKS)
    return _COMMENT.sub("", _NUMBERING.sub("", text)) or text


def row_names(form: ReportForm, named: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Every way to write a row of the table of requests; `named` are the ways of a setting, by key."""
    names: dict[str, str] = {}
    for key, line in form.rows.items():
        for name in (line.zh, *line.names, *named.get(key, ())):
            names.setdefault(plain(name), key)
    for line in form.results:
        for name in (line.zh, *line.names):
            names.setdefault(plain(name), line.zh)
    return names
