"""Phrases that the circular and the letters share: days, periods, places, counts by severity."""

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import PurePath

from auditor.domain.obligation import Severity
from auditor.reporting.model import FindingView
from auditor.reporting.official.characters import fit
from auditor.reporting.official.words import official_words
from auditor.reporting.report import Report
from auditor.reporting.tally import Tally, percent

ISSUE, UNIT, RECORD, NAME, TITLE, CLAUSE, WAIVER = 100, 30, 40, 40, 80, 120, 120  # the most characters shown of each
_ADDRESSED = 1000  # no name or list of names is as long: whom a document is sent to is said in full
_UNITS_NAMED = 4
_MONTH = re.compile(r"\b(\d{4})-(\d\d)\b", re.ASCII)


def day_of(iso: str) -> str:
    """2025年12月31日 for 2025-12-31; whatever is no day stays as it is."""
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return iso
    return official_words().day.format(year=day.year, month=day.month, day=day.day)


def span_of(report: Report) -> str:
    """The period as a sentence says it."""
    say, (first, dots, last) = official_words().spans, report.asked_period.partition("..")
    if dots:
        return say.range.format(first=day_of(first), last=day_of(last))
    return short_span_of(report) or say.all.format(as_of=day_of(report.as_of))


def short_span_of(report: Report) -> str:
    """The period as a title says it; blank where it has no short name."""
    say, asked = official_words().spans, report.asked_period
    if re.fullmatch(r"\d{4}", asked):
        return say.year.format(year=asked)
    if part := re.fullmatch(r"(\d{4})([HQ])([1-4])", asked):
        names = say.half if part[2] == "H" else say.quarter
        return names[int(part[3]) - 1].format(year=part[1])
    if month := re.fullmatch(r"(\d{4})-(\d\d)", asked):
        return say.month.format(year=month[1], month=int(month[2]))
    return ""


def severities_of(views: Sequence[FindingView]) -> str:
    """（严重1个、较重2个）; blank where there is nothing to count."""
    counted = [(each.zh, sum(view.severity is each for view in views)) for each in Severity]
    said = [official_words().severities.format(severity=zh, count=count) for zh, count in counted if count]
    return f"（{'、'.join(said)}）" if said else ""


def rate_of(tally: Tally) -> str:
    """The rate with its numerator and denominator."""
    say = official_words()
    if not tally.judged:
        return say.no_rate
    return say.rate.format(percent=percent(tally.met, tally.judged), met=tally.met, judged=tally.judged)


def units_of(views: Sequence[FindingView]) -> str:
    """The units concerned, the first few by name."""
    units = list(dict.fromkeys(view.unit for view in views))
    named = "、".join(unit_of(unit) for unit in units[:_UNITS_NAMED])
    return named if len(units) <= _UNITS_NAMED else f"{named}等{len(units)}个单位"


def unit_of(unit: str) -> str:
    """A unit's name in the text, as long as names are."""
    return fit(unit, UNIT, "…")


def addressed(names: str) -> str:
    """To whom a document is sent (主送机关、抄送机关), in full."""
    return fit(names, _ADDRESSED, "…")


def of_issue(text: str) -> str:
    """What the office has set about its documents, as long as one line may be."""
    return fit(text, ISSUE, "…")


def issuer_of(report: Report) -> str:
    """Who issues the document, as its text says."""
    return of_issue(report.issue.issuer) or official_words().issuer


def basis_of(report: Report) -> str:
    """On what ground, as the text begins; blank where the office names none."""
    basis = of_issue(report.issue.basis)
    return official_words().basis.format(basis=basis) if basis else ""


def record_of(view: FindingView) -> str:
    """The record, or the first one and how many there are."""
    names = view.records.names
    first = fit(names[0] if names else "", RECORD, "…")
    return first if len(names) <= 1 else f"{first}等{len(names)}条"


def place_of(view: FindingView, wording: str) -> str:
    """Where the proof stands: file, sheet and row of its first cell; blank where no cell proves it."""
    cell = next((row for row in view.evidence.first if row.file and row.row), None)
    if cell is None:
        return ""
    named = cell.sheet and cell.sheet != PurePath(cell.file).stem
    sheet = f"“{fit(cell.sheet, NAME, '…')}”表" if named else ""
    return wording.format(file=fit(cell.file, NAME, "…"), sheet=sheet, row=cell.row)


def detail_of(view: FindingView, limit: int, *, titled: bool = False) -> str:
    """What is wrong, in short: the readings it rests on are told once for all, an own standard is named.

    Where the text is `titled` by what the rule asks for, that is not said again. Rules stand there by their clauses.
    """
    say = official_words()
    fact, own = fact_and_standard(view.formal_detail)
    fact = fact.replace(say.requirement.format(title=view.title), "") if titled else fact
    return fit(fact, limit, say.cut) + own


def fact_and_standard(detail: str) -> tuple[str, str]:
    """What a finding says without its readings, and the sentence that a limit is the office's own, if it is."""
    own = any(official_words().own_standard in reading for reading in _readings().findall(detail))
    return _readings().sub("", detail), official_words().own_standard_kept if own else ""


@cache
def _readings() -> re.Pattern[str]:
    """A reading: from how it begins to the settings that it names; what judgements add stands behind all of them."""
    say = official_words()
    starts = "|".join(map(re.escape, say.readings_start))
    return re.compile(rf"(?:{starts}).*?(?:设置项 [^（）。]+）?。(?:{re.escape(say.own_standard)})?|$)", re.DOTALL)


def unspaced(text: str) -> str:
    """The text without the blanks between figures and words, as official documents are set."""
    return text.replace(" ", "")


def formal(text: str) -> str:
    """A sentence of the report as an official document says it: without blanks, months in words."""
    said = official_words().spans.month
    return _MONTH.sub(lambda month: said.format(year=month[1], month=int(month[2])), unspaced(text))


def history_of(view: FindingView) -> str:
    """What audits before and explanations say of a problem; blank where there is nothing to say.

    A problem that is new says nothing of it: most are.
    """
    say, told = official_words().history, ""
    if view.last_seen:
        form = say.seen if view.last_seen != view.first_seen else say.once
        told = form.format(first=day_of(view.first_seen), last=day_of(view.last_seen))
        told += say.back.format(count=view.recurrence) if view.recurrence else ""
    elif view.since == "known" and not view.first_seen:
        told = say.known
    told = f"（{told}。）" if told else ""
    return told + (say.waiver.format(text=fit(view.waiver, WAIVER, official_words().cut)) if view.waiver else "")


def title_of(view: FindingView) -> str:
    """What the rule asks for."""
    return fit(view.title, TITLE, "…")


def regulation_of(name: str) -> str:
    """The regulation by its name."""
    return fit(name, NAME * 2, "…") or official_words().unknown_regulation


def article_of(view: FindingView) -> str:
    """The article alone, beneath the name of its regulation."""
    return fit(view.article, NAME, "…")


def clause_of(view: FindingView) -> str:
    """The regulation and its clause."""
    return fit(view.regulation + view.article.rstrip("、"), CLAUSE, "…")


def deadline_of(views: Sequence[FindingView]) -> str:
    """By when the problems must be put right."""
    say = official_words().circular
    days = sorted({view.rectify_by for view in views if view.rectify_by})
    if not days:
        return say.deadline_none
    if len(days) == 1:
        return say.deadline_one.format(day=day_of(days[0]))
    return say.deadline_several.format(first=day_of(days[0]), last=day_of(days[-1]))
