"""What a file is by what is in it, and what to do with the kinds that hold no table that can be read."""

import re
from collections.abc import Iterable

ZIP = b"PK\x03\x04"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PARQUET = b"PAR1"
_COPY = "请在 WPS 里打开，把其中的表格复制到新表格，另存为 xlsx"
_SAVE_AS = "请用 WPS 或 Excel 打开后另存为 xlsx"
_UNPACK = "是压缩包，请先解压，再读取里面的表格"
_PICTURE = "是图片，不是表格；请向提供方要电子表格，或把内容录入 xlsx"

_BY_BEGINNING = (
    (b"%PDF", "是 PDF，读不出表格；请向提供方要原来的电子表格，或用 WPS 的“PDF 转 Excel”转换并核对后另存为 xlsx"),
    (b"{\\rtf", f"是写字板(RTF)文件，不是表格；{_COPY}"),
    (b"PK\x05\x06", "是空的压缩包；请重新导出"),
    ((b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b"), _UNPACK),
    ((b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM6"), _PICTURE),
    ((b"MIME-Version:", b"From: <Saved by"), f"是单个文件网页(MHT)，不是表格文件；{_SAVE_AS}"),
    ((b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00"), f"是很旧的表格格式；{_SAVE_AS}"),
    (b"SQLite format 3", "是数据库文件，不是表格；请从原系统导出为 xlsx 或 CSV"),
)
_BY_PART = (
    ("word/", f"是 Word 或 WPS 文字文件(docx)，不是表格；{_COPY}"),
    ("ppt/", f"是演示文稿(pptx)，不是表格；{_COPY}"),
    ("OFD.xml", "是 OFD 版式文件，读不出表格；请向提供方要原来的电子表格，或用 WPS 转成表格并核对后另存为 xlsx"),
    ("xl/workbook.bin", f"是二进制工作簿(xlsb)；{_SAVE_AS}"),
)
_BY_ENDING = {
    "pdf": _BY_BEGINNING[0][1],
    **dict.fromkeys(("doc", "docx", "wps", "wpt", "rtf"), f"是文字文件，不是表格；{_COPY}"),
    **dict.fromkeys(("ppt", "pptx", "dps"), f"是演示文稿，不是表格；{_COPY}"),
    "ofd": _BY_PART[2][1],
    **dict.fromkeys(("zip", "rar", "7z", "gz"), _UNPACK),
    **dict.fromkeys(("jpg", "jpeg", "png", "bmp", "gif", "tif", "tiff"), _PICTURE),
    **dict.fromkeys(("xlsb", "xlt", "dbf", "mht", "mhtml", "uos"), f"不能直接读；{_SAVE_AS}"),
}
_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|meta|style|div)[\s>]", re.IGNORECASE)


def refusal(data: bytes) -> str | None:
    """Why a file with this beginning is not read, and what to do; None where it may be a table."""
    return next((words for beginning, words in _BY_BEGINNING if data.startswith(beginning)), None)


def package_refusal(parts: Iterable[str]) -> str | None:
    """The same of a ZIP file, by its parts; None for a workbook."""
    names = set(parts)
    if "xl/workbook.xml" in names:
        return None
    words = next((words for part, words in _BY_PART if any(name.startswith(part) for name in names)), None)
    return words or (None if "content.xml" in names and "META-INF/manifest.xml" in names else _UNPACK)


def advice(ending: str) -> str:
    """What to do with a file that is not read because of the ending of its name, dot included."""
    return _BY_ENDING.get(ending.lower().lstrip("."), "")


def may_be_workbook(beginning: bytes) -> bool:
    """A file of unknown ending that begins like this is worth opening."""
    return beginning.startswith((COMPOUND, ZIP, PARQUET))


def is_web_page(data: bytes) -> bool:
    """The text begins with a mark-up of web pages."""
    return bool(_PAGE.search(data[:4096]))
