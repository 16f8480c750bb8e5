"""A finding made ready to be shown: its clause named, its cells, days and records in order."""

import re
from collections.abc import Mapping

from auditor.domain.audit import Audience, Audit, RuleLine
from auditor.domain.finding import CountedDay, Evidence, Finding, Ground
from auditor.domain.obligation import Status
from auditor.domain.titles import book_title
from auditor.reporting.model import (
    DayRow,
    DaysView,
    EvidenceRow,
    EvidenceView,
    FindingView,
    RecordsView,
    RuleRef,
)
from auditor.reporting.text import anchor, first, weekday
from auditor.reporting.words import words

SHOWN = 20
_ORDER = (Status.BREACHED, Status.UNVERIFIABLE, Status.MANUAL)
_RULE_CODE = re.compile(r" ?(?<![A-Za-z0-9._-])([A-Z]+(?:-[A-Za-z0-9]+(?:\.[A-Za-z0-9]+)*)+)(?![A-Za-z0-9_-]) ?")


def view_findings(audit: Audit) -> tuple[FindingView, ...]:
    """All findings, heaviest first, breaches before what cannot be verified; numbered in that order."""
    return tuple(_view(audit, finding, number) for number, finding in enumerate(_ordered(audit), start=1))


def view_confided(audit: Audit) -> tuple[FindingView, ...]:
    """What is confided to the units that answer, under the numbers of `view_findings`."""
    confided = {finding.id: finding for finding in audit.confided}
    numbered = enumerate(_ordered(audit), start=1) if confided else ()
    return tuple(_view(audit, confided[each.id], number) for number, each in numbered if each.id in confided)


def _ordered(audit: Audit) -> list[Finding]:
    place = {name: number for number, name in enumerate(audit.rules)}

    def weight(finding: Finding) -> tuple[int, int, int, str, str, str]:
        rule, status = place.get(finding.rule, len(place)), _ORDER.index(finding.status)
        return finding.severity.rank, status, rule, finding.rule, finding.unit, finding.id

    return sorted(audit.findings, key=weight)


def _view(audit: Audit, finding: Finding, number: int) -> FindingView:
    return FindingView(
        number=number,
        id=finding.id,
        anchor=anchor("F", finding.id),
        severity=finding.severity,
        status=finding.status,
        rule=_ref(audit.rules, finding.rule),
        also=tuple(_ref(audit.rules, rule) for rule in finding.also),
        regulation=book_title(finding.regulation),
        article=finding.article,
        title=finding.title,
        unit=finding.unit,
        log=audit.log_names.get(finding.log, finding.log),
        records=_records(finding),
        start_on=_when(finding.start_on),
        due_on=_due(finding),
        done_on=_when(finding.done_on),
        late=finding.late,
        late_text=_late(finding, finding.rule in audit.in_hours),
        provisional=finding.provisional,
        detail=finding.detail,
        formal_detail=_by_clause(audit.rules, finding.detail),
        evidence=_evidence(finding),
        days=_days(finding),
        met_if=finding.met_if or "",
        judgements=tuple(_judgement(ground) for ground in finding.grounds),
        liable=finding.liable,
        remedy=finding.remedy,
        rectify_by=_when(finding.rectify_by),
        audience=audit.audiences.get(finding.id, Audience.EVERYBODY),
        grounds=tuple((ground.judgement, ground.title) for ground in finding.grounds),
        regulations=_regulations(audit.rules, finding),
        late_hours=(finding.late or 0) * (1 if finding.rule in audit.in_hours else 24),
        since="" if audit.earlier is None else "known" if finding.id in audit.earlier.known else "new",
        seen=_seen(finding),
        first_seen=finding.first_seen or "",
        last_seen=finding.last_seen or "",
        recurrence=finding.recurrence,
        waiver=finding.waiver or "",
    )


def _by_clause(rules: Mapping[str, RuleLine], detail: str) -> str:
    """The detail with regulation and clause in place of the code of every rule."""

    def clause(found: re.Match[str]) -> str:
        line = rules.get(found[1])
        return book_title(line.regulation) + _in_sentence(line.article) if line else found[0]

    return _RULE_CODE.sub(clause, detail)


def _in_sentence(article: str) -> str:
    """The clause so that words may follow it: 第六条 as it is, 四、 as （四）."""
    bare = article.rstrip("、")
    return bare if not bare or bare.startswith("第") or bare.endswith("）") else f"（{bare}）"


def _regulations(rules: Mapping[str, RuleLine], finding: Finding) -> tuple[str, ...]:
    others = (rules[rule].regulation for rule in finding.also if rule in rules)
    return tuple(dict.fromkeys(book_title(name) for name in (finding.regulation, *others) if name))


def _judgement(ground: Ground) -> str:
    """Which judgement fired, and from which obligations: by these the reader walks back to the cells."""
    behind = [f"{rule} {record}" for rule, record in ground.obligations]
    named = f"{ground.title}（{ground.judgement}）"
    return f"{named}：{first(behind, SHOWN)}" if behind else named


def _ref(rules: Mapping[str, RuleLine], name: str) -> RuleRef:
    return RuleRef(name, rules[name].title if name in rules else "")


def _when(moment: str | None) -> str:
    return (moment or "").replace("T", " ")


def _due(finding: Finding) -> str:
    due = _when(finding.due_on)
    return due + words().provisional if due and finding.provisional else due


def _seen(finding: Finding) -> str:
    """When audits saw it before; "" where no ledger was asked."""
    if finding.first_seen is None:
        return ""
    if finding.last_seen is None:
        return words().seen_first
    return words().seen_before.format(first=finding.first_seen, last=finding.last_seen, n=finding.recurrence or 0)


def _late(finding: Finding, in_hours: bool) -> str:
    """How late, in the unit of the rule's limit."""
    if finding.late is None:
        return ""
    return (words().late_hours if in_hours else words().late_days).format(n=finding.late)


def _records(finding: Finding) -> RecordsView:
    records = finding.records
    everything = "、".join(records) if len(records) > SHOWN else ""
    return RecordsView(len(records), first(records, SHOWN), everything, tuple(records))


def _evidence(finding: Finding) -> EvidenceView:
    rows = tuple(_cell(cell) for cell in finding.evidence)
    return EvidenceView(len(rows), rows[:SHOWN], rows[SHOWN:])


def _cell(cell: Evidence) -> EvidenceRow:
    blank = words().blank_cell if cell.column else words().not_recorded
    recorded = cell.value is not None and cell.value != ""
    return EvidenceRow(
        field=cell.field,
        heading=cell.heading,
        value=str(cell.value) if recorded else blank,
        recorded=recorded,
        file=cell.file,
        sheet=cell.sheet,
        row="" if cell.row is None else str(cell.row),
        column=cell.column,
    )


def _days(finding: Finding) -> DaysView:
    passes_over = not all(day.counted for day in finding.days)  # calendar days, months and hours count every day
    rows = tuple(_day(day, passes_over) for day in finding.days)
    return DaysView(rows, len(rows), sum(row.counted for row in rows))


def _day(day: CountedDay, passes_over: bool) -> DayRow:
    as_usual = not passes_over or day.counted == (day.date.weekday() < 5)
    mark = "" if as_usual else words().day_marks["working" if day.counted else "off"]
    return DayRow(day.date.isoformat(), weekday(day.date.weekday()), day.counted, day.why, mark)
