"""The circular (监督检查通报): what was checked, how things stand, the main problems, what is to be done by when."""

from collections.abc import Iterator, Sequence

from auditor.domain.audit import HIDDEN_UNIT, Audience
from auditor.domain.obligation import Status
from auditor.reporting.charts import charts
from auditor.reporting.model import FindingView
from auditor.reporting.official.attachments import circular_attachments
from auditor.reporting.official.characters import fit
from auditor.reporting.official.paper import Attachment, Block, Paper, Paragraph, Style
from auditor.reporting.official.phrases import (
    addressed,
    article_of,
    basis_of,
    day_of,
    deadline_of,
    detail_of,
    formal,
    issuer_of,
    of_issue,
    place_of,
    rate_of,
    record_of,
    regulation_of,
    severities_of,
    short_span_of,
    span_of,
    title_of,
    unit_of,
    units_of,
)
from auditor.reporting.official.regulations import Breached, Problem, breached_regulations
from auditor.reporting.official.words import official_words
from auditor.reporting.report import Report

REGULATIONS, PROBLEMS, UNITS, CAUTIONS, OTHERS = 8, 2, 3, 12, 20  # how many of each the text itself names
_DETAIL, _CAUTION = 150, 300
_NUMERALS = "一二三四五六七八九十"


def circular(report: Report) -> Paper:
    """The circular of an audit. What concerns an accusation is counted and not told."""
    everybody = [view for view in report.findings if view.audience is Audience.EVERYBODY]
    attachments = circular_attachments(report, everybody)
    say, issue, mark = official_words().circular, report.issue, official_words().mark
    return Paper(
        title=[line.format(span=short_span_of(report)) for line in say.title],
        recipients=addressed(issue.recipients),
        blocks=tuple(_blocks(report, everybody, attachments)),
        attachments=attachments,
        signer=of_issue(issue.issuer),
        day=day_of(report.as_of),
        note=mark if report.internal else of_issue(issue.note),
        head=of_issue(issue.head),
        number=of_issue(issue.number),
        copied_to=addressed(issue.copied_to),
        mark=mark if report.internal else "",
    )


def _blocks(report: Report, views: Sequence[FindingView], attachments: Sequence[Attachment]) -> Iterator[Block]:
    say = official_words().circular
    breaches = [view for view in views if view.status is Status.BREACHED]
    if report.what_if:
        yield Paragraph(say.what_if)
    yield Paragraph(
        say.opening.format(
            basis=basis_of(report),
            issuer=issuer_of(report),
            period=span_of(report),
            as_of=day_of(report.as_of),
        )
    )
    yield Paragraph(f"一、{say.situation}", Style.HEADING)
    yield from _numbered(_situation(report, attachments))
    yield Paragraph(f"二、{say.problems}", Style.HEADING)
    yield from _problems(report, breaches)
    yield Paragraph(f"三、{say.requirements}", Style.HEADING)
    yield from _numbered(_requirements(report, breaches, attachments))
    yield Paragraph(say.closing)


def _numbered(pairs: Iterator[tuple[str, str]]) -> Iterator[Paragraph]:
    for number, (lead, text) in enumerate(pairs):
        yield Paragraph(text, lead=f"（{_NUMERALS[number]}）{lead}")


def _situation(report: Report, attachments: Sequence[Attachment]) -> Iterator[tuple[str, str]]:
    say = official_words().circular
    yield say.scope, _scope(report)
    yield say.overall, _overall(report)
    worst = [row for row in report.units if row.tally.breached and row.unit != HIDDEN_UNIT][:UNITS]
    named = [
        say.unit.format(unit=unit_of(row.unit), breached=row.tally.breached, rate=rate_of(row.tally)) for row in worst
    ]
    if named:
        yield say.units, say.units_text.format(units="；".join(named))
    if drawn := charts(report.figures):
        says = "".join(formal(chart.says) for chart in drawn)
        yield say.terms, say.terms_text.format(says=says, number=_number(attachments, official_words().figures.title))
    if before := "".join(_before(report)):
        yield say.earlier, before
    if report.cautions:
        yield say.cautions, _cautions(report)


def _before(report: Report) -> Iterator[str]:
    """What became of the findings of the audit before, what came back, what is explained."""
    say, known = official_words().circular, report.comparison
    if known:
        yield say.earlier_text.format(as_of=day_of(known.as_of), new=known.new, known=known.known, gone=len(known.gone))
    breaches = [view for view in report.findings if view.status is Status.BREACHED]
    if back := sum(bool(view.recurrence) for view in breaches):
        yield say.back_text.format(count=back)
    if waived := sum(bool(view.waiver) for view in breaches):
        yield say.waived_text.format(count=waived)


