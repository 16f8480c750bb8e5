"""The arithmetic of the yearly report (勾稽关系): over any figures, computed or stated."""

from collections.abc import Iterable, Mapping, Sequence

from auditor.domain.annualreport import REMEDIES, REQUESTS, Check, Place
from auditor.rulebook.reportforms import KEYS, TOTAL, ReportForm

Values = Mapping[Place, int]


def arithmetic(values: Values, form: ReportForm, kinds: Sequence[str] = ()) -> tuple[Check, ...]:
    """Every relation that the format prints or follows from it of which `values` has all cells.

    `kinds` are columns beyond the form's.
    """
    columns = [*form.applicants, *kinds]
    checks = [_balance(values, column) for column in (*columns, TOTAL)]
    checks += [_results(values, form, column) for column in (*columns, TOTAL)]
    rows = [*KEYS[:2], *(line.zh for line in form.results), *KEYS[2:]]
    checks += [_across(values, row, form.applicants) for row in rows]
    checks += [_remedies(values, row, form) for row in form.remedies.rows]
    return tuple(check for check in checks if all(place in values for place in check.cells))


def _balance(values: Values, column: str) -> Check:
    new, carried_in, handled, carried_out = ((REQUESTS, key, column) for key in KEYS)
    name = f"{column}：本年新收＋上年结转＝办理结果总计＋结转下年度"
    return _check(name, values, [new, carried_in], [handled, carried_out])


def _results(values: Values, form: ReportForm, column: str) -> Check:
    parts = [(REQUESTS, line.zh, column) for line in form.results]
    return _check(f"{column}：办理结果总计＝各项办理结果之和", values, [(REQUESTS, KEYS[2], column)], parts)


def _across(values: Values, row: str, kinds: Iterable[str]) -> Check:
    parts = [(REQUESTS, row, kind) for kind in kinds]
    return _check(f"{row}：总计＝自然人和各类组织之和", values, [(REQUESTS, row, TOTAL)], parts)


def _remedies(values: Values, row: str, form: ReportForm) -> Check:
    parts = [(REMEDIES, row, result) for result in form.remedies.results]
    return _check(f"{row}：总计＝各种结果之和", values, [(REMEDIES, row, TOTAL)], parts)


def _check(name: str, values: Values, left: Sequence[Place], right: Sequence[Place]) -> Check:
    one, other = (sum(values.get(place, 0) for place in side) for side in (left, right))
    return Check(name, one == other, one, other, (*left, *right))
