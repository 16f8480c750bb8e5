"""Requests counted for the yearly report: received, carried, handled by result, by kind of applicant."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from auditor.assessment.labels import plain
from auditor.domain.annualreport import REMEDIES, REQUESTS, Doubt, Figure, Place
from auditor.rulebook.reportforms import KEYS, TOTAL, OutcomeLine, ReportForm
from auditor.tables import RECORD, LogTable

LOG = "requests"
ANSWER_FIELDS = ("outcome", "report_row")
GROUND_FIELDS = ("refusal_ground", "report_row")
UNKNOWN_KIND = "未登记类别"
TO_FILL = "台账没有，须填写"
_NO_REMEDY = "无"

_REMEDIES = {"reconsideration": "行政复议", "litigation": "行政诉讼"}
_NOT_COUNTED = "登记了复议、诉讼而未计入，请核实年度"

Row = Mapping[str, Any]
Shown = Callable[[str], str]  # a cell that is none of the form's rows, to what may be shown of it


@dataclass(frozen=True)
class Handled:
    """A request as the report counts it: the kind of its applicant, the `rows` in which it counts.

    A remedy is None where it is not recorded or does not count in the year.
    """

    record: str
    kind: str
    rows: tuple[str, ...]
    reconsideration: str | None
    litigation: str | None


@dataclass(frozen=True)
class Requests:
    """The requests of the year, and by which assumption some of them were counted.

    `columns` are the fields that the log supplies, none where there is no log. It `lacks_grounds` where it has no
    column that tells why a request of the year was refused.
    """

    handled: tuple[Handled, ...]
    doubts: tuple[Doubt, ...]
    columns: frozenset[str]
    lacks_grounds: bool

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
    by_ground = {outcome for line in form.outcomes if line.ground for outcome in line.outcome}
    has_refused = False
    for row in table.frame.to_dicts() if table is not None else ():
        counted, why = _count(row, form, year, as_of, rows_named, shown)
        handled += [counted] if counted is not None else []
        has_refused |= counted is not None and KEYS[2] in counted.rows and row.get("outcome") in by_ground
        doubts += [Doubt(row[RECORD], each) for each in why]
    columns = frozenset(table.columns if table is not None else ())
    return Requests(tuple(handled), tuple(doubts), columns, has_refused and columns.isdisjoint(GROUND_FIELDS))


def _count(
    row: Row, form: ReportForm, year: int, as_of: date, rows_named: Mapping[str, str], shown: Shown
) -> tuple[Handled | None, list[str]]:
    received = _first(row, form.received)
    done = _first(row, form.row_of(row.get("outcome"), row.get("refusal_ground")).handled or form.handled)
    if received is not None and received > as_of:
        return None, []
    why: list[str] = []
    has_result = row.get("outcome") is not None or row.get("report_row") is not None
    is_answered_later = done is not None and done > as_of
    if is_answered_later:
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
    if received.year > year:
        return None, []
    if done is not None and done.year < year:
        return None, [f"本年以前已经答复，{_NOT_COUNTED}"] if _has_remedy(row) else []
    rows = [KEYS[0] if received.year == year else KEYS[1]]
    if done is None or done.year > year:
        rows.append(KEYS[3])
    else:
        line = _result(row, form, rows_named, shown)
        rows += [line.row, KEYS[2]]
        why += [line.remark] if line.remark and _has_answers(row) else []
    kind = row.get("applicant_kind") or UNKNOWN_KIND
    if kind == UNKNOWN_KIND:
        why.append("没有登记申请人类别，只计入总计")
    # Remedies bear no day: one over a request still open is of this year for sure only before the next has begun.
    is_of_the_year = KEYS[2] in rows or (done is None and not is_answered_later and received.year == year == as_of.year)
    if not is_of_the_year:
        why += [f"本年没有答复，{_NOT_COUNTED}"] if _has_remedy(row) else []
        return Handled(row[RECORD], kind, tuple(rows), None, None), why
    why += [f"没有登记{zh}情况，没有计入" for name, zh in _REMEDIES.items() if row.get(name, _NO_REMEDY) is None]
    reconsideration, litigation = (row.get(name) for name in _REMEDIES)
    if reconsideration is None and litigation not in (None, _NO_REMEDY):
        why.append("登记了行政诉讼，不知道是否先经复议，没有计入")
    return Handled(row[RECORD], kind, tuple(rows), reconsideration, litigation), why


def _has_remedy(row: Row) -> bool:
    return any(row.get(name) not in (None, _NO_REMEDY) for name in _REMEDIES)


def _has_answers(columns: Container[str]) -> bool:
    return any(name in columns for name in ANSWER_FIELDS)


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


def figure_of(table: str, row: str, column: str, records: Sequence[str] | None, note: str = "") -> Figure:
    """The figure that counts these records; None is what no log tells, and its note says so."""
    if records is None:
        return Figure(table, row, column, None, (), TO_FILL)
    return Figure(table, row, column, len(records), tuple(records), note)


def request_figures(requests: Requests, form: ReportForm) -> dict[Place, Figure]:
    """The table of requests: every row by every kind, and the totals over all kinds.

    What rests upon columns that the log does not have is left to fill in.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for each in requests.handled:
        for row in each.rows:
            found.setdefault((row, each.kind), []).append(each.record)
            found.setdefault((row, TOTAL), []).append(each.record)
    rows = [KEYS[0], KEYS[1], *(line.zh for line in form.results), KEYS[2], KEYS[3]]
    columns = [*form.applicants, *requests.kinds, TOTAL]
    told = _rows_told(requests, form)
    kinds = [*(form.applicants if "applicant_kind" in requests.columns else ()), *requests.kinds, TOTAL]
    figures = [
        figure_of(REQUESTS, row, column, found.get((row, column), []) if row in told and column in kinds else None)
        for row in rows
        for column in columns
    ]
    return {figure.place: figure for figure in figures}


