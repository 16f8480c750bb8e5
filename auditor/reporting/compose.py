"""From an audit to the report that documents show: every figure is computed here."""

from collections.abc import Mapping, Sequence
from typing import Any

from auditor.domain.audit import HIDDEN_UNIT, Audit, RuleLine
from auditor.domain.obligation import Severity, Status
from auditor.domain.titles import book_title
from auditor.reporting.findings import SHOWN, view_confided, view_findings
from auditor.reporting.model import (
    FindingView,
    LogRow,
    NotAssessed,
    Quality,
    RejectRow,
    RuleRef,
    RuleRow,
    UnitRow,
)
from auditor.reporting.report import AdvisoryRow, ComparisonView, Overview, Report, SeverityRow
from auditor.reporting.tally import Tally
from auditor.reporting.text import first
from auditor.reporting.words import words


def compose(audit: Audit) -> Report:
    """The report of an audit; equal audits give equal reports."""
    rules = _rules(audit)
    not_assessed = _not_assessed(audit)
    quality = _quality(audit)
    views = view_findings(audit)
    return Report(
        as_of=audit.as_of.isoformat(),
        period=_period(audit.period),
        asked_period=audit.period,
        version=audit.version,
        internal=audit.internal,
        cautions=_cautions(audit, not_assessed, quality, views),
        notes=tuple(audit.notes),
        overview=_overview(rules, views),
        not_assessed=not_assessed,
        quality=quality,
        units=_units(audit),
        rules=rules,
        advisories=_advisories(audit),
        settings=tuple(sorted(audit.settings.items())),
        inputs=tuple(sorted(audit.inputs.items())),
        rulebook=tuple(sorted(audit.rulebook.items())),
        calendar_years=tuple(audit.calendar_years),
        what_if=bool(audit.summary.get("as_if_from")),
        issue=audit.issue,
        figures=audit.figures,
        due=audit.due,
        confided=view_confided(audit),
        comparison=_comparison(audit, views),
    )


def _period(period: str) -> str:
    first, _, last = period.partition("..")
    return words().period_range.format(first=first, last=last) if last else period or words().no_period


def _cautions(
    audit: Audit, not_assessed: Sequence[NotAssessed], quality: Quality, views: Sequence[FindingView]
) -> tuple[str, ...]:
    """What the audit warns of, then what follows from its figures, unless the audit has said it."""
    say, cautions = words().cautions, list(audit.cautions)
    missing = "、".join(log.name for log in quality.logs if log.read is None)
    skipped = sum(reason.count for reason in not_assessed)
    provisional = sum(view.provisional for view in views)
    if missing and not _said(audit, say.not_assessed_word):
        cautions.append(say.not_supplied.format(logs=missing))
    if skipped and not _said(audit, say.not_assessed_word):
        cautions.append(say.not_assessed.format(count=skipped))
    if provisional and not _said(audit, say.provisional_word):
        cautions.append(say.provisional.format(count=provisional))
    if HIDDEN_UNIT in audit.summary["units"]:
        cautions.append(say.hidden.format(unit=HIDDEN_UNIT))
    if audit.internal:
        cautions.append(say.internal)
    return tuple(cautions)


def _said(audit: Audit, word: str) -> bool:
    return any(word in caution for caution in audit.cautions)


def _rules(audit: Audit) -> tuple[RuleRow, ...]:
    """Every rule in the rulebook's order, then those that only the counts name."""
    counts, skipped = audit.summary["rules"], audit.summary["not_assessed"]
    names = dict.fromkeys([*audit.rules, *sorted({*counts, *skipped})])
    return tuple(_rule_row(audit, name, counts.get(name, {}), skipped) for name in names)


def _rule_row(audit: Audit, name: str, counts: Mapping[str, int], skipped: Mapping[str, str]) -> RuleRow:
    line = audit.rules.get(name, RuleLine(name, "", "", "", ""))
    tally = Tally.of(counts)
    return RuleRow(
        ref=RuleRef(name, line.title),
        regulation=book_title(line.regulation),
        article=line.article,
        title=line.title,
        severity=Severity(line.severity).zh if line.severity else "",
        tally=tally if tally.total else None,
        state=words().not_assessed if name in skipped else "" if tally.total else words().idle,
        assessed=name not in skipped,
        question=line.question,
    )


