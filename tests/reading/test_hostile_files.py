"""Files that would take the machine down, mislead, or cannot be read: refused before anything is laid out."""

import contextlib
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from auditor.reading import limits, read_logs
from auditor.reading.formats import read_grids
from auditor.reading.grid import Unreadable
from auditor.rulebook.logs import LogCatalogue
from auditor.tables import UNREAD, Counts

SAMPLES = Path(__file__).parent / "samples"
GOOD = "申请编号,申请人,收到申请日期\nA1,张三,2020-12-02\n"
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
HEAD = '<row r="1"><c r="A1" t="str"><v>申请编号</v></c><c r="B1" t="str"><v>收到申请日期</v></c></row>'


def package(sheet: str, prefix: str = "", **others: str) -> bytes:
    """An XLSX of one sheet with the XML given; `others` replaces parts by the end of their names."""
    plain, made = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(plain, {"in_memory": True}) as book:
        book.add_worksheet("依申请公开")
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            content = prefix + SHEET.format(sheet) if part.endswith("sheet1.xml") else source.read(part).decode()
            target.writestr(part, content)
    return made.getvalue()


def why(data: bytes, extension: str = ".xlsx") -> str:
    """The reason why the bytes are not read."""
    with pytest.raises(Unreadable) as caught:
        read_grids(data, "a", extension)
    return str(caught.value)


def row(number: int, *cells: str) -> str:
    """A row of inline cells."""
    return f'<row r="{number}">{"".join(cells)}</row>'


@pytest.mark.parametrize("place", ["XFD1048576", "ZZ1048576"])
def test_two_cells_at_the_ends_of_a_sheet_do_not_lay_out_all_between(place: str) -> None:
    far = row(1_048_576, f'<c r="{place}"><v>1</v></c>')
    assert f"一直铺到 {place}" in why(package(HEAD + far))
    assert f"一直铺到 {place}" in why(package(HEAD + far.replace('<c r="', "<c  r = '").replace('"><v>', "'><v>")))


def test_a_cell_outside_every_sheet_is_damage() -> None:
    assert "超出了表格的最大范围" in why(package(HEAD + row(1, '<c r="ZZZ9999999"><f>1</f><v>1</v></c>')))


def test_many_sheets_that_are_each_small_enough_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        for _ in range(3):
            book.add_worksheet().write(999, 9, "x")
    monkeypatch.setattr(limits, "CELLS", 30_000)
    assert len(read_grids(file.getvalue(), "a", ".xlsx")) == 3
    monkeypatch.setattr(limits, "CELLS", 29_999)
    assert "一直铺到 J1000" in why(file.getvalue())


def test_a_sheet_formatted_to_its_end_is_read_by_its_content(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CELLS", 1_000)
    blanks = "".join(row(at, f'<c r="A{at}" s="0"/>', f'<c r="B{at}" s="0"/>') for at in range(2, 2_000))
    (grid,) = read_grids(package(HEAD + blanks), "a", ".xlsx")
    assert grid.frame.height == 1


def test_a_package_that_grows_beyond_measure_is_not_unpacked() -> None:
    bomb = package(HEAD + row(2, f'<c r="A2" t="inlineStr"><is><t>{"A" * 120_000_000}</t></is></c>'))
    assert len(bomb) < limits.MEGABYTE
    assert "与它的大小不相称" in why(bomb)


def test_a_directory_that_lies_about_sizes_is_found_out() -> None:
    data = bytearray(package(HEAD + row(2, f'<c r="A2" t="inlineStr"><is><t>{"A" * 50_000}</t></is></c>')))
    entry = data.index(b"xl/worksheets/sheet1.xml", data.index(b"PK\x01\x02"))
    data[entry - 22 : entry - 18] = (1_000).to_bytes(4, "little")  # the unpacked size in the directory
    assert "比目录里写的大" in why(bytes(data))


def test_a_changed_byte_is_found_by_the_checksum() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package(HEAD))) as source, zipfile.ZipFile(made, "w") as target:
        for part in source.namelist():
            target.writestr(part, source.read(part))
    data = made.getvalue().replace("收到".encode(), "收别".encode(), 1)
    assert "校验不符" in why(data)


ENTITIES = "".join(f'<!ENTITY a{at} "{f"&a{at - 1};" * 10 if at else "aaaaaaaaaa"}">' for at in range(10))


