"""The page (报告页面): the report laid out for a browser, with what the filters of the page need to know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auditor.domain.obligation import Severity, Status
from auditor.reporting.charts import Chart, charts
from auditor.reporting.heat import Heat, heat_map
from auditor.reporting.model import FindingView
from auditor.reporting.report import Report, SeverityRow
from auditor.reporting.words import words

_TABLES = 1000  # findings whose tables a browser takes in at once
STATUSES = (Status.BREACHED, Status.UNVERIFIABLE, Status.MANUAL)


@dataclass(frozen=True)
class Option:
    """A choice of a filter: what a link says, what the reader sees, what the cards carry."""

    value: str
    label: str
    key: str


@dataclass(frozen=True)
class Filter:
    """One filter of the findings."""

    by: str
    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Card:
    """A finding and the keys by which the filters find it."""

    view: FindingView
    unit: str
    regulations: str
    judgements: str
    due: str


@dataclass(frozen=True)
class Group:
    """The findings of one severity."""

    row: SeverityRow
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Page:
    """What the template places. `compact`: cells and days as lines of text, which the script makes tables of."""

    groups: tuple[Group, ...]
    filters: tuple[Filter, ...]
    heat: Heat | None
    linked: frozenset[tuple[str, str]]
    charts: tuple[Chart, ...]
    compact: bool


def page_of(report: Report) -> Page:
    """The page of a report."""
    views: Sequence[FindingView] = report.findings
    units = [row.unit for row in report.units]
    filters = _filters(report, views)
    keys = {each.by: {option.value: option.key for option in each.options} for each in filters}
    cards = [_card(view, keys) for view in views]
    return Page(
        groups=tuple(
            Group(row, tuple(card for card in cards if card.view.severity.value == row.severity))
            for row in report.overview.severities
            if row.findings
        ),
        filters=filters,
        heat=heat_map(report.figures.crossed, report.rules, units),
        linked=frozenset((view.unit, name) for view in views for name in view.regulations)
        | {("", name) for view in views for name in view.regulations},
        charts=charts(report.figures),
        compact=len(views) > _TABLES,
    )


def _filters(report: Report, views: Sequence[FindingView]) -> tuple[Filter, ...]:
    regulations = dict.fromkeys(row.regulation for row in report.rules)
    found = {name for view in views for name in view.regulations}
    judgements = sorted({ground for view in views for ground in view.grounds})
    filters = [
        Filter("severity", "严重程度", tuple(Option(each.value, each.zh, each.value) for each in Severity)),
        Filter("status", "状态", tuple(Option(each.value, each.zh, each.value) for each in STATUSES)),
        Filter("unit", "责任单位", _options(sorted({view.unit for view in views}))),
        Filter(
            "regulation",
            "制度",
            _options([*(name for name in regulations if name in found), *sorted(found - {*regulations})]),
        ),
    ]
    if judgements:
        named = [Option(name, title, str(place)) for place, (name, title) in enumerate(judgements)]
        filters.append(Filter("judgement", "综合研判", tuple(named)))
    if report.comparison:
        since = tuple(Option(name, label, name) for name, label in words().since.items())
        filters.append(Filter("since", "与上次比较", since))
    return tuple(filters)


def _options(names: Sequence[str]) -> tuple[Option, ...]:
    return tuple(Option(name, name, str(place)) for place, name in enumerate(names))


def _card(view: FindingView, keys: Mapping[str, Mapping[str, str]]) -> Card:
    judgements = keys.get("judgement", {})
    return Card(
        view=view,
        unit=keys["unit"][view.unit],
        regulations=" ".join(keys["regulation"][name] for name in view.regulations),
        judgements=" ".join(dict.fromkeys(judgements[name] for name, _ in view.grounds)),
        due=view.due_on[:10],
    )
