"""The attachments of the circular. Each is bounded; where that leaves something out it says so, and where it stands."""

from collections.abc import Collection, Sequence
from itertools import groupby

from auditor.domain.audit import Audience
from auditor.domain.obligation import Status
from auditor.reporting.charts import charts
from auditor.reporting.model import DayRow, FindingView, NotAssessed
from auditor.reporting.official.characters import fit
from auditor.reporting.official.paper import Attachment, Block, Column, Figure, Paragraph, Style, Table
from auditor.reporting.official.phrases import (
    clause_of,
    detail_of,
    formal,
    history_of,
    place_of,
    record_of,
    title_of,
    unit_of,
    unspaced,
)
from auditor.reporting.official.words import official_words
from auditor.reporting.report import Report
from auditor.reporting.tally import Tally
from auditor.reporting.words import words

SHOWN, COUNTED = 100, 50  # rows of a table
_NUMBERS = 34  # the width of a column of numbers, in millimetres
_DETAIL, _REASON, _ITEM, _LOGS, _RULES = 200, 200, 120, 500, 12


def circular_attachments(report: Report, views: Sequence[FindingView]) -> tuple[Attachment, ...]:
    """Those that have something to show, in order; `views` are the findings that everybody may read of."""
    breaches = [view for view in views if view.status is Status.BREACHED]
    made = [_units(report), _problems(report, breaches), _counts(breaches), _figures(report)]
    made += [_open(report, views), _versions(report)]
    return tuple(attachment for attachment in made if attachment)


def problem_text(view: FindingView) -> str:
    """A problem in a cell: what it is, how late, and the cell that proves it."""
    say = official_words().attachments
    return say.problem.format(
        severity=view.severity.zh,
        title=title_of(view),
        record=record_of(view),
        late=_late(view),
        history=history_of(view),
        place=place_of(view, say.place),
    )


def table_of(
    headings: Sequence[str], widths: Sequence[int], rows: Sequence[Sequence[str]], centred: Collection[int] = ()
) -> Table:
    """A table under its headings; `centred` are the places of the columns with short values."""
    columns = [
        Column(heading, width, place in centred)
        for place, (heading, width) in enumerate(zip(headings, widths, strict=True))
    ]
    return Table(columns, rows)


def rest_of(rows: Sequence[object], shown: int = SHOWN) -> list[Block]:
    """The sentence that tells what is not shown."""
    if len(rows) <= shown:
        return []
    return [Paragraph(official_words().attachments.rest.format(shown=shown, rest=len(rows) - shown), Style.REMARK)]


def _late(view: FindingView) -> str:
    say = official_words().attachments
    if not view.late_text:
        return say.due.format(due=view.due_on) if view.due_on else ""
    done = say.done.format(done=view.done_on) if view.done_on else say.not_done
    return say.late.format(due=view.due_on, done=done, late=_how_late(view))


def _how_late(view: FindingView) -> str:
    """The number and its unit; in what days it is counted stands with the term."""
    return unspaced(view.late_text.partition("（")[0])


def _units(report: Report) -> Attachment:
    said = official_words().attachments.units
    rows = [_tally(said.all, report.overview.tally)]
    rows += [_tally(unit_of(row.unit), row.tally) for row in report.units[:SHOWN]]
    shown = table_of(said.headings, (30, 14, 12, 14, 15, 14, 15, 42), rows, range(1, 8))
    return Attachment(said.title, [shown, *rest_of(report.units)])


def _tally(name: str, tally: Tally) -> list[str]:
    order = (tally.met, tally.breached, tally.pending, tally.excused, tally.unverifiable, tally.manual)
    return [name, *map(str, order), tally.rate]


def _problems(report: Report, breaches: Sequence[FindingView]) -> Attachment | None:
    if not breaches:
        return None
    say = official_words().attachments
    rows = [
        [str(view.number), unit_of(view.unit), clause_of(view), problem_text(view), view.rectify_by]
        for view in breaches[:SHOWN]
    ]
    complete = all(view.audience is Audience.EVERYBODY for view in report.findings)
    numbering = Paragraph(say.plain_numbering if complete else say.numbering, Style.REMARK)
    shown = table_of(say.problems.headings, (12, 22, 34, 65, 23), rows, (0, 1, 4))
    return Attachment(say.problems.title, [shown, *rest_of(breaches), numbering, *history_note(breaches)])


def history_note(views: Sequence[FindingView]) -> list[Block]:
    """The sentence that tells how new problems are known from others, where audits before are known of."""
    if not any(view.since or view.first_seen for view in views):
        return []
    return [Paragraph(official_words().history.unmarked, Style.REMARK)]


