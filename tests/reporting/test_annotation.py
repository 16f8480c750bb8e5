"""Marks on the cells of a workbook: everything else in the file stays to the byte."""

import io
import re
import struct
import zipfile
import zlib
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xlsxwriter
from python_calamine import load_workbook

from auditor.reporting.annotation import NOTES_SHOWN, Colour, Mark, annotate_workbook
from auditor.reporting.splicing import NotEditable

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
VML = "{urn:schemas-microsoft-com:office:excel}"
TOUCHED = {"[Content_Types].xml", "xl/styles.xml"}


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")) + chunk(b"IEND", b"")


@pytest.fixture
def rich(tmp_path: Path) -> bytes:
    """A workbook with all that office programs put into one."""
    path = tmp_path / "rich.xlsx"
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet("登记 & 表")
    bold = book.add_format({"bold": True, "bg_color": "#DDE6F0", "border": 1})
    page.write_row(0, 0, ["申请编号", "申请人", "收到日期", "奇怪的列"], bold)
    for row in range(1, 6):
        page.write_row(row, 0, [f"A{row}", "张三", "2025-13-01", row])
    page.write_formula(6, 3, "=SUM(D2:D6)", None, 15)
    page.write_comment("B2", "原有批注")
    page.conditional_format("D2:D6", {"type": "data_bar", "data_bar_2010": True})
    page.data_validation("B2:B50", {"validate": "list", "source": ["张三", "李四"]})
    page.add_sparkline("F2", {"range": "D2:D6"})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "='登记 & 表'!$D$2:$D$6"})
    page.insert_chart("H2", chart)
    page.insert_button("H20", {"caption": "按钮"})
    page.insert_image("M2", "i.png", {"image_data": io.BytesIO(png())})
    page.merge_range("A9:C9", "合并", bold)
    page.autofilter("A1:D6")
    page.protect("", {"sort": True})
    other = book.add_worksheet("没有标注的表")
    other.add_table("A1:B3", {"data": [["x", 1], ["y", 2]]})
    plain = book.add_worksheet("没有批注的表")
    plain.write_row(2, 1, ["甲", "乙"])
    plain.set_header("&C页眉")
    book.close()
    return path.read_bytes()


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def notes(data: bytes, part: str) -> dict[str, str]:
    """The notes of a sheet by cell."""
    found = ElementTree.fromstring(parts(data)[part]).iter(f"{MAIN}comment")
    return {each.attrib["ref"]: "".join(text.text or "" for text in each.iter(f"{MAIN}t")) for each in found}


def fill_of(data: bytes, sheet: str, place: str) -> str | None:
    """The colour of a cell."""
    held = parts(data)
    cell = next(each for each in ElementTree.fromstring(held[sheet]).iter(f"{MAIN}c") if each.attrib["r"] == place)
    styles = ElementTree.fromstring(held["xl/styles.xml"])
    formats, fills = styles.find(f"{MAIN}cellXfs"), styles.find(f"{MAIN}fills")
    assert formats is not None and fills is not None
    assert len(formats) == int(formats.attrib["count"]) and len(fills) == int(fills.attrib["count"])
    colour = fills[int(formats[int(cell.attrib.get("s", 0))].attrib["fillId"])].find(f".//{MAIN}fgColor")
    return None if colour is None else colour.attrib.get("rgb")


def test_a_marked_cell_has_its_colour_and_its_note(rich: bytes) -> None:
    marks = [Mark(2, 2, "没有这一天 <&> “”"), Mark(0, 3, "没有认出", Colour.UNKNOWN), Mark(3, None, "整行")]
    out = annotate_workbook(rich, {"登记 & 表": marks})
    assert notes(out, "xl/comments1.xml") == {
        "B2": "原有批注",
        "C3": "审计程序：没有这一天 <&> “”",
        "D1": "审计程序：没有认出",
        "A4": "审计程序：整行",
    }
    sheet = "xl/worksheets/sheet1.xml"
    assert [fill_of(out, sheet, place) for place in ("C3", "D1", "A4", "C4")] == [
        Colour.REJECTED.value,
        Colour.UNKNOWN.value,
        Colour.REJECTED.value,
        None,
    ]
    boxes = ElementTree.fromstring(parts(out)["xl/drawings/vmlDrawing1.vml"]).iter(f"{VML}ClientData")
    places = [(each.findtext(f"{VML}Row"), each.findtext(f"{VML}Column")) for each in boxes]
    assert places == [(None, None), ("1", "1"), ("0", "3"), ("2", "2"), ("3", "0")]


