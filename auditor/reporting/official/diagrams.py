"""Charts as Word and WPS draw them (DrawingML): columns in two parts, with their numbers and Chinese labels.

The figures stand in the part itself; there is no workbook behind it, so that nothing is embedded or linked.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.reporting.charts import Chart, Column
from auditor.reporting.official.elements import FANGSONG, HEI, escaped, fonts
from auditor.reporting.official.measures import TEXT_WIDTH
from auditor.reporting.official.paper import Figure
from auditor.reporting.official.words import official_words

_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_CHARTS = f"{_DRAWING}/chart"
_WIDE, _HIGH = TEXT_WIDTH * 635, 2_700_000  # in EMU: as wide as the text, 75 mm high
_APART = 900  # figures are numbered apart from what else is drawn in a paper
_LABELS = 12  # more columns than this do not all get a label
_TITLE, _SMALL, _AXIS = 1200, 900, 800  # type in hundredths of a point
_TIMELY, _LATE, _STRIPE = "7BA3CF", "B3261E", "E98E86"
_CATEGORIES, _VALUES = 1, 2  # the numbers of the axes
_OVER = 2  # the series that bears the numbers; the legend leaves it out


def placed(figure: Figure) -> str:
    """The run that holds a chart; what it says stands behind it for those who cannot see it."""
    said = escaped(f"{figure.chart.title}：{figure.chart.says}")
    graphic = (
        f'<a:graphic><a:graphicData uri="{_CHARTS}"><c:chart r:id="{name_of(figure)}"/></a:graphicData></a:graphic>'
    )
    return (
        f'<w:r><w:rPr>{fonts(FANGSONG)}</w:rPr><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{_WIDE}" cy="{_HIGH}"/><wp:effectExtent l="0" t="0" r="0" b="0"/>'
        f'<wp:docPr id="{_APART + figure.number}" name="图{figure.number}" descr="{said}"/><wp:cNvGraphicFramePr/>'
        f"{graphic}</wp:inline></w:drawing></w:r>"
    )


def name_of(figure: Figure) -> str:
    """By what name the text refers to the figure's part."""
    return f"chart-{figure.number}"


