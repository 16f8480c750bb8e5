"""The charts of the circular: the figures of the page, as Word draws them, with nothing behind them."""

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from lxml import etree

from auditor.domain.audit import Audit
from auditor.domain.figures import Figures, Month, Share
from auditor.reporting.charts import charts
from auditor.reporting.official.template import read_template
from tests.reporting.whole import render_report
from tests.reporting.wordfiles import circular_of, lines, parts, root, text

FIGURES = Figures(
    used={share: number for number, share in enumerate(Share)},
    replies=(Month("2025-01", 3, 0), Month("2025-02", 12, 5), Month("2025-03", 7, 5)),
)
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


@pytest.fixture
def drawn(audit: Audit) -> Audit:
    """The invented audit with figures to draw."""
    return replace(audit, figures=FIGURES)


def shown(data: bytes) -> list[Any]:
    """The charts of a Word file in the order of its text, each by the way that the text leads to it."""
    ways = {each.get("Id"): each.get("Target") for each in root(data, "word/_rels/document.xml.rels")}
    names = [ways[each.get(f"{R}id")].removeprefix("/word/") for each in root(data).iter(f"{C}chart")]
    return [root(data, f"word/{name}") for name in names]


def points(series: Any, of: str) -> list[str]:
    """The points of a series."""
    return [point.findtext(f"{C}v") for point in series.find(f"{C}{of}").iter(f"{C}pt")]


@pytest.mark.parametrize("number", [0, 1])
def test_a_chart_has_the_figures_of_the_page(number: int, drawn: Audit) -> None:
    data, chart = circular_of(drawn), charts(FIGURES)[number]
    late, timely, over = shown(data)[number].iter(f"{C}ser")
    for series in (late, timely, over):
        assert points(series, "cat") == [column.label for column in chart.columns]
    assert points(late, "val") == [str(column.over) for column in chart.columns]
    both = zip(points(late, "val"), points(timely, "val"), strict=True)
    assert [int(one) + int(other) for one, other in both] == [column.count for column in chart.columns]
    assert [label.text for label in over.iter(f"{A}t")] == [column.number for column in chart.columns]
    page = render_report(drawn)
    assert all(f">{column.number}</text>" in page for column in chart.columns)


def test_the_table_and_the_sentence_stand_beside_the_chart(drawn: Audit) -> None:
    data = circular_of(drawn)
    said = lines(data)
    assert "附件4" in said and "办理用时和逾期趋势" in said
    place = said.index("2025-02")
    assert said[place : place + 4] == ["2025-02", "12", "5", "41.7%"]
    assert "期内应答复22件，逾期（含逾期未答复）10件；逾期最多的月份是2025年2月、2025年3月（5件）。" in text(data)
    assert "图表见附件4。" in text(data)


def test_every_text_of_a_chart_names_a_chinese_font(drawn: Audit) -> None:
    for chart in shown(circular_of(drawn)):
        runs = [*chart.iter(f"{A}rPr"), *(each for each in chart.iter(f"{A}defRPr") if len(each))]
        assert len(runs) > 3
        for run in runs:
            named = {run.find(f"{A}{kind}").get("typeface") for kind in ("latin", "ea", "cs")}
            assert len(named) == 1 and named <= {"黑体", "仿宋_GB2312"} and run.get("lang") == "zh-CN"


def test_nothing_stands_behind_a_chart(drawn: Audit) -> None:
    data = circular_of(drawn)
    assert not [name for name in parts(data) if "embed" in name or (name.startswith("word/chart") and ".rels" in name)]
    assert not any(list(chart.iter(f"{C}externalData")) for chart in shown(data))
    assert data == circular_of(drawn)


def test_without_figures_there_is_no_chart_and_no_word_of_one(audit: Audit) -> None:
    data = circular_of(audit)
    assert not shown(data) and "图表" not in text(data) and not [name for name in parts(data) if "chart" in name]


@pytest.mark.parametrize("months", [13, 60])
def test_many_months_do_not_all_get_a_label(months: int, audit: Audit) -> None:
    listed = tuple(Month(f"{2020 + n // 12}-{n % 12 + 1:02}", 4, 1) for n in range(months))
    (chart,) = shown(circular_of(replace(audit, figures=Figures(replies=listed))))
    every = int(chart.find(f".//{C}tickLblSkip").get("val"))
    assert months / 12 <= every < months / 12 + 1


def test_an_office_template_takes_the_charts_beside_its_own(tmp_path: Path, drawn: Audit) -> None:
    drawn = replace(drawn, findings=())
    plain = circular_of(drawn)
    path = tmp_path / "红头.docx"
    document = docx.Document()
    document.add_paragraph("{{正文}}")
    document.save(str(path))
    once = circular_of(drawn, read_template(path))
    assert [etree.tostring(each) for each in shown(once)] == [etree.tostring(each) for each in shown(plain)]
    path.write_bytes(_with_placeholder(once))
    twice = circular_of(drawn, read_template(path))
    assert len(shown(twice)) == 4 and len({name for name in parts(twice) if "charts/" in name}) == 4
    assert [etree.tostring(each) for each in shown(twice)] == [etree.tostring(each) for each in shown(plain)] * 2


def _with_placeholder(data: bytes) -> bytes:
    """The file with a placeholder before everything else."""
    document = docx.Document(io.BytesIO(data))
    document.paragraphs[0].insert_paragraph_before("{{正文}}")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_an_attack_in_a_word_of_a_chart_stays_text(drawn: Audit) -> None:
    odd = Figures(replies=(Month('"/><c:evil/>&', 3, 1),))
    (chart,) = shown(circular_of(replace(drawn, figures=odd)))
    assert not list(chart.iter(f"{C}evil")) and '"/><c:evil/>&' in "".join(chart.itertext())
    assert not re.search(r"\{\w+\}", "".join(chart.itertext()))
