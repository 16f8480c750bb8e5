"""Forms typed in twice (双录): what both sheets hold alike, and every cell in which they differ."""

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.rulebook.entryform import COLUMNS, FIELDS, FIRST, HEADING_ROW, SECOND
from auditor.tables import letters_of

Cells = Mapping[tuple[int, int], str]


@dataclass(frozen=True)
class Difference:
    """A cell in which the two sheets do not say the same."""

    number: str
    column: str
    cell: str
    first: str
    second: str


@dataclass(frozen=True)
class Entered:
    """The forms that were typed alike, by number, and the differences in the others."""

    forms: Mapping[str, Mapping[str, str]]
    differences: tuple[Difference, ...]

    def by_field(self) -> dict[str, dict[str, str]]:
        """The forms by the fields of the log instead of the columns of the sheet."""
        names = dict(zip(COLUMNS, FIELDS, strict=True))
        return {number: {names[column]: text for column, text in typed.items()} for number, typed in self.forms.items()}


def compare_entries(sheets: Mapping[str, Cells]) -> Entered:
    """Hold 录入二 against 录入一, number by number. Raises `ValueError` where one of them lacks its headings."""
    first, second = (_rows(name, sheets.get(name, {})) for name in (FIRST, SECOND))
    forms: dict[str, Mapping[str, str]] = {}
    differences: list[Difference] = []
    for number in dict.fromkeys((*first, *second)):
        here, there = first.get(number, (0, {})), second.get(number, (0, {}))
        own = [
            Difference(number, column, _cell(column, here[0], there[0]), one, other)
            for column in COLUMNS[1:]
            if (one := here[1].get(column, "")) != (other := there[1].get(column, ""))
        ]
        differences += own
        if not own:
            forms[number] = here[1]
    return Entered(forms, tuple(differences))


def _rows(name: str, cells: Cells) -> dict[str, tuple[int, dict[str, str]]]:
    """The typed rows by number, with the row that they stand in; rows of a number alone are left out."""
    headings = {column: text for (row, column), text in cells.items() if row == HEADING_ROW}
    if [headings.get(at) for at in range(len(COLUMNS))] != list(COLUMNS):
        raise ValueError(f"工作表“{name}”的表头不是录入表的表头")
    found: dict[str, tuple[int, dict[str, str]]] = {}
    for row in sorted({row for row, _ in cells if row > HEADING_ROW}):
        typed = {column: cells.get((row, at), "") for at, column in enumerate(COLUMNS)}
        number = typed.pop(COLUMNS[0])
        if not any(typed.values()):
            continue
        if not number or number in found:
            raise ValueError(f"工作表“{name}”第{row}行：{'票子号码重复' if number else '没有票子号码'}")
        found[number] = (row, typed)
    return found


def _cell(column: str, first_row: int, second_row: int) -> str:
    """The cell in the first sheet, else in the second."""
    letter = letters_of(COLUMNS.index(column))
    return f"{FIRST}!{letter}{first_row}" if first_row else f"{SECOND}!{letter}{second_row}"
