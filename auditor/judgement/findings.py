"""Obligations that need attention become findings: grouped by fact, with sentence, proof and remedy."""

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl

from auditor.domain.audit import Audience
from auditor.domain.clock import Count, due_day
from auditor.domain.finding import Finding, Ground
from auditor.domain.obligation import Severity, Status, heaviest
from auditor.judgement.cells import Cells
from auditor.judgement.chaining import Chain, Chaining
from auditor.judgement.consequences import Consequences, Further, consequences, weight
from auditor.judgement.discretion import Discretion
from auditor.judgement.facts import FactsOf, carriers, due_daily, unit_facts
from auditor.judgement.identity import finding_id, pattern_id
from auditor.judgement.masking import Masker
from auditor.judgement.proof import Records, days_of, gather
from auditor.judgement.responsibility import answerable
from auditor.judgement.sentences import Sentences
from auditor.judgement.wording import say
from auditor.listening import Listener, unheard
from auditor.rulebook.book import Rulebook
from auditor.rulebook.logs import CHECKLIST
from auditor.rulebook.rules import Rule
from auditor.tables import LogTable

_OPEN = (Status.UNVERIFIABLE.value, Status.MANUAL.value)
_ATTENTION = (Status.BREACHED.value, *_OPEN)
_NOT_TOLD = ("status", "missing", "file", "sheet", "row")  # of a breach: its record tells where it stands
_TOLD = 1_000  # findings after which whoever listens hears of them
_SHOWN_RECORDS = 20  # records of a grouped finding whose cells are shown; all are named

_NONE = Consequences()
_NOTHING_MORE: Mapping[str, int] = {}

Obligation = Mapping[str, Any]


@dataclass(frozen=True)
class Judged:
    """The findings, heaviest first, and the obligations as everybody may read them; cautions; what else there is.

    `audiences`, `confided`: as of an audit. `fallbacks`: what another engine than usual judged, with the reason.
    """

    findings: tuple[Finding, ...]
    obligations: pl.DataFrame = field(compare=False)
    audiences: Mapping[str, Audience]
    confided: tuple[Finding, ...]
    cautions: tuple[str, ...] = ()
    fallbacks: tuple[str, ...] = ()


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """What is made meanwhile stays: to look through ever more of it for cycles takes time and finds none."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.freeze()
            gc.unfreeze()  # all is old now: else the next object made would have all of them looked through as new
            gc.enable()


@_nothing_collected()
def judge(
    book: Rulebook,
    obligations: pl.DataFrame,
    tables: Mapping[str, LogTable],
    as_of: date,
    masker: Masker,
    discretion: Discretion,
    *,
    met: Mapping[str, int] = _NOTHING_MORE,
    period: str = "",
    processes: int | None = None,
    listener: Listener = unheard,
) -> Judged:
    """Turn breached, unverifiable and manual obligations into findings; judgements say what breaches mean together.

    Personal data is masked by `masker`, accusations are kept by `discretion`: the outcome may be read as it is.
    `met` are met obligations beside those given, by unit; `period` is that of the audit, as written; `processes` how
    many workers may judge, with 0 none but this process; `listener` hears how many breaches have become findings.
    """
    groups = _grouped(discretion.obligations(obligations.filter(pl.col("status").is_in(_OPEN))))
    shown = groups.select("rule", "log", pl.col("records").list.head(_SHOWN_RECORDS).alias("record")).explode("record")
    breached = obligations.filter(pl.col("status") == Status.BREACHED.value)
    records = gather(book, tables, pl.concat([breached.select(shown.columns), shown]))
    breaches = in_order(book, breached.drop(_NOT_TOLD).to_dicts())
    facts = FactsOf(book, as_of, records)
    given = facts.breaches(breaches)
    given += [
        *facts.kept(in_order(book, kept_limits(book, breached, obligations))),
        *facts.delays(given),
        *carriers(given, records),
    ]
    given += unit_facts(book, discretion.others(obligations), met)
    chain = Chaining(book, breaches, tables, processes).run(given)
    del given, facts  # of a large audit they are many, and the findings are still to come
    maker = FindingMaker(book, records, as_of, masker, breaches, period)
    heard = discretion.hear([*maker.judged(chain, listener), *maker.groups(groups)], obligations)
    findings = list(heard.findings)
    order = {status: position for position, status in enumerate(_ATTENTION)}
    rules = {rule.id: position for position, rule in enumerate(book.rules)}
    findings.sort(key=lambda each: (order[each.status], each.severity.rank, rules[each.rule], each.records, each.id))
    return Judged(
        tuple(findings),
        heard.obligations,
        heard.audiences,
        heard.confided,
        tuple(sorted(maker.cautions)),
        tuple(chain.fallbacks),
    )


def in_order(book: Rulebook, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Breaches in the order of their rules and records, whatever the order of the logs, with what each is about."""
    rules = {rule.id: position for position, rule in enumerate(book.rules)}
    ordered = sorted(rows, key=lambda row: (rules[row["rule"]], row["log"], row["record"], row["unit"]))
    daily = due_daily(book)
    for row in ordered:
        # What should have been done every day is about its month, all else about its record.
        row["about"] = row["record"].rpartition("-")[0] if row["rule"] in daily else row["record"]
    return ordered