def _not_assessed(audit: Audit) -> tuple[NotAssessed, ...]:
    """The rules that were not audited by reason, the reason with most rules first."""
    reasons: dict[str, list[RuleRef]] = {}
    order = {name: place for place, name in enumerate(audit.rules)}
    skipped: Mapping[str, str] = audit.summary["not_assessed"]
    for name in sorted(skipped, key=lambda name: (order.get(name, len(order)), name)):
        line = audit.rules.get(name)
        reasons.setdefault(skipped[name], []).append(RuleRef(name, line.title if line else ""))
    rows = [NotAssessed(reason, tuple(rules)) for reason, rules in reasons.items()]
    return tuple(sorted(rows, key=lambda row: (-row.count, row.reason)))


def _units(audit: Audit) -> tuple[UnitRow, ...]:
    rows = [UnitRow(unit, Tally.of(counts)) for unit, counts in audit.summary["units"].items()]
    return tuple(sorted(rows, key=lambda row: (-row.tally.breached, -row.tally.total, row.unit)))


def _quality(audit: Audit) -> Quality:
    rejects = tuple(_reject(reject) for reject in audit.rejects)
    cells = sum(bool(reject["column"]) for reject in audit.rejects)
    return Quality(_logs(audit), tuple(audit.remarks), rejects, cells, len(rejects) - cells)


def _logs(audit: Audit) -> tuple[LogRow, ...]:
    counts: Mapping[str, Mapping[str, int]] = audit.summary["logs"]
    names = {**audit.log_names, **{log: log for log in counts if log not in audit.log_names}}
    supplied = [LogRow(zh, **counts[log]) for log, zh in names.items() if log in counts]
    return (*supplied, *(LogRow(zh) for log, zh in names.items() if log not in counts))


def _reject(reject: Mapping[str, Any]) -> RejectRow:
    return RejectRow(
        file=str(reject["file"]),
        sheet=str(reject["sheet"] or ""),
        row=str(reject["row"]) if reject["row"] else words().whole_sheet,
        column=str(reject["column"]) if reject["column"] else words().whole_row,
        value="" if reject["value"] is None else str(reject["value"]),
        reason=str(reject["reason"]),
    )


def _overview(rules: Sequence[RuleRow], views: Sequence[FindingView]) -> Overview:
    return Overview(
        tally=sum((row.tally for row in rules if row.tally), Tally()),
        rules_total=len(rules),
        rules_counted=sum(row.assessed and row.tally is not None for row in rules),
        rules_idle=sum(row.assessed and row.tally is None for row in rules),
        rules_not_assessed=sum(not row.assessed for row in rules),
        severities=tuple(
            _severity_row(severity.value, severity.zh, [v for v in views if v.severity is severity])
            for severity in Severity
        ),
        all_findings=_severity_row("all", "合计", views),
    )


def _severity_row(name: str, zh: str, views: Sequence[FindingView]) -> SeverityRow:
    by_status = {status: sum(view.status is status for view in views) for status in Status}
    return SeverityRow(
        severity=name,
        severity_zh=zh,
        breached=by_status[Status.BREACHED],
        unverifiable=by_status[Status.UNVERIFIABLE],
        manual=by_status[Status.MANUAL],
        total=len(views),
        findings=tuple(views),
    )


def _comparison(audit: Audit, views: Sequence[FindingView]) -> ComparisonView | None:
    """What became of the earlier audit's findings; None where none is given."""
    if audit.earlier is None:
        return None
    found = {view.id for view in views}
    known = sum(view.since == "known" for view in views)

    return ComparisonView(
        as_of=audit.earlier.as_of.isoformat(),
        period=_period(audit.earlier.period),
        new=len(views) - known,
        known=known,
        gone=tuple(
            AdvisoryRow(each.rule, each.title, first(each.records, SHOWN), each.unit, each.id)
            for each in sorted(audit.earlier.findings, key=lambda each: (each.severity.rank, each.rule, each.id))
            if each.id not in found
        ),
    )


def _advisories(audit: Audit) -> tuple[AdvisoryRow, ...]:
    return tuple(
        AdvisoryRow(
            rule=advisory.rule,
            title=audit.rules[advisory.rule].title if advisory.rule in audit.rules else "",
            record=advisory.record,
            unit=advisory.unit,
            detail=advisory.detail,
        )
        for advisory in audit.advisories
    )
