"""What a workbook holds beside its values: where formulas stand, and which cells show an error instead of a value.

The library behind `workbooks` hands out an error, or a formula never worked out, as an empty cell.
A blank cell has a meaning of its own (a blank reply date: not replied), so these must not become blank.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from auditor.reading import limits
from auditor.reading.grid import Unreadable
from auditor.tables import letters_of

UNCALCULATED = "#未计算"  # shown for a formula that was saved without its result
ERRORS = (
    *("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"),
    *("#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!", "#GETTING_DATA"),
)
FAILED = "^(?:" + "|".join(re.escape(mark) for mark in (UNCALCULATED, *ERRORS)) + "|Err:[0-9]{3})$"
_WRONG = "单元格是公式出错的标记，不是内容；请在 WPS 或 Excel 里改正公式后另存"
_NO_RESULT = "单元格的公式没有保存计算结果；请用 WPS 或 Excel 打开后另存一次"


@dataclass
class SheetFacts:
    """One sheet: how far its content reaches, how many formulas it has, and the cells without a value.

    `rows` and `columns` count from A1 to the last cell with content. `faults` maps (row, column), counted
    from 0, to what the cell shows.
    """

    rows: int = 0
    columns: int = 0
    formulas: int = 0
    faults: dict[tuple[int, int], str] = field(default_factory=dict)

    def reach(self, row: int, column: int) -> None:
        """A cell with content stands at `row`, `column`, counted from 0. Raises `Unreadable` beyond any sheet."""
        if row >= limits.ROWS or column >= limits.COLUMNS:
            raise Unreadable("文件已损坏：单元格的位置超出了表格的最大范围；请重新导出")
        self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)

    @property
    def cells(self) -> int:
        """How many cells must be laid out to read it."""
        return self.rows * self.columns


def check_extent(sheets: Mapping[str, SheetFacts]) -> None:
    """Raise `Unreadable` if laying out the sheets would take too much memory."""
    if sum(facts.cells for facts in sheets.values()) <= limits.CELLS:
        return
    name, widest = max(sheets.items(), key=lambda sheet: sheet[1].cells)
    where = f"{letters_of(widest.columns - 1)}{widest.rows}"
    raise Unreadable(
        f"工作表“{name}”的内容一直铺到 {where}，超过能读的范围(共{limits.CELLS // 10_000:,}万格)；"
        "请用 WPS 或 Excel 打开，删去远处多余的内容，或按年度分成几个文件"
    )


def refusal(text: str) -> str | None:
    """Why a text is the mark of a failed formula and not a value; None where it is none."""
    if not re.fullmatch(FAILED, text):
        return None
    return _NO_RESULT if text == UNCALCULATED else _WRONG