@pytest.mark.parametrize("declared", [ENTITIES, '<!ENTITY a9 SYSTEM "file:///etc/passwd">'])
def test_entities_are_never_expanded(declared: str) -> None:
    doctype = f'<?xml version="1.0"?><!DOCTYPE l [{declared}]>'
    cell = row(2, '<c r="A2" t="inlineStr"><is><t>&a9;</t></is></c>')
    assert "DOCTYPE" in why(package(HEAD + cell, prefix=doctype))
    workbook = f'{doctype}<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><x>&a9;</x></Workbook>'
    assert "DOCTYPE" in why(workbook.encode(), ".xls")


def test_repeated_rows_of_a_spreadsheet_are_counted_before_they_are_laid_out() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(SAMPLES / "small.ods") as source, zipfile.ZipFile(made, "w") as target:
        for part in source.namelist():
            content = source.read(part)
            if part == "content.xml":
                start = content.index(b"<table:table-row")
                cell = b'<table:table-cell office:value-type="string" table:number-columns-repeated="16000"/>'
                repeated = b'<table:table-row table:number-rows-repeated="1000000">' + cell + b"</table:table-row>"
                content = content[:start] + repeated + content[start:]
            target.writestr(part, content)
    assert "一直铺到" in why(made.getvalue(), ".ods")


def test_an_old_workbook_with_a_cell_far_away_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = (SAMPLES / "small.xls").read_bytes()
    assert len(read_grids(data, "a", ".xls")) == 1
    monkeypatch.setattr(limits, "CELLS", 41)
    assert "一直铺到 F7" in why(data, ".xls")


def test_an_old_workbook_whose_chain_of_sectors_runs_in_a_circle_ends() -> None:
    data = bytearray((SAMPLES / "small.xls").read_bytes())
    table = 512 * (1 + int.from_bytes(data[76:80], "little"))
    for sector in range(1, 12):
        data[table + 4 * sector : table + 4 * sector + 4] = (sector - 1).to_bytes(4, "little")
    assert "损坏" in why(bytes(data), ".xls")


@pytest.mark.parametrize("name", ["small.xls", "small.ods"])
def test_error_marks_are_rejected_cells_and_formulas_are_reported(name: str, catalogue: LogCatalogue) -> None:
    logs = read_logs([SAMPLES / name], catalogue)
    assert logs.counts["requests"] == Counts(6, 6, 0)
    assert [(reject.row, reject.column, reject.value) for reject in logs.rejects] == [
        (5, "答复日期", "#N/A"),
        (6, "备注", "#DIV/0!"),
    ]
    frame = logs.tables["requests"].frame
    assert frame["items"].to_list() == [1, 2, 3, 4, 5, 6]  # the third is a formula
    assert frame["replied_on"][3] is None and frame[f"{UNREAD}replied_on"][3] is True
    assert any("3个单元格是公式" in remark for remark in logs.remarks)


def test_a_formula_saved_without_its_result_is_a_rejected_cell_not_a_blank_one(
    tmp_path: Path, catalogue: LogCatalogue
) -> None:
    names = [
        f'<c r="{column}1" t="str"><v>{name}</v></c>'
        for column, name in {"A": "申请编号", "B": "答复日期", "C": "备注"}.items()
    ]
    cells = ['<c r="A2"><v>7</v></c>', '<c r="B2"><f>TODAY()</f><v></v></c>', '<c r="C2" t="str"><f>""</f><v></v></c>']
    (tmp_path / "依申请公开.xlsx").write_bytes(package(row(1, *names) + row(2, *cells)))
    logs = read_logs([tmp_path], catalogue)
    assert [(reject.column, reject.value) for reject in logs.rejects] == [("答复日期", "#未计算")]
    assert logs.tables["requests"].frame["note"].to_list() == [None]


def test_error_marks_in_a_text_table_are_rejected_cells_too(tmp_path: Path, catalogue: LogCatalogue) -> None:
    (tmp_path / "依申请公开.csv").write_text("申请编号,申请人,备注\nA1,#N/A,#1号楼\n", "utf-8")
    logs = read_logs([tmp_path], catalogue)
    assert [(reject.column, reject.value) for reject in logs.rejects] == [("申请人", "#N/A")]
    assert logs.tables["requests"].frame["note"].to_list() == ["#1号楼"]


