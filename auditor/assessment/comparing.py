"""A filled-in report held against the logs and against itself: every cell that does not agree, by name."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from auditor.assessment.annual_checks import arithmetic
from auditor.assessment.filled import Stated
from auditor.domain.annualreport import Check, Compared, Disagreement, Figure, Place
from auditor.rulebook.reportforms import ReportForm
from auditor.tables import letters_of


@dataclass(frozen=True)
class Filled:
    """What is filled in on one sheet."""

    file: str
    sheet: str
    figures: Sequence[Stated]


def compare(filled: Iterable[Filled], known: Mapping[Place, Figure], form: ReportForm) -> Compared:
    """`known` are the figures counted from the logs; those that no log tells are not held against anything."""
    sheets = list(filled)
    found: dict[Place, Disagreement] = {}
    where: dict[Place, tuple[Filled, Stated]] = {}
    for sheet in sheets:
        for each in sheet.figures:
            where.setdefault(each.place, (sheet, each))
            problem = _against_logs(sheet, each, known.get(each.place))
            if problem is not None:
                found.setdefault(each.place, problem)
    values = {
        place: each.number or 0 for place, (_, each) in where.items() if not _is_left_to_fill(each, known.get(place))
    }
    checks = arithmetic(values, form)
    _against_itself([check for check in checks if not check.ok], found, where)
    ordered = sorted(found.values(), key=lambda each: (each.file, each.sheet, _order(where[each.place][1])))
    return Compared(sheets[0].file if sheets else "", len(where), checks, tuple(ordered))


def _is_left_to_fill(each: Stated, figure: Figure | None) -> bool:
    """Whether words stand where no log tells the number."""
    return figure is not None and figure.value is None and bool(each.text) and each.number is None


def _order(each: Stated) -> tuple[int, int]:
    return each.row, each.column


def _against_logs(sheet: Filled, each: Stated, figure: Figure | None) -> Disagreement | None:
    if figure is not None and figure.value is None:
        return None  # no log tells it: what is filled in stands
    if each.text and each.number is None:
        return _named(sheet, each, "一个数", "填的不是数字", ())
    if figure is None or (each.number or 0) == figure.value:
        return None
    why = "与台账不符" if each.text else "没有填写，台账有数"
    return _named(sheet, each, str(figure.value), why, figure.records)


def _named(sheet: Filled, each: Stated, expected: str, why: str, records: tuple[str, ...]) -> Disagreement:
    cell = f"{letters_of(each.column)}{each.row}"
    return Disagreement(sheet.file, sheet.sheet, cell, each.place, each.text, expected, why, records)


def _against_itself(
    failed: Sequence[Check], found: dict[Place, Disagreement], where: Mapping[Place, tuple[Filled, Stated]]
) -> None:
    """Name the cell behind each relation that fails: one already known, else the one that most of them share."""
    shared = Counter(place for check in failed for place in check.cells)
    for check in failed:
        says = f"“{check.name}”不成立（左{check.left}，右{check.right}）"
        known = [place for place in check.cells if place in found]
        most = max(shared[place] for place in check.cells)
        suspects = known or [place for place in check.cells if shared[place] == most > 1] or list(check.cells)
        for place in suspects:
            if place in found:
                found[place] = replace(found[place], why=f"{found[place].why}；{says}")
            else:
                sheet, each = where[place]
                found[place] = _named(sheet, each, "", says, ())
