"""The evaluation's own procedure (评议程序) held against the rules, and its opinions with their clock."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from auditor.domain.appraisal import ProcedureLine, SuggestionLine
from auditor.domain.finding import Finding
from auditor.domain.obligation import Status
from auditor.rulebook.book import PlacedRule
from auditor.rulebook.schemes import Procedure, covers
from auditor.tables import RECORD, LogTable

_SHOWN = 3

Row = Mapping[str, Any]


def procedure_lines(
    procedure: Procedure,
    placed: Mapping[str, PlacedRule],
    obligations: Sequence[Row],
    findings: Sequence[Finding],
    not_assessed: Mapping[str, str],
) -> tuple[ProcedureLine, ...]:
    """Every rule on the evaluation in the order of its articles, with what became of it this year."""
    counts: dict[str, Counter[str]] = {}
    for row in obligations:
        if _concerns(procedure.rules, row["rule"]):
            counts.setdefault(row["rule"], Counter())[row["status"]] += 1
    says: dict[str, list[str]] = {}
    for each in findings:
        for rule in (each.rule, *each.also):
            says.setdefault(rule, []).append(each.detail)
    return tuple(
        ProcedureLine(
            rule,
            each.rule.clause,
            each.rule.title,
            {status.value: counts.get(rule, Counter())[status.value] for status in Status},
            tuple(says.get(rule, ())[:_SHOWN]),
            not_assessed.get(rule, ""),
        )
        for rule, each in placed.items()
        if _concerns(procedure.rules, rule)
    )


def _concerns(names: Sequence[str], rule: str) -> bool:
    return any(covers(name, rule) for name in names)


def suggestion_lines(
    procedure: Procedure,
    table: LogTable | None,
    obligations: Sequence[Row],
    year: int,
    as_of: date,
    shown: Mapping[str, str],
) -> tuple[SuggestionLine, ...]:
    """The opinions of this year's evaluation, and those of an earlier one that were notified in this year.

    `obligations` are those of whatever year: a month may end in the next. `shown` holds their text as it may be shown.
    """
    if table is None:
        return ()
    due = {(row["record"], row["rule"]): row for row in obligations if row["rule"] in procedure.opinions}
    lines = [
        _line(row, [found for rule in procedure.opinions if (found := due.get((row[RECORD], rule)))], as_of, shown)
        for row in table.frame.to_dicts()
        if row.get("year") == year or _year(row.get("notified_on")) == year
    ]
    return tuple(sorted(lines, key=lambda each: (each.notified_on or date.max, each.record)))


def _line(row: Row, due: Sequence[Row], as_of: date, shown: Mapping[str, str]) -> SuggestionLine:
    is_late = any(each["status"] == Status.BREACHED.value for each in due)
    due_on = next((each["due_on"] for each in due if each["due_on"]), None)
    return SuggestionLine(
        row[RECORD],
        row.get("year"),
        row.get("unit") or "",
        shown.get(row[RECORD], ""),
        row.get("notified_on"),
        row.get("rectifiable"),
        due_on,
        row.get("measures_on"),
        row.get("explained_on"),
        row.get("completed_on"),
        row.get("feedback_on"),
        _state(row, is_late, is_over=due_on is not None and due_on < as_of),
        is_late,
    )


def _state(row: Row, is_late: bool, *, is_over: bool) -> str:
    if row.get("notified_on") is None:
        return "尚未反馈责任科室，期限未起算"
    done = _done(row)
    if done:
        return f"{done}（逾期）" if is_late else done
    if row.get("rectifiable") is None and is_over and not is_late:
        return "没有登记是否具备整改条件，一个月期限已过"
    wanted = "说明" if row.get("rectifiable") is False else "提出整改措施"
    return f"逾期未{wanted}" if is_late else f"尚未{wanted}"


def _done(row: Row) -> str:
    """How far it has come; nothing where neither measures nor an explanation are recorded."""
    if row.get("completed_on") is not None:
        return "已整改并反馈" if row.get("feedback_on") is not None else "已整改，尚未反馈"
    if row.get("measures_on") is not None:
        return "已提出措施，整改中"
    if row.get("explained_on") is not None:
        return "已说明，条件已成熟" if row.get("conditions_met_on") is not None else "已说明，待条件成熟"
    return ""


def _year(day: object) -> int | None:
    return day.year if isinstance(day, date) else None
