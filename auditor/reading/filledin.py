"""A ledger that comes back from a unit: rows by the words of their headings, and the marks it was sent out with."""

import io
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from python_calamine import CalamineError, PasswordError, load_workbook

from auditor.domain.rectification import FilledRow, FilledSheet
from auditor.errors import DataError, because
from auditor.reading.grid import Unreadable
from auditor.reading.packages import DAMAGED, LOCKED, open_package
from auditor.reading.panics import panics_named
from auditor.reading.workbooks import as_text
from auditor.tables import letters_of

_HEADING_WITHIN = 10  # rows from the top


def read_filled(path: Path, sheet: str, marks: str, headings: Mapping[str, str]) -> FilledSheet:
    """Read the sheet and its marks; `headings` are the keys of the columns by their words, the first names the row.

    A row of which none of these cells holds anything is no row. Raises `DataError` where the file is no ledger that
    was sent out, or one heading stands over two columns.
    """
    try:
        sheets = _sheets(path, (sheet, marks))
    except OSError as error:
        raise DataError(f"{path} 读不出：{because(error)}。请检查路径和权限") from None
    except Unreadable as error:
        raise DataError(f"{path} 读不出：{error}") from None
    lacking = [name for name in (sheet, marks) if name not in sheets]
    if lacking:
        raise DataError(
            f"{path} 里没有工作表“{'、'.join(lacking)}”，不是发出的整改台账，或者被另存过。请在原来发出的文件里填写"
        )
    rows, key = sheets[sheet], next(iter(headings))
    top = next((at for at, row in enumerate(rows[:_HEADING_WITHIN]) if key in map(str.strip, row)), None)
    if top is None:
        raise DataError(f"{path} 的“{sheet}”前{_HEADING_WITHIN}行里没有表头“{key}”。请在原来发出的文件里填写")
    places = {headings[word]: at for word, at in _once(path, sheet, top, rows[top], headings).items()}
    cells = [{key: row[at] if at < len(row) else "" for key, at in places.items()} for row in rows[top + 1 :]]
    filled = tuple(
        FilledRow(line, found)
        for line, found in enumerate(cells, start=top + 2)
        if any(text.strip() for text in found.values())
    )
    told = {row[0]: row[1] for row in sheets[marks] if len(row) > 1 and row[0]}
    absent = {key: word for word, key in headings.items() if key not in places}
    return FilledSheet(path.name, told, filled, top + 1, absent)


def _once(path: Path, sheet: str, top: int, row: Sequence[str], headings: Collection[str]) -> dict[str, int]:
    """Where each heading stands: of two with the same words nobody can tell which was meant to be filled in."""
    places: dict[str, list[int]] = {}
    for at, word in enumerate(row):
        if word.strip() in headings:
            places.setdefault(word.strip(), []).append(at)
    twice = [
        f"“{word}”（{'、'.join(f'{letters_of(at)}{top + 1}' for at in found)}）"
        for word, found in places.items()
        if len(found) > 1
    ]
    if twice:
        raise DataError(
            f"{path} 的“{sheet}”里表头重复：{'、'.join(twice)}，看不出以哪一列为准，一处也没有收入。"
            "请删去多出的列，或者在原来发出的文件里填写"
        )
    return {word: found[0] for word, found in places.items()}


def _sheets(path: Path, wanted: Collection[str]) -> dict[str, list[list[str]]]:
    """The cells of the sheets wanted, as texts from the first row on."""
    package = open_package(path.read_bytes())
    for part in package.parts:
        for _ in package.pieces(part):
            pass  # proved whole
    why = DAMAGED.format(why="表格内容读不出来")
    try:
        with panics_named(why):
            book = load_workbook(io.BytesIO(package.data))
            there = [name for name in book.sheet_names if name in wanted]
            return {
                name: [
                    [cell if type(cell) is str else as_text(cell) for cell in row]
                    for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)
                ]
                for name in there
            }
    except PasswordError:
        raise Unreadable(LOCKED) from None
    except (CalamineError, OSError, ValueError, OverflowError):
        raise Unreadable(why) from None
