"""The heat map (热力图): how often each unit broke each regulation; what was not audited is no zero."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auditor.domain.titles import book_title
from auditor.reporting.model import RuleRow
from auditor.reporting.tally import Tally, percent
from auditor.reporting.words import words

_LEVELS = (0, 5, 15, 30)  # per cent of the judged obligations that were broken, at most; above the last it is worst


@dataclass(frozen=True)
class HeatCell:
    """One unit under one regulation: a number and a rate, or a word for why there is none."""

    kind: str
    number: int = 0
    share: str = ""
    rate: str = ""
    word: str = ""
    open: int = 0
    unit: str = ""
    regulation: str = ""


@dataclass(frozen=True)
class HeatRow:
    """One regulation: a cell for each unit, and all units together; without any obligation `why` says why not."""

    regulation: str
    not_assessed: int
    rules: int
    cells: tuple[HeatCell, ...]
    whole: HeatCell
    why: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Heat:
    """Regulations down, units across: the names of regulations are long, those of units short."""

    units: tuple[str, ...]
    rows: tuple[HeatRow, ...]


def heat_map(
    crossed: Mapping[str, Mapping[str, Mapping[str, int]]], rules: Sequence[RuleRow], units: Sequence[str]
) -> Heat | None:
    """Regulations in the order of the rulebook, units in the order given; None where nothing was counted."""
    if not crossed:
        return None
    names = dict.fromkeys(row.regulation for row in rules if row.regulation)
    table = {
        unit: {book_title(name): Tally.of(counts) for name, counts in rows.items()} for unit, rows in crossed.items()
    }
    shown = tuple(unit for unit in units if unit in table)
    rows = [_row(name, [row for row in rules if row.regulation == name], table, shown) for name in names]
    return Heat(shown, tuple(sorted(rows, key=lambda row: bool(row.why))))


def _row(
    name: str, rules: Sequence[RuleRow], table: Mapping[str, Mapping[str, Tally]], units: Sequence[str]
) -> HeatRow:
    skipped = sum(not row.assessed for row in rules)
    kind = "unaudited" if skipped == len(rules) else "idle"
    cells = [_cell(table[unit].get(name, Tally()), kind, unit, name) for unit in units]
    whole = sum((each.get(name, Tally()) for each in table.values()), Tally())
    why = "" if whole.total else words().heat[kind]
    return HeatRow(name, skipped, len(rules), tuple(cells), _cell(whole, kind, "", name), why, kind)


def _cell(tally: Tally, otherwise: str, unit: str, regulation: str) -> HeatCell:
    if not tally.total:
        return HeatCell(otherwise, word=words().heat[otherwise])
    waiting = tally.total - tally.judged
    if not tally.judged:
        return HeatCell("open", word=words().heat["open"], open=waiting)
    return HeatCell(
        kind=f"h{sum(100 * tally.breached > limit * tally.judged for limit in _LEVELS)}",
        number=tally.breached,
        share=f"{tally.breached}/{tally.judged}",
        rate=percent(tally.breached, tally.judged),
        open=waiting,
        unit=unit,
        regulation=regulation,
    )
