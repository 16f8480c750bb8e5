"""Old binary workbooks (XLS, WPS 的 ET): the container opened, measured and looked through before it is read."""

import io
import struct
from dataclasses import dataclass

from auditor.reading.faults import SheetFacts, check_extent
from auditor.reading.grid import Unreadable
from auditor.reading.packages import DAMAGED, LOCKED

_WORD = ("WordDocument", "WpsDocument")
_BOF = (0x0809, 0x0409, 0x0209, 0x0009)
_EOF, _SHEET, _PASSWORD = 0x000A, 0x0085, 0x002F
_FORMULAS = (0x0006, 0x0206, 0x0406)
_CELLS = (0x0203, 0x027E, 0x00FD, 0x0204, 0x00D6, 0x0205, *_FORMULAS)
_SEVERAL = 0x00BD  # MULRK: a run of numbers; its last two bytes are the last column
_LOGICAL = 0x0205
_CODES = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_PLACE = struct.Struct("<HH")


@dataclass(frozen=True)
class Compound:
    """An old workbook within the limits: its records, and the facts of its sheets in the order of the book."""

    records: bytes
    facts: tuple[SheetFacts, ...]


def open_compound(data: bytes) -> Compound:
    """Look through the workbook in an OLE container. Raises `Unreadable`, also for Word and locked files."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data), raise_defects=olefile.DEFECT_INCORRECT) as ole:
            names = {"/".join(path).casefold(): path for path in ole.listdir()}
            if "encryptedpackage" in names:
                raise Unreadable(LOCKED)
            found = [names[name] for name in ("workbook", "book") if name in names]
            if not found:
                raise Unreadable(_no_workbook(names))
            stream = ole.openstream(found[0]).read()
    except (OSError, ValueError, IndexError, TypeError, struct.error, RecursionError, MemoryError) as error:
        raise Unreadable(DAMAGED.format(why="容器(OLE)的目录读不出来")) from error
    return Compound(stream, _sheets(stream))


def _no_workbook(names: dict[str, list[str]]) -> str:
    if any(name.casefold() in names for name in _WORD):
        return "是 Word 或 WPS 文字文件，不是表格；请在 WPS 里把其中的表格复制到新表格，另存为 xlsx"
    if "powerpoint document" in names:
        return "是演示文稿，不是表格；请把其中的表格复制到新表格，另存为 xlsx"
    return "不是表格文件；请用 WPS 或 Excel 打开后另存为 xlsx"


def _sheets(stream: bytes) -> tuple[SheetFacts, ...]:
    starts: list[int] = []
    at, depth, size = 0, 0, len(stream)
    by_start: dict[int, SheetFacts] = {}
    facts = SheetFacts()
    while at + 4 <= size:
        kind, length = _PLACE.unpack_from(stream, at)
        body = at + 4
        if body + length > size:
            raise Unreadable(DAMAGED.format(why="内容在中途断开"))
        if kind in _BOF:
            depth += 1
            if depth == 1:
                facts = by_start.setdefault(at, SheetFacts())
        elif kind == _EOF:
            depth = max(0, depth - 1)
        elif kind == _PASSWORD:
            raise Unreadable(LOCKED)
        elif kind == _SHEET and length >= 4:
            starts.append(struct.unpack_from("<I", stream, body)[0])
        elif kind in _CELLS and length >= 6:
            _cell(facts, kind, stream, body, length)
        elif kind == _SEVERAL and length >= 6:
            row, _ = _PLACE.unpack_from(stream, body)
            facts.reach(row, struct.unpack_from("<H", stream, body + length - 2)[0])
        at = body + length
        if kind == 0 and length == 0:
            break
    sheets = tuple(by_start.get(start, SheetFacts()) for start in starts)
    if not starts or any(start not in by_start for start in starts):
        raise Unreadable(DAMAGED.format(why="有工作表的内容缺失"))
    check_extent({f"第{number}张": sheet for number, sheet in enumerate(sheets, 1)})
    return sheets


def _cell(facts: SheetFacts, kind: int, stream: bytes, body: int, length: int) -> None:
    row, column = _PLACE.unpack_from(stream, body)
    facts.reach(row, column)
    if kind in _FORMULAS and length >= 14:
        facts.formulas += 1
        result = stream[body + 6 : body + 14]
        if result[6:8] == b"\xff\xff" and result[0] == 2:
            facts.faults[row, column] = _CODES.get(result[2], "#VALUE!")
    elif kind == _LOGICAL and length >= 8 and stream[body + 7] == 1:
        facts.faults[row, column] = _CODES.get(stream[body + 6], "#VALUE!")
