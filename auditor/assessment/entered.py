"""Forms typed in twice (双录): what both sheets hold alike, and every cell that is to be put right."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from auditor.rulebook.entryform import (
    ANSWER_COLUMNS,
    COLUMNS,
    FIELDS,
    FIRST,
    HEADING_ROW,
    NO,
    RETURNED,
    SECOND,
    YES,
    numbers_of,
)
from auditor.rulebook.schemes import ANSWERS, UNAWARE
from auditor.tables import letters_of

Cells = Mapping[tuple[int, int], str]
Typed = tuple[int, Mapping[str, str]]  # the row, and what stands in it

_OPTIONS = {RETURNED: (YES, NO), **dict.fromkeys(ANSWER_COLUMNS, (*ANSWERS, UNAWARE))}
_SHOWN = 5  # numbers in an error


@dataclass(frozen=True)
class Difference:
    """A cell to be put right: the two sheets do not say the same, or `why` says what is wrong with what both say."""

    number: str
    column: str
    cell: str
    first: str
    second: str
    why: str = ""


@dataclass(frozen=True)
class Entered:
    """The forms that were typed alike, by number, and what is to be put right in the others."""

    forms: Mapping[str, Mapping[str, str]]
    differences: tuple[Difference, ...]

    def by_field(self) -> dict[str, dict[str, str]]:
        """The forms by the fields of the log instead of the columns of the sheet."""
        names = dict(zip(COLUMNS, FIELDS, strict=True))
        return {number: {names[column]: text for column, text in typed.items()} for number, typed in self.forms.items()}


def compare_entries(sheets: Mapping[str, Cells], year: int) -> Entered:
    """Hold 录入二 against 录入一, number by number. A form that neither sheet says came back is none.

    Raises `ValueError`, which says what to do, where a sheet lacks its headings or holds nothing but numbers, where a
    number is missing, repeated or of another year, and where no form came back.
    """
    first, second = (_rows(name, sheets.get(name, {})) for name in (FIRST, SECOND))
    numbers = list(dict.fromkeys((*first, *second)))
    _check_year(numbers, year)
    forms: dict[str, Mapping[str, str]] = {}
    differences: list[Difference] = []
    for number in numbers:
        here, there = first.get(number, (0, {})), second.get(number, (0, {}))
        if _stayed_out(here[1]) and _stayed_out(there[1]):
            continue
        own = list(_to_put_right(number, here, there))
        differences += own
        if not own:
            forms[number] = here[1]
    if not forms and not differences:
        raise ValueError(f"没有录入一份收回的票（“{RETURNED}”都是“{NO}”）。请录入收回的票后再比对")
    return Entered(forms, tuple(differences))


def _check_year(numbers: list[str], year: int) -> None:
    others = [number for number in numbers if not number.startswith(numbers_of(year))]
    if others:
        shown = "、".join(others[:_SHOWN]) + (f"等{len(others)}个" if len(others) > _SHOWN else "")
        raise ValueError(
            f"票子号码 {shown} 不是{year}年度的（应以 {numbers_of(year)} 开头）。请核对 --year，或对照原票改正号码"
        )


def _stayed_out(typed: Mapping[str, str]) -> bool:
    """Whether the form did not come back: nothing is typed, or 否 and nothing else."""
    return not any(text for column, text in typed.items() if (column, text) != (RETURNED, NO))


def _to_put_right(number: str, here: Typed, there: Typed) -> Iterator[Difference]:
    for column in COLUMNS[1:]:
        one, other = here[1].get(column, ""), there[1].get(column, "")
        why = "" if one != other else _fault(column, one)
        if one != other or why:
            yield Difference(number, column, _cell(column, here[0], there[0]), one, other, why)


def _fault(column: str, text: str) -> str:
    """What is wrong with what both sheets say; the log would take such an answer for none."""
    options = _OPTIONS.get(column)
    if options and text and text not in options:
        return f"不是可以填的内容（{'、'.join(options)}）"
    return "没有收回的票却录了其他内容" if (column, text) == (RETURNED, NO) else ""


def _rows(name: str, cells: Cells) -> dict[str, Typed]:
    """The typed rows by number, with the row that they stand in; rows of a number alone are left out."""
    headings = {column: text for (row, column), text in cells.items() if row == HEADING_ROW}
    if [headings.get(at) for at in range(len(COLUMNS))] != list(COLUMNS):
        raise ValueError(f"工作表“{name}”的表头不是录入表的表头。请用 auditor evaluate --plan 写出的录入表")
    found: dict[str, Typed] = {}
    for row in sorted({row for row, _ in cells if row > HEADING_ROW}):
        typed = {column: cells.get((row, at), "") for at, column in enumerate(COLUMNS)}
        number = typed.pop(COLUMNS[0])
        if not any(typed.values()):
            continue
        if not number or number in found:
            fault = f"票子号码 {number} 重复" if number else "没有票子号码"
            raise ValueError(f"工作表“{name}”第{row}行：{fault}。请对照原票改正后再比对")
        found[number] = (row, typed)
    if not found:
        raise ValueError(f"工作表“{name}”只有票子号码，还没有录入。请两人各录一张工作表，保存后再比对")
    return found


def _cell(column: str, first_row: int, second_row: int) -> str:
    """The cell in the first sheet, else in the second."""
    letter = letters_of(COLUMNS.index(column))
    return f"{FIRST}!{letter}{first_row}" if first_row else f"{SECOND}!{letter}{second_row}"
