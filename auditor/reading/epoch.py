"""Whether a workbook counts its days from 1904, as workbooks from old Macs do.

Cells formatted as dates are converted by the reader of the file; this is for dates kept as plain numbers.
"""

import io
import re
import zipfile
from datetime import date

from auditor.reading.dates import SERIALS_FROM_1900, SERIALS_FROM_1904

_XLSX, _ODS = "xl/workbook.xml", "content.xml"
_XLSX_FLAG = re.compile(rb"<(?:\w+:)?workbookPr\b[^>]*\bdate1904\s*=\s*[\"'](?:1|true|on)[\"']")
_ODS_FLAG = re.compile(rb"<table:null-date\b[^>]*\bdate-value=\"1904-01-01")
# In the old binary format the record Date1904 = 1 stands directly before the record CalcPrecision.
_XLS_FLAG = b"\x22\x00\x02\x00\x01\x00\x0e\x00\x02\x00"
_HEAD = 4_000_000  # bytes of a sheet's XML: the setting stands before the first table


def serials_from(data: bytes) -> date:
    """The day 0 of the plain numbers in a workbook."""
    return SERIALS_FROM_1904 if _counts_from_1904(data) else SERIALS_FROM_1900


def _counts_from_1904(data: bytes) -> bool:
    if not data.startswith(b"PK"):
        return _XLS_FLAG in data
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            names = set(book.namelist())
            if _XLSX in names:
                return _XLSX_FLAG.search(_first_bytes(book, _XLSX)) is not None
            return _ODS in names and _ODS_FLAG.search(_first_bytes(book, _ODS).split(b"<table:table ")[0]) is not None
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return False  # what is damaged or locked is reported by the reader itself


def _first_bytes(book: zipfile.ZipFile, name: str) -> bytes:
    with book.open(name) as stream:
        return stream.read(_HEAD)
