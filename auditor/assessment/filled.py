"""A report that somebody has filled in: where its figures stand, whatever the layout of the sheet."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from auditor.assessment.annual_items import VALUE
from auditor.assessment.labels import MARKS, plain
from auditor.domain.annualreport import ACTIVE, ITEMS, REMEDIES, REQUESTS, Place
from auditor.rulebook.reportforms import KEYS, TOTAL, ReportForm

Cells = Mapping[tuple[int, int], str]

_HEAD_ROWS = 3  # rows in which the headings of the table of requests may stand
_ISSUED = "本年制发件数"


@dataclass(frozen=True)
class Stated:
    """A figure as it is filled in: which it is, where it stands, what is written (blank: nothing)."""

    place: Place
    row: int
    column: int
    text: str

    @property
    def number(self) -> int | None:
        """The number that is written; None for anything else."""
        text = self.text.replace(",", "").replace("，", "").strip()
        return int(float(text)) if re.fullmatch(r"\d+(\.0+)?", text) else None


def stated_figures(cells: Cells, form: ReportForm, rows: Mapping[str, str], items: Sequence[str]) -> list[Stated]:
    """All figures of a sheet that the form knows."""
    labels = {place: plain(text) for place, text in cells.items()}
    found = [
        *_requests(cells, labels, form, rows),
        *_remedies(cells, labels, form),
        *_active(cells, labels, form),
        *_items(cells, labels, items),
    ]
    return list({each.place: each for each in reversed(found)}.values())[::-1]


def _by_row(labels: Cells) -> dict[int, dict[int, str]]:
    """The labels of every row by column."""
    rows: dict[int, dict[int, str]] = {}
    for (row, column), text in sorted(labels.items()):
        rows.setdefault(row, {})[column] = text
    return rows


def _requests(cells: Cells, labels: Cells, form: ReportForm, rows: Mapping[str, str]) -> Iterator[Stated]:
    lines = _by_row(labels)
    for head in (row for row, line in lines.items() if form.applicants[1] in line.values()):
        columns = _columns(lines, head, (*form.applicants, TOTAL))
        if len(columns) <= len(form.applicants) // 2:
            continue
        first = min(columns.values())
        for row in (row for row in lines if row > head):
            key = rows.get(_label(lines[row], first))
            if key is None:
                continue
            for name, column in columns.items():
                yield Stated((REQUESTS, key, name), row, column, cells.get((row, column), ""))
            if key == KEYS[3]:
                return


def _columns(lines: Mapping[int, Mapping[int, str]], row: int, names: Sequence[str]) -> dict[str, int]:
    """The column of each name in the last of the heading rows that has it."""
    found: dict[str, int] = {}
    for above in range(_HEAD_ROWS):
        for column, text in lines.get(row - above, {}).items():
            if text in names:
                found.setdefault(text, column)
    return found


def _label(line: Mapping[int, str], before: int) -> str:
    """The last text of a row before a column."""
    texts = [text for column, text in line.items() if column < before]
    return texts[-1] if texts else ""


def _remedies(cells: Cells, labels: Cells, form: ReportForm) -> Iterator[Stated]:
    """Three groups side by side as in the national form, or three rows below each other."""
    lines = _by_row(labels)
    results = (*form.remedies.results, TOTAL)
    for row in sorted({row for (row, _), text in labels.items() if text == results[0]}):
        heads = sorted((column, text) for (at, column), text in labels.items() if at == row and text in results)
        starts = [number for number, (_, text) in enumerate(heads) if text == results[0]]
        if len(starts) == 1:
            for below in sorted({at for at, _ in cells if at > row}):
                name = _label(lines[below], heads[0][0])
                if name in form.remedies.rows:
                    for column, text in heads:
                        yield Stated((REMEDIES, name, text), below, column, cells.get((below, column), ""))
            return
        below = next((at for at in sorted({at for at, _ in cells}) if at > row), row + 1)
        groups = zip(form.remedies.rows, starts, [*starts[1:], len(heads)], strict=False)
        for name, start, end in groups:
            for column, text in heads[start:end]:
                yield Stated((REMEDIES, name, text), below, column, cells.get((below, column), ""))
        return


def _active(cells: Cells, labels: Cells, form: ReportForm) -> Iterator[Stated]:
    """The one figure of section two that the logs tell."""
    heads = [(row, column) for (row, column), text in labels.items() if text == _ISSUED]
    for row, column in heads:
        for (at, _), text in labels.items():
            if at > row and text == plain(form.active.documents):
                yield Stated((ACTIVE, form.active.documents, _ISSUED), at, column, cells.get((at, column), ""))
                return


def _items(cells: Cells, labels: Cells, items: Sequence[str]) -> Iterator[Stated]:
    """The local items, where a column is headed 数值."""
    heads = {column: row for (row, column), text in labels.items() if text == VALUE}
    named = {name.translate(MARKS): name for name in items}
    for (row, column), text in cells.items():
        name = named.get(text.translate(MARKS))
        at = next((head for head in sorted(heads) if head > column and heads[head] < row), None)
        if name is not None and at is not None:
            yield Stated((ITEMS, name, VALUE), row, at, cells.get((row, at), ""))
