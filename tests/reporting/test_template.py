"""The office's own template: filled in once with text, and refused with a plain word where it could do harm."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from auditor.domain.audit import Audit, Issue
from auditor.errors import UsageError
from auditor.reporting.official.filling import left_empty
from auditor.reporting.official.template import Template, read_template
from tests.reporting.wordfiles import circular_of, lines, parts, root, text

ISSUE = Issue(
    issuer="局政务公开领导小组办公室", recipients="各科室", basis="《政务公开工作制度》第七条", number="某〔2026〕1号"
)
Change = Callable[[Any], object]


def template_of(path: Path, *paragraphs: str, change: Change | None = None) -> Path:
    """A template of these paragraphs."""
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if change:
        change(document)
    document.save(str(path))
    return path


def rewritten(path: Path, name: str, content: bytes) -> Path:
    """The file with one part more, or another one."""
    held = parts(path.read_bytes()) | {name: content}
    with zipfile.ZipFile(path, "w") as archive:
        for part, data in held.items():
            archive.writestr(part, data)
    return path


@pytest.fixture
def red(tmp_path: Path) -> Path:
    """A template with a head of its own, a torn placeholder, and one in its footer and in a table."""

    def change(document: Any) -> None:
        torn = document.add_paragraph()
        for piece in ("落款：{", "{发文", "机关}", "}，", "{{成文日期}}"):
            torn.add_run(piece)
        document.sections[0].footer.paragraphs[0].text = "{{ 发文字号 }}"
        document.add_table(1, 1).cell(0, 0).text = "抄送：{{抄送}}。"

    return template_of(
        tmp_path / "红头.docx", "某某局文件", "{{标题}}", "{{主送机关}}：", "{{正文}}", "{{附件说明}}", change=change
    )


def filled(red: Path, audit: Audit) -> bytes:
    """The circular in the template."""
    return circular_of(audit, read_template(red))


def test_the_placeholders_are_filled_in_and_the_rest_stays(red: Path, altered: Callable[..., Audit]) -> None:
    said = lines(filled(red, altered(issue=ISSUE)))
    assert said[:3] == ["某某局文件", "关于2025年度政务公开制度执行情况监督检查的通报", "各科室："]
    assert "一、检查范围和总体情况" in said and "附件：1．各单位义务履行情况" in said
    assert "落款：局政务公开领导小组办公室，2025年12月31日" in said and not any("抄送" in line for line in said)
    data = filled(red, altered(issue=ISSUE))
    footer = next(name for name in parts(data) if "footer" in name)
    assert lines(data, footer) == ["某〔2026〕1号"]
    assert not any("{{正文}}" in line or "{{标题}}" in line for line in said)


def test_attachments_without_a_place_of_their_own_stand_at_the_end(red: Path, altered: Callable[..., Audit]) -> None:
    body = root(filled(red, altered(issue=ISSUE))).find(qn("w:body"))
    assert body[-1].tag == qn("w:sectPr")
    said = lines(filled(red, altered(issue=ISSUE)))
    assert said.index("附件1") > said.index("落款：局政务公开领导小组办公室，2025年12月31日")


def test_a_line_of_which_only_its_label_would_be_left_is_left_out(
    tmp_path: Path, altered: Callable[..., Audit]
) -> None:
    def change(document: Any) -> None:
        table = document.add_table(1, 3)
        for cell, said in zip(table.rows[0].cells, ("抄送：{{抄送}}。", "抄送机关", "{{抄送}}"), strict=True):
            cell.text = said
        document.add_paragraph("发文字号：{{发文字号}}").add_run().add_break()

    path = template_of(
        tmp_path / "红头.docx",
        "文号：{{发文字号}}",
        "（{{附注}}）",
        "签发人：张三　{{发文字号}}",
        "{{发文机关}}按照要求检查。",
        "{{正文}}",
        "抄　送：{{抄送}}；主送：{{主送机关}}。",
        change=change,
    )
    bare, template = altered(issue=Issue()), read_template(path)
    said = lines(circular_of(bare, template))
    assert said[:2] == ["签发人：张三　", "按照要求检查。"]
    assert not any(each.startswith(("文号", "（）", "抄送：", "抄　送", "发文字号")) for each in said)
    assert "抄送机关" in said and docx.Document(io.BytesIO(circular_of(bare, template))).tables
    assert left_empty(template, bare) == ["circular.number", "circular.issuer", "circular.copied_to"]
    full = replace(ISSUE, note="此件公开发布", copied_to="驻局纪检监察组")
    told, told_lines = altered(issue=full), lines(circular_of(altered(issue=full), template))
    assert told_lines[:3] == ["文号：某〔2026〕1号", "（此件公开发布）", "签发人：张三　某〔2026〕1号"]
    assert "抄　送：驻局纪检监察组；主送：各科室。" in told_lines and left_empty(template, told) == []


def test_the_same_template_gives_the_same_bytes(red: Path, altered: Callable[..., Audit]) -> None:
    audit = altered(issue=ISSUE)
    data = filled(red, audit)
    assert data == filled(red, audit)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_template_words_in_a_log_stay_what_they_are(red: Path, audit: Audit) -> None:
    said = text(filled(red, audit))
    assert "{{ 7*7 }}" in said and "49" not in [line.strip() for line in said.splitlines()]


def test_our_styles_come_along_unless_the_office_has_its_own(tmp_path: Path, altered: Callable[..., Audit]) -> None:
    def own(document: Any) -> None:
        document.styles.add_style("公文正文", 1).font.size = 1

    plain = filled(template_of(tmp_path / "a.docx", "{{正文}}"), altered(issue=ISSUE))
    assert "GwBody" in ids(plain)
    dressed = filled(template_of(tmp_path / "b.docx", "{{正文}}", change=own), altered(issue=ISSUE))
    used = {each.get(qn("w:val")) for each in root(dressed).iter(qn("w:pStyle"))}
    assert "GwBody" not in ids(dressed) and used <= ids(dressed) | {"Normal"} and "公文正文" in used


def ids(data: bytes) -> set[str | None]:
    """The ids of the styles of a file."""
    return {each.get(qn("w:styleId")) for each in root(data, "word/styles.xml").iter(qn("w:style"))}


def test_a_circular_can_serve_as_a_template(tmp_path: Path, audit: Audit, altered: Callable[..., Audit]) -> None:
    """An office starts from what it was given, and writes the placeholders into it."""
    document = docx.Document(io.BytesIO(circular_of(altered(findings=()))))
    document.paragraphs[3].insert_paragraph_before("{{正文}}")
    document.save(str(tmp_path / "旧通报.docx"))
    assert "一、检查范围和总体情况" in lines(filled(tmp_path / "旧通报.docx", audit))


def test_an_internal_circular_is_marked_on_every_page_of_a_template(
    tmp_path: Path, altered: Callable[..., Audit]
) -> None:
    def change(document: Any) -> None:
        document.settings.odd_and_even_pages_header_footer = True
        document.sections[0].header.paragraphs[0].text = "本局页眉"
        second = document.add_section()
        second.different_first_page_header_footer = True

    path = template_of(tmp_path / "a.docx", "{{正文}}", change=change)
    marked = docx.Document(io.BytesIO(filled(path, altered(internal=True, issue=ISSUE))))
    first, second = marked.sections
    headers = [first.header, first.even_page_header, second.header, second.first_page_header, second.even_page_header]
    for header in headers:
        assert "内部资料　注意保管" in [each.text for each in header.paragraphs]
    assert "本局页眉" in [each.text for each in first.header.paragraphs]


def test_the_paragraph_that_ends_a_section_keeps_ending_it(tmp_path: Path, altered: Callable[..., Audit]) -> None:
    def change(document: Any) -> None:
        document.add_section()  # ends the first section in the paragraph of the placeholder

    data = filled(template_of(tmp_path / "a.docx", "{{正文}}", change=change), altered(issue=ISSUE))
    assert len(docx.Document(io.BytesIO(data)).sections) == 2
    assert "{{" not in "".join(lines(data)).replace("{{ 7*7 }}", "")


@pytest.mark.parametrize(
    ("paragraphs", "said"),
    [
        (["没有占位符"], "没有 {{正文}}"),
        (["{{正文}}", "{{正文}}"], "有几处 {{正文}}"),
        (["{{正文}}", "{{标题}}{{领导姓名}}"], "{{领导姓名}}"),
        (["正文：{{正文}}"], "单独成段"),
        (["{{正文}}", "{% for x in y %}"], "程序语句"),
        (["{{正文}}", "{{ ''.__class__.__mro__ }}"], "不认识"),
        (["{{正文}}", "{{标题"], "不成对"),
        (["{{正文}}", "{# 注释 #}"], "程序语句"),
        (["{{正文}}", "{{{{标题}}}}"], "不成对"),
    ],
)
def test_a_wrong_placeholder_is_named(paragraphs: list[str], said: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        read_template(template_of(tmp_path / "红头.docx", *paragraphs))
    assert said in str(refused.value) and "红头.docx" in str(refused.value)
    assert refused.value.exit_code == 2


def test_the_text_cannot_go_into_a_header(tmp_path: Path) -> None:
    def change(document: Any) -> None:
        document.sections[0].header.paragraphs[0].text = "{{正文}}"

    with pytest.raises(UsageError, match="单独成段"):
        read_template(template_of(tmp_path / "a.docx", change=change))


FIELD = '<w:p xmlns:w="{}"><w:fldSimple w:instr="{}"/></w:p>'
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@pytest.mark.parametrize(
    "code", ['DDEAUTO c:\\\\cmd.exe "/k"', "INCLUDETEXT \\\\\\\\10.0.0.1\\\\x", "includepicture x"]
)
def test_a_field_that_fetches_is_refused(code: str, tmp_path: Path) -> None:
    def change(document: Any) -> None:
        document.element.body.insert(0, parse_xml(FIELD.format(WORD, code.replace('"', "&quot;"))))

    with pytest.raises(UsageError, match="域"):
        read_template(template_of(tmp_path / "a.docx", "{{正文}}", change=change))


PIECES = (
    '<w:p xmlns:w="{}"><w:r><w:fldChar w:fldCharType="begin"/></w:r>{}<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    '<w:r><w:t>x</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
)
PIECE = '<w:r><w:instrText xml:space="preserve">{}</w:instrText></w:r>'


@pytest.mark.parametrize(
    ("pieces", "is_harmful"),
    [
        ([" INCLUDETEXT\t&quot;x&quot;"], True),
        (["INCLUDETEXT&quot;x&quot;"], True),
        (["INCLUDE", "TEXT x"], True),
        ([" P", "AGE "], False),
    ],
)
def test_a_field_in_pieces_is_put_together(pieces: list[str], is_harmful: bool, tmp_path: Path) -> None:
    def change(document: Any) -> None:
        text = PIECES.format(WORD, "".join(PIECE.format(piece) for piece in pieces))
        document.element.body.insert(0, parse_xml(text))

    path = template_of(tmp_path / "a.docx", "{{正文}}", change=change)
    if not is_harmful:
        assert read_template(path).name == "a.docx"
        return
    with pytest.raises(UsageError, match="域"):
        read_template(path)


def test_a_template_that_leads_to_other_files_is_refused(tmp_path: Path) -> None:
    def change(document: Any) -> None:
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
        document.part.relate_to("http://example.invalid/evil.dotm", kind, is_external=True)

    with pytest.raises(UsageError, match="外部文件"):
        read_template(template_of(tmp_path / "a.docx", "{{正文}}", change=change))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("word/vbaProject.bin", b"\xd0\xcf", "宏"),
        ("word/embeddings/oleObject1.bin", b"x", "嵌入对象"),
        ("word/document.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "DOCTYPE"),
        ("word/document.xml", b"<w:document", "不是完好的"),
        ("word/document.xml", f'<w:document xmlns:w="{WORD}"/>'.encode(), "不是完好的"),
        ("[Content_Types].xml", b"<Types/>", "不是完好的"),
    ],
)
def test_a_harmful_or_broken_file_is_refused(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    path = rewritten(template_of(tmp_path / "a.docx", "{{正文}}"), name, content)
    with pytest.raises(UsageError, match=said):
        read_template(path)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "红头".encode(), b"\0" * 5000])
def test_what_is_no_word_file_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(data)
    with pytest.raises(UsageError, match=r"a\.docx"):
        read_template(tmp_path / "a.docx")


def test_a_file_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 101_000_000)
    with pytest.raises(UsageError, match="过大"):
        read_template(path)


def test_a_missing_template_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="读不出模板"):
        read_template(tmp_path / "没有.docx")


def test_the_receipt_can_name_the_template(red: Path) -> None:
    template = read_template(red)
    assert template == Template("红头.docx", red.read_bytes()) and len(template.digest) == 64
