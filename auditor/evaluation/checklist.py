"""Inspectors' answers (人工核查) laid over the machine's verdicts.

不符合 makes an obligation breached, 符合 settles one that could not be verified, 不适用 drops it. An
answer about one record beats a general one; of several the latest `checked_on` holds;
answers of one day, or without a day, that contradict each other settle nothing.
"""

from collections.abc import Mapping
from datetime import date

import polars as pl

from auditor.domain.obligation import Status
from auditor.domain.period import parse_period
from auditor.tables import LogTable

_ANSWER_FIELDS = ("item", "subject", "answer", "checked_on", "period")


def apply_checklist(obligations: pl.DataFrame, checklist: LogTable | None, as_of: date) -> pl.DataFrame:
    """Obligations with the answers applied, in the same order."""
    answers = _answers(checklist, as_of)
    if answers.is_empty():
        return obligations
    numbered = obligations.with_row_index("_obligation")
    settled = (
        numbered.select(
            "_obligation", pl.col("rule").cast(pl.String), "record", pl.coalesce("due_on", "start_on").alias("when")
        )
        .join(answers, left_on="rule", right_on="item", how="inner")
        .filter((pl.col("subject") == pl.col("record")) | pl.col("subject").is_null())
        .filter(pl.col("when").is_between(pl.col("first"), pl.col("last")) | pl.col("when").is_null())
        .sort(
            "_obligation", pl.col("subject").is_null(), "checked_on", descending=[False, False, True], nulls_last=True
        )
        .filter(
            (pl.col("subject").is_null() == pl.col("subject").is_null().first().over("_obligation"))
            & pl.col("checked_on").eq_missing(pl.col("checked_on").first().over("_obligation"))
        )
        .filter(pl.col("answer").n_unique().over("_obligation") == 1)
        .unique("_obligation", keep="first", maintain_order=True)
        .select("_obligation", "answer")
    )
    open_verdicts = [Status.UNVERIFIABLE.value, Status.MANUAL.value]
    answered = pl.col("answer")
    failed, confirmed = answered == "不符合", (answered == "符合") & pl.col("status").is_in(open_verdicts)
    return (
        numbered.join(settled, on="_obligation", how="left", maintain_order="left")
        .filter(answered.is_null() | (answered != "不适用"))
        .with_columns(
            pl.when(failed)
            .then(pl.lit(Status.BREACHED.value))
            .when(confirmed)
            .then(pl.lit(Status.MET.value))
            .otherwise("status")
            .alias("status"),
            pl.when(failed).then(pl.lit("人工核查：不符合")).otherwise("detail").alias("detail"),
            pl.when(confirmed).then(pl.lit([], dtype=pl.List(pl.String))).otherwise("missing").alias("missing"),
        )
        .drop("_obligation", "answer")
    )


def _answers(checklist: LogTable | None, as_of: date) -> pl.DataFrame:
    schema: Mapping[str, pl.DataType] = {
        "item": pl.String(),
        "subject": pl.String(),
        "answer": pl.String(),
        "checked_on": pl.Date(),
        "first": pl.Date(),
        "last": pl.Date(),
    }
    if checklist is None or not {"item", "answer"} <= set(checklist.columns):
        return pl.DataFrame(schema=dict(schema))
    known = [name for name in _ANSWER_FIELDS if name in checklist.columns]
    rows = []
    for row in checklist.frame.select(known).to_dicts():
        checked = row.get("checked_on")
        if row["item"] is None or row["answer"] is None or (checked is not None and checked > as_of):
            continue
        first, last = _covered(row.get("period"))
        rows.append([row["item"], row.get("subject"), row["answer"], checked, first, last])
    return pl.DataFrame(rows, schema=dict(schema), orient="row")


def _covered(text: str | None) -> tuple[date, date]:
    """The days that an answer covers; one without a readable period covers all."""
    try:
        period = parse_period(text or "")
    except ValueError:
        return date.min, date.max
    return period.first, period.last
