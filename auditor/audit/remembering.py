"""An audit's findings with what the ledger remembers of them, and with the explanations that cover them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from auditor.audit.readings import reading_of
from auditor.audit.trip import Audited
from auditor.audit.written import read_written
from auditor.domain.audit import Audit, Earlier
from auditor.domain.finding import Finding
from auditor.domain.obligation import Status
from auditor.domain.rectification import Remembered
from auditor.errors import DataError
from auditor.judgement.discretion import of_earlier
from auditor.judgement.naming import naming_of
from auditor.ledger.memory import last_audit, remembered
from auditor.ledger.standing import as_remembered
from auditor.ledger.store import shown
from auditor.rulebook.rectification import Steps
from auditor.rulebook.waivers import Waiver, WaiverFile

_REMEMBERED = ("first_seen", "last_seen", "recurrence", "waiver")
_EXPLAINED = (Status.BREACHED, Status.UNVERIFIABLE)


def with_memory(audited: Audited, known: Mapping[str, Remembered], steps: Steps) -> Audited:
    """First seen, last seen and recurrence of every finding, from the ledger."""
    as_of, reading = audited.audit.as_of.isoformat(), reading_of(audited.book)
    found = tuple(as_remembered(each, known.get(each.id), steps, as_of, reading) for each in audited.audit.findings)
    back = sum((each.recurrence or 0) > known[each.id].recurrence for each in found if each.id in known)
    going = sum(each.id in known for each in found) - back
    unseen = len(known.keys() - {each.id for each in found})
    said = f"与问题库相比：新增{len(found) - going - back}个，延续{going}个，复发{back}个；" + (
        f"问题库中另有{unseen}个本次未见（未见不等于已整改，收入问题库时分清）。"
    )
    changed = replace(audited.audit, findings=found, notes=(*audited.audit.notes, said))
    return replace(audited, audit=_confided(changed))


def earlier_of(place: str, as_of: date) -> tuple[Mapping[str, Remembered] | None, Earlier | None]:
    """What came before: from the ledger its memory and its last audit, from an audit's folder that audit alone.

    Raises `DataError` where that is later than `as_of`, the day of the audit: nothing was seen first after it.
    """
    folder = Path(place).is_dir()
    known = None if folder else remembered(place)
    earlier = read_written(Path(place)).as_earlier if folder else last_audit(place)
    if earlier is not None and earlier.as_of > as_of:
        raise DataError(
            f"{shown(place)} 中最近一次审计的基准日是 {earlier.as_of}，这一次是 {as_of}，更早。"
            "请把 --as-of 改为不早于上次的日期，或者去掉 --since"
        )
    return known, earlier


def with_earlier(audited: Audited, earlier: Earlier | None) -> Audited:
    """The audit beside the one before it: what is new, what was there, what is not found any more."""
    if earlier is None:
        return audited
    audit = audited.audit
    told = of_earlier(earlier.findings, audited.book.logs, audited.logs.tables, internal=audit.internal)
    naming = naming_of(audited.logs.tables, (), audit.as_of, internal=audit.internal, told=told)
    return replace(audited, audit=replace(audit, earlier=replace(earlier, findings=naming.findings(told))))


def _confided(audit: Audit) -> Audit:
    """What is remembered and explained of a finding is so of what is confided of it."""
    found = {each.id: {name: getattr(each, name) for name in _REMEMBERED} for each in audit.findings}
    return replace(audit, confided=tuple(each.model_copy(update=found[each.id]) for each in audit.confided))


def with_waivers(audited: Audited, file: WaiverFile, digest: str) -> Audited:
    """Findings that an explanation covers say so, and stay and count as they are; explanations that fail are named."""
    audit, day = audited.audit, audited.audit.as_of
    covering = {number: each for number, each in enumerate(file.waivers, start=1) if each.holds_on(day)}
    covered: dict[int, list[Finding]] = {number: [] for number in covering}
    found = []
    for finding in audit.findings:
        by = [number for number, each in covering.items() if finding.status in _EXPLAINED and each.covers(finding)]
        for number in by:
            covered[number].append(finding)
        found.append(finding.model_copy(update={"waiver": covering[by[0]].as_text()}) if by else finding)
    broad = int(audited.book.values["waiver.broad"])
    said = [
        f"情况说明第{number}条（{each.target}，{each.approver}批准）{why}"
        for number, each in enumerate(file.waivers, start=1)
        if (why := _trouble(each, covered.get(number), day.isoformat(), broad))
    ]
    waived = sum(each.waiver is not None for each in found)
    notes = [f"有{waived}个问题附有情况说明，照常列出、照常计数。"] if waived else []
    summary = {**audit.summary, "waived": waived}
    changed = replace(
        audit,
        findings=tuple(found),
        summary=summary,
        cautions=(*audit.cautions, *said),
        notes=(*audit.notes, *notes),
    )
    return replace(audited, audit=_confided(changed), beside={**audited.beside, "waivers": digest})


def _trouble(waiver: Waiver, covered: Sequence[Finding] | None, day: str, broad: int) -> str:
    """What the office should know of an explanation; "" where nothing."""
    if covered is None:
        late = waiver.to.isoformat() < day
        return f"已于 {waiver.to} 到期，未采用。" if late else f"自 {waiver.from_} 起才有效，未采用。"
    if not covered:
        return "没有对应的问题，请核对或者删去。"
    units = {each.unit for each in covered}
    if waiver.rule is not None and (len(covered) > broad or (len(units) > 1 and waiver.unit is None)):
        return f"范围过宽：涉及{len(covered)}个问题、{len(units)}个单位，请改为按问题或按单位说明。"
    return ""