def kept_limits(book: Rulebook, breached: pl.DataFrame, obligations: pl.DataFrame) -> list[dict[str, Any]]:
    """Obligations of superior rules that were not broken, for records on which the local rule was."""
    superiors = {rule.id: rule.superior for rule in book.rules if rule.superior is not None}
    broken = breached.select(pl.col("rule").cast(pl.String), "record").filter(pl.col("rule").is_in(list(superiors)))
    wanted = broken.with_columns(
        pl.col("rule").replace_strict(superiors, default=None, return_dtype=pl.String)
    ).unique()
    kept = obligations.filter(
        pl.col("rule").is_in(wanted["rule"].unique().to_list())
        & pl.col("status").is_in([Status.MET.value, Status.PENDING.value])
    )
    return kept.with_columns(pl.col("rule").cast(pl.String)).join(wanted, on=["rule", "record"], how="semi").to_dicts()


def _grouped(obligations: pl.DataFrame) -> pl.DataFrame:
    """Open obligations of one rule that lack the same fields, as one row with all their records."""
    read = ("status", "rule", "log", "missing", "record", "unit", "severity", "provisional", "detail")
    as_listed = (
        obligations.select(read)
        .group_by("status", "rule", "log", "missing")
        .agg(
            pl.len().alias("count"),
            pl.col("record").unique().alias("records"),
            pl.col("unit").unique().alias("units"),
            pl.col("severity").unique().alias("severities"),
            pl.col("provisional").any(),
            pl.col("detail").filter(pl.col("detail") != "").unique().alias("details"),
        )
    )
    # The same fields may be listed in another order: only now, of few lists, are they sorted.
    return (
        as_listed.with_columns(pl.col("missing").list.sort())
        .group_by("status", "rule", "log", "missing")
        .agg(
            pl.col("count").sum(),
            *(pl.col(name).explode().drop_nulls().unique().sort() for name in ("records", "units", "details")),
            pl.col("severities").explode().unique(),
            pl.col("provisional").any(),
        )
    )


