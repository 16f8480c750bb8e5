"""Obligations that need attention become findings: grouped by fact, with sentence, proof and remedy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import polars as pl

from auditor.domain.clock import Count, due_day
from auditor.domain.finding import Evidence, Finding
from auditor.domain.obligation import Severity, Status
from auditor.domain.period import Cadence
from auditor.judgement.identity import finding_id
from auditor.judgement.masking import Masker
from auditor.judgement.proof import Records, days_of, evidence_of, gather
from auditor.judgement.sentences import Sentences
from auditor.judgement.wording import say
from auditor.rulebook.book import Rulebook
from auditor.rulebook.logs import CHECKLIST
from auditor.rulebook.rules import Rule
from auditor.tables import LogTable

_ATTENTION = (Status.BREACHED.value, Status.UNVERIFIABLE.value, Status.MANUAL.value)
_SHOWN_RECORDS = 20  # records of a grouped finding whose cells are shown; all are named

Obligation = Mapping[str, Any]


@dataclass(frozen=True)
class Judged:
    """The findings, heaviest first, and cautions about the judging itself."""

    findings: tuple[Finding, ...]
    cautions: tuple[str, ...] = ()


def judge(
    book: Rulebook, obligations: pl.DataFrame, tables: Mapping[str, LogTable], as_of: date, masker: Masker
) -> Judged:
    """Turn breached, unverifiable and manual obligations into findings."""
    attention = obligations.filter(pl.col("status").is_in(_ATTENTION))
    breached = attention.filter(pl.col("status") == Status.BREACHED.value)
    groups = _grouped(attention.filter(pl.col("status") != Status.BREACHED.value))
    shown = groups.select("rule", "log", pl.col("records").list.head(_SHOWN_RECORDS).alias("record")).explode("record")
    records = gather(book, tables, pl.concat([breached.select(shown.columns), shown]))
    maker = _Maker(book, records, as_of, masker, Sentences(book, tables, as_of))
    findings = [*maker.breaches(breached.to_dicts()), *map(maker.group, groups.to_dicts())]
    order = {status: position for position, status in enumerate(_ATTENTION)}
    rules = {rule.id: position for position, rule in enumerate(book.rules)}
    findings.sort(key=lambda each: (order[each.status], each.severity.rank, rules[each.rule], each.records, each.id))
    return Judged(tuple(findings), tuple(sorted(maker.cautions)))


def _grouped(obligations: pl.DataFrame) -> pl.DataFrame:
    """Obligations of one rule that lack the same fields, as one row with all their records."""
    missing = pl.col("missing").list.sort()
    return (
        obligations.with_columns(missing, missing.list.join("\x1f").alias("_key"))
        .group_by("status", "rule", "log", "_key")
        .agg(
            pl.col("missing").first(),
            pl.len().alias("count"),
            pl.col("record").unique().sort().alias("records"),
            pl.col("unit").unique().sort().alias("units"),
            pl.col("severity").unique().alias("severities"),
            pl.col("provisional").any(),
            pl.col("detail").filter(pl.col("detail") != "").unique().sort().alias("details"),
        )
        .sort("status", "rule", "_key")
    )


class _Maker:
    """Makes findings out of obligations of one audit."""

    def __init__(self, book: Rulebook, records: Records, as_of: date, masker: Masker, sentences: Sentences) -> None:
        self.book, self.records, self.as_of, self.masker, self.sentences = book, records, as_of, masker, sentences
        self.cautions: set[str] = set()
        groups = book.same_facts if book.values["report.dedupe"] == "grouped" else ()
        self._ranks = {rule: (group.fact, rank) for group in groups for rank, rule in enumerate(group.rules)}
        # A fact is named by the first rule of its group, whichever rule leads on the day of this audit.
        self._names = {rule.id: rule.id for rule in book.rules}
        self._names |= {rule: group.rules[0] for group in groups for rule in group.rules}

    def breaches(self, rows: Iterable[Obligation]) -> list[Finding]:
        """One finding for each fact: rules that one failure breaks together share it, the most specific leads."""

        def fact(row: Obligation) -> tuple[str, str, str]:
            group = self._ranks.get(row["rule"])
            return row["log"], self._subject(row), f"={group[0]}" if group else row["rule"]

        def rank(row: Obligation) -> int:
            return self._ranks.get(row["rule"], ("", 0))[1]

        return [self._breach(sorted(same, key=rank)) for _, same in groupby(sorted(rows, key=fact), key=fact)]

    def _subject(self, row: Obligation) -> str:
        """What the finding is about: the record, or the month of what should have been done every day."""
        frequency = self.book.placed[row["rule"]].rule.frequency
        daily = frequency is not None and self.book.cadence(frequency.every) is Cadence.DAY
        subject: str = row["record"]
        return subject.rpartition("-")[0] if daily else subject

    def _breach(self, same: list[Obligation]) -> Finding:
        lead = same[0]
        records = tuple(sorted({row["record"] for row in same}))
        rule = self.book.placed[lead["rule"]].rule
        counted = self._count(rule, lead)
        severity = min((Severity(row["severity"]) for row in same), key=lambda each: each.rank)
        return Finding(
            id=finding_id(self._names[lead["rule"]], lead["log"], self._subject(lead), ""),
            also=tuple(dict.fromkeys(row["rule"] for row in same if row["rule"] != lead["rule"])),
            severity=severity,
            records=records,
            unit=lead["unit"],
            start_on=_iso(lead["start_on"]),
            due_on=_iso(lead["due_on"]),
            done_on=_iso(lead["done_on"]),
            late=lead["late"],
            provisional=bool(lead["provisional"]),
            detail=self.sentences.breach(rule, lead, self.records.row(lead["log"], lead["record"]), counted)
            + (say("several", count=len(records)) if len(records) > 1 else ""),
            evidence=self._evidence(dict.fromkeys(row["rule"] for row in same), lead["record"]),
            days=counted.days if counted else (),
            met_if=self.sentences.met_if(rule, lead),
            rectify_by=self._rectify_by(),
            **self._common(rule, Status.BREACHED),
        )

    def group(self, group: Obligation) -> Finding:
        """One finding for a rule and a set of missing fields, with all its records."""
        rule = self.book.placed[group["rule"]].rule
        missing, records, units = tuple(group["missing"]), tuple(group["records"]), group["units"]
        status = Status(group["status"])
        asked = () if status is Status.UNVERIFIABLE else (status.value,)
        shown = [self._evidence([rule.id], record) for record in records[:_SHOWN_RECORDS]]
        return Finding(
            id=finding_id(rule.id, *asked, *missing),
            severity=min((Severity(each) for each in group["severities"]), key=lambda each: each.rank),
            records=records,
            unit=units[0] if len(units) == 1 else self.book.office,
            provisional=group["provisional"],
            detail=self.sentences.group(rule, group),
            evidence=tuple(cell for cells in shown for cell in cells),
            **self._common(rule, status),
        )

    def _common(self, rule: Rule, status: Status) -> dict[str, Any]:
        placed = self.book.placed[rule.id]
        return {
            "rule": rule.id,
            "status": status,
            "log": rule.log or CHECKLIST,
            "title": rule.title,
            "regulation": placed.regulation.name,
            "article": rule.clause,
            "liable": rule.liable or self.book.office,
            "remedy": rule.remedy,
        }

    def _evidence(self, rules: Iterable[str], record: str) -> tuple[Evidence, ...]:
        cells = [
            cell
            for rule in rules
            for cell in evidence_of(self.book.placed[rule].rule, record, self.records, self.masker)
        ]
        return tuple(dict.fromkeys(cells))

    def _count(self, rule: Rule, lead: Obligation) -> Count | None:
        """The day-by-day count, by the explaining clock; it must come to the day that the columns found."""
        counted = days_of(rule, lead, self.records, self.as_of)
        if counted is not None and counted.due_on != lead["due_on"]:
            self.cautions.add(
                f"{rule.id} {lead['record']}：逐日计算（{counted.due_on}）与判定（{lead['due_on']}）不一致，请人工复核"
            )
            return None
        return counted

    def _rectify_by(self) -> str:
        limit = self.book.limit_of("rectify.within")
        return due_day(self.book.calendar, self.as_of, limit).isoformat()


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
