"""Requests counted for the yearly report: received, carried, handled by result, by kind of applicant."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from auditor.assessment.labels import plain
from auditor.domain.annualreport import REMEDIES, REQUESTS, Doubt, Figure, Place
from auditor.rulebook.reportforms import KEYS, TOTAL, OutcomeLine, ReportForm
from auditor.tables import RECORD, LogTable

LOG = "requests"
UNKNOWN_KIND = "未登记类别"
_NONE = (None, "无")

Row = Mapping[str, Any]
Shown = Callable[[str], str]  # a cell that is none of the form's rows, to what may be shown of it


@dataclass(frozen=True)
class Handled:
    """A request as the report counts it: the kind of its applicant, the `rows` in which it counts."""

    record: str
    kind: str
    rows: tuple[str, ...]
    reconsideration: str | None
    litigation: str | None


@dataclass(frozen=True)
class Requests:
    """The requests of the year, and by which assumption some of them were counted."""

    handled: tuple[Handled, ...]
    doubts: tuple[Doubt, ...]

    @property
    def kinds(self) -> list[str]:
        """Kinds of applicants that the form does not know."""
        return [UNKNOWN_KIND] if any(each.kind == UNKNOWN_KIND for each in self.handled) else []


def count_requests(
    table: LogTable | None, form: ReportForm, year: int, as_of: date, rows_named: Mapping[str, str], shown: Shown
) -> Requests:
    """Every request that counts in `year`. `rows_named` are ways to write a row, as `plain` leaves them.

    What lies after `as_of` has not happened: a request received later is not there, a later reply not given.
    `shown` is asked of what somebody wrote before it is quoted.
    """
    handled: list[Handled] = []
    doubts: list[Doubt] = []
    for row in table.frame.to_dicts() if table is not None else ():
        counted, why = _count(row, form, year, as_of, rows_named, shown)
        handled += [counted] if counted is not None else []
        doubts += [Doubt(row[RECORD], each) for each in why]
    return Requests(tuple(handled), tuple(doubts))


def _count(
    row: Row, form: ReportForm, year: int, as_of: date, rows_named: Mapping[str, str], shown: Shown
) -> tuple[Handled | None, list[str]]:
    received = _first(row, form.received)
    done = _first(row, form.row_of(row.get("outcome"), row.get("refusal_ground")).handled or form.handled)
    if received is not None and received > as_of:
        return None, []
    why: list[str] = []
    has_result = row.get("outcome") is not None or row.get("report_row") is not None
    if done is not None and done > as_of:
        done, has_result = None, False
    if received is None and done is None:
        return None, ["没有登记收到日期和答复日期，不知道属于哪一年，没有计入"]
    if received is None and done is not None:
        received = done
        if done.year == year:
            why.append("没有登记收到日期，按答复的年度计为本年新收")
    assert received is not None
    if done is None and has_result:
        done = received
        if received.year == year:
            why.append("登记了答复类型而没有答复日期，按收到的年度计为已经办理")
    if done is not None and done < received:
        if year in (received.year, done.year):
            why.append("答复日期早于收到日期，按收到的年度计为已经办理")
        done = received
    if received.year > year or (done is not None and done.year < year):
        return None, []
    rows = [KEYS[0] if received.year == year else KEYS[1]]
    if done is None or done.year > year:
        rows.append(KEYS[3])
    else:
        line = _result(row, form, rows_named, shown)
        rows += [line.row, KEYS[2]]
        why += [line.remark] if line.remark else []
    kind = row.get("applicant_kind") or UNKNOWN_KIND
    if kind == UNKNOWN_KIND:
        why.append("没有登记申请人类别，只计入总计")
    remedies = (row.get("reconsideration"), row.get("litigation")) if len(rows) == 3 else (None, None)
    return Handled(row[RECORD], kind, tuple(rows), *remedies), why


def _result(row: Row, form: ReportForm, rows_named: Mapping[str, str], shown: Shown) -> OutcomeLine:
    """The row of the answer: as the log itself says, else by the answer."""
    own = row.get("report_row")
    if own is not None:
        named = rows_named.get(plain(own))
        if named in {each.zh for each in form.results}:
            return OutcomeLine(row=str(named))
        line = form.row_of(row.get("outcome"), row.get("refusal_ground"))
        return OutcomeLine(row=line.row, remark=f"年报处理结果“{shown(own)}”不是国家格式的行，按答复类型归类")
    return form.row_of(row.get("outcome"), row.get("refusal_ground"))


def _first(row: Row, names: Iterable[str]) -> date | None:
    return next((day for name in names if (day := row.get(name)) is not None), None)


def request_figures(requests: Requests, form: ReportForm) -> dict[Place, Figure]:
    """The table of requests: every row by every kind, and the totals over all kinds."""
    found: dict[tuple[str, str], list[str]] = {}
    for each in requests.handled:
        for row in each.rows:
            found.setdefault((row, each.kind), []).append(each.record)
            found.setdefault((row, TOTAL), []).append(each.record)
    rows = [KEYS[0], KEYS[1], *(line.zh for line in form.results), KEYS[2], KEYS[3]]
    columns = [*form.applicants, *requests.kinds, TOTAL]
    figures = [
        Figure(REQUESTS, row, column, *_counted(found.get((row, column), []))) for row in rows for column in columns
    ]
    return {figure.place: figure for figure in figures}


def remedy_figures(requests: Requests, form: ReportForm) -> dict[Place, Figure]:
    """The table of reconsideration and litigation, for requests that were handled in the year."""
    reconsidered, direct, after = form.remedies.rows
    found: dict[tuple[str, str], list[str]] = {}
    for each in requests.handled:
        if each.reconsideration not in _NONE:
            found.setdefault((reconsidered, str(each.reconsideration)), []).append(each.record)
        if each.litigation not in _NONE:
            row = direct if each.reconsideration in _NONE else after
            found.setdefault((row, str(each.litigation)), []).append(each.record)
    figures = []
    for row in form.remedies.rows:
        cells = {result: found.get((row, result), []) for result in form.remedies.results}
        figures += [Figure(REMEDIES, row, result, *_counted(records)) for result, records in cells.items()]
        figures.append(
            Figure(REMEDIES, row, TOTAL, *_counted([each for records in cells.values() for each in records]))
        )
    return {figure.place: figure for figure in figures}


def _counted(records: list[str]) -> tuple[int, tuple[str, ...]]:
    return len(records), tuple(records)
