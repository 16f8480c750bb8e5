"""Letters (整改通知): one to each unit with breaches, and never about a complaint that accuses that unit."""

from collections.abc import Iterator, Sequence

from auditor.domain.audit import Audience
from auditor.domain.obligation import Status
from auditor.reporting.model import FindingView
from auditor.reporting.official.attachments import history_note, rest_of, table_of
from auditor.reporting.official.characters import fit
from auditor.reporting.official.paper import Attachment, Block, Paper, Paragraph, Style
from auditor.reporting.official.phrases import (
    addressed,
    article_of,
    basis_of,
    clause_of,
    day_of,
    deadline_of,
    detail_of,
    history_of,
    issuer_of,
    of_issue,
    place_of,
    rate_of,
    record_of,
    regulation_of,
    severities_of,
    span_of,
    title_of,
)
from auditor.reporting.official.regulations import Breached, breached_regulations
from auditor.reporting.official.words import official_words
from auditor.reporting.report import Report
from auditor.reporting.tally import Tally

REGULATIONS, PROBLEMS, SHOWN = 8, 2, 200  # named in the letter itself; all stand in its attachment
_DETAIL = 220


def notices(report: Report) -> dict[str, Paper]:
    """The letters by unit. A what-if audit asks nobody for anything."""
    told: dict[str, list[FindingView]] = {}
    own = [view for view in report.findings if view.audience is Audience.EVERYBODY] + list(report.confided)
    for view in sorted(own, key=lambda each: each.number) if not report.what_if else ():
        if view.status is Status.BREACHED:
            told.setdefault(view.unit, []).append(view)
    return {unit: _notice(report, unit, views) for unit, views in sorted(told.items())}


def _notice(report: Report, unit: str, views: Sequence[FindingView]) -> Paper:
    return Paper(
        title=official_words().notice.title,
        recipients=addressed(unit),
        blocks=tuple(_blocks(report, unit, views)),
        attachments=(_attachment(views),),
        signer=of_issue(report.issue.issuer),
        day=day_of(report.as_of),
        mark=official_words().mark if report.internal else "",
    )


def _blocks(report: Report, unit: str, views: Sequence[FindingView]) -> Iterator[Block]:
    say, issuer = official_words().notice, issuer_of(report)
    yield Paragraph(
        say.opening.format(
            period=span_of(report),
            as_of=day_of(report.as_of),
            count=len(views),
            severities=severities_of(views),
            basis=basis_of(report),
        )
    )
    yield Paragraph(f"一、{say.what}", Style.HEADING)
    yield from _problems(report, unit, views)
    yield Paragraph(f"二、{say.requirements}", Style.HEADING)
    yield Paragraph(say.rectify_text.format(deadline=deadline_of(views)), lead=f"（一）{say.rectify}")
    yield Paragraph(say.feedback_text.format(issuer=issuer), lead=f"（二）{say.feedback}")
    yield Paragraph(say.objection_text.format(issuer=issuer), lead=f"（三）{say.objection}")
    yield Paragraph(say.consequence_text, lead=f"（四）{say.consequence}")


def _problems(report: Report, unit: str, views: Sequence[FindingView]) -> Iterator[Block]:
    say = official_words().notice
    tally = next((row.tally for row in report.units if row.unit == unit), Tally())
    yield Paragraph(say.what_text.format(judged=tally.judged, breached=tally.breached, rate=rate_of(tally)))
    regulations = breached_regulations(report, views)
    for number, regulation in enumerate(regulations[:REGULATIONS], start=1):
        yield Paragraph(f"{number}．{_regulation(regulation)}")
    if rest := regulations[REGULATIONS:]:
        problems = sum(len(regulation.views) for regulation in rest)
        yield Paragraph(say.other_regulations.format(count=len(rest), problems=problems))
    if confided := sum(view.audience is not Audience.EVERYBODY for view in views):
        yield Paragraph(say.confided.format(count=confided))
    if back := sum(bool(view.recurrence) for view in views):
        yield Paragraph(say.back.format(count=back))
    if tally.unverifiable:
        yield Paragraph(say.unverifiable.format(count=tally.unverifiable))


def _regulation(regulation: Breached) -> str:
    say = official_words().notice
    named = [
        say.several.format(
            title=title_of(problem.views[0]), clause=article_of(problem.views[0]), count=len(problem.views)
        )
        for problem in regulation.problems[:PROBLEMS]
    ]
    return say.regulation.format(
        regulation=regulation_of(regulation.name),
        count=len(regulation.views),
        severities=severities_of(regulation.views),
        titles="、".join(named),
    )


def _problem(view: FindingView) -> str:
    record = record_of(view)
    return official_words().notice.problem.format(
        severity=view.severity.zh,
        record=f"{record}：" if record else "",
        detail=detail_of(view, _DETAIL),
        history=history_of(view),
        place=place_of(view, official_words().attachments.place),
    )


def _attachment(views: Sequence[FindingView]) -> Attachment:
    """Every problem of the unit with its proof, and what is to be done by when."""
    said = official_words().notice.attachment
    rows = [
        [
            str(view.number),
            clause_of(view),
            _problem(view),
            fit(view.remedy, _DETAIL, official_words().cut),
            view.rectify_by,
        ]
        for view in views[:SHOWN]
    ]
    shown = table_of(said.headings, (12, 30, 64, 27, 23), rows, (0, 4))
    return Attachment(
        said.title,
        [shown, *rest_of(views, SHOWN), *history_note(views), Paragraph(official_words().readings, Style.REMARK)],
    )
