"""The circular: the page of GB/T 9704-2012, what it says, what it leaves untold, and that it only holds text."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn

from auditor.domain.audit import Audience, Audit, Issue
from auditor.reporting.official.attachments import SHOWN
from auditor.reporting.official.characters import fit
from auditor.reporting.official.elements import FONTS, SONG
from auditor.reporting.official.measures import CHARACTER, TIGHTER
from auditor.reporting.official.paper import Style
from auditor.reporting.text import clean
from tests.reporting.conftest import finding
from tests.reporting.wordfiles import all_runs, circular_of, letters_of, lines, parts, root, text

ISSUE = Issue(
    issuer="局政务公开领导小组办公室",
    recipients="各科室、局属各单位",
    basis="《政务公开工作制度》第七条",
)
MILLIMETRE = 1440 / 25.4
JAPANESE = re.compile("明朝|ゴシック|Mincho|Gothic|Meiryo|游|Jpan", re.IGNORECASE)


@pytest.fixture
def audit(audit: Audit) -> Audit:
    """The invented audit of an office that has said how it issues its documents."""
    return replace(audit, issue=ISSUE)


def section(data: bytes) -> dict[str, dict[str, str]]:
    """The properties of the pages by name."""
    (last,) = root(data).iter(qn("w:sectPr"))
    return {each.tag.split("}")[1]: {k.split("}")[1]: v for k, v in each.attrib.items()} for each in last}


def test_the_page_has_the_measures_of_the_standard(audit: Audit) -> None:
    page = section(circular_of(audit))
    assert {name: round(int(page["pgSz"][name]) / MILLIMETRE) for name in "wh"} == {"w": 210, "h": 297}
    margins = {edge: round(int(page["pgMar"][edge]) / MILLIMETRE) for edge in ("top", "bottom", "left", "right")}
    assert margins == {"top": 37, "bottom": 35, "left": 28, "right": 26}


def test_22_lines_fill_the_page_and_28_characters_the_line(audit: Audit) -> None:
    page = section(circular_of(audit))
    high = int(page["pgSz"]["h"]) - int(page["pgMar"]["top"]) - int(page["pgMar"]["bottom"])
    wide = int(page["pgSz"]["w"]) - int(page["pgMar"]["left"]) - int(page["pgMar"]["right"])
    body = style(audit, Style.BODY)
    line = int(body.find(f".//{qn('w:pPr')}/{qn('w:spacing')}").get(qn("w:line")))
    size = int(body.find(f".//{qn('w:sz')}").get(qn("w:val"))) * 10
    tighter = int(body.find(f".//{qn('w:rPr')}/{qn('w:spacing')}").get(qn("w:val")))
    assert high // line == 22 and wide // (size + tighter) == 28
    assert page["docGrid"] == {"type": "lines", "linePitch": str(line)}
    assert int(body.find(f".//{qn('w:ind')}").get(qn("w:firstLine"))) == 2 * (size + tighter) == 2 * CHARACTER


def style(audit: Audit, name: Style) -> Any:
    """A style of the file."""
    styles = root(circular_of(audit), "word/styles.xml")
    return next(each for each in styles.iter(qn("w:style")) if each.get(qn("w:styleId")) == name)


@pytest.mark.parametrize(
    ("name", "size", "font"),
    [
        (Style.TITLE, 44, "方正小标宋简体"),
        (Style.BODY, 32, "仿宋_GB2312"),
        (Style.RECIPIENTS, 32, "仿宋_GB2312"),
        (Style.ATTACHMENT_LIST, 32, "仿宋_GB2312"),
        (Style.SIGNATURE, 32, "仿宋_GB2312"),
        (Style.HEADING, 32, "黑体"),
        (Style.SUBHEADING, 32, "楷体_GB2312"),
        (Style.ATTACHMENT_NUMBER, 32, "黑体"),
    ],
)
def test_each_part_has_its_type(name: Style, size: int, font: str, audit: Audit) -> None:
    found = style(audit, name)
    assert found.find(f".//{qn('w:sz')}").get(qn("w:val")) == str(size)
    assert found.find(f"{qn('w:rPr')}/{qn('w:spacing')}").get(qn("w:val")) == ("0" if size == 44 else str(TIGHTER))
    assert found.find(f".//{qn('w:rFonts')}").get(qn("w:eastAsia")) == font == FONTS.get(name, "仿宋_GB2312")


def test_every_run_names_a_chinese_font_and_every_style_exists(audit: Audit) -> None:
    for data in (circular_of(audit), *letters_of(audit).values()):
        known = {each.get(qn("w:name")) for each in root(data, "word/fontTable.xml")}
        styles = {each.get(qn("w:styleId")) for each in root(data, "word/styles.xml").iter(qn("w:style"))}
        runs = list(all_runs(data))
        assert len(runs) > 50
        for part, run in runs:
            fonts = run.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
            assert fonts is not None, part
            named = {fonts.get(qn(f"w:{kind}")) for kind in ("ascii", "hAnsi", "eastAsia", "cs")}
            assert len(named) == 1 and named <= known and fonts.get(qn("w:hint")) == "eastAsia"
        assert {each.get(qn("w:val")) for each in root(data).iter(qn("w:pStyle"))} <= styles


def test_nothing_falls_back_to_a_japanese_font(audit: Audit) -> None:
    for data in (circular_of(audit), *letters_of(audit).values()):
        for name, part in parts(data).items():
            content = part.decode("utf-8")
            assert not JAPANESE.search(content), name
            assert not re.search(r"(ascii|hAnsi|eastAsia|cs)Theme", content), name
        theme = parts(data)["word/theme.xml"].decode("utf-8")
        assert re.findall(r'<a:ea typeface="([^"]*)"', theme) == ["黑体", "仿宋_GB2312"]
        assert 'w:eastAsia="zh-CN"' in parts(data)["word/settings.xml"].decode("utf-8")


def test_the_page_number_stands_between_dashes_at_the_outer_edge(audit: Audit) -> None:
    data = circular_of(audit)
    for edge, side in (("default", "right"), ("even", "left")):
        footer = root(data, f"word/footer-{edge}.xml")
        assert "".join(footer.itertext()).replace(" ", "") == "—PAGE1—"
        assert footer.find(f".//{qn('w:jc')}").get(qn("w:val")) == side
        assert footer.find(f".//{qn('w:ind')}").get(qn(f"w:{side}")) == "280"
        assert {each.get(qn("w:ascii")) for each in footer.iter(qn("w:rFonts"))} == {SONG}
        assert {each.get(qn("w:val")) for each in footer.iter(qn("w:sz"))} == {"28"}
    assert root(data, "word/settings.xml").find(qn("w:evenAndOddHeaders")) is not None


def test_every_rate_has_its_numerator_and_denominator(audit: Audit) -> None:
    said = text(circular_of(audit))
    assert "履行率为87.5%，即24项中已履行21项，期限未到" in said
    assert "违反2项，履行率90.9%，即22项中已履行20项" in said
    assert "20/22（90.9%）" in said
    assert len(re.findall(r"履行率为?\d", said)) == len(re.findall(r"履行率为?[\d.]+%，即\d+项中已履行\d+项", said))


def test_the_circular_says_what_such_a_circular_says(audit: Audit) -> None:
    said = lines(circular_of(audit))
    whole = "\n".join(said)
    assert said[0] == "关于2025年度政务公开制度执行情况监督检查的通报"
    for part in (
        "各科室、局属各单位：",
        "根据《政务公开工作制度》第七条，局政务公开领导小组办公室",
        "一、检查范围和总体情况",
        "二、主要问题",
        "《政府信息依申请公开制度》",
        "第三条第五项“答复超过二十个工作日”：发现问题1个（严重1个），涉及办公室。如办公室（SQ-001）：",
        "应于2025年3月31日前答复，实际于2025年4月2日答复。（依据：申请.xlsx“2025”表第7行。）",
        "三、整改要求",
        "于2026年1月31日前完成",
        "附件：1．各单位义务履行情况",
        "2．问题清单",
        "局政务公开领导小组办公室",
        "2025年12月31日",
    ):
        assert part in whole, part
    places = [whole.index(part) for part in ("根据《", "一、检查", "二、主要", "三、整改", "附件：1．", "\n附件1\n")]
    assert places == sorted(places)


def test_what_was_not_audited_is_no_clean_bill(audit: Audit, altered: Callable[..., Audit]) -> None:
    whole = text(circular_of(audit))
    assert "未检查1条；未检查不等于没有问题" in whole
    assert "未提供的台账：会议台账" in whole and "未提供会议台账" in whole
    nothing = altered({"rules": {}, "units": {}}, findings=(), issue=ISSUE)
    assert "不能据此认为没有问题" in text(circular_of(nothing))
    clean_bill = text(circular_of(altered(findings=(), issue=ISSUE)))
    assert "未检查的规则和无法核实的事项见附件" in clean_bill and "问题清单" not in clean_bill


def test_the_attachments_hold_day_counts_and_versions(audit: Audit) -> None:
    whole = text(circular_of(replace(audit, rulebook={"rules": "a" * 64}, calendar_years=(2024, 2025))))
    assert "经过28日，计入20日" in whole
    assert "0" * 64 in whole and "a" * 64 in whole and "2026.1" in whole
    assert "国务院办公厅2024年至2025年的放假通知" in whole


@pytest.mark.parametrize(("in_hours", "said"), [(frozenset(), "逾期2日"), (frozenset({"REQ-3-5"}), "逾期2小时")])
def test_lateness_is_told_in_the_unit_of_the_limit(in_hours: frozenset[str], said: str, audit: Audit) -> None:
    whole = text(circular_of(replace(audit, in_hours=in_hours)))
    assert f"最迟应于2025-03-31完成，实际于2025-04-02完成，{said}。" in whole


def test_cautions_stand_before_the_problems(audit: Audit) -> None:
    whole = text(circular_of(audit))
    assert whole.index("本次为推演") < whole.index("二、主要问题")


@pytest.mark.parametrize(
    ("period", "title", "said"),
    [
        ("2025", "关于2025年度政务", "对2025年度政务公开"),
        ("2025H2", "关于2025年下半年政务", "对2025年下半年政务公开"),
        ("2025Q1", "关于2025年第一季度政务", "对2025年第一季度政务公开"),
        ("2025-03", "关于2025年3月政务", "对2025年3月政务公开"),
        ("2025-01-01..2025-06-30", "关于政务", "对2025年1月1日至2025年6月30日政务公开"),
        ("", "关于政务", "对截至2025年12月31日政务公开"),
    ],
)
def test_the_period_is_said_in_words(period: str, title: str, said: str, altered: Callable[..., Audit]) -> None:
    whole = text(circular_of(altered(period=period, issue=ISSUE)))
    assert whole.startswith(title) and said in whole


def test_a_red_head_and_an_imprint_only_where_the_office_asks(audit: Audit) -> None:
    plain = circular_of(audit)
    assert b"FF0000" not in parts(plain)["word/document.xml"]
    issue = replace(
        ISSUE, head="某市文化广电旅游局文件", number="某文旅通〔2026〕1号", copied_to="市政府办", note="此件公开发布"
    )
    headed = circular_of(replace(audit, issue=issue))
    said = lines(headed)
    assert said[:2] == ["某市文化广电旅游局文件", "某文旅通〔2026〕1号"]
    assert parts(headed)["word/document.xml"].count(b"FF0000") == 2
    assert "（此件公开发布）" in said
    assert "　抄送：市政府办。" in said and "　局政务公开领导小组办公室2025年12月31日印发" in said


def test_an_office_that_has_set_nothing_still_gets_whole_sentences(altered: Callable[..., Audit]) -> None:
    said = lines(circular_of(altered(issue=Issue())))
    assert any(line.startswith("检查组织单位以各单位报送的台账为依据，对2025年度") for line in said)
    assert not any("根据，" in line or "报再次" in line for line in said)


def test_an_internal_circular_is_marked_on_every_page_and_a_public_one_on_none(
    audit: Audit, altered: Callable[..., Audit]
) -> None:
    marked, letters = altered(internal=True, issue=ISSUE), letters_of(altered(internal=True, issue=ISSUE))
    for data in (circular_of(marked), *letters.values()):
        headers = [name for name in parts(data) if name.startswith("word/header")]
        assert len(headers) >= 2
        assert all("内部资料" in "".join(root(data, name).itertext()) for name in headers)
    for data in (circular_of(audit), *letters_of(audit).values()):
        assert not any("内部资料".encode() in part for part in parts(data).values())


def test_two_circulars_of_an_audit_are_the_same_bytes(audit: Audit) -> None:
    first, second = circular_of(audit), circular_of(replace(audit, findings=tuple(reversed(audit.findings))))
    assert first == second and letters_of(audit) == letters_of(audit)
    for data in (first, *letters_of(audit).values()):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert archive.namelist()[0] == "[Content_Types].xml"
    assert b"<dc:title>" in parts(first)["docProps/core.xml"] and b"dcterms" not in parts(first)["docProps/core.xml"]


def test_hostile_texts_are_text(audit: Audit, hostile: tuple[str, ...]) -> None:
    data = circular_of(audit)
    whole = text(data)
    for attack in (hostile[0], hostile[1], hostile[3]):
        assert fit(clean(attack), 100, "") in whole
    for part in parts(data).values():
        assert b"<script" not in part and b"<w:hyperlink" not in part and b"TargetMode" not in part
    codes = [code.text.strip() for name in parts(data) for code in root(data, name).iter(qn("w:instrText"))]
    assert codes == ["PAGE", "PAGE"] and not list(root(data).iter(qn("w:instrText")))
    assert len(Document(io.BytesIO(data)).tables) >= 5


@pytest.mark.parametrize(
    "attack",
    [
        "\x00\x01\x07\x0b\x0c\x1f",
        "甲\ud800乙\udfff",
        "\ufffe\uffff\ufdd0",
        "]]><w:p/>&amp;&#0;",
        "换\n行\r\n\t表\u2028分\x85隔",
        "\u202e倒\u2066写",
        "长" * 40_000,
        "",
    ],
)
def test_no_text_breaks_the_file_or_goes_without_a_word(attack: str, audit: Audit) -> None:
    bad = finding(
        "F-9",
        rule="GID-17A-1",
        records=(attack, attack),
        unit=attack,
        title=attack,
        detail=attack,
        regulation=attack,
        article=attack,
        remedy=attack,
    )
    issue = Issue(*(attack,) * 7)
    harmed = replace(
        audit,
        findings=(bad,),
        remarks=(attack,),
        cautions=(attack,),
        version=attack[:9],
        inputs={attack: attack},
        settings={attack: attack},
        issue=issue,
    )
    data = circular_of(harmed)
    assert "\n" not in "".join(lines(data))
    for letter in (data, *letters_of(harmed).values()):
        for name in parts(letter):
            root(letter, name)
        assert (
            max(map(len, lines(letter))) < 2400
        )  # whom it is copied to stands twice: for new programs and for old ones
    assert len(attack) < 40_000 or "……（余略，见findings.jsonl）" in text(data)


def test_a_large_audit_is_bounded_and_says_where_the_rest_is(altered: Callable[..., Audit]) -> None:
    many = tuple(finding(f"F-{n:04}", unit=f"第{n % 300}科", records=(f"SQ-{n}",)) for n in range(3000))
    data = circular_of(altered(findings=many, issue=ISSUE))
    listed = [line for line in lines(data) if line.startswith("【严重】")]
    assert len(listed) == SHOWN
    assert f"以上列出{SHOWN}项，其余{3000 - SHOWN}项未在此列出，全部内容见ledger.xlsx和findings.jsonl。" in text(data)
    assert len(data) < 200_000


def test_a_finding_about_an_accusation_is_counted_and_not_told(audit: Audit) -> None:
    """An accuser must not be found out by the unit that is accused: everybody reads the circular."""
    for audience in (Audience.UNIT, Audience.OFFICE):
        whole = text(circular_of(replace(audit, audiences={"F-001": audience})))
        assert "SQ-001" not in whole and "答复超过二十个工作日" not in whole
        assert "另有1个问题涉及检举、控告类信件" in whole
        assert "违反的义务归并为2个问题" in whole


def test_the_words_have_no_name_that_the_program_does_not_fill(audit: Audit) -> None:
    whole = text(circular_of(audit)) + "".join(map(text, letters_of(audit).values()))
    assert set(re.findall(r"\{\w+\}", whole)) == set()


def test_whom_a_circular_is_sent_to_is_said_in_full(altered: Callable[..., Audit]) -> None:
    names = "、".join(f"某某市文化广电旅游局第{n}管理办公室" for n in range(12))
    issue = Issue(issuer="局", recipients=names, copied_to=f"驻局纪检监察组、{names}")
    said = "\n".join(lines(circular_of(altered(issue=issue))))
    assert f"{names}：" in said and f"驻局纪检监察组、{names}" in said


def test_word_documents_name_clauses_and_keep_what_judgements_add(altered: Callable[..., Audit]) -> None:
    detail = (
        "办公室的台账记录中违反 REQ-3-3 共3次（GID-17A-1，最迟2025-09-10；编号 SQ-3-3）。"
        "采用的口径：几个月——1 month，遇休息日顺延（设置项 clock.month）。本级配置标准，非制度明文。"
        "台账中各种写法的对照见设置项 a.b、c.d。同时超过上位规定的时限（ZWG-8-1，最迟2025-09-30）。违反 MTG-1-1 共4次。"
    )
    audit = altered(findings=(finding("F-1", detail=detail),), issue=ISSUE)
    for data in (circular_of(audit), *letters_of(audit).values()):
        said = text(data)
        assert "违反《政府信息依申请公开制度》第三条第三项共3次（《政府信息公开工作制度》第十七条，最迟2025" in said
        assert "编号 SQ-3-3" in said and "同时超过上位规定的时限（《政务公开工作制度》第八条，最迟" in said
        assert "违反《会议公开制度》（一）共4次" in said
        assert "该期限为本级配置标准，非制度明文。" in said
        assert not any(word in said for word in ("1 month", "clock.month", "设置项 a.b", "REQ-3-3", "ZWG-8-1"))