def _number(attachments: Sequence[Attachment], title: str) -> int:
    """The number under which an attachment stands."""
    return [attachment.title for attachment in attachments].index(title) + 1


def _scope(report: Report) -> str:
    overview, supplied = report.overview, [log for log in report.quality.logs if log.read is not None]
    return official_words().circular.scope_text.format(
        logs=len(supplied),
        read=sum(log.read or 0 for log in supplied),
        accepted=sum(log.accepted or 0 for log in supplied),
        rejected=sum(log.rejected or 0 for log in supplied),
        regulations=len({row.regulation for row in report.rules}),
        rules=overview.rules_total,
        counted=overview.rules_counted,
        idle=overview.rules_idle,
        skipped=overview.rules_not_assessed,
    )


def _cautions(report: Report) -> str:
    told = [fit(text, _CAUTION, official_words().cut) for text in report.cautions[:CAUTIONS]]
    sentences = "".join(text if text.endswith(("。", "）")) else f"{text}。" for text in told)
    left = len(report.cautions) - len(told)
    return sentences + (official_words().attachments.rest.format(shown=len(told), rest=left) if left else "")


def _overall(report: Report) -> str:
    say, tally = official_words().circular, report.overview.tally
    if not tally.total:
        return say.nothing
    breaches = [view for view in report.findings if view.status is Status.BREACHED]
    counts = {status.value: number for status, number in tally.by_status}
    return say.overall_text.format(
        total=tally.total, rate=rate_of(tally), problems=len(breaches), severities=severities_of(breaches), **counts
    )


def _problems(report: Report, breaches: Sequence[FindingView]) -> Iterator[Block]:
    say = official_words().circular
    regulations = breached_regulations(report, breaches)
    withheld = sum(view.audience is not Audience.EVERYBODY for view in report.findings)
    if regulations:
        shown = regulations[:REGULATIONS]
        yield Paragraph(
            say.main.format(regulations=len(regulations), shown=len(shown), readings=official_words().readings)
        )
        for numeral, regulation in zip(_NUMERALS, shown, strict=False):
            yield Paragraph(f"（{numeral}）{regulation_of(regulation.name)}", Style.SUBHEADING)
            yield from _regulation(regulation)
    elif not withheld:
        yield Paragraph(say.no_problem)
    if rest := regulations[REGULATIONS:]:
        yield Paragraph(_others(rest))
    if withheld:
        yield Paragraph(say.accusations.format(count=withheld, issuer=issuer_of(report)))


def _regulation(regulation: Breached) -> Iterator[Paragraph]:
    tally, views = regulation.tally, regulation.views
    yield Paragraph(
        official_words().circular.regulation_text.format(
            judged=tally.judged,
            breached=tally.breached,
            rate=rate_of(tally),
            count=len(views),
            severities=severities_of(views),
        )
    )
    for number, problem in enumerate(regulation.problems[:PROBLEMS], start=1):
        yield Paragraph(f"{number}．{_problem(problem)}")


def _problem(problem: Problem) -> str:
    say, view = official_words().circular, problem.views[0]
    record = record_of(view)
    return say.problem.format(
        clause=article_of(view),
        title=title_of(view),
        count=len(problem.views),
        severities=severities_of(problem.views),
        units=units_of(problem.views),
        unit=unit_of(view.unit),
        record=f"（{record}）" if record else "",
        detail=detail_of(view, _DETAIL, titled=True),
        place=place_of(view, say.place),
    )


def _others(rest: Sequence[Breached]) -> str:
    """The regulations that the text does not go into, by name."""
    count = sum(len(regulation.views) for regulation in rest)
    named = "、".join(f"{regulation_of(regulation.name)}{len(regulation.views)}个" for regulation in rest[:OTHERS])
    named += "等" if len(rest) > OTHERS else ""
    return official_words().circular.other_regulations.format(count=len(rest), problems=count, regulations=named)


def _requirements(
    report: Report, breaches: Sequence[FindingView], attachments: Sequence[Attachment]
) -> Iterator[tuple[str, str]]:
    say, issuer = official_words().circular, issuer_of(report)
    findings = report.overview.all_findings
    if breaches:
        yield say.rectify, say.rectify_text.format(deadline=deadline_of(breaches))
    if findings.unverifiable:
        number = _number(attachments, official_words().attachments.open.title)
        yield say.complete, say.complete_text.format(count=findings.unverifiable, number=number, issuer=issuer)
    if findings.manual:
        yield say.answer, say.answer_text.format(count=findings.manual, issuer=issuer)
    yield say.feedback, say.feedback_text.format(issuer=issuer) if breaches else say.nothing_asked