def chart_part(chart: Chart) -> str:
    """A chart as a part of the file of its own."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<c:chartSpace xmlns:c="{_CHARTS}" xmlns:a="{_DRAWING}/main">'
        '<c:date1904 val="0"/><c:lang val="zh-CN"/><c:roundedCorners val="0"/>'
        f"<c:chart><c:title><c:tx><c:rich><a:bodyPr/><a:p><a:pPr><a:defRPr/></a:pPr><a:r>{_type('rPr', HEI, _TITLE)}"
        f'<a:t>{escaped(chart.title)}</a:t></a:r></a:p></c:rich></c:tx><c:overlay val="0"/></c:title>'
        f'<c:autoTitleDeleted val="0"/><c:plotArea><c:layout/>{_columns(chart)}</c:plotArea>'
        f'<c:legend><c:legendPos val="b"/><c:legendEntry><c:idx val="{_OVER}"/>'
        f'<c:delete val="1"/></c:legendEntry><c:overlay val="0"/>{_text()}</c:legend>'
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        f"<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{_text()}</c:chartSpace>"
    )


def _columns(chart: Chart) -> str:
    """What was late in stripes at the foot, the rest above it, and over each column its number as the page has it."""
    names, columns = official_words().figures, chart.columns
    late = _Series(0, names.late, [each.over for each in columns], _striped(_LATE, _STRIPE))
    timely = _Series(1, names.timely, [each.count - each.over for each in columns], _solid(_TIMELY))
    over = _Series(_OVER, chart.numbers, [each.count for each in columns])
    axes = f'<c:axId val="{_CATEGORIES}"/><c:axId val="{_VALUES}"/>'
    return (
        '<c:barChart><c:barDir val="col"/><c:grouping val="stacked"/><c:varyColors val="0"/>'
        f"{_series(late, columns)}{_series(timely, columns)}"
        f'<c:gapWidth val="60"/><c:overlap val="100"/>{axes}</c:barChart>'
        '<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>'
        f'{_series(over, columns)}<c:marker val="1"/>{axes}</c:lineChart>{_axes(len(columns))}'
    )


def _axes(columns: int) -> str:
    """Labels below, set upright; no scale at the side, because every column has its number."""
    every = -(-columns // _LABELS)
    line = f'<c:spPr><a:ln w="6350">{_solid("7F7F7F")}</a:ln></c:spPr>'
    upwards = '<c:scaling><c:orientation val="minMax"/>'
    upright = 'rot="0" vert="horz"'
    marks = '<c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
    return (
        f'<c:catAx><c:axId val="{_CATEGORIES}"/>{upwards}</c:scaling><c:delete val="0"/><c:axPos val="b"/>'
        f'{marks}<c:tickLblPos val="low"/>{line}{_text(upright, _AXIS)}'
        f'<c:crossAx val="{_VALUES}"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/>'
        f'<c:lblOffset val="100"/><c:tickLblSkip val="{every}"/><c:noMultiLvlLbl val="1"/></c:catAx>'
        f'<c:valAx><c:axId val="{_VALUES}"/>{upwards}<c:min val="0"/></c:scaling><c:delete val="1"/>'
        f'<c:axPos val="l"/><c:numFmt formatCode="0" sourceLinked="0"/>{marks}<c:tickLblPos val="nextTo"/>'
        f'<c:crossAx val="{_CATEGORIES}"/><c:crosses val="autoZero"/></c:valAx>'
    )


@dataclass(frozen=True)
class _Series:
    """A series of figures: columns of that fill, or without a fill a line that is not drawn and only bears numbers."""

    number: int
    name: str
    counts: Sequence[int]
    fill: str = ""


def _series(series: _Series, columns: Sequence[Column]) -> str:
    letter, last, size = "BCD"[series.number], len(columns) + 1, f'<c:ptCount val="{len(columns)}"/>'
    values = "".join(f'<c:pt idx="{place}"><c:v>{count}</c:v></c:pt>' for place, count in enumerate(series.counts))
    labels = "".join(
        f'<c:pt idx="{place}"><c:v>{escaped(column.label)}</c:v></c:pt>' for place, column in enumerate(columns)
    )
    edge = f'<a:ln w="6350">{_solid("595959")}</a:ln>' if series.fill else "<a:ln><a:noFill/></a:ln>"
    kind = '<c:invertIfNegative val="0"/>' if series.fill else '<c:marker><c:symbol val="none"/></c:marker>'
    smooth = "" if series.fill else '<c:smooth val="0"/>'
    return (
        f'<c:ser><c:idx val="{series.number}"/><c:order val="{series.number}"/><c:tx><c:strRef>'
        f'<c:f>Sheet1!${letter}$1</c:f><c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>{escaped(series.name)}'
        f"</c:v></c:pt></c:strCache></c:strRef></c:tx><c:spPr>{series.fill}{edge}</c:spPr>{kind}"
        f"{'' if series.fill else _numbers(columns)}"
        f"<c:cat><c:strRef><c:f>Sheet1!$A$2:$A${last}</c:f><c:strCache>{size}{labels}</c:strCache></c:strRef></c:cat>"
        f"<c:val><c:numRef><c:f>Sheet1!${letter}$2:${letter}${last}</c:f><c:numCache>"
        f"<c:formatCode>General</c:formatCode>{size}{values}</c:numCache></c:numRef></c:val>"
        f"{smooth}</c:ser>"
    )


def _numbers(columns: Sequence[Column]) -> str:
    """The number over each column, as text: it may have two parts."""
    shown = "".join(f'<c:show{what} val="{int(what == "Val")}"/>' for what in _SHOWN)
    each = "".join(
        f'<c:dLbl><c:idx val="{place}"/><c:tx><c:rich><a:bodyPr/><a:p><a:r>{_type("rPr", FANGSONG, _SMALL)}'
        f'<a:t>{escaped(column.number)}</a:t></a:r></a:p></c:rich></c:tx><c:dLblPos val="t"/>{shown}</c:dLbl>'
        for place, column in enumerate(columns)
    )
    return f'<c:dLbls>{each}<c:spPr><a:noFill/></c:spPr>{_text()}<c:dLblPos val="t"/>{shown}</c:dLbls>'


_SHOWN = ("LegendKey", "Val", "CatName", "SerName", "Percent", "BubbleSize")


def _text(box: str = "", size: int = _SMALL) -> str:
    properties = _type("defRPr", FANGSONG, size)
    return f'<c:txPr><a:bodyPr {box}/><a:p><a:pPr>{properties}</a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'


def _type(element: str, font: str, size: int) -> str:
    named = "".join(f'<a:{kind} typeface="{font}"/>' for kind in ("latin", "ea", "cs"))
    return f'<a:{element} lang="zh-CN" sz="{size}" b="0">{_solid("000000")}{named}</a:{element}>'


def _solid(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>'


def _striped(colour: str, between: str) -> str:
    return (
        f'<a:pattFill prst="dkUpDiag"><a:fgClr><a:srgbClr val="{colour}"/></a:fgClr>'
        f'<a:bgClr><a:srgbClr val="{between}"/></a:bgClr></a:pattFill>'
    )