def test_nothing_else_changes(rich: bytes) -> None:
    out = annotate_workbook(rich, {"登记 & 表": [Mark(2, 2, "甲")], "没有批注的表": [Mark(None, None, "乙")]})
    before, after = parts(rich), parts(out)
    sheets = {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet3.xml"}
    notes_of_first = {"xl/comments1.xml", "xl/drawings/vmlDrawing1.vml"}
    assert {name for name in before if before[name] != after.get(name)} == TOUCHED | sheets | notes_of_first
    new = {"xl/comments2.xml", "xl/drawings/vmlDrawing2.vml", "xl/worksheets/_rels/sheet3.xml.rels"}
    assert set(after) - set(before) == new
    for part, cell in (("xl/worksheets/sheet1.xml", "C3"), ("xl/worksheets/sheet3.xml", "B3")):
        bare = re.sub(rf'(<c r="{cell}"[^>]*?) s="[0-9]+"'.encode(), rb"\1", after[part])
        assert bare != after[part]
        drawn = b"" if "sheet1" in part else rb"<legacyDrawing [^>]*/>"
        assert re.sub(drawn, b"", bare) == before[part]
    cells = [load_workbook(io.BytesIO(data)) for data in (rich, out)]
    for name in cells[0].sheet_names:
        assert cells[0].get_sheet_by_name(name).to_python() == cells[1].get_sheet_by_name(name).to_python()


def test_a_cell_keeps_its_note_and_its_look(rich: bytes) -> None:
    out = annotate_workbook(rich, {"登记 & 表": [Mark(1, 1, "甲"), Mark(0, 0, "乙"), Mark(1, 1, "丙")]})
    assert notes(out, "xl/comments1.xml")["B2"] == "原有批注\n审计程序：甲\n丙"
    styles = ElementTree.fromstring(parts(out)["xl/styles.xml"])
    formats = styles.find(f"{MAIN}cellXfs")
    assert formats is not None
    heading = [each for each in formats if each.attrib.get("borderId") != "0"]
    assert {each.attrib["fontId"] for each in heading} == {heading[0].attrib["fontId"]}
    boxes = parts(out)["xl/drawings/vmlDrawing1.vml"]
    assert boxes.count(b'ObjectType="Note"') == 2  # the old box of B2, the new one of A1


def test_a_sheet_without_notes_gets_them_where_the_schema_wants_them(rich: bytes) -> None:
    out = annotate_workbook(rich, {"没有批注的表": [Mark(None, None, "没有认出这张表", Colour.UNKNOWN)]})
    assert notes(out, "xl/comments2.xml") == {"B3": "审计程序：没有认出这张表"}
    sheet = parts(out)["xl/worksheets/sheet3.xml"].decode()
    assert sheet.index("</headerFooter>") < sheet.index("<legacyDrawing ") < sheet.index("</worksheet>")
    block = parts(out)["xl/drawings/vmlDrawing2.vml"].decode()
    assert 'data="2"' in block and '"_x0000_s2049"' in block


def test_a_mark_on_a_cell_that_the_file_lacks_stands_on_the_first_of_the_row(rich: bytes) -> None:
    marks = [Mark(2, 25, "甲"), Mark(50, 0, "乙")]
    assert notes(annotate_workbook(rich, {"登记 & 表": marks}), "xl/comments1.xml") | {"B2": ""} == {
        "B2": "",
        "A3": "审计程序：（Z列）甲\n（第51行）乙",
    }


def test_marking_a_marked_copy_again_works(rich: bytes) -> None:
    once = annotate_workbook(rich, {"登记 & 表": [Mark(2, 2, "甲")]})
    twice = annotate_workbook(once, {"登记 & 表": [Mark(2, 2, "乙"), Mark(3, 2, "丙")]})
    found = notes(twice, "xl/comments1.xml")
    assert found["C3"] == "审计程序：甲\n审计程序：乙" and found["C4"] == "审计程序：丙"
    assert annotate_workbook(once, {"登记 & 表": []}) == annotate_workbook(once, {"登记 & 表": []})


def test_cells_without_places_and_prefixed_names_are_found() -> None:
    sheet = (
        f'<x:worksheet xmlns:x="{MAIN[1:-1]}"><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>甲</x:t></x:is></x:c>'
        '<x:c t="inlineStr"><x:is><x:t>乙</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>'
    )
    out = annotate_workbook(_package(sheet), {"一": [Mark(0, 1, "丙")]})
    assert notes(out, "xl/comments1.xml") == {"B1": "审计程序：丙"}
    changed = parts(out)["xl/worksheets/sheet1.xml"].decode()
    assert '<x:c t="inlineStr" s="1"><x:is><x:t>乙' in changed and "</x:sheetData><x:legacyDrawing " in changed
    assert load_workbook(io.BytesIO(out)).get_sheet_by_index(0).to_python() == [["甲", "乙"]]


@pytest.mark.parametrize(
    "sheet",
    [
        "<worksheet><sheetData><row r='x'/></sheetData></worksheet>",
        "<worksheet",
        "<!DOCTYPE a><worksheet/>",
        "<chartsheet/>",
        "",
    ],
)
def test_what_is_laid_out_otherwise_is_refused(sheet: str) -> None:
    with pytest.raises(NotEditable):
        annotate_workbook(_package(sheet), {"一": [Mark(None, None, "甲")]})


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"a,b\n1,2\n"])
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    with pytest.raises(NotEditable):
        annotate_workbook(data, {"一": [Mark(None, None, "甲")]})


def test_of_very_many_marks_all_are_coloured_and_the_last_note_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("一")
        for row in range(NOTES_SHOWN + 20):
            page.write_string(row, 0, "x")
    out = annotate_workbook(path.read_bytes(), {"一": [Mark(row, 0, "甲") for row in range(NOTES_SHOWN + 20)]})
    found = notes(out, "xl/comments1.xml")
    assert len(found) == NOTES_SHOWN and f"{NOTES_SHOWN + 20}处" in found[f"A{NOTES_SHOWN}"]
    assert fill_of(out, "xl/worksheets/sheet1.xml", f"A{NOTES_SHOWN + 20}") == Colour.REJECTED.value


def _package(sheet: str) -> bytes:
    """The least workbook: one sheet."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"

    def related(*pairs: tuple[str, str]) -> str:
        inner = "".join(
            f'<Relationship Id="r{at}" Type="{office}/{kind}" Target="{target}"/>'
            for at, (kind, target) in enumerate(pairs)
        )
        return f'<Relationships xmlns="{relations}">{inner}</Relationships>'

    content = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": related(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN[1:-1]}" xmlns:r="{office}"><sheets>'
        '<sheet name="一" sheetId="1" r:id="r0"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": related(("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")),
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN[1:-1]}"><fills count="1"><fill/></fills>'
        '<cellXfs><xf numFmtId="0" fillId="0"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    return out.getvalue()
