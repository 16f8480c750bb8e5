"""Discretion (回避): a finding about an accusation, shown without any name that would tell who stands accused."""

from collections.abc import Iterable
from dataclasses import replace

from auditor.domain.audit import Audience
from auditor.reporting.model import EvidenceView, FindingView
from auditor.reporting.words import words


def discreet(views: Iterable[FindingView], units: Iterable[str]) -> list[FindingView]:
    """The findings for a report that everybody may read: where not everybody may know, no unit of `units` is named.

    The unit that answers is hidden too: it may be the one that the complaint accuses.
    """
    names = sorted({unit for unit in units if len(unit) > 1}, key=lambda name: (-len(name), name))
    return [view if view.audience is Audience.EVERYBODY else _hidden(view, names) for view in views]


def _hidden(view: FindingView, names: list[str]) -> FindingView:
    def cut(text: str) -> str:
        for name in names:
            text = text.replace(name, words().hidden)
        return text

    cells = [replace(row, value=cut(row.value)) for row in (*view.evidence.first, *view.evidence.rest)]
    shown = len(view.evidence.first)
    return replace(
        view,
        unit=words().hidden,
        title=cut(view.title),
        detail=cut(view.detail),
        met_if=cut(view.met_if),
        liable=cut(view.liable),
        remedy=cut(view.remedy),
        judgements=tuple(cut(text) for text in view.judgements),
        evidence=EvidenceView(view.evidence.count, tuple(cells[:shown]), tuple(cells[shown:])),
    )
