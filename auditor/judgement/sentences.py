"""What a finding says to the clerk: plain sentences built from the obligation."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from auditor.domain.limit import Limit
from auditor.domain.obligation import DayType, Status
from auditor.judgement.wording import say
from auditor.rulebook.book import Rulebook
from auditor.rulebook.checks import settings_of
from auditor.rulebook.duties import LimitFromField, LimitFromSetting
from auditor.rulebook.rules import Rule
from auditor.tables import LogTable

Obligation = Mapping[str, Any]


class Sentences:
    """Sentences for the obligations of one audit."""

    def __init__(self, book: Rulebook, tables: Mapping[str, LogTable], as_of: date) -> None:
        self._book, self._tables, self._as_of = book, tables, as_of

    def breach(self, rule: Rule, row: Obligation) -> str:
        """What was required, what was done, by how much it missed; then what the verdict rests on."""
        parts = [self._timing(rule, row) if row["late"] is not None else self._plain(rule, row)]
        if row["late"] is not None and row["detail"]:
            parts.append(f"{row['detail']}。")
        tolling = rule.deadline.tolling if rule.deadline else None
        if tolling and tolling.log not in self._tables:
            parts.append(say("no_letters", log=self._book.logs.logs[tolling.log].zh))
        configured = [key for key in sorted(settings_of(rule)) if not self._book.settings[key].in_text]
        if configured:
            values = "，".join(f"{key}={self._book.values[key]}" for key in configured)
            parts.append(say("configured", settings=values))
        if row["provisional"]:
            parts.append(say("provisional"))
        return "".join(parts)

    def _timing(self, rule: Rule, row: Obligation) -> str:
        late = {**self._terms(rule, row), "late": row["late"], "unit": DayType(row["day_type"]).zh}
        if row["day_type"] == DayType.MONTH.value:
            late["unit"] = DayType.CALENDAR.zh
        if row["done_on"] is not None:
            return say("late", done=row["done_on"], **late)
        return say("undone", as_of=self._as_of, **late)

    def _terms(self, rule: Rule, row: Obligation) -> dict[str, Any]:
        deadline = rule.deadline
        assert deadline is not None
        return {
            "from": self._names(rule, deadline.from_ or ((deadline.fixed_day.year,) if deadline.fixed_day else ())),
            "start": row["start_on"],
            "limit": self._limit(rule),
            "due": row["due_on"],
            "to": self._names(rule, deadline.to),
        }

    def _plain(self, rule: Rule, row: Obligation) -> str:
        fault = row["detail"] or rule.fault
        return say("breached", fault=fault, title=rule.title) if fault else say("breached_elsewise", title=rule.title)

    def met_if(self, rule: Rule, row: Obligation) -> str:
        """What would have complied."""
        if rule.deadline is not None and row["due_on"] is not None:
            return say("met_by_day", due=row["due_on"], to=self._names(rule, rule.deadline.to))
        return say("met_otherwise", title=rule.title)

    def group(self, rule: Rule, rows: list[Obligation], missing: tuple[str, ...]) -> str:
        """What is lacking, for how many records, and what it leaves open."""
        if rows[0]["status"] == Status.MANUAL.value:
            return say("manual", question=rule.attest or rule.title)
        if missing:
            return say("unverifiable", missing=self._names(rule, missing), count=len(rows), title=rule.title)
        faults = sorted({row["detail"] for row in rows if row["detail"]})
        if faults:
            return say("contradiction", fault="；".join(faults), count=len(rows), title=rule.title)
        return say("unverifiable_plain", count=len(rows), title=rule.title)

    def _names(self, rule: Rule, names: tuple[str, ...]) -> str:
        """Fields as the office calls them; `log.field` of another log with the log's name before it."""
        shown = []
        for name in names:
            log, _, other = name.rpartition(".")
            if log:
                definition = self._book.logs.logs[log]
                shown.append(f"{definition.zh}的{definition.fields[other].zh}")
            elif name in rule.lookup:
                lookup = rule.lookup[name]
                shown.append(self._book.logs.logs[lookup.log].fields[lookup.field].zh)
            else:
                shown.append(self._book.logs.logs[rule.log or ""].fields[name].zh)
        return "、".join(shown)

    def _limit(self, rule: Rule) -> str:
        deadline = rule.deadline
        assert deadline is not None
        if deadline.fixed_day:
            return say("fixed_day", month=deadline.fixed_day.month, day=deadline.fixed_day.day)
        if deadline.until:
            return say("recorded_day", field=self._names(rule, (deadline.until,)))
        within = deadline.within
        if isinstance(within, LimitFromField):
            return say("recorded_day", field=self._names(rule, (within.field,)))
        assert isinstance(within, Limit | LimitFromSetting)
        return self._book.limit(within).zh
