"""The overview of many bureaus for programs and for people: the same figures, the same words for what is missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from auditor.domain.obligation import Severity, Status
from auditor.domain.overview import BureauFigures, Overview, RegulationLine
from auditor.reporting.html import content_policy, environment, read
from auditor.reporting.machine import dumped
from auditor.reporting.tally import Tally, percent
from auditor.shipped import shipped

KIND = "audit-all"
TITLE = "政务公开制度执行情况审计总览"
_HEAT = (100, 95, 85, 70)  # percent from which on a cell is of the first, second … warmth, as in a bureau's report


class State(StrEnum):
    """What there is to say about a regulation and a bureau. Not audited is no zero."""

    RATED = "rated"
    UNSETTLED = "unsettled"  # obligations, none of them met or breached
    NO_DUTIES = "no_duties"  # audited, and nothing that called for a duty
    NOT_ASSESSED = "not_assessed"


@dataclass(frozen=True)
class Rate:
    """One cell: the obligations under some rules, and how many of these rules were not assessed."""

    tally: Tally
    rules: int
    not_assessed: int

    def __add__(self, other: "Rate") -> "Rate":
        return Rate(self.tally + other.tally, self.rules + other.rules, self.not_assessed + other.not_assessed)

    @property
    def state(self) -> State:
        if self.tally.judged:
            return State.RATED
        if self.tally.total:
            return State.UNSETTLED
        return State.NOT_ASSESSED if self.not_assessed >= self.rules else State.NO_DUTIES

    @property
    def percent(self) -> str:
        """The rate as people read it; only with its numerator and denominator beside it."""
        return percent(self.tally.met, self.tally.judged)

    @property
    def heat(self) -> int:
        """How warm the cell is, 0 for the best: by the rate as it is shown, so that figure and colour agree."""
        shown = float(self.percent.rstrip("%"))
        return next((step for step, least in enumerate(_HEAT) if shown >= least), len(_HEAT))

    @property
    def as_json(self) -> dict[str, Any]:
        """For programs. Where nothing was assessed the figures are null."""
        told = self.state is not State.NOT_ASSESSED
        judged = self.tally.judged
        return {
            "state": self.state.value,
            "numerator": self.tally.met if told else None,
            "denominator": judged if told else None,
            "rate": round(self.tally.met / judged, 6) if judged else None,
            "obligations": {status.value: number for status, number in self.tally.by_status} if told else None,
            "rules": self.rules,
            "rules_not_assessed": self.not_assessed,
        }


@dataclass(frozen=True)
class Row:
    """One bureau: a rate for each regulation and for all together, its breaches by severity, what was not read."""

    bureau: str
    link: str
    rates: tuple[Rate, ...]
    whole: Rate
    breaches: tuple[int, ...]
    unverifiable: int
    manual: int
    rows: tuple[int, int, int]
    unreadable: tuple[str, ...] = ()

    @property
    def breached(self) -> int:
        """All breaches of the bureau."""
        return sum(self.breaches)


def overview_json(overview: Overview) -> str:
    """The overview for other programs."""
    codes = [regulation.code for regulation in overview.regulations]
    rows = _rows(overview)
    total = _total(rows, len(codes))
    return (
        dumped(
            {
                "kind": KIND,
                "version": overview.version,
                "as_of": overview.as_of,
                "period": overview.period or None,
                "as_if_from": overview.as_if_from or None,
                "bureaus_total": len(rows) + len(overview.not_audited),
                "bureaus_audited": len(rows),
                "bureaus_not_audited": len(overview.not_audited),
                "not_audited": [
                    {
                        "bureau": each.bureau,
                        "reason": each.reason,
                        "exit_code": each.exit_code,
                        "earlier_results": each.earlier,
                    }
                    for each in overview.not_audited
                ],
                "regulations": [
                    {"code": each.code, "name": each.name, "rules": len(each.rules)} for each in overview.regulations
                ],
                "total": _row_json(total, codes),
                "bureaus": [{"bureau": row.bureau, **_row_json(row, codes)} for row in rows],
                "remarks": overview.remarks,
                "rulebook": overview.rulebook,
            },
            indent=1,
        )
        + "\n"
    )


def _row_json(row: Row, codes: Iterable[str]) -> dict[str, Any]:
    return {
        "rows": dict(zip(("read", "accepted", "rejected"), row.rows, strict=True)),
        "breaches": {each.value: number for each, number in zip(Severity, row.breaches, strict=True)},
        "unverifiable": row.unverifiable,
        "manual": row.manual,
        "unreadable": row.unreadable,
        "all": row.whole.as_json,
        "rates": {code: rate.as_json for code, rate in zip(codes, row.rates, strict=True)},
    }


def render_overview(overview: Overview) -> str:
    """The overview as one HTML file; the same figures give the same text."""
    folder = shipped("reports")
    style = read(folder / "report.css") + read(folder / "overview.css")
    rows = _rows(overview)
    return (
        environment(folder)
        .get_template("overview.html.j2")
        .render(
            title=TITLE,
            style=Markup(style),  # ours, not the office's: it alone goes in unescaped
            policy=content_policy(style, ""),
            overview=overview,
            rows=rows,
            total=_total(rows, len(overview.regulations)),
            severities=list(Severity),
            states=State,
            heat=_heat_words(),
        )
    )


def _heat_words() -> list[str]:
    """What each warmth means."""
    middle = [f"{low}%以上，不足{high}%" for high, low in pairwise(_HEAT)]
    return [f"{_HEAT[0]}%", *middle, f"不足{_HEAT[-1]}%"]


def _rows(overview: Overview) -> list[Row]:
    return [_row(figures, overview.regulations) for figures in overview.audited]


def _row(figures: BureauFigures, regulations: Iterable[RegulationLine]) -> Row:
    rates = tuple(_rate(regulation, figures) for regulation in regulations)
    return Row(
        figures.bureau,
        f"{quote(figures.bureau, errors='surrogateescape')}/report.html" if figures.documents else "",
        rates,
        _sum(rates),
        tuple(figures.found(Status.BREACHED, severity) for severity in Severity),
        sum(figures.found(Status.UNVERIFIABLE, severity) for severity in Severity),
        sum(figures.found(Status.MANUAL, severity) for severity in Severity),
        _read_rows(figures.logs.values()),
        figures.unreadable,
    )


def _rate(regulation: RegulationLine, figures: BureauFigures) -> Rate:
    counts = [figures.rules[rule] for rule in regulation.rules if rule in figures.rules]
    tally = sum((Tally.of(each) for each in counts), Tally())
    return Rate(tally, len(regulation.rules), len(regulation.rules) - len(counts))


def _read_rows(logs: Iterable[Mapping[str, int]]) -> tuple[int, int, int]:
    listed = list(logs)
    read, accepted, rejected = (sum(log[each] for log in listed) for each in ("read", "accepted", "rejected"))
    return read, accepted, rejected


def _sum(rates: Iterable[Rate]) -> Rate:
    return sum(rates, Rate(Tally(), 0, 0))


def _total(rows: list[Row], regulations: int) -> Row:
    """All bureaus that were audited, as one."""
    read, accepted, rejected = (sum(row.rows[place] for row in rows) for place in range(3))
    return Row(
        "",
        "",
        tuple(_sum(row.rates[place] for row in rows) for place in range(regulations)),
        _sum(row.whole for row in rows),
        tuple(sum(row.breaches[place] for row in rows) for place in range(len(Severity))),
        sum(row.unverifiable for row in rows),
        sum(row.manual for row in rows),
        (read, accepted, rejected),
    )
