"""The reader of a file is chosen by what is in it; its name only says how text is laid out."""

from auditor.reading.columnar import read_json_lines, read_parquet
from auditor.reading.delimited import read_delimited
from auditor.reading.grid import Grid, Unreadable
from auditor.reading.workbooks import read_workbook

EXTENSIONS = {".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".et", ".ods", ".jsonl", ".parquet"}
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


def read_grids(data: bytes, file: str, extension: str) -> list[Grid]:
    """Every sheet of a file. Raises `Unreadable`."""
    if not data.strip(b"\xef\xbb\xbf\xff\xfe\r\n\t \x00"):
        raise Unreadable("文件是空的；请重新导出")
    if data.startswith(_WORKBOOKS):
        return read_workbook(data, file)
    if data.startswith(b"PAR1"):
        return [read_parquet(data, file)]
    if data.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"<"):
        raise Unreadable("内容是网页或 XML，不是表格文件；请用 WPS 或 Excel 打开后另存为 xlsx")
    if extension == ".parquet":
        raise Unreadable("不是 Parquet 文件；请重新导出")
    if extension == ".jsonl":
        return [read_json_lines(data, file)]
    if data.startswith((b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00", b"%PDF")):
        raise Unreadable("格式太旧或不是表格；请用 WPS 或 Excel 打开后另存为 xlsx")
    return [read_delimited(data, file)]
