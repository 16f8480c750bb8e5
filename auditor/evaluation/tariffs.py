"""The tariff duty (收费标准): what was charged, held against the tariff in force on that day.

Row by row, by the arithmetic of `auditor.domain.tariff`: what is charged for is a handful of records.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl

from auditor.domain.tariff import charge, is_charge
from auditor.evaluation.obligations import SCHEMA, in_full
from auditor.evaluation.scope import Scope
from auditor.evaluation.verdicts import Verdict, from_condition
from auditor.rulebook.duties import Charge
from auditor.rulebook.rules import Rule
from auditor.rulebook.tariffs import Tariff

_ANSWER = pl.Struct({"holds": pl.Boolean(), "detail": pl.String()})


def tariff_verdict(rule: Rule, check: Charge, scope: Scope) -> Verdict:
    """The verdict columns of a rule that compares an amount with a tariff."""
    tariff = scope.book.tariffs[check.table]
    day = pl.coalesce([scope.day(name) for name in rule.trigger or ()])
    method, amount = scope.value(check.method), scope.value(check.amount)
    number = pl.coalesce([pl.when(method == each).then(scope.value(name)) for each, name in check.count.items()])
    charged = pl.struct(day.alias("day"), method.alias("method"), number.alias("number"), amount.alias("amount"))
    answer = charged.map_batches(lambda rows: _answers(rows, tariff), return_dtype=_ANSWER)
    found = scope.keep(0, answer)
    holds = found.struct.field("holds")
    missing = {name: (method == each) & scope.value(name).is_null() for each, name in check.count.items()}
    missing |= {check.method: method.is_null(), check.amount: amount.is_null()}
    return Verdict(from_condition(holds), missing=missing, detail=found.struct.field("detail").cast(SCHEMA["detail"]))


def _answers(rows: pl.Series, tariff: Tariff) -> pl.Series:
    """Whether each amount is right, and if not what would have been; unknown where anything is not recorded."""
    table = rows.struct.unnest().with_row_index("_at")
    complete = table.drop_nulls()
    answers = [_answer(row, tariff) for row in complete.to_dicts()]
    holds = pl.repeat(None, len(table), dtype=pl.Boolean, eager=True)
    detail = pl.repeat(None, len(table), dtype=pl.String, eager=True)
    if answers:
        holds = holds.scatter(complete["_at"], [each for each, _ in answers])
        detail = detail.scatter(complete["_at"], [each for _, each in answers])
    return pl.DataFrame({"holds": holds, "detail": detail}).to_struct(rows.name)


def _answer(row: Mapping[str, Any], tariff: Tariff) -> tuple[bool | None, str | None]:
    version = tariff.on(row["day"])
    method = version.methods.get(row["method"]) if version else None
    if version is None or method is None:
        return None, f"{row['day']}没有施行的收费标准，或者标准中没有“{row['method']}”"
    number, amount = int(row["number"]), float(row["amount"])
    if is_charge(method.priced, number, amount, running=method.running):
        return True, None
    total = charge(method.priced, number)
    right = f"当月累计{number}{method.unit}，至多{total}元" if method.running else f"{number}{method.unit}应为{total}元"
    return False, f"收费{in_full(amount)}元，不符合{version.basis}的标准：{row['method']}计收，{right}"