class FindingMaker:
    """Makes findings out of obligations of one audit."""

    def __init__(
        self,
        book: Rulebook,
        records: Records,
        as_of: date,
        masker: Masker,
        breaches: Sequence[Obligation],
        period: str,
    ) -> None:
        self.book, self.records, self.as_of = book, records, as_of
        self._cells, self._hidden = Cells(records, masker), Cells(records, masker.whole())
        self.sentences = Sentences(book, records.tables, as_of)
        self.breaches, self.period = breaches, period
        self.cautions: set[str] = set()
        self._answering: dict[tuple[str, str, bool], str] = {}
        self._alike: dict[tuple[str, Status], dict[str, Any]] = {}  # what all findings of a rule have
        self._titles = {each.id: each.title for each in book.judgements.judgements}
        # A fact is named by the first rule of its group, whichever rule leads on the day of this audit.
        self._names = {rule.id: rule.id for rule in book.rules}
        if book.values["report.dedupe"] == "grouped":
            self._names |= {rule: group.rules[0] for group in book.same_facts for rule in group.rules}
        self._rectify = {
            severity: due_day(book.calendar, as_of, book.limit_of(f"rectify.{severity.value}")).isoformat()
            for severity in Severity
        }

    def judged(self, chain: Chain, listener: Listener = unheard) -> Iterator[Finding]:
        """The findings of all breaches, as judgements put them together, and those that judgements make besides."""
        befallen, further = consequences(chain, self.book)
        shown: dict[str, set[str]] = {}
        for log, record in (place for each in befallen.values() for place in each.shows):
            shown.setdefault(log, set()).add(record)
        for log, keys in shown.items():
            self.records.fetch(log, keys)
        groups = chain.groups.all()
        leads = [self.breaches[members[0]] for members in groups]
        found: list[Finding | None] = [None] * len(groups)
        # What is found of one record is made in one go, while its row and its cells are at hand.
        in_order = sorted(range(len(groups)), key=lambda at: (leads[at]["log"], leads[at]["record"]))
        for done, at in enumerate(in_order):
            if done % _TOLD == 0:
                listener(done, len(groups))
            found[at] = self.breach(groups[at], befallen.get(chain.groups.of(groups[at][0])))
        yield from (each for each in found if each is not None)
        yield from map(self.further, further)

    def breach(self, members: Sequence[int], judged: Consequences | None) -> Finding:
        """One finding for breaches that are one fact, led by the first; with what judgements make of it."""
        judged = judged or _NONE
        same = [self.breaches[at] for at in members]
        lead = same[0]
        records = tuple(sorted({row["record"] for row in same}))
        rule = self.book.placed[lead["rule"]].rule
        counted = self._count(rule, lead)
        weights = [Severity(row["severity"]) for row in same] + ([judged.severity] if judged.severity else [])
        severity = heaviest(weights)
        cells = self._hidden if judged.masks else self._cells
        rules = dict.fromkeys(row["rule"] for row in same)
        evidence = [cell for name in rules for cell in cells.read_by(name, lead["record"])]
        evidence += [cell for place in judged.shows for cell in cells.key(*place)]
        days = len({row["record"] for row in same if row["rule"] == lead["rule"]})  # of what is due every day
        liable = judged.liable or rule.liable or self.book.office
        return Finding.made(
            id=finding_id(self._names[lead["rule"]], lead["log"], lead["about"], ""),
            also=tuple(rules)[1:],
            severity=severity,
            records=records,
            unit=lead["unit"],
            start_on=_iso(lead["start_on"]),
            due_on=_iso(lead["due_on"]),
            done_on=_iso(lead["done_on"]),
            late=lead["late"],
            provisional=bool(lead["provisional"]),
            detail="".join(
                [
                    self.sentences.breach(rule, lead, self.records.row(lead["log"], lead["record"]), counted),
                    *([say("several", count=days)] if days > 1 else []),
                    *judged.says,
                ]
            ),
            evidence=tuple(dict.fromkeys(evidence) if len(rules) > 1 or judged.shows else evidence),
            days=counted.days if counted else (),
            met_if=self.sentences.met_if(rule, lead),
            rectify_by=self._rectify[severity],
            judgements=tuple(judged.grounds),
            grounds=self._grounds(judged.grounds),
            **self._common(rule, Status.BREACHED)
            | {
                "liable": self._answerable(liable, lead["unit"], judged.one_up),
                "remedy": judged.remedy or rule.remedy,
            },
        )

    def further(self, made: Further) -> Finding:
        """A finding that a judgement makes of several breaches of a unit, or of a unit's records as a whole."""
        rule = self.book.placed[made.rule].rule
        severity = weight(made, self.breaches, self.book)
        rows = [self.breaches[at] for at in sorted(made.grounds)]
        pairs = sorted({(row["rule"], row["record"]) for row in rows})
        evidence = [cell for pair in pairs[:_SHOWN_RECORDS] for cell in self._cells.read_by(*pair)]
        liable = made.texts["liable"] or rule.liable or self.book.office
        common = self._common(rule, made.effect.status) | {
            "title": made.texts["title"] or rule.title,
            "remedy": made.texts["remedy"] or rule.remedy,
            "liable": self._answerable(liable, made.unit, made.effect.one_up),
        }
        return Finding.made(
            id=pattern_id(made.judgement.id, made.rule, made.unit, self.period),
            also=tuple(dict.fromkeys(row["rule"] for row in rows if row["rule"] != made.rule)),
            severity=severity,
            records=tuple(sorted({record for _, record in pairs})),
            unit=made.unit,
            provisional=any(row["provisional"] for row in rows),
            detail=made.texts["says"],
            evidence=tuple(dict.fromkeys(evidence)),
            rectify_by=self._rectify[severity],
            judgements=(made.judgement.id,),
            grounds=self._grounds({made.judgement.id: made.grounds}),
            **common,
        )

    def _grounds(self, judgements: Mapping[str, Iterable[int]]) -> tuple[Ground, ...]:
        return tuple(
            Ground(
                judgement=name,
                title=self._titles[name],
                obligations=tuple(
                    dict.fromkeys((self.breaches[at]["rule"], self.breaches[at]["record"]) for at in sorted(behind))
                ),
            )
            for name, behind in judgements.items()
        )

    def _answerable(self, bodies: str, unit: str, one_up: bool) -> str:
        asked = (bodies, unit, one_up)
        if asked not in self._answering:
            self._answering[asked] = answerable(bodies, unit, self.book.judgements.responsibility, one_up=one_up)
        return self._answering[asked]

    def groups(self, groups: pl.DataFrame) -> Iterator[Finding]:
        """The findings of open obligations, each named by its rule and the fields that are missing."""
        named = groups.select(pl.col("records").explode())
        keys = named.unique().with_row_index("at")
        places = named.join(keys, on="records", how="left", maintain_order="left")["at"]
        texts, first = keys["records"].to_list(), 0  # a record may be of many groups: its key is one text in all
        numbers = groups["records"].list.len()
        for group, number in zip(groups.drop("records").iter_rows(named=True), numbers, strict=True):
            records = tuple(map(texts.__getitem__, places.slice(first, number).to_list()))
            yield self.group(group, records)
            first += number

    def group(self, group: Obligation, records: tuple[str, ...]) -> Finding:
        """One finding for a rule and a set of missing fields, with all its records."""
        rule = self.book.placed[group["rule"]].rule
        missing, units = tuple(group["missing"]), group["units"]
        status = Status(group["status"])
        asked = () if status is Status.UNVERIFIABLE else (status.value,)
        shown = [self._cells.read_by(rule.id, record) for record in records[:_SHOWN_RECORDS]]
        unit = units[0] if len(units) == 1 else self.book.office
        severity = heaviest(map(Severity, group["severities"]))
        return Finding.made(
            id=finding_id(rule.id, *asked, *missing),
            severity=severity,
            rectify_by=self._rectify[severity],
            records=records,
            unit=unit,
            provisional=group["provisional"],
            detail=self.sentences.group(rule, group),
            evidence=tuple(cell for cells in shown for cell in cells),
            **self._common(rule, status) | {"liable": self._of_units(rule.liable or self.book.office, units)},
        )

    def _of_units(self, bodies: str, units: Sequence[str]) -> str:
        """Who answers for records of one unit; of several units each answers for its own, as the rule has it."""
        return self._answerable(bodies, units[0], one_up=False) if len(units) == 1 else bodies

    def _common(self, rule: Rule, status: Status) -> dict[str, Any]:
        if (rule.id, status) not in self._alike:
            self._alike[rule.id, status] = {
                "rule": rule.id,
                "status": status,
                "log": rule.log or CHECKLIST,
                "title": rule.title,
                "regulation": self.book.placed[rule.id].regulation.name,
                "article": rule.clause,
                "remedy": rule.remedy,
            }
        return self._alike[rule.id, status]

    def _count(self, rule: Rule, lead: Obligation) -> Count | None:
        """The day-by-day count, by the explaining clock; it must come to the day that the columns found."""
        counted = days_of(rule, lead, self.records, self.as_of)
        if counted is not None and counted.due_on != lead["due_on"]:
            self.cautions.add(
                f"{rule.id} {lead['record']}：逐日计算（{counted.due_on}）与判定（{lead['due_on']}）不一致，请人工复核"
            )
            return None
        return counted


@lru_cache(maxsize=2**16)
def _iso(day: date | None) -> str | None:
    """Days recur from finding to finding: those that are alike are one text."""
    return day.isoformat() if day else None
