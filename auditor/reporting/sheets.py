"""What stands on each sheet of the workbook: rows of values by column key, no layout."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from auditor.domain.duelist import Due, DueList
from auditor.domain.obligation import Status
from auditor.reporting.model import EvidenceRow, EvidenceView, FindingView, Quality, RuleRow
from auditor.reporting.report import Report, SeverityRow
from auditor.reporting.tally import Tally
from auditor.reporting.words import words

REJECTS_SHOWN = DAYS_SHOWN = 5000

Value = str | int | None
Row = Mapping[str, Value]


@dataclass(frozen=True)
class Sheet:
    """A sheet: its rows by table, and what its captions and its remark say."""

    key: str
    tables: Mapping[str, Sequence[Row]]
    figures: Mapping[str, int | str]


def sheets(report: Report) -> tuple[Sheet, ...]:
    """All sheets in order; the one for inspectors only where there is something to answer."""
    by_status = {status: [view for view in report.findings if view.status is status] for status in Status}
    breached, manual = by_status[Status.BREACHED], by_status[Status.MANUAL]
    found = [
        _sheet("about", items=list(_about(report))),
        _overview(report),
        _sheet("findings", rows=[_finding(view) for view in report.findings]),
        _sheet("days", rows=list(islice(_days(report), DAYS_SHOWN))),
        _sheet("rectification", rows=[_finding(view) for view in breached]),
        _sheet("unverifiable", rows=[_finding(view) for view in by_status[Status.UNVERIFIABLE]]),
    ]
    if manual:
        found.append(_sheet("manual", rows=[_finding(view) for view in manual]))
    if report.questions:
        found.append(_sheet("questions", rows=[_question(row) for row in report.questions]))
    if report.due is not None:
        found.append(_due(report.due))
    found.append(_quality(report.quality))
    found.append(_sheet("rules", rows=[_rule(row) for row in report.rules]))
    return tuple(found)


def _sheet(key: str, **tables: Sequence[Row]) -> Sheet:
    return Sheet(key, tables, {})


def _about(report: Report) -> Iterator[Row]:
    """Cautions first, then what was audited and how to read it."""
    say = words().ledger
    for caution in (*report.cautions, *report.notes):
        yield {"item": say.caution, "content": caution}
    yield {"item": say.as_of, "content": report.as_of}
    yield {"item": say.period, "content": report.period}
    yield {"item": say.version, "content": report.version}
    for note in words().notes:
        yield {"item": say.note, "content": note}
    for reason in report.not_assessed:
        names = "、".join(rule.id for rule in reason.rules)
        content = say.not_assessed_reason.format(reason=reason.reason, count=reason.count, rules=names)
        yield {"item": say.rules_not_assessed, "content": content}
    for name, value in report.settings:
        yield {"item": say.setting, "content": f"{name}：{value}"}
    for name, digest in report.inputs:
        yield {"item": say.input, "content": f"{name}（{digest}）"}


def _overview(report: Report) -> Sheet:
    say, overview = words().ledger, report.overview
    units = [{"name": row.unit, **_counts(row.tally)} for row in report.units]
    scope = [
        (say.rules_counted, overview.rules_counted),
        (say.rules_idle, overview.rules_idle),
        (say.rules_not_assessed, overview.rules_not_assessed),
        (say.rules_total, overview.rules_total),
    ]
    return _sheet(
        "overview",
        obligations=[{"name": say.all_units, **_counts(overview.tally)}, *units],
        findings=[_severity(row) for row in (*overview.severities, overview.all_findings)],
        scope=[{"name": name, "count": count} for name, count in scope],
    )


def _severity(row: SeverityRow) -> Row:
    return {
        "name": row.severity_zh,
        "breached": row.breached,
        "unverifiable": row.unverifiable,
        "manual": row.manual,
        "total": row.total,
    }


def _counts(tally: Tally) -> dict[str, Value]:
    counts: dict[str, Value] = {status.value: number for status, number in tally.by_status}
    return {**counts, "total": tally.total, "rate": tally.rate}


def _finding(view: FindingView) -> Row:
    return {
        "number": view.number,
        "id": view.id,
        "severity": view.severity.zh,
        "status": view.status.zh,
        "regulation": view.regulation,
        "article": view.article,
        "clause": view.regulation + view.article,
        "rule": view.rule.id,
        "title": view.title,
        "unit": view.unit,
        "log": view.log,
        "record_count": view.records.count,
        "records": view.records.first,
        "start_on": view.start_on,
        "due_on": view.due_on,
        "done_on": view.done_on,
        "late": view.late,
        "detail": view.detail,
        "evidence": _evidence(view.evidence),
        "judgements": "\n".join(view.judgements),
        "liable": view.liable,
        "remedy": view.remedy,
        "rectify_by": view.rectify_by,
        "first_seen": view.first_seen,
        "last_seen": view.last_seen,
        "recurrence": view.recurrence,
        "waiver": view.waiver,
    }


def _days(report: Report) -> Iterator[Row]:
    """Every day that was counted or passed over, of every finding with a limit."""
    say = words()
    for view in report.findings:
        about: dict[str, Value] = {"number": view.number, "id": view.id, "rule": view.rule.id, "unit": view.unit}
        for day in view.days.rows:
            counted = say.counted if day.counted else say.not_counted
            yield {
                **about,
                "records": view.records.first,
                "date": day.date,
                "weekday": day.weekday,
                "counted": counted,
                "why": day.why,
            }


def _evidence(evidence: EvidenceView) -> str:
    lines = [_cell(row) for row in evidence.first]
    if evidence.rest:
        lines.append(words().evidence_more.format(count=evidence.count))
    return "\n".join(lines)


def _cell(cell: EvidenceRow) -> str:
    """One line: the value, and the file, sheet, row and column where it stands."""
    place = [cell.file, cell.sheet]
    place.append(words().evidence_row.format(row=cell.row) if cell.row else "")
    place.append(words().evidence_column.format(column=cell.column) if cell.column else "")
    return words().evidence.format(
        heading=cell.heading or cell.field, value=cell.value, place="，".join(part for part in place if part)
    )


def _due(due: DueList) -> Sheet:
    rows = [due_row(each) for each in due.items]
    return Sheet("due", {"rows": rows}, {"as_of": due.as_of.isoformat(), "until": due.until.isoformat()})


def due_row(each: Due) -> Row:
    """Something that falls due, by column; a dash where no days are counted, only a day is set."""
    return {
        "unit": each.unit,
        "due_on": each.due_on.isoformat(),
        "left": each.left,
        "log": each.log,
        "records": each.record,
        "title": each.title,
        "rule": "、".join(each.rules),
        "used": "—" if each.used is None else each.used,
        "stopped": "—" if each.stopped is None else each.stopped,
        "day_type": each.day_type.zh,
        "remark": words().provisional_day if each.provisional else "",
    }


def _quality(quality: Quality) -> Sheet:
    logs: list[Row] = [
        {
            "name": log.name,
            "read": log.read,
            "accepted": log.accepted,
            "rejected": log.rejected,
            "state": words().not_supplied if log.read is None else "",
        }
        for log in quality.logs
    ]
    remarks: list[Row] = [{"number": n, "remark": text} for n, text in enumerate(quality.remarks, start=1)]
    rejects: list[Row] = [dict(vars(reject)) for reject in quality.rejects[:REJECTS_SHOWN]]
    figures = {"count": len(quality.rejects), "limit": REJECTS_SHOWN}
    return Sheet("quality", {"logs": logs, "remarks": remarks, "rejects": rejects}, figures)


def _question(row: RuleRow) -> Row:
    named = {"item": row.ref.id, "clause": row.regulation + row.article, "title": row.title}
    return {**named, "question": row.question}


def _rule(row: RuleRow) -> Row:
    named: dict[str, Value] = {
        "rule": row.ref.id,
        "regulation": row.regulation,
        "article": row.article,
        "title": row.title,
        "severity": row.severity,
        "state": row.state or words().ledger.audited,
    }
    return {**named, **_counts(row.tally)} if row.tally else named
