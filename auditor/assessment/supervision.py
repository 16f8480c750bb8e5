"""Supervision (监督评议): what the year's audit says of each content, of complaints and of rectification."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from auditor.domain.appraisal import Duties, Supervision
from auditor.domain.finding import Finding
from auditor.domain.obligation import Status
from auditor.rulebook.schemes import COMPONENTS, CONTENTS, Scheme, claimed
from auditor.tables import LogTable

INSPECTION = "inspection"
_COMPLAINTS = (  # the log, what its complaints are called, when they came, when they were answered, which kinds
    ("petitions", "来信来访和举报", "received_on", ("replied_on", "closed_on"), ()),
    ("messages", "投诉类留言", "received_on", ("replied_on",), ("投诉",)),
)


@dataclass(frozen=True)
class Duty:
    """An obligation of the year, as far as the evaluation asks."""

    rule: str
    record: str
    unit: str
    status: str


@dataclass(frozen=True)
class YearAudit:
    """The year's obligations and findings, and the rules that an inspector attests."""

    duties: Sequence[Duty]
    findings: Sequence[Finding]
    attested: Collection[str]

    def of_unit(self, unit: str) -> "YearAudit":
        """What concerns one unit."""
        return YearAudit(
            [each for each in self.duties if each.unit == unit],
            [each for each in self.findings if each.unit == unit],
            self.attested,
        )

    def breaches(self) -> Mapping[tuple[str, str], str]:
        """The finding of every breach, by rule and record."""
        return {
            (rule, record): each.id
            for each in self.findings
            if each.status is Status.BREACHED
            for rule in (each.rule, *each.also)
            for record in each.records
        }


def supervise(audit: YearAudit, scheme: Scheme, tables: Mapping[str, LogTable], year: int) -> Supervision:
    """The obligations of the year under the heads of the scheme; each counts under one head only."""
    names: dict[str, Sequence[str]] = {key: each.rules for key, each in scheme.contents.items()}
    names |= {key: each.rules for key, each in scheme.supervision.items() if each.rules}
    by_head: dict[str, list[Duty]] = {key: [] for key in (*CONTENTS, *COMPONENTS, INSPECTION)}
    heads = {rule: _head(rule, audit, names) for rule in {each.rule for each in audit.duties}}
    for duty in audit.duties:
        head = heads[duty.rule]
        if head is not None:
            by_head[head].append(duty)
    breaches = audit.breaches()

    def counted(key: str, zh: str) -> Duties:
        return duties_of(key, zh, by_head[key], breaches)

    return Supervision(
        tuple(counted(key, scheme.contents[key].zh) for key in CONTENTS),
        tuple(counted(key, scheme.supervision[key].zh) for key in COMPONENTS if scheme.supervision[key].rules),
        counted(INSPECTION, scheme.parts[INSPECTION].zh),
        _complaints(tables, year),
    )


def duties_of(key: str, zh: str, duties: Iterable[Duty], breaches: Mapping[tuple[str, str], str]) -> Duties:
    """Obligations counted by status, with the findings of those that were breached."""
    listed = list(duties)
    found = dict.fromkeys(
        breaches[(each.rule, each.record)]
        for each in listed
        if each.status == Status.BREACHED.value and (each.rule, each.record) in breaches
    )
    counts = Counter(each.status for each in listed)
    return Duties(key, zh, {status.value: counts[status.value] for status in Status}, tuple(found))


def _head(rule: str, audit: YearAudit, names: Mapping[str, Sequence[str]]) -> str | None:
    return INSPECTION if rule in audit.attested else claimed(rule, names)


def _complaints(tables: Mapping[str, LogTable], year: int) -> Mapping[str, int]:
    """How many complaints came in the year, and how many of them were answered or closed."""
    counts: dict[str, int] = {}
    for log, zh, received, answered, kinds in _COMPLAINTS:
        table = tables.get(log)
        if table is None or received not in table.frame.columns:
            continue
        rows = table.frame.filter(pl.col(received).dt.year() == year)
        if kinds:
            rows = rows.filter(pl.col("kind").is_in(kinds)) if "kind" in rows.columns else rows.clear()
        done = [pl.col(name).is_not_null() for name in answered if name in rows.columns]
        counts[zh] = rows.height
        counts[f"{zh}，已答复或者办结"] = rows.filter(pl.any_horizontal(done)).height if done else 0
    return counts
