"""What a finding says to the clerk: plain sentences built from the obligation."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from auditor.domain.clock import Count, due_day, due_time
from auditor.domain.limit import Limit
from auditor.domain.obligation import DayType, Status
from auditor.judgement.proof import recorded_limit
from auditor.judgement.wording import say
from auditor.rulebook.book import Rulebook
from auditor.rulebook.limits import LimitFromField, LimitFromSetting, Within
from auditor.rulebook.references import quiet_settings, settings_of
from auditor.rulebook.rules import Rule
from auditor.tables import LogTable

Obligation = Mapping[str, Any]
Row = Mapping[str, Any]


def _acts(rule: Rule) -> list[tuple[str, tuple[str, ...]]]:
    """Settings that say what becomes of an act, with the fields in which a record holds it.

    A late extension, a correction, another act that was to stand in.
    """
    deadline = rule.deadline
    if deadline is None:
        return []
    extension, restart, stand_in = deadline.extension, deadline.restart, deadline.stands_in
    acts: list[tuple[object, tuple[str, ...]]] = []
    if extension:
        acts.append((extension.late_notice, (extension.approved, extension.notified, extension.days)))
    if restart:
        acts.append((restart.effect, (restart.notice, restart.received)))
    if stand_in:
        acts.append((stand_in.within, stand_in.act))
    return [(said_by.setting, fields) for said_by, fields in acts if isinstance(said_by, LimitFromSetting)]


def _day(value: object) -> object:
    return value.date() if isinstance(value, datetime) else value


def _clock(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")


def _clock_remarks(row: Obligation, counted: Count) -> list[str]:
    """What moved the due day: a correction, letters, an extension."""
    remarks = []
    if counted.start_on != row["start_on"]:
        remarks.append(say("restarted", start=counted.start_on))
    if counted.stopped:
        remarks.append(say("stopped", days=counted.stopped))
    if counted.paused:
        remarks.append(say("paused", days=counted.paused))
    if counted.due_on != counted.original_due_on:
        remarks.append(say("extended", original=counted.original_due_on))
    return remarks


@lru_cache(maxsize=2**14)
def _met_by_day(due: date, to: str) -> str:
    """Days and acts recur from finding to finding: what is said of both is one text."""
    return say("met_by_day", due=due, to=to)


class Sentences:
    """Sentences for the obligations of one audit."""

    def __init__(self, book: Rulebook, tables: Mapping[str, LogTable], as_of: date) -> None:
        self._book, self._tables, self._as_of = book, tables, as_of
        # Said alike of all breaches of a rule: put together once.
        self._said: dict[tuple[str, frozenset[str]], str] = {}
        self._named: dict[tuple[str, tuple[str, ...]], str] = {}
        self._acts: dict[str, list[tuple[str, tuple[str, ...]]]] = {}

    def _bearing(self, rule: Rule) -> list[str]:
        """The settings that verdicts of the rule rest on."""
        unchanged = {key for key in quiet_settings(rule) if self._book.is_default(key)}
        return [*self._book.clock_readings(rule), *sorted(settings_of(rule) - unchanged)]

    def breach(self, rule: Rule, row: Obligation, record: Row, counted: Count | None) -> str:
        """What was required, what was done, by how much it missed; then what the verdict rests on."""
        parts = [self._timing(rule, row, record) if row["late"] is not None else self._plain(rule, row)]
        if row["late"] is not None and row["detail"]:
            parts.append(f"{row['detail']}。")
        if counted is not None:
            parts += _clock_remarks(row, counted)
        tolling = rule.deadline.tolling if rule.deadline else None
        if tolling and tolling.log not in self._tables:
            parts.append(say("no_letters", log=self._book.logs.logs[tolling.log].zh))
        parts.append(self._readings(rule, self._idle(rule, record)))
        if row["provisional"]:
            parts.append(say("provisional"))
        if self._book.as_if_from:
            parts.append(say("what_if", day=self._book.as_if_from))
        return "".join(parts)

    def _idle(self, rule: Rule, record: Row) -> frozenset[str]:
        """Settings that say what becomes of an act of which the record holds none."""
        acts = self._acts.get(rule.id)
        if acts is None:
            acts = self._acts[rule.id] = _acts(rule)
        return frozenset([key for key, fields in acts if all(record.get(name) is None for name in fields)])

    def _readings(self, rule: Rule, idle: frozenset[str]) -> str:
        """The settings that the verdict rests on, without the `idle` ones, and which numbers the text does not give."""
        if (rule.id, idle) not in self._said:
            self._said[rule.id, idle] = "".join(self._of_settings(rule, idle))
        return self._said[rule.id, idle]

    def _of_settings(self, rule: Rule, idle: frozenset[str]) -> list[str]:
        sentences, lists = [], []
        for key in (key for key in self._bearing(rule) if key not in idle):
            setting = self._book.settings[key]
            value = self._book.values[key]
            if setting.type in ("list", "names") and value == setting.accept(setting.default):
                lists.append(key)
                continue
            shown = setting.shown(value)
            sentences.append(
                say(
                    "configured" if setting.is_own_standard else "reading",
                    key=key,
                    question=setting.question,
                    value=shown,
                )
            )
        return [*sentences, say("listed", keys="、".join(lists))] if lists else sentences

    def _timing(self, rule: Rule, row: Obligation, record: Row) -> str:
        beyond = DayType(row["day_type"])
        unit = DayType.CALENDAR if beyond is DayType.MONTH else beyond
        late = {**self._terms(self._book.in_use[rule.id], row, record), "late": Limit(row["late"], unit).zh}
        kind = "" if rule.deadline and rule.deadline.from_ else "fixed_"
        if beyond is DayType.HOURS:
            late |= self._moments(rule, late, record)
        if row["done_on"] is not None:
            return say(f"{kind}late", **{"done": row["done_on"], **late})
        return say(f"{kind}undone", as_of=self._as_of, **late)

    def _terms(self, rule: Rule, row: Obligation, record: Row) -> dict[str, Any]:
        deadline = rule.deadline
        assert deadline is not None
        names = [name for start in deadline.from_if for name in start.from_]
        names += deadline.from_ or ((deadline.fixed_day.year,) if deadline.fixed_day else ())
        recorded = [name for name in names if record.get(name) is not None]
        started = next((name for name in recorded if _day(record[name]) == row["start_on"]), [*recorded, *names][0])
        return {
            "from": self._names(rule, (started,)),
            "start": row["start_on"],
            "limit": self._limit(rule, row, record),
            "due": row["due_on"],
            "to": self._names(rule, deadline.to),
        }

    def _moments(self, rule: Rule, terms: dict[str, Any], record: Row) -> dict[str, Any]:
        """Start, end and act of a limit in hours with their clocks, as far as the record has them."""
        deadline = self._book.in_use[rule.id].deadline
        assert deadline is not None and isinstance(deadline.within, Limit | LimitFromSetting)
        begun = next((record[name] for name in deadline.from_ or () if record.get(name) is not None), None)
        acts = [record[name] for name in deadline.to if isinstance(record.get(name), datetime)]
        shown: dict[str, Any] = {}
        if isinstance(begun, datetime) and begun.date() == terms["start"]:
            shown = {"start": _clock(begun), "due": _clock(due_time(begun, self._book.limit(deadline.within)))}
        return {**shown, "done": _clock(min(acts))} if acts and shown else shown

    def _plain(self, rule: Rule, row: Obligation) -> str:
        fault = row["detail"] or rule.fault
        return say("breached", fault=fault, title=rule.title) if fault else say("breached_elsewise", title=rule.title)

    def met_if(self, rule: Rule, row: Obligation) -> str:
        """What would have complied."""
        if rule.deadline is not None and row["due_on"] is not None:
            return _met_by_day(row["due_on"], self._names(rule, rule.deadline.to))
        return say("met_otherwise", title=rule.title)

    def group(self, rule: Rule, group: Obligation) -> str:
        """What is lacking, for how many records, and what it leaves open."""
        about = {"count": group["count"], "title": rule.title}
        if group["status"] == Status.MANUAL.value:
            return say("manual", question=rule.attestation or rule.attest or rule.title)
        if group["missing"]:
            return say("unverifiable", missing=self._names(rule, tuple(group["missing"])), **about)
        if group["details"]:
            return say("contradiction", fault="；".join(group["details"]), **about)
        return say("unverifiable_plain", **about)

    def _names(self, rule: Rule, names: tuple[str, ...]) -> str:
        """Fields as the office calls them, each name once; `log.field` of another log with the log's name before it."""
        if (rule.id, names) not in self._named:
            self._named[rule.id, names] = "、".join(dict.fromkeys(self._name(rule, name) for name in names))
        return self._named[rule.id, names]

    def _name(self, rule: Rule, name: str) -> str:
        log, _, other = name.rpartition(".")
        if log:
            definition = self._book.logs.logs[log]
            return f"{definition.zh}的{definition.fields[other].zh}"
        if name in rule.lookup:
            lookup = rule.lookup[name]
            return self._book.logs.logs[lookup.log].fields[lookup.field].zh
        return self._book.logs.logs[rule.log or ""].fields[name].zh

    def _limit(self, rule: Rule, row: Obligation, record: Row) -> str:
        deadline = rule.deadline
        assert deadline is not None
        for each in deadline.recorded_limit:
            limit = recorded_limit(each, record)
            if limit and due_day(self._book.calendar, row["start_on"], limit) == row["due_on"]:
                return say("recorded_limit", limit=limit.zh, field=self._names(rule, (each.field,)))
        if deadline.doubt:
            return say("doubtful", limit=self._within(rule, deadline.doubt.until, record))
        if deadline.fixed_day:
            return say("fixed_day", month=deadline.fixed_day.month, day=deadline.fixed_day.day)
        if deadline.until:
            return say("recorded_day", field=self._names(rule, (deadline.until,)))
        assert deadline.within is not None
        return self._within(rule, deadline.within, record)

    def _within(self, rule: Rule, within: Within, record: Row) -> str:
        if not isinstance(within, LimitFromField):
            return self._book.limit(within).zh
        name, day_type, otherwise = self._book.field_limit(within)
        given = within.accepted(record.get(name))
        if given is None:
            return otherwise.zh
        return say("recorded_limit", limit=Limit(given, day_type).zh, field=self._names(rule, (name,)))