def _counts(breaches: Sequence[FindingView]) -> Attachment | None:
    counted = [view for view in breaches if view.days.rows]
    if not counted:
        return None
    said = official_words().attachments.counts
    rows = [
        [str(view.number), record_of(view), view.start_on, view.due_on, view.done_on, _how_late(view), _count(view)]
        for view in counted[:COUNTED]
    ]
    shown = table_of(said.headings, (10, 24, 24, 24, 24, 13, 37), rows, (0, 2, 3, 4))
    return Attachment(said.title, [shown, *rest_of(counted, COUNTED)])


def _count(view: FindingView) -> str:
    """How many days passed, how many counted, and which did not."""
    say = official_words().attachments
    resting = [row for row in view.days.rows if not row.counted]
    weekend = [row for row in resting if row.why in say.rest_day_marks]
    said = [say.rest_days.format(count=len(weekend))] if weekend else []
    others = [row for row in resting if row.why not in say.rest_day_marks]
    said += [_run(why, list(days)) for why, days in groupby(others, key=lambda row: row.why)]
    left_out = say.left_out.format(days="；".join(said)) if said else ""
    text = say.count.format(passed=view.days.passed, counted=view.days.counted, left_out=left_out)
    return fit(text, _DETAIL, official_words().cut)


def _run(why: str, days: Sequence[DayRow]) -> str:
    say = official_words().attachments
    form = say.run_one if len(days) == 1 else say.run
    return form.format(why=why, first=days[0].date, last=days[-1].date)


def _figures(report: Report) -> Attachment | None:
    """The charts of the report, each with what it says and the table behind it."""
    blocks: list[Block] = []
    for number, chart in enumerate(charts(report.figures), start=1):
        rows = [column.row for column in chart.columns]
        widths = (156 - _NUMBERS * (len(chart.headings) - 1), *(_NUMBERS for _ in chart.headings[1:]))
        shown = table_of(chart.headings, widths, rows[:SHOWN], range(len(chart.headings)))
        blocks += [
            Figure(number, chart),
            Paragraph(f"{formal(chart.says)}{chart.numbers}。", Style.REMARK),
            shown,
            *rest_of(rows),
        ]
    return Attachment(official_words().figures.title, blocks) if blocks else None


def _open(report: Report, views: Sequence[FindingView]) -> Attachment | None:
    """What could not be verified, what an inspector must answer, what was not checked at all and why."""
    say = official_words().attachments
    still_open = [view for view in views if view.status is not Status.BREACHED]
    missing = "、".join(log.name for log in report.quality.logs if log.read is None)
    blocks: list[Block] = []
    if still_open:
        rows = [
            [str(view.number), unit_of(view.unit), clause_of(view), detail_of(view, _DETAIL)]
            for view in still_open[:COUNTED]
        ]
        blocks += [table_of(say.open.headings, (12, 24, 40, 80), rows, (0, 1)), *rest_of(still_open, COUNTED)]
    if report.not_assessed:
        blocks += _not_assessed(report.not_assessed)
    if missing:
        blocks.append(Paragraph(say.not_supplied.format(logs=fit(missing, _LOGS, official_words().cut)), Style.REMARK))
    if not blocks and not report.overview.all_findings.unverifiable:
        return None
    return Attachment(say.open.title, blocks)


def _not_assessed(reasons: Sequence[NotAssessed]) -> list[Block]:
    rows = []
    for each in reasons[:SHOWN]:
        named = "、".join(rule.id for rule in each.rules[:_RULES])
        named += f"等{each.count}条" if each.count > _RULES else ""
        rows.append([fit(each.reason, _REASON, "…"), str(each.count), fit(named, _REASON, "…")])
    headings = official_words().attachments.not_assessed_headings
    return [table_of(headings, (76, 16, 64), rows, (1,)), *rest_of(reasons)]


def _versions(report: Report) -> Attachment:
    """From what the audit was made, so that anybody can make it again."""
    say = official_words().attachments
    rows = [(say.version, report.version), (say.as_of, report.as_of), (say.period, report.period)]
    if years := report.calendar_years:
        rows.append((say.calendar, say.calendar_text.format(first=years[0], last=years[-1])))
    rows += [(say.rulebook.get(name, name), digest) for name, digest in report.rulebook]
    rows += [(f"{say.input}：{name}", digest) for name, digest in report.inputs]
    rows += [(say.note, note) for note in words().notes]
    shown = [[fit(item, _ITEM, "…"), fit(content, _DETAIL, official_words().cut)] for item, content in rows[:SHOWN]]
    blocks: list[Block] = [table_of(say.versions.headings, (56, 100), shown), *rest_of(rows)]
    if report.settings:
        blocks.append(Paragraph(say.settings.format(count=len(report.settings)), Style.REMARK))
    return Attachment(say.versions.title, blocks)