def _rows_told(requests: Requests, form: ReportForm) -> set[str]:
    """The rows of which the columns of the log tell."""
    columns = requests.columns
    received = any(name in columns for name in form.received)
    has_answers = _has_answers(columns)
    answered = has_answers or any(name in columns for name in form.handled)
    untold = {line.row for line in form.outcomes if line.ground} if requests.lacks_grounds else set()
    untold -= {line.row for line in form.outcomes if not line.ground}  # they hold what has no ground
    told = {line.zh for line in form.results if has_answers} - untold
    new, carried_in, handled, carried_out = KEYS
    told |= {new} if received else set()
    told |= {handled} if answered else set()
    return told | ({carried_in, carried_out} if received and answered else set())


def remedy_figures(requests: Requests, form: ReportForm) -> dict[Place, Figure]:
    """The table of reconsideration and litigation, as far as the log has columns for them.

    Without reconsiderations nobody knows which lawsuits came after one.
    """
    reconsidered, direct, after = form.remedies.rows
    told = {reconsidered} if "reconsideration" in requests.columns else set()
    told |= {direct, after} if requests.columns >= _REMEDIES.keys() else set()
    found: dict[tuple[str, str], list[str]] = {}
    for each in requests.handled:
        if each.reconsideration is None:
            continue
        if each.reconsideration != _NO_REMEDY:
            found.setdefault((reconsidered, each.reconsideration), []).append(each.record)
        if each.litigation not in (None, _NO_REMEDY):
            row = direct if each.reconsideration == _NO_REMEDY else after
            found.setdefault((row, str(each.litigation)), []).append(each.record)
    figures = []
    for row in form.remedies.rows:
        cells = {result: found.get((row, result), []) for result in form.remedies.results}
        cells[TOTAL] = [each for records in cells.values() for each in records]
        figures += [
            figure_of(REMEDIES, row, column, records if row in told else None) for column, records in cells.items()
        ]
    return {figure.place: figure for figure in figures}
