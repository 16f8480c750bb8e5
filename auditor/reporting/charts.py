"""Charts (图): columns with their numbers, laid out for a drawing; the same figures stand in a table behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auditor.domain.figures import Figures, Month, Share
from auditor.reporting.tally import percent
from auditor.reporting.words import words

WIDTH, HEIGHT, BASE, TOP = 900, 250, 200, 34
_FILLED = 0.62  # the part of its place that a column fills
_LABELS = 18  # more columns than this do not all get a label


@dataclass(frozen=True)
class Column:
    """One column of a chart: `over` of its `count` are the part drawn in another colour and pattern, at its foot."""

    label: str
    count: int
    over: int
    middle: float
    x: float
    width: float
    y: float
    height: float
    over_y: float
    over_height: float
    number: str
    number_y: float
    late: bool
    row: tuple[str, ...]
    labelled: bool


@dataclass(frozen=True)
class Chart:
    """A chart: what it says in one sentence, its columns with what their numbers mean, the table's headings."""

    id: str
    title: str
    says: str
    columns: tuple[Column, ...]
    headings: tuple[str, ...]
    numbers: str
    width: int = WIDTH
    height: int = HEIGHT
    base: int = BASE


def charts(figures: Figures) -> tuple[Chart, ...]:
    """The charts for which there are figures."""
    made = []
    if sum(figures.used.values()):
        made.append(_used(figures.used))
    if figures.replies:
        made.append(_replies(figures.replies))
    return tuple(made)


def _used(used: Mapping[Share, int]) -> Chart:
    total = sum(used.values())
    late = sum(number for share, number in used.items() if share.late and share is not Share.UNDONE)
    undone = used.get(Share.UNDONE, 0)
    say = words().charts.used
    says = say.says.format(total=total, timely=total - late - undone, late=late, undone=undone)
    bars = []
    for share in Share:
        number, label = used.get(share, 0), words().shares[share.value]
        bars.append(
            (label, number, number if share.late else 0, str(number), (label, str(number), percent(number, total)))
        )
    return Chart(
        "chart-used",
        say.title,
        says,
        _columns(bars),
        say.headings,
        say.numbers,
    )


def _replies(months: Sequence[Month]) -> Chart:
    due, late = sum(month.due for month in months), sum(month.late for month in months)
    most = max(month.late for month in months)
    worst = "、".join(month.month for month in months if month.late == most)
    say = words().charts.replies
    bars = [
        (
            month.month,
            month.due,
            month.late,
            f"{month.late}/{month.due}",
            (*_cells(month), percent(month.late, month.due)),
        )
        for month in months
    ]
    return Chart(
        "chart-replies",
        say.title,
        (say.says if late else say.says_none).format(due=due, late=late, month=worst, most=most),
        _columns(bars),
        say.headings,
        say.numbers,
    )


def _cells(month: Month) -> tuple[str, str, str]:
    return month.month, str(month.due), str(month.late)


def _columns(bars: Sequence[tuple[str, int, int, str, tuple[str, ...]]]) -> tuple[Column, ...]:
    room = WIDTH / len(bars)
    scale = (BASE - TOP) / max(1, *(number for _, number, _, _, _ in bars))
    every = -(-len(bars) // _LABELS)
    columns = []
    for place, (label, number, over, shown, row) in enumerate(bars):
        high, late = round(number * scale, 1), round(over * scale, 1)
        columns.append(
            Column(
                label=label,
                count=number,
                over=over,
                middle=round((place + 0.5) * room, 1),
                x=round(place * room + room * (1 - _FILLED) / 2, 1),
                width=round(room * _FILLED, 1),
                y=round(BASE - high, 1),
                height=high,
                over_y=round(BASE - late, 1),
                over_height=late,
                number=shown,
                number_y=round(BASE - high - 7, 1),
                late=over > 0,
                row=row,
                labelled=place % every == 0,
            )
        )
    return tuple(columns)
