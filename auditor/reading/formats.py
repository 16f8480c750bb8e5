"""The reader of a file is chosen by what is in it; its name only says how text is laid out."""

from collections.abc import Callable, Iterator
from pathlib import Path

from auditor.reading import kinds, limits
from auditor.reading.delimited import decode, read_delimited
from auditor.reading.grid import Grid, Unreadable

EXTENSIONS = {
    *(".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xltx", ".xls", ".et", ".ett", ".ods", ".jsonl", ".parquet"),
    *(".htm", ".html", ".xml"),
}
_NOTHING = b"\xef\xbb\xbf\xff\xfe\r\n\t \x00"
_TEXTS = (".csv", ".tsv", ".txt")


def read_grids(data: bytes, file: str, extension: str) -> list[Grid]:
    """Every sheet of a file. Raises `Unreadable`."""
    if not data[:4096].strip(_NOTHING) and not data.strip(_NOTHING):
        raise Unreadable("文件是空的；请重新导出")
    if data.startswith(kinds.ZIP):
        return _read_package(data, file)
    if data.startswith(kinds.COMPOUND):
        from auditor.reading.workbooks import read_compound

        return read_compound(data, file)
    if data.startswith(kinds.PARQUET):
        from auditor.reading.columnar import read_parquet

        return [read_parquet(data, file)]
    why = kinds.refusal(data) or ("不是 Parquet 文件；请重新导出" if extension == ".parquet" else None)
    if why:
        raise Unreadable(why)
    if _text_begins(data[:4096], b"<"):
        return _read_marked_up(data, file)
    if extension == ".jsonl" or (extension != ".csv" and data.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b'{"')):
        from auditor.reading.columnar import read_json_lines

        return [read_json_lines(data, file)]
    return [read_delimited(data, file)]


def long_table(path: Path, file: str, heard: Callable[[int], None]) -> Iterator[Grid] | None:
    """The blocks of the one table of a file that is too long to be read at once; None where it is not.

    Only what names its columns first and then holds row after row can be read in blocks. When the next block is asked
    for, `heard` is told how many bytes of the file are done with. Raises `OSError`.
    """
    with path.open("rb") as opened:
        beginning = opened.read(4096)
    if beginning.startswith(kinds.PARQUET):
        from auditor.reading.columnar import long_parquet, parquet_rows

        return long_parquet(path, file, heard) if parquet_rows(path) > limits.LONG_ROWS else None
    is_text = path.suffix.lower() in _TEXTS and kinds.refusal(beginning) is None
    is_other = beginning.startswith((kinds.ZIP, kinds.COMPOUND)) or _text_begins(beginning, b"<", b'{"')
    if not is_text or is_other or path.stat().st_size <= limits.LONG:
        return None
    from auditor.reading.longtext import long_text

    return long_text(path, file, heard)


def _text_begins(data: bytes, *words: bytes) -> bool:
    return data.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe\r\n\t ").startswith(words)


def _read_package(data: bytes, file: str) -> list[Grid]:
    from auditor.reading.packages import open_package

    package = open_package(data)
    why = kinds.package_refusal(package.parts)
    if why:
        raise Unreadable(why)
    from auditor.reading.workbooks import read_package

    return read_package(package, file)


def _read_marked_up(data: bytes, file: str) -> list[Grid]:
    from auditor.reading import webpages, xmlsheets

    beginning = data[:4096].replace(b"\x00", b"")
    if xmlsheets.MARK in beginning and b"Workbook" in beginning:
        return xmlsheets.read_xml_workbook(data, file)  # before pages: its <Table> looks like theirs
    if kinds.is_web_page(beginning):
        return webpages.read_web_page(decode(data), file)
    raise Unreadable("内容是 XML，但不是表格文件；请用 WPS 或 Excel 打开后另存为 xlsx")
