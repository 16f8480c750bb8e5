"""Boundary cases (边界案例): the due day, the day after, and both over a holiday with make-up days, for every limit.

The program makes them itself. A rule's own case of an act that came too late is the template: all its
dates are moved together to the new start, so that excuses and linked records keep their place, and the
act is put on the due day or the day after. Where an act is never too late, only its absence, the audit
stands on these days instead. The due day is that of the explaining clock, which walks from day to day
and shares nothing with the columns under test.

A limit that no such case can stand for (an extension always counted in, a doubt) needs these cases
written by hand, and it is told which are lacking.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from auditor.domain.calendar import ONE_DAY, Calendar
from auditor.domain.clock import due_day, due_time
from auditor.domain.limit import Limit
from auditor.domain.obligation import DayType, Status
from auditor.evaluation.cases import CaseRun, Row, difference_of, groups_of
from auditor.evaluation.days import DayTables
from auditor.rulebook.book import Rulebook
from auditor.rulebook.inuse import in_use
from auditor.rulebook.limits import LimitFromField
from auditor.rulebook.logs import FieldType
from auditor.rulebook.rules import Case, Rule

# Friday before the make-up Sunday and the Spring Festival; Friday before the make-up Sunday and the National Day.
SPANS = (date(2025, 1, 24), date(2025, 9, 26))
_ONE_HOUR = timedelta(hours=1)
Moment = date | datetime


@dataclass(frozen=True)
class BoundaryRun:
    """How many boundary cases were made for a rule and which failed; or why none could be made and what is lacking."""

    made: int = 0
    failures: tuple[str, ...] = ()
    by_hand: str = ""  # why the program cannot make them


@dataclass(frozen=True)
class _Template:
    """A written case that is late by nothing but the limit, and the limit; `done` where the act came at last."""

    number: int
    case: Case
    start: Moment
    limit: Limit
    done: bool


def run_boundaries(book: Rulebook, run: CaseRun, days: DayTables) -> BoundaryRun | None:
    """Make and run the boundary cases of a rule, or look for those written by hand; `None` without such a limit."""
    rule = run.rule
    if rule.deadline is None or rule.deadline.within is None:
        return None
    found = _template(book, run)
    if isinstance(found, str):
        lacking = "、".join(_lacking_by_hand(book.calendar, run))
        advice = f"{rule.id} 缺少手写的边界案例：{lacking}（{found}，程序不能推得）"
        return BoundaryRun(by_hand=found, failures=(advice,) if lacking else ())
    made = list(_cases(book, rule, found))
    failures = tuple(_failures(book, rule, days, made, found))
    return BoundaryRun(made=len(made), failures=failures)


def _template(book: Rulebook, run: CaseRun) -> _Template | str:
    """The simplest case that can serve, or why there is none."""
    late = [
        (number, case, run.rows[number])
        for number, case in enumerate(run.rule.cases, start=1)
        if number in run.rows and _is_late(run.rows[number])
    ]
    if not late:
        return "没有逾期的案例可以推演"
    plain = [
        _Template(number, case, *timed, done=row["done_on"] is not None)
        for number, case, row in late
        if (timed := _timed(book, run.rule, case, row))
    ]
    if not plain:
        return "到期日不单由期限决定"
    usable = [
        each
        for each in plain
        if _moved(book, run.rule, each, each.start, each.start) and not _stands_in(book, each, run.rule)
    ]
    if not usable:
        return "办理日期取自多条记录"
    return min(usable, key=lambda each: _intricacy(each, run.rows[each.number]))


def _is_late(row: Row) -> bool:
    known = row["start_on"] is not None and row["due_on"] is not None
    return known and row["status"] == Status.BREACHED.value and (row["late"] or 0) > 0


def _timed(book: Rulebook, rule: Rule, case: Case, row: Row) -> tuple[Moment, Limit] | None:
    """Where the clock starts, and the limit, if they alone make the due day of the case."""
    assert rule.deadline is not None and rule.deadline.within is not None
    within = rule.deadline.within
    if isinstance(within, LimitFromField):
        within = within.otherwise
    if isinstance(within, LimitFromField):
        return None
    chosen = book.with_values(case.settings)
    limit = chosen.limit(within)
    start: Moment | None = row["start_on"]
    if limit.day_type is DayType.HOURS:
        start = _moment_of_start(rule, case)
    if start is None or _due(chosen.calendar, start, limit)[1] != row["due_on"]:
        return None
    return start, limit


def _due(calendar: Calendar, start: Moment, limit: Limit) -> tuple[Moment, date]:
    """The last moment in time, and its day."""
    if limit.day_type is DayType.HOURS:
        assert isinstance(start, datetime)
        moment = due_time(start, limit)
        return moment, moment.date()
    day = due_day(calendar, start, limit)
    return day, day


def _moment_of_start(rule: Rule, case: Case) -> datetime | None:
    """The moment from which hours are counted, where it stands in the record itself."""
    assert rule.deadline is not None and rule.log is not None
    for name in rule.deadline.from_ or ():
        if name in rule.lookup:
            return None
        if case.given.get(name) is not None:
            return _as_moment(case.given[name])
    return None


def _as_moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time()) if isinstance(value, date) else datetime.fromisoformat(value)


def _stands_in(book: Rulebook, template: _Template, rule: Rule) -> bool:
    """Whether another act is recorded that may comply once the days are moved."""
    deadline = in_use(rule, book.with_values(template.case.settings).values).deadline
    acts = deadline.stands_in.act if deadline and deadline.stands_in else ()
    return any(template.case.given.get(name) is not None for name in acts)


def _intricacy(template: _Template, row: Row) -> tuple[int, ...]:
    """Fewer settings, linked records and dates, less lateness: less that moving the days could turn round."""
    case = template.case
    dates = sum(isinstance(value, date) for value in case.given.values())
    return not template.done, len(case.settings), len(case.with_), row["late"], dates, len(case.given), template.number


def _cases(book: Rulebook, rule: Rule, template: _Template) -> Iterator[Case]:
    """On the due day and one later, from the template's own start and from each span's."""
    calendar = book.with_values(template.case.settings).calendar
    first, last = book.in_force(rule)
    spans = [day for day in SPANS if first <= day and (last is None or day <= last)]
    own = template.start
    starts = [own, *(datetime.combine(day, own.time()) if isinstance(own, datetime) else day for day in spans)]
    for start in starts:
        moment, day = _due(calendar, start, template.limit)
        after = moment + (_ONE_HOUR if isinstance(moment, datetime) else ONE_DAY)
        in_time = "met" if template.done else "pending"
        for act, status, late in ((moment, in_time, None), (after, "breached", 1)):
            case = _moved(book, rule, template, start, act)
            assert case is not None
            act_on = act.date() if isinstance(act, datetime) else act
            as_of = max(case.as_of, act_on) if template.done else act_on
            acted = "办理" if template.done else "仍未办理"
            because = f"由第{template.number}个案例推得：{start} 起算，{template.limit.zh}，{act} {acted}"
            verdict = {"expect": status, "late": late, "due_on": day}
            yield case.model_copy(update={**verdict, "as_of": as_of, "because": because})


def _moved(book: Rulebook, rule: Rule, template: _Template, start: Moment, act: Moment) -> Case | None:
    """The template begun at `start` with its act, if it has one, at `act`; `None` where that is not one day."""
    assert rule.deadline is not None and rule.log is not None
    case, by = template.case, _as_moment(start) - _as_moment(template.start)
    given = _shifted(book, rule.log, case.given, by)
    linked = {log: [_shifted(book, log, row, by) for row in rows] for log, rows in case.with_.items()}
    acts = 0
    for name in rule.deadline.to if template.done else ():
        if name in rule.lookup:
            lookup = rule.lookup[name]
            rows = [row for row in linked.get(lookup.log, []) if row.get(lookup.field) is not None]
            if len(rows) > 1:
                return None
            for row in rows:
                row[lookup.field] = act
            acts += len(rows)
        elif given.get(name) is not None:
            if isinstance(act, datetime) and book.logs.logs[rule.log].fields[name].type is not FieldType.TIME:
                return None
            given[name] = act
            acts += 1
    blank: dict[str, None] = dict.fromkeys(("late", "due_on", "severity", "missing", "says"))
    moved = {"given": given, "with_": {log: tuple(rows) for log, rows in linked.items()}}
    usable = bool(acts) if template.done else template.limit.day_type is not DayType.HOURS
    return case.model_copy(update={**moved, **blank}) if usable else None


def _shifted(book: Rulebook, log: str, record: Mapping[str, Any], by: timedelta) -> dict[str, Any]:
    """The record with all its dates and times moved alike."""
    fields = book.logs.logs[log].fields
    return {
        name: _as_moment(value) + by
        if isinstance(value, str) and fields[name].type is FieldType.TIME
        else value + by
        if isinstance(value, date)
        else value
        for name, value in record.items()
    }


def _failures(book: Rulebook, rule: Rule, days: DayTables, made: list[Case], template: _Template) -> Iterator[str]:
    """Linked records must not be seen from another case, so that cases with such records stand alone."""
    numbered = list(enumerate(made, start=1))
    together = [[each] for each in numbered] if template.case.with_ else [numbered]
    for cases in together:
        for group in groups_of(book, rule, days, cases):
            rows = group.rows()
            for number, case in group.cases:
                if difference := difference_of(case, rows.get(number)):
                    yield f"{rule.id} 边界案例（{case.because}）：{difference}"


def _lacking_by_hand(calendar: Calendar, run: CaseRun) -> Iterator[str]:
    """Which of the due day, the day after and a span over a holiday no written case shows."""
    rows = [row for row in run.rows.values() if row["due_on"] is not None]
    if not any(row["status"] == Status.MET.value and row["done_on"] == row["due_on"] for row in rows):
        yield "到期当日办理"
    if not any(row["status"] == Status.BREACHED.value and row["late"] == 1 for row in rows):
        yield "次日办理（late: 1）"
    if not any(row["start_on"] and _spans(calendar, row["start_on"], row["due_on"]) for row in rows):
        yield "跨有调休上班的假期（如自 2025-01-24 起算）"


def _spans(calendar: Calendar, start: date, due: date) -> bool:
    """Whether a make-up working day and a holiday on a weekday lie between start and due day."""
    passed = [start + timedelta(days=n) for n in range(1, (due - start).days + 1)]
    made_up = any(calendar.is_working(day) and day.weekday() > 4 for day in passed)
    return made_up and any(not calendar.is_working(day) and day.weekday() < 5 for day in passed)