PAGE = """<html><head><meta charset="gb2312"><style>td {}</style></head><body><table border=1>
<tr><th>申请编号</th><th>申请人</th><th>收到申请日期</th></tr>
<tr><td>A1<td rowspan=2> 张\n三<td>2020-12-02</tr>
<tr><td>A2</td><td>2020-12-03</td></tr>
</table></body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_web_page_called_xls_is_read_by_its_table(encoding: str, tmp_path: Path, catalogue: LogCatalogue) -> None:
    (tmp_path / "导出.xls").write_bytes(PAGE.encode(encoding))
    frame = read_logs([tmp_path], catalogue).tables["requests"].frame
    assert frame["request_id"].to_list() == ["A1", "A2"]
    assert frame["applicant"].to_list() == ["张 三", "张 三"]
    assert frame["received_on"].dt.to_string().to_list() == ["2020-12-02", "2020-12-03"]


XML = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="依申请公开"><Table>
<Row><Cell><Data ss:Type="String">申请编号</Data></Cell><Cell><Data ss:Type="String">申请人</Data></Cell>
<Cell><Data ss:Type="String">收到申请日期</Data></Cell><Cell><Data ss:Type="String">备注</Data></Cell></Row>
<Row ss:Index="4"><Cell><Data ss:Type="Number">7</Data><Comment><Data>批注</Data></Comment></Cell>
<Cell ss:Index="3"><Data ss:Type="DateTime">2020-12-02T00:00:00.000</Data></Cell>
<Cell ss:Formula="=1/0"><Data ss:Type="Error">#DIV/0!</Data></Cell></Row>
</Table></Worksheet></Workbook>"""


def test_an_xml_workbook_called_xls_is_read(tmp_path: Path, catalogue: LogCatalogue) -> None:
    (tmp_path / "导出.xls").write_text(XML, "utf-8")
    logs = read_logs([tmp_path], catalogue)
    ((_, _, number, request, day, *_),) = (
        logs.tables["requests"].frame.select("_record", "_source", "_row", "request_id", "received_on").iter_rows()
    )
    assert (number, request, str(day)) == (4, "7", "2020-12-02")
    assert [(reject.row, reject.column, reject.value) for reject in logs.rejects] == [(4, "备注", "#DIV/0!")]


def zipped(*parts: str) -> bytes:
    """A ZIP file with parts of these names."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        for part in parts:
            target.writestr(part, "<x/>")
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (zipped("[Content_Types].xml", "word/document.xml"), "Word"),
        (zipped("OFD.xml", "Doc_0/Document.xml"), "OFD"),
        (zipped("xl/workbook.bin"), "xlsb"),
        (zipped("台账.xlsx"), "压缩包，请先解压"),
        (b"%PDF-1.7\n", "PDF"),
        (b"{\\rtf1 }", "RTF"),
        (b"\xff\xd8\xff\xe0JFIF", "图片"),
        (b"Rar!\x1a\x07\x00", "压缩包"),
        (b"<?xml version='1.0'?><records/>", "XML"),
        (b"<html><body>404</body></html>", "没有表格"),
    ],
)
def test_what_is_no_table_says_what_it_is_and_what_to_do(data: bytes, expected: str) -> None:
    reason = why(data, ".xls")
    assert expected in reason and "请" in reason


def test_letters_and_archives_in_a_folder_are_remarked_and_not_taken_for_unread_logs(
    tmp_path: Path, catalogue: LogCatalogue
) -> None:
    (tmp_path / "a.csv").write_text(GOOD, "utf-8")
    (tmp_path / "说明.docx").write_bytes(zipped("word/document.xml"))
    (tmp_path / "公文.ofd").write_bytes(zipped("OFD.xml"))
    (tmp_path / "台账.pdf").write_bytes(b"%PDF-1.7\n")
    (tmp_path / "老台账.bak").write_bytes((SAMPLES / "small.xls").read_bytes())
    logs = read_logs([tmp_path], catalogue)
    assert logs.counts["requests"].accepted == 7  # the workbook is read though its ending says nothing
    assert not logs.unreadable
    for name, expected in {"说明.docx": "Word", "公文.ofd": "OFD", "台账.pdf": "PDF"}.items():
        assert any(name in remark and expected in remark for remark in logs.remarks)


def test_a_file_too_large_is_refused_unread(tmp_path: Path, catalogue: LogCatalogue) -> None:
    (tmp_path / "good.csv").write_text(GOOD, "utf-8")
    with (tmp_path / "big.xlsx").open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(limits.FILE + 1)  # a hole: takes no room on the disk
    logs = read_logs([tmp_path], catalogue)
    assert logs.counts["requests"].accepted == 1
    assert len(logs.unreadable) == 1 and "超过 200 MB 的上限" in logs.unreadable[0]


def test_a_text_of_endless_cells_or_lines_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "20,001格" in why(b"a" + b"," * 20_000 + b"\n", ".csv")
    monkeypatch.setattr(limits, "LINES", 10)
    assert "11行" in why(b"a\n" * 11, ".csv")


def test_a_parquet_file_of_endless_rows_is_refused() -> None:
    file = io.BytesIO()
    pl.DataFrame({"a": pl.repeat("x", 30_000_000, eager=True)}).write_parquet(file)
    assert len(file.getvalue()) < limits.MEGABYTE
    assert "30,000,000行" in why(file.getvalue(), ".parquet")


def test_spans_of_a_web_page_and_fields_of_json_lines_are_counted() -> None:
    wide = b"<table><tr><td rowspan=60000 colspan=1000>x</td></tr>" + b"<tr>" * 50_000
    assert "太大" in why(wide, ".xls")
    assert "字段" in why(b"\n".join(b'{"k%d": 1}' % at for at in range(20_000)), ".jsonl")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_read(encoding: str, tmp_path: Path, catalogue: LogCatalogue) -> None:
    (tmp_path / "a.csv").write_bytes(GOOD.encode(encoding))
    assert read_logs([tmp_path], catalogue).tables["requests"].frame["applicant"].to_list() == ["张三"]


def test_a_separator_announced_in_the_first_line_is_taken(tmp_path: Path, catalogue: LogCatalogue) -> None:
    (tmp_path / "a.xls").write_text("sep=;\n" + GOOD.replace(",", ";"), "utf-8-sig")
    frame = read_logs([tmp_path], catalogue).tables["requests"].frame
    assert frame["_row"].to_list() == [3] and frame["applicant"].to_list() == ["张三"]


def test_an_unreadable_file_gives_exit_3_while_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "依申请公开.csv").write_text(GOOD, "utf-8")
    (tmp_path / "网民留言.xlsx").write_bytes(package(HEAD)[:-30])
    (tmp_path / "空.xlsx").write_bytes(b"")
    done = subprocess.run(
        [sys.executable, "-m", "auditor", "check", str(tmp_path)], capture_output=True, text=True, env=dict(os.environ)
    )
    assert done.returncode == 3
    shown = done.stdout + done.stderr
    assert "网民留言.xlsx" in shown and "损坏" in shown and "空.xlsx" in shown and "空的" in shown
    assert "Traceback" not in shown


def locked(name: str) -> bytes:
    """A sample as it is with a password: the mark of it, which readers meet before anything else."""
    data = (SAMPLES / name).read_bytes()
    if name == "small.xls":
        at = data.index(b"\xe1\x00\x02\x00")  # the first record after the beginning of the book
        return data[:at] + b"\x2f\x00" + data[at + 2 :]
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(made, "w") as target:
        for part in source.namelist():
            content = source.read(part)
            if part == "META-INF/manifest.xml":
                content = content.replace(b"</manifest:manifest>", b"<manifest:encryption-data/></manifest:manifest>")
            target.writestr(part, content)
    return made.getvalue()


def test_a_file_with_a_password_is_named_as_such() -> None:
    container = (SAMPLES / "small.xls").read_bytes()
    name = "Workbook".encode("utf-16-le")
    at = container.index(name)
    package_inside = bytearray(container)
    package_inside[at : at + 32] = "EncryptedPackage".encode("utf-16-le")
    package_inside[at + 64 : at + 66] = (34).to_bytes(2, "little")  # the length of the name with its end
    for data in (locked("small.xls"), locked("small.ods"), bytes(package_inside)):
        assert "打开密码" in why(data, ".xlsx")


def test_a_word_file_called_xls_is_named_as_such() -> None:
    data = bytearray((SAMPLES / "small.xls").read_bytes())
    at = data.index("Workbook".encode("utf-16-le"))
    data[at : at + 24] = "WordDocument".encode("utf-16-le")
    data[at + 64 : at + 66] = (26).to_bytes(2, "little")
    assert "Word 或 WPS 文字" in why(bytes(data), ".xls")


def test_a_panic_of_a_library_is_a_sentence_and_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    data = bytearray((SAMPLES / "small.xls").read_bytes())
    for at in range(48, 80, 4):
        for number in (1, 116, 2**31 - 1):
            changed = data[:at] + number.to_bytes(4, "little") + data[at + 4 :]
            with contextlib.suppress(Unreadable):
                read_grids(bytes(changed), "a", ".xls")
    assert capfd.readouterr().err == ""
